"""The demonstration: what makes a report that is being filled in look like one. All of it made up.

Sections are with other posts; in Belmara (BMA) there is an error to correct, a warning that was explained, evidence,
a conversation with the office of this year and one of last year.
"""

from __future__ import annotations

from collections.abc import Mapping

from eirene_web import clock
from eirene_web.demo import plan
from eirene_web.demo.cast import Demo
from eirene_web.demo.paper import sheet
from eirene_web.reports.models import Cell, Report
from eirene_web.reports.services import assigning, discussing, evidence, filling
from eirene_web.reports.services.filling import Edit

#: How far 4.3 is; one total is wrong, which is the error to find.
_BEGUN = {"OR-9|women": 11, "OR-9|men": 31, "OR-9|_T": 43, "OR-8|women": 40, "OR-8|men": 126}


def assign_sections(demo: Demo, report: Report, sections: Mapping[str, tuple[str, ...]]) -> None:
    """Gives sections to the posts that fill them in."""
    code = report.body.code
    actor, due = demo.actor(f"{code}.rapporteur"), demo.day(plan.SECTIONS_DUE.get(code, 9))
    for who, given in sections.items():
        for section in given:
            assigning.assign_section(
                actor=actor, report=report.pk, section=section, post=demo.posts[f"{code}.{who}"].pk, due=due
            )


def attach(demo: Demo, report: Report) -> None:
    """Files that stand behind answers, each with a marking of its own."""
    rapporteur = demo.actor(f"{report.body.code}.rapporteur")
    for question, name, title, marking in plan.EVIDENCE[report.body.code]:
        evidence.add_evidence(
            actor=rapporteur, report=report.pk, question=question, name=name,
            content=sheet(title, ("Made up for the demonstration.",)), releasability=marking,
        )  # fmt: skip


def enliven(demo: Demo, report: Report) -> None:
    """What happened in one report besides: all by the services that people use."""
    code = report.body.code
    rapporteur, personnel, office = (demo.actor(who) for who in (f"{code}.rapporteur", f"{code}.personnel", "desk-a"))
    with clock.at(demo.ago(6)):
        _answers(rapporteur, report)
        attach(demo, report)
        thread = discussing.open_thread(
            actor=rapporteur, report=report.pk, kind="question", question="officers_by_rank",
            text="Until last year we counted officer cadets at OF-1; they now stand at OF(D). Shall we say so here?",
        )  # fmt: skip
        discussing.open_thread(
            actor=rapporteur, report=report.pk, kind="national", question="officers_by_rank",
            text="Personnel will count OF-5 once more: two transfers of December are missing in the total.",
        )  # fmt: skip
    with clock.at(demo.ago(4)):
        discussing.write(
            actor=office, thread=thread.pk,
            text="Yes, please: one sentence in the comment. We then mark a break in the series, with it as the note.",
        )  # fmt: skip
    with clock.at(demo.ago(0.04)):
        begun = [Edit("other_ranks_by_rank", f"cells.{key}", n) for key, n in _BEGUN.items()]
        filling.save_answers(actor=personnel, report=report.pk, edits=begun)
        filling.declare_time(actor=rapporteur, report=report.pk, minutes=220)
    _last_year(demo, report)


def _answers(actor: object, report: Report) -> None:
    words = "Order 31/2017 of 4 May 2017 opened the last two trades: submarine crew and mine clearance diving."
    mots = "L’ordre 31/2017 du 4 mai 2017 a ouvert les derniers métiers : sous-mariniers et plongeurs-démineurs."
    why = "Counted again on 31 December: as many joined as left."
    edits = [
        Edit("all_positions_open", "comment.en", words, _version(report, "all_positions_open", "comment.en")),
        Edit("all_positions_open", "comment.fr", mots, _version(report, "all_positions_open", "comment.fr")),
        Edit("recruits", "justification.en", why, _version(report, "recruits", "justification.en")),
    ]
    filling.save_answers(actor=actor, report=report.pk, edits=edits)  # type: ignore[arg-type]


def _version(report: Report, question: str, part: str) -> int:
    found = Cell.objects.filter(report=report, question=question, part=part).values_list("version", flat=True)
    return found.first() or 0


def _last_year(demo: Demo, report: Report) -> None:
    past = Report.objects.filter(body=report.body, cycle__code="2016").first()
    if past is None:
        return
    with clock.at(demo.ago(330)):
        thread = discussing.open_thread(
            actor=demo.actor("desk-a"), report=past.pk, kind="clarification", question="officers_by_rank",
            text="Does OF-1 include officer cadets?",
        )  # fmt: skip
    with clock.at(demo.ago(328)):
        discussing.write(
            actor=demo.actor(f"{report.body.code}.rapporteur"), thread=thread.pk, text="It does: 40 of them."
        )
        discussing.close_thread(actor=demo.actor("desk-a"), thread=thread.pk)
