"""Suspending: sessions and tokens end at once, duties stay and show it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from eirene.errors import UsageError
from eirene.framework import load
from eirene_web.accounts import services as accounts
from eirene_web.accounts import tokens
from eirene_web.accounts.queries import owner
from eirene_web.clock import now
from eirene_web.journal.models import Entry
from eirene_web.organisations import queries, services
from eirene_web.policy import NotAllowed, NotThere
from web.world import World


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def suspend(world: World, who: str, by: str = "ALF.admin", why: str = "Account seen in a foreign hand.") -> None:
    services.suspend_person(actor=world.actor(by), alliance="harbour", person=world.people[who].pk, why=why)


def reinstate(world: World, who: str, by: str = "ALF.admin") -> None:
    services.reinstate_person(actor=world.actor(by), alliance="harbour", person=world.people[who].pk, why="Cleared up.")


def test_sessions_and_tokens_end_at_once_and_stay_ended(harbour_world: World, client: Client) -> None:
    person = harbour_world.people["ALF.rapporteur"]
    person.set_password("a heron by the grey lake")
    person.save()
    client.post("/account/login/", {"login": person.email, "password": "a heron by the grey lake"})
    _row, token = accounts.make_token(
        actor=owner(person, strong=True), person=person.pk, alliance="harbour", name="x", write=False,
        expires=now() + dt.timedelta(days=3),
    )  # fmt: skip
    assert client.get("/harbour/work/").status_code == 200
    before = Entry.objects.count()
    suspend(harbour_world, "ALF.rapporteur")
    assert Entry.objects.count() == before + 1
    assert client.get("/harbour/work/").status_code == 302
    assert tokens.person_of(f"Bearer {token}") is None
    reinstate(harbour_world, "ALF.rapporteur")
    assert client.get("/harbour/work/").status_code == 302
    assert tokens.person_of(f"Bearer {token}") is None
    again = client.post("/account/login/", {"login": person.email, "password": "a heron by the grey lake"})
    assert again.status_code == 302


def test_duties_stay_with_the_post_and_show_it(harbour_world: World, client: Client) -> None:
    suspend(harbour_world, "ALF.rapporteur")
    assert not harbour_world_actor(harbour_world, "ALF.rapporteur").grants
    post = queries.posts_of(harbour_world.alliance, "ALF", role="rapporteur")[0]
    assert [h.person.is_active for h in post.held] == [False]
    client.force_login(harbour_world.people["ALF.head"])
    assert "holder suspended" in client.get(f"/harbour/work/bodies/posts/{post.pk}/").content.decode()
    assert "holder suspended" in client.get("/harbour/work/bodies/ALF/").content.decode()


def harbour_world_actor(world: World, who: str) -> Any:
    world.people[who].refresh_from_db()
    return world.actor(who)


@pytest.mark.parametrize(
    ("who", "by", "error"),
    [
        ("ALF.rapporteur", "BRA.admin", NotThere),
        ("ALF.rapporteur", "ALF.rapporteur", NotAllowed),
        ("ALF.rapporteur", "coordinator", NotThere),
        ("coordinator", "ALF.admin", NotThere),
        ("outsider", "clerk", NotThere),
    ],
)
def test_an_administrator_suspends_people_of_the_own_nation_alone(
    harbour_world: World, who: str, by: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        suspend(harbour_world, who, by)


def test_the_office_suspends_anybody_of_the_alliance(harbour_world: World) -> None:
    suspend(harbour_world, "BRA.officer", "clerk")
    reinstate(harbour_world, "BRA.officer", "clerk")


def test_whoever_serves_in_two_nations_is_the_offices_to_suspend(harbour_world: World) -> None:
    services.fill_post(
        actor=harbour_world.installer, post=harbour_world.posts["BRA.reader"].pk,
        person=harbour_world.people["ALF.reader"].pk,
    )  # fmt: skip
    with pytest.raises(NotThere):
        suspend(harbour_world, "ALF.reader", "ALF.admin")
    suspend(harbour_world, "ALF.reader", "clerk")


def test_nobody_suspends_whoever_serves_another_alliance_too(harbour_world: World) -> None:
    other = services.found_alliance(pack=load("concordia"))
    installer = harbour_world.installer.__class__(
        alliance=other.slug, grants=harbour_world.installer.grants, strong=True
    )  # fmt: skip
    post = services.add_post(actor=installer, alliance=other.slug, body="BMA", title={"en": "x"}, roles={"reader": ()})
    services.fill_post(actor=installer, post=post.pk, person=harbour_world.people["ALF.reader"].pk)
    with pytest.raises(UsageError, match="another alliance"):
        suspend(harbour_world, "ALF.reader", "clerk")


@pytest.mark.parametrize(
    ("who", "by", "why", "said"),
    [
        ("ALF.reader", "ALF.admin", "  ", "needs its reason"),
        ("ALF.admin", "ALF.admin", "x", "themselves"),
    ],
)
def test_what_is_wrong_is_said(harbour_world: World, who: str, by: str, why: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        suspend(harbour_world, who, by, why)


def test_twice_is_said(harbour_world: World) -> None:
    with pytest.raises(UsageError, match="not suspended"):
        reinstate(harbour_world, "ALF.reader")
    suspend(harbour_world, "ALF.reader")
    with pytest.raises(UsageError, match="suspended already"):
        suspend(harbour_world, "ALF.reader")
