"""Sections are given to posts, who see and fill in these and no others, and say when their part is done."""

from __future__ import annotations

import datetime as dt

import pytest

from eirene.errors import UsageError
from eirene_web.journal.models import Change
from eirene_web.notices.models import Notice
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import Assignment
from eirene_web.reports.services import assigning
from eirene_web.reports.services.filling import Edit
from web.reports import filling
from web.reports.filling import address, browser, fields, fill, save
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during"), pytest.mark.soak_on_postgresql]
sampler_world, during = filling.sampler_world, filling.during


def assign(
    world: World, section: str = "1", who: str = "AAA.drafter", by: str = "AAA.rapporteur", **more: object
) -> Assignment:
    return assigning.assign_section(
        actor=world.actor(by),
        report=world.report("AAA").pk,
        section=section,
        post=world.posts[who].pk,
        **more,  # type: ignore[arg-type]
    )


def test_a_post_fills_in_what_it_was_given_until_it_is_taken_away(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.drafter")
    assert save(client, sampler_world, "1", ("staff", "cells.army|women", "1")).status_code == 404
    assign(sampler_world)
    assert save(client, sampler_world, "1", ("staff", "cells.army|women", "1")).status_code == 200
    assert save(client, sampler_world, "2", ("law", "value", "yes")).status_code == 404
    assigning.unassign_section(
        actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk, section="1",
        post=sampler_world.posts["AAA.drafter"].pk,
    )  # fmt: skip
    assert save(client, sampler_world, "1", ("staff", "cells.army|women", "2", 1)).status_code == 404
    assert filling.kept(sampler_world, "staff", "cells.army|women") == 1


def test_given_again_it_is_the_same_assignment_with_the_new_date(sampler_world: World) -> None:
    assign(sampler_world, due=dt.date(2023, 2, 20), note="Figures only.")
    assign(sampler_world, due=dt.date(2023, 2, 25))
    one = Assignment.objects.get()
    assert (one.due, one.note) == (dt.date(2023, 2, 25), "")


@pytest.mark.parametrize(
    ("by", "who", "section", "refused"),
    [("AAA.drafter", "AAA.drafter", "1", NotAllowed), ("AAA.reader", "AAA.drafter", "1", NotAllowed),
     ("BBB.rapporteur", "AAA.drafter", "1", NotThere), ("coordinator", "AAA.drafter", "1", NotAllowed),
     ("AAA.rapporteur", "BBB.drafter", "1", NotThere), ("AAA.rapporteur", "AAA.reader", "1", UsageError),
     ("AAA.rapporteur", "AAA.drafter", "9", UsageError)],
)  # fmt: skip
def test_what_may_not_be_assigned(
    sampler_world: World, by: str, who: str, section: str, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        assign(sampler_world, section, who, by)
    assert not Assignment.objects.exists()


def test_our_part_is_done_and_open_again(sampler_world: World) -> None:
    assign(sampler_world)
    client, path = browser(sampler_world, "AAA.drafter"), address(sampler_world, rest="section/1/")
    form = fields(client.get(path)) | {"a:staff:cells.army|women": ["7"], "do": ["done:"]}
    client.post(path, form)
    assert Assignment.objects.get().done is not None
    assert filling.kept(sampler_world, "staff", "cells.army|women") == 7
    assert "done" in browser(sampler_world, "AAA.rapporteur").get(address(sampler_world)).content.decode()
    client.post(path, fields(client.get(path)) | {"do": ["done:not"]})
    assert Assignment.objects.get().done is None
    with pytest.raises(UsageError, match="not assigned to you"):
        assigning.mark_done(
            actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk, section="1"
        )


def test_who_was_reminded_and_when_is_kept(sampler_world: World) -> None:
    assign(sampler_world)
    who, report, post = (
        sampler_world.actor("AAA.rapporteur"),
        sampler_world.report("AAA").pk,
        sampler_world.posts["AAA.drafter"].pk,
    )
    assigning.remind(actor=who, report=report, section="1", post=post)
    assert Change.objects.filter(field="reminded").count() == 1
    told = Notice.objects.filter(person=sampler_world.people["AAA.drafter"]).values_list("kind", flat=True)
    assert list(told) == ["section_assigned", "section_assigned"]  # given, and called to mind once more
    assigning.mark_done(actor=sampler_world.actor("AAA.drafter"), report=report, section="1")
    with pytest.raises(UsageError, match="done"):
        assigning.remind(actor=who, report=report, section="1", post=post)


def test_the_page_assigns_reminds_and_takes_away(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="assign/")
    post = sampler_world.posts["AAA.drafter"].pk
    form = {"section": "1", "post": post, "due": "2023-02-20", "note": "Please.", "do": "assign"}
    assert client.post(path, form).status_code == 302
    text = client.get(path).content.decode()
    assert "20 February 2023" in text
    assert "Please." in text
    assert client.post(path, {"do": f"remind:1:{post}"}).status_code == 302
    assert client.post(path, {"do": f"remove:1:{post}"}).status_code == 302
    assert not Assignment.objects.exists()
    for wrong in ({**form, "due": "tomorrow"}, {**form, "post": "x"}, {**form, "section": "9"}, {"do": "burn:1:1"}):
        refused = client.post(path, wrong)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.content.decode()


def test_with_whom_a_section_is_stands_in_the_list(sampler_world: World) -> None:
    assign(sampler_world, due=dt.date(2023, 2, 20))
    fill(sampler_world, Edit("law", "value", "yes"))
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world)).content.decode()
    assert "With AAA.drafter" in text
    assert "by 20 February 2023" in text


