"""What stands beside an answer: whom a number counts, what was answered last year, and whether it is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from eirene.questionnaires.model import Answer
from eirene.text import pick
from eirene_web.reports import wording

if TYPE_CHECKING:
    from eirene_web.reports.question import QuestionView


@dataclass(frozen=True)
class DefinitionField:
    part: str
    label: str
    options: Sequence[tuple[str, str]]
    text: str
    was: str


class DefinitionView:
    """Whom a number counts: category by category, as last year or not."""

    def __init__(self, view: QuestionView) -> None:
        self.view = view
        self.grid = view.pack.definitions[view.question.definition or ""]
        self.lang = view.lang
        earlier = view.earlier
        self.before = earlier.definition if earlier is not None else None

    @property
    def title(self) -> str:
        return pick(self.grid.title, self.lang)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        return [(o.code, pick(o.label, self.lang)) for o in self.grid.options]

    @cached_property
    def rows(self) -> list[tuple[str, str, list[tuple[str, str]], str, str]]:
        """(part, category, options, chosen, last year’s)"""
        labels = dict(self.choices)
        found = []
        for category in self.grid.categories:
            part = f"definition.categories.{category.code}"
            was = self.before.categories.get(category.code, "") if self.before else ""
            chosen = str(self.view._shown(part))
            found.append((part, pick(category.label, self.lang), self.choices, chosen, labels.get(was, was)))
        return found

    @cached_property
    def fields(self) -> list[DefinitionField]:
        found = []
        for name, given in self.grid.fields.items():
            part = f"definition.fields.{name}"
            options = [(o.code, pick(o.label, self.lang)) for o in given]
            was = self.before.fields.get(name, "") if self.before else ""
            label = wording.field_name(name)
            shown = str(self.view._shown(part))
            found.append(
                DefinitionField(part, label[:1].upper() + label[1:], options, shown, dict(options).get(was, was))
            )
        return found

    @cached_property
    def summary(self) -> str:
        """In one line: Conscripts: excluded; …"""
        labels = dict(self.choices)
        said = [
            f"{label}{_(':')} {labels[chosen].lower()}" for _p, label, _o, chosen, _w in self.rows if chosen in labels
        ]
        return "; ".join(said)

    @cached_property
    def complete(self) -> bool:
        return all(chosen for _p, _l, _o, chosen, _w in self.rows)

    @cached_property
    def can_take(self) -> bool:
        return bool(self.before and self.before.categories and not self.view.locked and not self.complete)


class LastYear:
    """The answer of the last accepted report, to stand beside this year’s box."""

    def __init__(self, view: QuestionView, answer: Answer) -> None:
        pack, lang, question = view.pack, view.lang, view.question
        self.cycle = view.previous_cycle
        self.status = str(wording.STATUS[answer.status]) if answer.status != "answered" else ""
        self.value = ""
        if answer.status == "answered" and question.type not in ("matrix", "rows"):
            self.value = wording.value_words(pack, question, answer.value, lang)
        self.lines = [wording.line_words(pack, question.columns, line, lang) for line in answer.rows]
        self.particulars = [wording.line_words(pack, question.particulars, line, lang) for line in answer.particulars]
        self.comment = pick(answer.comment, lang)
        self.reason = pick(answer.reason, lang)
        self.is_matrix = question.type == "matrix"


@dataclass(frozen=True)
class Same:
    """That an answer’s numbers are last year’s; `confirmed`: somebody said that this is right."""

    confirmed: bool

    @classmethod
    def of(cls, view: QuestionView) -> Same | None:
        now, then = view.answer, view.earlier
        if now is None or then is None or now.status != "answered" or then.status != "answered":
            return None
        if view.type in ("number", "percentage"):
            same = now.value is not None and now.value == then.value and bool(now.value)
        elif view.type == "matrix":
            mine = {key: c.value for key, c in now.cells.items() if c.value is not None}
            theirs = {key: c.value for key, c in then.cells.items() if c.value is not None}
            same = bool(mine) and any(mine.values()) and all(theirs.get(k) == v for k, v in mine.items())
        else:
            return None
        note = view.working.notes.get(view.id)
        return cls(bool(note and note.confirmed)) if same else None
