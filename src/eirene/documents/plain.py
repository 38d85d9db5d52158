"""What all skins share: text that no reader's program can misread, addresses that only lead, walks over a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eirene.documents import model as d

# Control characters are no text in XML; bidirectional overrides could make a sentence read as another one.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
_ADDRESS = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x1f]+\Z", re.IGNORECASE)


def clean(text: str) -> str:
    """The text without control characters, overrides of direction and halves of characters."""
    return _UNSAFE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def address(href: str) -> str:
    """The address if it leads to a place in the document, a web page or a mailbox; else ''."""
    return href if _ADDRESS.match(href) else ""


def runs_text(runs: Iterable[d.Run]) -> str:
    return "".join(clean(run.text) for run in runs)


def walk(sections: Iterable[d.Section], level: int = 1) -> Iterator[tuple[int, d.Section]]:
    """(level, section) in reading order."""
    for section in sections:
        yield level, section
        yield from walk(section.sections, level + 1)


def tables(document: d.Document) -> Iterator[tuple[d.Section, d.Table]]:
    """Every table with the section it stands in; that of a chart under the chart's own number and title."""
    for _, section in walk(document.sections):
        for block in section.blocks:
            if isinstance(block, d.Table):
                yield section, block
            elif isinstance(block, d.Chart):
                t = block.table
                number, source = t.number or block.number, t.source or block.source
                subtitle = t.subtitle or block.subtitle
                yield section, d.Table(t.id, t.title or block.title, t.head, t.rows, subtitle, source, number, t.notes)


def sentence(text: str) -> str:
    """The text, ended as a sentence is."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…:;" else f"{text}."


def caption(number: str, subtitle: str) -> str:
    """ "Figure 5.1. Share of members …": what stands under a title."""
    return " ".join(part for part in (sentence(clean(number)), sentence(clean(subtitle))) if part)


def titled(table: d.Table, heading: str) -> bool:
    """Has the table a title to show? Not where, unnumbered, it would only repeat the heading above it."""
    return bool(table.title) and (bool(table.number) or table.title != heading)


def cell_kind(group: str) -> str:
    """How a cell of the strip is drawn: every reason of absence alike; confidential is none."""
    return group if group in ("yes", "no", "not_applicable", "confidential") else "missing"


def value_size(value: str, unit: str) -> str:
    """ "" for a value that may be set large, "m" for a long number, "s" for words: each has to keep to its column."""
    length = len(value) + (1 + len(unit) * 0.6 if unit else 0)
    return "" if length <= 4.5 else "m" if length <= 7 else "s"


#: Characters that fit across a page in the size of wide tables.
ACROSS = 112


def column_shares(t: d.Table, columns: int) -> list[float]:
    """How much of the width each column of a table gets, in characters: its longest word always, and of what remains
    as much as its texts would like; numbers in short columns count as they are."""
    least, liked = [], []
    for i in range(columns):
        cells = [row[i].text for row in t.rows if i < len(row)]
        head = [row[i].text for row in t.head if i < len(row)]
        longest = max((len(text) for text in cells), default=0)
        word = max((len(word) for text in head for word in text.split()), default=0)
        title = max((len(text) for text in head), default=0)
        # A head may take three lines; the cells below should not have to.
        liked.append(float(min(max(longest, word * 1.2, title / 2.4, 6), 46)))
        words = [len(word) for text in cells for word in text.replace("\u00a0", " ").split()]
        bold = 1.35 if i == 0 else 1.2
        least.append(min(max(liked[-1], 10.0), bold * max([*words, word], default=0) + 1, 26.0))
    free = ACROSS - sum(least)
    more = [max(0.0, want - need) for want, need in zip(liked, least, strict=True)]
    if free <= 0 or sum(more) <= free:
        return liked
    return [need + free * want / sum(more) for need, want in zip(least, more, strict=True)]


def column_widths(t: d.Table, columns: int, total: int) -> list[int]:
    """The same as whole units that sum up to `total`."""
    shares = [share + 3 for share in column_shares(t, columns)]  # with the space between columns
    widths = [int(total * share / sum(shares)) for share in shares]
    widths[0] += total - sum(widths)
    return widths


_HUES = ("inclusiveness", "integration", "integrity", "participation", "prevention", "protection", "relief")


def hue(kind: str, code: str) -> str:
    """The hue that a principle or pillar keeps through pages, charts and paper; '' for other elements."""
    return next((h for h in _HUES if h in code.casefold()), "") if kind in ("principle", "pillar") else ""


def short(text: str, limit: int) -> str:
    """The text in one line of at most `limit` characters, for running heads."""
    text = " ".join(clean(text).split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
