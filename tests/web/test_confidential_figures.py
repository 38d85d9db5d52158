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
from eirene.figures.model import Missing
from eirene.questionnaires import parse_report
from eirene.release import build
from eirene_web.editions.services import register_release
from web.test_pages import plain, text_of

pytestmark = pytest.mark.one_engine

POOLED = "women_on_board.2022.ports.pooled"
SHARE = "charter_share.2022.ports.share_of_bodies"
TOTAL = "crew_total.2022.ports.count"
#: Kept back, and not told either how many are in it.
UNTOLD = "crew_total.2022.ports.median_of_bodies"
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
        assert UNTOLD in {f.key for f in figures}
        figures = tuple(
            replace(f, value=None, numerator=None, denominator=None, change=None, members={}, coverage=None,
                    suppressed="protected", n_answered=0, missing=(Missing("protected", f.n_bodies),))
            if f.key == UNTOLD else f for f in figures
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


def test_a_figure_of_which_nothing_is_told_says_no_zero(told: Path, client: Client) -> None:
    said = plain(text_of(client, f"/harbour/2022/figures/{UNTOLD}/"))
    assert "of 3 it is not told, to protect one of them" in said
    assert "How many answered is not told" in said
    assert "0 of 3" not in said
    assert "In the figure, 0" not in said
    assert "0 answers" not in said
    for address in ("/harbour/2022/figures/", "/harbour/indicators/crew_total/"):
        assert "0 of 3" not in plain(text_of(client, address)), address


def test_a_release_says_that_it_was_attacked_and_with_what_outcome(told: Path, client: Client) -> None:
    audit = json.loads((told / "manifest.json").read_text())["audit"]
    assert audit["clean"] is True
    for address in ("/harbour/2022/data/", "/harbour/method/"):
        said = plain(text_of(client, address))
        assert "Before it was frozen this release was" in said, address
        assert (f"{audit['checked']} hidden number" if audit["checked"] else "it has none") in said, address


def test_a_release_without_an_audit_claims_none(told: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from eirene_web.portal import reading

    opening = reading._open
    monkeypatch.setattr(reading, "_kept", type(reading._kept)())
    monkeypatch.setattr(reading, "_open", lambda release: _without_audit(opening(release)))
    assert "Before it was frozen" not in text_of(client, "/harbour/2022/data/")
    assert "Before it was frozen" not in text_of(client, "/harbour/method/")


def _without_audit(edition: Any) -> Any:
    edition.manifest = {name: value for name, value in edition.manifest.items() if name != "audit"}
    return edition


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
