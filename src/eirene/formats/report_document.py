"""A report, or the empty questionnaire, as a document to read, sign and file: PDF for the chain of command.

Cover with marking and state, contents, each question with number and text, the answer or its reason, what goes with
it, justifications as footnotes. Only the workbook and JSON are read back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eirene.documents import model as d
from eirene.documents.words import words
from eirene.formats import _layout as lay
from eirene.formats import wording as word
from eirene.framework import AskedQuestion, AskedSection, Pack, asked, body_name, cycle_of
from eirene.framework.model import Column, Question
from eirene.questionnaires import Context, applies, is_asked
from eirene.questionnaires.model import TOTAL, Answer, Report
from eirene.text import Phrases, date, pick

EMPTY_LINES = 3
#: Seconds that setting may take; a report takes a quarter of one.
SECONDS = 30
_BOX = "☐"


@dataclass(frozen=True)
class Stamp:
    """What the document says about itself.

    on         day of its state: the only date in the file
    facts      of its state, for the cover: ("State", "Draft, version 12 …")
    running    the same in few words, at the head of each page
    audience   code of the audience whose marking it bears
    evidence   question → names of the files that stand behind the answer
    """

    on: dt.date
    facts: tuple[tuple[str, str], ...] = ()
    running: str = ""
    audience: str = ""
    evidence: Mapping[str, Sequence[str]] = field(default_factory=dict)


def report_document(
    pack: Pack,
    cycle: str,
    body: str,
    stamp: Stamp,
    *,
    lang: str = "",
    report: Report | None = None,
    sections: Sequence[str] = (),
) -> d.Document:
    """The document; `report` absent: the empty questionnaire. `sections`: ids of those to print; all if empty.

    Raises UsageError for a cycle that the pack does not have.
    """
    return _Writer(pack, cycle, body, stamp, lang or pack.header.languages[0], report, frozenset(sections)).document()


def report_pdf(document: d.Document) -> bytes:
    """The document as PDF/UA-1, the same bytes for the same document."""
    from eirene.documents.drawings import Assets
    from eirene.documents.typst import render_pdf

    return render_pdf(document, Assets({}, {}, {}), seconds=SECONDS)


class _Writer:
    def __init__(
        self,
        pack: Pack,
        cycle: str,
        body: str,
        stamp: Stamp,
        lang: str,
        report: Report | None,
        sections: frozenset[str],
    ) -> None:
        self.pack, self.body, self.stamp, self.lang, self.report = pack, body, stamp, lang, report
        self.cycle, self.sheet = cycle_of(pack, cycle), asked(pack, cycle)
        self.say = Phrases(lang, pack.phrases)
        self.sections = [s for s in self.sheet.sections if not sections or s.id in sections]
        self.name = body_name(pack, body, lang, self.cycle.reference_date)
        self.statuses = lay.status_options(pack, lang).words
        self._note = 0

    def document(self) -> d.Document:
        pack, say, lang = self.pack, self.say, self.lang
        cycle = pick(self.cycle.title, lang)
        audiences = pack.header.audiences
        audience = next((a for a in audiences if a.code == self.stamp.audience), audiences[0])
        return d.Document(
            lang=lang,
            title=say("wb_title", body=self.name, cycle=cycle),
            subtitle=pick(self.sheet.title, lang),
            kicker=pick(pack.header.title, lang),
            marking=pick(audience.marking, lang),
            notice=pick(pack.header.notice, lang),
            fictional=pack.header.fictional,
            date=self.stamp.on.isoformat(),
            facts=(*self.stamp.facts, *self._facts()),
            sections=tuple(self._section(s) for s in self.sections),
            words=words(lang, pack.phrases),
            running_head=" · ".join(filter(None, [self.name, cycle, self.stamp.running])),
            extra={"author": self.name, "form": True},
        )

    def _facts(self) -> Iterable[tuple[str, str]]:
        say, lang = self.say, self.lang
        yield say("wb_fact_body"), f"{self.name} ({self.body})"
        yield say("wb_fact_date"), date(self.cycle.reference_date, lang)
        yield say("wb_fact_questionnaire"), f"{self.sheet.id}, {self.sheet.version}"
        held = say("wb_all_sections") if len(self.sections) == len(self.sheet.sections) else None
        yield say("wb_fact_sections"), held or ", ".join(s.id for s in self.sections)

    # -- a section, a question

    def _section(self, section: AskedSection) -> d.Section:
        footnotes: list[tuple[int, d.Runs]] = []
        made = [self._question(q, footnotes) for q in section.questions]
        if footnotes and made:
            last = made[-1]
            made[-1] = d.Section(last.id, last.title, "", (*last.blocks, d.Footnotes(tuple(footnotes))))
        intro = pick(section.intro, self.lang)
        blocks: list[d.Block] = [_plain(intro)] if intro else []
        if self.report is None:
            blocks.append(d.Note((d.Run(self.say("wb_no_persons_long")),), "warning"))
        return d.Section(f"s-{section.id}", pick(section.title, self.lang), section.id, tuple(blocks), tuple(made))

    def _question(self, asked_question: AskedQuestion, footnotes: list[tuple[int, d.Runs]]) -> d.Section:
        question = asked_question.question
        answer = self.report.answers.get(asked_question.id) if self.report else None
        guide = word.guidance(self.pack, self.sheet, question, self.lang)
        blocks: list[d.Block] = [d.Paragraph((d.Run(guide, emphasis=True),))] if guide else []
        if self.report is None:
            blocks += [*self._empty(question), *self._open_lines(question)]
        elif answer is None:
            blocks.append(self._silent(self.report, question))
        else:
            blocks += [*self._answer(question, answer), *self._beside(question, answer, footnotes)]
        names = self.stamp.evidence.get(asked_question.id, ())
        if names:
            blocks.append(_labelled(self.say("rp_evidence"), "; ".join(names)))
        # The number is part of the title: contents list sections, a reader looks for a question by its number.
        title = f"{asked_question.number}  {pick(question.text, self.lang)}"
        return d.Section(f"q-{asked_question.id}", title, "", tuple(blocks))

    def _silent(self, report: Report, question: Question) -> d.Block:
        """Why nothing stands here: it does not apply, was not to be answered, or was not answered."""
        if not applies(self.pack, question, report.body):
            return _quiet(self.say("dx_does_not_apply", body=self.name))
        if not is_asked(Context(self.pack, self.sheet, report, report.body), question):
            return _quiet(self.say("dx_not_asked"))
        return d.Note((d.Run(self.say("dx_not_answered")),), "warning")

    # -- answers

    def _answer(self, question: Question, answer: Answer) -> Iterable[d.Block]:
        if answer.status != "answered":
            yield d.Paragraph((d.Run(self.statuses[answer.status], strong=True),))
            return
        kind = question.type
        if kind == "matrix":
            yield self._matrix(question, answer)
        elif kind == "rows":
            yield from self._rows(question.columns, answer.rows)
        elif kind == "text":
            yield from self._texts(answer)
        elif kind == "multiple_choice":
            yield from self._choices(question, answer)
        else:
            value = answer.value
            shown = word.part_value(self.pack, question, "value", str(value) if value is not None else None, self.lang)
            yield d.Paragraph((d.Run(shown or "–", strong=True),))

    def _choices(self, question: Question, answer: Answer) -> Iterable[d.Block]:
        chosen = answer.value if isinstance(answer.value, tuple) else ()
        options = lay.choice_options(self.pack, question, self.lang).words
        if chosen:
            yield d.Bullets(tuple((d.Run(options.get(code, code), strong=True),) for code in chosen))
        else:
            yield d.Paragraph((d.Run(self.say("dx_none"), strong=True),))

    def _texts(self, answer: Answer) -> Iterable[d.Block]:
        held = answer.value if isinstance(answer.value, Mapping) else {}
        for language, text in _own_first(held, self.lang):
            for part in filter(str.strip, text.split("\n")):
                yield d.Paragraph((d.Run(part, lang=language if language != self.lang else ""),))

    def _matrix(self, question: Question, answer: Answer | None) -> d.Table:
        grid = lay.matrix(self.pack, question)
        say, pack, lang = self.say, self.pack, self.lang
        unit = word.unit_name(pack, question.unit, lang) if question.unit else say("wb_value")
        across = [word.code_label(pack, question, grid.across_dimension, code, lang) for code in grid.across] or [unit]
        lines = [line for line in grid.down if answer is None or word.line_told(answer, grid, line)]
        rows = []
        for line in lines:
            label = " · ".join(
                word.code_label(pack, question, n, c, lang) for n, c in zip(grid.dimensions, line, strict=False)
            )
            total = TOTAL in line
            cells = [self._cell(answer, grid.key(line, code), total) for code in grid.columns()]
            rows.append((d.Cell(label or unit, header=True), *cells))
        head = (d.Cell(""), *(d.Cell(text, align="end") for text in across))
        return d.Table(f"t-{question.id}", "", (head,), tuple(rows))

    def _cell(self, answer: Answer | None, key: tuple[str, ...], total: bool) -> d.Cell:
        held = answer.cells.get(key) if answer else None
        muted = answer is not None and (held is None or held.status != "answered")
        return d.Cell(word.cell_words(self.pack, answer, key, self.lang), align="end", muted=muted, header=total)

    def _rows(self, columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> Iterable[d.Block]:
        if not rows:
            yield d.Paragraph((d.Run(self.say("dx_none"), strong=True),))
            return
        head = tuple(d.Cell(pick(c.label, self.lang)) for c in columns)
        body = tuple(tuple(self._entry(c, row.get(c.id)) for c in columns) for row in rows)
        yield d.Table("rows", "", (head,), body)

    def _entry(self, column: Column, value: object) -> d.Cell:
        text = word.entry_words(self.pack, column, value, self.lang)
        return d.Cell(text, align="end" if column.type in ("number", "percentage") else "start")

    # -- what goes with an answer

    def _beside(self, question: Question, answer: Answer, footnotes: list[tuple[int, d.Runs]]) -> Iterable[d.Block]:
        say = self.say
        for language, text in _own_first(answer.reason, self.lang):
            yield _labelled(say("dx_reason"), text, self._foreign(language))
        if answer.particulars:
            yield d.Paragraph((d.Run(say("dx_particulars"), strong=True),))
            yield from self._rows(question.particulars, answer.particulars)
        yield from self._definition(question, answer)
        for language, text in _own_first(answer.comment, self.lang):
            yield _labelled(say("dx_comment"), text, self._foreign(language))
        released = answer.releasability or self.cycle.default_releasability
        audience = lay.audience_options(self.pack, self.lang).words.get(released, released)
        named = say("dx_named" if answer.naming else "dx_not_named")
        runs = [d.Run(say("dx_released", audience=audience, named=named), emphasis=True)]
        if answer.disclosure is not None:
            chosen = lay.class_options(self.pack, self.lang).words.get(answer.disclosure, answer.disclosure)
            runs.append(d.Run(" " + say("dx_class", chosen=chosen), emphasis=True))
        for language, text in _own_first(answer.justification, self.lang):
            self._note += 1
            label = d.Run(say("dx_justification") + " ", strong=True)
            footnotes.append((self._note, (label, d.Run(text, lang=self._foreign(language)))))
            runs.append(d.Run(" ", note=self._note))
        yield d.Paragraph(tuple(runs))

    def _foreign(self, language: str) -> str:
        return language if language != self.lang else ""

    def _definition(self, question: Question, answer: Answer) -> Iterable[d.Block]:
        held = answer.definition
        if not question.definition or held is None:
            return
        grid = self.pack.definitions[question.definition]
        options = lay.own_options(self.pack, grid.options, self.lang).words
        items: list[tuple[str, d.Runs]] = []
        for category in grid.categories:
            chosen = held.categories.get(category.code)
            items.append((pick(category.label, self.lang), (d.Run(options.get(chosen, chosen) if chosen else "–"),)))
        for name, choices in grid.fields.items():
            value = held.fields.get(name)
            told = lay.own_options(self.pack, choices, self.lang).words.get(value, value) if value else "–"
            items.append((word.definition_label(self.pack, question, f"fields.{name}", self.lang), (d.Run(told),)))
        yield d.Paragraph((d.Run(pick(grid.title, self.lang), strong=True),))
        yield d.Terms(tuple(items))

    # -- the empty form

    def _empty(self, question: Question) -> Iterable[d.Block]:
        kind = question.type
        if kind in ("yes_no", "single_choice", "multiple_choice"):
            options = [f"{_BOX} {one}" for one in lay.choice_options(self.pack, question, self.lang).words.values()]
            yield _plain("     ".join(options) if sum(map(len, options)) <= 70 else "\n".join(options))
        elif kind == "matrix":
            yield self._matrix(question, None)
        elif kind == "rows":
            yield self._blank_rows(question.columns)
        elif kind == "text":
            yield _plain("\n".join(["_" * 84] * EMPTY_LINES))
        else:
            unit = word.unit_name(self.pack, question.unit, self.lang) if question.unit else ""
            yield _plain(f"{'_' * 18} {unit}".strip())
        if question.particulars:
            yield d.Paragraph((d.Run(self.say("dx_particulars"), strong=True),))
            yield self._blank_rows(question.particulars)

    def _blank_rows(self, columns: Sequence[Column]) -> d.Table:
        head = tuple(d.Cell(pick(c.label, self.lang) + ("*" if c.required else "")) for c in columns)
        return d.Table("rows", "", (head,), tuple(tuple(d.Cell(" ") for _ in columns) for _ in range(EMPTY_LINES)))

    def _open_lines(self, question: Question) -> Iterable[d.Block]:
        boxes = "   ".join(f"{_BOX} {one}" for one in list(self.statuses.values())[1:])
        yield _plain(f"{self.say('dx_or')} {boxes}\n{self.say('dx_remarks')} {'_' * 62}")


def _own_first(texts: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    return sorted(texts.items(), key=lambda item: (item[0] != lang, item[0]))


def _plain(text: str) -> d.Paragraph:
    return d.Paragraph((d.Run(text),))


def _quiet(text: str) -> d.Paragraph:
    return d.Paragraph((d.Run(text, emphasis=True),))


def _labelled(label: str, text: str, lang: str = "") -> d.Paragraph:
    return d.Paragraph((d.Run(f"{label} ", strong=True), d.Run(text, lang=lang)))
