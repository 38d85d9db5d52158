"""Small counts in an answer that stands under its body's name (practice 21).

The disclosure class of a question sets the smallest count that may be shown; what is smaller, and not zero, is left
out, and beside it whatever would give it away: in each line of the matrix whose sum is known, one more. These are the
plain cases of one answer; cells across bodies are looked at where their sums are (`naming`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from eirene.disclosure.classes import protection_of
from eirene.framework.model import Pack, Question
from eirene.questionnaires.model import TOTAL, Answer, Cell, CellKey


def threshold_of(pack: Pack, question: Question, answer: Answer | None = None) -> int:
    """The smallest count of the question's class (or the answer's, if stricter) that may be shown; 0: any, and so for
    what is not counted."""
    if question.type != "matrix" or question.unit == "percent" or not question.integer:
        return 0
    return protection_of(pack, question, answer).threshold


def small_cells(answer: Answer, threshold: int) -> frozenset[CellKey]:
    """Cells that may not be shown, with those that would give them away."""
    small = {k for k, c in answer.cells.items() if c.value is not None and 0 < c.value < threshold}
    return closed(answer, small)


def closed(answer: Answer, hidden: Iterable[CellKey]) -> frozenset[CellKey]:
    """`hidden`, and in every line where one alone is hidden beside its sum the next smallest as well."""
    found = set(hidden)
    changed = bool(found)
    while changed:
        changed = False
        for line in _lines(answer.cells, found):
            within = [key for key in line if key in found]
            others = [key for key in line if key not in found]
            if len(within) == 1 and others:
                found.add(min(others, key=lambda key: (not _positive(answer.cells[key]), answer.cells[key].value, key)))
                changed = True
    return frozenset(found)


def _positive(cell: Cell) -> bool:
    """A zero hides nothing: it is the first that one would guess."""
    return cell.value is not None and cell.value > 0


def _lines(cells: Mapping[CellKey, Cell], hidden: set[CellKey]) -> Iterator[list[CellKey]]:
    """Lines through hidden cells: cells that differ along one dimension, with their sum; the parts before the sum. The
    sum itself is the last resort, for it is what most readers look for."""
    for key in sorted(hidden):
        for place in range(len(key)):
            line = [k for k in cells if k[:place] == key[:place] and k[place + 1 :] == key[place + 1 :]]
            given = [k for k in line if cells[k].value is not None]
            parts = [k for k in given if k[place] != TOTAL]
            total = [k for k in given if k[place] == TOTAL]
            if total and len(parts) > 1:
                yield parts if total[0] not in hidden else [*parts, *total]
