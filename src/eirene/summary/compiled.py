"""Tables of what others published: each value with its own year, what it counts, how sure it is, and its source.

In a compiled cycle a block's table lists every figure of the ids that it names:

    figures    values about a whole population, or about an organisation set beside it
    by_body    values about single bodies, in the pack's order
    series     of how many members of each year a value is public

Where sources differ the value says so, and each source's own value follows on a row of its own. Nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from eirene.documents import model as d
from eirene.errors import Problem
from eirene.figures.display import n_of_N, unit_text
from eirene.figures.model import Figure
from eirene.framework.model import Block
from eirene.summary.refs import Ref, parse_ref
from eirene.text import number, pick

if TYPE_CHECKING:
    from eirene.summary.chapters import Composer

Row = tuple[d.Cell, ...]
Rows = list[Row]
#: Kind of figure that a table of a compiled cycle lists.
KINDS = {"figures": "published", "by_body": "compiled", "series": "coverage"}


def compiled_table(c: Composer, block: Block) -> d.Table | None:
    """The table of a block in a compiled cycle; None if nothing of what it names is published."""
    kind = KINDS.get(block.table or "", "published")
    figures = _named(c, block, kind)
    if not figures:
        return None
    several = len({f.id for f in figures}) > 1
    first = [d.Cell(c.say("col_body"), header=True)] if kind == "compiled" else []
    if several or not first:
        first.append(d.Cell(c.say("col_figure"), header=True))

    def leading(figure: Figure) -> list[d.Cell]:
        cells = [d.Cell(c.body(figure.dimensions["body"]), figure.key)] if kind == "compiled" else []
        if several or not cells:
            cells.append(d.Cell(_label(c, figure), figure.key))
        return [d.Cell(cells[0].text, cells[0].figure, header=True), *cells[1:]]

    if kind == "coverage":
        head, rows = _coverage(c, figures, first, leading)
    else:
        head, rows = _values(c, figures, first, leading)
    return _numbered(c, block, head, rows, figures)


def body_values(c: Composer, body: str) -> d.Table | None:
    """All that is published about one body, in the order of the pack's indicators; None if there is nothing."""
    figures = sorted(
        (f for f in c.index.by_key.values() if f.kind == "compiled" and f.dimensions.get("body") == body),
        key=lambda f: (_place(c, f), _year(f), f.key),
    )
    if not figures:
        return None
    head, rows = _values(
        c,
        figures,
        [d.Cell(c.say("col_figure"), header=True)],
        lambda f: [d.Cell(pick(f.label, c.lang), f.key, header=True)],
    )
    return d.Table(f"body-{body}-public", c.say("compiled_body_title"), (head,), tuple(rows))


def not_public(c: Composer) -> d.Table | None:
    """What a national report asks for, and of how many members it is public: the latest year, or nothing."""
    latest: dict[str, Figure] = {}
    of_all: dict[str, Figure] = {}
    for figure in c.index.by_key.values():
        if figure.population == c.index.population and figure.kind in ("coverage", "published"):
            kept = latest if figure.kind == "coverage" else of_all
            if figure.id not in kept or _year(kept[figure.id]) < _year(figure):
                kept[figure.id] = figure
    rows: Rows = []
    for id, indicator in c.pack.indicators.items():
        if indicator.compiled_only or indicator.family in ("gap", "completeness") or indicator.yes == "reported":
            continue
        label = d.Cell(pick(indicator.label, c.lang), header=True)
        rows.append((label, _latest(c, of_all.get(id), with_value=True), _latest(c, latest.get(id), with_value=False)))
    head = tuple(c.header("col_figure", "compiled_col_alliance", "compiled_col_nations"))
    return d.Table("not-public", c.say("compiled_not_public"), (head,), tuple(rows)) if rows else None


