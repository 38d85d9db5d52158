"""What the checks say, as pages show it: with a word and a shape, the place to go to, and the questions beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from eirene.framework import AskedQuestion
from eirene.questionnaires import compile_rules
from eirene.questionnaires.model import Finding
from eirene.questionnaires.parts import cell_part
from eirene.questionnaires.values import shape
from eirene.text import pick
from eirene_web.reports.grids import cell_id
from eirene_web.reports.working import Working

SEVERITIES = ("blocker", "error", "warning", "note")
#: severity → (kind of colour, glyph, word, word where it is justified)
LOOK = {
    "blocker": ("late", "stop", _("Blocks submission"), _("Blocks submission")),
    "error": ("late", "stop", _("Error, to be corrected"), _("Error, explained")),
    "warning": ("risk", "risk", _("Warning, asks for an explanation"), _("Warning, explained")),
    "note": ("idle", "eye", _("Note"), _("Note, explained")),
}


@dataclass(frozen=True)
class Told:
    """One finding. `target`: id of the place in its section's page; `part`: the cell that it marks."""

    finding: Finding
    asked: AskedQuestion | None
    id: str
    target: str
    part: str
    message: str
    remedy: str
    #: Other questions that the rule speaks of.
    beside: tuple[AskedQuestion, ...] = field(default=())

    @property
    def severity(self) -> str:
        return self.finding.severity

    @property
    def kind(self) -> str:
        return LOOK[self.severity][0]

    @property
    def glyph(self) -> str:
        return LOOK[self.severity][1]

    @property
    def word(self) -> str:
        return str(LOOK[self.severity][3 if self.justified else 2])

    @property
    def justified(self) -> bool:
        return self.finding.justified

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.severity == "blocker" or (self.severity in ("error", "warning") and not self.justified)

    @property
    def owes_words(self) -> bool:
        """Whether an explanation is taken: it becomes a footnote."""
        return self.severity in ("error", "warning")


def told(working: Working, lang: str, readable: frozenset[str]) -> list[Told]:
    """All that was found, in the order of the form. What was not evaluated is told apart.

    readable   sections that may be read: no other question is led to, and no words tell of one
    """
    beside = _beside(working)
    found = [f for f in seen_by(working, readable) if f.outcome == "found"]
    return [_told(working, finding, n, beside, lang, readable) for n, finding in enumerate(found)]


def seen_by(working: Working, readable: Iterable[str]) -> list[Finding]:
    """All findings, for a reader of some sections: the words of one that compares with an answer elsewhere say nothing
    of it. It still counts, for it still has to be put right."""
    beside, sections = _beside(working), set(readable)
    if {section.id for section in working.sheet.sections} <= sections:
        return list(working.findings)
    return [_without_words(f) if _looks_into(working, f, beside, sections) else f for f in working.findings]


def _looks_into(working: Working, finding: Finding, beside: dict[str, tuple[str, ...]], sections: set[str]) -> bool:
    """Whether a rule speaks of an answer in a section that is not among these."""
    spoken_of = (working.sheet.questions.get(id) for id in beside.get(finding.code, ()))
    return any(one is not None and one.section not in sections for one in spoken_of)


def _without_words(finding: Finding) -> Finding:
    return replace(finding, message=_in_each(_ELSEWHERE), remedy=_in_each(_ASK))


def _in_each(words: Any) -> dict[str, str]:
    told = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            told[code] = str(words)
    return told


_ELSEWHERE = _("This does not agree with an answer in a section that you may not read.")
_ASK = _("Ask the rapporteur of your nation.")


def not_evaluated(working: Working, lang: str, readable: Iterable[str]) -> list[str]:
    """What could not be evaluated and why, a sentence each. What needs peers waits for the office and is left out, and
    what speaks of answers that the reader may not read."""
    beside, sections = _beside(working), set(readable)
    needs_peers = {c.rule.id for c in compile_rules(working.pack, working.report.cycle.code).declared if c.needs_peers}
    return [
        pick(f.message, lang)
        for f in working.findings
        if f.outcome == "not_evaluated" and f.code not in needs_peers and not _looks_into(working, f, beside, sections)
    ]


def _beside(working: Working) -> dict[str, tuple[str, ...]]:
    book = compile_rules(working.pack, working.report.cycle.code)
    return {one.rule.id: one.questions for one in book.declared}


def _told(
    working: Working, finding: Finding, n: int, beside: dict[str, tuple[str, ...]], lang: str, readable: frozenset[str]
) -> Told:
    questions = {id: one for id, one in working.sheet.questions.items() if one.section in readable}
    asked = working.sheet.questions.get(finding.place.question)
    others = tuple(
        questions[id] for id in beside.get(finding.code, ()) if id in questions and (asked is None or id != asked.id)
    )
    target, part = _place(working, finding, asked)
    return Told(
        finding, asked, f"f-{finding.place.question or 'report'}-{n}", target, part, pick(finding.message, lang),
        pick(finding.remedy, lang), others,
    )  # fmt: skip


def _place(working: Working, finding: Finding, asked: AskedQuestion | None) -> tuple[str, str]:
    """Where in the page, and which cell."""
    place = finding.place
    if asked is None:
        return "", ""
    if place.cell and asked.question.type == "matrix":
        key = shape(working.pack, asked.question).key(place.cell)
        if asked.question.dimensions and all(_is_box(working, asked, i, code) for i, code in enumerate(key)):
            return cell_id(asked.id, key), cell_part(key)
    if place.row is not None:
        return f"l-{asked.id}-{place.row - 1}", ""
    return f"q-{asked.id}", ""


def _is_box(working: Working, asked: AskedQuestion, place: int, code: str) -> bool:
    form = shape(working.pack, asked.question)
    return code in form.asked[place] or (code == "_T" and asked.question.dimensions[form.names[place]].total)


def counts(found: Iterable[Told]) -> dict[str, int]:
    """How many of each severity, and how many still ask for something."""
    every = list(found)
    return {
        **{severity: sum(one.severity == severity for one in every) for severity in SEVERITIES},
        "open": sum(one.open for one in every),
        "justified": sum(one.justified for one in every),
    }
