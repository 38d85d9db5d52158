"""Hard days of a nation at work: buttons pressed twice, somebody suspended in the middle, nobody there at the deadline.

Which test shows which hard day stands in tests/README.md.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.notices.models import Notice
from eirene_web.organisations import services as organisations
from eirene_web.organisations.models import Holding, Post
from eirene_web.reports.models import EvidenceFile, Message, Report
from eirene_web.reports.schedules import remind
from eirene_web.reports.services import discussing, submitting
from web.reports import filling
from web.reports.filling import address, browser, fields, kept, save
from web.visiting import at, client_of
from web.world import DEADLINE, IN_CYCLE, World

pytestmark = pytest.mark.django_db
sampler_world, during = filling.sampler_world, filling.during


# --- pressed twice --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("during")
def test_a_form_without_scripts_that_is_sent_twice_is_saved_once(sampler_world: World) -> None:
    client, page = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    typed = {**fields(client.get(page)), "a:leave_weeks:value": ["18"], "ask:leave_weeks": ["Does it count?"],
             "do": ["ask:leave_weeks"]}  # fmt: skip
    typed["file:leave_weeks"] = [SimpleUploadedFile("order.pdf", b"%PDF-1.4 the order")]  # type: ignore[list-item]
    assert client.post(page, typed).status_code == 302
    entries = Entry.objects.count()
    client.post(page, typed)
    assert kept(sampler_world, "leave_weeks", "value") == 18
    assert sampler_world.report("AAA").version == 1
    assert Message.objects.count() == 1
    assert Entry.objects.count() == entries


@pytest.mark.usefixtures("during")
def test_a_file_attached_twice_is_there_once(sampler_world: World) -> None:
    client, page = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    for _press in range(2):
        typed = {**fields(client.get(page)), "do": ["file:leave_weeks"],
                 "file:leave_weeks": [SimpleUploadedFile("order.pdf", b"%PDF-1.4 the order")]}  # fmt: skip
        assert client.post(page, typed).status_code == 302
    assert EvidenceFile.objects.get().name == "order.pdf"


def test_the_same_words_later_or_after_an_answer_are_said_again(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        about = {"report": world.report("ALF").pk, "kind": "question", "question": "crew"}
        thread = discussing.open_thread(actor=world.actor("ALF.rapporteur"), text="Is it so?", **about)
        assert discussing.open_thread(actor=world.actor("ALF.rapporteur"), text="Is it so?", **about) == thread
        discussing.write(actor=world.actor("reviewer"), thread=thread.pk, text="Yes.")
        discussing.write(actor=world.actor("reviewer"), thread=thread.pk, text="Yes.")
        discussing.write(actor=world.actor("ALF.rapporteur"), thread=thread.pk, text="Is it so?")
    with clock.at(IN_CYCLE + dt.timedelta(minutes=2)):
        discussing.write(actor=world.actor("ALF.rapporteur"), thread=thread.pk, text="Is it so?")
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [
        "Is it so?", "Yes.", "Is it so?", "Is it so?",
    ]  # fmt: skip


# --- suspended ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("during")
def test_whoever_is_suspended_in_the_middle_saves_nothing_more_and_the_next_one_goes_on(sampler_world: World) -> None:
    world = sampler_world
    client = browser(world, "AAA.rapporteur")
    assert save(client, world, "2", ("leave_weeks", "value", "12")).status_code == 200
    person = world.people["AAA.rapporteur"]
    organisations.suspend_person(
        actor=world.actor("clerk"), alliance="sampler", person=person.pk, why="A laptop was stolen."
    )
    refused = save(client, world, "2", ("leave_weeks", "value", "99", 1))
    assert refused.status_code == 401
    assert json.loads(refused.content)
    assert kept(world, "leave_weeks", "value") == 12
    holding = Holding.objects.get(person=person, post=world.posts["AAA.rapporteur"])
    organisations.hand_over(
        actor=world.actor("AAA.admin"), holding=holding.pk, to=world.people["outsider"].pk,
        on=IN_CYCLE.date(), why="Until it is cleared up.",
    )  # fmt: skip
    successor = browser(world, "outsider")
    assert save(successor, world, "2", ("leave_weeks", "value", "14", 1)).status_code == 200
    assert kept(world, "leave_weeks", "value") == 14


# --- nobody there at the deadline ----------------------------------------------------------------------------------


def test_a_post_vacant_at_the_deadline_is_seen_told_above_and_stops_nobody(harbour_world: World) -> None:
    """The rapporteur has left. The reminder reaches the post above; the office sees who is missing; the authorised
    officer still submits, late."""
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"])
    Holding.objects.filter(post=world.posts["ALF.rapporteur"]).update(until=dt.date(2023, 2, 28))
    told = {}
    for days in (-7, 1):
        with clock.at(DEADLINE + dt.timedelta(days=days)):
            remind.call()
            told[days] = set(Notice.objects.filter(person__name__startswith="ALF").values_list("kind", "person__name"))
    assert ("reminder", "ALF.head") in told[-7]
    assert ("overdue", "ALF.head") in told[1]
    assert not [who for _kind, who in told[1] if who == "ALF.rapporteur" and _kind in ("reminder", "overdue")]
    with clock.at(DEADLINE + dt.timedelta(days=1)):
        page = client_of(world, "ALF.admin").get(at(world)).content.decode()
        assert "vacant" in page or "nobody" in page
        report = world.report("ALF")
        submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=report.version)
    assert world.report("ALF").state == Report.State.SUBMITTED


# --- a full disk ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("during")
def test_on_a_full_disk_a_page_is_read_though_its_session_cannot_be_kept(
    sampler_world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    client, page = browser(sampler_world, "AAA.rapporteur"), address(sampler_world)
    assert client.get(page).status_code == 200

    def full(*_about: object, **_more: object) -> None:
        try:
            raise OperationalError("database or disk is full")
        except OperationalError:
            raise UpdateError from None

    monkeypatch.setattr(SessionStore, "save", full)
    settings.SESSION_SAVE_EVERY_REQUEST = True
    assert client.get(page).status_code == 200
