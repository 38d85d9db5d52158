"""Says beside every table and chart what its signs mean: `c`, a band, a rounded value (practice 21).

What is kept back never looks like something that is not there: never blank, never zero, never a dash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eirene.documents import model as d
from eirene.figures.display import protection_text
from eirene.figures.model import MARK
from eirene.summary.chapters import Composer


def with_legends(section: d.Section, c: Composer) -> d.Section:
    """The section with a note below each table and chart that shows less than the whole value."""
    return replace(
        section,
        blocks=tuple(_block(block, c) for block in section.blocks),
        sections=tuple(with_legends(inner, c) for inner in section.sections),
    )


def _block(block: d.Block, c: Composer) -> d.Block:
    if isinstance(block, d.Table):
        return _table(block, c)
    if not isinstance(block, d.Chart):
        return block
    table = _table(block.table, c)
    told = [note for note in table.notes if note not in block.table.notes]
    alt = " ".join([block.alt, *(f"({note}.)" for note in told)])
    return replace(block, table=table, alt=alt)


def _table(table: d.Table, c: Composer) -> d.Table:
    notes = dict.fromkeys([*table.notes, *_signs(table, c)])
    return replace(table, notes=tuple(notes))


def _signs(table: d.Table, c: Composer) -> Iterator[str]:
    """The legends of the signs in a table, each once, in the order in which they are met."""
    for row in table.rows:
        for cell in row:
            figure = c.index.by_key.get(cell.figure) if not cell.header else None
            if cell.muted and cell.text == MARK:
                yield c.say("confidential_legend")
            elif figure is not None and (text := protection_text(figure, c.pack, c.lang)):
                yield text
