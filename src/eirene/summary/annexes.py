"""Chapters that are made rather than written: what is missing, the method, the framework, all figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eirene.documents import model as d
from eirene.figures.model import MARK, Figure
from eirene.framework import members_on, population_bodies
from eirene.summary.chapters import Composer
from eirene.summary.compiled import not_public
from eirene.text import capital, date, number, pick

#: Reasons in the order in which they are told.
REASONS = ("no_report", "not_applicable", "no_data", "withheld", "not_answered", "unusable")


def annex(c: Composer, kind: str, facts: Mapping[str, int], reported: Mapping[str, frozenset[str]]) -> list[d.Block]:
    """The blocks of one generated chapter."""
    match kind:
        case "missing":
            return _missing(c, reported)
        case "method":
            return _method(c, facts)
        case "framework":
            return _framework(c)
        case "figures":
            return _figures(c)
        case "glossary":
            return _glossary(c)
    return []


def _undivided(c: Composer) -> list[Figure]:
    """The default figure of each indicator, in the pack's order."""
    found = [c.index.find(id) for id in c.pack.indicators]
    return [f for f in found if f is not None]


def _table(c: Composer, id: str, title: str, head: Sequence[d.Cell], rows: Sequence[tuple[d.Cell, ...]]) -> d.Table:
    c.numbers.tables += 1
    no = c.say("table_n", n=f"{c.numbers.chapter}.{c.numbers.tables}")
    return d.Table(id, title, (tuple(head),), tuple(rows), number=no)


def _missing(c: Composer, reported: Mapping[str, frozenset[str]]) -> list[d.Block]:
    blocks: list[d.Block] = [d.Paragraph((d.Run(c.say("missing_intro")),))]
    if c.cycle.kind == "collected":
        rows = []
        for code in c.cycle.asked:
            asked = members_on(c.pack, code, c.cycle.reference_date)
            came = [body for body in asked if body in reported.get(c.cycle.id, frozenset())]
            rows.append(
                (
                    d.Cell(capital(c.population(code)), header=True),
                    _count(c, len(asked)),
                    _count(c, len(came)),
                )
            )
        head = c.header("col_population", "col_asked", "col_reported")
        blocks.append(_table(c, "reported", c.say("missing_reported_title"), head, rows))
    elif (table := not_public(c)) is not None:
        blocks.append(table)
    lines: list[tuple[d.Cell, ...]] = []
    used: set[str] = set()
    figures = [f for f in _undivided(c) if f.basis == "computed"]
    for figure in figures:
        used |= {one.reason for one in figure.missing if one.n}
    reasons = [r for r in REASONS if r in used]
    for figure in figures:
        label = d.Cell(c.label(figure), figure.key, header=True)
        lines.append((label, *_in_and_missing(c, figure, reasons)))
    if lines:
        head = c.header("col_figure", "col_answered")
        head += [d.Cell(c.say(f"reason_{reason}"), align="end", header=True) for reason in reasons]
        blocks.append(_table(c, "missing-figures", c.say("missing_title"), head, lines))
    return blocks


def _in_and_missing(c: Composer, figure: Figure, reasons: Sequence[str]) -> list[d.Cell]:
    """How many bodies are in a figure, and how many are not for each reason; of one that is not told at all no zero."""
    if figure.untold:
        return [d.Cell(MARK, align="end", muted=True) for _ in ("answered", *reasons)]
    by_reason = {one.reason: one.n for one in figure.missing}
    return [_count(c, n) for n in (figure.n_answered, *(by_reason.get(reason, 0) for reason in reasons))]


def _count(c: Composer, n: int) -> d.Cell:
    return d.Cell(number(n, c.lang), align="end", number=str(n))


