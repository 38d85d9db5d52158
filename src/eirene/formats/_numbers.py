"""Numbers as people write them. What has one reading is taken; what has two is asked; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from eirene.formats.door import RawCell
from eirene.questionnaires.model import Number

#: Beyond this a workbook, which holds 15 digits, no longer holds whole numbers exactly.
_EXACT = Decimal(10) ** 15
_SPACES = " \u00a0\u2007\u2009\u202f"
_APOSTROPHES = "'\u2019\u02bc"
_GROUPED = re.compile(rf"^(\d{{1,3}})(?:([{_SPACES}{_APOSTROPHES}])\d{{3}}(?:\2\d{{3}})*)(?:[.,](\d+))?$")
_POINTED = re.compile(r"^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$")
_PLAIN = re.compile(r"^\d+(?:[.,]\d+)?$")
_TWO_READINGS = re.compile(r"^[1-9]\d{0,2}[.,]\d{3}$")
_EXPONENT = re.compile(r"^\d+(?:[.,]\d+)?[eE][+-]?\d+$")
_NOT_NUMBERS = frozenset({"nan", "inf", "infinity", "infinite", "∞", "null", "none"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that is no number: `code` names the phrase, `facts` fill it."""

    code: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A number. `note` names the phrase that says how it was read, where that is not plain."""

    value: Number
    note: str = ""


def tidy(value: Decimal) -> Number:
    """Whole numbers as int; others without trailing zeros and without exponent."""
    if value == value.to_integral_value():
        return int(value)
    return Decimal(format(value.normalize(), "f"))


def read_number(cell: RawCell, *, per_cent: bool) -> Read | Wrong:
    """A box for numbers. `per_cent`: the unit asked is per cent, so 40.7 % reads 40.7."""
    if cell.kind == "text":
        return _from_text(str(cell.value), per_cent)
    if cell.kind not in ("number", "percent"):
        return Wrong("num_kind_date" if cell.kind == "date" else "num_kind_yes_no", {"value": cell.value})
    assert isinstance(cell.value, Decimal)
    if not cell.value.is_finite() or abs(cell.value) >= _EXACT:
        return Wrong("num_too_large", {"value": str(cell.value)[:40]})
    if cell.kind == "number":
        return Read(tidy(cell.value))
    shown = tidy(cell.value * 100)
    return Read(shown, "num_read_percent") if per_cent else Wrong("num_percent", {"value": f"{shown} %"})


def _from_text(original: str, per_cent: bool) -> Read | Wrong:
    shown: dict[str, object] = {"value": original.strip()[:60]}
    text = original.strip()
    if any(ch.isdigit() and not ch.isascii() for ch in text):
        return Wrong("num_digits", shown)
    if "_" in text:
        return Wrong("num_underscore", shown)
    if text.endswith("%"):
        if not per_cent:
            return Wrong("num_percent", shown)
        text = text[:-1].strip()
    sign, text = _signed(text)
    if text.casefold() in _NOT_NUMBERS:
        return Wrong("num_not_finite", shown)
    if _EXPONENT.match(text):
        return Wrong("num_exponent", shown)
    if _TWO_READINGS.match(text):
        whole = sign + text.replace(",", "").replace(".", "")
        return Wrong("num_ambiguous", {**shown, "whole": whole, "fraction": sign + text.replace(",", ".")})
    number = _unambiguous(text)
    if number is None:
        return Wrong("num_text", shown)
    value = Decimal(sign + number)
    if abs(value) >= _EXACT and value != value.to_integral_value():
        return Read(value, "num_read_text")
    return Read(tidy(value), "num_read_text")


def _signed(text: str) -> tuple[str, str]:
    if text[:1] in ("-", "−", "–"):
        return "-", text[1:].strip()
    return "", text[1:].strip() if text[:1] == "+" else text


def _unambiguous(text: str) -> str | None:
    """The number with a point for decimals and nothing between thousands; None if it is none."""
    if len(text) > 40:
        return None
    if _PLAIN.match(text):
        return text.replace(",", ".")
    if _GROUPED.match(text):
        for separator in _SPACES + _APOSTROPHES:
            text = text.replace(separator, "")
        return text.replace(",", ".")
    if _POINTED.match(text):
        thousands = text[re.search(r"[.,]", text).start()]  # type: ignore[union-attr]
        return text.replace(thousands, "").replace(",", ".")
    return None
