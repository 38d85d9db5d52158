"""Which edition is built, and what in an edition cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eirene.errors import PackError, Problem
from eirene.framework.model import Block, Chapter, Edition, Pack, Variant
from eirene.questionnaires.rules import FigureScope, compile_expression
from eirene.summary.refs import parse_ref
from eirene.summary.texts import check_template


def edition_of(pack: Pack, cycle_id: str, given: Edition | None = None) -> Edition:
    """The edition given, else the pack's for this cycle, else its default; PackError if it is missing or wrong."""
    edition = given or pack.editions.get(cycle_id) or pack.summary
    if edition is None:
        raise PackError(
            f"The pack {pack.header.id} has no summary.yaml.", remedy="Add one, or give an edition file (--edition)."
        )
    problems = list(check_edition(pack, edition))
    if problems:
        raise PackError(problems)
    return edition


def check_edition(pack: Pack, edition: Edition) -> Iterator[Problem]:
    """Every text that is wrong, every figure that does not exist, every body or question that is not known."""
    for name, text in (("title", edition.title), ("subtitle", edition.subtitle)):
        yield from _text(pack, text, name, titles=True)
    for index, text in enumerate(edition.foreword):
        yield from _text(pack, text, f"foreword {index + 1}")
    seen: set[str] = set()
    for chapter in edition.chapters:
        yield from _chapter(pack, chapter, f"chapter {chapter.id!r}", seen)
    for entry in edition.glossary:
        yield from _text(pack, entry.text, "glossary")
    named = (
        *(("reservation", one.body) for one in edition.reservations),
        *(("withholding", one.body) for one in edition.withholdings),
        *(("naming footnote", one.body) for one in edition.naming_footnotes),
    )
    for where, body in named:
        if body not in pack.bodies:
            yield Problem(f"there is no body {body!r}.", where)
    for withholding in edition.withholdings:
        if withholding.question not in pack.questions:
            yield Problem(f"there is no question {withholding.question!r}.", "withholding")


def _chapter(pack: Pack, chapter: Chapter, where: str, seen: set[str]) -> Iterator[Problem]:
    if chapter.id in seen:
        yield Problem(f"the id {chapter.id!r} is given to two chapters.", where)
    seen.add(chapter.id)
    yield from _text(pack, chapter.title, where, titles=True)
    for index, block in enumerate(chapter.blocks):
        yield from _block(pack, block, f"{where}, block {index + 1}")
    for section in chapter.sections:
        yield from _chapter(pack, section, f"{where}, section {section.id!r}", seen)


def _block(pack: Pack, block: Block, where: str) -> Iterator[Problem]:
    kinds = [name for name in ("text", "statement", "chart", "table", "note") if getattr(block, name) is not None]
    if len(kinds) != 1:
        yield Problem(
            f"a block is one thing; this one gives {' and '.join(kinds) or 'nothing'}.",
            where,
            "Give exactly one of text, statement, chart, table, note.",
        )
    for text in (block.text, block.title):
        yield from _variants(pack, text, where)
    for plain in (block.note, block.subtitle):
        yield from _text(pack, plain or {}, where)
    for ref in (*block.figures, *([block.statement] if block.statement else [])):
        parsed = parse_ref(ref, pack)
        if isinstance(parsed, Problem):
            yield Problem(parsed.what, where, parsed.remedy)
    if (block.chart or block.table) and not block.figures:
        yield Problem("a chart or table needs figures.", where)
    populations = {p.code for p in pack.header.populations}
    if block.population is not None and block.population not in populations:
        yield Problem(
            f"there is no population {block.population!r}.", where, f"Known: {', '.join(sorted(populations))}."
        )


def _variants(pack: Pack, text: Mapping[str, str] | Sequence[Variant] | None, where: str) -> Iterator[Problem]:
    if text is None:
        return
    if isinstance(text, Mapping):
        yield from _text(pack, text, where)
        return
    for variant in text:
        yield from _text(pack, variant.text, where)
        if variant.when is None:
            continue
        try:
            compile_expression(variant.when, FigureScope(pack.indicators))
        except PackError as error:
            for problem in error.problems:
                yield Problem(f"{variant.when!r}: {problem.what}", where, problem.remedy)


def _text(pack: Pack, text: Mapping[str, str], where: str, *, titles: bool = False) -> Iterator[Problem]:
    for lang, template in text.items():
        for problem in check_template(template, pack):
            yield Problem(problem.what, f"{where} ({lang})", problem.remedy)
    missing = [lang for lang in pack.header.languages if text and lang not in text]
    if missing:
        yield Problem(f"the text has no {' or '.join(missing)}.", where)