def test_the_time_is_declared_never_measured(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    assert "Not declared yet" in client.get(address(sampler_world)).content.decode()
    client.post(address(sampler_world, rest="time/"), {"hours": "3", "minutes": "40"})
    assert sampler_world.report("AAA").minutes == 220
    assert "3 h 40 min" in client.get(address(sampler_world)).content.decode()
    assert client.post(address(sampler_world, rest="time/"), {"hours": "x"}).status_code == 400
    assert client.post(address(sampler_world, rest="time/"), {"hours": "9999"}).status_code == 400
    assert (
        browser(sampler_world, "AAA.reader").post(address(sampler_world, rest="time/"), {"hours": "1"}).status_code
        == 403
    )


def test_since_the_last_visit_others_did(sampler_world: World) -> None:
    from eirene_web import clock
    from web.world import IN_CYCLE

    path = address(sampler_world)
    assert "Since your last visit" not in browser(sampler_world, "AAA.rapporteur").get(path).content.decode()
    assign(sampler_world)
    with clock.at(IN_CYCLE + dt.timedelta(hours=3)):
        fill(sampler_world, Edit("staff", "cells.army|women", 3), who="AAA.drafter")
    with clock.at(IN_CYCLE + dt.timedelta(hours=5)):
        client = browser(sampler_world, "AAA.rapporteur")
        for _again in range(2):  # and it stays to be read for as long as one is here
            assert "AAA.drafter filled in 1.1" in client.get(path).content.decode()
    with clock.at(IN_CYCLE + dt.timedelta(hours=9)):
        assert "Nobody else changed anything." in browser(sampler_world, "AAA.rapporteur").get(path).content.decode()


def test_pressed_twice_nobody_is_told_twice(sampler_world: World) -> None:
    assign(sampler_world, note="Figures only.")
    told = Notice.objects.count()
    assert told
    assign(sampler_world, note="Figures only.")
    assert Notice.objects.count() == told


def test_a_day_that_is_past_is_no_due_date(sampler_world: World) -> None:
    with pytest.raises(UsageError, match="is past"):
        assign(sampler_world, due=dt.date(2020, 1, 1))
    assert not Assignment.objects.exists()