def _latest(c: Composer, figure: Figure | None, *, with_value: bool) -> d.Cell:
    if figure is None:
        return d.Cell(c.say("reason_not_published"), align="end", muted=True)
    shown = c.value_cell(figure).text if with_value else n_of_N(figure, c.pack, c.lang)
    text = c.say("compiled_in_year", value=shown, year=_year_text(c, figure))
    return d.Cell(text, figure.key, "end", muted=figure.value is None)


# --- which figures --------------------------------------------------------------------------------------------------


def _named(c: Composer, block: Block, kind: str) -> list[Figure]:
    """The figures of a kind that a block names, in the order named, then by place and year."""
    found: dict[str, Figure] = {}
    for text in block.figures:
        ref = parse_ref(text, c.pack)
        if isinstance(ref, Problem):
            continue
        matching = [f for f in c.index.by_key.values() if f.kind == kind and _meant(f, ref, block.population)]
        found |= {f.key: f for f in sorted(matching, key=lambda f: (_body_place(c, f), _year(f), f.key))}
    if kind == "compiled":
        return sorted(found.values(), key=lambda f: _body_place(c, f))
    return list(found.values())


def _meant(figure: Figure, ref: Ref, population: str | None) -> bool:
    if ref.key:
        return figure.key == ref.key
    if figure.id != ref.id or (population is not None and figure.population != population):
        return False
    return all(figure.dimensions.get(name) == code for name, code in (ref.dimensions or {}).items())


def _place(c: Composer, figure: Figure) -> int:
    return list(c.pack.indicators).index(figure.id)


def _body_place(c: Composer, figure: Figure) -> int:
    body = figure.dimensions.get("body")
    return list(c.pack.bodies).index(body) if body in c.pack.bodies else -1


def _year(figure: Figure) -> int:
    """The year of a value; the undated before all others."""
    year = figure.extra.get("year")
    return int(year) if year is not None else 0


# --- rows -----------------------------------------------------------------------------------------------------------

Leading = Callable[[Figure], list[d.Cell]]


def _values(c: Composer, figures: Sequence[Figure], first: list[d.Cell], leading: Leading) -> tuple[Row, Rows]:
    names = ("col_year", "col_value", "col_nofN", "compiled_col_scope", "col_confidence", "col_source")
    head = (*first, *(d.Cell(c.say(n), align=_align(n), header=True) for n in names))
    rows: Rows = []
    for figure in figures:
        if figure.suppressed != "clash":
            rows.append((*leading(figure), *_told(c, figure, figure.extra, c.value_cell(figure), figure.source)))
            continue
        rows.append((*leading(figure), _year_cell(c, figure), c.value_cell(figure), *[d.Cell("")] * 4))
        for other in figure.extra.get("alternatives", ()):
            value = d.Cell(_other_value(c, figure, other), align="end", number=str(other["value"]))
            rows.append((*leading(figure), *_told(c, figure, other, value, str(other["source"]))))
    return head, rows


def _told(c: Composer, figure: Figure, said: Mapping[str, Any], value: d.Cell, source: str) -> list[d.Cell]:
    """Year, value with its qualifier, n of N, what is counted, confidence, source."""
    qualifier = str(said.get("qualifier") or "")
    text = _qualified(c, qualifier, value.text)
    value = d.Cell(text, value.figure, "end", value.muted, number=value.number)
    remarks = [str(said.get(name) or "") for name in ("scope", "year_note", "note")]
    confidence = str(said.get("confidence") or "")
    known = c.pack.sources.get(source)
    return [
        _year_cell(c, figure),
        value,
        _ratio(c, figure, said),
        d.Cell(c.say("semicolon").join(text for text in remarks if text and text != qualifier)),
        d.Cell(_word(c, "confidence", confidence) if confidence else ""),
        d.Cell(known.title if known else source),
    ]


def _coverage(c: Composer, figures: Sequence[Figure], first: list[d.Cell], leading: Leading) -> tuple[Row, Rows]:
    names = ("col_year", "col_value", "col_nofN")
    head = (*first, *(d.Cell(c.say(n), align=_align(n), header=True) for n in names))
    return head, [(*leading(f), _year_cell(c, f), c.value_cell(f), c.ratio_cell(f)) for f in figures]


