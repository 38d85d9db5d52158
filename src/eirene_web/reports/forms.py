"""What people type into a section's page, as parts of answers; and the parts as they stand in its boxes.

A box is named `a:<question>:<part>`; beside the boxes of each question stands `seen:<question>`: of every part that has
a box the version and the text that was shown. What was typed is compared with what was shown, so that only what
somebody changed becomes an edit. `seen` comes back from the browser: its versions say what an edit is based on, its
texts say what was not touched; nothing else is ever taken from it.

    a:<q>:choice        yes_no and single_choice: a code, `!no_data` … for a reason, empty for not answered yet
    a:<q>:status        other types: `!no_data` …, empty where the boxes hold the answer
    a:<q>:many          multiple_choice: codes, and `!none` for none of them
    a:<q>:<part>        everything else by its part
    a:<q>:rows.<n>.<column>, a:<q>:particulars.<n>.<column>    lines; `!order` and `!gone` instead of a column: where
                        the line is to stand, and that it goes
    read:<q>:<part>     one of two readings of what stands in the box
    a:<q>:new.<part>, a:<q>:new.<part>.lang                    a text in one more language
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from eirene.errors import Unreadable
from eirene.formats.typed import mark_of, read_typed
from eirene.framework import AskedQuestion, Pack
from eirene.framework.model import Column, Question
from eirene.questionnaires.parts import TEXTS, read_part
from eirene_web.reports.services.filling import Edit

#: Characters that one text may have.
MOST_TEXT = 20_000
#: Lines that repeating rows may have on a page; more come by workbook.
MOST_LINES = 500
#: Lines left empty at the end, to be filled in without a script.
SPARE_LINES = 2
REASONS = ("no_data", "not_applicable", "withheld")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LINE = re.compile(r"(\d{1,4})\.([a-z][a-z0-9_]{0,63})")


@dataclass(frozen=True, slots=True)
class Typo:
    """A box that could not be read: what stands in it, what is wrong, what to do.

    readings   (label, text to type instead), where it could be either
    """

    question: str
    part: str
    typed: Any
    what: str
    remedy: str = ""
    readings: tuple[str, ...] = ()


class NotRead(Exception):
    def __init__(self, what: str, remedy: str = "", readings: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what, self.remedy, self.readings = what, remedy, readings


# --- from boxes to parts --------------------------------------------------------------------------------------------


def read_box(pack: Pack, asked: AskedQuestion, part: str, typed: Any, lang: str) -> Any:
    """The canonical value of a part from what was typed, None if it was emptied. Raises NotRead.

    `typed`: text; a list of codes; a list of lines, column → text; true or false for a tick.
    """
    question = asked.question
    try:
        value = _value(pack, question, part, typed, lang)
        return read_part(pack, asked, part, value)
    except Unreadable as error:
        problem = error.problems[0]
        raise NotRead(problem.what, problem.remedy) from None


def _value(pack: Pack, question: Question, part: str, typed: Any, lang: str) -> Any:
    name = part.partition(".")[0]
    if name in ("rows", "particulars"):
        columns = question.columns if name == "rows" else question.particulars
        return _lines(pack, columns, typed, lang)
    if part == "naming":
        return bool(typed) and typed not in ("0", "false")
    if part == "value" and question.type == "multiple_choice":
        if not isinstance(typed, list):
            raise NotRead(_("Several choices are expected."))
        return [str(code) for code in typed]
    if typed is None:
        return None
    if not isinstance(typed, str):
        raise NotRead(_("A text is expected here."))
    text = typed.replace("\r\n", "\n")
    if not text.strip():
        return None
    if name == "cells" or (part == "value" and question.type in ("number", "percentage")):
        per_cent = question.type == "percentage" or question.unit == "percent"
        return _number(pack, text, lang, per_cent=per_cent, marks=name == "cells")
    if part == "definition.fields.date" or (part == "value" and question.type == "date"):
        return _date(text)
    return _short(text) if name in (*TEXTS, "value") else text.strip()


def _short(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise NotRead(
            _("The text has %(n)s characters; %(most)s are allowed.") % {"n": len(text), "most": MOST_TEXT},
            _("Shorten it, or attach a file."),
        )
    return text.strip()


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise NotRead(
            _("“%(text)s” is no date.") % {"text": text.strip()[:40]}, _("Write it like 2017-12-31.")
        ) from None


def _link(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text.strip()):
        raise NotRead(
            _("“%(text)s” is no web address.") % {"text": text.strip()[:60]}, _("Write it with https:// in front.")
        )
    return _short(text)


def _number(pack: Pack, text: str, lang: str, *, per_cent: bool, marks: bool = False) -> Any:
    read = read_typed(pack, text, lang, per_cent=per_cent, marks=marks)
    if read.status:
        return {"status": read.status}
    if read.value is None:
        remedy = _("Say which you mean.") if read.readings else read.remedy
        raise NotRead(read.what, remedy, read.readings)
    return read.value if isinstance(read.value, int) else format(read.value, "f")


def _lines(pack: Pack, columns: Iterable[Column], typed: Any, lang: str) -> list[dict[str, Any]]:
    if not isinstance(typed, list):
        raise NotRead(_("Lines are expected."))
    if len(typed) > MOST_LINES:
        raise NotRead(
            _("There are %(n)s lines; %(most)s are taken on this page.") % {"n": len(typed), "most": MOST_LINES},
            _("Send them in the Excel workbook."),
        )
    known = {column.id: column for column in columns}
    found = []
    for number, line in enumerate(typed, start=1):
        if not isinstance(line, Mapping):
            raise NotRead(_("Lines are expected."))
        read: dict[str, Any] = {}
        for id, text in line.items():
            if id not in known or not isinstance(text, str) or not text.strip():
                continue
            try:
                read[id] = _entry(pack, known[id], text, lang)
            except NotRead as error:
                place = _("Line %(n)s, %(column)s:") % {"n": number, "column": _label(known[id], lang)}
                raise NotRead(f"{place} {error.what}", error.remedy) from None
        if read:
            found.append(read)
    return found


def _entry(pack: Pack, column: Column, text: str, lang: str) -> Any:
    if column.type in ("number", "percentage"):
        try:
            return _number(pack, text, lang, per_cent=column.type == "percentage")
        except NotRead as error:
            if error.readings:
                raise NotRead(error.what, _("Type it without a separator.")) from None
            raise
    if column.type == "date":
        return _date(text)
    return _link(text) if column.type == "link" else _short(text)


def _label(column: Column, lang: str) -> str:
    from eirene.text import pick

    return pick(column.label, lang)


# --- from parts to boxes --------------------------------------------------------------------------------------------


def shown(pack: Pack, question: Question, part: str, value: Any, lang: str) -> Any:
    """A part as its box shows it: text; a list of codes; a list of lines, column → text."""
    if value is None:
        return [] if part in ("rows", "particulars") or _is_many(question, part) else ""
    if part in ("rows", "particulars"):
        columns = question.columns if part == "rows" else question.particulars
        numbers = {c.id for c in columns if c.type in ("number", "percentage")}
        return [{k: number_text(v, lang) if k in numbers else str(v) for k, v in line.items()} for line in value]
    if part.startswith("cells."):
        return mark_of(pack, value["status"], lang) if isinstance(value, dict) else number_text(value, lang)
    if part == "value" and question.type in ("number", "percentage"):
        return number_text(value, lang)
    if part == "naming":
        return "1" if value else ""
    return list(value) if isinstance(value, list | tuple) else str(value)


def _is_many(question: Question, part: str) -> bool:
    return part == "value" and question.type == "multiple_choice"


def number_text(value: Any, lang: str) -> str:
    """A number as one types it: no separator between thousands, decimals as the language writes them."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if lang == "fr" else text


