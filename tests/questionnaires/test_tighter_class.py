"""A body may protect one of its answers more tightly than the question asks, never less; its choice goes wherever the
answer goes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cast import toy, toy_report
from disclosure.test_audience import wide
from eirene.errors import Unreadable
from eirene.framework import Pack
from eirene.framework.model import DisclosureClass
from eirene.questionnaires import check, dump_report, parse_report
from eirene.questionnaires.parts import answer_parts, report_of_parts
from eirene.release.answers import read_answers
from release.making import make, view_of


def with_classes(pack: Pack) -> Pack:
    """The toy's workforce (3), a tighter class and a milder one."""
    more = [
        DisclosureClass(code="sensitive", label={"en": "sensitive"}, threshold=20, bands=[1, 10]),
        DisclosureClass(code="open_book", label={"en": "open book"}),
    ]
    header = pack.header.model_copy(update={"disclosure_classes": [*pack.header.disclosure_classes, *more]})
    return pack.model_copy(update={"header": header})


def report(chosen: str | None, body: str = "ALF", women: int = 12) -> dict[str, Any]:
    data = toy_report(body, women, 500, naming=True)
    if chosen is not None:
        data["answers"]["crew"]["disclosure"] = chosen
    return data


def test_the_choice_survives_the_way_through_json_and_its_parts() -> None:
    pack = with_classes(toy())
    parsed = parse_report(report("sensitive"), pack)
    assert parsed.answers["crew"].disclosure == "sensitive"
    assert parsed.answers["charter"].disclosure is None
    assert dump_report(parsed, pack)["answers"]["crew"]["disclosure"] == "sensitive"
    assert "disclosure" not in dump_report(parsed, pack)["answers"]["charter"]
    parts = {q: answer_parts(pack.questions[q], answer) for q, answer in parsed.answers.items()}
    assert parts["crew"]["disclosure"] == "sensitive"
    assert report_of_parts(pack, "2022", "ALF", parts).answers == parsed.answers


def test_a_choice_alone_is_no_answer() -> None:
    assert report_of_parts(with_classes(toy()), "2022", "ALF", {"crew": {"disclosure": "sensitive"}}).answers == {}


@pytest.mark.parametrize("wrong", ["sensitve", 3, "", ["sensitive"]])
def test_a_class_that_the_pack_does_not_know_is_refused(wrong: Any) -> None:
    data = report(None)
    data["answers"]["crew"]["disclosure"] = wrong
    with pytest.raises(Unreadable, match="disclosure class"):
        parse_report(data, with_classes(toy()))


@pytest.mark.parametrize(
    ("chosen", "codes"), [(None, []), ("sensitive", []), ("workforce", []), ("open_book", ["answer.milder_class"])]
)
def test_a_milder_class_is_an_error(chosen: str | None, codes: list[str]) -> None:
    pack = with_classes(toy())
    found = [f for f in check(parse_report(report(chosen), pack), pack) if f.code == "answer.milder_class"]
    assert [f.code for f in found] == codes
    for one in found:
        assert one.severity == "error"
        assert one.place.question == "crew"
        assert "“open book” is milder than that of the question, “workforce”" in one.message["en"]


def test_what_it_chose_is_what_protects_it() -> None:
    """Twelve women may be shown under the question's class (3), and not under the one that was chosen (20)."""
    pack = with_classes(wide(5))
    others = [report(None, f"P{n:02}", 100 + n) for n in range(2, 6)]
    for chosen, small in ((None, False), ("sensitive", True), ("open_book", False)):
        view = view_of(pack, "2022", "everyone", [report(chosen, "P01"), *others])
        assert (("women",) in view.left_out("P01", "crew")) is small, chosen


def test_a_milder_choice_does_not_come_into_force() -> None:
    pack = with_classes(wide(5))
    others = [report(None, f"P{n:02}", 100 + n) for n in range(2, 6)]
    view = view_of(pack, "2022", "everyone", [report("open_book", "P01", 2), *others])
    assert ("women",) in view.left_out("P01", "crew")


def test_the_answers_of_a_release_tell_it_and_give_it_back(tmp_path: Path) -> None:
    pack = with_classes(wide(3))
    release = make(
        tmp_path / "r", [report("sensitive", f"P0{n}", 100) for n in (1, 2, 3)], audience="secretariat", pack=pack
    )
    rows = list(csv.DictReader(io.StringIO((release.folder / "answers.csv").read_text())))
    assert {r["disclosure"] for r in rows if r["question"] == "crew" and not r["cell"]} == {"sensitive"}
    assert {r["conf_status"] for r in rows} == {"F"}
    assert release.answers.reports["2022"]["P01"].answers["crew"].disclosure == "sensitive"


def test_answers_of_before_there_was_a_choice_are_read(tmp_path: Path) -> None:
    release = make(tmp_path / "r", [report(None, f"P0{n}", 100) for n in (1, 2, 3)], audience="everyone", pack=wide(3))
    rows = list(csv.reader(io.StringIO((release.folder / "answers.csv").read_text())))
    older = io.StringIO()
    csv.writer(older, lineterminator="\n").writerows([row[:-2] for row in rows])
    read = read_answers(older.getvalue().encode(), wide(3))
    assert read == replace(release.answers)
    assert read.reports["2022"]["P01"].answers["crew"].disclosure is None
