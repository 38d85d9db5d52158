"""The language of expressions: what it means, what it refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cast import sampler, toy
from eirene.errors import PackError
from eirene.framework import asked
from eirene.questionnaires import Context, FigureScope, ReportScope, compile_expression, parse_report
from eirene.questionnaires.rules import BodyScope

PACK = sampler()
SHEET = asked(PACK, "2022")


def report(answers: dict[str, Any], cycle: str = "2022") -> Any:
    return parse_report(
        {
            "format": "eirene.report/1",
            "pack": "sampler",
            "questionnaire": "q2" if cycle == "2022" else "q1",
            "cycle": cycle,
            "body": "AAA",
            "answers": answers,
        },
        PACK,
    )


def cells(*given: tuple[Any, ...], names: tuple[str, ...] = ("service", "sex")) -> dict[str, Any]:
    """cells(("army", "women", 3), …): the last entry is a value or a status."""
    found = []
    for *codes, last in given:
        found.append(
            dict(zip(names, codes, strict=True)) | ({"status": last} if isinstance(last, str) else {"value": last})
        )
    return {"status": "answered", "cells": found}


ARMY = (("army", "women", 30), ("army", "men", 70), ("army", "_T", 100))
RANKS = (("OF-6", "women", 1), ("OF-7", "women", "not_applicable"), ("OF-3-5", "women", 9))
ANSWERS = {
    "staff": cells(*ARMY, ("navy", "_T", 50), ("_T", "_T", 160)),
    "ranks": cells(*RANKS, names=("rank", "sex")),
    "law": {"status": "answered", "value": "yes", "particulars": [{"title": "Act"}]},
    "law_kind": {"status": "withheld", "reason": {"en": "Not yet."}},
    "measures": {"status": "answered", "value": ["leave", "flexible"]},
    "leave_weeks": {"status": "answered", "value": "20.5"},
    "adopted": {"status": "answered", "value": "2019-03-01"},
    "courses": {"status": "answered", "rows": [{"course": "One"}, {"course": "Two"}]},
}  # fmt: skip


def value(text: str, *, previous: dict[str, Any] | None = None, bound: dict[str, str] | None = None) -> Any:
    before = report(previous, "2021") if previous is not None else None
    context = Context(PACK, SHEET, report(ANSWERS), "AAA", bound, before)
    return compile_expression(text, ReportScope(PACK, SHEET)).evaluate(context)


def complaint(text: str, **kwargs: Any) -> str:
    with pytest.raises(PackError) as caught:
        compile_expression(text, ReportScope(PACK, SHEET), **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-2 - -3", 1),
        ("10 / 4", Fraction(5, 2)),
        ("8 / 4", 2),
        ("0.1 + 0.2 == 0.3", True),
        ("1 / 0", None),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("round(2.345, 2)", Fraction(117, 50)),
        ("abs(3 - 10)", 7),
        ("min(3, 1, 2) + max(3, 1, 2)", 4),
        ("not 1 > 2 and 2 >= 2", True),
        ("3 in (1, 2, 3)", True),
        ("3 not in (1, 2, 3)", False),
    ],
)
def test_arithmetic_and_logic_are_exact(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("staff", 160),
        ("staff[service=army]", 100),
        ("staff[sex=women, service=army] / staff[service=army]", Fraction(3, 10)),
        ("staff[sex=women]", None),
        ("sum(staff where service in (army, navy))", 150),
        ("sum(staff where service == army and sex in (women, men))", 100),
        ("sum(staff where sex != men)", None),
        ("sum(staff)", None),
        ("ranks[rank=OF-6+, sex=women]", 1),
        ("ranks[rank=OF-7, sex=women]", None),
        ("sum(ranks where rank in (OF-7, OF-3-5) and sex == women)", 9),
        ("ranks[rank='OF-6+', sex=women] + 1", 2),
        ("law == yes", True),
        ("law != 'yes'", False),
        ("law in (yes, no)", True),
        ("has(measures, leave)", True),
        ("has(measures, childcare)", False),
        ("leave_weeks * 2", 41),
        ("adopted < '2020-01-01'", True),
        ("count(courses)", 2),
        ("count(measures)", 2),
        ("answered(law) and not answered(law_kind)", True),
        ("answered(staff[service=army])", True),
        ("answered(staff[sex=women])", False),
        ("status(law_kind) == withheld", True),
        ("status(ranks[rank=OF-7, sex=women]) == not_applicable", True),
        ("status(remarks) == answered", None),
        ("body.armed_forces == yes", True),
        ("body.kind == nation and body.code in (AAA, BBB)", True),
        ("reported", True),
    ],
)  # fmt: skip
def test_answers_cells_and_facts(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_what_is_missing_makes_a_result_missing_unless_the_other_side_decides() -> None:
    assert value("leave_pay > 10") is None
    assert value("leave_pay + 1") is None
    assert value("leave_pay > 10 and law == no") is False
    assert value("leave_pay > 10 and law == yes") is None
    assert value("leave_pay > 10 or law == yes") is True
    assert value("not (leave_pay > 10)") is None
    assert value("leave_pay in (1, 2)") is None


def test_unnamed_dimensions_mean_the_code_at_hand() -> None:
    assert value("staff", bound={"service": "army"}) == 100
    assert value("staff[sex=women]", bound={"service": "army"}) == 30
    assert value("staff[service=navy]", bound={"service": "army"}) == 50
    assert value("sum(staff)", bound={"service": "army"}) == 100


def test_previous_looks_at_the_report_before() -> None:
    then = {"staff": cells(("_T", "_T", 150)), "law": {"status": "answered", "value": "no"}}
    assert value("staff - previous(staff)", previous=then) == 10
    assert value("previous(law == no) and law == yes", previous=then) is True
    assert value("law == previous(law)", previous=then) is False
    assert value("staff - previous(staff)") is None
    assert value("previous(staff)", previous=then, bound={"service": "army"}) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("womn > 3", ["unknown name 'womn'", "column 1"]),
        ("stff > 3", ["did you mean staff?", "column 1"]),
        ("1 + staff[sex=wmen]", ["'wmen'", "did you mean women?", "column 15"]),
        ("staff[sx=women]", ["dimension of staff 'sx'", "did you mean sex?"]),
        ("law == yess", ["'yess'", "did you mean yes?"]),
        ("status(law) == witheld", ["did you mean withheld?"]),
        ("has(measures, leaves)", ["did you mean leave?"]),
        ("body.armed_force == yes", ["did you mean body.armed_forces?"]),
        ("summ(staff)", ["unknown function 'summ'", "did you mean sum?"]),
        ("1 < 2 < 3", ["cannot be chained"]),
        ("law = yes", ["Write == to compare"]),
        ("law and staff > 1", ["expected a condition", "Write law == yes"]),
        ("'a' * 9 * 9", ["expected a number, found a string"]),
        ("law + 1", ["expected a number, found a choice"]),
        ("law == 1", ["'1'"]),
        ("remarks == 'x'", ["cannot be compared"]),
        ("measures == leave", ["has(question, code)"]),
        ("adopted > '2019-3-1'", ["is no date"]),
        ("sum(ranks where rank in (OF-6+, OF-6))", ["counted twice"]),
        ("sum(law where x == y)", ["has no cells"]),
        ("staff[sex=women, sex=men]", ["named twice"]),
        ("law[sex=women] == yes", ["has no cells"]),
        ("count(staff)", ["count() takes rows"]),
        ("answered(1)", ["takes a question"]),
        ("(1 + 2", ["expected ')', found the end"]),
        ("1 +", ["expected a value, found the end"]),
        ("", ["is empty"]),
        ("staff @ 2", ["'@' means nothing"]),
        ("1_000", ["unexpected '_000'"]),
        ("staff.__class__ == 1", ["unknown name 'staff.__class__'"]),
        ("'open", ["Close the string"]),
        ("round(1.5, 99)", ["0 to 9 decimals"]),
        ("courses", ["Use count(…)"]),
    ],
)
def test_mistakes_are_told_when_compiled_with_column_and_suggestion(text: str, words: list[str]) -> None:
    told = complaint(text)
    for word in words:
        assert word in told
    assert "^" in told


def test_several_mistakes_are_told_at_once() -> None:
    assert complaint("stff > 1 and lw == yes and staff[sex=x] > 1").count("^") == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 + " * 125 + "1", "characters"),
        ("1" + "+1" * 101, "more than 200 words and signs"),
        ("(" * 21 + "1" + ")" * 21, "more than 20 deep"),
        ("-" * 30 + "1", "more than 20 deep"),
        ("not " * 30 + "law == yes", "more than 20 deep"),
        ("abs(" * 21 + "1" + ")" * 21, "more than 20 deep"),
    ],
)
def test_length_and_depth_are_bounded(text: str, words: str) -> None:
    assert words in complaint(text)


def test_the_longest_allowed_expressions_work() -> None:
    assert value("+".join("1" * 100)) == 100
    assert value("(" * 20 + "1" + ")" * 20) == 1


def test_what_an_expression_must_give_is_checked() -> None:
    assert "expected a condition" in complaint("staff", expect="bool")
    assert "expected a number" in complaint("law == yes", expect="number")
    assert "rules.yaml:7" in complaint("x", where="rules.yaml:7")


def test_it_says_what_it_speaks_of_and_what_is_not_asked_here() -> None:
    pack = toy()
    expression = compile_expression("crew[sex=women] / previous(crew)", ReportScope(pack, asked(pack, "2022")))
    assert expression.questions == {"crew"}
    assert expression.uses_previous
    assert expression.usable

    other = PACK.questions["law"].model_copy(update={"id": "other"})
    few = PACK.model_copy(update={"questions": {**PACK.questions, "other": other}})
    elsewhere = compile_expression("other == yes and law == yes", ReportScope(few, SHEET))
    assert elsewhere.not_asked == {"other"}
    assert not elsewhere.usable


def test_codes_of_the_list_that_are_not_asked_are_known_but_not_usable() -> None:
    staff = PACK.questions["staff"]
    women = staff.dimensions["sex"].model_copy(update={"codes": ["women"]})
    narrow = staff.model_copy(update={"dimensions": {**staff.dimensions, "sex": women}})
    pack = PACK.model_copy(update={"questions": {**PACK.questions, "staff": narrow}})
    expression = compile_expression("staff[sex=men]", ReportScope(pack, asked(pack, "2022")))
    assert expression.codes_not_asked == {("staff", "sex", "men")}


def test_conditions_on_figures_take_references() -> None:
    class Figures:
        def value(self, ref: str) -> Any:
            return {"women": 40, "women.pooled": 41, "women[service=army]": 42}.get(ref)

        def change(self, ref: str) -> Any:
            return None

    scope = FigureScope(["women", "law_share"])
    assert compile_expression("value(women) < value(women[service=army])", scope).evaluate(Figures()) is True
    assert compile_expression("value(women.pooled) == 41 and women == 40", scope).evaluate(Figures()) is True
    assert compile_expression("change(women) > 0", scope).evaluate(Figures()) is None
    with pytest.raises(PackError, match="did you mean women"):
        compile_expression("value(womn) > 1", scope)


def test_body_expressions_know_no_questions() -> None:
    with pytest.raises(PackError, match="unknown name 'law'"):
        compile_expression("law == yes", BodyScope(PACK))
