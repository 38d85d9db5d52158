"""One's own account: name, language, clock, sessions, history; the demonstration; and no page that nobody declared."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from eirene_web.accounts import tasks
from eirene_web.accounts.models import Person
from eirene_web.accounts.policy import CLOSED, ROUTES
from eirene_web.journal.models import Entry
from eirene_web.policy import table
from eirene_web.work.models import Job
from web.accounts.people import PASSWORD, sign_in, with_password
from web.world import World

pytestmark = pytest.mark.soak_on_postgresql


@pytest.fixture
def drafter(harbour_world: World) -> Person:
    return with_password(harbour_world.people["ALF.drafter"])


@pytest.fixture
def signed_in(drafter: Person, client: Client) -> Client:
    sign_in(client, drafter)
    return client


def test_name_language_and_clock_are_changed_and_the_page_follows_the_language(
    signed_in: Client, drafter: Person
) -> None:
    given = {"name": "  Dana   Drafter ", "language": "fr", "time_zone": "Pacific/Tarawa"}
    done = signed_in.post("/account/", given)
    assert done.headers["Location"] == "/fr/account/"
    drafter.refresh_from_db()
    assert (drafter.name, drafter.language, drafter.time_zone) == ("Dana Drafter", "fr", "Pacific/Tarawa")
    assert "Tarawa" in signed_in.get("/fr/account/").content.decode()
    assert Entry.objects.latest("pk").chain == f"person/{drafter.pk}"
    assert signed_in.post("/account/", {**given, "time_zone": "Moon/Base"}).status_code == 422


def test_sessions_are_listed_and_ended(signed_in: Client, drafter: Person) -> None:
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 14; Mobile) Firefox/130.0")
    sign_in(phone, drafter)
    page = signed_in.get("/account/sessions/").content.decode()
    assert "Firefox · Android" in page
    (end,) = re.findall(r'action="(/account/sessions/\d+/end/)"', page)
    assert phone.get("/harbour/work/").status_code == 200
    signed_in.post(end)
    assert phone.get("/harbour/work/").status_code == 302
    assert signed_in.get("/harbour/work/").status_code == 200


def test_everywhere_else_ends_with_one_press(signed_in: Client, drafter: Person) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, drafter)
    signed_in.post("/account/sessions/")
    assert [other.get("/harbour/work/").status_code for other in others] == [302, 302]
    assert signed_in.get("/harbour/work/").status_code == 200


def test_nobody_ends_the_session_of_another(signed_in: Client, harbour_world: World) -> None:
    other = Client()
    sign_in(other, with_password(harbour_world.people["BRA.drafter"]))
    page = other.get("/account/sessions/").content.decode()
    assert "this one" in page
    from allauth.usersessions.models import UserSession

    theirs = UserSession.objects.get(user=harbour_world.people["BRA.drafter"])
    assert signed_in.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert other.get("/harbour/work/").status_code == 200


def test_changing_the_password_ends_other_sessions(signed_in: Client, drafter: Person) -> None:
    other = Client()
    sign_in(other, drafter)
    new = "an otter under the old bridge"
    wrong = signed_in.post("/account/password/change/", {"oldpassword": "no", "password1": new, "password2": new})
    assert "not your present password" in wrong.content.decode()
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert signed_in.post("/account/password/change/", given).status_code == 302
    assert signed_in.get("/harbour/work/").status_code == 200
    assert other.get("/harbour/work/").status_code == 302


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_new_password_by_mail(drafter: Person, client: Client, language: str) -> None:
    Person.objects.filter(pk=drafter.pk).update(language=language)
    known = client.post("/account/password/reset/", {"email": drafter.email})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@nowhere.example"})
    assert known.headers["Location"] == unknown.headers["Location"] == "/account/password/reset/done/"
    (job,) = Job.objects.filter(kind="mail_reset")
    tasks.mail_reset.func(job=job.pk, to=drafter.pk)
    (sent,) = mail.outbox
    assert sent.to == [drafter.email]
    assert ("Bonjour" if language == "fr" else "Good day") in sent.body
    path = re.search(r"https?://[^/]+(/\S+)", sent.body).group(1)  # type: ignore[union-attr]
    form = client.get(path, follow=True)
    there = form.redirect_chain[-1][0]
    new = "an otter under the old bridge"
    done = client.post(there, {"password1": new, "password2": new})
    assert done.status_code == 302
    assert sign_in(Client(), drafter, password=new).status_code == 302
    assert (
        "work once" in Client().get(path, follow=True).content.decode()
        or language == "fr"
        or ("This link is over" in Client().get(path, follow=True).content.decode())
    )


def test_the_link_of_a_reset_does_not_pass_the_second_factor(drafter: Person, client: Client) -> None:
    from web.accounts.people import with_app

    with_app(drafter)
    with_mail = client.post("/account/password/reset/", {"email": drafter.email})
    assert with_mail.status_code == 302
    (job,) = Job.objects.filter(kind="mail_reset")
    tasks.mail_reset.func(job=job.pk, to=drafter.pk)
    path = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body).group(1)  # type: ignore[union-attr]
    there = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(there, {"password1": "an otter under the old bridge", "password2": "an otter under the old bridge"})
    assert client.get("/harbour/work/").status_code == 302
    led = sign_in(client, drafter, password="an otter under the old bridge")
    assert led.headers["Location"] == "/account/login/second-factor/"


def test_whoever_is_suspended_gets_no_link(drafter: Person, client: Client) -> None:
    Person.objects.filter(pk=drafter.pk).update(is_active=False)
    client.post("/account/password/reset/", {"email": drafter.email})
    assert not Job.objects.filter(kind="mail_reset").exists()
    job = Job.objects.create(kind="mail_reset", created=drafter.joined)
    tasks.mail_reset.func(job=job.pk, to=drafter.pk)
    assert mail.outbox == []


# --- the demonstration ----------------------------------------------------------------------------------------------


def test_outside_a_demonstration_there_is_no_such_page(harbour_world: World, client: Client, settings: Any) -> None:
    settings.EIRENE_DEMO = False
    made_up = harbour_world.people["clerk"]
    Person.objects.filter(pk=made_up.pk).update(demo=True)
    assert client.get("/account/demo/").status_code == 404
    assert client.post("/account/demo/", {"person": made_up.pk}).status_code == 404


def test_one_click_signs_in_as_somebody_made_up_and_nobody_else(
    harbour_world: World, client: Client, settings: Any
) -> None:
    settings.EIRENE_DEMO = True
    made_up, real = harbour_world.people["clerk"], harbour_world.people["coordinator"]
    Person.objects.filter(pk=made_up.pk).update(demo=True)
    for wrong in (real.pk, 0, "x", "", "²"):
        assert client.post("/account/demo/", {"person": wrong}).status_code == 404
    assert client.post("/account/demo/", {"person": made_up.pk}).status_code == 302
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 200
    settings.EIRENE_DEMO = False
    assert client.get("/harbour/work/bodies/_office/add/").status_code == 403


def test_the_page_groups_people_by_body(harbour_world: World, client: Client, settings: Any) -> None:
    settings.EIRENE_DEMO = True
    harbour_world.alliance.demo = True
    harbour_world.alliance.save()
    Person.objects.filter(holdings__isnull=False).update(demo=True)
    page = client.get("/account/demo/").content.decode()
    assert 'data-person="coordinator"' in page
    assert page.index("<h3>WPS Office</h3>") == page.index("<h3>")
    assert page.count("<h3>") == 4


def test_one_account_for_each_role_stands_on_the_page_of_signing_in(
    harbour_world: World, client: Client, settings: Any
) -> None:
    settings.EIRENE_DEMO = True
    harbour_world.alliance.demo = True
    harbour_world.alliance.save()
    Person.objects.filter(holdings__isnull=False).update(demo=True)
    page = client.get("/account/login/").content.decode()
    assert 'data-person="coordinator"' in page
    assert 'data-person="alf.rapporteur"' not in page  # not one of those to begin with
    settings.EIRENE_DEMO = False
    assert "data-person" not in client.get("/account/login/").content.decode()


# --- declared addresses ---------------------------------------------------------------------------------------------


def walked(patterns: Any, out: list[URLPattern]) -> list[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            walked(one.url_patterns, out)
        else:
            out.append(one)
    return out


def test_every_address_of_accounts_says_which_verb_it_serves() -> None:
    known = table().verbs
    under = [p for p in walked(get_resolver().url_patterns, []) if p.name]
    ours = {
        p.name
        for p in under
        if p.lookup_str.startswith(("allauth", "eirene_web.accounts", "eirene_web.organisations", "eirene_web.demo"))
        and not hasattr(p.callback, "verbs")
    }
    assert ours - set(ROUTES) == set()
    assert set(ROUTES) - {p.name for p in under} == set()
    assert {verb for verb in ROUTES.values() if verb != CLOSED} <= set(known)


def test_what_is_closed_is_not_there(harbour_world: World, client: Client) -> None:
    client.force_login(harbour_world.people["ALF.drafter"])
    for name, verb in ROUTES.items():
        if verb != CLOSED:
            continue
        args = {"account_confirm_email": ["key"], "saml_sls": ["x"]}.get(name, [])
        assert client.get(reverse(name, args=args)).status_code == 404, name


def test_pages_of_the_own_account_are_for_those_signed_in(client: Client, db: None) -> None:
    for name, verb in ROUTES.items():
        if verb in ("account.sign_in", CLOSED):
            continue
        args = {"end-session": [1], "revoke-token": [1], "mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1]}.get(
            name, []
        )
        response = client.get(reverse(name, args=args))
        assert response.status_code == 302, name
        assert "/account/login/" in response.headers["Location"], name


def test_account_pages_run_no_script_of_their_own(signed_in: Client) -> None:
    """The content policy allows none; what looks like one is data for allauth’s scripts."""
    for path in ("/account/", "/account/2fa/app/activate/", "/account/2fa/keys/add/", "/account/2fa/",
                 "/account/tokens/", "/account/sessions/"):  # fmt: skip
        page = signed_in.get(path)
        scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", page.content.decode())
        assert all("src=" in tag or 'type="application/json"' in tag for tag, _body in scripts), path
        assert " style=" not in page.content.decode(), path
        assert not re.search(r"\son\w+=", page.content.decode()), path
