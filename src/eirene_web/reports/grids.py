"""A matrix as a table of boxes: the last dimension across, a third one as groups, a single one down.

Made here and not in a template: a section has hundreds of cells. Everything from people or packs is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from eirene.framework import AskedQuestion, Pack, dimension_name
from eirene.questionnaires.model import TOTAL, Answer, Cell, CellKey
from eirene.questionnaires.parts import answer_of_parts, cell_part
from eirene.questionnaires.values import NOT_APPLICABLE, Cells, Shape, cells_of, shape
from eirene.text import number
from eirene_web.reports.forms import shown

#: More columns than this are not shown a second time for the year before.
MOST_BEFORE = 4
#: Marks in headers: a shape beside the word, never colour alone.
_DOTS = {"women": "w-dot", "men": "m-dot"}
_Q = '"'


@dataclass
class Grid:
    """What a table needs. `flags`: part → (bad or warn, id of the finding that says why)."""

    pack: Pack
    asked: AskedQuestion
    parts: Mapping[str, Any]
    lang: str
    year: str
    previous: Answer | None = None
    previous_year: str = ""
    flags: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: part → what stands in the box instead of what is kept
    typed: Mapping[str, Any] = field(default_factory=dict)
    locked: bool = False

    @cached_property
    def shape(self) -> Shape:
        return shape(self.pack, self.asked.question)

    @cached_property
    def now(self) -> Cells:
        held = {part: value for part, value in self.parts.items() if part.startswith("cells.") and value is not None}
        answer = answer_of_parts(self.pack, self.asked.question, held)
        return Cells(self.shape, answer.cells)

    @cached_property
    def then(self) -> Cells | None:
        """Last year's cells, by this year's dimensions; None if there are none, or they had others."""
        if self.previous is None or self.previous.status != "answered" or not self.previous.cells:
            return None
        if any(len(key) != len(self.shape.names) for key in self.previous.cells):
            return None
        return cells_of(self.pack, self.asked.question, self.previous)

    def codes(self, place: int) -> tuple[str, ...]:
        """Codes of a dimension as they stand in the table, the total last."""
        total = (TOTAL,) if self.asked.question.dimensions[self.shape.names[place]].total else ()
        return (*self.shape.asked[place], *total)

    def label(self, place: int, code: str) -> str:
        return _("Total") if code == TOTAL else self.shape.trees[place].label(code, self.lang)

    # --- layout ---------------------------------------------------------------------------------------------------

    @property
    def across(self) -> tuple[str, ...]:
        """Codes across; of a single dimension, which lies down, none."""
        return self.codes(len(self.shape.names) - 1) if len(self.shape.names) > 1 else ()

    @property
    def share(self) -> tuple[str, str] | None:
        """The two codes of which the first one's share is computed."""
        fits = self.shape.additive and {"women", "men"} <= set(self.shape.asked[-1]) and len(self.shape.names) > 1
        return ("women", "men") if fits else None

    @property
    def before_columns(self) -> tuple[str, ...]:
        if self.then is None:
            return ()
        if not self.across:
            return ("",)
        shown_codes = [code for code in self.across if code != TOTAL] if self.share else list(self.across)
        return tuple(shown_codes) if len(shown_codes) <= MOST_BEFORE else ()

    def lines(self) -> Iterator[tuple[CellKey, list[CellKey]]]:
        """Groups, each with the beginnings of the keys of its lines."""
        n = len(self.shape.names)
        if n == 1 or n == 2:
            yield (), [(code,) for code in self.codes(0)]
        else:
            for group in self.codes(0):
                yield (group,), [(group, code) for code in self.codes(1)]