def _method(c: Composer, facts: Mapping[str, int]) -> list[d.Block]:
    say = c.say
    kinds = sorted({f.kind for f in c.index.by_key.values()})
    terms = [(capital(say(f"kind_{kind}")), (d.Run(say(f"explain_{kind}")),)) for kind in kinds if kind in EXPLAINED]
    populations = []
    for one in c.pack.header.populations:
        if c.cycle.kind != "collected":
            break
        bodies = population_bodies(c.pack, one.code, c.cycle.id, as_of=c.cycle.publication_date, reported={})
        text = say(
            "method_population",
            label=pick(one.label, c.lang),
            n=number(len(bodies), c.lang),
            date=date(c.cycle.reference_date, c.lang),
        )
        if one.basis == "as_at":
            populations.append((capital(pick(one.many, c.lang)), (d.Run(text),)))
        else:
            populations.append((capital(pick(one.label, c.lang)), (d.Run(say(f"basis_{one.basis}")),)))
    blocks: list[d.Block] = [d.Note((), heading=say("method_kinds")), d.Terms(tuple(terms))] if terms else []
    if populations:
        blocks += [d.Note((), heading=say("method_populations")), d.Terms(tuple(populations))]
    naming = say(
        "method_naming", shown=number(facts.get("shown", 0), c.lang), hidden=number(facts.get("hidden", 0), c.lang)
    )
    blocks += [
        d.Note((d.Run(naming),), heading=say("method_naming_heading")),
        d.Note((d.Run(say("method_rounding")),), heading=say("method_rounding_heading")),
        d.Note((d.Run(say("method_verify")),), heading=say("method_verify_heading")),
    ]
    return blocks


#: Kinds that the phrases explain (`explain_<kind>`).
EXPLAINED = frozenset(
    (
        "share_of_bodies", "pooled", "pooled_without_largest", "mean_of_bodies", "median_of_bodies", "lower_quartile",
        "upper_quartile", "minimum", "maximum", "count", "distribution", "matched_panel", "published", "compiled",
        "coverage",
    )
)  # fmt: skip


def _framework(c: Composer) -> list[d.Block]:
    blocks: list[d.Block] = [d.Paragraph((d.Run(c.say("framework_intro")),))]
    here = {f.id for f in c.index.by_key.values() if f.cycle == c.cycle.id}
    kinds = dict.fromkeys(e.kind for e in c.pack.elements.values())
    for kind in kinds:
        rows = []
        for element in c.pack.elements.values():
            if element.kind != kind:
                continue
            measured = [i for i in c.pack.indicators.values() if element.code in i.measures and i.id in here]
            labels = ", ".join(pick(i.label, c.lang) for i in measured)
            cell = d.Cell(labels) if labels else d.Cell(c.say("framework_gap"), muted=True)
            rows.append((d.Cell(pick(element.title, c.lang), header=True), cell))
        title = c.say(f"element_{kind}")
        head = [d.Cell(c.say("col_element"), header=True), d.Cell(c.say("col_measured_by"), header=True)]
        blocks.append(_table(c, f"framework-{kind.replace('_', '-')}", title, head, rows))
    return blocks


def _figures(c: Composer) -> list[d.Block]:
    blocks: list[d.Block] = [d.Paragraph((d.Run(c.say("figures_intro")),))]
    for population in c.pack.header.populations:
        rows = []
        for figure in c.index.by_key.values():
            if figure.cycle != c.cycle.id or figure.population != population.code or figure.dimensions:
                continue
            rows.append(
                (
                    d.Cell(pick(figure.label, c.lang), figure.key, header=True),
                    d.Cell(c.say(f"kind_{figure.kind}")),
                    c.value_cell(figure),
                    c.ratio_cell(figure),
                )
            )
        if not rows:
            continue
        head = [d.Cell(c.say(name), header=True) for name in ("col_figure", "col_kind")]
        head += [d.Cell(c.say(name), header=True, align="end") for name in ("col_value", "col_nofN")]
        title = capital(pick(population.label, c.lang))
        blocks.append(_table(c, f"figures-{population.code.replace('_', '-')}", title, head, rows))
    return blocks


def _glossary(c: Composer) -> list[d.Block]:
    entries = sorted(c.edition.glossary, key=lambda e: pick(e.term, c.lang).casefold())
    items = tuple((pick(e.term, c.lang), c.w.runs(e.text)) for e in entries)
    return [d.Terms(items)] if items else []
