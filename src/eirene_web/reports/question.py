"""A question as its section shows it: guidance, last year’s answer, its state, its checks, its thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eirene.framework import AskedQuestion, disclosure_class, tighter_classes
from eirene.framework.model import Column
from eirene.questionnaires.model import Answer
from eirene.questionnaires.values import shape
from eirene.text import pick
from eirene_web.policy import Decision, can
from eirene_web.reports import forms, grids, reading, wording
from eirene_web.reports.beside import DefinitionView, LastYear, Same
from eirene_web.reports.findings import Told
from eirene_web.reports.frame import State
from eirene_web.reports.models import EvidenceFile, Report, Thread
from eirene_web.reports.seen import Seen, seen_parts, told
from eirene_web.reports.services.filling import can_take_over, earlier_answer
from eirene_web.reports.targets import answer_target

if TYPE_CHECKING:
    from eirene_web.reports.sheet import SectionPage


@dataclass(frozen=True)
class Box:
    """A text in one language."""

    part: str
    code: str
    language: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One box in a line."""

    column: Column
    label: str
    text: str
    options: Sequence[tuple[str, str]]


class QuestionView:
    """One question with its guidance, last year’s answer, its state, its checks and its thread."""

    def __init__(self, page: SectionPage, asked: AskedQuestion) -> None:
        self.page, self.asked = page, asked
        self.frame, self.working = page.frame, page.frame.working
        self.pack, self.lang = page.frame.pack, page.frame.lang
        self.question = asked.question
        self.id, self.number, self.type = asked.id, asked.number, asked.question.type

    # --- what is asked ----------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return pick(self.question.text, self.lang)

    @property
    def guidance(self) -> str:
        return pick(self.question.guidance, self.lang)

    @property
    def counting_rule(self) -> str:
        return pick(self.question.counting_rule, self.lang)

    @cached_property
    def unit(self) -> str:
        return wording.unit(self.pack, self.question, self.lang)

    @cached_property
    def conditions(self) -> list[str]:
        """When it is asked, in words."""
        sheet, found = self.working.sheet, []
        if self.question.applies_to and not self.applies:
            words = wording.condition(self.pack, sheet, self.question.applies_to, self.lang)
            found.append(_("Asked of nations of which this holds: %(words)s.") % {"words": words})
        if self.question.asked_if:
            words = wording.condition(self.pack, sheet, self.question.asked_if, self.lang)
            found.append(_("Asked only if %(words)s.") % {"words": words})
        return found

    @cached_property
    def applies(self) -> bool:
        return self.working.is_put(self.asked)

    @property
    def folds(self) -> bool:
        """It stands under a condition."""
        return bool(self.conditions)

    @cached_property
    def folded(self) -> bool:
        """It falls away, and nothing was entered: shown as a line that opens."""
        if self.working.is_answered(self.asked):
            return False
        return not self.applies or self.working.standing.is_asked(self.asked) is False

    @cached_property
    def break_note(self) -> str:
        return pick(self.asked.break_, self.lang)

    # --- how it stands ----------------------------------------------------------------------------------------------

    @cached_property
    def state(self) -> State:
        return self.frame.question_state(self.asked)

    @cached_property
    def decision(self) -> Decision:
        return self.frame.fill(self.asked)

    @property
    def locked(self) -> str:
        """Why it cannot be changed; '' if it can."""
        if self.decision.allowed:
            return ""
        if self.frame.report.state == Report.State.RETURNED and not self.working.is_open(self.id):
            return _("The office did not ask about this answer: it stays as it was sent. Ask the office to open it.")
        return self.decision.why

    @cached_property
    def open_because(self) -> str:
        note = self.working.notes.get(self.id)
        return note.open_because if note and note.open else ""

    @cached_property
    def told(self) -> list[Told]:
        """What the checks say about it."""
        return self.frame.told_by.get(self.id, [])

    @cached_property
    def owes_words(self) -> bool:
        return any(one.owes_words for one in self.told) or any(box.text for box in self.justifications)

    @cached_property
    def typos(self) -> list[forms.Typo]:
        return [one for one in self.page.typos if one.question == self.id]

    @property
    def typing(self) -> str:
        return self.page.typing.get(self.id, "")

    # --- what was entered -------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> Mapping[str, Any]:
        return self.working.parts.get(self.id, {})

    @cached_property
    def answer(self) -> Answer | None:
        return self.working.answers.answers.get(self.id)

    def _shown(self, part: str) -> Any:
        """What the box of a part shows: what was typed and could not be kept, else what is kept."""
        if (self.id, part) in self.page.typed:
            return self.page.typed[self.id, part]
        return forms.shown(self.pack, self.question, part, self.parts.get(part), self.lang)

    @cached_property
    def status(self) -> str:
        """The reason that was given instead of an answer, if any."""
        typed = self.page.typed.get((self.id, "status"), self.parts.get("status"))
        return str(typed) if typed in forms.REASONS else ""

    @cached_property
    def value(self) -> Any:
        return self._shown("value")

    @property
    def is_choice(self) -> bool:
        return self.type in ("yes_no", "single_choice")

    @cached_property
    def options(self) -> list[tuple[str, str, bool]]:
        chosen = self.value if isinstance(self.value, list) else [self.value]
        taken = not self.status
        return [
            (code, label[:1].upper() + label[1:], taken and code in chosen)
            for code, label in wording.options(self.pack, self.question, self.lang)
        ]

    @cached_property
    def none_chosen(self) -> bool:
        """Of several choices none: an answer, too."""
        status = self.page.typed.get((self.id, "status"), self.parts.get("status"))
        return status == "answered" and not self.value

    @cached_property
    def reasons(self) -> list[tuple[str, str, bool]]:
        return [(code, str(wording.STATUS[code]), code == self.status) for code in forms.REASONS]

    @cached_property
    def is_open(self) -> bool:
        """No choice was made yet."""
        return not self.status and not any(chosen for _code, _label, chosen in self.options)

    def _boxes(self, name: str) -> list[Box]:
        """A text in the languages of the pack, the page’s first, then in those that it was written in besides."""
        start = f"{name}."
        written = [part.removeprefix(start) for part in self.parts if part.startswith(start)]
        ours = sorted(self.pack.header.languages, key=lambda code: code != self.lang)
        found = []
        for code in dict.fromkeys([*ours, *written]):
            part = f"{name}.{code}"
            found.append(Box(part, code, wording.language_name(code, self.lang), str(self._shown(part))))
        return found

    @cached_property
    def texts(self) -> list[Box]:
        return self._boxes("value")

    @cached_property
    def comments(self) -> list[Box]:
        return self._boxes("comment")

    @cached_property
    def reason_texts(self) -> list[Box]:
        return self._boxes("reason")

    @cached_property
    def justifications(self) -> list[Box]:
        return self._boxes("justification")

    @cached_property
    def has_comment(self) -> bool:
        return any(box.text for box in self.comments)

    @cached_property
    def has_justification(self) -> bool:
        return any(box.text for box in self.justifications)

    # --- tables -----------------------------------------------------------------------------------------------------

    @cached_property
    def grid(self) -> SafeString:
        typed = {part: text for (id, part), text in self.page.typed.items() if id == self.id}
        previous = self.earlier
        return grids.render(
            grids.Grid(
                self.pack, self.asked, self.parts, self.lang, self.frame.cycle, previous, self.previous_cycle,
                self._flags(), typed, bool(self.locked),
            )
        )  # fmt: skip

    def _flags(self) -> dict[str, tuple[str, str]]:
        flags: dict[str, tuple[str, str]] = {}
        for one in sorted(self.told, key=lambda one: one.kind == "late"):
            if one.part and one.kind in ("late", "risk"):
                flags[one.part] = ("bad" if one.kind == "late" else "warn", one.id)
        for typo in self.typos:
            flags[typo.part] = ("bad", f"t-{self.id}")
        return flags

    @cached_property
    def cell_count(self) -> int:
        form = shape(self.pack, self.question)
        n = 1
        for place, name in enumerate(form.names):
            n *= len(form.asked[place]) + (1 if self.question.dimensions[name].total else 0)
        return n

    @cached_property
    def columns(self) -> list[tuple[Column, str]]:
        return [(column, pick(column.label, self.lang)) for column in self.question.columns]

    @cached_property
    def lines(self) -> list[tuple[int, list[Entry]]]:
        return self._lines("rows", self.question.columns)

    @cached_property
    def particular_columns(self) -> list[tuple[Column, str]]:
        return [(column, pick(column.label, self.lang)) for column in self.question.particulars]

    @cached_property
    def particular_lines(self) -> list[tuple[int, list[Entry]]]:
        return self._lines("particulars", self.question.particulars)

    def _lines(self, part: str, columns: Iterable[Column]) -> list[tuple[int, list[Entry]]]:
        """The lines that were entered, and a few empty ones."""
        entered = self._shown(part)
        spare = 0 if self.locked else (forms.SPARE_LINES if entered or part == "rows" else 1)
        found = []
        for n, line in enumerate([*entered, *({} for _n in range(spare))]):
            boxes = [
                Entry(
                    c,
                    pick(c.label, self.lang),
                    str(line.get(c.id, "")),
                    wording.column_options(self.pack, c, self.lang),
                )
                for c in columns
            ]
            found.append((n, boxes))
        return found

    # --- definition -------------------------------------------------------------------------------------------------

    @cached_property
    def definition(self) -> DefinitionView | None:
        return DefinitionView(self) if self.question.definition else None

    # --- last year --------------------------------------------------------------------------------------------------

    @cached_property
    def earlier(self) -> Answer | None:
        return earlier_answer(self.working, self.asked)

    @cached_property
    def previous_cycle(self) -> str:
        return self.working.previous_cycle

    @cached_property
    def last(self) -> LastYear | None:
        return LastYear(self, self.earlier) if self.earlier is not None else None

    @cached_property
    def can_take(self) -> bool:
        if self.earlier is None or self.locked or not can_take_over(self.asked):
            return False
        return self.earlier.status != "answered" or self.last is None or bool(self.last.value or self.last.lines)

    @cached_property
    def taken_from(self) -> str:
        note = self.working.notes.get(self.id)
        return note.taken_over if note else ""

    @cached_property
    def same(self) -> Same | None:
        """Numbers that are all the same as last year’s: counted again, or left as they were?"""
        return Same.of(self)

    # --- what goes with it ------------------------------------------------------------------------------------------

    @cached_property
    def releasability(self) -> str:
        return str(self._shown("releasability"))

    @cached_property
    def naming(self) -> bool:
        return bool(self._shown("naming"))

    @cached_property
    def disclosure(self) -> str:
        return str(self._shown("disclosure"))

    @cached_property
    def own_class(self) -> str:
        """The disclosure class of the question, in words."""
        own = disclosure_class(self.pack, self.question.disclosure)
        return wording.protected_as(own, self.lang) if own else ""

    @cached_property
    def classes(self) -> list[tuple[str, str]]:
        """(code, label) of the classes that may be chosen, and of one that was chosen and may not be, so that it can be
        seen and taken back."""
        found = {one.code: one for one in tighter_classes(self.pack, self.question)}
        chosen = disclosure_class(self.pack, self.disclosure)
        if chosen is not None:
            found.setdefault(chosen.code, chosen)
        return [(code, wording.protected_as(one, self.lang)) for code, one in found.items()]

    @cached_property
    def files(self) -> list[tuple[EvidenceFile, str]]:
        """(file, to whom it is released)"""
        found = []
        for one in self.page.evidence.get(self.id, ()):
            code = one.releasability or self.releasability or self.frame.report.cycle.releasability
            found.append((one, wording.audience(self.pack, code, self.lang)))
        return found

    @cached_property
    def reads(self) -> str:
        return reading.summary(self.pack, self.asked, self.answer, self.earlier, self.frame.body, self.lang)

    @cached_property
    def reads_by(self) -> list[tuple[str, str]]:
        return reading.audiences(self.pack, self.answer, self.frame.report.cycle.releasability, self.lang)

    @cached_property
    def protection(self) -> list[str]:
        return reading.protection(self.pack, self.asked, self.answer, self.lang)

    @cached_property
    def threads(self) -> list[Thread]:
        return [one for one in self.page.threads.get(self.id, ()) if one.kind != Thread.Kind.NATIONAL]

    @cached_property
    def notes(self) -> list[Thread]:
        return [one for one in self.page.threads.get(self.id, ()) if one.kind == Thread.Kind.NATIONAL]

    @cached_property
    def old_threads(self) -> list[Thread]:
        return self.page.earlier.get(self.id, [])

    @cached_property
    def waits(self) -> int:
        """Conversations that wait for the nation."""
        return sum(one.kind == Thread.Kind.CLARIFICATION and one.state == Thread.State.OPEN for one in self.threads)

    @cached_property
    def may_discuss(self) -> bool:
        posts = self.working.posts_of(self.asked.section)
        target = answer_target(self.frame.report, self.asked.section, posts, is_open=self.working.is_open(self.id))
        return can(self.frame.actor, "answer.discuss", target)

    # --- what the browser brings back -------------------------------------------------------------------------------

    @cached_property
    def seen(self) -> str:
        """Of every part that has a box: its version and what is shown. Comes back with the form."""
        return told(self.seen_parts())

    @cached_property
    def seen_words(self) -> str:
        """The same of the explanation alone, for pages that show nothing else of the question."""
        return told({part: pair for part, pair in self.seen_parts().items() if part.startswith("justification.")})

    def seen_parts(self) -> Seen:
        return seen_parts(self)
