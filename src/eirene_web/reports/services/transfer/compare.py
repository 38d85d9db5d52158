"""What a file would change: its parts beside those that are being worked on, and beside those it was handed out with.

A part is *changed by the file* where it differs from what was handed out, and *changed meanwhile* where the cell has
moved since. Both: a choice. Neither: nothing to do. Where it is not known what was handed out, whatever differs from a
value on the web is a choice, and a blank says nothing.

Nothing here asks the policy or the database: values in, values out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from eirene.framework import AskedQuestionnaire
from eirene.framework.model import Question
from eirene.questionnaires.parts import Parts, is_content, stated

#: question → part → [version of the cell, mark of its value]; what an export keeps of what it handed out.
Handed = Mapping[str, Mapping[str, list[Any]]]


@dataclass(frozen=True, slots=True)
class Change:
    """One part that the file would change.

    version    of the cell that `before` was read from; 0 if there is none
    conflict   both changed it, or it is not known what the file had seen: somebody chooses
    who, when  of the other change, where there is one
    """

    question: str
    part: str
    before: Any
    after: Any
    version: int
    conflict: bool = False
    who: str = ""
    when: str = ""

    @property
    def kind(self) -> Literal["new", "emptied", "changed"]:
        if self.before is None:
            return "new"
        return "emptied" if self.after is None else "changed"

    def data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """A cell as it stands on the web. `value` None: emptied, or put aside by a status."""

    value: Any
    version: int
    who: str = ""
    when: str = ""


@dataclass(frozen=True)
class Compared:
    """`same`: parts that the file states as they stand; `kept`: changed on the web since, and not by the file."""

    changes: tuple[Change, ...]
    same: int
    kept: int


def mark(value: Any) -> str:
    """A short digest of a value, by which an export knows what it handed out without keeping it."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def handed_out(
    sheet: AskedQuestionnaire, cells: Mapping[tuple[str, str], Standing], questions: Iterable[str]
) -> Handed:
    """What an export with the current answers keeps: every cell that there is, also those that say nothing."""
    wanted = set(questions)
    by_question: dict[str, dict[str, Standing]] = {}
    for (id, part), cell in cells.items():
        if id in wanted:
            by_question.setdefault(id, {})[part] = cell
    kept: dict[str, dict[str, list[Any]]] = {}
    for id, held in by_question.items():
        told = stated(sheet.questions[id].question, {part: cell.value for part, cell in held.items()})
        kept[id] = {part: [cell.version, mark(told.get(part))] for part, cell in held.items()}
    return kept


def compare(
    sheet: AskedQuestionnaire,
    file: Parts,
    cells: Mapping[tuple[str, str], Standing],
    *,
    questions: Iterable[str],
    handed: Handed | None = None,
    blanks: bool = False,
) -> Compared:
    """What the file would change in `questions`, in the order of the form.

    handed   what the file was handed out with; None: not known
    blanks   whether a blank in the file may mean *emptied*: it is a form, and it is known what stood there
    """
    wanted = set(questions)
    here: dict[str, dict[str, Standing]] = {}
    for (id, part), cell in cells.items():
        here.setdefault(id, {})[part] = cell
    changes: list[Change] = []
    same = kept = 0
    for id, asked_question in sheet.questions.items():
        if id not in wanted:
            continue
        one = _Question(asked_question.question, file.get(id, {}), here.get(id, {}), (handed or {}).get(id, {}))
        found, s, k = one.compare(known=handed is not None, blanks=blanks and handed is not None)
        changes += found
        same, kept = same + s, kept + k
    return Compared(tuple(changes), same, kept)


class _Question:
    """The parts of one question, beside one another."""

    def __init__(
        self,
        question: Question,
        file: Mapping[str, Any],
        here: Mapping[str, Standing],
        handed: Mapping[str, list[Any]],
    ) -> None:
        self.id = question.id
        self.file = stated(question, file)
        self.here, self.handed = here, handed
        self.told = stated(question, {part: cell.value for part, cell in here.items()})
        #: A reason puts content aside; it does not empty it.
        self.aside = self.file.get("status", "answered") != "answered"

    def compare(self, *, known: bool, blanks: bool) -> tuple[list[Change], int, int]:
        changes: list[Change] = []
        same = kept = 0
        for part in self._parts(blanks):
            mine, theirs = self.file.get(part), self.told.get(part)
            if mine == theirs:
                same += mine is not None
            elif known and part in self.handed and mark(mine) == self.handed[part][1]:
                kept += 1
            else:
                changes.append(self._change(part, mine, theirs, conflict=self._moved(part, theirs, known=known)))
        return changes, same, kept

    def _parts(self, blanks: bool) -> list[str]:
        """Parts that the file speaks of: those it fills, and those that were handed out and are blank in it."""
        spoken = list(self.file)
        if blanks:
            spoken += [p for p in self.handed if p not in self.file and not (self.aside and is_content(p))]
        return sorted(spoken, key=_order)

    def _moved(self, part: str, theirs: Any, *, known: bool) -> bool:
        cell = self.here.get(part)
        if known and part in self.handed:
            return (cell.version if cell else 0) != self.handed[part][0]
        return theirs is not None

    def _change(self, part: str, mine: Any, theirs: Any, *, conflict: bool) -> Change:
        cell = self.here.get(part)
        who, when = (cell.who, cell.when) if cell and conflict else ("", "")
        return Change(self.id, part, theirs, mine, cell.version if cell else 0, conflict, who, when)


_FIRST = ("status", "value", "cells", "rows")


def _order(part: str) -> tuple[int, int]:
    """Status and content first, as on the form; the rest as it came (sorting is stable)."""
    name = part.partition(".")[0]
    return (_FIRST.index(name), 0) if name in _FIRST else (len(_FIRST), 0)
