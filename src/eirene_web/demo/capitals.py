"""The nations' side of the demonstration: each report filled in, cleared and submitted as far as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eirene.framework import asked
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import parts_of
from eirene_web import clock
from eirene_web.demo import plan
from eirene_web.demo.cast import Demo
from eirene_web.demo.filling import assign_sections, attach, enliven
from eirene_web.demo.paper import sheet
from eirene_web.files.services import keep
from eirene_web.reports.models import Cell, Report
from eirene_web.reports.services import clearance, filling, submitting
from eirene_web.reports.services.clearance import Paper
from eirene_web.reports.services.filling import Edit


def bring_to(demo: Demo, report: Report, filled: Answers | None, state: str, share: int, days: int) -> None:
    """Brings one report as far as its capital takes it, the last movement so many days ago."""
    code = report.body.code
    if state == "not_started":
        return
    with clock.at(demo.ago(days + (0 if share == 0 else 15))):
        _fill(demo, report, filled, share)
    if code in plan.ASSIGNED:
        with clock.at(demo.ago(days + 8)):
            assign_sections(demo, report, plan.ASSIGNED[code])
    if code in plan.EVIDENCE and code != plan.SHOWN_NATION:
        with clock.at(demo.ago(days + 14)):
            attach(demo, report)
    if state == "drafting":
        _drafting(demo, report, share, days)
    else:
        _through_the_capital(demo, report, state, days)


# --- filling in -----------------------------------------------------------------------------------------------------


def _fill(demo: Demo, report: Report, filled: Answers | None, share: int) -> None:
    """Fills in the first part of the questions, in the order of the form; a newcomer says yes and no to a few."""
    code, sheet_ = report.body.code, asked(demo.pack, plan.CODE)
    if filled is None:
        many = sum(map(ord, code)) % len(plan.FIRST_ANSWERS) + 1
        edits = [Edit(question, "value", value) for question, value in plan.FIRST_ANSWERS[:many]]
    else:
        parts = {question: dict(found) for question, found in parts_of(filled, demo.pack).items()}
        _differ(code, parts)
        wanted = list(sheet_.questions)[: max(1, len(sheet_.questions) * share // 100)]
        edits = [
            Edit(question, part, value)
            for question in wanted
            for part, value in parts.get(question, {}).items()
            if not (part == "status" and value == "answered")
        ]
    actor = demo.actor(f"{code}.rapporteur")
    if code in plan.TAKEN_OVER:
        for question in plan.TAKEN:
            filling.take_over(actor=actor, report=report.pk, question=question, base={})
        edits = [edit for edit in edits if edit.question not in plan.TAKEN]
    filling.save_answers(actor=actor, report=report.pk, edits=edits)


def _differ(code: str, parts: dict[str, dict[str, Any]]) -> None:
    """What makes some of these reports worth a second look. Changes the parts."""
    if code in plan.CHANGED:
        one = plan.CHANGED[code]
        answer = parts[one.question]
        for part in ("cells.women", "cells.men"):
            answer[part] = round(answer[part] * one.by)
        answer["cells._T"] = answer["cells.women"] + answer["cells.men"]
        answer.update({f"justification.{lang}": text for lang, text in one.why.items()})
    if code == plan.WRONG_TOTAL[0]:
        _code, question, part, more = plan.WRONG_TOTAL
        parts[question][part] += more


def _drafting(demo: Demo, report: Report, share: int, days: int) -> None:
    code = report.body.code
    if code == plan.SHOWN_NATION:
        enliven(demo, report)
    elif code == "ETV":
        _sent_back(demo, report, days)
    elif share:
        _touch(demo, report, days)


def _touch(demo: Demo, report: Report, days: int) -> None:
    """The last thing that somebody did to it."""
    with clock.at(demo.ago(days)):
        edit = Edit("all_positions_open", "comment.en", "Under review by the ministry.", _version(report))
        filling.save_answers(actor=demo.actor(f"{report.body.code}.rapporteur"), report=report.pk, edits=[edit])


def _version(report: Report) -> int:
    found = Cell.objects.filter(report=report, question="all_positions_open", part="comment.en")
    return found.values_list("version", flat=True).first() or 0


def _sent_back(demo: Demo, report: Report, days: int) -> None:
    """It was on its way through the capital; its head of section wants more."""
    code = report.body.code
    with clock.at(demo.ago(days + 3)):
        _start(demo, report, (("head",), ("officer",)))
    with clock.at(demo.ago(days)):
        clearance.send_back(
            actor=demo.actor(f"{code}.head"), report=report.pk,
            why="Sections 5 to 7 are empty, and 3.1 needs a word on why so many left. Legal will send its part.",
        )  # fmt: skip


# --- clearance and submission ---------------------------------------------------------------------------------------


def _start(demo: Demo, report: Report, chain: tuple[tuple[str, ...], ...]) -> None:
    code = report.body.code
    steps = [[demo.posts[f"{code}.{post}"].pk for post in posts] for posts in chain]
    clearance.start_clearance(actor=demo.actor(f"{code}.rapporteur"), report=report.pk, steps=steps)


def _through_the_capital(demo: Demo, report: Report, state: str, days: int) -> None:
    code = report.body.code
    waits = state in ("in_clearance", "cleared")
    with clock.at(demo.ago(days + (2 if waits else 5))):
        _start(demo, report, plan.CHAINS.get(code, (("head",), ("officer",))))
    if waits:
        with clock.at(demo.ago(days)):
            _ON_THE_WAY.get(code, _head_alone)(demo, report)
        return
    with clock.at(demo.ago(days + (0 if state == "submitted" else 2))):
        _clear(demo, report, "head")
        _clear(demo, report, "officer")
        version = Report.objects.get(pk=report.pk).version
        submitting.submit(actor=demo.actor(f"{code}.officer"), report=report.pk, version=version)
        minutes = 180 + 20 * (report.pk % 17)
        submitting.declare_minutes(actor=demo.actor(f"{code}.rapporteur"), report=report.pk, minutes=minutes)


def _clear(demo: Demo, report: Report, post: str, remarks: str = "") -> None:
    clearance.clear(actor=demo.actor(f"{report.body.code}.{post}"), report=report.pk, remarks=remarks)


def _head_alone(demo: Demo, report: Report) -> None:
    _clear(demo, report, "head")


def _everybody(demo: Demo, report: Report) -> None:
    _clear(demo, report, "head")
    _clear(demo, report, "officer")


def _on_paper(demo: Demo, report: Report) -> None:
    """The head of section signs on paper; the rapporteur records it with its scan."""
    code, day = report.body.code, demo.ago(2).date()
    lines = (f"Reference: MOD/GP/2017-114, {day.isoformat()}", "The national report for 2017 is cleared as drafted.",
             "Signed: Head of Gender Policy", "Made up for the demonstration.")  # fmt: skip
    paper = Paper(
        "Cabinet of the Minister, Gender Policy", "MOD/GP/2017-114", day, keep(sheet("Clearance of a report", lines)),
        "clearance-MOD-GP-2017-114.pdf", "application/pdf",
    )  # fmt: skip
    clearance.record_paper(
        actor=demo.actor(f"{code}.rapporteur"), report=report.pk, post=demo.posts[f"{code}.head"].pk, paper=paper,
        remarks="Cleared; the minister wishes the wording of 5.3 to be kept.",
    )  # fmt: skip


def _one_of_two(demo: Demo, report: Report) -> None:
    """Two offices side by side: one has cleared with a remark, the other has not looked yet."""
    _clear(demo, report, "head")
    _clear(demo, report, "foreign", "Cleared. 7.1 should name the recommendation by its number.")


#: Those that wait for somebody, other than after their head of section.
_ON_THE_WAY: Mapping[str, Any] = {
    "SMK": _on_paper,
    "GDV": _one_of_two,
    "FIO": lambda demo, report: _clear(demo, report, "policy"),
    "MRD": _everybody,
}
