"""What is printed: the report as a document with its state on the cover, and the receipt of a submission.

Nothing here asks the policy; `out` does. The same report in the same state gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from eirene.documents.typst import render_page
from eirene.formats import write_questionnaire
from eirene.formats.report_document import Stamp, report_document, report_pdf
from eirene.framework import Pack, body_name, cycle_of
from eirene.questionnaires.model import Report as Answers
from eirene.text import pick
from eirene_web.organisations.packs import audience_for
from eirene_web.policy import Actor
from eirene_web.reports import instants
from eirene_web.reports.models import Report, Submission
from eirene_web.reports.working import Working

#: Seconds that setting a receipt may take; it takes a fifth of one.
SECONDS = 20


def draft_stamp(actor: Actor, working: Working, answers: Answers | None, lang: str) -> Stamp:
    """What the report as it stands, or the empty questionnaire (`answers` None), says about itself."""
    report = working.report
    with translation.override(lang):
        if answers is None:
            day = cycle_of(working.pack, report.cycle.code).reference_date
            return Stamp(day, running=_("empty form"), audience=actor.audience)
        word = _("DRAFT, version %(n)d") % {"n": report.version}
        state = (_("State"), f"{word}\n{report.get_state_display()}")
        facts = (state, (_("As of"), local_instant(report.moved, report, lang)))
    return Stamp(_local(report.moved, report).date(), facts, word, actor.audience, _evidence(working))


def submission_stamp(actor: Actor, submission: Submission, lang: str) -> Stamp:
    """What the report as it was submitted says about itself: its checksum, too."""
    report = submission.report
    with translation.override(lang):
        word = _("SUBMITTED, number %(n)d") % {"n": submission.number}
        facts = (
            (_("State"), word),
            (_("Submitted"), local_instant(submission.at, report, lang)),
            (_("Receipt"), submission.receipt),
            ("SHA-256", _in_groups(submission.sha256)),
        )
    return Stamp(_local(submission.at, report).date(), facts, word, actor.audience)


def printed(
    report: Report,
    pack: Pack,
    form: str,
    stamp: Stamp,
    *,
    lang: str,
    answers: Answers | None,
    sections: Sequence[str] = (),
) -> bytes:
    """The report as PDF or Word (`form` pdf or docx)."""
    code, body = report.cycle.code, report.body.code
    if form == "pdf":
        document = report_document(pack, code, body, stamp, lang=lang, report=answers, sections=sections)
        return report_pdf(document)
    audience = next((a for a in pack.header.audiences if a.code == stamp.audience), pack.header.audiences[0])
    return write_questionnaire(
        pack, code, lang=lang, body=body, report=answers, sections=tuple(sections),
        marking=pick(audience.marking, lang), facts=stamp.facts,
    )  # fmt: skip


def receipt_pdf(submission: Submission, pack: Pack, lang: str, address: str = "") -> bytes:
    """The receipt: one page, the same bytes for the same submission.

    address   of the page that checks a receipt, if there is one
    """
    report = submission.report
    cycle = cycle_of(pack, report.cycle.code)
    code = audience_for(pack, report.body.nation, cycle.reference_date)
    audience = next((a for a in pack.header.audiences if a.code == code), pack.header.audiences[0])
    day = _local(submission.at, report).date()
    name = body_name(pack, report.body.code, lang, cycle.reference_date)
    with translation.override(lang):
        data = {
            "lang": lang,
            "date": [day.year, day.month, day.day],
            "author": pick(pack.header.title, lang),
            "marking": pick(audience.marking, lang),
            "notice": pick(pack.header.notice, lang),
            "fictional": pack.header.fictional,
            "kicker": pick(pack.header.title, lang),
            "title": _("Receipt"),
            "lead": _("%(nation)s has submitted its report for %(cycle)s.")
            % {"nation": name, "cycle": pick(cycle.title, lang)},
            "facts": [
                [_("Nation"), f"{name} ({report.body.code})"],
                [_("Cycle"), f"{pick(cycle.title, lang)} ({report.cycle.code})"],
                [_("Submission"), _("number %(n)d, version %(v)d of the report")
                 % {"n": submission.number, "v": submission.version}],
                [_("Submitted"), local_instant(submission.at, report, lang)],
                [_("Submitted by"), _by(submission, lang)],
                [_("The same instant, UTC"), f"{submission.at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"],
            ],
            "code": [_("Receipt code"), submission.receipt],
            "hash": [_("SHA-256 of the report as submitted"), _in_groups(submission.sha256)],
            "check-title": _("How to check it"),
            "check": _how_to_check(address),
            "foot": _("The receipt confirms that the report was received as it is; not that it was accepted."),
        }  # fmt: skip
    return render_page("receipt.typ", data, seconds=SECONDS)


def _how_to_check(address: str) -> list[str]:
    where = (
        _("on the page of the receipt (%(address)s)") % {"address": address}
        if address
        else _("on the page of the receipt")
    )
    return [
        _("Enter the receipt code %(where)s: it says whether the platform holds this submission, and since when.")
        % {"where": where},
        _("Save the report as JSON from the page of the report and have its SHA-256 computed (sha256sum, certutil, "
          "shasum): it is the one above, sign by sign."),
        _("Keep this page with your files. If the two ever differ, the report is not the one that you sent."),
    ]  # fmt: skip


def _by(submission: Submission, lang: str) -> str:
    """The post, for duties belong to posts; a person is named where there is none."""
    if submission.post is not None:
        return pick(submission.post.title, lang)
    if submission.person is not None:
        return submission.person.name
    return _("taken in from an earlier cycle")


def _evidence(working: Working) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question, name in (
        working.report.evidence.filter(removed__isnull=True).order_by("question", "pk").values_list("question", "name")
    ):
        found.setdefault(question, []).append(name)
    return found


def _in_groups(digest: str) -> str:
    """Eight signs at a time, in two lines: so that people can compare them."""
    groups = [digest[i : i + 8] for i in range(0, len(digest), 8)]
    return "\n".join(" ".join(groups[i : i + 4]) for i in range(0, len(groups), 4))


def zone_of(report: Report) -> zoneinfo.ZoneInfo:
    """The clock of the capital."""
    return instants.zone_of(report.cycle.alliance, report.body)


def _local(instant: dt.datetime, report: Report) -> dt.datetime:
    return instant.astimezone(zone_of(report))


def local_instant(instant: dt.datetime, report: Report, lang: str) -> str:
    """2 November 2017, 17:00 (Brussels): by the clock of the capital, which it names."""
    return instants.written(instant, zone_of(report), lang)