def render(grid: Grid) -> SafeString:
    """The table, in the wrap in which it scrolls."""
    q = escape(grid.asked.id)
    out = [
        f'<div class="gridwrap" data-grid="{q}" tabindex="{0 if grid.locked else -1}"',
        f' data-shape="{_shape_json(grid)}">',
        f'<table class="grid{" grid--down" if not grid.across else ""}"><caption class="vh">',
        escape(f"{grid.asked.number} {grid.asked.question.text.get(grid.lang, '')}"),
        "</caption>",
        _head(grid),
    ]
    for group, lines in grid.lines():
        out.append("<tbody>")
        if group:
            label = _("All together") if group[0] == TOTAL else grid.label(0, group[0])
            out.append(
                f'<tr class="gh"><th scope="rowgroup" colspan="{_width(grid)}"><span>{escape(label)}</span></th></tr>'
            )
        out.extend(_line(grid, line) for line in lines)
        out.append("</tbody>")
    if not grid.across and {"women", "men"} <= set(grid.shape.asked[0]) and grid.shape.additive:
        out.append(_share_line(grid))
    out.append("</table></div>")
    return mark_safe("".join(out))  # noqa: S308  every text in it went through escape


def _width(grid: Grid) -> int:
    now = len(grid.across) + (1 if grid.share else 0) if grid.across else 1
    before = len(grid.before_columns) + (1 if grid.share and grid.before_columns else 0)
    return 1 + now + before


