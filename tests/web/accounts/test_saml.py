"""Signing in with a SAML provider: what is signed and meant for us is taken, once; everything else is refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from eirene_web.accounts import sso
from eirene_web.accounts.models import Person
from web.accounts import fake_saml
from web.accounts.people import led_to, sign_in, with_password
from web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.one_engine]

MD = {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}


def browser() -> Client:
    """One that names the host, as all do."""
    return Client(headers={"host": "testserver"})


@pytest.fixture
def client() -> Client:
    return browser()


@pytest.fixture(scope="module")
def key() -> fake_saml.Key:
    return fake_saml.make_key()


@pytest.fixture(autouse=True)
def provider(tmp_path: Path, settings: Any, key: fake_saml.Key) -> None:
    (tmp_path / "idp.pem").write_text(key.certificate, encoding="ascii")
    entry = {
        "id": "staff", "type": "saml", "name": "General Staff", "idp_entity_id": fake_saml.ENTITY,
        "sso_url": fake_saml.SSO, "certificate_file": "idp.pem",
    }  # fmt: skip
    path = tmp_path / "sso.json"
    path.write_text(json.dumps({"providers": [entry]}), encoding="utf-8")
    settings.SOCIALACCOUNT_PROVIDERS = sso.providers(str(path))


@pytest.fixture
def clerk(harbour_world: World) -> Person:
    return with_password(harbour_world.people["clerk"])


def go(client: Client, process: str = "login") -> str:
    """To the provider; the number of the request."""
    where = led_to(client.post(f"/account/saml/staff/login/?process={process}"))
    assert where.startswith(fake_saml.SSO)
    return fake_saml.request_id(where)


def come_back(client: Client, response: str) -> Any:
    """The browser posts it; ours takes it on in its own session."""
    return client.post("/account/saml/staff/acs/", {"SAMLResponse": response, "RelayState": ""}, follow=True)


def link(client: Client, person: Person, key: fake_saml.Key) -> None:
    sign_in(client, person)
    come_back(client, fake_saml.response(key, go(client, "connect"), number="link"))
    assert SocialAccount.objects.get(user=person).uid == "4711"
    client.post("/account/logout/")


def inside(client: Client) -> bool:
    return client.get("/harbour/work/").status_code == 200


def test_metadata_tell_a_provider_what_it_must_know(harbour_world: World, client: Client) -> None:
    answer = client.get("/account/saml/staff/metadata/")
    assert answer.headers["Content-Type"] == "text/xml"
    root = ElementTree.fromstring(answer.content)
    assert root.attrib["entityID"] == fake_saml.SP
    service = root.find(".//md:AssertionConsumerService", MD)
    descriptor = root.find("md:SPSSODescriptor", MD)
    assert service is not None
    assert descriptor is not None
    assert service.attrib["Location"] == fake_saml.ACS
    assert descriptor.attrib["WantAssertionsSigned"] == "true"


def test_a_signed_answer_signs_in_whoever_linked_it(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    come_back(client, fake_saml.response(key, go(client), number="two"))
    assert inside(client)
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 403
    assert SocialAccount.objects.get().extra_data == {"amr": [], "acr": [fake_saml.PASSWORD_CLASS]}


def test_an_answer_with_a_second_factor_makes_the_session_strong(
    clerk: Person, client: Client, key: fake_saml.Key
) -> None:
    link(client, clerk, key)
    come_back(client, fake_saml.response(key, go(client), auth_class=fake_saml.MFA_CLASS, number="two"))
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 200


def test_a_subject_that_nobody_linked_opens_nothing(harbour_world: World, client: Client, key: fake_saml.Key) -> None:
    told = come_back(client, fake_saml.response(key, go(client), subject="unknown"))
    assert "not linked to anybody here" in told.content.decode()
    assert not inside(client)


def test_an_answer_works_once(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    answer = fake_saml.response(key, go(client), number="two")
    come_back(client, answer)
    assert inside(client)
    client.post("/account/logout/")
    come_back(client, answer)
    assert not inside(client)
    other = browser()
    come_back(other, answer)
    assert not inside(other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "https://another.example"},
        {"minutes": -5},
        {"destination": "http://testserver/account/saml/other/acs/"},
        {"issuer": "https://somebody-else.example"},
    ],
    ids=["audience", "expired", "destination", "issuer"],
)
def test_what_is_not_meant_for_us_opens_nothing(
    clerk: Person, client: Client, key: fake_saml.Key, wrong: dict[str, Any]
) -> None:
    link(client, clerk, key)
    told = come_back(client, fake_saml.response(key, go(client), number="two", **wrong))
    assert "Signing in did not work" in told.content.decode()
    assert not inside(client)


def test_an_unsigned_answer_opens_nothing(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    assert "Signing in did not work" in come_back(client, fake_saml.response(None, go(client))).content.decode()
    assert not inside(client)


def test_an_answer_signed_by_somebody_else_opens_nothing(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    come_back(client, fake_saml.response(fake_saml.make_key(), go(client), number="two"))
    assert not inside(client)


def test_a_tampered_answer_opens_nothing(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    answer = base64.b64decode(fake_saml.response(key, go(client), subject="4712", number="two")).decode()
    come_back(client, base64.b64encode(answer.replace(">4712<", ">4711<").encode()).decode())
    assert not inside(client)


def test_a_second_unsigned_assertion_beside_the_signed_one_is_not_read(
    clerk: Person, client: Client, key: fake_saml.Key
) -> None:
    """Signature wrapping: the signed assertion is somebody else's, the one that is to be read is not signed."""
    link(client, clerk, key)
    asked = go(client)
    signed = base64.b64decode(fake_saml.response(key, asked, subject="other", number="two")).decode()
    forged = base64.b64decode(fake_saml.response(None, asked, subject="4711", number="three")).decode()
    assertion = forged[forged.index("<saml:Assertion") : forged.index("</samlp:Response>")]
    come_back(
        client, base64.b64encode(signed.replace("<saml:Assertion", f"{assertion}<saml:Assertion", 1).encode()).decode()
    )
    assert not inside(client)


def test_an_answer_that_nobody_asked_for_opens_nothing(clerk: Person, client: Client, key: fake_saml.Key) -> None:
    link(client, clerk, key)
    come_back(client, fake_saml.response(key, "_never-asked", number="two"))
    assert not inside(client)


@pytest.mark.parametrize("rubbish", ["", "x", base64.b64encode(b"<a/>").decode(), base64.b64encode(
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>').decode()])  # fmt: skip
def test_rubbish_is_refused_and_breaks_nothing(harbour_world: World, client: Client, rubbish: str) -> None:
    go(client)
    told = come_back(client, rubbish)
    assert told.status_code in (200, 401)
    assert "Signing in did not work" in told.content.decode()


def test_the_assertion_page_without_an_answer_says_so(harbour_world: World, client: Client) -> None:
    assert "Signing in did not work" in client.get("/account/saml/staff/acs/finish/").content.decode()
    assert client.get("/account/saml/nobody/metadata/").status_code == 404
