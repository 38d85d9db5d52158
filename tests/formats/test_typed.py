"""What people type into a box for a number is read as in a workbook: one reading is taken, two are asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cast import sampler
from eirene.formats.typed import Typed, mark_of, read_typed


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), (" 1 229 ", 1229), ("1\u202f229", 1229), ("1'229'000", 1229000), ("40,7", Decimal("40.7")),
     ("1.234.567", 1234567), ("-3", -3), ("1.2340", Decimal("1.234"))],
)  # fmt: skip
def test_what_has_one_reading_is_taken(text: str, value: object) -> None:
    assert read_typed(sampler(), text, "en") == Typed(value=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1,234", "1.234"])
def test_what_has_two_readings_is_asked_and_each_can_be_typed(text: str) -> None:
    read = read_typed(sampler(), text, "en")
    assert read.value is None
    assert text in read.what
    assert [read_typed(sampler(), one, "en").value for one in read.readings] == [1234, Decimal("1.234")]


@pytest.mark.parametrize(
    ("text", "lang", "status"),
    [("nd", "en", "no_data"), ("NA", "en", "not_applicable"), ("so", "fr", "not_applicable"), ("wh", "fr", "withheld"),
     ("pas de donnée", "en", ""), ("no data", "fr", "no_data")],
)  # fmt: skip
def test_marks_are_reasons_in_every_language(text: str, lang: str, status: str) -> None:
    assert read_typed(sampler(), text, lang, marks=True).status == status


def test_a_mark_is_no_number_where_no_reason_can_stand() -> None:
    read = read_typed(sampler(), "nd", "en")
    assert (read.value, read.status) == (None, "")
    assert read.remedy


def test_a_mark_is_read_back_as_its_reason() -> None:
    for lang in ("en", "fr"):
        for status in ("no_data", "not_applicable", "withheld"):
            assert read_typed(sampler(), mark_of(sampler(), status, lang), lang, marks=True).status == status


@pytest.mark.parametrize("text", ["=1+1", "abc", "1e5", "12 %", "nan", "١٢", "9" * 60])
def test_what_is_no_number_is_told_in_words(text: str) -> None:
    read = read_typed(sampler(), text, "en")
    assert read.value is None
    assert read.what
    assert read.remedy
