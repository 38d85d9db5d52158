"""How a questionnaire lies in a workbook: identity, row codes, column codes. Writer and reader share nothing else.

Every sheet of answers has a column of codes and one row `@columns` that names its other columns, so that rows may be
inserted, sheets moved and columns shifted without a value landing in another box:

    @columns                  1 2 3 … check, was 1 …, status, releasability, naming, disclosure
    EST/2016/personnel        heading of a question: answer of a simple one, its status, releasability, naming
    personnel|columns         the codes across a matrix, or the columns of repeating rows
    personnel|service=army    a line of a matrix; `cells` where all dimensions lie across
    measures|choice childcare a box of a multiple choice
    remarks|text@en           a text, by language; also reason@, comment@, justification@
    courses|row 1             a repeating row; law|particulars and law|particular 1 likewise
    personnel|definition cadets, personnel|field basis      the definition grid
    personnel|labels, personnel|check …                     words and sums for people; never read
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eirene.framework import Pack, audience_rank, codes, dimension_codes, tighter_classes
from eirene.framework.model import Code, Column, Question
from eirene.questionnaires.model import TOTAL, CellKey
from eirene.text import Phrases, pick

FORMAT = "eirene.workbook/1"
COLUMNS = "@columns"
LISTS = "@lists"
SIMPLE = ("yes_no", "single_choice", "number", "percentage", "date")
#: Texts that any answer may carry, by language.
NOTES = ("reason", "comment", "justification")
STATUSES = ("answered", "no_data", "not_applicable", "withheld")
#: The longest text a cell of a workbook holds.
MAX_TEXT = 32_767
#: More codes than this are not laid across.
MAX_ACROSS = 6
SPARE_ROWS = 6
SPARE_PARTICULARS = 3

HEADING = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_+-]*)/([A-Za-z0-9][A-Za-z0-9-]*)/([a-z][a-z0-9_]*)$")
ITEM = re.compile(r"^([a-z][a-z0-9_]*)\|(.+)$", re.DOTALL)
_IDENTITY = re.compile(rf"^\s*{re.escape(FORMAT)}\s*;(.*)$", re.DOTALL)
_IDENTITY_KEYS = ("pack", "cycle", "questionnaire", "body", "lang", "sections")


# --- identity -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose workbook it is. Written out on every sheet, with a checksum against slips of the hand."""

    pack: str
    pack_version: str
    cycle: str
    questionnaire: str
    version: str
    body: str
    lang: str
    #: Sections it holds; empty: all.
    sections: tuple[str, ...] = ()
    #: Token of the export that it is, where somebody keeps a record of what was handed out; else empty.
    reference: str = ""

    def line(self) -> str:
        words = self._words()
        return f"{words}; check={_checksum(words)}"

    def _words(self) -> str:
        return (
            f"{FORMAT}; pack={self.pack}@{self.pack_version}; cycle={self.cycle}; "
            f"questionnaire={self.questionnaire}@{self.version}; body={self.body}; lang={self.lang}; "
            f"sections={','.join(self.sections) or 'all'}" + (f"; ref={self.reference}" if self.reference else "")
        )


