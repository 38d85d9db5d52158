"""Whose eyes a release was built for decides who reads it, by the one table."""

from __future__ import annotations

import pytest

from eirene.framework import load
from eirene_web.editions.targets import standing
from eirene_web.policy import Actor, Grant, Target, can

MEMBER = Actor(1, "m", "concordia", (Grant("person", "BMA", 1, 1), Grant("reader", "BMA", 1, 1)), audience="members")
PARTNER = Actor(2, "p", "concordia", (Grant("person", "ABR", 2, 2), Grant("reader", "ABR", 2, 2)), audience="partners")
OFFICE = (Grant("person", "", 3, 3),)
COORDINATOR = Actor(3, "c", "concordia", (*OFFICE, Grant("coordinator", "", 3, 3)), audience="office")
OBSERVER = Actor(4, "o", "concordia", (*OFFICE, Grant("observer", "", 3, 3)), audience="office")
STRANGER = Actor(5, "s", "concordia")


@pytest.mark.parametrize(
    ("actor", "read"),
    [
        (COORDINATOR, {"office", "members", "partners"}),
        (OBSERVER, {"members", "partners"}),
        (MEMBER, {"members", "partners"}),
        (PARTNER, {"partners"}),
        (STRANGER, set()),
    ],
)
def test_a_narrower_audience_reads_what_is_for_a_wider_one_and_not_the_other_way(actor: Actor, read: set[str]) -> None:
    pack = load("concordia")
    found = {
        audience
        for audience in ("office", "members", "partners")
        if can(actor, "release.read", Target("release", "concordia", state=standing(actor, audience, pack)))
    }
    assert found == read
