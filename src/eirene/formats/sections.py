"""A report shared by several offices: split by section, and merged again with clashing cells listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from eirene.errors import Blocked, Problem, UsageError
from eirene.framework import AskedQuestion, Pack, asked
from eirene.questionnaires.model import Answer, Cell, Report

_TEXTS = ("reason", "comment", "justification")


def split_report(report: Report, pack: Pack, sections: Sequence[str]) -> dict[str, Report]:
    """One report for each section named, with that section's answers alone; all sections if none is named.

    Raises UsageError for a section that the questionnaire does not have.
    """
    questionnaire = asked(pack, report.questionnaire)
    known = {section.id: section for section in questionnaire.sections}
    if unknown := [section for section in sections if section not in known]:
        raise UsageError(
            f"The questionnaire {questionnaire.id} has no section {', '.join(unknown)}.",
            remedy=f"It has: {', '.join(known)}.",
        )
    parts = {}
    for section in sections or known:
        held = {q.id: report.answers[q.id] for q in known[section].questions if q.id in report.answers}
        parts[section] = replace(report, answers=held)
    return parts


def merge_reports(reports: Iterable[Report], pack: Pack) -> Report:
    """The parts of one report as one. What only one part answers is taken; what two answer alike is taken once.

    Matrices are merged cell by cell, texts language by language. Raises UsageError if there are no parts; Blocked with
    every clash (question, cell, both values, both files), or if the parts belong to different reports.
    """
    parts = list(reports)
    if not parts:
        raise UsageError("There is nothing to merge.", remedy="Name at least one file.")
    first = parts[0]
    strangers = [
        Problem(
            f"{_whose(part)} and {_whose(first)} are not parts of one report.",
            _file(part, pack),
            "Merge only files of the same body and cycle.",
        )
        for part in parts[1:]
        if _identity(part) != _identity(first)
    ]
    if strangers:
        raise Blocked(strangers)
    merger = _Merger(pack)
    answers: dict[str, Answer] = {}
    for question in asked(pack, first.questionnaire).questions.values():
        given = [(part.answers[question.id], _file(part, pack)) for part in parts if question.id in part.answers]
        if given:
            answers[question.id] = merger.question(question, given)
    if merger.clashes:
        raise Blocked(merger.clashes)
    return replace(first, answers=answers)


def _identity(report: Report) -> tuple[str, str, str, str]:
    return report.pack, report.questionnaire, report.cycle, report.body


def _whose(report: Report) -> str:
    return f"{report.body} {report.cycle} ({report.pack})"


def _file(report: Report, pack: Pack) -> str:
    return report.place or f"{report.body} {report.cycle}"


class _Merger:
    """Merges answers and collects clashes."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.clashes: list[Problem] = []

    def question(self, question: AskedQuestion, given: Sequence[tuple[Answer, str]]) -> Answer:
        merged, origin = given[0]
        origins: dict[str, str] = {}
        for answer, file in given[1:]:
            merged = self._two(question, merged, origin, answer, file, origins)
        return merged

    def _two(
        self, question: AskedQuestion, one: Answer, one_file: str, two: Answer, two_file: str, origins: dict[str, str]
    ) -> Answer:
        """`origins`: for parts of an answer that came from a later file, that file."""

        def clash(cell: str, left: object, right: object) -> None:
            place = f"question {question.number} ({question.id}){cell}"
            self.clashes.append(
                Problem(
                    f"{place}: {_shown(left)} in {origins.get(cell, one_file)}, {_shown(right)} in {two_file}.",
                    two_file,
                    "Decide which holds, and empty or correct the other.",
                )
            )

        if one.status != two.status:
            clash(", status", one.status, two.status)
            return one
        merged: dict[str, Any] = {"cells": self._cells(question, one, two, two_file, origins, clash)}
        for name in _TEXTS:
            merged[name] = _both(getattr(one, name), getattr(two, name), f", {name} ", clash)
        for name in (f.name for f in fields(Answer)):
            if name not in merged and name not in ("question", "status"):
                left, right = getattr(one, name), getattr(two, name)
                merged[name] = self._field(name, left, right, clash)
        return replace(one, **merged)

    def _field(self, name: str, left: Any, right: Any, clash: Callable[[str, object, object], None]) -> Any:
        if name == "value" and isinstance(left, Mapping) and isinstance(right, Mapping):
            return _both(left, right, ", ", clash)
        if left == right or _empty(right):
            return left
        if _empty(left):
            return right
        clash("" if name == "value" else f", {name}", left, right)
        return left

    def _cells(
        self,
        question: AskedQuestion,
        one: Answer,
        two: Answer,
        two_file: str,
        origins: dict[str, str],
        clash: Callable[[str, object, object], None],
    ) -> Mapping[tuple[str, ...], Cell]:
        names = list(question.question.dimensions)
        merged = dict(one.cells)
        for key, cell in two.cells.items():
            place = f"[{', '.join(f'{name}={code}' for name, code in zip(names, key, strict=False))}]"
            if key not in merged:
                merged[key] = cell
                origins[place] = two_file
            elif merged[key] != cell:
                clash(place, _cell(merged[key]), _cell(cell))
        return merged


def _both(
    left: Mapping[str, str], right: Mapping[str, str], what: str, clash: Callable[[str, object, object], None]
) -> dict[str, str]:
    """Two texts as one, language by language."""
    merged = dict(left)
    for key, text in right.items():
        if merged.setdefault(key, text) != text:
            clash(f"{what}{key}", merged[key], text)
    return dict(sorted(merged.items()))


def _empty(value: object) -> bool:
    """Nothing was given; the number 0 is something."""
    return value is None or value is False or value == ()


def _cell(cell: Cell) -> object:
    return cell.value if cell.status == "answered" else cell.status


def _shown(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"