def _checksum(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def read_identity(text: str) -> Identity | str | None:
    """An identity line; the text itself if it is one that was edited; None if it is none at all."""
    found = _IDENTITY.match(text)
    if found is None:
        return None
    parts = dict(part.strip().split("=", 1) for part in found[1].split(";") if "=" in part)
    if any(key not in parts for key in (*_IDENTITY_KEYS, "check")):
        return text
    pack, _, pack_version = parts["pack"].partition("@")
    questionnaire, _, version = parts["questionnaire"].partition("@")
    sections = () if parts["sections"] == "all" else tuple(parts["sections"].split(","))
    identity = Identity(
        pack,
        pack_version,
        parts["cycle"],
        questionnaire,
        version,
        parts["body"],
        parts["lang"],
        sections,
        parts.get("ref", ""),
    )
    return identity if _checksum(identity._words()) == parts["check"] else text


# --- a matrix -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix on paper: some dimensions down, at most one across. Keys are codes in the question's order."""

    dimensions: tuple[str, ...]
    down: tuple[tuple[str, ...], ...]
    across: tuple[str, ...]

    @property
    def across_dimension(self) -> str | None:
        return self.dimensions[-1] if self.across else None

    def key(self, line: tuple[str, ...], column: str | None) -> CellKey:
        return (*line, column) if column is not None else line

    def item(self, line: tuple[str, ...]) -> str:
        names = self.dimensions[:-1] if self.across else self.dimensions
        return ";".join(f"{name}={code}" for name, code in zip(names, line, strict=True)) or "cells"

    def columns(self) -> tuple[str | None, ...]:
        return self.across or (None,)


def asked_codes(pack: Pack, question: Question, dimension: str) -> tuple[str, ...]:
    """Codes of a dimension as asked, the total last where one is asked."""
    total = (TOTAL,) if question.dimensions[dimension].total else ()
    return (*dimension_codes(pack, question, dimension), *total)


def matrix(pack: Pack, question: Question) -> Matrix:
    names = tuple(question.dimensions)
    by_dimension = [asked_codes(pack, question, name) for name in names]
    across = by_dimension[-1] if len(by_dimension[-1]) <= MAX_ACROSS else ()
    down = by_dimension[:-1] if across else by_dimension
    return Matrix(names, tuple(itertools.product(*down)), across)


def parts(pack: Pack, question: Question, dimension: str) -> dict[str, tuple[str, ...]]:
    """What a total is the sum of: each root code with its children (none: it has no finer break-down)."""
    tree = codes(pack, question.dimensions[dimension].list)
    asked = dimension_codes(pack, question, dimension)
    return {
        code: tuple(child for child in tree.children(code) if child in asked)
        for code in asked
        if tree.parent(code) not in asked
    }


# --- words for codes ------------------------------------------------------------------------------------------------


class Options:
    """A drop-down: one word for each code in the workbook's language, and back again from any language or the code."""

    def __init__(self, labels: Mapping[str, Mapping[str, str]], lang: str) -> None:
        self.lang = lang
        own = {code: pick(text, lang).strip() or code for code, text in labels.items()}
        folded = [word.casefold() for word in own.values()]
        self.words = {
            code: word if folded.count(word.casefold()) == 1 else f"{word} [{code}]" for code, word in own.items()
        }
        self._own = {word.casefold(): code for code, word in self.words.items()}
        self._codes = {code.casefold(): code for code in labels}
        self._any: dict[str, set[str]] = {}
        for code, text in labels.items():
            for word in text.values():
                self._any.setdefault(word.strip().casefold(), set()).add(code)

    def code(self, word: str) -> str | None:
        """The code that a word stands for; None if it is unknown or could be several."""
        wanted = word.strip().casefold()
        for known in (self._own, self._codes):
            if wanted in known:
                return known[wanted]
        several = self._any.get(wanted, set())
        return next(iter(several)) if len(several) == 1 else None


def list_options(pack: Pack, list_id: str, lang: str) -> Options:
    tree = codes(pack, list_id)
    return Options({code: tree.labels(code) for code in tree.codes}, lang)


def own_options(pack: Pack, given: list[Code], lang: str) -> Options:
    """Options of a definition grid."""
    return Options({code.code: code.label for code in given}, lang)


def _phrased(pack: Pack, lang: str, words: Mapping[str, str]) -> Options:
    """Words of ours, in every language we or the pack speak."""
    languages = dict.fromkeys([lang, "en", "fr", *pack.header.languages])
    say = {one: Phrases(one, pack.phrases) for one in languages}
    return Options({code: {one: say[one](phrase) for one in languages} for code, phrase in words.items()}, lang)


def yes_no_options(pack: Pack, lang: str) -> Options:
    return _phrased(pack, lang, {"yes": "wb_yes", "no": "wb_no"})


def status_options(pack: Pack, lang: str) -> Options:
    return _phrased(pack, lang, {status: f"wb_status_{status}" for status in STATUSES})


def mark_options(pack: Pack, lang: str) -> Options:
    """Short marks for a box without a value: nd, na, wh."""
    return _phrased(pack, lang, {status: f"wb_mark_{status}" for status in STATUSES[1:]})


def audience_options(pack: Pack, lang: str) -> Options:
    ordered = sorted(pack.header.audiences, key=lambda audience: audience_rank(pack, audience.code))
    return Options({audience.code: audience.label for audience in ordered}, lang)


def class_options(pack: Pack, lang: str, question: Question | None = None) -> Options:
    """Disclosure classes; of a question those alone that are tighter than its own."""
    classes = pack.header.disclosure_classes if question is None else tighter_classes(pack, question)
    return Options({one.code: one.label for one in classes}, lang)


def choice_options(pack: Pack, question: Question, lang: str) -> Options:
    """Choices of a yes/no, single or multiple choice."""
    if question.type == "yes_no":
        return yes_no_options(pack, lang)
    assert question.choices is not None
    return list_options(pack, question.choices, lang)


def column_options(pack: Pack, column: Column, lang: str) -> Options | None:
    if column.type == "yes_no":
        return yes_no_options(pack, lang)
    return list_options(pack, column.list, lang) if column.type == "choice" and column.list else None


# --- what is asked --------------------------------------------------------------------------------------------------


def expected_items(pack: Pack, question: Question, lang: str) -> Iterator[str]:
    """Codes of a question's lines that every workbook of it has; without any of them something was removed."""
    if question.type == "matrix":
        grid = matrix(pack, question)
        yield "columns"
        yield from (grid.item(line) for line in grid.down)
    elif question.type == "multiple_choice":
        assert question.choices is not None
        yield from (f"choice {code}" for code in codes(pack, question.choices).codes)
    elif question.type == "text":
        yield from (f"text@{one}" for one in text_languages(pack, lang))
    elif question.type == "rows":
        yield "columns"
    if question.particulars:
        yield "particulars"
    if question.definition:
        grid_of = pack.definitions[question.definition]
        yield from (f"definition {category.code}" for category in grid_of.categories)
        yield from (f"field {name}" for name in grid_of.fields)
    yield from (f"{note}@{lang}" for note in NOTES)


def text_languages(pack: Pack, lang: str) -> tuple[str, ...]:
    """Languages of a text answer: the workbook's first, then the pack's others."""
    return tuple(dict.fromkeys([lang, *pack.header.languages]))


def width_of(pack: Pack, question: Question) -> int:
    """Answer columns that a question needs."""
    if question.type == "matrix":
        needed = len(matrix(pack, question).columns())
    else:
        needed = len(question.columns) if question.type == "rows" else 1
    return max(needed, len(question.particulars))
