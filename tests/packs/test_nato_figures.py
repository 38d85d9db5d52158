"""The NATO pack's measuring side: framework, indicators and the texts of its Summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import eirene
from eirene.figures import compile_indicators
from eirene.framework import Pack, load
from eirene.framework.model import Chapter
from eirene.summary import check_edition

PACK = Path(eirene.__file__).parent / "packs" / "nato"
CYCLES = ("2014", "2015", "2016", "2025")
#: What ministers ask for (each by sex with its gap).
BY_SEX = (
    "selection_rate", "exit_rate", "retention_first_term", "retention_five_years", "promotion_rate", "reach_of_3_5",
    "reach_of_6_plus", "unit_command_rate", "combat_role_rate", "parental_leave_rate", "deployment_rate",
    "predeployment_coverage",
)  # fmt: skip
ASKED_FOR = (
    "women_share_of_3_5", "women_share_of_6_plus", "women_share_unit_command", "women_share_combat_roles",
    "parental_leave_men_share", "adviser_posts_established", "adviser_posts_filled", "adviser_posts_trained",
    "adviser_posts_full_time", "harassment_reports_total", "harassment_reports_substantiated",
    "harassment_reports_closed", "crsv_provisions", "sea_provisions", "nap_1325", "nap_budget",
)  # fmt: skip


def nato() -> Pack:
    return load("nato")


def test_there_are_at_least_sixty_indicators_that_the_questionnaires_answer() -> None:
    asked = [i for i in nato().indicators.values() if not i.compiled_only]
    assert len(asked) >= 60


@pytest.mark.parametrize("cycle", CYCLES)
def test_every_indicator_of_a_cycle_can_be_computed(cycle: str) -> None:
    assert len(compile_indicators(nato(), cycle)) >= 60


def test_the_current_questionnaire_answers_every_indicator_that_is_not_compiled_only() -> None:
    pack = nato()
    answered = {one.id if hasattr(one, "id") else str(one) for one in compile_indicators(pack, "2025")}
    assert {i.id for i in pack.indicators.values() if not i.compiled_only} <= answered


@pytest.mark.parametrize("item", BY_SEX)
def test_what_ministers_ask_for_stands_by_sex_with_its_gap(item: str) -> None:
    indicators = nato().indicators
    gap = indicators[f"{item}_gap"]
    assert (gap.family, gap.unit, gap.left, gap.right) == ("gap", "points", f"{item}_women", f"{item}_men")
    assert "sex=women" in (indicators[f"{item}_women"].numerator or "")
    assert "sex=men" in (indicators[f"{item}_men"].numerator or "")


@pytest.mark.parametrize("item", ASKED_FOR)
def test_what_ministers_ask_for_is_there(item: str) -> None:
    assert item in nato().indicators


def test_flag_ranks_are_public_office_and_harassment_is_sensitive() -> None:
    indicators = nato().indicators
    assert indicators["women_share_of_6_plus"].disclosure == "public_office"
    assert indicators["harassment_reports_total"].disclosure == "sensitive"
    assert indicators["women_share_operations"].disclosure == "operational"


def test_every_yes_has_a_counting_rule_and_a_sentence_in_both_languages() -> None:
    for indicator in nato().indicators.values():
        if indicator.family == "share_of_bodies" and not indicator.compiled_only:
            assert set(indicator.counting_rule) == set(indicator.statement) == {"en", "fr"}, indicator.id


def texts(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text by language within dumped data."""
    if isinstance(value, dict):
        if value and set(value) <= {"en", "fr"}:
            yield where, value
        else:
            for name, one in value.items():
                yield from texts(one, f"{where}.{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from texts(one, f"{where}[{index}]")


def written() -> list[tuple[str, dict[str, str]]]:
    pack = nato()
    assert pack.summary is not None
    parts: dict[str, Any] = {
        "elements": [e.model_dump() for e in pack.elements.values()],
        "indicators": {i: x.model_dump() for i, x in pack.indicators.items()},
        "summary": pack.summary.model_dump(),
        "editions": [e.model_dump() for e in pack.editions.values()],
    }
    return list(texts(parts))


def test_every_text_stands_in_english_and_french() -> None:
    assert len(written()) > 1000
    assert [where for where, text in written() if not (text.get("en") and text.get("fr"))] == []


def test_french_has_its_spaces_and_apostrophes() -> None:
    plain = re.compile(r"(?<![\u00a0\u202f])(?<!http)[;?!](?:\s|$)|[^\s\u00a0] :|\w'\w| [;:?!»%]")
    wrong = [(where, text["fr"]) for where, text in written() if plain.search(text["fr"])]
    assert wrong == []


def test_the_editions_name_figures_that_exist_and_hold_no_bare_number() -> None:
    pack = nato()
    assert pack.summary is not None
    for edition in (pack.summary, *pack.editions.values()):
        assert list(check_edition(pack, edition)) == []


def test_the_chapters_follow_the_sections_of_the_real_document() -> None:
    summary = nato().summary
    assert summary is not None
    drawn = [part for chapter in summary.chapters for part in chapter.draws_on]
    assert drawn == ["1", "2", "3", "3.1", "3.2", "3.3", "4", "5", "5.1", "6", "7"]
    made = [chapter.generate for chapter in summary.chapters if chapter.generate]
    assert made == ["missing", "bodies", "method", "framework", "glossary", "figures"]


def blocks(chapter: Chapter) -> Iterator[Any]:
    yield from chapter.blocks
    for section in chapter.sections:
        yield from blocks(section)


def test_no_title_claims_a_rise_that_the_matched_panel_does_not_show() -> None:
    summary = nato().summary
    assert summary is not None
    claims = 0
    for block in (b for chapter in summary.chapters for b in blocks(chapter)):
        for variant in block.title if isinstance(block.title, list) else []:
            if re.search(r"\b(rose|fell|stayed)\b", variant.text["en"]):
                claims += 1
                assert "panel_change(" in (variant.when or "")
    assert claims > 20


def test_the_last_variant_holds_without_a_condition() -> None:
    summary = nato().summary
    assert summary is not None
    for block in (b for chapter in summary.chapters for b in blocks(chapter)):
        for variants in (block.text, block.title):
            if isinstance(variants, list):
                assert variants[-1].when is None


def test_chart_ids_are_given_once() -> None:
    pack = nato()
    assert pack.summary is not None
    for edition in (pack.summary, *pack.editions.values()):
        ids = [b.id for chapter in edition.chapters for b in blocks(chapter) if b.id]
        assert len(ids) == len(set(ids))


def test_the_framework_holds_the_ten_resolutions_and_leaves_gaps_open() -> None:
    pack = nato()
    kinds = [e.kind for e in pack.elements.values()]
    assert sum(code.startswith("R") for code in pack.elements) == 10
    assert [kinds.count(k) for k in ("pillar", "principle", "core_task", "objective")] == [4, 3, 3, 4]
    measured = {code for i in pack.indicators.values() for code in i.measures}
    assert {"R2493", "small_arms", "counter_terrorism"}.isdisjoint(measured)
    assert {"R1325", "integration", "inclusiveness", "integrity"} <= measured


def test_no_report_is_invented_for_a_real_nation() -> None:
    assert not (PACK / "reports").exists()
