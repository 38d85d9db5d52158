"""The NATO pack's collecting side: bodies as they were, what each version asks, rules that can be applied."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import eirene
from eirene.errors import EireneError
from eirene.framework import AskedQuestionnaire, Pack, asked, body_name, codes, load, population_bodies
from eirene.questionnaires.rules import ReportScope, compile_expression

PACK = Path(eirene.__file__).parent / "packs" / "nato"


def nato() -> Pack:
    return load("nato")


def members(year: int) -> set[str]:
    return set(population_bodies(nato(), "members", str(year), as_of=dt.date(2026, 1, 1), reported={}))


def test_a_cycle_knows_who_was_a_member_then() -> None:
    assert (len(members(2014)), len(members(2016)), len(members(2025))) == (28, 28, 32)
    assert members(2025) - members(2016) == {"MNE", "MKD", "FIN", "SWE"}
    partners = population_bodies(nato(), "partners", "2016", as_of=dt.date(2026, 1, 1), reported={})
    assert {"MNE", "MKD", "FIN", "SWE"} <= set(partners)


@pytest.mark.parametrize(
    ("body", "on", "en", "fr"),
    [
        ("TUR", dt.date(2016, 12, 31), "Turkey", "Turquie"),
        ("TUR", dt.date(2025, 12, 31), "Türkiye", "Türkiye"),
        ("MKD", dt.date(2020, 12, 31), "North Macedonia", "Macédoine du Nord"),
        ("CZE", dt.date(2016, 12, 31), "Czech Republic", "République tchèque"),
    ],
)
def test_names_are_those_of_the_time(body: str, on: dt.date, en: str, fr: str) -> None:
    assert (body_name(nato(), body, "en", on), body_name(nato(), body, "fr", on)) == (en, fr)


def test_only_iceland_has_no_armed_forces() -> None:
    assert [c for c, b in nato().bodies.items() if b.attr["armed_forces"] == "no"] == ["ISL"]


def test_versions_ask_what_their_editions_asked() -> None:
    ids = {year: set(asked(nato(), f"ncgp-{year}").questions) for year in (2014, 2015, 2016, 2025)}
    assert ids[2014] < ids[2015] < ids[2016] < ids[2025]
    assert ids[2016] - ids[2015] == {"gender_focal_points", "focal_points"}
    assert "reserves" in ids[2015] - ids[2014]


def test_what_no_edition_asked_is_marked_as_proposed_and_asked_only_now() -> None:
    proposed = {q.id for q in nato().questions.values() if q.basis == "proposed"}
    assert "retained" in " ".join(proposed)
    for year in (2014, 2015, 2016):
        assert proposed.isdisjoint(asked(nato(), f"ncgp-{year}").questions)
    assert proposed <= set(asked(nato(), "ncgp-2025").questions)


def test_older_versions_know_two_sexes_and_the_current_one_as_data_have_them() -> None:
    old = asked(nato(), "ncgp-2016").questions["personnel"].question.dimensions["sex"]
    new = asked(nato(), "ncgp-2025").questions["personnel"].question.dimensions["sex"]
    assert old.codes == ["women", "men"]
    assert (new.codes or list(codes(nato(), "sex").codes)) == ["women", "men", "another_category", "not_recorded"]


def _expressions(pack: Pack, questionnaire: AskedQuestionnaire) -> list[str]:
    scope, wrong = ReportScope(pack, questionnaire), []
    texts = [(r.id, t) for r in pack.rules.values() for t in (r.left, r.right, r.that, r.when, r.value) if t]
    texts += [
        (q.id, t) for q in questionnaire.questions.values() for t in (q.question.applies_to, q.question.asked_if) if t
    ]
    for id, text in texts:
        try:
            compile_expression(text, scope)
        except EireneError as error:
            wrong.append(f"{id}: {error}")
    return wrong


@pytest.mark.parametrize("year", [2014, 2015, 2016, 2025])
def test_every_rule_compiles_against_every_version(year: int) -> None:
    assert _expressions(nato(), asked(nato(), f"ncgp-{year}")) == []


def test_there_are_rules_of_every_kind() -> None:
    kinds = {r.kind for r in nato().rules.values()}
    assert len(nato().rules) >= 60
    assert kinds == {
        "sum_of_parts", "at_most", "assert", "required_if", "change", "same_as_before", "outlier", "definition_changed",
    }  # fmt: skip


def test_french_is_set_as_french() -> None:
    """No-break spaces before high punctuation, typographic apostrophes, in everything a reader sees."""
    bad = re.compile(r"[^\s\d:]( [;:?!%»])|\w'\w")
    lines = [(p.name, line) for p in sorted(PACK.rglob("*.yaml")) for line in p.read_text("utf-8").splitlines()]
    texts = [(name, t) for name, line in lines for t in re.findall(r'\bfr: ("(?:[^"\\]|\\.)*")', line)]
    assert len(texts) > 400
    found = [(name, t) for name, t in texts if bad.search(t)]
    assert found == []


def test_rank_codes_are_recognised_as_nations_write_them() -> None:
    ranks = codes(nato(), "rank")
    assert [ranks.alias(t) for t in ("OF3", "OF 5", "OF-6 to OF-10", "Oberst", "lieutenant-colonel")] == [
        "OF-3", "OF-5", "OF-6+", "OF-5", "OF-4",
    ]  # fmt: skip
    assert ranks.alias("captain") is None  # a different rank in the navy
