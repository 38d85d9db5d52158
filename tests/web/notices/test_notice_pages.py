"""One's own notices, how one is mailed, and the office's outbox, as pages."""

from __future__ import annotations

import pytest
from django.test import Client

from eirene_web.journal.models import Entry
from eirene_web.notices import queries, services
from eirene_web.notices.models import Notice, Preference
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def tell(world: World, who: str, kind: str = "accepted", key: str = "1") -> Notice:
    services.tell(
        kind, people={world.people[who].pk: ""}, alliance="harbour", key=key,
        facts={"cycle": "2022", "nation": "ALF"}, where="/harbour/work/2022/ALF/",
    )  # fmt: skip
    return Notice.objects.get(person=world.people[who], key=f"harbour:{kind}:{key}")


def test_the_desk_shows_what_is_unread_and_it_is_read_by_going_there(harbour_world: World) -> None:
    world = harbour_world
    notice = tell(world, "ALF.rapporteur")
    actor = world.actor("ALF.rapporteur")
    desk = queries.for_desk(actor, 5, lang="en")
    assert [one.subject for one in desk] == [
        "The report of Alfport for 2022 is accepted", "The report of Alfport for 2022 is asked for",
    ]  # fmt: skip
    assert queries.unread_count(actor) == 2
    client = signed_in(world, "ALF.rapporteur")
    page = client.get("/harbour/work/notices/").content.decode()
    assert "Unread (2)" in page
    answer = client.post(f"/fr/harbour/work/notices/{notice.pk}/")
    assert answer.headers["Location"] == "/fr/harbour/work/2022/ALF/"
    assert queries.unread_count(actor) == 1
    assert "is accepted" not in client.get("/harbour/work/notices/?show=unread").content.decode()
    client.post("/harbour/work/notices/read/")
    assert queries.for_desk(actor, 5) == []
    assert "You have read everything." in client.get("/harbour/work/notices/?show=unread").content.decode()


def test_a_notice_of_somebody_else_is_not_there(harbour_world: World) -> None:
    notice = tell(harbour_world, "ALF.rapporteur")
    for who in ("ALF.officer", "coordinator", "clerk", "outsider"):
        client = signed_in(harbour_world, who)
        assert client.post(f"/harbour/work/notices/{notice.pk}/").status_code == 404
        client.post("/harbour/work/notices/read/", {"notice": notice.pk})
    notice.refresh_from_db()
    assert notice.read is None


def test_a_notice_leads_nowhere_else(harbour_world: World) -> None:
    notice = tell(harbour_world, "ALF.rapporteur")
    Notice.objects.filter(pk=notice.pk).update(where="//evil.example/")
    answer = signed_in(harbour_world, "ALF.rapporteur").post(f"/harbour/work/notices/{notice.pk}/")
    assert answer.headers["Location"] == "/harbour/work/notices/"


def test_somebody_chooses_how_they_are_mailed(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    assert 'value="at_once" checked' in client.get("/harbour/work/notices/settings/").content.decode()
    client.post("/harbour/work/notices/settings/", {"pace": "daily"})
    assert Preference.objects.get().pace == "daily"
    assert 'value="daily" checked' in client.get("/harbour/work/notices/settings/").content.decode()
    assert client.post("/harbour/work/notices/settings/", {"pace": "hourly"}).status_code == 400
    assert Entry.objects.filter(verb="notice.settings").count() == 1


def test_the_outbox_is_the_offices(harbour_world: World) -> None:
    world = harbour_world
    failed = tell(world, "ALF.rapporteur")
    Notice.objects.filter(pk=failed.pk).update(mail="failed", problem="550 no such user", tries=1)
    for who, status in (("coordinator", 200), ("clerk", 200), ("reviewer", 404), ("ALF.admin", 404)):
        assert signed_in(world, who).get("/harbour/work/notices/outbox/").status_code == status
    page = signed_in(world, "coordinator").get("/harbour/work/notices/outbox/?state=failed").content.decode()
    for words in ("could not be mailed (1)", "550 no such user", "alf.rapporteur@alf.example", "Mail it again"):
        assert words in page
    assert "There is no mail server here" in page
    answer = signed_in(world, "coordinator").post(f"/harbour/work/notices/outbox/{failed.pk}/again/")
    assert answer.status_code == 400
    assert "EIRENE_MAIL_URL" in answer.content.decode()


def test_lists_cost_the_same_for_one_and_for_many(harbour_world: World, django_assert_max_num_queries: object) -> None:
    for n in range(30):
        tell(harbour_world, "ALF.rapporteur", key=f"{n}")
    actor = harbour_world.actor("ALF.rapporteur")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert len(queries.for_desk(actor, 7)) == 7
    client, office = signed_in(harbour_world, "ALF.rapporteur"), signed_in(harbour_world, "coordinator")
    client.get("/harbour/work/notices/")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/harbour/work/notices/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        office.get("/harbour/work/notices/outbox/")
