"""A document as data: one model, many skins (HTML, Typst for PDF, Word, Excel).

The model is in one language and for one audience; what a reader may not know is not in it. Skins draw, they decide
nothing: numbers arrive here formatted, with the figure they come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

# --- inline ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of running text. `figure`: key of the figure it shows; `note`: number of a footnote; `href`: a link
    (`#id` inside the document); `lang` where it differs from the document's."""

    text: str
    strong: bool = False
    emphasis: bool = False
    figure: str = ""
    note: int | None = None
    href: str = ""
    lang: str = ""


Runs = tuple[Run, ...]

# --- blocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, slots=True)
class RollCall:
    """One cell per body, ordered by answer, without names: [("yes", 11), ("no", 16), ("no_report", 1)].

    `alt` says the same in words. Filled: yes; empty: no; hatched: missing; dotted: not applicable.
    """

    groups: tuple[tuple[str, int], ...]
    alt: str
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence bound to its figure: large value, sentence, n of N, strip, what it was before."""

    figure: str
    value: str
    unit: str
    sentence: Runs
    n_of_N: str
    roll_call: RollCall | None = None
    previous: str = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    figure: str = ""
    align: Literal["start", "end"] = "start"
    #: Suppressed, not available …: shown hatched, never blank.
    muted: bool = False
    header: bool = False
    #: The exact number for spreadsheets, where the text is a number.
    number: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`head`: header rows; the first cell of each body row is its header. `number`: "Table 5.2"."""

    id: str
    title: str
    head: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    subtitle: str = ""
    source: str = ""
    number: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification with all data inline, its finding as title, and its table.

    spec   the drawing for wide pages (≈ 680 px); `narrow` the one for phones (≈ 330 px); without title: skins set it
    alt    what a reader who does not see it must know
    """

    id: str
    title: str
    subtitle: str
    spec: Mapping[str, Any]
    narrow: Mapping[str, Any]
    alt: str
    table: Table
    source: str = ""
    number: str = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A remark set apart: who is left out, a break, a reservation."""

    runs: Runs
    kind: Literal["note", "reservation", "warning"] = "note"
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Term and explanation: glossary, facts of a body, definitions."""

    items: tuple[tuple[str, Runs], ...]


@dataclass(frozen=True, slots=True)
class Footnotes:
    """Numbered through the document; `items` of one section."""

    items: tuple[tuple[int, Runs], ...]


Block = Paragraph | Statement | Table | Chart | Note | Bullets | Terms | Footnotes


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter (level 1) or a section of it. `tags`: codes of principles and pillars, with their labels."""

    id: str
    title: str
    number: str = ""
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    tags: tuple[tuple[str, str, str], ...] = ()
    #: "body" for the chapter of a nation: skins start it on a new page and may list it apart.
    kind: Literal["chapter", "body", "annex"] = "chapter"


@dataclass(frozen=True, slots=True)
class Document:
    """What is set on paper or screen.

    marking  the audience's marking, on every page;  notice  "fictional" or "unofficial compilation", on every page
    facts    label, value pairs of the cover: edition, who reported, release
    date     of the edition, ISO; the only date any skin writes
    words    the skins' own words in the language: contents, page, figure, table, source, notes, chart, …
    extra    author: of the file;  form: a questionnaire: many short sections, what introduces an answer stays with it
    """

    lang: str
    title: str
    subtitle: str
    kicker: str
    marking: str
    notice: str
    fictional: bool
    date: str
    facts: tuple[tuple[str, str], ...]
    sections: Sequence[Section]
    words: Mapping[str, str]
    running_head: str = ""
    identifier: str = ""
    cite: str = ""
    licence: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
