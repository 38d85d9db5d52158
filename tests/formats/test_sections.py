"""Offices share one report: it is split by section, and merged with clashes listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cast import sampler
from eirene.errors import Blocked, UsageError
from eirene.formats import encode_report, merge_reports, read_report, split_report
from eirene.questionnaires import dump_report, parse_report
from eirene.questionnaires.model import Report

SAMPLER = sampler()


def report_of(place: str = "", body: str = "AAA", **answers: Any) -> Report:
    data = {"format": "eirene.report/1", "pack": "sampler", "questionnaire": "q1", "cycle": "2021", "body": body}
    return parse_report({**data, "answers": answers}, SAMPLER, place=place)


def staff(**cells: int) -> dict[str, Any]:
    return {
        "status": "answered",
        "cells": [{"service": service, "sex": "women", "value": value} for service, value in cells.items()],
    }


def test_parts_go_out_as_workbooks_and_come_back_as_one(tmp_path: Path) -> None:
    whole = report_of(staff=staff(army=3, navy=0), law={"status": "answered", "value": "no"})
    paths = []
    for section, part in split_report(whole, SAMPLER, ["1", "2"]).items():
        paths.append(tmp_path / f"{section}.xlsx")
        paths[-1].write_bytes(encode_report(part, SAMPLER, "xlsx", sections=[section]))
    parts = [read_report(path, SAMPLER).report for path in paths]
    assert [list(part.answers) for part in parts] == [["staff"], ["law"]]
    assert dump_report(merge_reports(parts, SAMPLER), SAMPLER) == dump_report(whole, SAMPLER)


def test_a_matrix_is_merged_cell_by_cell() -> None:
    merged = merge_reports([report_of(staff=staff(army=3)), report_of(staff=staff(navy=0))], SAMPLER)
    assert {key: cell.value for key, cell in merged.answers["staff"].cells.items()} == {
        ("army", "women"): 3,
        ("navy", "women"): 0,
    }


def test_clashing_cells_are_all_listed_with_both_values_and_files() -> None:
    one = report_of("a.xlsx", staff=staff(army=3, navy=0), law={"status": "answered", "value": "no"})
    two = report_of("b.xlsx", staff=staff(army=3, navy=4), law={"status": "answered", "value": "yes"})
    with pytest.raises(Blocked) as refused:
        merge_reports([one, two], SAMPLER)
    told = [str(problem) for problem in refused.value.problems]
    assert len(told) == 2
    assert "question 1.1 (staff)[service=navy, sex=women]: “0” in a.xlsx, “4” in b.xlsx" in told[0]
    assert "question 2.1 (law): “no” in a.xlsx, “yes” in b.xlsx" in told[1]


def test_a_clash_with_a_third_file_names_the_file_that_the_value_came_from() -> None:
    parts = [
        report_of("a.xlsx", staff=staff(army=3)),
        report_of("b.xlsx", staff=staff(navy=1)),
        report_of("c.xlsx", staff=staff(navy=2)),
    ]
    with pytest.raises(Blocked, match=r"“1” in b\.xlsx, “2” in c\.xlsx"):
        merge_reports(parts, SAMPLER)


def test_zero_is_a_value_that_clashes() -> None:
    zero = report_of("a", leave_weeks={"status": "answered", "value": 0})
    four = report_of("b", leave_weeks={"status": "answered", "value": 4})
    for order in ([zero, four], [four, zero]):
        with pytest.raises(Blocked):
            merge_reports(order, SAMPLER)


def test_a_status_clashes_with_an_answer() -> None:
    one = report_of("a", law={"status": "no_data"})
    two = report_of("b", law={"status": "answered", "value": "yes"})
    with pytest.raises(Blocked, match="status"):
        merge_reports([one, two], SAMPLER)


def test_texts_are_merged_by_language() -> None:
    one = report_of(remarks={"status": "answered", "value": {"en": "a"}, "comment": {"en": "c"}})
    two = report_of(remarks={"status": "answered", "value": {"fr": "b"}, "comment": {"fr": "d"}})
    merged = merge_reports([one, two], SAMPLER).answers["remarks"]
    assert merged.value == {"en": "a", "fr": "b"}
    assert merged.comment == {"en": "c", "fr": "d"}


def test_parts_of_different_reports_are_refused() -> None:
    with pytest.raises(Blocked, match="BBB 2021"):
        merge_reports([report_of("a"), report_of("b", body="BBB")], SAMPLER)
    with pytest.raises(UsageError):
        merge_reports([], SAMPLER)


def test_an_unknown_section_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="9"):
        split_report(report_of(), SAMPLER, ["9"])