def _shape_json(grid: Grid) -> str:
    form = grid.shape
    told = {
        "parts": [{code: list(parts) for code, parts in one.items()} for one in form.parts],
        "whole": list(form.whole),
        "additive": form.additive,
        "share": list(grid.share) if grid.share else (["women", "men"] if not grid.across else None),
        "percent": grid.asked.question.unit == "percent",
    }
    return escape(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _head(grid: Grid) -> str:
    form, last = grid.shape, len(grid.shape.names) - 1
    rows = grid.shape.names[0] if len(form.names) < 3 else form.names[1]
    name = dimension_name(grid.pack, grid.asked.question, rows, grid.lang)
    two = _attribute("rowspan", "2" if grid.across else "")
    corner = f'<th scope="col"{two}>{escape(name[:1].upper() + name[1:])}</th>'
    before = grid.before_columns
    if not grid.across:
        then = f'<th scope="col">{escape(_accepted(grid))}</th>' if before else ""
        return f'<thead><tr>{corner}<th scope="col">{escape(grid.year)}</th>{then}</tr></thead>'
    share = 1 if grid.share else 0
    top = [corner, f'<th class="grp" colspan="{len(grid.across) + share}" scope="colgroup">{escape(grid.year)}</th>']
    if before:
        top.append(f'<th class="grp" colspan="{len(before) + share}" scope="colgroup">{escape(_accepted(grid))}</th>')
    low = [_column(grid, last, code) for code in grid.across]
    percent = f'<th scope="col">{escape(_percent())}</th>' if share else ""
    low += [percent, *(_column(grid, last, code, dot=False) for code in before), percent if before else ""]
    return f"<thead><tr>{''.join(top)}</tr><tr>{''.join(low)}</tr></thead>"


def _percent() -> str:
    return _("Women, %")


def _accepted(grid: Grid) -> str:
    return _("%(year)s, as accepted") % {"year": grid.previous_year}


def _column(grid: Grid, place: int, code: str, *, dot: bool = True) -> str:
    mark = f'<i class="{_DOTS[code]}"></i>' if dot and code in _DOTS else ""
    label = escape(grid.label(place, code))
    return f'<th scope="col">{f"<span class={_Q}nb{_Q}>{mark}{label}</span>" if mark else label}</th>'


def _line(grid: Grid, line: CellKey) -> str:
    """One line. `line` is the key without the last dimension, or the whole key where nothing lies across."""
    place = len(line) - 1
    code = line[-1]
    depth = _depth(grid, place, code)
    kind = "tot" if code == TOTAL else "band" if grid.shape.parts[place].get(code) else f"in{depth}" if depth else ""
    cells = [f'<th scope="row">{escape(grid.label(place, code))}</th>']
    keys = [(*line, across) for across in grid.across] if grid.across else [line]
    cells += [_cell(grid, key) for key in keys]
    if grid.share:
        cells.append(f'<td class="calc" data-share="{escape("|".join(line))}">{_share(grid, grid.now, line)}</td>')
    then = grid.then
    if then is not None and grid.before_columns:
        olds = [(*line, across) for across in grid.before_columns] if grid.across else [line]
        cells += [f'<td class="prev">{_before(grid, then, key)}</td>' for key in olds]
        if grid.share:
            cells.append(f'<td class="prev">{_share(grid, then, line)}</td>')
    return f"<tr{_attribute('class', kind)}>{''.join(cells)}</tr>"


def _depth(grid: Grid, place: int, code: str) -> int:
    if code == TOTAL:
        return 0
    asked, tree = set(grid.shape.asked[place]), grid.shape.trees[place]
    found, at = 0, tree.parent(code)
    while at is not None:
        found += at in asked
        at = tree.parent(at)
    return min(found, 2)


def cell_id(question: str, key: Iterable[str]) -> str:
    """Id of a cell in the page, for links to it."""
    return f"c-{question}-{'.'.join(key)}"


def _cell(grid: Grid, key: CellKey) -> str:
    part = cell_part(key)
    question = grid.asked.question
    value = grid.parts.get(part)
    text = grid.typed.get(part, None)
    if text is None:
        text = shown(grid.pack, question, part, value, grid.lang)
    kind, why = grid.flags.get(part, ("", ""))
    is_total = TOTAL in key
    classes = " ".join(filter(None, [kind, "tot" if is_total else "", "same" if _is_same(grid, key) else ""]))
    label = ", ".join(grid.label(place, code) for place, code in enumerate(key))
    attributes = [
        f'name="a:{escape(question.id)}:{escape(part)}" data-part="{escape(part)}" value="{escape(str(text))}"',
        f'aria-label="{escape(label)}" inputmode="decimal" autocomplete="off" maxlength="60"',
    ]
    found = (
        f"<input {' '.join(attributes)}{_attribute('placeholder', _hint(grid, key) if value is None else '')}"
        f"{_attribute('aria-invalid', 'true' if kind == 'bad' else '')}{_attribute('aria-describedby', why)}"
        f"{' readonly' if grid.locked else ''}>"
    )
    return f'<td id="{escape(cell_id(question.id, key))}"{_attribute("class", classes)}>{found}</td>'


def _attribute(name: str, value: str) -> str:
    """An attribute with the space before it; nothing if it has no value."""
    return f' {name}="{escape(value)}"' if value else ""


def _hint(grid: Grid, key: CellKey) -> str:
    """What the parts of an empty cell add up to; nothing where it has none or they are not all known."""
    known = grid.now.value(key)
    return "" if known is None else number(known, grid.lang)


def _is_same(grid: Grid, key: CellKey) -> bool:
    """The number is last year's number, and not zero."""
    cell = grid.now.given(key)
    then = grid.then.given(key) if grid.then is not None else None
    return bool(cell and then and cell.value and cell.value == then.value)


def _before(grid: Grid, cells: Cells, key: CellKey) -> str:
    given = cells.given(key)
    if isinstance(given, Cell) and given.status != "answered":
        return escape(str(shown(grid.pack, grid.asked.question, cell_part(key), {"status": given.status}, grid.lang)))
    known = cells.known(key)
    if known is None or known is NOT_APPLICABLE:
        return "–"
    return escape(number(known, grid.lang))  # type: ignore[arg-type]


def _share(grid: Grid, cells: Cells, line: Sequence[str]) -> str:
    women, men = cells.counted((*line, "women")), cells.counted((*line, "men"))
    total = cells.counted((*line, TOTAL)) if grid.shape.whole[-1] else None
    if total is None and women is not None and men is not None:
        total = women + men
    if women is None or not total or not (cells.value((*line, "women")) is not None):
        return "–"
    return escape(number(Decimal(100) * Decimal(women) / Decimal(total), grid.lang, 1))


def _share_line(grid: Grid) -> str:
    """Of a single dimension women and men: the share below them."""
    then = f'<td class="prev">{_share(grid, grid.then, ())}</td>' if grid.then is not None else ""
    now = _share(grid, grid.now, ())
    return (
        f'<tbody><tr class="calcrow"><th scope="row">{escape(_percent())}</th>'
        f'<td class="calc" data-share="">{now}</td>{then}</tr></tbody>'
    )
