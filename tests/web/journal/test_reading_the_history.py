"""Who changed what: for a nation its own, for the office what it did and what it was sent; never a draft."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from eirene_web import clock
from eirene_web.custody import history
from eirene_web.custody.history import Wanted
from eirene_web.policy import NotThere
from eirene_web.reports.services import filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from web.reports.test_a_report_goes_its_way import fill
from web.world import IN_CYCLE, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(harbour_world: World) -> World:
    with clock.at(IN_CYCLE):
        fill(harbour_world)
        report = harbour_world.report("ALF").pk
        edits = [Edit("crew", "comment.en", "=SUM(A1) is a secret draft")]
        filling.save_answers(actor=harbour_world.actor("ALF.rapporteur"), report=report, edits=edits)
        submitting.submit(actor=harbour_world.actor("ALF.officer"), report=report, version=2)
        reviewing.assign_review(
            actor=harbour_world.actor("coordinator"), report=report, post=harbour_world.posts["reviewer"].pk
        )
        reviewing.return_report(
            actor=harbour_world.actor("reviewer"), report=report, reason="Look.", questions={"charter": "Which?"}
        )
    return harbour_world


def verbs(world: World, who: str, nation: str, wanted: Wanted | None = None) -> list[str]:
    return [e.verb for e in history.entries(world.actor(who), world.alliance, nation, wanted or Wanted())]


def signed_in(client: Client, world: World, who: str) -> Client:
    client.force_login(world.people[who])
    return client


def test_a_nation_reads_its_own_and_not_what_is_within_the_office(world: World) -> None:
    found = verbs(world, "ALF.reader", "ALF")
    assert found[:4] == ["review.return", "report.submit", "answer.fill", "answer.fill"]
    assert "review.assign" not in found
    assert "review.assign" in verbs(world, "coordinator", "ALF")


def test_the_office_never_reads_what_a_nation_was_working_on(world: World) -> None:
    for who in ("coordinator", "reviewer"):
        found = set(verbs(world, who, "ALF"))
        assert {"report.submit", "review.return"} <= found
        assert "answer.fill" not in found


@pytest.mark.parametrize("who", ["BRA.rapporteur", "ALF.drafter", "ALF.admin", "observer", "clerk"])
def test_for_others_it_is_not_there(world: World, who: str) -> None:
    with pytest.raises(NotThere):
        verbs(world, who, "ALF")


def test_it_is_filtered_and_turned(world: World) -> None:
    everything = verbs(world, "ALF.reader", "ALF")
    assert verbs(world, "ALF.reader", "ALF", Wanted(order="old")) == everything[::-1]
    assert verbs(world, "ALF.reader", "ALF", Wanted(verb="report.submit")) == ["report.submit"]
    assert verbs(world, "ALF.reader", "ALF", Wanted(question="charter")) == ["review.return", "answer.fill"]
    drafts = Wanted(who=world.people["ALF.rapporteur"].pk)
    assert set(verbs(world, "ALF.reader", "ALF", drafts)) == {"answer.fill"}
    assert verbs(world, "ALF.reader", "ALF", Wanted(since=IN_CYCLE.date())) == everything[:4]
    assert Wanted.of({"who": "x", "since": "never", "order": "?"}) == Wanted()


def test_the_page_shows_each_field_and_keeps_the_choice_in_the_address(world: World, client: Client) -> None:
    page = signed_in(client, world, "ALF.reader").get("/harbour/work/history/ALF/?question=crew&order=old")
    text = page.content.decode()
    assert page.status_code == 200
    assert "answer ALF 2022, crew, cells.women" in text
    assert "charter" not in text.split("<table")[1]
    assert "ALF.rapporteur" in text
    assert "question=crew" in text
    assert client.get("/harbour/work/history/").status_code == 302
    assert client.get("/harbour/work/history/BRA/").status_code == 404
    assert client.get("/fr/harbour/work/history/ALF/").status_code == 200


def test_it_is_taken_out_as_csv_and_json(world: World, client: Client) -> None:
    signed_in(client, world, "ALF.reader")
    sheet = b"".join(client.get("/harbour/work/history/ALF/history.csv?question=crew")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    [secret] = [row for row in rows if row["of"].endswith("comment.en")]
    assert secret["after"] == "'=SUM(A1) is a secret draft"
    listed = json.loads(b"".join(client.get("/harbour/work/history/ALF/history.json")))
    assert listed[0]["changes"]
    assert client.get("/harbour/work/history/ALF/history.exe").status_code == 404


def test_the_office_takes_out_no_draft(world: World, client: Client) -> None:
    signed_in(client, world, "coordinator")
    for form in ("csv", "json"):
        found = b"".join(client.get(f"/harbour/work/history/ALF/history.{form}"))
        assert b"secret" not in found
        assert len(found) > 200
    assert b"secret" not in client.get("/harbour/work/history/ALF/").content


def test_many_entries_come_page_by_page(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PER_PAGE", 3)
    signed_in(client, world, "ALF.reader")
    seen, address = [], "/harbour/work/history/ALF/?order=new"
    while address:
        page = client.get(address)
        seen += [line.sequence for line in page.context["lines"]]
        address = f"/harbour/work/history/ALF/?{page.context['next']}" if page.context["next"] else ""
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(verbs(world, "ALF.reader", "ALF"))


def test_the_whole_drill_on_pages(world: World, client: Client) -> None:
    report = world.report("ALF").pk
    signed_in(client, world, "reviewer")
    asked = client.get(f"/harbour/work/raise/?ref=cell:{report}/crew/comment.en")
    assert asked.status_code == 200
    assert b"secret" not in asked.content
    done = client.post("/harbour/work/raise/", {"ref": f"cell:{report}/crew/comment.en", "why": "person"})
    assert done.status_code == 302
    assert b"secret" not in client.get(done.headers["Location"]).content
    signed_in(client, world, "BRA.rapporteur")
    assert client.get(done.headers["Location"]).status_code == 404
    assert client.get(f"/harbour/work/raise/?ref=cell:{report}/crew").status_code == 404
    signed_in(client, world, "ALF.officer")
    assert client.get("/harbour/work/quarantine/").status_code == 200
    # Without a second factor the post sees that there is something, and nothing of it.
    assert b"secret" not in client.get(done.headers["Location"]).content
    text = client.get("/harbour/work/history/ALF/?question=crew").content
    assert b"secret" not in text
    signed_in(client, world, "ALF.admin")
    named = client.get("/harbour/work/quarantine/posts/")
    assert named.status_code == 200
