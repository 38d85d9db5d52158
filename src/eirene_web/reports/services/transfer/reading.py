"""The background half of taking a file in: it is read, compared with what stands, and kept for somebody to look at.

Nothing of the report is changed here. Killed at any moment it may be started again: the row says whether it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.errors import EireneError, Problem
from eirene.formats.door import Door, Outside, Refused, refusal
from eirene.formats.readers import read_outside
from eirene.questionnaires.parts import Parts, detail_parts, parts_of
from eirene.text import Phrases
from eirene_web.files import services as files
from eirene_web.organisations.queries import actor_for
from eirene_web.reports.models import Export, Import
from eirene_web.reports.services.transfer.common import questions_of, standing
from eirene_web.reports.services.transfer.compare import Compared, compare
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working

Tell = Callable[[str, int, int], None]
#: Language → text, as the page picks it.
Told = list[dict[str, Any]]


@dataclass
class Incoming:
    """What a file says, whichever of our forms it is in.

    sections   whose boxes it holds: a blank there was left blank; None: it is no form
    token      of the export that it says it is
    beside     question → parts that stand beside an answer that was not given
    evidence   [{"question", "name", "sha256", "size"}]: files that came with it
    """

    parts: Parts
    sections: frozenset[str] | None = None
    token: str = ""
    beside: Parts = field(default_factory=dict)
    notes: Told = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    package: bool = False


class Refusal(Exception):
    """The file is not taken in; what to tell, in every language."""

    def __init__(self, problems: Told) -> None:
        super().__init__(str(problems[:1]))
        self.problems = problems


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def in_each(make: Callable[[], Iterable[Problem]]) -> Told:
    """The problems that `make` words in the language of the moment, in all of them."""
    by_language: dict[str, list[Problem]] = {}
    for lang in languages():
        with translation.override(lang):
            by_language[lang] = list(make())
    return _merged(by_language)


def _merged(by_language: Mapping[str, Sequence[Problem]]) -> Told:
    first = next(iter(by_language.values()))
    return [
        {
            name: {lang: getattr(problems[n], name) for lang, problems in by_language.items() if n < len(problems)}
            for name in ("what", "where", "remedy")
        }
        for n in range(len(first))
    ]


# --- the task -------------------------------------------------------------------------------------------------------


def read_entry(pk: int, tell: Tell = lambda phase, done, of: None) -> None:
    """Reads a file that was handed in and keeps what it would change. Does nothing where that is done already."""
    entry = Import.objects.select_related("report__cycle__alliance", "report__body", "person").filter(pk=pk).first()
    if entry is None or entry.state != Import.State.READING:
        return
    still = Import.objects.filter(pk=pk, state=Import.State.READING)
    try:
        tell("reading", 0, 2)
        working = Working(entry.report)
        came = opened(entry, working)
        tell("comparing", 1, 2)
        export, notes = _export_of(entry, came, working)
        found = compared(entry, came, working, export)
    except Refusal as refused:
        still.update(state=Import.State.REFUSED, problems=refused.problems[:200])
        return
    still.update(
        state=Import.State.READY,
        export=export,
        changes=found,
        notes=[*notes, *_telling(working, found), *came.notes][:200],
    )


def opened(entry: Import, working: Working) -> Incoming:
    """What the file says. Raises Refusal."""
    from eirene_web.reports.services.transfer import packages

    try:
        data = files.read(entry.blob_id)
    except EireneError as error:
        raise Refusal(_same(error.problems)) from None
    try:
        with Door() as door:
            outside = door.opened(data, entry.name)
    except Refused as refused:
        raise Refusal(refused_in_words(refused, entry.name)) from None
    if outside.kind == "package":
        return packages.opened_return(entry, working, outside)
    return _report_in(outside, working)


def refused_in_words(refused: Refused, name: str) -> Told:
    return _merged({lang: refusal(refused, name, Phrases(lang)).problems for lang in languages()})


def _same(problems: Iterable[Problem]) -> Told:
    """Where there are no words but those of the core, which speaks English there."""
    return _merged({lang: list(problems) for lang in languages()})


def _report_in(outside: Outside, working: Working) -> Incoming:
    """The report in a workbook or a JSON file; it must be of this body and cycle."""
    report = working.report
    read: dict[str, Any] = {}
    problems: dict[str, Sequence[Problem]] = {}
    for lang in languages():
        try:
            read[lang] = read_outside(
                outside, working.pack, expected_cycle=report.cycle.code, expected_body=report.body.code, lang=lang
            )
        except EireneError as error:
            problems[lang] = error.problems
    if problems:
        raise Refusal(_merged(problems))
    first = next(iter(read.values()))
    return Incoming(
        parts=parts_of(first.report, working.pack),
        sections=first.sections,
        token=first.reference,
        beside={id: detail_parts(working.pack, working.sheet.questions[id], held) for id, held in first.beside.items()},
        notes=_merged({lang: one.notes for lang, one in read.items()}),
    )


# --- what it was handed out with, and what it changes ---------------------------------------------------------------


def _export_of(entry: Import, came: Incoming, working: Working) -> tuple[Export | None, Told]:
    """The export that the file says it is, and what to tell about it. A token of anybody else's is unknown here."""
    if not came.token:
        return None, [] if came.sections is None else in_each(_without_token)
    found = Export.objects.filter(token=came.token, report=entry.report_id).first()
    if found is None:
        return None, in_each(_unknown_token)
    notes: Told = []
    if entry.report.exports.filter(pk__gt=found.pk).exclude(key="").exists() and came.package:
        notes += in_each(_older_package)
    earlier = (
        Import.objects.filter(report=entry.report_id, export=found, state=Import.State.APPLIED).order_by("-pk").first()
    )
    if earlier is not None:
        notes += in_each(lambda: _used_before(earlier.blob_id == entry.blob_id, came.package))
    return found, notes


