"""eirene.report/1: read strictly, all problems at once; written in one way only."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cast import sampler, toy, toy_report
from eirene.errors import Unreadable
from eirene.framework import load
from eirene.questionnaires import check, dump_report, load_report, parse_report, report_bytes, report_hash

PACK = sampler()
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = jsonschema.Draft202012Validator(json.loads((DOCS / "report.schema.json").read_text(encoding="utf-8")))


def data(**answers: Any) -> dict[str, Any]:
    head = {"format": "eirene.report/1", "pack": "sampler", "questionnaire": "q2", "cycle": "2022", "body": "AAA"}
    return {**head, "answers": answers}


FULL = data(
    staff={
        "status": "answered",
        "cells": [
            {"service": "army", "sex": "women", "value": 3},
            {"service": "navy", "sex": "_T", "status": "withheld"},
            {"service": "_T", "sex": "_T", "value": "12"},
        ],
        "definition": {"categories": {"conscripts": "included", "cadets": "none"}, "fields": {"basis": "headcount"}},
        "justification": {"en": "A reform.", "fr": "Une réforme."},
        "releasability": "members",
        "naming": True,
    },
    law={
        "status": "answered",
        "value": "yes",
        "particulars": [{"title": "Act", "date": "2019-03-01", "link": "https://example.org/act"}],
    },
    law_kind={"status": "withheld", "reason": {"en": "Under review."}},
    measures={"status": "answered", "value": ["leave", "flexible"]},
    leave_weeks={"status": "answered", "value": "20.50"},
    leave_pay={"status": "answered", "value": 80},
    adopted={"status": "answered", "value": "2019-03-01", "comment": {"fr": "Révisé."}},
    remarks={"status": "answered", "value": {"en": "=1+1 stays text", "fr": "Voilà."}},
    courses={
        "status": "answered",
        "rows": [{"course": "One", "persons": 12, "begun": "2020-01-01", "open": "yes", "kind": "law"}],
    },
    ranks={"status": "no_data"},
)  # fmt: skip


def problems(given: object, place: str = "") -> list[str]:
    with pytest.raises(Unreadable) as caught:
        parse_report(given, PACK, place=place)
    return [str(problem) for problem in caught.value.problems]


def problems_of(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        load_report(raw, PACK, place="AAA.json")
    return str(caught.value)


def one(question: str, answer: Any) -> str:
    return "\n".join(problems(data(**{question: answer})))


def test_a_full_report_is_read_and_written_without_loss() -> None:
    report = parse_report(FULL, PACK)
    assert report.answers["staff"].cells[("_T", "_T")].value == 12
    assert report.answers["leave_weeks"].value == Decimal("20.5")
    assert report.answers["measures"].value == ("flexible", "leave")
    again = parse_report(json.loads(json.dumps(dump_report(report, PACK))), PACK)
    assert again == report
    assert load_report(report_bytes(report, PACK), PACK) == report


def test_the_same_report_has_the_same_bytes_however_it_was_written() -> None:
    shuffled = json.loads(json.dumps(FULL))
    shuffled["answers"] = dict(reversed(shuffled["answers"].items()))
    shuffled["answers"]["staff"]["cells"].reverse()
    shuffled["answers"]["leave_weeks"]["value"] = 20.5
    shuffled["answers"]["leave_pay"]["value"] = "80.0"
    assert report_hash(parse_report(shuffled, PACK), PACK) == report_hash(parse_report(FULL, PACK), PACK)


def test_what_is_written_fits_the_published_schema() -> None:
    SCHEMA.validate(FULL)
    SCHEMA.validate(dump_report(parse_report(FULL, PACK), PACK))
    SCHEMA.validate(toy_report("ALF", 3, 4, "yes"))


@pytest.mark.parametrize(
    "answer",
    [
        {"value": "yes"},
        {"status": "maybe"},
        {"status": "answered"},
        {"status": "withheld", "value": "yes"},
        {"status": "answered", "value": "yes", "cells": []},
        {"status": "answered", "cells": [{"sex": "women"}]},
        {"status": "answered", "cells": [{"sex": "women", "value": "1_000"}]},
        {"status": "answered", "cells": [{"sex": "women", "value": 1, "status": "no_data"}]},
        {"status": "answered", "value": "yes", "comment": "plain"},
        {"status": "answered", "value": "yes", "naming": "yes"},
        {"status": "answered", "value": "yes", "colour": "red"},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(answer: Any) -> None:
    assert not SCHEMA.is_valid(data(law=answer))
    assert one("law" if "cells" not in answer else "staff", answer)


def test_the_example_in_the_docs_is_valid_and_has_no_blocker() -> None:
    raw = (DOCS / "report.example.json").read_bytes()
    SCHEMA.validate(json.loads(raw))
    pack = load("concordia")
    report = load_report(raw, pack)
    assert {answer.status for answer in report.answers.values()} == {
        "answered",
        "no_data",
        "not_applicable",
        "withheld",
    }
    assert not [f for f in check(report, pack) if f.severity in ("blocker", "error")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("twelve", "is no number"),
        ("1_000", "more than one way"),
        ("1,234", "more than one way"),
        ("1 234", "more than one way"),
        ("1\u00a0234", "more than one way"),
        ("1’234", "more than one way"),
        ("12,5", "more than one way"),
        ("1e400", "exponent"),
        ("nan", "is no number"),
        ("-inf", "is no number"),
        ("٣", "digits other than 0 to 9"),
        ("１２", "digits other than 0 to 9"),
        ("007", "more than one way"),
        ("9" * 16, "too many digits"),
        ("", "is no number"),
        (True, "A number is expected; this is true"),
        ([1], "A number is expected; this is a list"),
        ({}, "A number is expected; this is an object"),
        (float("nan"), "is no number"),
        (1e300, "exponent"),
    ],
)
def test_numbers_that_are_none_or_could_be_two(value: object, words: str) -> None:
    told = one("leave_weeks", {"status": "answered", "value": value})
    assert words in told
    assert "answers.leave_weeks.value" in told


@pytest.mark.parametrize(
    "written", ["NaN", "Infinity", "-Infinity", "1e5", "1E400", "1.0e-3", "9" * 5000, "0." + "1" * 60]
)
def test_numbers_in_json_that_are_refused(written: str) -> None:
    raw = json.dumps(data(leave_weeks={"status": "answered", "value": 0})).replace('"value": 0', f'"value": {written}')
    assert "answers.leave_weeks.value" in problems_of(raw.encode())


def test_decimals_in_json_are_exact() -> None:
    raw = json.dumps(data(leave_weeks={"status": "answered", "value": 0})).replace('"value": 0', '"value": 0.1000')
    assert load_report(raw.encode(), PACK).answers["leave_weeks"].value == Decimal("0.1")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not valid JSON"),
        (b'{"format": ', "cut short"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"\xff\xfe{", "not UTF-8"),
        (b"null", "A report is a JSON object; this is null"),
        (b"[1]", "A report is a JSON object; this is a list"),
        (b"{}", "The format is null"),
        (b'{"format": "eirene.report/2"}', "The format is 'eirene.report/2'"),
        (b'{"format": "eirene.report/1"}', "'body' must be a string"),
        (b'{"format": "eirene.report/1", "pack": [], "cycle": 2022, "body": null}', "'cycle' must be"),
    ],
)  # fmt: skip
def test_files_that_are_no_reports(raw: bytes, words: str) -> None:
    told = problems_of(raw)
    assert words in told
    assert "AAA.json" in told


def test_keys_given_twice_are_told() -> None:
    raw = json.dumps(data(law={"status": "answered", "value": "no"}))
    told = problems_of(raw.replace('"value": "no"', '"value": "no", "value": "yes"').encode())
    assert "answers.law.value: 'value' is given twice" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pack": "nato"}, "is for the pack 'nato', not 'sampler'"),
        ({"cycle": "2023"}, "The cycle '2023' is not known"),
        ({"questionnaire": "q1"}, "reported on with the questionnaire 'q2', not 'q1'"),
        ({"cycle": "2021"}, "Is this a report of another cycle?"),
        ({"body": "AAB"}, "Did you mean 'AAA'?"),
        ({"answers": []}, "'answers' must be an object"),
        ({"author": "x"}, "The field 'author' is not known"),
    ],
)
def test_identity_must_fit(change: dict[str, Any], words: str) -> None:
    assert words in "\n".join(problems({**data(), **change}))


def test_a_body_that_was_no_member_then_is_told_so() -> None:
    pack = PACK.model_copy(
        update={"memberships": [m for m in PACK.memberships if (m.body, m.population) != ("EEE", "guests")]}
    )
    given = {**data(), "body": "EEE", "cycle": "2021", "questionnaire": "q1"}
    with pytest.raises(Unreadable) as caught:
        parse_report(given, pack)
    told = str(caught.value)
    assert "'EEE' was not asked to report for the cycle 2021" in told
    assert "members 2022-06-01 to today" in told


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("lwa", {"status": "answered"}, "Did you mean 'law'?"),
        ("law", "yes", "An answer is an object"),
        ("law", {"status": "answerd", "value": "yes"}, "Did you mean 'answered'?"),
        ("law", {"status": "answered"}, "there is no 'value'"),
        ("law", {"status": "no_data", "value": "yes"}, "yet 'value' is given"),
        ("law", {"status": "answered", "value": True}, 'Write "yes" or "no"'),
        ("law", {"status": "answered", "value": "Yes"}, "Did you mean 'yes'?"),
        ("law", {"status": "answered", "value": "yes", "commet": {}}, "Did you mean 'comment'?"),
        ("law", {"status": "answered", "value": "yes", "releasability": "publik"}, "Did you mean 'public'?"),
        ("law", {"status": "answered", "value": "yes", "naming": 1}, "'naming' is true or false"),
        ("law", {"status": "answered", "value": "yes", "comment": "Good"}, 'Write {"en": "Good"}'),
        ("law", {"status": "answered", "value": "yes", "comment": {"English": "x"}}, "is no language code"),
        ("law", {"status": "answered", "value": "yes", "comment": {"en": "a\x00b"}}, "control character U+0000"),
        ("law", {"status": "answered", "value": "yes", "comment": {"en": "\ud800"}}, "control character U+D800"),
        ("law", {"status": "answered", "value": "yes", "comment": {"en": "x" * 40_000}}, "Shorten it"),
        ("law", {"status": "answered", "value": "yes", "particulars": [{"titel": "x"}]}, "Did you mean 'title'?"),
        ("law", {"status": "answered", "value": "yes", "particulars": [{"date": "2019"}]}, "YYYY-MM-DD"),
        ("law", {"status": "answered", "value": "yes", "particulars": [{"link": "javascript:x"}]}, "no web address"),
        ("law", {"status": "answered", "value": "yes", "definition": {}}, "has no definition grid"),
        ("law_kind", {"status": "answered", "value": "loi"}, "Did you mean 'law'?"),
        ("measures", {"status": "answered", "value": "leave"}, "a list of codes"),
        ("measures", {"status": "answered", "value": ["leave", "leave"]}, "is chosen twice"),
        ("adopted", {"status": "answered", "value": "2019-02-30"}, "is no date"),
        ("remarks", {"status": "answered", "value": "plain"}, "language → text"),
        ("courses", {"status": "answered", "rows": [{"cours": "x"}]}, "Did you mean 'course'?"),
        ("courses", {"status": "answered", "rows": [{"persons": "many"}]}, "is no number"),
        ("courses", {"status": "answered", "rows": ["x"]}, "A line is an object"),
        ("staff", {"status": "answered", "value": 3}, "is answered by 'cells', not 'value'"),
        ("staff", {"status": "answered", "cells": {}}, "'cells' is a list"),
        ("staff", {"status": "answered", "cells": [3]}, "A cell is an object"),
        ("staff", {"status": "answered", "cells": [{"sex": "women", "value": 1}]}, "does not say its 'service'"),
        ("staff", {"status": "answered", "cells": [{"service": "army", "sex": "wmen", "value": 1}]}, "'women'"),
        ("staff", {"status": "answered", "cells": [{"service": "armée de terre", "sex": "men", "value": 1}]}, "'army'"),
        ("staff", {"status": "answered", "cells": [{"service": "army", "sx": "men", "value": 1}]}, "mean 'sex'?"),
        ("staff", {"status": "answered", "cells": [{"service": "army", "sex": "men"}]}, "The cell has no value"),
        ("staff", {"status": "answered", "cells": [{"service": "army", "sex": "men", "value": 1}] * 2}, "given twice"),
        ("staff", {"status": "answered", "cells": [{}] * 200}, "the matrix has 12"),
        ("cube", {"status": "answered", "cells": [{"kind": "_T", "service": "army", "sex": "men"}]}, "No total"),
        ("staff", {"status": "no_data", "definition": {"categories": {"cadets": "some"}}}, "The code 'some'"),
        ("staff", {"status": "no_data", "definition": {"categories": {"cadet": "none"}}}, "Did you mean 'cadets'?"),
    ],
)  # fmt: skip
def test_answers_that_do_not_fit_their_question(question: str, answer: Any, words: str) -> None:
    told = one(question, answer)
    assert words in told
    assert f"answers.{question}" in told


def test_all_problems_are_listed_with_their_place() -> None:
    told = problems(data(lwa={}, leave_weeks={"status": "answered", "value": "x"}, law={"status": "?"}), "AAA.json")
    assert len(told) == 3
    assert all(problem.startswith("AAA.json: answers.") for problem in told)


def test_a_question_of_another_version_is_told_apart_from_an_unknown_one() -> None:
    sheet = PACK.questionnaires["q2"]
    sections = [
        s.model_copy(update={"questions": [u for u in s.questions if u.use != "remarks"]}) for s in sheet.sections
    ]
    pack = PACK.model_copy(
        update={"questionnaires": {**PACK.questionnaires, "q2": sheet.model_copy(update={"sections": sections})}}
    )
    with pytest.raises(Unreadable, match="is not asked in the questionnaire 'q2'"):
        parse_report(data(remarks={"status": "no_data"}), pack)


FIELDS = ["status", "value", "cells", "rows", "sex", "service", "reason", "particulars", "definition", "title"]
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
LEAF |= st.sampled_from(["answered", "yes", "_T", "women", "12", "2020-01-01"])
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(PACK.questions)), JSON, max_size=4))
def test_whatever_is_given_is_read_or_refused(answers: dict[str, Any]) -> None:
    try:
        report = parse_report(data(**answers), PACK)
    except Unreadable:
        return
    assert parse_report(dump_report(report, PACK), PACK) == report
    check(report, PACK)


def test_the_toy_alliance_reads_its_reports_too() -> None:
    report = parse_report(toy_report("ALF", 3, 4), toy())
    assert report.body == "ALF"
