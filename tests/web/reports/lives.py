"""Short ways to bring a report of the Harbour Compact to a state, each step by the one whose step it is."""

from __future__ import annotations

from collections.abc import Sequence

from eirene_web.reports.models import Report, Submission
from eirene_web.reports.services import clearance, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from web.world import World


def fill(world: World, nation: str = "ALF", *, women: int = 12, men: int = 30, charter: str = "no") -> Report:
    report = world.report(nation)
    known = {(c.question, c.part): c.version for c in report.cells.all()}
    wanted = {
        ("crew", "cells.women"): women, ("crew", "cells.men"): men, ("crew", "cells._T"): women + men,
        ("charter", "value"): charter,
    }  # fmt: skip
    edits = [Edit(q, part, value, known.get((q, part), 0)) for (q, part), value in wanted.items()]
    outcome = filling.save_answers(actor=world.actor(f"{nation}.rapporteur"), report=report.pk, edits=edits)
    assert not outcome.conflicts
    assert not outcome.refused
    return world.report(nation)


def chain(world: World, nation: str = "ALF") -> list[list[int]]:
    return [[world.posts[f"{nation}.head"].pk], [world.posts[f"{nation}.officer"].pk]]


def start(world: World, nation: str = "ALF", steps: Sequence[Sequence[int]] = ()) -> Report:
    report = world.report(nation)
    clearance.start_clearance(
        actor=world.actor(f"{nation}.rapporteur"), report=report.pk, steps=steps or chain(world, nation)
    )
    return world.report(nation)


def send(world: World, nation: str = "ALF") -> Submission:
    """Submitted by the authorised officer, who needs nobody's clearance."""
    report = world.report(nation)
    return submitting.submit(actor=world.actor(f"{nation}.officer"), report=report.pk, version=report.version)


def accept(world: World, nation: str = "ALF", who: str = "reviewer") -> Report:
    reviewing.accept_report(actor=world.actor(who), report=world.report(nation).pk)
    return world.report(nation)


def give_back(world: World, nation: str = "ALF", question: str = "charter") -> Report:
    reviewing.return_report(
        actor=world.actor("reviewer"), report=world.report(nation).pk, reason="Look again.",
        questions={question: "Which?"},
    )  # fmt: skip
    return world.report(nation)