# --- a whole form ---------------------------------------------------------------------------------------------------


@dataclass
class Posted:
    """What a form says: edits; boxes that could not be read; and, for these, what stood in every changed box."""

    edits: list[Edit] = field(default_factory=list)
    typos: list[Typo] = field(default_factory=list)
    #: (question, part) → as typed, for the page to show again
    typed: dict[tuple[str, str], Any] = field(default_factory=dict)


#: part → (version, text shown)
Seen = Mapping[str, tuple[int, Any]]


def read_seen(text: str) -> dict[str, tuple[int, Any]]:
    """What the browser says that it showed; nothing of what has another form is believed."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, tuple[int, Any]] = {}
    for part, pair in given.items() if isinstance(given, dict) else ():
        fits = isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int
        if fits and 0 <= pair[0] < 2**31 and isinstance(part, str) and len(part) <= 200:
            found[part] = (pair[0], pair[1])
    return found


def posted(pack: Pack, questions: Iterable[AskedQuestion], post: QueryDict, lang: str) -> Posted:
    """The edits in a form of these questions. A box that was not sent (it was locked) is not changed."""
    found = Posted()
    for asked in questions:
        seen = read_seen(post.get(f"seen:{asked.id}", ""))
        if seen:
            _posted(found, pack, asked, seen, post, lang)
    return found


def _posted(found: Posted, pack: Pack, asked: AskedQuestion, seen: Seen, post: QueryDict, lang: str) -> None:
    changed = {**_choice(asked, seen, post), **_many(asked, seen, post), **_plain(asked, seen, post)}
    for part, typed in changed.items():
        version = seen[part][0] if part in seen else 0
        _take(found, pack, asked, part, typed, version, lang)
    for part, text, code in _further_languages(asked, post):
        if not _LANGUAGE.fullmatch(code):
            what = _("“%(code)s” is no language code.") % {"code": code[:20]} if code else _("The language is missing.")
            found.typos.append(Typo(asked.id, f"new.{part}", text, what, _("Write for example de, es or it.")))
            found.typed[asked.id, f"new.{part}"] = text
        else:
            _take(found, pack, asked, f"{part}.{code}", text, seen.get(f"{part}.{code}", (0, ""))[0], lang)


def _take(found: Posted, pack: Pack, asked: AskedQuestion, part: str, typed: Any, version: int, lang: str) -> None:
    found.typed[asked.id, part] = typed
    try:
        value = read_box(pack, asked, part, typed, lang)
    except NotRead as error:
        found.typos.append(Typo(asked.id, part, typed, error.what, error.remedy, error.readings))
        return
    found.edits.append(Edit(asked.id, part, value, version))


def _choice(asked: AskedQuestion, seen: Seen, post: QueryDict) -> dict[str, Any]:
    """A value or a reason by one press; or, for other types, a reason beside the boxes."""
    name = "choice" if asked.question.type in ("yes_no", "single_choice") else "status"
    box = f"a:{asked.id}:{name}"
    if box not in post or "status" not in seen:
        return {}
    typed = post[box]
    status, value = seen["status"][1], seen.get("value", (0, ""))[1]
    if name == "status":
        wanted = typed.removeprefix("!")
        return {} if wanted == (status if status in REASONS else "") else {"status": wanted or None}
    shown_as = f"!{status}" if status in REASONS else value
    if typed == shown_as:
        return {}
    if typed.startswith("!"):
        return {"status": typed[1:]}
    return {"value": typed or None, **({"status": None} if status else {})}


def _many(asked: AskedQuestion, seen: Seen, post: QueryDict) -> dict[str, Any]:
    box = f"a:{asked.id}:many"
    if asked.question.type != "multiple_choice" or box not in post or "value" not in seen:
        return {}
    typed = [code for code in post.getlist(box) if code]
    none = "!none" in typed
    codes = [code for code in typed if code != "!none"]
    found: dict[str, Any] = {}
    before = seen["value"][1]
    if sorted(codes) != sorted(before if isinstance(before, list) else []):
        found["value"] = codes
    status = seen.get("status", (0, ""))[1]
    was_none = status == "answered" and not before
    if none and not codes and not was_none:
        found["status"] = "answered"
    elif was_none and not none and not codes and post.get(f"a:{asked.id}:status", "") == "":
        found["status"] = None
    return found


def _plain(asked: AskedQuestion, seen: Seen, post: QueryDict) -> dict[str, Any]:
    """Boxes that hold one part each, and lines."""
    found: dict[str, Any] = {}
    taken = {"status"} | ({"value"} if asked.question.type in ("yes_no", "single_choice", "multiple_choice") else set())
    for part, (_version, before) in seen.items():
        box = f"a:{asked.id}:{part}"
        if part in taken:
            continue
        if part in ("rows", "particulars"):
            if f"{box}.n" not in post:
                continue
            typed: Any = lines_of(post, box)
            was = [{k: _same(v) for k, v in line.items()} for line in before] if isinstance(before, list) else []
            if typed != was:
                found[part] = typed
        elif box in post:
            # Which of two readings was meant, if one was asked; else what stands in the box.
            typed = post.get(f"read:{asked.id}:{part}") or post.getlist(box)[-1]
            if _same(typed) != _same(before):
                found[part] = typed
    return found


def _same(text: Any) -> str:
    """Browsers send CRLF; what stands around a text is not kept."""
    return str(text).replace("\r\n", "\n").strip()


def lines_of(post: QueryDict, box: str) -> list[dict[str, str]]:
    """The lines of a table in the order of their numbers; empty ones left out."""
    lines: dict[int, dict[str, str]] = {}
    start = f"{box}."
    for name in post:
        place = _LINE.fullmatch(name.removeprefix(start)) if name.startswith(start) else None
        if place and post[name].strip():
            lines.setdefault(int(place[1]), {})[place[2]] = _same(post[name])
    order = {n: _order(post, box, n) for n in lines}
    return [lines[n] for n in sorted(lines, key=lambda n: (order[n], n)) if f"{box}.{n}!gone" not in post]


def _order(post: QueryDict, box: str, n: int) -> int:
    """Where a line was asked to stand; its number unless somebody wrote another."""
    given = post.get(f"{box}.{n}!order", "")
    return int(given) if given.isdigit() and len(given) < 5 else n


def _further_languages(asked: AskedQuestion, post: QueryDict) -> Iterator[tuple[str, str, str]]:
    for part in (*TEXTS, "value"):
        text = post.get(f"a:{asked.id}:new.{part}", "")
        if text.strip() and (part != "value" or asked.question.type == "text"):
            yield part, text, post.get(f"a:{asked.id}:new.{part}.lang", "").strip()
