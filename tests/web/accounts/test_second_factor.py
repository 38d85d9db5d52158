"""Whoever decides is led to set up a second factor, may read meanwhile, and decides nothing."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from eirene_web.accounts.models import Person
from eirene_web.journal.models import Change
from eirene_web.organisations import services, signing_in
from web.accounts.people import PASSWORD, code, sign_in, with_app, with_password
from web.world import World

pytestmark = pytest.mark.soak_on_postgresql


@pytest.fixture
def officer(harbour_world: World) -> Person:
    return with_password(harbour_world.people["ALF.officer"])


def test_roles_that_decide_follow_from_the_table() -> None:
    assert signing_in.deciding_roles() >= {"coordinator", "reviewer", "clearing_officer", "authorised_officer",
                                         "administrator", "rapporteur"}  # fmt: skip
    assert not signing_in.deciding_roles() & {"contributor", "reader", "observer", "person", "public"}


def test_whoever_decides_is_led_to_set_one_up_and_may_go_on_reading(officer: Person, client: Client) -> None:
    led = sign_in(client, officer, next="/harbour/work/bodies/")
    assert led.headers["Location"] == "/account/second-factor/?next=%2Fharbour%2Fwork%2Fbodies%2F"
    page = client.get(led.headers["Location"]).content.decode()
    assert 'href="/harbour/work/bodies/"' in page
    assert "/account/2fa/app/activate/" in page
    assert "Your role decides, and asks for a second factor" in client.get("/harbour/work/bodies/").content.decode()


def test_the_way_on_never_leads_off_the_site(officer: Person, client: Client) -> None:
    sign_in(client, officer)
    page = client.get("/account/second-factor/?next=https://elsewhere.example/").content.decode()
    assert "elsewhere.example" not in re.sub(r'href="/fr/[^"]*"', "", page)


def test_setting_up_an_app_makes_the_session_strong_and_offers_recovery_codes(
    committing: None, officer: Person, client: Client
) -> None:
    sign_in(client, officer)
    page = client.get("/account/2fa/app/activate/")
    assert page.status_code == 200
    secret = re.search(r'id="totp-secret">(\w+)<', page.content.decode())
    assert secret
    done = client.post("/account/2fa/app/activate/", {"code": code(secret=secret.group(1))})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    shown = client.get("/account/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", shown)) == 10
    assert "asks for a second factor" not in client.get("/harbour/work/bodies/").content.decode()
    assert client.get("/harbour/work/bodies/ALF/").status_code == 200
    assert {r["method"] for r in client.session["account_authentication_methods"]} == {"password", "mfa"}
    assert Change.objects.filter(thing=f"person:{officer.pk}", field="second_factor.totp").exists()


def test_a_recovery_code_signs_in_once(officer: Person, client: Client) -> None:
    with_app(officer)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    one = RecoveryCodes.activate(officer).get_unused_codes()[0]
    sign_in(client, officer)
    assert client.post("/account/login/second-factor/", {"code": one}).status_code == 302
    assert client.get("/harbour/work/").status_code == 200
    again = Client()
    sign_in(again, officer)
    assert again.post("/account/login/second-factor/", {"code": one}).status_code == 200


def test_the_last_second_factor_of_whoever_decides_stays(officer: Person, client: Client) -> None:
    with_app(officer)
    sign_in(client, officer)
    client.post("/account/login/second-factor/", {"code": code()})
    refused = client.post("/account/2fa/app/deactivate/")
    assert "Your role asks for a second factor" in refused.content.decode()
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


def test_the_last_key_of_whoever_decides_stays(officer: Person, client: Client) -> None:
    sign_in(client, officer)
    key = Authenticator.objects.create(user=officer, type="webauthn", data={"name": "key"})
    client.post(f"/account/2fa/keys/{key.pk}/remove/")
    assert Authenticator.objects.filter(pk=key.pk).exists()
    with_app(officer)
    client.post(f"/account/2fa/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_whoever_decides_nothing_may_go_without(harbour_world: World, client: Client) -> None:
    drafter = with_password(harbour_world.people["ALF.drafter"])
    with_app(drafter)
    sign_in(client, drafter)
    client.post("/account/login/second-factor/", {"code": code()})
    assert client.post("/account/2fa/app/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=drafter).exists()


def test_a_weak_session_is_refused_with_the_way_to_a_second_factor(harbour_world: World, client: Client) -> None:
    clerk = with_password(harbour_world.people["clerk"])
    sign_in(client, clerk)
    post = harbour_world.posts["reviewer"]
    refused = client.get(f"/harbour/work/bodies/posts/{post.pk}/invite/")
    assert refused.status_code == 403
    assert "This asks for a second factor" in refused.content.decode()
    assert "/account/second-factor/?next=" in refused.content.decode()


def test_a_session_is_made_strong_by_showing_the_factor_once(harbour_world: World, client: Client) -> None:
    clerk = with_password(harbour_world.people["clerk"])
    sign_in(client, clerk)
    with_app(clerk)
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 403
    client.post("/account/2fa/reauthenticate/", {"code": code(), "next": "/desk/"})
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 200


def test_changing_how_one_signs_in_asks_again_who_one_is(harbour_world: World, client: Client) -> None:
    """A quarter of an hour after signing in; at once, nobody types the password twice."""
    drafter = with_password(harbour_world.people["ALF.drafter"])
    sign_in(client, drafter)
    assert client.get("/account/2fa/app/activate/").status_code == 200
    session = client.session
    records = session["account_authentication_methods"]
    records[0]["at"] -= 1000
    session["account_authentication_methods"] = records
    session.save()
    asked = client.get("/account/2fa/app/activate/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    wrong = client.post(asked.headers["Location"], {"password": "not this one at all"})
    assert "This is not your password" in wrong.content.decode()
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).status_code == 302
    assert client.get("/account/2fa/app/activate/").status_code == 200


def test_setting_up_is_asked_of_a_post_taken_later_too(harbour_world: World, client: Client) -> None:
    drafter = with_password(harbour_world.people["ALF.drafter"])
    assert not signing_in.owes_second_factor(drafter)
    services.fill_post(actor=harbour_world.installer, post=harbour_world.posts["ALF.head"].pk, person=drafter.pk)
    assert signing_in.owes_second_factor(drafter)
