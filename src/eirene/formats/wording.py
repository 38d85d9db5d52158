"""Questions, the parts of an answer and their values in a reader's words: “Army · Women”, “1,234”, “withheld”.

Parts are those of `eirene.questionnaires.parts`. What comes from outside is shown as it is where no word is known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel import Locale

from eirene.formats import _layout as lay
from eirene.framework import AskedQuestionnaire, Pack, codes
from eirene.framework.model import Column, Question
from eirene.questionnaires.model import TOTAL, Answer, Cell, CellKey
from eirene.questionnaires.parts import cell_codes
from eirene.text import Phrases, date, locale, number, pick


def part_label(pack: Pack, question: Question, part: str, lang: str) -> str:
    """What the part is called beside its question; "" for the one value of a simple question."""
    say = Phrases(lang, pack.phrases)
    name, _, rest = part.partition(".")
    if name == "cells":
        return _cell_label(pack, question, part, lang)
    if name == "value":
        return _language(rest, lang) if rest else ""
    if name in lay.NOTES:
        return f"{say(f'dx_part_{name}')} ({_language(rest, lang)})"
    if name == "definition":
        return f"{say('dx_part_definition')}{say('document_colon')}{definition_label(pack, question, rest, lang)}"
    known = {"status": "wb_head_status", "releasability": "wb_head_releasability", "naming": "wb_head_naming",
             "disclosure": "wb_head_disclosure",
             "particulars": "dx_particulars", "rows": "dx_part_rows"}  # fmt: skip
    return say(known[name]) if name in known else part


def _cell_label(pack: Pack, question: Question, part: str, lang: str) -> str:
    say = Phrases(lang, pack.phrases)
    names = list(question.dimensions)
    words = []
    for name, code in zip(names, cell_codes(part), strict=False):
        tree = codes(pack, question.dimensions[name].list)
        words.append(say("wb_total") if code == TOTAL else tree.label(code, lang) if code in tree.codes else code)
    return " · ".join(words) or part


def _language(code: str, lang: str) -> str:
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(locale(lang)) or code
    except (ValueError, LookupError):
        return code


def definition_label(pack: Pack, question: Question, rest: str, lang: str) -> str:
    """`rest`: categories.<code> or fields.<name>."""
    group, _, key = rest.partition(".")
    grid = pack.definitions.get(question.definition or "")
    if grid is not None and group == "categories":
        found = next((one for one in grid.categories if one.code == key), None)
        return pick(found.label, lang) if found else key
    say = Phrases(lang, pack.phrases)
    words = {"basis": "wb_field_basis", "date": "wb_field_date"}
    return say(words[key]) if key in words else key.replace("_", " ")


def part_value(pack: Pack, question: Question, part: str, value: Any, lang: str) -> str:
    """The value in words; "" if there is none."""
    if value is None:
        return ""
    name, _, rest = part.partition(".")
    if name == "status":
        return lay.status_options(pack, lang).words.get(str(value), str(value))
    if name == "releasability":
        return lay.audience_options(pack, lang).words.get(str(value), str(value))
    if name == "disclosure":
        return lay.class_options(pack, lang).words.get(str(value), str(value))
    if name == "naming":
        return lay.yes_no_options(pack, lang).words["yes" if value else "no"]
    if name == "cells":
        if isinstance(value, Mapping):
            return lay.status_options(pack, lang).words.get(str(value.get("status")), str(value))
        return _number(value, lang)
    if name == "definition":
        return _defined(pack, question, rest, str(value), lang)
    if name in ("rows", "particulars"):
        return _lines(pack, question.columns if name == "rows" else question.particulars, value, lang)
    if name == "value" and not rest:
        return _simple(pack, question, value, lang)
    return str(value)


def _simple(pack: Pack, question: Question, value: Any, lang: str) -> str:
    kind = question.type
    if kind in ("yes_no", "single_choice", "multiple_choice"):
        words = lay.choice_options(pack, question, lang).words
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(words.get(str(code), str(code)) for code in chosen)
    if kind == "date":
        return _date(str(value), lang)
    unit = pack.units.get(question.unit or "")
    return f"{_number(value, lang)} {pick(unit.label, lang) if unit else question.unit or ''}".strip()


def _defined(pack: Pack, question: Question, rest: str, value: str, lang: str) -> str:
    grid = pack.definitions.get(question.definition or "")
    group, _, key = rest.partition(".")
    if grid is None:
        return value
    given = grid.options if group == "categories" else grid.fields.get(key, [])
    return lay.own_options(pack, given, lang).words.get(value, value)


def _lines(pack: Pack, columns: Sequence[Column], value: Any, lang: str) -> str:
    """One line of text for each line, as people read it."""
    told = []
    for line in value if isinstance(value, list) else []:
        cells = [entry_words(pack, column, line.get(column.id), lang) for column in columns]
        told.append("; ".join(cell for cell in cells if cell))
    return "\n".join(told)


def entry_words(pack: Pack, column: Column, value: Any, lang: str) -> str:
    """One entry of a line."""
    if value in (None, ""):
        return ""
    options = lay.column_options(pack, column, lang)
    if options is not None:
        return options.words.get(str(value), str(value))
    if column.type == "date":
        return _date(str(value), lang)
    return _number(value, lang) if column.type in ("number", "percentage") else str(value)


def _date(value: str, lang: str) -> str:
    try:
        return date(dt.date.fromisoformat(value), lang)
    except ValueError:
        return value


def _number(value: Any, lang: str) -> str:
    """With the reader's separators, and as many decimals as were given."""
    try:
        exact = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    exponent = exact.as_tuple().exponent
    return number(exact, lang, max(0, -exponent) if isinstance(exponent, int) else 0)


