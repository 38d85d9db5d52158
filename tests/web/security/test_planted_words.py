"""A word planted in every kind of content is read by those who may, and by nobody else: on no page, in no file, in no
answer of the API, in no mail and no error. `make soak` looks through everybody's eyes, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from eirene_web.notices.models import Notice
from web.committing import taken_back
from web.security import planted
from web.security.planted import Field
from web.security.reading import PUBLIC, Seen, seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_engine]
#: One of each kind of person; the others of a role are the same.
PEOPLE = (
    "coordinator", "auditor", "observer", "clerk", "AAA.rapporteur", "AAA.drafter", "AAA.admin", "BBB.rapporteur",
    "BBB.drafter", PUBLIC,
)  # fmt: skip
#: Nobody is shown these at all, or only by what is not an address of its own: no teeth are asked of them.
UNSEEN = frozenset({"freezeerror", "recall"})


@pytest.fixture(scope="module")
def field(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with taken_back(django_db_blocker, tmp_path_factory.mktemp("home")):
        yield planted.build()


@pytest.fixture(scope="module")
def seen(field: Field) -> Seen:
    return seen_by(field, PEOPLE)


def not_theirs(field: Field, seen: Seen) -> list[str]:
    return [
        f"{who} reads {word.text} at {read[word.text]}"
        for who, read in seen.items()
        for word in field.words
        if word.text in read and who not in word.allowed
    ]


def test_every_word_is_read_by_those_who_may_and_by_nobody_else(field: Field, seen: Seen) -> None:
    """One test, because planting and looking takes most of its time."""
    wrong = not_theirs(field, seen)
    # Without this nothing here would have teeth.
    unread = [w.text for w in field.words if w.kind not in UNSEEN and not any(w.text in seen[who] for who in PEOPLE)]
    wrong += [f"nobody reads {text}" for text in unread]
    told = " ".join(f"{notice.facts} {notice.where} {notice.key}" for notice in Notice.objects.all())
    told += " ".join(f"{message.subject} {message.body} {message.alternatives}" for message in mail.outbox)
    wrong += [f"a notice or a mail tells {word.text}" for word in field.words if word.text in told]
    assert not wrong, "\n".join(wrong)
