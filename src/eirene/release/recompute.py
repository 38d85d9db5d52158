"""Computes the figures of a release again, from nothing but the answers and the pack inside it.

Answers shown by name are reports again. Answers that are counted, not named, become nameless bodies, question by
question: enough for a figure made from one question. A figure cannot be computed again where its answers are not there:
they are hidden from this audience, or several questions would have to be joined over nameless bodies.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eirene.disclosure import PROTECTED, figure_questions
from eirene.errors import Unreadable
from eirene.figures import compute, compute_series
from eirene.figures.answers import Answers as CountedAnswers
from eirene.figures.model import Figure
from eirene.framework import asked, asked_bodies, population, population_bodies
from eirene.framework.model import Body, Pack
from eirene.questionnaires.model import Answer, Report
from eirene.release.answers import Answers

#: What is compared: field → words for it are the field's own name.
_COMPARED = ("value", "numerator", "denominator", "n_answered", "n_applicable", "n_bodies")


@dataclass(frozen=True)
class Recomputed:
    """k of n figures came out again.

    same          keys that were computed again and are the same
    differences   key → what differs, in words
    not_here      reason → how many figures cannot be computed from what is inside:
                  not_computed (published or compiled), hidden_answers, unnamed_answers, protected, panel,
                  earlier_release
    """

    n: int
    same: tuple[str, ...]
    differences: Mapping[str, str] = field(default_factory=dict)
    not_here: Mapping[str, int] = field(default_factory=dict)


def recompute(
    pack: Pack, cycle: str, names_all: bool, as_of: dt.date, answers: Answers, figures: Sequence[Figure]
) -> Recomputed:
    """Computes again what can be, and compares it with `figures`. Errors of the pack or the answers pass through."""
    computed = [f for f in figures if f.basis == "computed"]
    if names_all:
        again, reasons = _from_named(pack, cycle, as_of, answers, computed)
    else:
        again, reasons = _from_counted(pack, as_of, answers, computed)
    same, differences = [], {}
    for figure in computed:
        if figure.key in reasons:
            continue
        if figure.key not in again:
            differences[figure.key] = "the answers inside give no such figure"
            continue
        told = compare(figure, again[figure.key])
        if told:
            differences[figure.key] = told
        else:
            same.append(figure.key)
    not_here = Counter(reasons.values())
    if len(figures) > len(computed):
        not_here["not_computed"] = len(figures) - len(computed)
    return Recomputed(len(figures), tuple(same), differences, dict(sorted(not_here.items())))


def compare(told: Figure, again: Figure) -> str:
    """How a figure and the one computed again differ; '' if they do not."""
    parts = [
        f"{name} is {_shown(getattr(told, name))}, from the answers {_shown(getattr(again, name))}"
        for name in _COMPARED
        if getattr(told, name) != getattr(again, name)
    ]
    if told.suppressed != again.suppressed:
        parts.append(f"suppressed is {told.suppressed!r}, from the answers {again.suppressed!r}")
    ours, theirs = _missing(told), _missing(again)
    parts += [
        f"missing {reason} is {ours[reason]}, from the answers {theirs[reason]}"
        for reason in sorted({*ours, *theirs})
        if ours[reason] != theirs[reason]
    ]
    return "; ".join(parts)


def _shown(value: Any) -> str:
    return "empty" if value is None else str(value)


def _missing(figure: Figure) -> Counter[str]:
    counts: Counter[str] = Counter()
    for missing in figure.missing:
        counts[missing.reason] += missing.n
    return counts


# --- all answers are there ------------------------------------------------------------------------------------------


def _from_named(
    pack: Pack, cycle: str, as_of: dt.date, answers: Answers, figures: Sequence[Figure]
) -> tuple[dict[str, Figure], dict[str, str]]:
    cycles = {*answers.reports, cycle}
    reasons = {f.key: "earlier_release" for f in figures if f.cycle not in cycles}
    if not figures:
        return {}, reasons
    history = [list(answers.reports[c].values()) for c in pack.cycles[cycle].compares_with if c in answers.reports]
    reports = list(answers.reports.get(cycle, {}).values())
    return {f.key: f for f in compute_series(pack, cycle, reports, history, as_of=as_of)}, reasons


# --- some are counted -----------------------------------------------------------------------------------------------


def _from_counted(
    pack: Pack, as_of: dt.date, answers: Answers, figures: Sequence[Figure]
) -> tuple[dict[str, Figure], dict[str, str]]:
    """One computation for each set of questions and population: the nameless bodies differ from one to the next."""
    reasons: dict[str, str] = {}
    groups: dict[tuple[str, str, frozenset[str]], list[Figure]] = {}
    for figure in figures:
        questions = figure_questions(pack, figure.id)
        reason = _obstacle(pack, answers, figure, questions)
        if reason:
            reasons[figure.key] = reason
        else:
            groups.setdefault((figure.cycle, figure.population, questions), []).append(figure)
    again: dict[str, Figure] = {}
    free = _without_conditions(pack)
    standings = {c: CountedAnswers(pack, c, named.values(), {}, ()) for c, named in answers.reports.items()}
    for (cycle, code, questions), wanted in groups.items():
        standing = standings.get(cycle) or standings.setdefault(cycle, CountedAnswers(pack, cycle, (), {}, ()))
        found = _Crowd(free, answers, standing, code, questions, as_of).figures({f.id for f in wanted})
        again |= {f.key: f for f in found if f.population == code}
    return again, reasons


def _obstacle(pack: Pack, answers: Answers, figure: Figure, questions: frozenset[str]) -> str:
    if figure.suppressed == PROTECTED or figure.rounded is not None:
        return "protected"
    if figure.kind.startswith("matched_panel") or population(pack, figure.population).basis == "constant_panel":
        return "panel"
    if (figure.cycle, figure.population, "") not in answers.counted:
        return "earlier_release"
    counts = [answers.counted.get((figure.cycle, figure.population, q), Counter()) for q in sorted(questions)]
    cells = any(c == figure.cycle and q in questions for c, _, q in answers.protected)
    if cells or any(status == "hidden" for one in counts for status, _ in one):
        return "hidden_answers"
    if len(counts) > 1 and any(set(one) - {("no_report", "")} for one in counts):
        return "unnamed_answers"
    return ""


class _Crowd:
    """The bodies of a population for some questions: those with a name, and nameless ones for the rest."""

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        standing: CountedAnswers,
        code: str,
        questions: frozenset[str],
        as_of: dt.date,
    ) -> None:
        self.pack, self.answers, self.standing, self.code, self.as_of = pack, answers, standing, code, as_of
        self.cycle = standing.cycle_id
        self.questions = tuple(sorted(questions))
        self.reports: list[Report] = []
        self.bodies: list[str] = []
        #: Nameless bodies that were not asked; only these must be known to the pack, to be told from silent ones.
        self.not_asked: list[str] = []
        if self.questions:
            self._name()
            self._nameless()
        else:
            self._who_reported()

    def _belonging(self) -> tuple[str, ...]:
        return population_bodies(self.pack, self.code, self.cycle, as_of=self.as_of, reported={})

    def _who_reported(self) -> None:
        """A figure made from no question (who reported): which bodies did does not matter to it, only how many."""
        counts = self.answers.counted[self.cycle, self.code, ""]
        self.bodies = list(self._belonging())
        asked_first = [b for b in asked_bodies(self.pack, self.cycle) if b in self.bodies]
        sheet = asked(self.pack, self.cycle).id
        for body in asked_first[: counts["reported", ""]]:
            self.reports.append(Report(self.pack.header.id, sheet, self.cycle, body))

    def _name(self) -> None:
        named = self.answers.reports.get(self.cycle, {})
        for body in self._belonging():
            report = named.get(body)
            kept = {q: report.answers[q] for q in self.questions if q in report.answers} if report else {}
            if report is None or not kept or len(kept) < len(self.questions):
                continue
            for q, answer in kept.items():
                status = self.standing.standing(q, body)
                if status != "answered" and answer.status == "answered":
                    kept[q] = Answer(q, status)  # type: ignore[arg-type]
            self.reports.append(replace(report, answers=kept))
            self.bodies.append(body)

    def _nameless(self) -> None:
        counts = self.answers.counted.get((self.cycle, self.code, self.questions[0]), Counter())
        if sum(counts.values()) > len(self.pack.bodies):
            raise Unreadable(
                f"More answers to {self.questions[0]} are counted than there are bodies.", where="answers.csv"
            )
        for (status, value), n in sorted(counts.items()):
            for _ in range(n):
                body = f"~{len(self.bodies)}"
                self.bodies.append(body)
                if status == "not_asked":
                    self.not_asked.append(body)
                elif status != "no_report":
                    self.reports.append(self._report(body, self.questions[0], status, value))

    def _report(self, body: str, question: str, status: str, value: str) -> Report:
        given: dict[str, Answer] = {}
        if status in ("answered", "no_data", "withheld", "not_applicable"):
            given[question] = Answer(question, status, value=value or None)  # type: ignore[arg-type]
        return Report(self.pack.header.id, asked(self.pack, self.cycle).id, self.cycle, body, given)

    def figures(self, ids: set[str]) -> Iterable[Figure]:
        bodies = {self.code: tuple(self.bodies)}
        return compute(self._pack(), self.cycle, self.reports, as_of=self.as_of, bodies=bodies, only=ids)

    def _pack(self) -> Pack:
        nameless = {b: Body(code="X", name={"en": b}) for b in self.not_asked}
        return self.pack.model_copy(update={"bodies": {**self.pack.bodies, **nameless}}) if nameless else self.pack


def _without_conditions(pack: Pack) -> Pack:
    """The pack without conditions on questions: whether one applied is told by the status of each answer here, and
    nameless bodies have neither facts nor other answers to judge it by."""
    free = {"applies_to": None, "asked_if": None}
    return pack.model_copy(update={"questions": {q: one.model_copy(update=free) for q, one in pack.questions.items()}})
