"""Turns the chapters of an edition into sections of a document: statements, charts, tables, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eirene.disclosure import figure_questions
from eirene.documents import model as d
from eirene.figures.display import OF_BODIES, display, missing_text, n_of_N, said, unit_text, value_text
from eirene.figures.model import MARK, Figure, Footnote
from eirene.framework import body_name, codes, cycle_of, population
from eirene.framework.model import Block, Chapter, Edition, Pack, Variant
from eirene.questionnaires.model import CellKey
from eirene.summary.compiled import compiled_table, published_sentence
from eirene.summary.drawing import draw
from eirene.summary.refs import FigureIndex, default_kind
from eirene.summary.texts import Writer
from eirene.text import number, pick


@dataclass
class Numbers:
    """Numbers given in the order of the document: chapters, charts, tables, footnotes. One text is one footnote."""

    chapter: str = ""
    charts: int = 0
    tables: int = 0
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    fresh: list[tuple[int, str]] = field(default_factory=list)

    def start_chapter(self, number: str) -> None:
        self.chapter, self.charts, self.tables, self.fresh = number, 0, 0, []

    def note(self, text: str) -> int:
        """Number of the footnote with this text; it is listed at the end of the chapter that first needs it."""
        key = (self.chapter, text)
        if key not in self.notes:
            self.notes[key] = len(self.notes) + 1
            self.fresh.append((self.notes[key], text))
        return self.notes[key]


#: (body, question) → cells of the answer shown by name that are left out for protection.
LeftOut = Callable[[str, str], frozenset[CellKey]]


def _nothing(body: str, question: str) -> frozenset[CellKey]:
    return frozenset()


class Composer:
    """Composes the blocks of one edition in one language."""

    def __init__(self, writer: Writer, edition: Edition, left_out: LeftOut = _nothing) -> None:
        self.w = writer
        self.left_out = left_out
        self.index: FigureIndex = writer.index
        self.pack: Pack = writer.pack
        self.lang = writer.lang
        self.say = writer.say
        self.edition = edition
        self.numbers = Numbers()
        self.cycle = cycle_of(self.pack, self.index.cycle)

    # --- chapters ----------------------------------------------------------------------------------------------

    def chapter(self, chapter: Chapter, no: str, extra: Callable[[], Sequence[d.Block]] = tuple) -> d.Section:
        """One chapter with its sections; `extra` makes the blocks that are not written, in their place."""
        self.numbers.start_chapter(no)
        blocks = [*self.blocks(chapter.blocks), *extra(), *self.reservations(chapter.id)]
        sections = [self.section(s, f"{no}.{i}") for i, s in enumerate(chapter.sections, 1)]
        if self.numbers.fresh:
            notes = d.Footnotes(tuple((n, (d.Run(text),)) for n, text in self.numbers.fresh))
            if sections:
                title = self.say("notes")
                sections.append(d.Section(f"{chapter.id}-notes", title, "", (notes,)))
            else:
                blocks.append(notes)
        return d.Section(
            chapter.id, self.w.plain(chapter.title), no, tuple(blocks), tuple(sections), self.tags(chapter.measures)
        )

    def section(self, chapter: Chapter, no: str) -> d.Section:
        blocks = (*self.blocks(chapter.blocks), *self.reservations(chapter.id))
        inner = tuple(self.section(s, f"{no}.{i}") for i, s in enumerate(chapter.sections, 1))
        return d.Section(chapter.id, self.w.plain(chapter.title), no, blocks, inner, self.tags(chapter.measures))

    def tags(self, elements: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
        """(kind, code, label) of the principles, pillars … that a chapter is about."""
        found = [self.pack.elements[code] for code in elements if code in self.pack.elements]
        return tuple((e.kind, e.code, pick(e.title, self.lang)) for e in found)

    def reservations(self, on: str) -> list[d.Block]:
        found: list[d.Block] = []
        for reservation in self.edition.reservations:
            if reservation.on == on:
                name = self.body(reservation.body)
                heading = self.say("reservation", body=name)
                found.append(d.Note(self.w.runs(reservation.text), "reservation", heading))
        return found

    def body(self, code: str) -> str:
        return body_name(self.pack, code, self.lang, self.cycle.reference_date)

    # --- blocks ------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[Block]) -> list[d.Block]:
        found = []
        for block in blocks:
            made = self.block(block)
            if made is not None:
                found += [made, *self.reservations_on(block)]
        return found

    def reservations_on(self, block: Block) -> list[d.Block]:
        """Reservations on the statement of a block, written right below it."""
        if block.statement is None or not self.edition.reservations:
            return []
        key = self.index.key(block.statement, population=block.population)
        names = {r.on for r in self.edition.reservations if self.index.means(r.on, key, population=block.population)}
        return [note for on in sorted(names) for note in self.reservations(on)]

    def block(self, block: Block) -> d.Block | None:
        """The block, or None if this edition has none of the figures that it is about."""
        if block.text is not None:
            text = self.w.choose(block.text, block.population)
            return d.Paragraph(self.w.runs(text, block.population)) if text else None
        if block.note is not None:
            return d.Note(self.w.runs(block.note, block.population))
        if block.statement is not None:
            figure = self.index.find(block.statement, population=block.population)
            return self.statement(figure) if figure is not None else None
        if block.table is not None and self.cycle.kind == "compiled":
            return compiled_table(self, block)
        figures = [f for ref in block.figures if (f := self.index.find(ref, population=block.population)) is not None]
        if not figures:
            return None
        return self.chart(block, figures) if block.chart is not None else self.table(block, figures)

    # --- statements --------------------------------------------------------------------------------------------

    def statement(self, figure: Figure) -> d.Statement:
        missing = missing_text(figure.missing, self.pack, self.lang)
        return d.Statement(
            figure=figure.key,
            value=self.w.rounded(figure, value_text(figure, self.lang)) or display(figure, self.pack, self.lang),
            unit=unit_text(figure, self.pack, self.lang) if figure.value is not None else "",
            sentence=(d.Run(self.sentence(figure, missing)),),
            n_of_N=n_of_N(figure, self.pack, self.lang),
            roll_call=self.roll_call(figure),
            previous=self.previous(figure),
            notes=self.notes(figure),
        )

    def sentence(self, figure: Figure, missing: str) -> str:
        """What follows the value: of whom, n of N, who is missing, and what is said of them."""
        indicator = self.pack.indicators[figure.id]
        statement = pick(indicator.statement, self.lang) or pick(figure.label, self.lang)
        tail = self.say("semicolon") + missing if missing else ""
        many = self.population(figure.population)
        ratio = n_of_N(figure, self.pack, self.lang)
        if figure.basis != "computed":
            return published_sentence(self, figure)
        if figure.confidential and figure.band is None:
            return self.say("statement_confidential", statement=statement, population=many, missing=tail)
        if figure.kind in OF_BODIES:
            phrase = "statement_of_all" if indicator.yes == "reported" else "statement_of_members"
            return self.say(phrase, population=many, n_of_N=ratio, missing=tail, statement=statement)
        bodies = {"n": number(figure.n_answered, self.lang), "N": number(figure.n_applicable, self.lang)}
        if figure.denominator is not None:
            return self.say(
                "statement_of_persons",
                statement=statement,
                n_of_N=ratio,
                bodies=bodies["n"],
                N=bodies["N"],
                population=many,
                missing=tail,
            )
        return self.say("statement_of_bodies", statement=statement, population=many, missing=tail, **bodies)

    def population(self, code: str) -> str:
        return pick(population(self.pack, code).many, self.lang) if code else ""

    def source(self, figure: Figure) -> str:
        source = self.pack.sources.get(figure.source)
        return source.title if source else figure.source

    def previous(self, figure: Figure) -> str:
        before = self.index.previous(figure)
        if figure.change is not None and figure.change.not_comparable:
            why = pick(figure.change.not_comparable, self.lang)
            return self.say("not_comparable", cycle=self.cycle_name(figure.change.since), why=why)
        if before is None:
            return ""
        value = said(before, self.pack, self.lang)
        if before.confidential:
            return self.say("previous_alone", cycle=self.cycle_name(before.cycle), value=value)
        return self.say(
            "previous",
            cycle=self.cycle_name(before.cycle),
            value=value,
            n_of_N=n_of_N(before, self.pack, self.lang),
        )

    def cycle_name(self, cycle_id: str) -> str:
        return str(self.pack.cycles[cycle_id].data_year) if cycle_id in self.pack.cycles else cycle_id

    def roll_call(self, figure: Figure) -> d.RollCall | None:
        """One cell per body, ordered by answer, without names."""
        if figure.kind not in OF_BODIES or figure.rounded is not None:
            return None
        if figure.confidential:
            answered = [("confidential", figure.n_answered)]
            words = [] if figure.untold else [self.say("roll_confidential", n=figure.n_answered)]
        elif figure.numerator is not None and figure.denominator is not None:
            yes, of = int(figure.numerator), int(figure.denominator)
            answered = [("yes", yes), ("no", of - yes)]
            words = [self.say("roll_yes", n=yes), self.say("roll_no", n=of - yes)]
        else:
            return None
        groups = [(name, n) for name, n in (*answered, *((one.reason, one.n) for one in figure.missing)) if n]
        missing = missing_text(figure.missing, self.pack, self.lang)
        alt = ", ".join([*words, *([missing] if missing else [])])
        legend = tuple((name, self.legend(name)) for name, _ in groups)
        return d.RollCall(tuple(groups), alt, legend)

    def legend(self, group: str) -> str:
        return self.say(group if group in ("yes", "no") else f"reason_{group}")

    def notes(self, figure: Figure) -> tuple[int, ...]:
        """Numbers of the figure's footnotes: one for each kind, whatever the number of bodies that it speaks of."""
        by_kind: dict[str, list[str]] = {}
        for note in figure.footnotes:
            texts = by_kind.setdefault(note.kind, [])
            if (text := self.note_text(note)) not in texts:
                texts.append(text)
        return tuple(sorted({self.numbers.note(" ".join(texts)) for texts in by_kind.values()}))

    def note_text(self, note: Footnote) -> str:
        text = pick(note.text, self.lang)
        return f"{self.body(note.body)}{self.say('colon')}{text}" if note.body else text

    # --- charts and tables -------------------------------------------------------------------------------------

    def title(
        self, title: Mapping[str, str] | Sequence[Variant] | None, figures: Sequence[Figure], pop: str | None
    ) -> str:
        text = self.w.choose(title, pop)
        return self.w.plain(text, pop) if text else pick(figures[0].label, self.lang)

    def chart(self, block: Block, figures: Sequence[Figure]) -> d.Chart | None:
        title = self.title(block.title, figures, block.population)
        subtitle = self.w.plain(block.subtitle, block.population) if block.subtitle else ""
        made = draw(self, block, figures)
        if made is None:
            return None
        self.numbers.charts += 1
        no = f"{self.numbers.chapter}.{self.numbers.charts}"
        id = block.id or f"chart-{no.replace('.', '-')}"
        return d.Chart(
            id=id,
            title=title,
            subtitle=subtitle or made.subtitle,
            spec=made.spec,
            narrow=made.narrow,
            alt=made.alt,
            table=d.Table(f"{id}-table", title, made.head, made.rows, subtitle),
            source=self.sources(figures),
            number=self.say("figure_n", n=no),
            figures=tuple(dict.fromkeys(made.figures)),
        )

    def table(self, block: Block, figures: Sequence[Figure]) -> d.Table | None:
        maker = {
            "figures": self.figures_table,
            "series": self.series_table,
            "breakdown": self.breakdown_table,
            "by_body": self.by_body_table,
        }[block.table or "figures"]
        head, rows = maker(figures, block)
        if not rows:
            return None
        self.numbers.tables += 1
        no = f"{self.numbers.chapter}.{self.numbers.tables}"
        subtitle = self.w.plain(block.subtitle, block.population) if block.subtitle else ""
        return d.Table(
            id=block.id or f"table-{no.replace('.', '-')}",
            title=self.title(block.title, figures, block.population),
            head=(tuple(head),),
            rows=tuple(tuple(row) for row in rows),
            subtitle=subtitle,
            source=self.sources(figures),
            number=self.say("table_n", n=no),
        )

    def sources(self, figures: Sequence[Figure]) -> str:
        """Where the numbers come from, and who is left out of them."""
        own = [f for f in figures if f.basis == "computed"]
        if not own:
            titles = sorted({self.source(f) for f in figures if f.source})
            return f"{self.say('col_source')}{self.say('colon')}{self.say('semicolon').join(titles)}" if titles else ""
        cycles = sorted({self.cycle_name(f.cycle) for figure in own for f in self.index.series(figure)})
        text = self.say("source_reports", cycles=f"{cycles[0]}–{cycles[-1]}" if len(cycles) > 1 else cycles[0])
        gaps = {missing_text(f.missing, self.pack, self.lang) for f in own} - {""}
        if len(gaps) == 1:
            text = f"{text} {self.say('who_left_out')}{self.say('colon')}{gaps.pop()}."
        return text

    def value_cell(self, figure: Figure | None) -> d.Cell:
        if figure is None:
            return d.Cell("–", muted=True, align="end")
        shown = display(figure, self.pack, self.lang)
        exact = "" if figure.value is None else str(figure.value)
        return d.Cell(shown, figure.key, "end", muted=figure.value is None, number=exact)

    def ratio_cell(self, figure: Figure | None) -> d.Cell:
        text = n_of_N(figure, self.pack, self.lang) if figure else "–"
        return d.Cell(text, align="end", muted=text == MARK)

    def header(self, *names: str) -> list[d.Cell]:
        start = d.Cell(self.say(names[0]), header=True)
        return [start, *(d.Cell(self.say(name), align="end", header=True) for name in names[1:])]

    def figures_table(self, figures: Sequence[Figure], block: Block) -> tuple[list[d.Cell], list[list[d.Cell]]]:
        rows = []
        for figure in figures:
            label = d.Cell(self.label(figure), figure.key, header=True)
            before = self.index.previous(figure)
            rows.append([label, self.value_cell(figure), self.ratio_cell(figure), self.value_cell(before)])
        return self.header("col_figure", "col_value", "col_nofN", "col_previous"), rows

    def series_table(self, figures: Sequence[Figure], block: Block) -> tuple[list[d.Cell], list[list[d.Cell]]]:
        head = [d.Cell(self.say("col_cycle"), header=True)]
        head += [d.Cell(self.label(f), align="end", header=True) for f in figures]
        series = {f.key: {g.cycle: g for g in self.index.series(f)} for f in figures}
        cycles = [c for c in (*self.cycle.compares_with, self.cycle.id) if any(c in s for s in series.values())]
        rows = []
        for cycle in cycles:
            row = [d.Cell(self.cycle_name(cycle), header=True)]
            row += [self.with_ratio(series[f.key].get(cycle)) for f in figures]
            rows.append(row)
        return head, rows

    def with_ratio(self, figure: Figure | None) -> d.Cell:
        cell = self.value_cell(figure)
        if figure is None or (figure.value is None and figure.band is None):
            return cell
        ratio = n_of_N(figure, self.pack, self.lang)
        return d.Cell(f"{cell.text} ({ratio})", cell.figure, "end", cell.muted, number=cell.number)

    def breakdown_table(self, figures: Sequence[Figure], block: Block) -> tuple[list[d.Cell], list[list[d.Cell]]]:
        dimension = block.dimension or ""
        parts = [{f.dimensions[dimension]: f for f in self.index.breakdown(figure, dimension)} for figure in figures]
        order = [c for c in self.dimension_order(dimension) if any(c in p for p in parts)]
        head = [d.Cell("", header=True)]
        for figure in figures:
            head.append(d.Cell(self.label(figure), align="end", header=True))
            head.append(d.Cell(self.say("col_nofN"), align="end", header=True))
        rows = []
        for code in order:
            row = [d.Cell(self.code_label(dimension, code), header=True)]
            for part in parts:
                row += [self.value_cell(part.get(code)), self.ratio_cell(part.get(code))]
            rows.append(row)
        total = [d.Cell(self.say("col_total"), header=True)]
        for figure in figures:
            total += [self.value_cell(figure), self.ratio_cell(figure)]
        return head, [*rows, total] if rows else []

    def by_body_table(self, figures: Sequence[Figure], block: Block) -> tuple[list[d.Cell], list[list[d.Cell]]]:
        head = [d.Cell(self.say("col_body"), header=True)]
        head += [d.Cell(self.label(f), align="end", header=True) for f in figures]
        bodies = [b for b in self.pack.bodies if any(b in f.members for f in figures)]
        rows = []
        for body in sorted(bodies, key=lambda b: list(self.pack.bodies).index(b)):
            row = [d.Cell(self.body(body), header=True)]
            row += [self.member_cell(f, body) for f in figures]
            rows.append(row)
        if rows:
            rows.append([d.Cell(self.say("all_bodies"), header=True), *(self.value_cell(f) for f in figures)])
        return head, rows

    def member_cell(self, figure: Figure, body: str) -> d.Cell:
        from eirene.figures import member_value

        value = member_value(figure, body)
        if value is None:
            return d.Cell(MARK if self.keeps_back(figure, body) else "–", align="end", muted=True)
        unit = unit_text(figure, self.pack, self.lang)
        text = number(value, self.lang, figure.decimals)
        return d.Cell(f"{text}\u00a0{unit}" if unit else text, align="end", number=str(value))

    def keeps_back(self, figure: Figure, body: str) -> bool:
        """Whether cells that the body's part of a figure is made from are left out for protection."""
        questions = figure_questions(self.pack, figure.id) if figure.cycle == self.cycle.id else ()
        return any(self.left_out(body, question) for question in questions)

    # --- words -------------------------------------------------------------------------------------------------

    def label(self, figure: Figure) -> str:
        label = pick(figure.label, self.lang)
        if figure.basis == "computed" and figure.kind != default_kind(self.pack.indicators[figure.id]):
            label = self.say("label_kind", label=label, kind=self.say(f"kind_{figure.kind}"))
        parts = [self.code_label(name, code) for name, code in sorted(figure.dimensions.items())]
        return f"{label}, {', '.join(parts)}" if parts else label

    def code_label(self, dimension: str, code: str) -> str:
        if dimension == "body":
            return self.body(code)
        list_id = self.dimension_list(dimension)
        return (
            codes(self.pack, list_id).label(code, self.lang) if list_id and code in codes(self.pack, list_id) else code
        )

    def dimension_list(self, dimension: str) -> str:
        """The code list behind a dimension's name, '' if it is not one of the pack's."""
        if dimension in self.pack.code_lists:
            return dimension
        for question in self.pack.questions.values():
            if dimension in question.dimensions:
                return question.dimensions[dimension].list
        return ""

    def dimension_order(self, dimension: str) -> tuple[str, ...]:
        list_id = self.dimension_list(dimension)
        return codes(self.pack, list_id).codes if list_id else ()
