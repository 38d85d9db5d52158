"""Answers, conditions and places in words of one language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, codes
from eirene.framework.model import Column, DisclosureClass, Question
from eirene.questionnaires.model import TOTAL
from eirene.questionnaires.parts import cell_codes
from eirene.questionnaires.values import shape
from eirene.text import date, listing, number, pick

#: status → what it is called on pages; withheld is what the law of many nations calls not releasable.
STATUS = {
    "answered": lazy("Answered"), "no_data": lazy("No data"), "not_applicable": lazy("Not applicable"),
    "withheld": lazy("Not releasable"),
}  # fmt: skip
_IS = re.compile(r"^\s*([a-z][a-z0-9_.]*)\s*(==|!=)\s*'?([A-Za-z0-9_+-]+)'?\s*$")


def language_name(code: str, lang: str) -> str:
    """French, for fr; the code itself where nobody knows it."""
    try:
        found = Locale.parse(code.replace("-", "_")).get_display_name(lang)
    except (UnknownLocaleError, ValueError):
        return code
    return found[:1].upper() + found[1:] if found else code


# --- conditions -----------------------------------------------------------------------------------------------------


def condition(pack: Pack, sheet: AskedQuestionnaire, expression: str, lang: str) -> str:
    """`all_positions_open == no` as "1.3 is no"; what is not that plain stays as it is written."""
    for word, joined in ((" or ", _("%(a)s or %(b)s")), (" and ", _("%(a)s and %(b)s"))):
        parts = expression.split(word)
        if len(parts) > 1 and all(_IS.match(part) for part in parts):
            said = [condition(pack, sheet, part, lang) for part in parts]
            text = said[0]
            for other in said[1:]:
                text = joined % {"a": text, "b": other}
            return text
    plain = _IS.match(expression)
    if plain is None:
        return expression
    name, sign, code = plain.groups()
    what = _("%(what)s is %(value)s") if sign == "==" else _("%(what)s is not %(value)s")
    if name.startswith("body."):
        attribute = name.removeprefix("body.")
        called = pack.phrases.get(lang, {}).get(f"attr_{attribute}") or attribute.replace("_", " ")
        return what % {"what": called, "value": _yes_no(code)}
    asked = sheet.questions.get(name)
    if asked is None:
        return expression
    return what % {"what": asked.number, "value": code_label(pack, asked.question, code, lang)}


def _yes_no(code: str) -> str:
    return {"yes": _("yes"), "no": _("no")}.get(code, code)


# --- values ---------------------------------------------------------------------------------------------------------


def code_label(pack: Pack, question: Question, code: str, lang: str) -> str:
    if question.choices is None:
        return _yes_no(code)
    tree = codes(pack, question.choices)
    return tree.label(code, lang) if code in tree else code


def options(pack: Pack, question: Question, lang: str) -> list[tuple[str, str]]:
    """(code, label) of the choices."""
    if question.choices is None:
        return [("yes", _("Yes")), ("no", _("No"))]
    tree = codes(pack, question.choices)
    return [(code, tree.label(code, lang)) for code in tree.codes]


def column_options(pack: Pack, column: Column, lang: str) -> list[tuple[str, str]]:
    """(code, label) of a column that is chosen from; empty for others."""
    if column.type == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    if column.type != "choice":
        return []
    tree = codes(pack, column.list or "")
    return [(code, tree.label(code, lang)) for code in tree.codes]


def entry(pack: Pack, column: Column, value: Any, lang: str) -> str:
    """What stands in a column, as one reads it."""
    if column.type in ("number", "percentage") and not isinstance(value, str):
        return number(value, lang)
    if column.type == "date":
        return _date(value, lang)
    return dict(column_options(pack, column, lang)).get(value, str(value))


def _date(value: Any, lang: str) -> str:
    try:
        return date(dt.date.fromisoformat(str(value)), lang)
    except ValueError:
        return str(value)


def value_words(pack: Pack, question: Question, value: Any, lang: str) -> str:
    """A value in words: Yes; two choices; 12.5; 31 December 2017; the text in the reader’s language."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return pick(value, lang)
    if question.type in ("yes_no", "single_choice"):
        label = code_label(pack, question, str(value), lang)
        return label[:1].upper() + label[1:]
    if question.type == "multiple_choice":
        chosen = [code_label(pack, question, code, lang) for code in value]
        return listing(chosen, lang) if chosen else _("None of them")
    if question.type == "date":
        return _date(value, lang)
    if isinstance(value, str):
        value = Decimal(value)
    text = number(value, lang)
    return f"{text} %" if question.unit == "percent" else text