def _numbered(c: Composer, block: Block, head: Row, rows: Iterable[Row], figures: Sequence[Figure]) -> d.Table:
    c.numbers.tables += 1
    no = f"{c.numbers.chapter}.{c.numbers.tables}"
    return d.Table(
        id=block.id or f"table-{no.replace('.', '-')}",
        title=c.title(block.title, figures, block.population),
        head=(head,),
        rows=tuple(rows),
        subtitle=c.w.plain(block.subtitle, block.population) if block.subtitle else "",
        number=c.say("table_n", n=no),
    )


# --- cells ----------------------------------------------------------------------------------------------------------


def _align(name: str) -> Any:
    return "end" if name in ("col_value", "col_nofN") else "start"


def _year_cell(c: Composer, figure: Figure) -> d.Cell:
    return d.Cell(_year_text(c, figure))


def _year_text(c: Composer, figure: Figure) -> str:
    return str(_year(figure)) if _year(figure) else c.say("undated")


def _ratio(c: Composer, figure: Figure, said: Mapping[str, Any]) -> d.Cell:
    """n of N as the source prints it; for a percentage without it, that it is not published; nothing for a count."""
    if figure.unit != "percent":
        return d.Cell("", align="end")
    n, of = (said.get("numerator"), said.get("denominator")) if "value" in said else (None, None)
    if n is not None and of is not None:
        return d.Cell(c.say("n_of_N", n=number(Decimal(n), c.lang), N=number(Decimal(of), c.lang)), align="end")
    return d.Cell(c.say("not_published"), align="end") if "value" in said else c.ratio_cell(figure)


def _label(c: Composer, figure: Figure) -> str:
    """What a figure is about; with its population where that is another than the edition's."""
    label = pick(figure.label, c.lang)
    known = {p.code: p for p in c.pack.header.populations}
    if figure.population == c.index.population or figure.population not in known:
        return label
    return c.say("compiled_label", label=label, population=pick(known[figure.population].many, c.lang))


def _qualified(c: Composer, qualifier: str, value: str) -> str:
    if not qualifier:
        return value
    return c.say("compiled_qualified", qualifier=_word(c, "qualifier", qualifier), value=value)


def published_sentence(c: Composer, figure: Figure) -> str:
    """The sentence after the value of a figure that somebody else published: of whom, when, by whom, n of N."""
    indicator = c.pack.indicators[figure.id]
    said = pick(indicator.statement, c.lang) or pick(figure.label, c.lang)
    known = {p.code: p for p in c.pack.header.populations}
    if indicator.family == "share_of_bodies" and figure.population in known:
        said = c.say("compiled_of", population=pick(known[figure.population].many, c.lang), statement=said)
    source = c.pack.sources.get(figure.source)
    qualifier = str(figure.extra.get("qualifier") or "")
    facts = [
        _year_text(c, figure),
        c.say("compiled_said", qualifier=_word(c, "qualifier", qualifier).rstrip(" ,:\u00a0")) if qualifier else "",
        source.title if source else figure.source,
        n_of_N(figure, c.pack, c.lang) if figure.unit == "percent" else "",
    ]
    return c.say("compiled_statement", statement=said, facts=c.say("semicolon").join(text for text in facts if text))


def _other_value(c: Composer, figure: Figure, other: Mapping[str, Any]) -> str:
    text = str(other["value"])
    decimals = len(text.partition(".")[2])
    shown = number(Decimal(text), c.lang, decimals)
    unit = unit_text(figure, c.pack, c.lang)
    return f"{shown}\u00a0{unit}" if unit else shown


def _word(c: Composer, kind: str, word: str) -> str:
    """A qualifier or a confidence in the reader's language; as the pack has it where there is no phrase for it."""
    try:
        return c.say(f"{kind}_{word.replace(' ', '_')}")
    except KeyError:
        return word
