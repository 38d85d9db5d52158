"""Checking a report: every rule, all findings, in words that name the place and the remedy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from cast import sampler, toy, toy_report
from eirene.errors import PackError, UsageError
from eirene.framework import Pack
from eirene.framework.model import Rule
from eirene.questionnaires import Finding, Report, check, compile_rules, parse_report

PACK = sampler()
DEFINED = {"categories": {"conscripts": "included", "cadets": "none"}, "fields": {"basis": "headcount"}}


def cells(names: str, *given: tuple[Any, ...]) -> dict[str, Any]:
    """cells("service sex", ("army", "women", 3), …): the last entry is a value or a status."""
    found = []
    for *codes, last in given:
        what = "status" if isinstance(last, str) and not last[-1].isdigit() else "value"
        found.append(dict(zip(names.split(), codes, strict=True)) | {what: last})
    return {"status": "answered", "cells": found}


def staff(*given: tuple[Any, ...]) -> dict[str, Any]:
    return {**cells("service sex", *given), "definition": DEFINED}


GOOD: dict[str, Any] = {
    "staff": staff(*((s, x, 10) for s in ("army", "navy", "air_force") for x in ("women", "men"))),
    "ranks": cells("rank sex", *((band, sex, 4) for band in ("OF-6+", "OF-3-5") for sex in ("women", "men"))),
    "law": {"status": "answered", "value": "no"},
    "measures": {"status": "answered", "value": []},
    "leave_weeks": {"status": "answered", "value": "20.5"},
    "leave_pay": {"status": "answered", "value": 80},
}  # fmt: skip


def report(pack: Pack = PACK, body: str = "AAA", cycle: str = "2022", **answers: Any) -> Report:
    merged = {q: a for q, a in {**GOOD, **answers}.items() if a is not None}
    head = {"format": "eirene.report/1", "pack": "sampler", "questionnaire": "q2" if cycle == "2022" else "q1"}
    return parse_report({**head, "cycle": cycle, "body": body, "answers": merged}, pack)


def found(findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.outcome == "found"]


def codes_of(pack: Pack = PACK, body: str = "AAA", **answers: Any) -> list[str]:
    return [f.code for f in check(report(pack, body, **answers), pack)]


def only(code: str, findings: Sequence[Finding]) -> Finding:
    (one,) = [f for f in findings if f.code == code]
    return one


def test_a_good_report_has_no_findings() -> None:
    assert check(report(), PACK) == []


@pytest.mark.parametrize(
    ("answers", "code", "severity"),
    [
        ({"law": None}, "answer.missing", "error"),
        ({"leave_pay": {"status": "no_data"}}, "answer.no_reason", "warning"),
        ({"leave_pay": {"status": "withheld"}}, "answer.no_reason", "warning"),
        ({"law_kind": {"status": "answered", "value": "law"}}, "answer.not_asked", "warning"),
        ({"staff": staff()}, "answer.empty", "error"),
        ({"leave_weeks": {"status": "answered", "value": -1}}, "number.negative", "blocker"),
        ({"leave_pay": {"status": "answered", "value": 101}}, "number.over_100", "blocker"),
        ({"courses": {"status": "answered", "rows": [{"persons": 3}]}}, "rows.column_missing", "error"),
        ({"courses": {"status": "answered", "rows": [{"course": "x", "persons": -3}]}}, "number.negative", "blocker"),
        ({"law": {"status": "answered", "value": "yes"}, "law_kind": {"status": "answered", "value": "law"}},
         "particulars.missing", "error"),
        ({"staff": {**GOOD["staff"], "definition": None}}, "definition.missing", "warning"),
        ({"staff": {**GOOD["staff"], "definition": {"fields": {"basis": "fte"}}}}, "definition.incomplete", "warning"),
    ],
)  # fmt: skip
def test_built_in_rules(answers: dict[str, Any], code: str, severity: str) -> None:
    (one,) = check(report(**answers), PACK)
    assert (one.code, one.severity, one.outcome) == (code, severity, "found")
    assert set(one.message) == set(one.remedy) == {"en", "fr"}
    assert all(one.message.values())
    assert all(one.remedy.values())


def test_cells_are_checked_one_by_one() -> None:
    given = staff(("army", "women", -3), ("army", "men", "2.5"), ("_T", "_T", 40))
    findings = check(report(staff=given), PACK)
    negative, half = only("number.negative", findings), only("number.not_whole", findings)
    assert negative.place.cell == {"service": "army", "sex": "women"}
    assert negative.message["en"] == "Question 1.1, army, women: -3 is negative."
    assert half.message["fr"] == "Question 1.1, armée de terre, hommes\u00a0: 2,5 n’est pas un nombre entier."


def test_more_women_than_the_total_is_told_in_words() -> None:
    given = staff(("army", "women", 310), ("army", "_T", 300), ("_T", "_T", 400))
    one = only("parts.staff.sex", check(report(staff=given), PACK))
    assert one.severity == "error"
    assert one.message["en"] == "Question 1.1, army: women (310) is more than the total (300)."
    assert one.message["fr"] == "Question 1.1, armée de terre\u00a0: femmes (310) dépasse le total (300)."
    assert one.place.cell == {"service": "army", "sex": "_T"}


def test_parts_and_total_that_differ() -> None:
    more = staff(("_T", "women", 150), ("_T", "men", 160), ("_T", "_T", 300))
    assert only("parts.staff.sex", check(report(staff=more), PACK)).message["en"] == (
        "Question 1.1: women + men (310) is more than the total (300)."
    )
    less = staff(("_T", "women", 140), ("_T", "men", 150), ("_T", "_T", 300))
    assert "is less than the total (300)" in only("parts.staff.sex", check(report(staff=less), PACK)).message["en"]


def test_an_incomplete_breakdown_may_be_less_than_its_total_but_never_more() -> None:
    assert "parts.staff.sex" not in codes_of(staff=staff(("_T", "women", 100), ("_T", "_T", 300)))
    assert "parts.staff.service" in codes_of(staff=staff(("army", "women", 310), ("_T", "_T", 300)))
    withheld = staff(("_T", "women", 100), ("_T", "men", "withheld"), ("_T", "_T", 300))
    assert "parts.staff.sex" not in codes_of(staff=withheld)


def test_what_does_not_apply_completes_a_breakdown() -> None:
    given = staff(("army", "_T", 10), ("navy", "_T", "not_applicable"), ("air_force", "_T", 5), ("_T", "_T", 15))
    assert "parts.staff.service" not in codes_of(staff=given)
    given["cells"][3]["value"] = 16
    assert "parts.staff.service" in codes_of(staff=given)


def test_bands_are_checked_against_their_codes() -> None:
    given = cells("rank sex", ("OF-6+", "women", 1), ("OF-6", "women", 2))
    one = only("parts.ranks.rank", check(report(ranks=given), PACK))
    assert one.message["en"] == "Question 1.2, women: OF-6 (2) is more than OF-6 and above (1)."


def test_blank_cells_are_counted_and_never_zero() -> None:
    one = only("cells.blank", check(report(staff=staff(("_T", "_T", 300))), PACK))
    assert one.severity == "note"
    assert one.message["en"] == "Question 1.1: 11 of 12 cells are blank. They count as not known, not as zero."
    assert "cells.total_unknown" in codes_of(staff=staff(("army", "women", 300)))


def test_a_question_that_does_not_apply_is_neither_owed_nor_answered() -> None:
    without = {"staff": None, "ranks": None}
    assert codes_of(body="DDD", **without) == []
    assert codes_of(body="DDD", ranks=None) == ["answer.not_applicable"]


def test_a_question_is_owed_only_if_an_earlier_answer_asks_for_it() -> None:
    yes = {"status": "answered", "value": "yes", "particulars": [{"title": "Act"}]}
    assert codes_of(law=yes) == ["answer.missing"]
    assert codes_of(law=yes, law_kind={"status": "answered", "value": "order"}) == []
    assert codes_of(law={"status": "no_data", "reason": {"en": "x"}}) == []


def test_a_justification_marks_the_finding_but_lifts_no_blocker() -> None:
    why = {"justification": {"en": "As counted."}}
    wrong = {**staff(("_T", "women", 310), ("_T", "_T", 300), ("army", "men", -1)), **why}
    findings = check(report(staff=wrong), PACK)
    assert only("parts.staff.sex", findings).justified
    assert not only("number.negative", findings).justified


def test_a_report_of_a_body_that_is_not_asked_is_blocked() -> None:
    stranger = Report("sampler", "q2", "2022", "ZZZ")
    assert check(stranger, PACK)[0].code == "body.not_asked"
    assert check(stranger, PACK)[0].severity == "blocker"


def test_findings_come_in_the_order_of_the_form() -> None:
    findings = check(
        report(law=None, leave_pay={"status": "answered", "value": -1}, staff=staff(("army", "women", -1))), PACK
    )
    assert [f.place.question for f in findings] == ["staff", "staff", "staff", "law", "leave_pay"]


# --- declared rules -------------------------------------------------------------------------------------------------


def ruled(**rule: Any) -> Pack:
    """The sampler with one rule of its own."""
    words = {
        "message": {"en": "{place}: wrong.", "fr": "{place}\u00a0: faux."},
        "remedy": {"en": "Look.", "fr": "Voyez."},
    }
    one = Rule.model_validate({"id": "X-1", "severity": "warning", **words, **rule})
    return PACK.model_copy(update={"rules": {"X-1": one}})


def outcome(
    pack: Pack, before: dict[str, Any] | None = None, peers: Sequence[Report] = (), **answers: Any
) -> list[Finding]:
    previous = report(pack, cycle="2021", **before) if before is not None else None
    return [f for f in check(report(pack, **answers), pack, previous=previous, peers=peers) if f.code == "X-1"]


def test_sum_of_parts_names_the_line() -> None:
    pack = ruled(kind="sum_of_parts", question="staff", dimension="sex", message="{place}: {parts} for {total}.")
    wrong = staff(("army", "women", 4), ("army", "men", 7), ("army", "_T", 10))
    (one,) = outcome(pack, staff=wrong)
    assert one.message["en"] == "Question 1.1, army: 11 for 10."
    assert "parts.staff.sex" not in [f.code for f in check(report(pack, staff=wrong), pack)], "told once"
    (none,) = outcome(pack, staff=staff(("_T", "_T", 10)))
    assert none.outcome == "not_evaluated"


def test_at_most_for_each_code() -> None:
    pack = ruled(
        kind="at_most", left="staff[sex=women]", right="staff[sex=men]", question="staff", for_each=["service"],
        message="{place}: {left} over {right}.",
    )  # fmt: skip
    given = staff(("army", "women", 1500), ("army", "men", 2), ("navy", "women", 1), ("navy", "men", 2))
    (one,) = outcome(pack, staff=given)
    assert one.place.cell == {"service": "army", "sex": "women"}
    assert one.message["en"] == "Question 1.1, army, women: 1,500 over 2."


def test_assert_and_what_is_missing() -> None:
    pack = ruled(kind="assert", that="staff < 100", question="staff")
    assert outcome(pack) == []
    assert outcome(pack, staff=staff(("_T", "_T", 100)))[0].message["fr"] == "Question 1.1\u00a0: faux."
    (missing,) = outcome(pack, staff={"status": "withheld", "reason": {"en": "x"}})
    assert (missing.outcome, missing.severity) == ("not_evaluated", "note")
    assert missing.message["en"] == "X-1: not evaluated; an answer that it needs is missing."


def test_a_rule_on_what_is_not_asked_of_the_body_says_nothing() -> None:
    pack = ruled(kind="assert", that="staff < 100", question="staff")
    assert [f.code for f in check(report(pack, "DDD", staff=None, ranks=None), pack)] == []


def test_required_if_replaces_the_general_finding() -> None:
    pack = ruled(kind="required_if", question="measures", when="law == no")
    assert [f.code for f in check(report(pack, measures=None), pack)] == ["X-1"]
    assert outcome(pack, measures={"status": "no_data", "reason": {"en": "x"}}) == []


def test_change_needs_both_limits_passed() -> None:
    pack = ruled(kind="change", value="staff", percent=50, absolute=10, message="{value} was {previous}: {change}")
    assert outcome(pack, {"staff": staff(("_T", "_T", 41))}) == []
    assert outcome(pack, {"staff": staff(("_T", "_T", 40))}) == []
    assert outcome(pack, {"staff": staff(("_T", "_T", 39))})[0].message["en"] == "60 was 39: +21"
    assert outcome(pack, {"staff": staff(("_T", "_T", 0))})[0].message["fr"] == "60 was 0: +60"
    small = {"staff": staff(("_T", "_T", 9))}
    assert outcome(pack, {"staff": staff(("_T", "_T", 1))}, **small) == []


def test_rules_on_the_past_say_so_when_there_is_none() -> None:
    for rule in (
        {"kind": "change", "value": "staff", "percent": 5},
        {"kind": "same_as_before", "question": "staff"},
        {"kind": "definition_changed", "question": "staff"},
        {"kind": "assert", "that": "previous(law) == law"},
    ):
        (one,) = outcome(ruled(**rule))
        assert one.outcome == "not_evaluated"
        assert one.message["en"] == "X-1: not evaluated; the report of the previous cycle is needed."
        assert one.remedy["en"] == "Give it with --previous."


def test_a_value_missing_in_the_previous_report_is_not_compared() -> None:
    (one,) = outcome(ruled(kind="change", value="staff", percent=5), {"staff": None})
    assert "missing in this report or in the previous one" in one.message["en"]


def test_a_broken_series_is_not_compared() -> None:
    (one,) = outcome(ruled(kind="assert", that="previous(law) == law", question="law"), {})
    assert one.outcome == "not_evaluated"
    assert "Until 2021 only laws in force counted." in one.message["en"]


def test_numbers_identical_to_the_last_report_are_flagged() -> None:
    pack = ruled(kind="same_as_before", question="staff")
    assert outcome(pack, {})[0].outcome == "found"
    other = staff(*((s, x, 11) for s in ("army", "navy", "air_force") for x in ("women", "men")))
    assert outcome(pack, {"staff": other}) == []
    zero = staff(("_T", "_T", 0))
    assert outcome(pack, {"staff": zero}, staff=zero) == []


def test_a_definition_that_changed_is_flagged() -> None:
    pack = ruled(kind="definition_changed", question="staff")
    assert outcome(pack, {}) == []
    other = {**DEFINED, "categories": {"conscripts": "excluded", "cadets": "none"}}
    assert outcome(pack, {"staff": {**GOOD["staff"], "definition": other}})[0].outcome == "found"


def test_outliers_against_the_quartiles_of_the_peers() -> None:
    pack = ruled(kind="outlier", value="leave_weeks", factor="1.5", message="{value} outside {low} to {high}")
    peers = [
        Report("sampler", "q2", "2022", f"P{n}", report(pack, leave_weeks={"status": "answered", "value": n}).answers)
        for n in (10, 12, 14, 16, 18)
    ]
    far = {"leave_weeks": {"status": "answered", "value": 40}}
    assert outcome(pack, peers=peers) == []
    assert outcome(pack, peers=peers, **far)[0].message["en"] == "40 outside 6 to 22"
    (few,) = outcome(pack, peers=peers[:4], **far)
    assert few.message["en"] == "X-1: not evaluated; the reports of at least 5 other bodies are needed."


def test_the_bodys_own_report_and_other_cycles_are_no_peers() -> None:
    pack = ruled(kind="outlier", value="leave_weeks", factor=1)
    own = [report(pack)] * 5 + [report(pack, "BBB", "2021")] * 5
    assert outcome(pack, peers=own)[0].outcome == "not_evaluated"


def test_the_previous_report_must_be_of_the_same_body() -> None:
    with pytest.raises(UsageError, match="of BBB, the report checked of AAA"):
        check(report(), PACK, previous=report(body="BBB", cycle="2021"))


def test_nothing_in_a_message_is_evaluated() -> None:
    pack = ruled(kind="assert", that="staff > 100", question="staff", message="{place} {{place}} {0} {place.x} %s")
    assert outcome(pack)[0].message["en"] == "Question 1.1 {Question 1.1} {0} {place.x} %s"


def test_no_remedy_of_ours_offers_a_number() -> None:
    findings = check(report(staff=staff(("_T", "women", 310), ("_T", "_T", 300), ("army", "men", -5))), PACK)
    assert findings
    for one in findings:
        assert not any(char.isdigit() for text in one.remedy.values() for char in text)


# --- compiling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "assert", "that": "stff > 1"}, "did you mean staff?"),
        ({"kind": "assert", "that": "staff + 1"}, "expected a condition"),
        ({"kind": "at_most", "left": "law", "right": "1"}, "expected a number"),
        ({"kind": "at_most", "left": "staff"}, "needs 'right'"),
        ({"kind": "assert", "that": "staff > 1", "message": "{value}"}, "{value} has no value"),
        ({"kind": "assert", "that": "staff > 1", "for_each": ["sex"]}, "for_each needs the question"),
        ({"kind": "change", "value": "staff"}, "needs percent, absolute or both"),
        ({"kind": "assert", "that": "1 > 2"}, "it speaks of no question"),
    ],
)
def test_rules_that_cannot_be_are_told_when_compiled(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(PackError) as caught:
        compile_rules(ruled(**rule), "q2")
    assert words in str(caught.value)
    assert "rule X-1" in str(caught.value)


def test_all_rules_that_are_wrong_are_told() -> None:
    base = ruled(kind="assert", that="stff > 1")
    rules = {"X-1": base.rules["X-1"], "X-2": base.rules["X-1"].model_copy(update={"id": "X-2", "that": "lw == yes"})}
    with pytest.raises(PackError) as caught:
        compile_rules(base.model_copy(update={"rules": rules}), "q2")
    assert len(caught.value.problems) == 2


def test_conditions_must_look_back() -> None:
    circular = PACK.questions["law"].model_copy(update={"asked_if": "law_kind == law"})
    pack = PACK.model_copy(update={"questions": {**PACK.questions, "law": circular}})
    with pytest.raises(PackError, match="'law_kind', which is not asked before it"):
        compile_rules(pack, "q2")


def test_the_order_of_answers_and_cells_changes_nothing() -> None:
    wrong = {"staff": staff(("_T", "women", 310), ("_T", "men", 5), ("_T", "_T", 300)), "law": None}
    given = report(**wrong)
    shuffled = list(given.answers.items())
    random.Random(3).shuffle(shuffled)
    other = Report(given.pack, given.questionnaire, given.cycle, given.body, dict(shuffled))
    assert check(given, PACK) == check(other, PACK)


def test_a_pack_of_one_language_gets_messages_in_it() -> None:
    pack = toy()
    data = toy_report("ALF", 30, 40)
    data["answers"]["crew"]["cells"][2]["value"] = 60
    findings = check(parse_report(data, pack), pack)
    assert [f.code for f in findings] == ["parts.crew.sex", "T-01"]
    assert set(findings[0].message) == {"en"}
