"""`eirene.report/1`: a report as JSON. Read strictly, every problem listed with its place; written in one way only.

    load_report    bytes of a JSON file → Report
    parse_report   plain data (as json gives it) → Report
    dump_report    Report → plain data
    report_bytes   the canonical bytes; report_hash their SHA-256

Numbers are JSON numbers without exponent, or decimal strings ("40.7"). Texts are {language: text}. The JSON Schema and
an example are in docs/.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from eirene.errors import Problem, Unreadable
from eirene.framework import Pack, asked, asked_bodies, codes
from eirene.framework.model import Column, Question
from eirene.questionnaires.model import (
    FORMAT,
    TOTAL,
    Answer,
    Cell,
    CellKey,
    Definition,
    Number,
    Report,
    Value,
)
from eirene.questionnaires.values import shape

STATUSES = ("answered", "no_data", "not_applicable", "withheld")
REPORT_KEYS = ("format", "pack", "questionnaire", "cycle", "body", "answers")
ANSWER_KEYS = (
    "status", "value", "cells", "rows", "reason", "comment", "particulars", "definition", "justification",
    "releasability", "naming", "disclosure",
)  # fmt: skip
MAX_BYTES, MAX_PROBLEMS, MAX_TEXT, MAX_ROWS = 20_000_000, 200, 32_767, 5_000
#: Digits before and after the point that a number may have.
MAX_WHOLE, MAX_DECIMALS = 15, 20

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


# --- JSON -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """A number as written in JSON that we do not take: NaN, 1e400, one of a thousand digits."""

    text: str


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys were given twice."""

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        found.twice = tuple(dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _written(text: str) -> Any:
    return Decimal(text) if _NUMBER.fullmatch(text) and len(text) <= MAX_WHOLE + MAX_DECIMALS + 2 else _NoNumber(text)


def _whole(text: str) -> Any:
    return int(text) if len(text) <= MAX_WHOLE + 1 else _NoNumber(text)


def read_json(data: bytes, place: str = "") -> Any:
    """The JSON in `data`; numbers exact, duplicate keys remembered. Raises Unreadable if it is none."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file has {len(data):,} bytes; a report has at most {MAX_BYTES:,}.", where=place)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not UTF-8 text (byte {error.start + 1}).", where=place, remedy="Save it as JSON in UTF-8."
        ) from None
    try:
        return json.loads(
            text, parse_float=_written, parse_int=_whole, parse_constant=_NoNumber, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        at = f"{place}:{error.lineno}" if place else f"line {error.lineno}"
        raise Unreadable(
            f"The file is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            where=at,
            remedy="If the file was cut short, ask for it again.",
        ) from None
    except RecursionError:
        raise Unreadable("The file is nested too deeply to be a report.", where=place) from None


def load_report(data: bytes, pack: Pack, *, place: str = "") -> Report:
    """The report in a JSON file. Raises Unreadable with every problem; `place` (a file name) begins their places."""
    return parse_report(read_json(data, place), pack, place=place)


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass
class AnswerReader:
    """Collects problems while a report is read."""

    pack: Pack
    place: str
    problems: list[Problem] = field(default_factory=list)

    def tell(self, path: str, what: str, remedy: str = "") -> None:
        where = f"{self.place}: {path}" if self.place and path else self.place or path
        self.problems.append(Problem(what, where, remedy))

    def unknown(self, path: str, what: str, name: object, known: Iterable[str]) -> None:
        known = list(known)
        near = _near(name, known)
        if near:
            remedy = f"Did you mean {near!r}?"
        else:
            some = ", ".join(known[:12])
            remedy = f"Known: {some}{', …' if len(known) > 12 else ''}." if known else ""
        self.tell(path, f"{what} {_shown(name)} is not known.", remedy)


def _near(name: object, known: list[str]) -> str | None:
    if not isinstance(name, str):
        return None
    folded = {k.casefold(): k for k in known}
    near = difflib.get_close_matches(name.casefold()[:80], list(folded), 1)
    return folded[near[0]] if near else None


def _shown(value: object) -> str:
    """A value as quoted in a message: short, in one line."""
    if isinstance(value, _NoNumber):
        return _cut(value.text)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return _cut(str(value))
    if isinstance(value, str):
        return _cut(repr(value))
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else type(value).__name__


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def parse_report(data: object, pack: Pack, *, place: str = "") -> Report:
    """The report in plain data. Raises Unreadable with every problem found."""
    r = AnswerReader(pack, place)
    report = _report(r, data)
    if r.problems or report is None:
        problems = r.problems[:MAX_PROBLEMS]
        if len(r.problems) > MAX_PROBLEMS:
            problems.append(Problem(f"{len(r.problems) - MAX_PROBLEMS} further problems are not listed.", place))
        raise Unreadable(problems)
    return report


def _report(r: AnswerReader, data: object) -> Report | None:
    if not isinstance(data, dict):
        r.tell("", f"A report is a JSON object; this is {_shown(data)}.")
        return None
    if data.get("format") != FORMAT:
        r.tell("format", f"The format is {_shown(data.get('format'))}, not '{FORMAT}'.", "Is this file a report?")
        return None
    _keys(r, data, "", REPORT_KEYS)
    identity = _identity(r, data)
    if identity is None:
        return None
    questionnaire, cycle, body = identity
    answers = data.get("answers")
    if not isinstance(answers, dict):
        r.tell("answers", f"'answers' must be an object, question id → answer; this is {_shown(answers)}.")
        return None
    _twice(r, answers, "answers")
    questions = asked(r.pack, questionnaire).questions
    found: dict[str, Answer] = {}
    for id, answer in answers.items():
        path = f"answers.{_cut(id)}"
        if id not in questions:
            _unknown_question(r, path, id, questionnaire, questions)
        elif isinstance(answer, dict):
            found[id] = read_answer(r, path, questions[id].question, answer)
        else:
            r.tell(path, f"An answer is an object with a status; this is {_shown(answer)}.")
    ordered = {id: found[id] for id in questions if id in found}
    return Report(r.pack.header.id, questionnaire, cycle, body, ordered, r.place)


def _unknown_question(r: AnswerReader, path: str, id: str, questionnaire: str, questions: Mapping[str, Any]) -> None:
    if id in r.pack.questions:
        text = f"The question {_shown(id)} is not asked in the questionnaire {questionnaire!r}."
        r.tell(path, text, "Leave it out, or check the cycle.")
    else:
        r.unknown(path, "The question", id, questions)


def _keys(r: AnswerReader, data: dict[str, Any], path: str, known: tuple[str, ...]) -> None:
    _twice(r, data, path)
    for key in data:
        if key not in known:
            r.unknown(f"{path}.{_cut(key)}".lstrip("."), "The field", key, known)


def _twice(r: AnswerReader, data: object, path: str) -> None:
    for key in getattr(data, "twice", ()):
        r.tell(f"{path}.{_cut(key)}".lstrip("."), f"{_shown(key)} is given twice.", "Keep one of the two.")


def _identity(r: AnswerReader, data: dict[str, Any]) -> tuple[str, str, str] | None:
    """Questionnaire, cycle and body, if they fit one another and the pack."""
    pack, given = r.pack, {name: data.get(name) for name in ("pack", "questionnaire", "cycle", "body")}
    before = len(r.problems)
    for name, value in given.items():
        if not isinstance(value, str) or not value:
            r.tell(name, f"{name!r} must be a string; this is {_shown(value)}.")
    if len(r.problems) > before:
        return None
    if given["pack"] != pack.header.id:
        r.tell(
            "pack",
            f"The report is for the pack {_shown(given['pack'])}, not {pack.header.id!r}.",
            f"Read it with --pack {_cut(str(given['pack']))}.",
        )
        return None
    collected = [id for id, c in pack.cycles.items() if c.questionnaire is not None]
    if given["cycle"] not in collected:
        r.unknown("cycle", "The cycle", given["cycle"], collected)
    else:
        wanted = pack.cycles[str(given["cycle"])].questionnaire
        if given["questionnaire"] != wanted:
            r.tell(
                "questionnaire",
                f"The cycle {given['cycle']!r} is reported on with the questionnaire {wanted!r}, "
                f"not {_shown(given['questionnaire'])}.",
                "Is this a report of another cycle?",
            )
    if given["body"] not in pack.bodies:
        r.unknown("body", "The body", given["body"], pack.bodies)
    elif given["cycle"] in collected and given["body"] not in asked_bodies(pack, str(given["cycle"])):
        _not_asked(r, str(given["body"]), str(given["cycle"]))
    if len(r.problems) > before:
        return None
    return str(given["questionnaire"]), str(given["cycle"]), str(given["body"])


def _not_asked(r: AnswerReader, body: str, cycle_id: str) -> None:
    cycle = r.pack.cycles[cycle_id]
    belonged = [
        f"{m.population} {m.valid_from or '…'} to {m.valid_to or 'today'}"
        for m in r.pack.memberships
        if m.body == body and m.population in cycle.asked
    ]
    r.tell(
        "body",
        f"{body!r} was not asked to report for the cycle {cycle_id}: on {cycle.reference_date} it belonged to none of: "
        f"{', '.join(cycle.asked)}.",
        f"It belonged to: {'; '.join(belonged)}. Check body and cycle." if belonged else "Check body and cycle.",
    )


# --- an answer ------------------------------------------------------------------------------------------------------


def read_answer(r: AnswerReader, path: str, question: Question, data: dict[str, Any]) -> Answer:
    _keys(r, data, path, ANSWER_KEYS)
    status: Any = data.get("status")
    if status not in STATUSES:
        r.unknown(f"{path}.status", "The status", status, STATUSES)
        status = "no_data"
    elif status == "answered":
        _one_kind(r, path, question, data)
    else:
        for name in ("value", "cells", "rows"):
            if data.get(name) not in (None, [], {}):
                r.tell(
                    f"{path}.{name}",
                    f"The status is {status!r}, yet {name!r} is given.",
                    f"Set the status to 'answered', or leave {name!r} out.",
                )
    answered = status == "answered"
    wanted = _part(question)
    given = data.get(wanted)
    releasability = data.get("releasability")
    audiences = [a.code for a in r.pack.header.audiences]
    if releasability is not None and releasability not in audiences:
        r.unknown(f"{path}.releasability", "The audience", releasability, audiences)
    disclosure = data.get("disclosure")
    classes = [c.code for c in r.pack.header.disclosure_classes]
    if disclosure is not None and disclosure not in classes:
        r.unknown(f"{path}.disclosure", "The disclosure class", disclosure, classes)
    naming = data.get("naming", False)
    if not isinstance(naming, bool):
        r.tell(f"{path}.naming", f"'naming' is true or false; this is {_shown(naming)}.")
    return Answer(
        question=question.id,
        status=status,
        value=_value(r, f"{path}.value", question, given) if answered and wanted == "value" else None,
        cells=_cells(r, f"{path}.cells", question, given) if answered and wanted == "cells" else {},
        rows=_rows(r, f"{path}.rows", question.columns, given) if answered and wanted == "rows" else (),
        reason=_text(r, f"{path}.reason", data.get("reason")),
        comment=_text(r, f"{path}.comment", data.get("comment")),
        particulars=_particulars(r, f"{path}.particulars", question, data.get("particulars")),
        definition=_definition(r, f"{path}.definition", question, data.get("definition")),
        justification=_text(r, f"{path}.justification", data.get("justification")),
        releasability=releasability if releasability in audiences else None,
        naming=naming is True,
        disclosure=disclosure if disclosure in classes else None,
    )


def _part(question: Question) -> str:
    return {"matrix": "cells", "rows": "rows"}.get(question.type, "value")


def _one_kind(r: AnswerReader, path: str, question: Question, data: dict[str, Any]) -> None:
    wanted = _part(question)
    if data.get(wanted) is None:
        r.tell(
            path,
            f"The status is 'answered', but there is no {wanted!r}.",
            f"A question of type {question.type} is answered by {wanted!r}; without an answer, set another status.",
        )
    for name in ("value", "cells", "rows"):
        if name != wanted and data.get(name) is not None:
            r.tell(f"{path}.{name}", f"A question of type {question.type} is answered by {wanted!r}, not {name!r}.")


def _value(r: AnswerReader, path: str, question: Question, given: Any) -> Value | None:
    if given is None:
        return None
    if question.type in ("number", "percentage"):
        return _number(r, path, given)
    if question.type == "date":
        return _date(r, path, given)
    if question.type == "text":
        return _text(r, path, given)
    known: tuple[str, ...] = ("yes", "no")
    if question.choices is not None:
        known = codes(r.pack, question.choices).codes
    if question.type != "multiple_choice":
        return _code(r, path, given, known, question.choices)
    if not isinstance(given, list):
        r.tell(path, f"Several choices are a list of codes; this is {_shown(given)}.", 'Write ["code", …].')
        return None
    found = [_code(r, f"{path}[{i}]", code, known, question.choices) for i, code in enumerate(given[:MAX_ROWS])]
    for i, code in enumerate(found):
        if code is not None and code in found[:i]:
            r.tell(f"{path}[{i}]", f"{_shown(code)} is chosen twice.", "Leave one of the two out.")
    chosen = {code for code in found if code is not None}
    return tuple(code for code in known if code in chosen)


def _code(r: AnswerReader, path: str, given: Any, known: tuple[str, ...], list_id: str | None) -> str | None:
    if isinstance(given, str) and given in known:
        return given
    if isinstance(given, bool) and "yes" in known:
        r.tell(path, f"{_shown(given)} is no code.", 'Write "yes" or "no".')
        return None
    meant = codes(r.pack, list_id).alias(given) if list_id and isinstance(given, str) else None
    if meant in known:
        r.tell(path, f"The code {_shown(given)} is not known.", f"Did you mean {meant!r}?")
    else:
        r.unknown(path, "The code", given, known)
    return None


# --- numbers, dates, texts ------------------------------------------------------------------------------------------


def tidy(value: Decimal) -> Number:
    """The same number in its one canonical form: int where whole, else without trailing zeros or exponent."""
    if value == value.to_integral_value():
        return int(value)
    text = format(value, "f").rstrip("0")
    return Decimal(text)


def _number(r: AnswerReader, path: str, given: Any) -> Number | None:
    if isinstance(given, bool) or not isinstance(given, int | Decimal | float | str | _NoNumber):
        r.tell(path, f"A number is expected; this is {_shown(given)}.", "Write a number without quotes.")
        return None
    text = given.text if isinstance(given, _NoNumber) else str(given).strip() if isinstance(given, str) else None
    if text is None:
        text = format(given, "f") if isinstance(given, Decimal) and given.is_finite() else str(given)
    if _NUMBER.fullmatch(text):
        before, _, after = text.lstrip("-").partition(".")
        if len(before) <= MAX_WHOLE and len(after) <= MAX_DECIMALS:
            return tidy(Decimal(text))
    r.tell(path, *_not_a_number(text))
    return None


def _not_a_number(text: str) -> tuple[str, str]:
    """What is wrong with a number as written, and what to write."""
    shown = _cut(text) if text.isascii() and text.isprintable() else _cut(repr(text))
    if _NUMBER.fullmatch(text):
        return f"{shown} has too many digits.", f"At most {MAX_WHOLE} before and {MAX_DECIMALS} after the point."
    if text.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        return f"{shown} is no number.", "If the value is not known, set the status of the cell or answer to 'no_data'."
    if re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+", text):
        return f"{shown} is written with an exponent.", "Write all its digits."
    if re.search(r"[^\x00-\x7f]", text) and any(c.isdigit() and not c.isascii() for c in text):
        return f"{shown} is written with digits other than 0 to 9.", "Use the digits 0 to 9."
    if re.fullmatch(r"[+-]?[0-9][0-9 _,.'\u00a0\u202f\u2019\u2009]*", text):
        return f"{shown} can be read in more than one way.", "Write digits only, with a point before decimals: 1234.5."
    return f"{shown} is no number.", "Write digits only, with a point before decimals: 1234.5."


def _date(r: AnswerReader, path: str, given: Any) -> str | None:
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        try:
            return dt.date.fromisoformat(given).isoformat()
        except ValueError:
            pass  # told below: the thirtieth of February looks like a date and is none
    r.tell(path, f"{_shown(given)} is no date.", "Write it as YYYY-MM-DD, for example 2016-12-31.")
    return None


def _line(r: AnswerReader, path: str, given: Any) -> str | None:
    """A plain string."""
    if not isinstance(given, str):
        r.tell(path, f"A text is expected; this is {_shown(given)}.", "Put it in quotes.")
        return None
    if len(given) > MAX_TEXT:
        r.tell(path, f"The text has {len(given):,} characters; {MAX_TEXT:,} are allowed.", "Shorten it.")
        return None
    control = _CONTROL.search(given)
    if control:
        r.tell(path, f"The text has the control character U+{ord(control[0]):04X}.", "Take it out.")
        return None
    return given


def _text(r: AnswerReader, path: str, given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        language = r.pack.header.languages[0]
        remedy = f'Write {{"{language}": …}}.'
        if isinstance(given, str):
            remedy = f'Write {{"{language}": {json.dumps(_cut(given), ensure_ascii=False)}}}.'
        r.tell(path, f"A text is an object, language → text; this is {_shown(given)}.", remedy)
        return {}
    _twice(r, given, path)
    found: dict[str, str] = {}
    for language, text in sorted(given.items(), key=lambda item: str(item[0])):
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            r.tell(path, f"{_shown(language)} is no language code.", 'Write "en", "fr", …')
            continue
        line = _line(r, f"{path}.{language}", text)
        if line:
            found[language] = line
    return found


# --- matrices, rows, particulars, definitions -----------------------------------------------------------------------


def _cells(r: AnswerReader, path: str, question: Question, given: Any) -> dict[CellKey, Cell]:
    if given is None:
        return {}
    if not isinstance(given, list):
        r.tell(path, f"'cells' is a list of cells; this is {_shown(given)}.")
        return {}
    form = shape(r.pack, question)
    known = [
        {*asked_codes, *((TOTAL,) if question.dimensions[name].total else ())}
        for name, asked_codes in zip(form.names, form.asked, strict=True)
    ]
    allowed = 1
    for some in known:
        allowed *= len(some)
    if len(given) > 2 * allowed + 100:
        r.tell(path, f"There are {len(given)} cells; the matrix has {allowed}.", "Give each cell once.")
        return {}
    found: dict[CellKey, Cell] = {}
    first: dict[CellKey, int] = {}
    for i, data in enumerate(given):
        at = f"{path}[{i}]"
        if not isinstance(data, dict):
            r.tell(at, f"A cell is an object; this is {_shown(data)}.")
            continue
        key = _cell_key(r, at, question, data, known)
        cell = _cell(r, at, data)
        if key is None or cell is None:
            continue
        if key in found:
            r.tell(at, f"The cell {', '.join(key)} is given twice (also in {path}[{first[key]}]).", "Keep one.")
            continue
        found[key], first[key] = cell, i
    return {key: found[key] for key in sorted(found, key=lambda key: cell_order(form.asked, key))}


def cell_order(asked_codes: tuple[tuple[str, ...], ...], key: CellKey) -> tuple[int, ...]:
    """Codes as asked, the total last."""
    return tuple(
        len(known) if code == TOTAL else known.index(code) for code, known in zip(key, asked_codes, strict=True)
    )


def _cell_key(
    r: AnswerReader, path: str, question: Question, data: dict[str, Any], known: list[set[str]]
) -> CellKey | None:
    _twice(r, data, path)
    names = tuple(question.dimensions)
    for key in data:
        if key not in (*names, "value", "status"):
            r.unknown(path, f"{question.id}: the dimension", key, names)
    codes_found: list[str] = []
    for name, among in zip(names, known, strict=True):
        code = data.get(name)
        if code is None:
            r.tell(path, f"The cell does not say its {name!r}.", f'Write "{TOTAL}" for the total.')
        elif code == TOTAL and TOTAL not in among:
            r.tell(f"{path}.{name}", f"No total is asked over {name!r}.", "Leave the cell out.")
        elif not isinstance(code, str) or code not in among:
            _unknown_code(r, f"{path}.{name}", question, name, code)
        else:
            codes_found.append(code)
    return tuple(codes_found) if len(codes_found) == len(names) else None


def _unknown_code(r: AnswerReader, path: str, question: Question, dimension: str, code: Any) -> None:
    form = shape(r.pack, question)
    place = form.names.index(dimension)
    meant = form.trees[place].alias(code) if isinstance(code, str) else None
    if isinstance(code, str) and code in form.trees[place]:
        r.tell(path, f"The code {_shown(code)} is not asked here.", f"Asked: {', '.join(form.asked[place])}.")
    elif meant is not None and meant in form.asked[place]:
        r.tell(path, f"The code {_shown(code)} is not known.", f"Did you mean {meant!r}?")
    else:
        r.unknown(path, "The code", code, form.asked[place])


def _cell(r: AnswerReader, path: str, data: dict[str, Any]) -> Cell | None:
    status = data.get("status", "answered")
    if status not in STATUSES:
        r.unknown(f"{path}.status", "The status", status, STATUSES)
        return None
    value = data.get("value")
    if status != "answered":
        if value is not None:
            r.tell(path, f"The status is {status!r}, yet a value is given.", "Leave one of the two out.")
            return None
        return Cell(None, status)
    if value is None:
        r.tell(path, "The cell has no value.", "Leave the cell out, or give its status.")
        return None
    number = _number(r, f"{path}.value", value)
    return None if number is None else Cell(number)


def _rows(r: AnswerReader, path: str, columns: list[Column], given: Any) -> tuple[Mapping[str, str | Number], ...]:
    return tuple(_lines(r, path, columns, given, _entry))


def _particulars(r: AnswerReader, path: str, question: Question, given: Any) -> tuple[Mapping[str, str], ...]:
    if given is None:
        return ()
    if not question.particulars:
        if given != []:
            r.tell(path, f"The question {question.id!r} asks for no particulars.", "Leave them out.")
        return ()

    def entry(r: AnswerReader, path: str, column: Column, value: Any) -> str | None:
        found = _entry(r, path, column, value)
        return format(found, "f") if isinstance(found, int | Decimal) else found

    return tuple(_lines(r, path, question.particulars, given, entry))


def _lines(
    r: AnswerReader,
    path: str,
    columns: list[Column],
    given: Any,
    entry: Callable[[AnswerReader, str, Column, Any], Any],
) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MAX_ROWS:
        shown = f"one of {len(given)} lines" if isinstance(given, list) else _shown(given)
        r.tell(path, f"A list of at most {MAX_ROWS:,} lines is expected; this is {shown}.")
        return []
    found = []
    for i, data in enumerate(given):
        at = f"{path}[{i}]"
        if not isinstance(data, dict):
            r.tell(at, f"A line is an object, column → value; this is {_shown(data)}.")
            continue
        _keys(r, data, at, tuple(column.id for column in columns))
        line: dict[str, Any] = {}
        for column in columns:
            value = data.get(column.id)
            if value in (None, ""):
                continue
            read = entry(r, f"{at}.{column.id}", column, value)
            if read is not None:
                line[column.id] = read
        found.append(line)
    return found


def _entry(r: AnswerReader, path: str, column: Column, value: Any) -> str | Number | None:
    if column.type in ("number", "percentage"):
        return _number(r, path, value)
    if column.type == "date":
        return _date(r, path, value)
    if column.type == "yes_no":
        return _code(r, path, value, ("yes", "no"), None)
    if column.type == "choice":
        return _code(r, path, value, codes(r.pack, column.list or "").codes, column.list)
    line = _line(r, path, value)
    if line is not None and column.type == "link" and not re.match(r"https?://[^\s]+$", line):
        r.tell(path, f"{_shown(line)} is no web address.", "Write it with https:// in front.")
        return None
    return line


def _definition(r: AnswerReader, path: str, question: Question, given: Any) -> Definition | None:
    if given is None:
        return None
    if question.definition is None:
        r.tell(path, f"The question {question.id!r} has no definition grid.", "Leave the definition out.")
        return None
    if not isinstance(given, dict):
        r.tell(path, f"A definition is an object; this is {_shown(given)}.")
        return None
    _keys(r, given, path, ("categories", "fields"))
    grid = r.pack.definitions[question.definition]
    options = [option.code for option in grid.options]
    known = {category.code: options for category in grid.categories}
    fields = {name: [choice.code for choice in choices] for name, choices in grid.fields.items()}
    return Definition(
        _decided(r, f"{path}.categories", "The category", given.get("categories"), known),
        _decided(r, f"{path}.fields", "The field", given.get("fields"), fields),
    )


def _decided(r: AnswerReader, path: str, what: str, given: Any, known: Mapping[str, list[str]]) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        r.tell(path, f"An object is expected; this is {_shown(given)}.")
        return {}
    _twice(r, given, path)
    for name in given:
        if name not in known:
            r.unknown(f"{path}.{_cut(name)}", what, name, known)
    found: dict[str, str] = {}
    for name, among in known.items():
        value = given.get(name)
        at = f"{path}.{name}"
        if value in (None, ""):
            continue
        # A field without choices is free text, `date` a date.
        read = (
            _code(r, at, value, tuple(among), None)
            if among
            else (_date(r, at, value) if name == "date" else _line(r, at, value))
        )
        if read is not None:
            found[name] = read
    return found


# --- writing --------------------------------------------------------------------------------------------------------


def dump_report(report: Report, pack: Pack) -> dict[str, Any]:
    """The report as plain data that json writes without loss: whole numbers as numbers, others as decimal strings."""
    questions = asked(pack, report.questionnaire).questions
    return {
        "format": FORMAT,
        "pack": report.pack,
        "questionnaire": report.questionnaire,
        "cycle": report.cycle,
        "body": report.body,
        "answers": {
            id: _dump_answer(pack, asked_question.question, report.answers[id])
            for id, asked_question in questions.items()
            if id in report.answers
        },
    }


def _dump_answer(pack: Pack, question: Question, answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"status": answer.status}
    if answer.status == "answered":
        if question.type == "matrix":
            found["cells"] = _dump_cells(pack, question, answer)
        elif question.type == "rows":
            found["rows"] = [{c.id: dumped(row[c.id]) for c in question.columns if c.id in row} for row in answer.rows]
        else:
            found["value"] = dumped(answer.value)
    for name in ("reason", "comment", "justification"):
        text = getattr(answer, name)
        if text:
            found[name] = dumped(text)
    if answer.particulars:
        found["particulars"] = [{c.id: p[c.id] for c in question.particulars if c.id in p} for p in answer.particulars]
    if answer.definition is not None:
        found["definition"] = {
            "categories": dict(sorted(answer.definition.categories.items())),
            "fields": dict(sorted(answer.definition.fields.items())),
        }
    if answer.releasability is not None:
        found["releasability"] = answer.releasability
    if answer.naming:
        found["naming"] = True
    if answer.disclosure is not None:
        found["disclosure"] = answer.disclosure
    return found


def _dump_cells(pack: Pack, question: Question, answer: Answer) -> list[dict[str, Any]]:
    form = shape(pack, question)
    cells = []
    for key in sorted(answer.cells, key=lambda key: cell_order(form.asked, key)):
        cell = answer.cells[key]
        data: dict[str, Any] = form.cell(key)
        if cell.status == "answered":
            data["value"] = dumped(cell.value)
        else:
            data["status"] = cell.status
        cells.append(data)
    return cells


def dumped(value: object) -> Any:
    if isinstance(value, Decimal):
        number = tidy(value)
        return number if isinstance(number, int) else format(number, "f")
    if isinstance(value, Mapping):
        return {key: value[key] for key in sorted(value)}
    return list(value) if isinstance(value, tuple) else value


def report_bytes(report: Report, pack: Pack) -> bytes:
    """Canonical JSON, UTF-8, keys sorted: the same report gives the same bytes wherever it came from."""
    data = dump_report(report, pack)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def report_hash(report: Report, pack: Pack) -> str:
    """SHA-256 of `report_bytes`, hexadecimal."""
    return hashlib.sha256(report_bytes(report, pack)).hexdigest()
