"""The whole matrix by HTTP, and the planted words through everybody's eyes. It takes minutes: in `make soak` only."""

from __future__ import annotations

import pytest

from web.security.planted import Field
from web.security.reading import PUBLIC, Seen, seen_by
from web.security.stage import Stage
from web.security.test_by_http import OPERATIONS, PAGES, morning, try_operation, try_page
from web.security.test_planted_words import field, not_theirs
from web.staged import staged

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
__all__ = ["field", "morning", "staged"]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_for_everybody_in_every_state(staged: Stage, name: str) -> None:
    wrong = try_page(staged, name, tuple(staged.world.people), tuple(staged.states("report")))
    assert not wrong, f"{PAGES[name].verbs}\n" + "\n".join(wrong[:60])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_for_everybody_in_every_state(staged: Stage, name: str) -> None:
    wrong = try_operation(staged, name, tuple(staged.world.people), tuple(staged.states("report")))
    assert not wrong, f"{OPERATIONS[name].verbs}\n" + "\n".join(wrong[:60])


@pytest.fixture(scope="module")
def seen(field: Field) -> Seen:
    """Within the installation that holds the planted files: a test has one of its own."""
    return seen_by(field, (*field.world.people, PUBLIC), ("", "/fr"))


def test_nobody_at_all_reads_what_is_not_theirs_in_any_language(field: Field, seen: Seen) -> None:
    wrong = not_theirs(field, seen)
    assert not wrong, "\n".join(wrong)
