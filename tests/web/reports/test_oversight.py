"""Where all reports are, what is stuck, how years compare, what it costs; in a constant number of queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from pathlib import Path

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from cast import PACKS, sampler, toy_report
from eirene.framework import load
from eirene.questionnaires import parse_report
from eirene_web import clock
from eirene_web.organisations.models import Holding
from eirene_web.reports import oversight
from eirene_web.reports.models import AnswerNote, Cell, Report
from eirene_web.reports.oversight import answered_counts, asked_counts, board
from eirene_web.reports.services import cycles, history, submitting
from eirene_web.reports.tables import Column, Filter, Table
from eirene_web.reports.working import Working
from web import world as worlds
from web.reports.lives import accept, fill, give_back, send, start
from web.world import DEADLINE, IN_CYCLE, World

pytestmark = pytest.mark.soak_on_postgresql


def seen(world: World, who: str = "coordinator") -> oversight.Board:
    return board(world.actor(who), world.alliance, world.cycle, "en")


@pytest.mark.django_db
def test_progress_counted_in_the_database_is_that_of_the_form() -> None:
    world = worlds.build(sampler(), "2022", ("AAA", "BBB"))
    report = world.report("AAA")
    sheet = Working(report).sheet
    kinds = {q.question.type for q in sheet.questions.values()}
    assert {"multiple_choice", "rows", "matrix", "text", "yes_no"} <= kinds
    for n, question in enumerate(sheet.questions.values()):
        part = {"matrix": "cells.x|y", "rows": "rows", "text": "value.en"}.get(question.question.type, "value")
        content = (part, ["x"], "answered") if n % 2 else ("status", "no_data", None)
        Cell.objects.create(report=report, question=question.id, part=content[0], value=content[1], changed=IN_CYCLE)
        Cell.objects.create(report=report, question=question.id, part="comment.en", value="x", changed=IN_CYCLE)
    for question in list(sheet.questions)[:4]:  # emptied again; or nothing but words about it
        Cell.objects.filter(report=report, question=question).exclude(part="comment.en").update(value=None)
    empty = next(q.id for q in list(sheet.questions.values())[4:] if q.question.type in ("multiple_choice", "rows"))
    Cell.objects.filter(report=report, question=empty).delete()
    Cell.objects.create(report=report, question=empty, part="status", value="answered", changed=IN_CYCLE)
    working = Working(report)
    expected = sum(working.is_answered(q) for q in sheet.questions.values())
    assert answered_counts(world.cycle)[report.pk] == expected > 5
    assert asked_counts(world.cycle, ["AAA"])["AAA"] == sum(working.is_put(q) for q in sheet.questions.values())


@pytest.mark.django_db
def test_the_title_says_how_many_are_in_and_how_many_are_stuck(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world, "ALF"), send(world, "ALF")
        assert seen(world).title == "1 of 3 reports are in; nothing is stuck"
    with clock.at(IN_CYCLE + dt.timedelta(days=40)):
        shown = seen(world)
        assert shown.title == "1 of 3 reports are in; 3 are stuck"
        assert [line.report.body.code for line in shown.stuck] == ["BRA", "CHA", "ALF"]  # longest first
    with clock.at(DEADLINE):
        cycles.close_cycle(actor=world.actor("coordinator"), cycle=world.cycle.pk, why="Over.")
        assert seen(world).title == "Closed: 1 of 3 reports are in"


@pytest.mark.django_db
def test_a_stuck_report_is_said_to_be_with_somebody(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world, "ALF"), start(world, "ALF")
        fill(world, "BRA"), send(world, "BRA"), give_back(world, "BRA")
        Holding.objects.filter(post=world.posts["CHA.rapporteur"]).update(until=dt.date(2023, 1, 20))
        lines = {line.report.body.code: line for line in seen(world).lines}
    assert (lines["ALF"].what, lines["ALF"].with_) == ("Waits to be cleared.", "ALF.head")
    number = Working(world.report("BRA")).sheet.questions["charter"].number
    assert (lines["BRA"].what, lines["BRA"].with_) == (f"Returned; 1 answer is open: {number}.", "BRA.rapporteur")
    assert "vacant" in lines["CHA"].what
    assert lines["CHA"].vacant


@pytest.mark.django_db
def test_the_observer_sees_the_board_and_the_nation_only_itself(harbour_world: World) -> None:
    assert {line.report.body.code for line in seen(harbour_world, "observer").lines} == {"ALF", "BRA", "CHA"}
    assert {line.report.body.code for line in seen(harbour_world, "ALF.reader").lines} == {"ALF"}
    assert seen(harbour_world, "outsider").lines == []


def many_ports(folder: Path, n: int) -> World:
    """A Compact of n more ports."""
    copy = shutil.copytree(PACKS / "toy", folder / f"toy-{n}")
    codes = [f"P{i:02d}" for i in range(n)]
    with open(copy / "bodies.csv", "a") as bodies, open(copy / "memberships.csv", "a") as members:
        for code in codes:
            bodies.write(f"{code},port,Port {code},yes\n")
            members.write(f"{code},ports,2000-01-01,\n")
    return worlds.build(load(copy), "2022", ("ALF", *codes[:2]))


@pytest.mark.django_db
def test_queries_are_the_same_for_three_ports_and_for_forty(tmp_path: Path) -> None:
    world = many_ports(tmp_path, 37)
    with clock.at(IN_CYCLE):
        fill(world, "ALF"), send(world, "ALF")
        actor, cycle = world.actor("coordinator"), world.cycle
        with CaptureQueriesContext(connection) as all_forty:
            shown = board(actor, world.alliance, cycle, "en")
            oversight.pace(actor, world.alliance, cycle, shown.lines)
            oversight.years(actor, world.alliance, "en")
            oversight.burden(actor, world.alliance, cycle, "en")
        assert shown.total == 40
        Report.objects.filter(cycle=cycle).exclude(body__code__in=["ALF", "P00", "P01"]).delete()
        with CaptureQueriesContext(connection) as three:
            shown = board(actor, world.alliance, cycle, "en")
            oversight.pace(actor, world.alliance, cycle, shown.lines)
            oversight.years(actor, world.alliance, "en")
            oversight.burden(actor, world.alliance, cycle, "en")
    assert shown.total == 3
    assert len(three) == len(all_forty) <= 24


@pytest.mark.django_db
def test_timeliness_counts_the_own_deadline_and_says_where_the_day_is_not_known(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    old = [parse_report(toy_report(body, 7, 20, cycle="2021"), world.pack) for body in ("ALF", "BRA")]
    with clock.at(IN_CYCLE):
        history.take_in_cycle(
            actor=coordinator, alliance="harbour", code="2021", reports=old,
            submitted={"ALF": dt.datetime(2022, 6, 1, tzinfo=dt.UTC)},
        )  # fmt: skip
        fill(world, "ALF"), send(world, "ALF")
        cycles.extend_deadline(
            actor=coordinator, report=world.report("BRA").pk, deadline=DEADLINE + dt.timedelta(days=9), why="x"
        )
    with clock.at(DEADLINE + dt.timedelta(days=2)):
        fill(world, "BRA"), send(world, "BRA")
        fill(world, "CHA"), send(world, "CHA")
        found = oversight.years(coordinator, world.alliance, "en")
    this, last = ({c: k["2022"] for c, k in found.kept.items()}, {c: k["2021"] for c, k in found.kept.items()})
    assert [(this[c].in_time, this[c].extended) for c in ("ALF", "BRA", "CHA")] == [
        (True, False), (True, True), (False, False)
    ]  # fmt: skip
    assert (last["ALF"].in_time, last["BRA"].in_time, last["CHA"].state) == (False, None, "not_submitted")
    sums = {s["cycle"].code: s for s in found.sums()}  # type: ignore[attr-defined]
    assert [sums["2021"][k] for k in ("asked", "in_time", "late", "unknown", "missing")] == [3, 0, 1, 1, 1]
    assert [sums["2022"][k] for k in ("asked", "in_time", "late", "extended")] == [3, 2, 1, 1]


@pytest.mark.django_db
def test_the_pace_is_told_against_the_cycle_before_on_the_same_day(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    old = [parse_report(toy_report(body, 7, 20, cycle="2021"), world.pack) for body in ("ALF", "BRA")]
    with clock.at(dt.datetime(2023, 2, 20, 9, tzinfo=dt.UTC)):
        early = dt.datetime(2022, 1, 20, tzinfo=dt.UTC)
        history.take_in_cycle(
            actor=coordinator, alliance="harbour", code="2021", reports=old, submitted={"ALF": early, "BRA": early}
        )
        shown = seen(world)
        pace = oversight.pace(coordinator, world.alliance, world.cycle, shown.lines)
        assert pace.title == "2 reports behind 2021 on the same day"
        assert "by the deadline" in pace.outlook
        fill(world, "ALF"), send(world, "ALF")
        pace = oversight.pace(coordinator, world.alliance, world.cycle, seen(world).lines)
    assert pace.title == "1 report behind 2021 on the same day"
    assert pace.rows()[-1][1] == 1


@pytest.mark.django_db
def test_burden_is_what_nations_declare_and_what_no_figure_uses() -> None:
    world = worlds.build(sampler(), "2022", ("AAA", "BBB"))
    with clock.at(IN_CYCLE):
        report, actor = world.report("AAA"), world.actor("AAA.rapporteur")
        submitting.declare_minutes(actor=actor, report=report.pk, minutes=90)
        AnswerNote.objects.create(report=report, question="x", taken_over="2021")
        cost = oversight.burden(world.actor("coordinator"), world.alliance, world.cycle, "en")
    assert (cost.minutes, cost.total, cost.middle, cost.taken_over) == ([90], 90, 90, 1)
    used = " ".join(str(i.model_dump()) for i in world.pack.indicators.values())
    assert cost.unused
    assert len(cost.unused) < cost.asked
    for question in cost.unused:
        assert f"'{question.id}'" not in used.replace('"', "'"), question.id


# --- lists ------------------------------------------------------------------------------------------------------------


def table(query: str = "") -> Table:
    rows = [
        {"name": "Ostmere", "n": 3, "note": "=1+1"}, {"name": "Élan", "n": None, "note": "@x"},
        {"name": "arvon", "n": 12, "note": "plain"},
    ]  # fmt: skip
    only = Filter("size", "Size", [("big", "big")], lambda row, value: (row["n"] or 0) > 10)
    columns = [Column("name", "Nation"), Column("n", "Number", number=True), Column("note", "Note")]
    return Table(columns, rows, [only], "name", QueryDict(query))


@pytest.mark.parametrize(
    ("query", "names"),
    [("", ["arvon", "Élan", "Ostmere"]), ("sort=-name", ["Ostmere", "Élan", "arvon"]),
     ("sort=n", ["Ostmere", "arvon", "Élan"]), ("sort=-n", ["arvon", "Ostmere", "Élan"]), ("size=big", ["arvon"]),
     ("size=nonsense&sort=nonsense", ["Ostmere", "Élan", "arvon"])],
)  # fmt: skip
def test_a_list_is_filtered_and_sorted_by_its_address(query: str, names: list[str]) -> None:
    assert [row["name"] for row in table(query).rows] == names


def test_a_head_leads_to_the_other_direction_and_keeps_the_filter() -> None:
    heads = {head["column"].key: head for head in table("size=big&sort=n").heads()}
    assert heads["n"]["href"] == "?size=big&sort=-n"
    assert heads["n"]["aria"] == "ascending"
    assert heads["name"]["href"] == "?size=big&sort=name"


def test_files_hold_what_is_shown_and_no_formula() -> None:
    text = table("sort=n").file("csv", "x").content.decode("utf-8-sig")
    assert [row["Nation"] for row in csv.DictReader(io.StringIO(text))] == ["Ostmere", "arvon", "Élan"]
    assert [row["Note"] for row in csv.DictReader(io.StringIO(text))] == ["'=1+1", "plain", "'@x"]
    shown = table("size=big").file("csv", "x").content.decode("utf-8-sig")
    assert shown.count("\n") == 2
    book = CalamineWorkbook.from_filelike(io.BytesIO(table("sort=n").file("xlsx", "x").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows == [["Nation", "Number", "Note"], ["Ostmere", 3.0, "=1+1"], ["arvon", 12.0, "plain"],
                    ["Élan", "", "@x"]]  # fmt: skip


@pytest.mark.django_db
def test_acceptance_ends_the_wait(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), send(world), accept(world)
    with clock.at(IN_CYCLE + dt.timedelta(days=300)):
        assert "ALF" not in [line.report.body.code for line in seen(world).stuck]