# --- what is asked, for those who read it on paper ------------------------------------------------------------------

_SIMPLE_CONDITION = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*==\s*'?([A-Za-z0-9][\w+-]*)'?\s*$")


def guidance(pack: Pack, sheet: AskedQuestionnaire, question: Question, lang: str) -> str:
    """Guidance, counting rule, condition and unit of a question, one after the other."""
    say = Phrases(lang, pack.phrases)
    lines = [pick(question.guidance, lang)]
    rule = pick(question.counting_rule, lang)
    if rule:
        lines.append(say("wb_counting_rule", rule=rule))
    if question.asked_if:
        lines.append(say("wb_asked_if", condition=condition(pack, sheet, question.asked_if, lang)))
    if question.unit and question.type in ("matrix", "rows"):
        lines.append(say("wb_unit", unit=unit_name(pack, question.unit, lang)))
    if question.measure != "none":
        lines.append(say(f"wb_measure_{question.measure}"))
    return " ".join(line.strip() for line in lines if line.strip())


def condition(pack: Pack, sheet: AskedQuestionnaire, given: str, lang: str) -> str:
    """The condition under which a question is asked, with numbers in place of ids."""
    simple = _SIMPLE_CONDITION.match(given)
    if simple and simple[1] in sheet.questions:
        of = sheet.questions[simple[1]]
        word = simple[2]
        if of.question.type in ("yes_no", "single_choice"):
            word = lay.choice_options(pack, of.question, lang).words.get(word, word)
        return Phrases(lang, pack.phrases)("wb_condition_is", number=of.number, word=word)
    known = {q.id: q.number for q in sheet.questions.values()}
    return re.sub(r"[a-z][a-z0-9_]*", lambda found: known.get(found[0], found[0]), given)


def unit_name(pack: Pack, unit: str, lang: str) -> str:
    known = pack.units.get(unit)
    return pick(known.label, lang) if known else unit


def code_label(pack: Pack, question: Question, dimension: str | None, code: str, lang: str) -> str:
    """A code of a matrix in words."""
    if code == TOTAL or dimension is None:
        return Phrases(lang, pack.phrases)("wb_total")
    return codes(pack, question.dimensions[dimension].list).label(code, lang)


def line_told(answer: Answer, grid: lay.Matrix, line: tuple[str, ...]) -> bool:
    """Lines that do not apply as a whole, or hold nothing, are left out of a report that is filled in."""
    held = [answer.cells.get(grid.key(line, code)) for code in grid.columns()]
    return any(cell is not None and cell.status != "not_applicable" for cell in held)


def cell_words(pack: Pack, answer: Answer | None, key: CellKey, lang: str) -> str:
    if answer is None:
        return ""
    cell: Cell | None = answer.cells.get(key)
    if cell is None:
        return "–"
    if cell.status != "answered":
        return lay.status_options(pack, lang).words[cell.status]
    return number_words(cell.value, lang)


def number_words(value: object, lang: str) -> str:
    """With the reader's separators, and as many decimals as were given."""
    return _number(value, lang) if isinstance(value, int | Decimal) else str(value)