def _without_token() -> Iterable[Problem]:
    yield Problem(
        _("The workbook does not say which export of this report it is."),
        remedy=_("Wherever it differs from what stands here you choose; nothing that is blank in it is emptied."),
    )


def _unknown_token() -> Iterable[Problem]:
    yield Problem(
        _("The export that the file names is not known here: it was made elsewhere, or for another report."),
        remedy=_("Wherever it differs from what stands here you choose; nothing that is blank in it is emptied."),
    )


def _older_package() -> Iterable[Problem]:
    yield Problem(
        _("A newer package was handed out after the one that this file answers."),
        remedy=_("It is compared with what stands now; what changed meanwhile is for you to choose."),
    )


def _used_before(same: bool, package: bool) -> Iterable[Problem]:
    if same:
        what = _("This very file was taken over once already.")
    elif package:
        what = _("Another file that answers the same package was taken over already.")
    else:
        what = _("The workbook of this export was taken over once already, with other content.")
    yield Problem(what, remedy=_("What it said then is not taken over twice; only what differs now is shown."))


def compared(entry: Import, came: Incoming, working: Working, export: Export | None) -> dict[str, Any]:
    """What the file would change in the sections that whoever handed it in may read; of the others only how much it
    holds, for whether it says the same as what stands there is not theirs to learn."""
    actor = actor_for(entry.person, entry.report.cycle.alliance)
    mine = set(readable_sections(actor, working))
    theirs = {
        s.id: sum(bool(came.parts.get(q.id)) for q in s.questions) for s in working.sheet.sections if s.id not in mine
    }
    covered = mine if came.sections is None else mine & came.sections
    found: Compared = compare(
        working.sheet,
        _with_beside(came, export),
        standing(working),
        questions=questions_of(working, covered),
        handed=None if export is None else export.versions,
        blanks=came.sections is not None,
    )
    return {
        "items": [one.data() for one in found.changes],
        "same": found.same,
        "kept": found.kept,
        "elsewhere": {section: n for section, n in theirs.items() if n},
        "evidence": [one for one in came.evidence if _section_of(working, one["question"]) in mine],
        "package": came.package,
    }


def _section_of(working: Working, question: str) -> str:
    found = working.sheet.questions.get(question)
    return found.section if found else ""


def readable_sections(actor: Any, working: Working) -> list[str]:
    from eirene_web.policy import can

    return [
        s.id
        for s in working.sheet.sections
        if can(actor, "answer.read", answer_target(working.report, s.id, working.posts_of(s.id)))
    ]


def _with_beside(came: Incoming, export: Export | None) -> Parts:
    """The definition that a form carries forward from last year says nothing beside an answer that was not given,
    unless it was handed out as this year's."""
    merged = dict(came.parts)
    for id, held in came.beside.items():
        kept = (export.versions.get(id, {}) if export else {}).keys()
        told = {part: v for part, v in held.items() if not part.startswith("definition.") or part in kept}
        if told and id not in merged:
            merged[id] = told
    return merged


def _telling(working: Working, found: dict[str, Any]) -> Told:
    """What is left out because it is another office's, in words."""
    elsewhere = found["elsewhere"]
    if not elsewhere:
        return []

    def make() -> Iterable[Problem]:
        for section, n in elsewhere.items():
            yield Problem(
                ngettext(
                    "The file also answers %(n)d question of section %(section)s, which is not assigned to you.",
                    "The file also answers %(n)d questions of section %(section)s, which is not assigned to you.",
                    n,
                )
                % {"n": n, "section": section},
                remedy=_("It is left out. The rapporteur can take it over."),
            )

    return in_each(make)
