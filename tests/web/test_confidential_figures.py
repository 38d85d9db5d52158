"""The portal shows a figure that is kept back as `c`, with the reason, on every page and in every file of it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cast import toy, toy_report
from eirene.figures import Band
from eirene.questionnaires import parse_report
from eirene.release import build
from eirene_web.editions.services import register_release
from web.test_pages import plain, text_of

pytestmark = pytest.mark.one_engine

POOLED = "women_on_board.2022.ports.pooled"
SHARE = "charter_share.2022.ports.share_of_bodies"
TOTAL = "crew_total.2022.ports.count"
REASON = "confidential, not shown so as to protect persons or bodies"


@pytest.fixture
def told(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Harbour Compact: women on board and the share are kept back, the total is shown in a band."""
    bands = {POOLED: None, SHARE: None, TOTAL: Band(100, 499)}
    cut = build.audience_view

    def protecting(*args: Any, **more: Any) -> Any:
        view = cut(*args, **more)
        figures = tuple(
            replace(f, value=None, numerator=None, denominator=None, change=None, suppressed="protected",
                    band=bands.get(f.key)) if f.key in bands or f.id == "women_on_board" else f
            for f in view.figures
        )  # fmt: skip
        return replace(view, figures=figures)

    monkeypatch.setattr(build, "audience_view", protecting)
    pack = toy()
    reports = [toy_report("ALF", 40, 60, "yes", naming=True), toy_report("BRA", 20, 80), toy_report("CHA", 10, 90)]
    parsed = [parse_report(report, pack) for report in reports]
    built = build.build_release(pack, "2022", parsed, audience="everyone", out=tmp_path / "2022", formats=())
    register_release(built)
    return built


def test_the_page_of_a_figure_says_c_and_why(told: Path, client: Client) -> None:
    html = text_of(client, f"/harbour/2022/figures/{POOLED}/")
    said = plain(html)
    assert '<p class="big big--words">c</p>' in html
    assert f"c: {REASON}." in said
    assert "The value is confidential, so as to protect persons or bodies; it is nowhere in this release." in said
    assert "23.3" not in said


def test_a_share_does_not_say_how_many_of_them(told: Path, client: Client) -> None:
    said = plain(text_of(client, f"/harbour/2022/figures/{SHARE}/"))
    assert "c of 3 ports that answered" in said
    assert "In the figure, 3" in said


def test_a_band_stands_as_a_band(told: Path, client: Client) -> None:
    said = plain(text_of(client, f"/harbour/2022/figures/{TOTAL}/"))
    assert "100–499" in said
    assert "The value is confidential: only the band in which it lies is shown." in said
    assert "Small counts are shown in bands, so as to protect persons or bodies." in said


@pytest.mark.parametrize(
    "address", ["/harbour/2022/figures/", "/harbour/indicators/", "/harbour/indicators/women_on_board/"]
)
@pytest.mark.parametrize(("prefix", "reason"), [("", f"c: {REASON}."), ("/fr", f"c: {REASON}.")])
def test_every_list_says_what_c_means(told: Path, client: Client, address: str, prefix: str, reason: str) -> None:
    html = text_of(client, prefix + address)
    assert '<td class="num">c</td>' in html
    assert reason in plain(html)  # the pack speaks English alone


def test_the_figure_in_somebody_elses_page_says_so_too(told: Path, client: Client) -> None:
    assert f"c: {REASON}." in plain(text_of(client, f"/embed/harbour/2022/{POOLED}/"))


def test_its_data_have_a_code_and_no_value(told: Path, client: Client) -> None:
    row = json.loads(text_of(client, f"/harbour/2022/figures/{POOLED}/data.json"))
    assert (row["conf_status"], row["value"], row["suppressed"]) == ("C", None, "protected")
    band = json.loads(text_of(client, f"/harbour/2022/figures/{TOTAL}/data.json"))
    assert (band["conf_status"], band["value"], band["band"]) == ("C", None, {"lower": 100, "upper": 499})
    series = list(csv.DictReader(io.StringIO(text_of(client, f"/harbour/2022/figures/{POOLED}/series.csv"))))
    assert [(one["value"], one["conf_status"]) for one in series] == [("", "C")]
