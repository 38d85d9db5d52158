"""The planted words through everybody's eyes, in both languages. It takes minutes: in `make soak` only."""

from __future__ import annotations

import pytest

from web.security.planted import Field
from web.security.reading import PUBLIC, Seen, seen_by
from web.security.test_planted_words import field, not_theirs

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
__all__ = ["field"]


@pytest.fixture(scope="module")
def seen(field: Field) -> Seen:
    """Within the installation that holds the planted files: a test has one of its own."""
    return seen_by(field, (*field.world.people, PUBLIC), ("", "/fr"))


def test_nobody_at_all_reads_what_is_not_theirs_in_any_language(field: Field, seen: Seen) -> None:
    wrong = not_theirs(field, seen)
    assert not wrong, "\n".join(wrong)
