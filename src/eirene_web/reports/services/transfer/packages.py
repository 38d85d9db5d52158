"""One file each way for a closed network: handed out signed, taken in again only if it is the answer to ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import EireneError, Problem, Unreadable
from eirene.formats import write_workbook
from eirene.formats.door import Outside
from eirene.formats.package import Contents, Return, issue_package, public_key, read_return, token_of_return
from eirene.questionnaires.parts import Parts, read_part, stated
from eirene_web.clock import now
from eirene_web.files import services as files
from eirene_web.policy import Actor
from eirene_web.reports.models import Export, Import
from eirene_web.reports.services.transfer import common, keys
from eirene_web.reports.services.transfer.compare import handed_out
from eirene_web.reports.services.transfer.out import (
    HandedOut,
    for_workbook,
    keep_export,
    known_language,
    new_token,
    only,
    previous_named,
)
from eirene_web.reports.services.transfer.reading import Incoming, Refusal, Told, in_each
from eirene_web.reports.working import Working

#: Days after which what comes back is not taken in any more.
VALID_DAYS = 120
fingerprint_shown = keys.fingerprint_shown


def hand_out(*, actor: Actor, report: int, lang: str = "", split: bool = False) -> HandedOut:
    """The package of a report, with the sections that the actor may read; the answers as they stand are in it.

    split   one workbook for each section, for several offices

    Raises NotThere or NotAllowed if the report is not the actor's to fill in.
    """
    working = Working(common.found_report(report))
    common.ask_to_fill_something(actor, working)
    chosen = common.readable(actor, working)
    language = known_language(working, lang)
    token, issued = new_token(), now().replace(microsecond=0)
    questions = common.questions_of(working, chosen)
    previous = previous_named(working)
    contents = Contents(
        pack=working.pack,
        cycle=working.report.cycle.code,
        body=working.report.body.code,
        token=token,
        issued=issued,
        expires=issued + dt.timedelta(days=VALID_DAYS),
        lang=language,
        parts=_parts(working, questions),
        workbooks=_workbooks(working, chosen, language, token, split=split),
        sections=chosen,
        previous=only(previous, questions) if previous else None,
        alliance=actor.alliance,
    )
    own = keys.return_seed(token)
    data = issue_package(contents, keys.seed(), own)
    row = keep_export(
        actor=actor, report=report, token=token, sections=chosen, key=public_key(own),
        versions=handed_out(working.sheet, common.standing(working), questions),
    )  # fmt: skip
    name = f"{contents.body}-{contents.cycle}-package-{issued:%Y%m%d}.zip"
    return HandedOut(common.OutFile(name, data), row)


def _parts(working: Working, questions: Sequence[str]) -> Parts:
    found: Parts = {}
    for id in questions:
        told = stated(working.sheet.questions[id].question, working.parts.get(id, {}))
        if told:
            found[id] = told
    return found


def _workbooks(working: Working, sections: Sequence[str], lang: str, token: str, *, split: bool) -> dict[str, bytes]:
    """The workbook of everything, or one for each section that asks something."""
    report, whole = working.report, len(sections) == len(working.sheet.sections)
    parts: list[tuple[str, ...]] = [() if whole else tuple(sections)]
    if split:
        parts = [(s.id,) for s in working.sheet.sections if s.id in set(sections) and s.questions]
    return {
        f"{report.body.code}-{report.cycle.code}{'-section-' + part[0] if split else ''}.xlsx": write_workbook(
            working.pack, report.cycle.code, report.body.code, lang=lang, report=for_workbook(working),
            previous=previous_named(working), sections=part, reference=token,
        )
        for part in parts
    }  # fmt: skip


# --- what comes back ------------------------------------------------------------------------------------------------


def opened_return(entry: Import, working: Working, outside: Outside) -> Incoming:
    """What came back from a closed network: whole, the answer to a package of this report, and in time.

    Raises Refusal, in every language.
    """
    try:
        token = token_of_return(outside.files, entry.name)
    except Unreadable:
        raise Refusal(in_each(lambda: _refused(entry, _("This is the package that went out, not the file that comes "
                      "back."), _("Fill it in on the closed network, close it with “eirene package close”, and hand in "
                      "the file that this makes.")))) from None  # fmt: skip
    except EireneError:
        raise Refusal(in_each(lambda: _tampered(entry))) from None
    export = Export.objects.filter(token=token, report=entry.report_id).exclude(key="").first()
    if export is None:
        raise Refusal(in_each(lambda: _foreign(entry)))
    try:
        came = read_return(outside.files, export.key, entry.name)
    except EireneError:
        raise Refusal(in_each(lambda: _tampered(entry))) from None
    if now() > export.at + dt.timedelta(days=VALID_DAYS):
        raise Refusal(in_each(lambda: _late(entry)))
    return _incoming(working, came, token)


def _refused(entry: Import, what: str, remedy: str) -> Iterable[Problem]:
    yield Problem(what, entry.name, remedy)


def _tampered(entry: Import) -> Iterable[Problem]:
    return _refused(
        entry,
        _("The file is not what was closed on the closed network: it was changed or damaged on the way."),
        _("Close the package again there and carry the new file over."),
    )


def _foreign(entry: Import) -> Iterable[Problem]:
    return _refused(
        entry,
        _("The file does not answer a package of this report."),
        _("Check whose report it is, and for which cycle. A package that was made elsewhere is taken in there."),
    )


def _late(entry: Import) -> Iterable[Problem]:
    return _refused(
        entry,
        _("The file came back too late: its package was valid for %(n)d days.") % {"n": VALID_DAYS},
        _("Take out a new package and close it with the same workbooks; or hand the workbooks in one by one."),
    )


def _incoming(working: Working, came: Return, token: str) -> Incoming:
    problems: list[tuple[str, str, Problem]] = []
    parts: Parts = {}
    for id, held in came.parts.items():
        question = working.sheet.questions.get(id)
        if question is None:
            problems.append((id, "", Problem(f"The question {id[:80]!r} is not asked.")))
            continue
        for part, value in held.items():
            try:
                parts.setdefault(id, {})[part] = read_part(working.pack, question, part, value)
            except Unreadable as error:
                problems.append((question.number, part, error.problems[0]))
    if problems:
        raise Refusal(in_each(lambda: [Problem(p.what, f"{n} {part}".strip(), p.remedy) for n, part, p in problems]))
    sections = frozenset(str(s) for s in came.manifest["sections"])
    return Incoming(
        parts=parts, sections=sections, token=token, notes=_remarks(came.notes), package=True,
        evidence=[
            {"question": id, "number": working.sheet.questions[id].number, "name": common.safe_name(name),
             "sha256": files.keep(content).pk, "size": len(content)}
            for id, name, content in came.evidence
            if id in working.sheet.questions and content
        ],
    )  # fmt: skip


def _remarks(notes: Iterable[Problem]) -> Told:
    """What was noted on the closed network, in the words that were used there."""
    each: Mapping[str, Any]
    told = []
    for note in notes:
        each = {name: {"en": getattr(note, name)[:500]} for name in ("what", "where", "remedy")}
        told.append(dict(each))
    return told
