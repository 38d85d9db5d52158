"""Every service, with the verb that it asks for and arguments to try it with: what the matrix walks.

A service that is not here fails the test, which says the line to add. Arguments need not succeed; they must get as far
as the policy: whatever is refused afterwards counts as allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eirene_web.policy import Target
from eirene_web.reports.services.clearance import Paper
from eirene_web.reports.services.filling import Edit
from web.security.stage import CODE, ELSEWHERE, NATION, QUESTION, SECTION, Stage
from web.world import DEADLINE, OPENS

LATER = DEADLINE + dt.timedelta(days=30)
DAY = dt.date(2023, 2, 2)
Arguments = Callable[[Stage], dict[str, Any]]


@dataclass(frozen=True)
class Tried:
    """`target`: what it acts upon, where it is not AAA's thing of the verb's kind as the stage has it."""

    verb: str
    arguments: Arguments
    target: Callable[[Stage], Target] | None = None


def of_report(**more: Any) -> Arguments:
    return lambda s: {"report": s.report.pk, **more}


def of_cycle(**more: Any) -> Arguments:
    return lambda s: {"cycle": s.cycle.pk, **more}


def of_alliance(**more: Any) -> Arguments:
    return lambda s: {"alliance": str(s.world.alliance.pk), **more}


def of_post(**more: Any) -> Arguments:
    return lambda s: {"post": s.things["post"], **more}


_EDIT = [Edit(QUESTION, "value.fr", "Rien d’autre.")]
_ORGANISATIONS, _REPORTS = "eirene_web.organisations.services", "eirene_web.reports.services"
SERVICES: dict[str, Tried] = {
    f"{_ORGANISATIONS}.add_body": Tried(
        "bodies.change", of_alliance(kind="unit", name={"en": "Unit"}, parent=NATION, code="unit-x")
    ),
    f"{_ORGANISATIONS}.move_body": Tried(
        "bodies.change", of_alliance(code=NATION, name={"en": "Aaa"}, since=DAY)
    ),
    f"{_ORGANISATIONS}.set_time_zone": Tried("bodies.change", of_alliance(code=NATION, time_zone="Europe/Paris")),
    f"{_ORGANISATIONS}.add_post": Tried(
        "posts.change", of_alliance(body=NATION, title={"en": "Post"}, roles={"reader": []})
    ),
    f"{_ORGANISATIONS}.change_post": Tried("posts.change", of_post(title={"en": "Post"})),
    f"{_ORGANISATIONS}.fill_post": Tried(
        "posts.fill", lambda s: {"post": s.things["post"], "person": s.world.people["outsider"].pk}
    ),
    f"{_ORGANISATIONS}.leave_post": Tried("posts.fill", lambda s: {"holding": s.things["holding"], "until": DAY}),
    f"{_REPORTS}.cycles.set_up_cycle": Tried(
        "cycle.set_up", of_alliance(code="2021", opens=OPENS, deadline=DEADLINE),
        lambda s: Target("cycle", str(s.world.alliance.pk), state="planned"),
    ),
    f"{_REPORTS}.history.take_in_cycle": Tried(
        "cycle.set_up", of_alliance(code="2021", reports=[]),
        lambda s: Target("cycle", str(s.world.alliance.pk), state="planned"),
    ),
    f"{_REPORTS}.cycles.change_cycle": Tried("cycle.change", of_cycle(why="Because.", deadline=LATER)),
    f"{_REPORTS}.cycles.open_cycle": Tried("cycle.open", of_cycle()),
    f"{_REPORTS}.cycles.close_cycle": Tried("cycle.close", of_cycle(why="Because.")),
    f"{_REPORTS}.cycles.reopen_cycle": Tried("cycle.close", of_cycle(why="Because.")),
    f"{_REPORTS}.cycles.extend_deadline": Tried("report.extend", of_report(deadline=LATER, why="Because.")),
    f"{_REPORTS}.cycles.reopen_report": Tried("report.reopen", of_report(deadline=LATER, why="Because.")),
    f"{_REPORTS}.filling.save_answers": Tried("answer.fill", of_report(edits=_EDIT)),
    f"{_REPORTS}.filling.take_over": Tried("answer.fill", of_report(question=QUESTION, base={})),
    f"{_REPORTS}.clearance.start_clearance": Tried(
        "report.start_clearance", lambda s: {"report": s.report.pk, "steps": [[s.post(f"{NATION}.head")]]}
    ),
    f"{_REPORTS}.clearance.choose_chain": Tried(
        "report.change_chain",
        lambda s: {"report": s.report.pk, "steps": [[s.post(f"{NATION}.head")]], "why": "Because."},
    ),
    f"{_REPORTS}.clearance.clear": Tried("report.clear", of_report()),
    f"{_REPORTS}.clearance.send_back": Tried("report.clear", of_report(why="Because.")),
    f"{_REPORTS}.clearance.record_paper": Tried(
        "report.record_paper",
        lambda s: {
            "report": s.report.pk, "post": s.post(f"{NATION}.head"),
            "paper": Paper("Office", "1/23", dt.date(2023, 1, 5)),
        },
    ),
    f"{_REPORTS}.clearance.withdraw": Tried("report.withdraw", of_report(why="Because.")),
    f"{_REPORTS}.submitting.submit": Tried(
        "report.submit", lambda s: {"report": s.report.pk, "version": s.report.version}
    ),
    f"{_REPORTS}.reviewing.assign_review": Tried(
        "review.assign", lambda s: {"report": s.report.pk, "post": s.post("reviewer")}
    ),
    f"{_REPORTS}.reviewing.accept_sections": Tried("review.accept", of_report(sections=[SECTION])),
    f"{_REPORTS}.reviewing.return_report": Tried(
        "review.return", of_report(reason="Because.", questions={QUESTION: "Which?"})
    ),
}  # fmt: skip
#: Services that ask nobody: done by the one who installs, or by the house itself; why there is nobody to ask.
UNASKED: dict[str, str] = {
    f"{_ORGANISATIONS}.found_alliance": "done from the command line before there is anybody",
}
__all__ = ["CODE", "ELSEWHERE", "SERVICES", "UNASKED", "Tried"]
