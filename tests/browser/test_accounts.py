"""Accounts in Chromium: password and app, a passkey, and every page of accounts and bodies for everybody."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser.serving import be, serving
from web.accounts import fake_oidc

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a heron by the grey lake"
PORT = "8731"

ACCOUNT = [
    "/account/", "/account/second-factor/", "/account/sessions/", "/account/tokens/", "/account/sign-ins/",
    "/account/2fa/", "/account/2fa/app/activate/", "/account/2fa/keys/", "/account/2fa/keys/add/",
    "/account/password/set/", "/account/elsewhere/", "/account/logout/",
]  # fmt: skip
BODIES = [
    "who-may/", "who-may/?role=rapporteur", "bodies/", "bodies/?on=2027-01-01", "bodies/BMA/", "bodies/_office/",
    "bodies/_office/add/", "bodies/_office/change/", "bodies/BMA/add/", "bodies/BMA/time-zone/",
    "bodies/BMA/posts/add/",
    "bodies/posts/1/", "bodies/posts/7/change/", "bodies/posts/7/fill/", "bodies/posts/7/invite/",
    "bodies/holdings/7/hand-over/", "bodies/holdings/7/end/", "bodies/people/", "bodies/people/7/",
    "bodies/people/7/suspend/",
]  # fmt: skip
OUTSIDE = [
    "/account/login/", "/account/demo/", "/account/password/reset/", "/account/password/reset/done/",
    "/account/password/reset/key/1-x/", "/account/inactive/", "/account/invitation/foreign/",
]  # fmt: skip


@pytest.fixture(scope="module")
def provider() -> Iterator[fake_oidc.Provider]:
    """A sign-on provider under another address than the office."""
    with fake_oidc.running() as running:
        yield running


@pytest.fixture(scope="module")
def office(office_home: Path, provider: fake_oidc.Provider) -> Iterator[str]:
    """The address of a demonstration office with a sign-on. By name, not by number: a passkey belongs to a name."""
    entry = {
        "id": "mod", "type": "oidc", "name": "Ministry of Defence", "server_url": provider.url, "client_id": "eirene",
        "client_secret": "s3cret",
    }  # fmt: skip
    sso = office_home / "sso.json"
    sso.write_text(json.dumps({"providers": [entry]}), encoding="utf-8")
    with serving(office_home, "--demo", "--workers", "0", name="localhost", EIRENE_SSO=str(sso)) as address:
        yield address


def sign_out(page: Page, office: str) -> None:
    page.goto(f"{office}/account/")
    page.get_by_role("button", name="Sign out").click()


def type_in(page: Page, office: str, email: str, path: str = "/account/login/") -> None:
    page.goto(f"{office}{path}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_password(page: Page, office: str) -> None:
    page.goto(f"{office}/account/password/set/")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Set a password").click()
    expect(page.locator("body")).to_contain_text("Your password is set.")


def code(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def next_code(secret: str, used: str) -> str:
    """A code works once: the next one, as soon as the app shows it."""
    while code(secret) == used:
        time.sleep(0.5)
    return code(secret)


def test_password_and_app_from_the_first_day_on(office: str, page: Page) -> None:
    be(page, office, "jrl.rapporteur")
    set_password(page, office)
    sign_out(page, office)
    # With the password alone: led to set up a second factor, and told on every page until it is there.
    type_in(page, office, "jrl.rapporteur@demo.invalid")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_role("complementary", name="Second factor")).to_contain_text("decide nothing")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#totp-secret").inner_text()
    first = code(secret)
    page.get_by_label("Code").fill(first)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator("#recovery-codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/concordia/work/")
    expect(page.get_by_role("complementary", name="Second factor")).to_have_count(0)
    sign_out(page, office)
    # With password and code.
    type_in(page, office, "jrl.rapporteur@demo.invalid")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_contain_text("This code is not right")
    page.get_by_label("Code").fill(next_code(secret, first))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/concordia/work/")
    sign_out(page, office)
    # With a recovery code.
    type_in(page, office, "jrl.rapporteur@demo.invalid")
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/concordia/work/")


def test_a_passkey_is_added_and_signs_in_by_itself(office: str, page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    be(page, office, "clv.officer")
    set_password(page, office)
    sign_out(page, office)
    type_in(page, office, "clv.officer@demo.invalid")
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("What you call it").fill("My laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(f"{office}/account/2fa/keys/")
    expect(page.get_by_role("row", name=re.compile("My laptop"))).to_contain_text("passkey")
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    sign_out(page, office)
    page.goto(f"{office}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/concordia/work/")
    # Strong: a passkey is two factors in one.
    page.goto(f"{office}/account/")
    expect(page.locator("body")).to_contain_text("with a second factor: you can decide")
    expect(page.locator("table").last).to_contain_text("passkey or security key")
    sign_out(page, office)
    # The same key as a second factor after the password.
    type_in(page, office, "clv.officer@demo.invalid")
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url("**/concordia/work/")
    sign_out(page, office)
    # When it does not work, it is said in words.
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto(f"{office}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="The passkey did not work here")).to_be_visible()


def test_a_sign_on_provider_is_linked_and_signs_in(office: str, provider: fake_oidc.Provider, page: Page) -> None:
    """The content policy lets no form lead elsewhere, and the way there and back works all the same."""
    provider.claims = {"sub": "kestria", "amr": ["mfa"]}
    be(page, office, "kst.officer")
    page.goto(f"{office}/account/elsewhere/")
    page.get_by_role("button", name="Link Ministry of Defence").click()
    expect(page.locator("body")).to_contain_text("From now on you can sign in that way too.")
    sign_out(page, office)
    page.goto(f"{office}/fr/account/login/")
    page.get_by_role("link", name="Se connecter avec Ministry of Defence").click()
    page.get_by_role("button", name=re.compile("Go on|Continuer")).click()
    page.wait_for_url("**/concordia/work/")
    page.goto(f"{office}/account/")
    expect(page.locator("body")).to_contain_text("with a second factor: you can decide")


def test_without_scripts_one_signs_in_with_password_and_code_and_sees_no_dead_button(
    office: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{office}/account/login/")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
        be(page, office, "administrator")
        page.goto(f"{office}/account/2fa/keys/add/")
        expect(page.get_by_role("button", name="Add the key")).to_be_hidden()
        expect(page.get_by_role("link", name="An authenticator app works everywhere.")).to_be_visible()
        page.goto(f"{office}/account/")
        page.get_by_label("Name", exact=True).fill("System administrator")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("body")).to_contain_text("Saved.")
    finally:
        context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), [("", "light", 1280), ("/fr", "dark", 360)])
def test_axe_finds_nothing_nothing_runs_over_and_no_script_complains(
    office: str, browser: Browser, language: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    problems: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" and "404" not in m.text else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        for path in OUTSIDE:
            problems += look(page, f"{office}{language}{path}")
        be(page, office, "administrator")
        for path in [*ACCOUNT, *(f"/concordia/work/{path}" for path in BODIES)]:
            problems += look(page, f"{office}{language}{path}")
    finally:
        context.close()
    assert problems == []


def look(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    over = [f"{address}: {wide} px too wide"] if wide > 0 else []
    return over + [f"{address}: {one['id']} {node['html'][:120]}" for one in found for node in one["nodes"]]
