"""Signing in: by password, by password and code; what is said when it is wrong, and what is noted."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from eirene_web.accounts.models import Person, SignIn
from eirene_web.clock import now
from web.accounts.people import code, secret_is_sealed, sign_in, with_app, with_password
from web.world import World

pytestmark = pytest.mark.soak_on_postgresql


@pytest.fixture
def rapporteur(harbour_world: World) -> Person:
    return with_password(harbour_world.people["ALF.rapporteur"])


@pytest.fixture
def drafter(harbour_world: World) -> Person:
    return with_password(harbour_world.people["ALF.drafter"])


def test_whoever_only_drafts_lands_on_the_desk(drafter: Person, client: Client) -> None:
    assert sign_in(client, drafter).headers["Location"] == "/desk/"
    assert client.get("/desk/").headers["Location"] == "/harbour/work/"


def test_the_desk_is_in_the_language_of_the_person(drafter: Person, client: Client) -> None:
    drafter.language = "fr"
    drafter.save()
    assert sign_in(client, drafter).headers["Location"] == "/fr/desk/"


def test_one_comes_back_to_the_page_that_asked(drafter: Person, client: Client) -> None:
    asked = client.get("/harbour/work/")
    assert asked.headers["Location"] == "/account/login/?next=%2Fharbour%2Fwork%2F"
    assert sign_in(client, drafter, next="/harbour/work/").headers["Location"] == "/harbour/work/"
    assert sign_in(Client(), drafter, next="https://elsewhere.example/").headers["Location"] == "/desk/"


def test_a_wrong_sign_in_says_the_same_whether_the_account_exists_or_not(drafter: Person, client: Client) -> None:
    wrong = sign_in(client, drafter, password="not this one at all")
    nobody = sign_in(client, Person(email="nobody@nowhere.example"))

    def told(response: object) -> str:
        page = response.content.decode()  # type: ignore[attr-defined]
        return re.sub(
            r'(value|csrf)[^>]*"[^"]*"|"X-CSRFToken": "[^"]*"',
            "",
            page.replace(drafter.email, "nobody@nowhere.example"),
        )

    assert wrong.status_code == nobody.status_code == 200
    assert "The address or the password is not right." in told(wrong)
    assert told(wrong) == told(nobody)


def test_after_five_wrong_passwords_even_the_right_one_waits(drafter: Person, client: Client) -> None:
    for _ in range(5):
        sign_in(client, drafter, password="not this one at all")
    assert "Too many tries" in sign_in(client, drafter).content.decode()
    assert client.get("/harbour/work/").status_code == 302


def test_with_an_app_the_password_alone_opens_nothing(rapporteur: Person, client: Client) -> None:
    assert secret_is_sealed(with_app(rapporteur))
    assert sign_in(client, rapporteur).headers["Location"] == "/account/login/second-factor/"
    assert client.get("/harbour/work/").status_code == 302
    assert "This code is not right" in client.post("/account/login/second-factor/", {"code": "000000"}).content.decode()
    assert client.post("/account/login/second-factor/", {"code": code()}).headers["Location"] == "/desk/"
    assert client.get("/harbour/work/").status_code == 200


def test_a_code_works_once(rapporteur: Person, client: Client) -> None:
    with_app(rapporteur)
    one = code()
    sign_in(client, rapporteur)
    assert client.post("/account/login/second-factor/", {"code": one}).status_code == 302
    again = Client()
    sign_in(again, rapporteur)
    assert again.post("/account/login/second-factor/", {"code": one}).status_code == 200


def test_every_try_is_in_the_history_and_unknown_addresses_are_not_kept(rapporteur: Person, client: Client) -> None:
    with_app(rapporteur)
    sign_in(client, rapporteur, password="not this one at all")
    sign_in(client, rapporteur)
    client.post("/account/login/second-factor/", {"code": "000000"})
    client.post("/account/login/second-factor/", {"code": code()})
    sign_in(Client(), Person(email="hunter2@nowhere.example"))
    lines = [(row.method, row.success) for row in SignIn.objects.filter(person=rapporteur).order_by("pk")]
    assert lines == [("password", False), ("totp", False), ("password+totp", True)]
    stranger = SignIn.objects.get(person=None)
    assert (stranger.method, stranger.success, stranger.address) == ("password", False, "127.0.0.1")
    client.cookies.clear()


def test_whoever_is_suspended_is_told_so_only_with_the_right_password(drafter: Person, client: Client) -> None:
    Person.objects.filter(pk=drafter.pk).update(is_active=False)
    assert sign_in(client, drafter).headers["Location"] == "/account/inactive/"
    assert SignIn.objects.filter(person=drafter, method="password", success=False).count() == 1
    assert "not right" in sign_in(client, drafter, password="not this one at all").content.decode()
    assert client.get("/harbour/work/").status_code == 302


def test_signing_out_takes_a_press_not_a_link(drafter: Person, client: Client) -> None:
    sign_in(client, drafter)
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/harbour/work/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/harbour/work/").status_code == 302


def test_old_lines_of_the_history_are_forgotten(drafter: Person) -> None:
    from eirene_web import clock
    from eirene_web.accounts import services

    with clock.at(now() - services.KEPT * 2):
        services.note_sign_in(person=drafter, method="password", success=True, address="10.0.0.1")
    services.note_sign_in(person=drafter, method="password", success=True, address="10.0.0.1")
    assert services.forget_old_sign_ins() == 1
    assert SignIn.objects.count() == 1


def test_too_many_sign_ins_from_one_place_are_told_to_wait(drafter: Person, client: Client) -> None:
    for _ in range(30):
        client.post("/account/login/", {"login": "", "password": ""})
    refused = sign_in(client, drafter)
    assert refused.status_code == 429
    assert "Too many tries" in refused.content.decode()
