"""Which edition is built, and what in an edition cannot be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from eirene.errors import PackError, Problem
from eirene.framework.model import Block, Chapter, Edition, Pack, Variant
from eirene.questionnaires.rules import FigureScope, compile_expression
from eirene.summary.refs import parse_ref
from eirene.summary.texts import check_template

Path = tuple[str | int, ...]
Place = Callable[[Path], str]


def edition_of(pack: Pack, cycle_id: str, given: Edition | None = None, place: Place | None = None) -> Edition:
    """The edition given, else the pack's for this cycle, else its default; PackError if it is missing or wrong."""
    edition = given or pack.editions.get(cycle_id) or pack.summary
    if edition is None:
        raise PackError(
            f"The pack {pack.header.id} has no summary.yaml.", remedy="Add one, or give an edition file (--edition)."
        )
    problems = list(check_edition(pack, edition, place or _words))
    if problems:
        raise PackError(problems)
    return edition


def _words(path: Path) -> str:
    """A place inside an edition, for an edition that is not read from a file: chapters 2, blocks 1."""
    return "".join(f" {part + 1}" if isinstance(part, int) else f", {part}" for part in path).removeprefix(", ")


def check_edition(pack: Pack, edition: Edition, place: Place = _words) -> Iterator[Problem]:
    """Every text that is wrong, every figure that does not exist, every body or question that is not known.

    place   what a path inside the edition is called in a problem: file and line, where it was read from a file
    """
    return _Checker(pack, place).edition(edition)


def _places(chapter: Chapter) -> Iterator[str]:
    """What a position can be reserved on: chapters, sections and statements, by id and reference."""
    yield chapter.id
    yield from (block.statement for block in chapter.blocks if block.statement is not None)
    for section in chapter.sections:
        yield from _places(section)


class _Checker:
    def __init__(self, pack: Pack, place: Place) -> None:
        self.pack, self.place = pack, place
        self.seen: set[str] = set()

    def problem(self, at: Path, what: str, remedy: str = "") -> Problem:
        return Problem(what, self.place(at), remedy)

    def edition(self, edition: Edition) -> Iterator[Problem]:
        yield from self.text(edition.title, ("title",))
        yield from self.text(edition.subtitle, ("subtitle",))
        for i, text in enumerate(edition.foreword):
            yield from self.text(text, ("foreword", i))
        for i, chapter in enumerate(edition.chapters):
            yield from self.chapter(chapter, ("chapters", i))
        for i, entry in enumerate(edition.glossary):
            yield from self.text(entry.text, ("glossary", i, "text"))
        named = (
            *((("reservations", i), one.body) for i, one in enumerate(edition.reservations)),
            *((("withholdings", i), one.body) for i, one in enumerate(edition.withholdings)),
            *((("naming_footnotes", i), one.body) for i, one in enumerate(edition.naming_footnotes)),
        )
        for at, body in named:
            if body not in self.pack.bodies:
                yield self.problem(at, f"there is no body {body!r}.")
        places = {name for chapter in edition.chapters for name in _places(chapter)}
        for i, reservation in enumerate(edition.reservations):
            yield from self.text(reservation.text, ("reservations", i, "text"), whole=False)
            if reservation.on not in places and reservation.on not in self.pack.bodies:
                what = f"the edition has no chapter and no statement {reservation.on!r} to reserve a position on."
                yield self.problem(("reservations", i, "on"), what)
        for i, withholding in enumerate(edition.withholdings):
            if withholding.question not in self.pack.questions:
                yield self.problem(("withholdings", i), f"there is no question {withholding.question!r}.")

    def chapter(self, chapter: Chapter, at: Path) -> Iterator[Problem]:
        if chapter.id in self.seen:
            yield self.problem(at, f"the id {chapter.id!r} is given to two chapters.")
        self.seen.add(chapter.id)
        yield from self.text(chapter.title, (*at, "title"))
        for i, block in enumerate(chapter.blocks):
            yield from self.block(block, (*at, "blocks", i))
        for i, section in enumerate(chapter.sections):
            yield from self.chapter(section, (*at, "sections", i))

    def block(self, block: Block, at: Path) -> Iterator[Problem]:
        kinds = [name for name in ("text", "statement", "chart", "table", "note") if getattr(block, name) is not None]
        if len(kinds) != 1:
            what = f"a block is one thing; this one gives {' and '.join(kinds) or 'nothing'}."
            yield self.problem(at, what, "Give exactly one of text, statement, chart, table, note.")
        yield from self.variants(block.text, (*at, "text"))
        yield from self.variants(block.title, (*at, "title"))
        yield from self.text(block.note or {}, (*at, "note"))
        yield from self.text(block.subtitle or {}, (*at, "subtitle"))
        refs: list[tuple[Path, str]] = [((*at, "figures", i), ref) for i, ref in enumerate(block.figures)]
        if block.statement is not None:
            refs.append(((*at, "statement"), block.statement))
        for path, ref in refs:
            parsed = parse_ref(ref, self.pack)
            if isinstance(parsed, Problem):
                yield self.problem(path, parsed.what, parsed.remedy)
        if (block.chart or block.table) and not block.figures:
            yield self.problem(at, "a chart or table needs figures.")
        populations = {p.code for p in self.pack.header.populations}
        if block.population is not None and block.population not in populations:
            known = f"Known: {', '.join(sorted(populations))}."
            yield self.problem((*at, "population"), f"there is no population {block.population!r}.", known)

    def variants(self, text: Mapping[str, str] | Sequence[Variant] | None, at: Path) -> Iterator[Problem]:
        if text is None:
            return
        if isinstance(text, Mapping):
            yield from self.text(text, at)
            return
        for i, variant in enumerate(text):
            yield from self.text(variant.text, (*at, i, "text"))
            if variant.when is None:
                continue
            try:
                compile_expression(variant.when, FigureScope(self.pack.indicators))
            except PackError as error:
                for problem in error.problems:
                    yield self.problem((*at, i, "when"), f"{variant.when!r}: {problem.what}", problem.remedy)

    def text(self, text: Mapping[str, str], at: Path, *, whole: bool = True) -> Iterator[Problem]:
        """`whole`: it must be there in every language of the pack."""
        for lang, template in text.items():
            for problem in check_template(template, self.pack):
                yield self.problem((*at, lang), problem.what, problem.remedy)
        missing = [lang for lang in self.pack.header.languages if whole and text and lang not in text]
        if missing:
            yield self.problem(at, f"the text has no {' or '.join(missing)}.")
