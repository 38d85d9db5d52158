"""A section as its page shows it: each question with its guidance, last year’s answer, its state, checks and thread.

Nothing here changes anything; whoever makes a page has asked the policy whether the section may be read.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eirene.framework import AskedQuestion
from eirene.framework.model import Column
from eirene.questionnaires.model import Answer
from eirene.questionnaires.parts import TEXTS, cell_part
from eirene.questionnaires.values import shape
from eirene.text import Phrases, pick
from eirene_web.policy import Decision, can
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import forms, grids, reading, wording
from eirene_web.reports.findings import Told
from eirene_web.reports.frame import Frame, SectionRow, State
from eirene_web.reports.models import EvidenceFile, Thread
from eirene_web.reports.services.filling import Conflict, can_take_over, earlier_answer
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working


@dataclass
class SectionPage:
    """A section with its questions. `typed`, `typos`, `conflicts`: what a form that was sent left to be done."""

    frame: Frame
    id: str
    typed: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    typos: Sequence[forms.Typo] = ()
    conflicts: Sequence[Conflict] = ()

    @cached_property
    def working(self) -> Working:
        return self.frame.working

    @cached_property
    def asked(self) -> Any:
        return next(s for s in self.working.sheet.sections if s.id == self.id)

    @cached_property
    def title(self) -> str:
        return pick(self.asked.title, self.frame.lang)

    @cached_property
    def intro(self) -> str:
        return pick(self.asked.intro, self.frame.lang)

    @cached_property
    def place(self) -> tuple[int, int]:
        """(which of the sections that the actor reads, of how many)"""
        ids = [row.id for row in self.frame.sections]
        return ids.index(self.id) + 1, len(ids)

    @cached_property
    def neighbours(self) -> tuple[SectionRow | None, SectionRow | None]:
        rows, at = self.frame.sections, self.place[0] - 1
        return (rows[at - 1] if at > 0 else None), (rows[at + 1] if at + 1 < len(rows) else None)

    @cached_property
    def questions(self) -> list[QuestionView]:
        return [QuestionView(self, asked) for asked in self.asked.questions]

    @cached_property
    def ids(self) -> list[str]:
        return [asked.id for asked in self.asked.questions]

    @cached_property
    def writes(self) -> bool:
        """Whether the actor may change anything in it."""
        return any(not q.locked for q in self.questions)

    @cached_property
    def locked_because(self) -> str:
        """Why nothing in it can be changed; '' where something can."""
        if self.writes or not self.questions:
            return ""
        return f"{self.questions[0].locked} {self.frame.opens_when}".strip()

    @cached_property
    def errors(self) -> list[Told]:
        """What must be corrected, once the section was begun."""
        told = [one for id in self.ids for one in self.frame.told_by.get(id, ())]
        return [one for one in told if one.kind == "late" and one.open]

    @cached_property
    def evidence(self) -> dict[str, list[EvidenceFile]]:
        return reads.evidence(self.frame.report, self.ids)

    @cached_property
    def threads(self) -> dict[str, list[Thread]]:
        found: dict[str, list[Thread]] = {}
        for one in reads.threads(self.frame.actor, self.frame.report, self.ids):
            found.setdefault(one.question, []).append(one)
        return found

    @cached_property
    def earlier(self) -> dict[str, list[Thread]]:
        continued = {old: asked.id for asked in self.asked.questions for old in (asked.id, *asked.continues)}
        found: dict[str, list[Thread]] = {}
        for one in reads.earlier_threads(self.frame.report, continued):
            found.setdefault(continued[one.question], []).append(one)
        return found

    @cached_property
    def typing(self) -> dict[str, str]:
        """Question → post of somebody else who is typing there now."""
        now = reads.typing(self.frame.actor, self.frame.report, self.ids)
        posts = reads.posts_held(now.values(), self.frame.report.body.nation)
        return {q: self.frame.visit.names.post(posts[p]) for q, p in now.items() if p in posts}

    @cached_property
    def audiences(self) -> list[tuple[str, str]]:
        """(code, label) to which an answer may be released, from the narrowest on."""
        pack = self.frame.pack
        return [(a.code, wording.audience(pack, a.code, self.frame.lang)) for a in pack.header.audiences]

    @cached_property
    def default_audience(self) -> str:
        return wording.audience(self.frame.pack, self.frame.report.cycle.releasability, self.frame.lang)

    @cached_property
    def no_persons(self) -> str:
        say = Phrases(self.frame.lang, self.frame.pack.phrases)
        return say("wb_no_persons_long")

    @cached_property
    def channel(self) -> str:
        """Where persons and cases belong instead: the pack’s words, else the installation’s."""
        phrases = self.frame.pack.phrases
        own = phrases.get(self.frame.lang, {}).get("confidential_channel") or phrases.get("en", {}).get(
            "confidential_channel"
        )
        return (
            own
            or settings.EIRENE_CONFIDENTIAL_CHANNEL
            or _("Ask the administrator of your nation for its confidential channel; it is kept outside Eirene.")
        )

    @cached_property
    def mine_done(self) -> bool | None:
        """Whether the actor’s own posts have called it done; None if it is not assigned to them."""
        mine = [one for one in self.working.assignments.get(self.id, ()) if one.post_id in self.frame.actor.posts]
        return all(one.done is not None for one in mine) if mine else None

    @cached_property
    def conflict_views(self) -> list[ConflictView]:
        return [ConflictView(self, one) for one in self.conflicts]


class ConflictView:
    """Two values for one part: what the reader typed, and what somebody else saved meanwhile."""

    def __init__(self, page: SectionPage, conflict: Conflict) -> None:
        self.conflict = conflict
        asked = page.working.sheet.questions[conflict.question]
        pack, lang = page.frame.pack, page.frame.lang
        self.number, self.name = asked.number, f"{conflict.question}:{conflict.part}"
        self.what = wording.part_words(pack, asked, conflict.part, lang)
        self.mine = wording.part_value(pack, asked, conflict.part, conflict.mine, lang) or _("nothing")
        self.theirs = wording.part_value(pack, asked, conflict.part, conflict.theirs, lang) or _("nothing")
        self.mine_json = json.dumps(conflict.mine, ensure_ascii=False)
        self.who, self.version = conflict.who, conflict.version
        self.when = dt.datetime.fromisoformat(conflict.when) if conflict.when else None


# --- a question -----------------------------------------------------------------------------------------------------


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
        return "" if self.decision.allowed else self.decision.why

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
        return json.dumps(self.seen_parts(), ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def seen_words(self) -> str:
        """The same of the explanation alone, for pages that show nothing else of the question."""
        found = {part: pair for part, pair in self.seen_parts().items() if part.startswith("justification.")}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def seen_parts(self) -> dict[str, tuple[int, Any]]:
        found: dict[str, tuple[int, Any]] = {}
        for part in self._parts_with_box():
            cell = self.working.cells.get((self.id, part))
            value = self.parts.get(part)
            text = (value or "") if part == "status" else forms.shown(self.pack, self.question, part, value, self.lang)
            found[part] = (cell.version if cell else 0, text)
        return found

    def _parts_with_box(self) -> list[str]:
        parts = ["status", "releasability", "naming"]
        for name in TEXTS:
            parts += [box.part for box in self._boxes(name)]
        if self.type == "text":
            parts += [box.part for box in self.texts]
        elif self.type == "matrix":
            parts += [cell_part(key) for key in _keys(self)]
        elif self.type == "rows":
            parts.append("rows")
        else:
            parts.append("value")
        if self.question.particulars:
            parts.append("particulars")
        if self.definition is not None:
            parts += [part for part, _label, _options, _chosen, _was in self.definition.rows]
            parts += [one.part for one in self.definition.fields]
        return parts


def _keys(view: QuestionView) -> list[tuple[str, ...]]:
    from itertools import product

    form = shape(view.pack, view.question)
    axes = [
        (*form.asked[place], *(("_T",) if view.question.dimensions[name].total else ()))
        for place, name in enumerate(form.names)
    ]
    return list(product(*axes))


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
