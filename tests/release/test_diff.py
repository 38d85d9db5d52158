"""A correction is a new release, and what it changed is told in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cast import toy, toy_report
from eirene.release.diff import diff
from release.making import make


def reports(charter: str = "no", women: int = 30, **first: Any) -> list[dict[str, Any]]:
    return [
        toy_report("ALF", 40, 160, "yes", **first),
        toy_report("BRA", women, 70, charter),
        toy_report("CHA", 5, 45, "yes"),
    ]


def test_the_same_release_built_twice_does_not_differ(tmp_path: Path) -> None:
    one = make(tmp_path / "a", reports(), audience="secretariat")
    assert diff(one.folder, make(tmp_path / "b", reports(), audience="secretariat").folder) == []


def test_a_corrected_answer_is_named_as_the_reason(tmp_path: Path) -> None:
    old = make(tmp_path / "a", reports(), audience="secretariat")
    told = diff(old, make(tmp_path / "b", reports("yes"), audience="secretariat"))
    assert (
        "Figure charter_share.2022.ports.share_of_bodies was 67\u00a0% (2 of 3), is 100\u00a0% (3 of 3): "
        "one answer to question charter changed." in told
    )
    assert any(t.startswith("BRA, question charter: value was no, is yes") for t in told)


def test_for_the_public_it_is_told_without_a_name(tmp_path: Path) -> None:
    other = toy_report("CHA", 5, 45, "no")
    old = make(tmp_path / "a", [*reports()[:2], other], audience="everyone")
    told = diff(old, make(tmp_path / "b", [*reports("yes")[:2], other], audience="everyone"))
    assert any("one answer to question charter changed" in t for t in told)
    assert "Question charter, ports: no was 2, is 1." in told
    assert not any("BRA" in t for t in told)


def test_a_number_that_was_corrected(tmp_path: Path) -> None:
    old = make(tmp_path / "a", reports(), audience="secretariat")
    told = diff(old, make(tmp_path / "b", reports(women=31), audience="secretariat"))
    assert any(
        t.startswith("Figure women_on_board.2022.ports.pooled was 21.4\u00a0% (75 of 350), is 21.7\u00a0% (76 of 351)")
        for t in told
    )
    assert any("women was 30, is 31" in t for t in told)


def test_in_french(tmp_path: Path) -> None:
    old = make(tmp_path / "a", reports(), audience="secretariat")
    told = diff(old, make(tmp_path / "b", reports("yes"), audience="secretariat"), "fr")
    assert any("une réponse à la question charter a changé" in t for t in told)


def test_a_report_that_came_later(tmp_path: Path) -> None:
    old = make(tmp_path / "a", reports()[:2], audience="secretariat")
    told = diff(old, make(tmp_path / "b", reports(), audience="secretariat"))
    assert "CHA, question charter: now shown by name." in told
    assert any("did not report was 1, is 0" in t for t in told)


def test_a_new_title_and_number_of_the_edition(tmp_path: Path) -> None:
    edition = toy().summary
    assert edition is not None
    old = make(tmp_path / "a", reports(), audience="everyone", edition=edition)
    changed = edition.model_copy(update={"number": "1.1", "title": {"en": "Who sails"}})
    told = diff(old, make(tmp_path / "b", reports(), audience="everyone", edition=changed))
    assert told == [
        "edition.number was 1.0, is 1.1.",
        "edition.title was Who serves on board, is Who sails.",
    ]


def test_a_comment_alone_is_a_change(tmp_path: Path) -> None:
    old = make(tmp_path / "a", reports(), audience="secretariat")
    told = diff(old, make(tmp_path / "b", reports(comment={"en": "Since May."}), audience="secretariat"))
    assert told
    assert all("ALF" in t for t in told)


def test_two_cycles_are_compared_figure_by_figure(tmp_path: Path) -> None:
    old = make(tmp_path / "a", [toy_report("ALF", 40, 160, cycle="2021")], audience="everyone", cycle="2021")
    told = diff(old, make(tmp_path / "b", reports(), audience="everyone"))
    assert any(t.startswith("Figure charter_share.2022.ports.share_of_bodies was 0\u00a0% (0 of 1)") for t in told)
    assert "cycle was 2021, is 2022." in told
