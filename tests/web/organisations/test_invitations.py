"""Invitations: a link in a mail that works once, and what is said when it does not work."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.journal.models import Change, Entry
from eirene_web.organisations import queries, services, tasks
from eirene_web.organisations.models import Holding, Invitation
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.work.models import Job
from eirene_web.work.services import Running
from web.world import World

PASSWORD = "a heron by the grey lake"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def invite(world: World, post: str = "ALF.officer", who: str = "ALF.admin", **more: Any) -> Invitation:
    given = {"email": "new@alf.example", "name": "Nadia Newcomer", "language": "fr", **more}
    return services.invite(actor=world.actor(who), post=world.posts[post].pk, **given)


def deliver(invitation: Invitation) -> str:
    """What the worker does: the job, and the path of the link in the mail that it sends."""
    job = Job.objects.filter(subject=f"invitation:{invitation.pk}").latest("pk")
    tasks.mail_invitation.func(job=job.pk, invitation=invitation.pk)
    found = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def answer(client: Client, path: str, **more: str) -> Any:
    return client.post(path, {"name": "Nadia Newcomer", "language": "fr", "password": PASSWORD, **more})


def test_an_invitation_is_a_job_and_one_entry_and_keeps_no_link(harbour_world: World) -> None:
    before = Entry.objects.count()
    invitation = invite(harbour_world)
    assert Entry.objects.count() == before + 1
    assert invitation.hash == ""
    path = deliver(invitation)
    invitation.refresh_from_db()
    token = path.split("/")[-2]
    assert len(invitation.hash) == 64
    assert invitation.mailed is not None
    assert token not in str(list(Change.objects.values_list("after", flat=True)))
    assert token not in str(list(Job.objects.values()))


def test_the_mail_is_in_the_language_of_the_invited_and_says_no_more_than_it_must(harbour_world: World) -> None:
    deliver(invite(harbour_world))
    (sent,) = mail.outbox
    assert sent.to == ["new@alf.example"]
    assert "Bonjour" in sent.body
    assert "/fr/account/invitation/" in sent.body
    mail.outbox.clear()
    deliver(invite(harbour_world, email="other@alf.example", language="en"))
    assert "Good day" in mail.outbox[0].body


def test_somebody_new_takes_the_post_and_is_led_to_a_second_factor(harbour_world: World, client: Client) -> None:
    path = deliver(invite(harbour_world))
    assert "Nadia Newcomer" in client.get(path).content.decode()
    led = answer(client, path)
    assert led.headers["Location"].startswith("/fr/account/second-factor/?next=")
    person = Person.objects.get(email="new@alf.example")
    assert (person.name, person.language) == ("Nadia Newcomer", "fr")
    assert person.check_password(PASSWORD)
    assert queries.actor_for(person, harbour_world.alliance).holds("authorised_officer")
    assert client.get("/fr/harbour/work/").status_code == 200
    assert client.get("/fr/account/2fa/app/activate/").status_code == 200


def test_a_link_works_once(harbour_world: World, client: Client) -> None:
    path = deliver(invite(harbour_world))
    answer(client, path)
    again = Client().get(path)
    assert again.status_code == 410
    assert "a déjà reçu sa réponse" in again.content.decode()
    assert answer(Client(), path).status_code == 410
    assert Holding.objects.filter(post=harbour_world.posts["ALF.officer"]).count() == 2


def test_a_link_is_over_after_a_week_and_may_be_sent_again(harbour_world: World, client: Client) -> None:
    invitation = invite(harbour_world, language="en")
    path = deliver(invitation)
    with clock.at(now() + dt.timedelta(days=7, seconds=1)):
        assert "too old" in client.get(path).content.decode()
        services.resend_invitation(actor=harbour_world.actor("ALF.rapporteur"), invitation=invitation.pk)
        newer = deliver(invitation)
        assert client.get(newer).status_code == 200
        assert "There is a newer link" in client.get(path).content.decode()


def test_a_link_that_was_withdrawn_or_is_not_ours_says_what_to_do(harbour_world: World, client: Client) -> None:
    invitation = invite(harbour_world, language="en")
    path = deliver(invitation)
    services.withdraw_invitation(actor=harbour_world.actor("ALF.admin"), invitation=invitation.pk)
    assert "withdrawn" in client.get(path).content.decode()
    for foreign in ("x", "1.abc:def", path.split("/")[-2] + "x", path.split("/")[-2].replace("1", "2", 1)):
        told = client.get(f"/account/invitation/{foreign}/")
        assert told.status_code in (404, 410)
        assert "not one of ours" in told.content.decode() or "withdrawn" in told.content.decode()


def test_whoever_has_an_account_signs_in_and_takes_the_post(harbour_world: World, client: Client) -> None:
    outsider = harbour_world.people["outsider"]
    outsider.set_password(PASSWORD)
    outsider.save()
    path = deliver(invite(harbour_world, post="ALF.drafter", email=outsider.email, language="en"))
    assert "You have an account already" in client.get(path).content.decode()
    assert answer(client, path).status_code == 200
    assert not Holding.objects.filter(person=outsider).exists()
    client.post("/account/login/", {"login": outsider.email, "password": PASSWORD, "next": path})
    assert "Take the post" in client.get(path).content.decode()
    assert client.post(path).headers["Location"] == "/desk/"
    assert Holding.objects.get(person=outsider).post == harbour_world.posts["ALF.drafter"]


def test_the_link_of_somebody_else_takes_nothing(harbour_world: World, client: Client) -> None:
    path = deliver(invite(harbour_world, language="en"))
    client.force_login(harbour_world.people["outsider"])
    told = client.post(path, {"name": "x", "language": "en", "password": PASSWORD})
    assert told.status_code == 403
    assert "for somebody else" in told.content.decode()
    assert not Person.objects.filter(email="new@alf.example").exists()


def test_an_account_made_without_a_way_in_begins_with_the_link(harbour_world: World, client: Client) -> None:
    person = services.person_named("waiting@alf.example", "Waiting")
    path = deliver(invite(harbour_world, post="ALF.drafter", email=person.email, language="en"))
    answer(client, path, name="No longer waiting")
    person.refresh_from_db()
    assert person.name == "No longer waiting"
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "password1234", "nadianewcomer"])
def test_a_password_easy_to_guess_is_refused_and_the_link_stays_good(
    harbour_world: World, client: Client, password: str
) -> None:
    path = deliver(invite(harbour_world, language="en"))
    assert answer(client, path, password=password).status_code in (400, 422)
    assert not Person.objects.filter(email="new@alf.example").exists()
    assert client.get(path).status_code == 200


def test_a_rapporteur_invites_into_the_own_nation_and_others_do_not(harbour_world: World) -> None:
    invite(harbour_world, who="ALF.rapporteur")
    for who, error in (("BRA.rapporteur", NotThere), ("ALF.drafter", NotAllowed), ("coordinator", NotAllowed)):
        with pytest.raises(error):
            invite(harbour_world, who=who, email=f"{who.lower()}@x.example")


def test_the_same_address_is_invited_once_into_a_post(harbour_world: World) -> None:
    invite(harbour_world)
    with pytest.raises(UsageError, match="invited into the post already"):
        invite(harbour_world, email="New@ALF.example")
    invite(harbour_world, post="ALF.head")


def test_what_is_no_address_is_said(harbour_world: World) -> None:
    with pytest.raises(UsageError, match="no e-mail address"):
        invite(harbour_world, email="not an address")


def test_nobody_sends_invitations_without_end(harbour_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eirene_web.organisations.services.invitations.PER_HOUR", 2)
    invite(harbour_world, email="a@x.example")
    invite(harbour_world, email="b@x.example")
    with pytest.raises(UsageError, match="very many invitations"):
        invite(harbour_world, email="c@x.example")


def test_an_answered_invitation_is_neither_sent_again_nor_withdrawn(harbour_world: World, client: Client) -> None:
    invitation = invite(harbour_world)
    answer(client, deliver(invitation))
    for verb in (services.resend_invitation, services.withdraw_invitation):
        with pytest.raises(UsageError, match="answered or withdrawn"):
            verb(actor=harbour_world.actor("ALF.admin"), invitation=invitation.pk)


def test_a_mail_for_what_was_withdrawn_meanwhile_is_not_sent(harbour_world: World) -> None:
    invitation = invite(harbour_world)
    services.withdraw_invitation(actor=harbour_world.actor("ALF.admin"), invitation=invitation.pk)
    job = Job.objects.latest("pk")
    tasks.mail_invitation.func(job=job.pk, invitation=invitation.pk)
    assert mail.outbox == []
    assert Running(job)


def test_a_post_that_begins_later_waits_for_its_day(harbour_world: World, client: Client) -> None:
    day = now().date() + dt.timedelta(days=30)
    path = deliver(invite(harbour_world, language="en", since=day))
    answer(client, path, language="en")
    person = Person.objects.get(email="new@alf.example")
    assert Holding.objects.get(person=person).since == day
    assert "You hold no post at present" in client.get("/desk/").content.decode()
    with clock.at(now() + dt.timedelta(days=31)):
        assert queries.actor_for(person, harbour_world.alliance).holds("authorised_officer")
