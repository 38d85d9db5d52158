"""Lists and single pages agree: what is not in an actor's list is not found by its address either."""

from __future__ import annotations

import pytest

from eirene_web.policy import NotThere
from eirene_web.reports import queries
from web.world import World


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("coordinator", {"ALF", "BRA", "CHA"}),
        ("observer", {"ALF", "BRA", "CHA"}),
        ("clerk", set()),
        ("ALF.rapporteur", {"ALF"}),
        ("BRA.reader", {"BRA"}),
        ("ALF.admin", set()),
        ("outsider", set()),
    ],
)
def test_everybody_sees_the_reports_that_are_theirs(harbour_world: World, who: str, seen: set[str]) -> None:
    actor = harbour_world.actor(who)
    assert {r.body.code for r in queries.reports(actor, harbour_world.alliance)} == seen
    for code in ("ALF", "BRA", "CHA"):
        if code in seen:
            assert queries.find_report(actor, harbour_world.alliance, "2022", code).body.code == code
        else:
            with pytest.raises(NotThere):
                queries.find_report(actor, harbour_world.alliance, "2022", code)
