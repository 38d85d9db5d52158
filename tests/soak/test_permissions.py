"""The whole matrix by HTTP. It takes minutes: in `make soak` only."""

from __future__ import annotations

import pytest

from web.security.stage import Stage
from web.security.test_by_http import OPERATIONS, PAGES, morning, try_operation, try_page
from web.staged import staged

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
__all__ = ["morning", "staged"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_for_everybody_in_every_state(staged: Stage, name: str) -> None:
    wrong = try_page(staged, name, tuple(staged.world.people), tuple(staged.states("report")))
    assert not wrong, f"{PAGES[name].verbs}\n" + "\n".join(wrong[:60])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_for_everybody_in_every_state(staged: Stage, name: str) -> None:
    wrong = try_operation(staged, name, tuple(staged.world.people), tuple(staged.states("report")))
    assert not wrong, f"{OPERATIONS[name].verbs}\n" + "\n".join(wrong[:60])
