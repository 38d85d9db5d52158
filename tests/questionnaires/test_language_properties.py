"""Whatever is written, compiling an expression gives an expression or a PackError, and costs little."""

from __future__ import annotations

import contextlib
import sys

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cast import sampler
from eirene.errors import PackError
from eirene.framework import asked
from eirene.questionnaires import Context, ReportScope, compile_expression

PACK = sampler()
SHEET = asked(PACK, "2022")
SCOPE = ReportScope(PACK, SHEET)
EMPTY = Context(PACK, SHEET, None, "AAA")

WORDS = "staff ranks law measures courses adopted leave_weeks remarks body.kind body reported yes no women OF-6+"
MORE = "sum( count( previous( status( answered( has( abs( min( round( sex service rank where in and or not _T"
SIGNS = "( ) [ ] , . = == != < <= + - * / 1 0 2.5 'x' \" @ # \u0663 1e9 {0} __class__"
#: Calls (and returns) of functions that one expression may cost: a hundred for each character of the longest.
MOST_CALLS = 60_000
PIECES = f"{WORDS} {MORE} {SIGNS}".split()


def compiles(text: str) -> None:
    calls = 0

    def count(*_about: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with contextlib.suppress(PackError):
            compile_expression(text, SCOPE).evaluate(EMPTY)
    finally:
        sys.setprofile(before)
    assert calls < MOST_CALLS


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=600))
@example("\x00")
@example("1" * 500)
@example("(" * 500)
def test_any_text(text: str) -> None:
    compiles(text)


@settings(max_examples=700, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
def test_any_heap_of_words(text: str) -> None:
    compiles(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=250).map("".join))
def test_any_heap_of_words_without_blanks(text: str) -> None:
    compiles(text)


NUMBER = st.integers(-999, 999).map(lambda n: f"({n})" if n < 0 else str(n))
SUM = st.recursive(
    NUMBER,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(SUM)
def test_whole_numbers_calculate_as_python_does(text: str) -> None:
    expected = eval(text, {"__builtins__": {}})
    assert compile_expression(text, SCOPE).evaluate(EMPTY) == expected
