"""Signing in with an OpenID Connect provider, end to end against a small one on this machine."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from eirene_web.accounts import sso
from eirene_web.accounts.models import Person, SignIn
from eirene_web.organisations import services, tasks
from eirene_web.work.models import Job
from web.accounts import fake_oidc
from web.accounts.people import code, led_to, sign_in, with_app, with_password
from web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.one_engine]


@pytest.fixture
def provider(tmp_path: Path, settings: Any) -> Iterator[fake_oidc.Provider]:
    with fake_oidc.running() as running:
        path = tmp_path / "sso.json"
        entry = {
            "id": "mod", "type": "oidc", "name": "Ministry of Defence", "server_url": running.url,
            "client_id": "eirene", "client_secret": "s3cret",
        }  # fmt: skip
        path.write_text(json.dumps({"providers": [entry]}), encoding="utf-8")
        settings.SOCIALACCOUNT_PROVIDERS = sso.providers(str(path))
        yield running


@pytest.fixture
def drafter(harbour_world: World) -> Person:
    return with_password(harbour_world.people["ALF.drafter"])


def go(client: Client, *, process: str = "login", way: str = "") -> dict[str, list[str]]:
    """To the provider: what the browser is sent there with."""
    path = f"/account/oidc/mod/login/?process={process}{way}"
    return parse_qs(urlsplit(led_to(client.post(path))).query)


def come_back(client: Client, asked: dict[str, list[str]], **more: str) -> Any:
    return client.get("/account/oidc/mod/callback/", {"code": "one", "state": asked["state"][0], **more})


def link(client: Client, person: Person) -> None:
    sign_in(client, person)
    done = come_back(client, go(client, process="connect"))
    assert done.headers["Location"] == "/account/elsewhere/"
    client.post("/account/logout/")


def test_the_provider_is_asked_for_the_subject_alone_with_proof_of_the_code(
    provider: fake_oidc.Provider, harbour_world: World, client: Client
) -> None:
    assert "Sign in with Ministry of Defence" in client.get("/account/login/").content.decode()
    asked = go(client)
    assert asked["scope"] == ["openid"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/account/oidc/mod/callback/"]
    come_back(client, asked)
    assert len(provider.asked["code_verifier"][0]) >= 43


def test_it_knows_one_address_of_ours_in_either_language(
    provider: fake_oidc.Provider, harbour_world: World, client: Client
) -> None:
    page = client.get("/fr/account/login/").content.decode()
    assert 'href="/account/oidc/mod/login/?' in page


def test_an_account_with_the_same_address_is_not_linked_by_itself(
    provider: fake_oidc.Provider, drafter: Person, client: Client
) -> None:
    provider.claims = {"email": drafter.email, "email_verified": True}
    told = come_back(client, go(client)).content.decode()
    assert "not linked to anybody here" in told
    assert client.get("/harbour/work/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert Person.objects.filter(email=drafter.email).count() == 1


def test_whoever_is_signed_in_links_it_and_signs_in_with_it_from_then_on(
    provider: fake_oidc.Provider, drafter: Person, client: Client
) -> None:
    provider.claims = {"sub": "4711", "email": "private@elsewhere.example", "name": "Private Name"}
    link(client, drafter)
    kept = SocialAccount.objects.get()
    assert (kept.user, kept.provider, kept.uid) == (drafter, "mod", "4711")
    assert kept.extra_data == {"amr": [], "acr": []}
    assert come_back(client, go(client)).headers["Location"] == "/desk/"
    assert client.get("/harbour/work/").status_code == 200
    assert SignIn.objects.filter(person=drafter, success=True).latest("pk").method == "sso"


def test_one_account_elsewhere_belongs_to_one_person_here(
    provider: fake_oidc.Provider, drafter: Person, harbour_world: World, client: Client
) -> None:
    link(client, drafter)
    other = with_password(harbour_world.people["BRA.drafter"])
    sign_in(client, other)
    come_back(client, go(client, process="connect"))
    assert "belongs to somebody else" in client.get("/account/elsewhere/").content.decode()
    assert SocialAccount.objects.get().user == drafter


@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({}, False),
    ],
)
def test_a_session_is_strong_if_the_provider_says_that_it_asked_for_a_second_factor(
    provider: fake_oidc.Provider, harbour_world: World, client: Client, claims: dict[str, Any], strong: bool
) -> None:
    clerk = with_password(harbour_world.people["clerk"])
    link(client, clerk)
    provider.claims = claims
    led = come_back(client, go(client))
    assert ("second-factor" in led.headers["Location"]) is not strong
    assert client.get("/harbour/work/bodies/_office/add/").status_code == (200 if strong else 403)


def test_with_a_factor_here_it_is_asked_unless_the_provider_did(
    provider: fake_oidc.Provider, harbour_world: World, client: Client
) -> None:
    clerk = with_password(harbour_world.people["clerk"])
    link(client, clerk)
    with_app(clerk)
    assert come_back(client, go(client)).headers["Location"] == "/account/login/second-factor/"
    assert client.get("/harbour/work/").status_code == 302
    client.post("/account/login/second-factor/", {"code": code()})
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 200
    other = Client()
    provider.claims = {"amr": ["mfa"]}
    assert come_back(other, go(other)).headers["Location"] == "/desk/"
    assert other.get("/harbour/work/bodies/_office/add/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "https://elsewhere.example"}, {"exp": 1}],
    ids=["audience", "issuer", "expired"],
)
def test_a_token_that_is_not_for_us_opens_nothing(
    provider: fake_oidc.Provider, drafter: Person, client: Client, claims: dict[str, Any]
) -> None:
    link(client, drafter)
    provider.claims = claims
    assert "Signing in did not work" in come_back(client, go(client)).content.decode()
    assert client.get("/harbour/work/").status_code == 302


def test_a_token_signed_by_somebody_else_opens_nothing(
    provider: fake_oidc.Provider, drafter: Person, client: Client
) -> None:
    link(client, drafter)
    provider.key = fake_oidc.OTHER_KEY
    assert "Signing in did not work" in come_back(client, go(client)).content.decode()
    assert client.get("/harbour/work/").status_code == 302


def test_a_state_works_once_and_in_the_own_browser(
    provider: fake_oidc.Provider, drafter: Person, client: Client
) -> None:
    link(client, drafter)
    asked = go(client)
    assert come_back(Client(), asked).status_code != 302
    assert come_back(client, asked).status_code == 302
    client.post("/account/logout/")
    assert come_back(client, asked).status_code != 302
    assert client.get("/harbour/work/").status_code == 302


def test_stopping_there_is_told(provider: fake_oidc.Provider, harbour_world: World, client: Client) -> None:
    asked = go(client)
    told = client.get(
        "/account/oidc/mod/callback/", {"error": "access_denied", "state": asked["state"][0]}, follow=True
    )
    assert "You stopped" in told.content.decode()


def test_whoever_is_suspended_does_not_come_in_that_way(
    provider: fake_oidc.Provider, drafter: Person, client: Client
) -> None:
    link(client, drafter)
    Person.objects.filter(pk=drafter.pk).update(is_active=False)
    assert come_back(client, go(client)).headers["Location"] == "/account/inactive/"


def test_an_invitation_is_answered_with_an_account_elsewhere(
    provider: fake_oidc.Provider, harbour_world: World, client: Client
) -> None:
    invitation = services.invite(
        actor=harbour_world.actor("ALF.admin"), post=harbour_world.posts["ALF.drafter"].pk, email="new@alf.example"
    )  # fmt: skip
    tasks.mail_invitation.func(job=Job.objects.latest("pk").pk, invitation=invitation.pk)
    path = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body).group(1)  # type: ignore[union-attr]
    assert "Take it with my account at Ministry of Defence" in client.get(path).content.decode()
    sent = client.post(path, {"name": "Nadia", "language": "en", "password": "", "by": "mod"})
    asked = parse_qs(urlsplit(led_to(sent)).query)
    provider.claims = {"sub": "nadia"}
    assert come_back(client, asked).headers["Location"] == "/desk/"
    person = Person.objects.get(email="new@alf.example")
    assert not person.has_usable_password()
    assert SocialAccount.objects.get(user=person).uid == "nadia"
    client.post("/account/logout/")
    assert come_back(client, go(client)).status_code == 302
    assert client.get("/harbour/work/").status_code == 200


def test_the_last_way_in_is_not_taken_away(provider: fake_oidc.Provider, drafter: Person, client: Client) -> None:
    link(client, drafter)
    drafter.set_unusable_password()
    drafter.save()
    come_back(client, go(client))
    kept = SocialAccount.objects.get()
    told = client.post("/account/elsewhere/", {"account": kept.pk}).content.decode()
    assert "only way to sign in" in told
    assert SocialAccount.objects.exists()


def test_nothing_waits_for_ever(provider: fake_oidc.Provider) -> None:
    """A fake is checked too: its token is good for a minute and signed with the key that it publishes."""
    import jwt

    facts = jwt.decode(
        provider.token()["id_token"], fake_oidc.KEY.public_key(), algorithms=["RS256"], audience="eirene"
    )
    assert facts["exp"] - time.time() <= 60
