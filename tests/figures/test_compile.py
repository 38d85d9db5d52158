"""What is wrong with a pack's indicators is told at once, all of it."""

from __future__ import annotations

import pytest

from cast import sampler, toy
from eirene.errors import PackError
from eirene.figures import compile_indicators
from eirene.framework import Pack
from eirene.framework.model import Indicator


def with_indicators(*declared: dict[str, object], **kept: Indicator) -> Pack:
    pack = sampler()
    label = {"en": "x", "fr": "x"}
    found = [Indicator.model_validate({"label": label, **one}) for one in declared]
    return pack.model_copy(update={"indicators": {**kept, **{i.id: i for i in found}}})


def problems(pack: Pack) -> str:
    with pytest.raises(PackError) as caught:
        compile_indicators(pack, "2022")
    return "\n".join(str(p) for p in caught.value.problems)


def test_every_problem_is_told() -> None:
    told = problems(
        with_indicators(
            {"id": "one", "family": "rate", "numerator": "staff[sex=womn]", "denominator": "stff"},
            {"id": "two", "family": "share_of_bodies", "yes": "law == perhaps", "unit": "furlongs"},
            {"id": "three", "family": "count", "numerator": "staff", "unit": "persons"},
            {"id": "four", "family": "completeness", "question": "staff", "dimension": "colour"},
            {"id": "five", "family": "gap", "left": "one", "right": "nothing", "unit": "points"},
            {
                "id": "six",
                "family": "share_of_bodies",
                "yes": "law == yes",
                "populations": ["membres"],
                "measures": ["R9"],
            },
            {"id": "seven", "family": "rate", "numerator": "staff", "denominator": "staff", "by": [["servce"]]},
        )
    )
    for quoted in (
        "did you mean women", "did you mean staff", "'perhaps'", "'furlongs'", "needs 'value'",
        "'numerator' means nothing", "'colour'", "'nothing'", "'membres'", "'R9'", "did you mean service",
    ):  # fmt: skip
        assert quoted in told


def test_a_gap_of_gaps_that_goes_round_is_told() -> None:
    told = problems(
        with_indicators(
            {"id": "a", "family": "gap", "left": "b", "right": "women", "unit": "points"},
            {"id": "b", "family": "gap", "left": "a", "right": "women", "unit": "points"},
            women=sampler().indicators["women"],
        )
    )
    assert "made of itself: a → b → a" in told


def test_a_gap_is_between_rates() -> None:
    told = problems(
        with_indicators(
            {"id": "a", "family": "gap", "left": "law", "right": "law", "unit": "points"},
            {"id": "law", "family": "share_of_bodies", "yes": "law == yes"},
        )
    )
    assert "is of the family share_of_bodies" in told


def test_a_question_that_no_questionnaire_asks_is_told() -> None:
    pack = with_indicators({"id": "a", "family": "count", "value": "orphan", "unit": "persons"})
    orphan = pack.questions["leave_weeks"].model_copy(update={"id": "orphan"})
    pack = pack.model_copy(update={"questions": {**pack.questions, "orphan": orphan}})
    assert "no questionnaire asks orphan" in problems(pack)


def test_an_indicator_is_left_out_where_its_question_is_not_asked() -> None:
    pack = sampler()
    q1 = pack.questionnaires["q1"]
    sections = [s.model_copy(update={"questions": [u for u in s.questions if u.use != "law"]}) for s in q1.sections]
    sections = [s.model_copy(update={"questions": [u for u in s.questions if u.use != "law_kind"]}) for s in sections]
    older = q1.model_copy(update={"sections": sections})
    pack = pack.model_copy(update={"questionnaires": {**pack.questionnaires, "q1": older}})
    assert "law_share" not in compile_indicators(pack, "2021")
    assert "law_share" in compile_indicators(pack, "2022")


def test_packs_of_the_cast_compile() -> None:
    assert list(compile_indicators(toy(), "2022")) == ["women_on_board", "charter_share", "crew_total"]
    assert len(compile_indicators(sampler(), "2022")) == len(sampler().indicators)
