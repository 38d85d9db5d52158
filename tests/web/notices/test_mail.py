"""The outbox is emptied by a worker: once each, in bounded time, whatever the mail server does."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage as DjangoMail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from eirene_web import clock
from eirene_web.notices import queries, sending, services
from eirene_web.notices.models import Letter, Notice, Preference
from eirene_web.notices.sending import PAUSES, send_waiting
from eirene_web.notices.server import MailServer, mail_server
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.work.services import OUTSIDE
from eirene_web.work.worker import work_off
from web.notices.smtp import Server, server
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


@pytest.fixture
def smtp(settings: object) -> Iterator[Server]:
    with server() as found:
        settings.MAIL_SERVER, settings.MAIL_SECONDS = found.address, 5  # type: ignore[attr-defined]
        settings.EIRENE_URL = "https://wps.example.int"  # type: ignore[attr-defined]
        yield found


@pytest.fixture
def world(harbour_world: World) -> World:
    """The world after the notices of its opening day."""
    Notice.objects.all().delete()
    return harbour_world


def tell(world: World, *who: str, key: str = "1", kind: str = "accepted", address: str = "") -> None:
    services.tell(
        kind, people={world.people[one].pk: address for one in who}, alliance="harbour", key=key,
        facts={"cycle": "2022", "nation": "ALF"}, where="/harbour/work/2022/ALF/",
    )  # fmt: skip


def send() -> None:
    send_waiting.call()


def mails() -> list[tuple[str, int]]:
    return list(Notice.objects.order_by("pk").values_list("mail", "tries"))


def test_telling_puts_a_mail_on_the_queue_and_a_worker_sends_it(world: World, smtp: Server) -> None:
    tell(world, "ALF.rapporteur", "ALF.officer")
    assert smtp.connections == 0
    assert DBTaskResult.objects.filter(queue_name=OUTSIDE).count() == 1
    work_off()
    assert sorted(smtp.to) == ["alf.officer@alf.example", "alf.rapporteur@alf.example"]
    assert smtp.connections == 1
    assert mails() == [("sent", 1), ("sent", 1)]
    _to, mail = smtp.taken[0]
    assert mail["Subject"] == "[Harbour Compact] The report of Alfport for 2022 is accepted"
    text = mail.get_content()
    assert "https://wps.example.int/harbour/work/2022/ALF/" in text
    assert "https://wps.example.int/harbour/work/notices/settings/" in text
    assert mail["List-Unsubscribe"] == "<https://wps.example.int/harbour/work/notices/settings/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    send()
    assert len(smtp.taken) == 2


def test_the_same_thing_is_told_once(world: World, smtp: Server) -> None:
    for _ in range(3):
        tell(world, "ALF.rapporteur")
    send()
    assert Notice.objects.count() == len(smtp.taken) == 1


def test_mail_is_in_the_language_of_its_reader(world: World, smtp: Server) -> None:
    person = world.people["ALF.rapporteur"]
    person.language = "fr"
    person.save()
    tell(world, "ALF.rapporteur")
    send()
    assert "accepté" in smtp.taken[0][1]["Subject"]
    assert "https://wps.example.int/fr/harbour/work/2022/ALF/" in smtp.taken[0][1].get_content()


def test_without_a_mail_server_mails_are_kept_and_seen_by_the_office_alone(world: World, settings: object) -> None:
    tell(world, "ALF.rapporteur")
    assert not DBTaskResult.objects.filter(queue_name=OUTSIDE).exists()
    assert mails() == [("kept", 0)]
    rows = queries.outbox(world.actor("coordinator"))
    assert [(str(row.title), row.address, row.state) for row in rows] == [
        ("Accepted", "alf.rapporteur@alf.example", "kept")
    ]
    for who in ("reviewer", "ALF.rapporteur", "ALF.admin", "outsider"):
        with pytest.raises(NotThere):
            queries.outbox(world.actor(who))


def test_what_a_nation_tells_itself_the_office_sees_only_if_it_could_not_be_mailed(world: World) -> None:
    tell(world, "ALF.head", kind="sent_back")
    assert queries.outbox(world.actor("clerk")) == []
    assert queries.outbox_counts(world.actor("clerk")) == {}
    Notice.objects.update(mail="failed")
    assert queries.outbox_counts(world.actor("clerk")) == {"failed": 1}
    assert [str(row.title) for row in queries.outbox(world.actor("clerk"))] == ["a notice within the nation"]


def test_people_made_up_for_a_demonstration_are_never_mailed(world: World, smtp: Server) -> None:
    person = world.people["ALF.rapporteur"]
    person.demo = True
    person.save()
    tell(world, "ALF.rapporteur")
    send()
    assert (mails(), smtp.taken) == ([("kept", 0)], [])


def test_somebody_who_was_suspended_meanwhile_gets_nothing(world: World, smtp: Server) -> None:
    tell(world, "ALF.rapporteur")
    person = world.people["ALF.rapporteur"]
    person.is_active = False
    person.save()
    tell(world, "ALF.rapporteur", key="2")
    send()
    assert (mails(), smtp.taken) == ([("none", 0)], [])


def test_a_mailbox_that_several_share_gets_a_mail_once(world: World, smtp: Server) -> None:
    tell(world, "ALF.rapporteur", "ALF.officer", address="wps@alf.example")
    send()
    assert smtp.to == ["wps@alf.example"]
    assert mails() == [("sent", 1), ("sent", 1)]


# --- when it goes wrong ---------------------------------------------------------------------------------------------


def test_one_address_that_is_refused_does_not_hold_up_the_others_and_the_office_is_told(
    world: World, smtp: Server
) -> None:
    smtp.refused["alf.rapporteur@alf.example"] = "550 5.1.1 no such user"
    smtp.refused["alf.head@alf.example"] = "450 4.2.1 mailbox busy"
    tell(world, "ALF.rapporteur", "ALF.head", "ALF.officer")
    send()
    assert smtp.to == ["alf.officer@alf.example"]
    by_address = {n.person.email: n for n in Notice.objects.exclude(kind="mail_failed").select_related("person")}
    refused, busy = by_address["alf.rapporteur@alf.example"], by_address["alf.head@alf.example"]
    assert (refused.mail, refused.problem) == ("failed", "550 5.1.1 no such user")
    assert (busy.mail, busy.tries, busy.problem) == ("waiting", 1, "450 4.2.1 mailbox busy")
    told = Notice.objects.filter(kind="mail_failed").select_related("person")
    assert sorted(n.person.name for n in told) == ["clerk", "coordinator"]
    assert {n.mail for n in told} == {"none"}


def test_a_server_that_is_down_costs_one_try_and_the_others_wait(world: World, settings: object) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.MAIL_SERVER = MailServer("127.0.0.1", free.getsockname()[1])  # type: ignore[attr-defined]
    tell(world, "ALF.rapporteur", "ALF.officer")
    send()
    assert mails() == [("waiting", 1), ("waiting", 0)]
    send()
    assert mails() == [("waiting", 1), ("waiting", 1)]
    assert "refused" in Notice.objects.first().problem.lower()  # type: ignore[union-attr]
    with server() as back, clock.at(timezone.now() + dt.timedelta(minutes=2)):
        settings.MAIL_SERVER = back.address  # type: ignore[attr-defined]
        send()
        assert len(back.taken) == 2
    assert mails() == [("sent", 2), ("sent", 2)]


@pytest.mark.parametrize("mood", ["silent", "drip"])
def test_a_server_that_hangs_is_left_in_time(world: World, settings: object, mood: str) -> None:
    settings.MAIL_SECONDS = 1  # type: ignore[attr-defined]
    with server(mood=mood) as hangs:
        settings.MAIL_SERVER = hangs.address  # type: ignore[attr-defined]
        tell(world, "ALF.rapporteur", "ALF.officer")
        send()
        assert not hangs.ended  # it was left before it was through with dripping
    assert mails() == [("waiting", 1), ("waiting", 0)]
    assert Notice.objects.order_by("pk")[0].problem == "no answer within 1 s"


def test_after_ten_tries_a_mail_is_given_up_and_can_be_mailed_again(world: World, smtp: Server) -> None:
    smtp.refused["alf.rapporteur@alf.example"] = "450 4.2.1 mailbox busy"
    tell(world, "ALF.rapporteur")
    moment = timezone.now()
    for n, minutes in enumerate([*PAUSES, 0], 1):
        with clock.at(moment):
            send()
            send()  # not before its time
        notice = Notice.objects.get(kind="accepted")
        assert notice.tries == n
        moment += dt.timedelta(minutes=minutes, seconds=1)
    assert (notice.mail, notice.tries, notice.try_after) == ("failed", 10, None)
    smtp.refused.clear()
    with pytest.raises(NotThere):
        services.send_again(actor=world.actor("ALF.rapporteur"), notice=notice.pk)
    services.send_again(actor=world.actor("coordinator"), notice=notice.pk)
    send()
    notice.refresh_from_db()
    assert notice.mail == "sent"
    with pytest.raises(NotAllowed):
        services.send_again(actor=world.actor("coordinator"), notice=notice.pk)


def test_a_mail_that_went_out_just_before_the_worker_died_goes_out_again_as_the_same_mail(
    world: World, smtp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*arguments: object, **fields: object) -> None:
        raise Killed

    tell(world, "ALF.rapporteur")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_settle", die)
        with pytest.raises(Killed):
            send()
    assert mails() == [("waiting", 1)]
    send()
    assert len(smtp.taken) == 1  # its row is held for a minute
    with clock.at(timezone.now() + dt.timedelta(minutes=2)):
        send()
    assert len(smtp.taken) == 2
    assert len({mail["Message-ID"] for _to, mail in smtp.taken}) == 1


def test_two_workers_do_not_send_the_same_mail(world: World, smtp: Server) -> None:
    tell(world, "ALF.rapporteur")
    seen_by_the_other = list(sending._parcels())
    send()
    assert [sending._claim(parcel) for parcel in seen_by_the_other] == [False]
    assert len(smtp.taken) == 1


# --- how somebody wants it ------------------------------------------------------------------------------------------


def test_a_digest_goes_out_once_at_seven_by_the_readers_clock(world: World, smtp: Server) -> None:
    person = world.people["ALF.rapporteur"]
    person.time_zone = "Pacific/Auckland"
    person.save()
    services.set_pace(actor=world.actor("ALF.rapporteur"), pace="daily")
    with clock.at(dt.datetime(2023, 2, 1, 12, tzinfo=dt.UTC)):  # one in the morning there
        tell(world, "ALF.rapporteur", key="1")
        tell(world, "ALF.rapporteur", key="2")
        send()
        send()
    assert smtp.taken == []
    with clock.at(dt.datetime(2023, 2, 1, 17, 59, tzinfo=dt.UTC)):
        send()
    assert smtp.taken == []
    with clock.at(dt.datetime(2023, 2, 1, 18, 1, tzinfo=dt.UTC)):
        send()
        send()
    assert len(smtp.taken) == 1
    assert smtp.taken[0][1]["Subject"] == "[Harbour Compact] 2 notices"
    assert smtp.taken[0][1].get_content().count("* The report of Alfport for 2022 is accepted") == 2
    assert mails() == [("sent", 1), ("sent", 1)]


def test_whoever_wants_no_mail_gets_none_but_the_posts_mailbox_does(world: World, smtp: Server) -> None:
    Preference.objects.create(person=world.people["ALF.rapporteur"], pace="never")
    tell(world, "ALF.rapporteur", key="1")
    tell(world, "ALF.rapporteur", key="2", address="wps@alf.example")
    send()
    assert smtp.to == ["wps@alf.example"]
    assert mails() == [("none", 0), ("sent", 1)]


def test_whoever_changes_their_mind_is_mailed_at_once(world: World, smtp: Server) -> None:
    services.set_pace(actor=world.actor("ALF.rapporteur"), pace="daily")
    tell(world, "ALF.rapporteur")
    send()
    services.set_pace(actor=world.actor("ALF.rapporteur"), pace="at_once")
    send()
    assert len(smtp.taken) == 1


# --- letters --------------------------------------------------------------------------------------------------------


def test_what_django_mails_goes_through_the_outbox_and_its_content_goes_with_it(
    world: World, smtp: Server, settings: object
) -> None:
    settings.EMAIL_BACKEND = "eirene_web.notices.letters.Outbox"  # type: ignore[attr-defined]
    mail = DjangoMail("Nouveau mot de passe à choisir", "/account/key/x1y2", None, ["a@b.example"], bcc=["c@b.example"])
    mail.attach("head.json", "{}", "application/json")
    mail.send()
    assert smtp.connections == 0
    assert "x1y2" in bytes(Letter.objects.order_by("pk")[0].content).decode()
    work_off()
    assert smtp.to == ["a@b.example", "c@b.example"]
    for address, mail in smtp.taken:
        assert mail["To"] == address
        assert mail["Subject"] == "Nouveau mot de passe à choisir"
        assert "c@b.example" not in str(mail) or address == "c@b.example"
        assert "x1y2" in mail.get_body().get_content()
        assert [part.get_filename() for part in mail.iter_attachments()] == ["head.json"]
    assert {(letter.mail, bytes(letter.content)) for letter in Letter.objects.all()} == {("sent", b"")}


def test_nothing_is_kept_of_a_letter_that_cannot_go(smtp: Server, settings: object) -> None:
    services.post_letter(address="bma.head@demo.invalid", subject="A new password", content=b"x1y2")
    settings.MAIL_SERVER = None  # type: ignore[attr-defined]
    services.post_letter(address="a@b.example", subject="A new password", content=b"x1y2")
    assert [(letter.mail, bytes(letter.content)) for letter in Letter.objects.all()] == [("kept", b"")] * 2


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("smtp://mail.example.int", MailServer("mail.example.int", 25)),
        ("smtp://a%40b:s%2Fecret@mail.example.int", MailServer("mail.example.int", 587, False, "a@b", "s/ecret")),
        ("smtps://mail.example.int", MailServer("mail.example.int", 465, True)),
        ("", None),
    ],
)
def test_the_mail_servers_address_is_read(value: str, wanted: MailServer | None) -> None:
    assert mail_server(value) == wanted
    assert "ecret" not in repr(mail_server(value))


@pytest.mark.parametrize("value", ["mail.example.int", "http://mail.example.int", "smtp://", "smtp://a:b@c:port"])
def test_a_mail_servers_address_that_is_none_is_refused_without_being_quoted(value: str) -> None:
    with pytest.raises(ValueError, match="EIRENE_MAIL_URL must be smtp://"):
        mail_server(value)
