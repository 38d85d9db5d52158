"""The data of a release are open: a valid data package, tables that agree, answers that come back whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from frictionless import Package, system

from cast import sampler, toy_report
from eirene.errors import UsageError
from eirene.questionnaires import parse_report
from eirene.release.read import earlier_figures, history_reports, show_figure
from eirene.release.tables import guard, read_csv, unguard, write_csv
from release.making import make


def reports(**answer: Any) -> list[dict[str, Any]]:
    return [toy_report("ALF", 40, 160, "yes", **answer), toy_report("BRA", 30, 70), toy_report("CHA", 5, 45, "yes")]


def full_report(body: str) -> dict[str, Any]:
    """Every type of question, with everything that an answer can carry."""
    cells = [
        {"service": "_T", "sex": "_T", "value": 900},
        {"service": "_T", "sex": "women", "value": 90},
        {"service": "_T", "sex": "men", "status": "withheld"},
    ]
    definition = {"categories": {"conscripts": "included"}, "fields": {"basis": "fte"}}
    course = {"course": "=1+1", "persons": 12, "begun": "2022-02-01", "open": "yes"}
    particulars = [{"title": "Law; of = 1999", "date": "1999-01-01", "link": "https://example.org/a?b=c"}]
    return {
        "format": "eirene.report/1",
        "pack": "sampler",
        "questionnaire": "q2",
        "cycle": "2022",
        "body": body,
        "answers": {
            "staff": {"status": "answered", "cells": cells, "definition": definition, "naming": True},
            "law": {"status": "answered", "value": "yes", "particulars": particulars, "comment": {"fr": "+ à voir"}},
            "measures": {"status": "answered", "value": ["childcare", "flexible"]},
            "leave_weeks": {"status": "answered", "value": "17.5", "releasability": "public"},
            "leave_pay": {"status": "no_data", "reason": {"en": "'not' collected,\n\"really\""}},
            "adopted": {"status": "answered", "value": "2021-03-08"},
            "remarks": {"status": "answered", "value": {"en": "-5 is no formula", "fr": "=NON()"}},
            "courses": {"status": "answered", "rows": [course, {"course": "B"}]},
        },
    }


def test_the_data_package_is_valid(tmp_path: Path) -> None:
    for audience in ("secretariat", "everyone"):
        release = make(tmp_path / audience, reports(comment={"en": "=SUM(A1)"}), audience=audience)
        with system.use_context(trusted=True):
            report = Package(str(release.folder / "datapackage.json")).validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
        assert report.stats["tasks"] == 2


def test_a_row_of_figures_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    rows = json.loads((make(tmp_path / "r", reports(), audience="everyone").folder / "figures.json").read_bytes())
    owed = "key id label cycle population kind dimensions value unit numerator denominator n_answered n_applicable "
    owed += "n_bodies missing footnotes basis source"
    assert all(set(owed.split()) <= set(row) for row in rows)
    charter = next(r for r in rows if r["key"] == "charter_share.2022.ports.share_of_bodies")
    assert (charter["value"], charter["numerator"], charter["denominator"]) == (66.7, 2, 3)


def test_parquet_holds_exact_numbers(tmp_path: Path) -> None:
    table = pq.read_table(make(tmp_path / "r", reports(), audience="everyone").folder / "figures.parquet").to_pylist()
    pooled = next(row for row in table if row["key"] == "women_on_board.2022.ports.pooled")
    assert (pooled["value"], pooled["numerator"], pooled["n_answered"]) == (Decimal("21.4"), 75, 3)


def test_every_kind_of_answer_comes_back_whole(tmp_path: Path) -> None:
    pack = sampler()
    bodies = sorted(b for b, body in pack.bodies.items() if body.attr.get("armed_forces") == "yes")[:2]
    given = [full_report(body) for body in bodies]
    release = make(tmp_path / "r", given, audience="office", cycle="2022", pack=pack)
    back = release.answers.reports["2022"]
    for data in given:
        report = parse_report(data, pack)
        assert back[report.body].answers == report.answers


@pytest.mark.parametrize("text", ["=1+1", "+1a", "-x", "@x", "'quoted", "\tx", "-5", "plain", "", "''", 'a,b\n"c"'])
def test_texts_survive_the_guard_and_no_formula_is_written(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "@", "\t")
    assert read_csv(write_csv(["a", "b"], [{"a": text, "b": "1"}]), ["a", "b"], "x") == [{"a": text, "b": "1"}]


def test_the_same_bytes_in_another_place_zone_locale_and_process(tmp_path: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        sys.path[:0] = sys.argv[2:]
        from cast import toy_report
        from release.making import make
        given = [toy_report("ALF", 40, 160, "yes", naming=True), toy_report("CHA", 5, 45), toy_report("BRA", 30, 70)]
        make(Path(sys.argv[1]), given, audience="everyone", key=b"0123456789abcdef")
    """
    lines = "\n".join(line[8:] for line in program.splitlines())
    here = Path(__file__).parents[1]
    found = []
    for seed, zone, place in (("1", "UTC", "a"), ("2", "Pacific/Kiritimati", "some where/ü")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "LANG": "C"}
        out = tmp_path / place / "r"
        command = [sys.executable, "-c", lines, str(out), str(here), str(here.parent / "src")]
        subprocess.run(command, check=True, env=env, cwd=tmp_path)
        found.append({p.name: p.read_bytes() for p in sorted(out.iterdir())})
    assert found[0] == found[1]


def test_answers_for_trends_come_from_the_offices_release_alone(tmp_path: Path) -> None:
    office = make(tmp_path / "o", reports(), audience="secretariat")
    assert [r.body for r in history_reports(office)] == ["ALF", "BRA", "CHA"]
    public = make(tmp_path / "p", reports(), audience="everyone")
    with pytest.raises(UsageError, match="built for 'everyone'"):
        history_reports(public)
    assert {f.key for f in earlier_figures(public)} == set(public.figures)


def test_a_figure_is_shown_with_its_trace(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports()[:2], audience="everyone")
    text = show_figure(release, "charter_share.2022.ports.share_of_bodies")
    for part in ("50\u00a0%", "1 of 2", "1 did not report", "In force on the reference date.", release.release_id):
        assert part in text
    assert "CHA" not in text


def test_an_id_alone_lists_its_keys_and_a_wrong_one_suggests(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    assert "women_on_board.2022.ports.median_of_bodies" in show_figure(release, "women_on_board")
    with pytest.raises(UsageError, match="women_on_board"):
        show_figure(release, "women_on_bord")