# --- parts ----------------------------------------------------------------------------------------------------------

_TEXT_PARTS = {
    "reason": lazy("reason"), "comment": lazy("comment"), "justification": lazy("explanation"),
    "value": lazy("text"),
}  # fmt: skip
_PARTS = {
    "status": lazy("status"), "value": lazy("answer"), "rows": lazy("lines"), "particulars": lazy("particulars"),
    "releasability": lazy("releasable to"), "naming": lazy("released for naming"),
    "disclosure": lazy("protected as"),
}  # fmt: skip


def part_words(pack: Pack, asked: AskedQuestion, part: str, lang: str) -> str:
    """What a part is called: OF-8, men; comment (French)."""
    name, _dot, rest = part.partition(".")
    question = asked.question
    if name == "cells":
        form, key = shape(pack, question), cell_codes(part)
        if len(key) != len(form.names):
            return part
        return ", ".join(
            _("total") if code == TOTAL else form.trees[i].label(code, lang) if code in form.trees[i] else code
            for i, code in enumerate(key)
        )
    if name == "definition":
        return _("definition: %(what)s") % {"what": _definition_part(pack, question, rest, lang)}
    if rest and name in _TEXT_PARTS:
        return f"{_TEXT_PARTS[name]} ({language_name(rest, lang)})"
    return str(_PARTS.get(part, part))


def _definition_part(pack: Pack, question: Question, rest: str, lang: str) -> str:
    group, _dot, key = rest.partition(".")
    grid = pack.definitions.get(question.definition or "")
    if grid is None:
        return key
    if group == "categories":
        return next((pick(c.label, lang) for c in grid.categories if c.code == key), key)
    return field_name(key)


def field_name(name: str) -> str:
    """Fields of a definition grid."""
    return {"basis": _("how counted"), "date": _("on which date")}.get(name, name.replace("_", " "))


def part_value(pack: Pack, asked: AskedQuestion, part: str, value: Any, lang: str) -> str:
    """A part’s value in words, '' where there is none."""
    question = asked.question
    if value is None:
        return ""
    name, _dot, rest = part.partition(".")
    if part == "status" or (name == "cells" and isinstance(value, dict)):
        status = value["status"] if isinstance(value, dict) else value
        return str(STATUS.get(status, status))
    if name == "cells":
        return number(Decimal(value) if isinstance(value, str) else value, lang)
    if part == "value":
        return value_words(pack, question, value, lang)
    if part == "naming":
        return _("yes")
    if part == "disclosure":
        return next((pick(c.label, lang) for c in pack.header.disclosure_classes if c.code == value), str(value))
    if part == "releasability":
        return audience(pack, value, lang)
    if part in ("rows", "particulars"):
        columns = question.columns if part == "rows" else question.particulars
        return " · ".join(line_words(pack, columns, line, lang) for line in value)
    if name == "definition":
        return _definition_value(pack, question, rest, str(value), lang)
    return str(value)


def _definition_value(pack: Pack, question: Question, rest: str, value: str, lang: str) -> str:
    group, _dot, key = rest.partition(".")
    grid = pack.definitions.get(question.definition or "")
    if grid is None:
        return value
    known = grid.options if group == "categories" else grid.fields.get(key, [])
    return next((pick(c.label, lang) for c in known if c.code == value), value)


def line_words(pack: Pack, columns: list[Column], line: Mapping[str, Any], lang: str) -> str:
    return ", ".join(entry(pack, c, line[c.id], lang) for c in columns if line.get(c.id) not in (None, ""))


def protected_as(one: DisclosureClass, lang: str) -> str:
    """What a disclosure class is called, with a capital, and what it does to small counts."""
    label = pick(one.label, lang)
    label = label[:1].upper() + label[1:]
    if not one.threshold:
        return _("%(label)s: any count is shown") % {"label": label}
    return _("%(label)s: no count below %(n)d") % {"label": label, "n": one.threshold}


def audience(pack: Pack, code: str, lang: str) -> str:
    """What an audience is called, with a capital: The public."""
    found = next((pick(a.label, lang) for a in pack.header.audiences if a.code == code), code)
    return found[:1].upper() + found[1:]


def unit(pack: Pack, question: Question, lang: str) -> str:
    found = pack.units.get(question.unit or "") if question.unit else None
    return pick(found.label, lang) if found else ""
