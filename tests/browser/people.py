"""Somebody at a browser: takes a post by the link of a mail, sets up a second factor, signs in, works."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.installation import Installation
from web.notices.smtp import Server

PASSWORD = "a heron by the grey lake"


@dataclass
class Somebody:
    """`secret` is what their authenticator app holds."""

    house: Installation
    browser: Browser
    email: str
    name: str
    alliance: str
    secret: str = ""
    scripts: bool = True
    _context: BrowserContext | None = None
    _used: list[str] = field(default_factory=list)

    # --- the browser ---

    @property
    def context(self) -> BrowserContext:
        if self._context is None:
            self._context = self.browser.new_context(
                viewport={"width": 1280, "height": 900}, java_script_enabled=self.scripts, accept_downloads=True
            )
            self._context.set_default_timeout(20_000)
        return self._context

    @property
    def page(self) -> Page:
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def leave(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None

    def at(self, path: str = "", *, status: int = 200) -> Page:
        """Opens a page of the alliance's work."""
        return self.open(f"/{self.alliance}/work/{path}", status=status)

    def open(self, path: str, *, status: int = 200) -> Page:
        answer = self.page.goto(path if path.startswith("http") else f"{self.house.url}{path}")
        assert answer is not None
        assert answer.status == status, f"{self.name} at {path}: {answer.status}\n{self.page.inner_text('body')[:1500]}"
        return self.page

    def fill(self, **fields: Any) -> None:
        """Fills in the form that the page has, by the names of its boxes."""
        for name, value in fields.items():
            box = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
            kind = box.first.evaluate("(b) => b.tagName === 'SELECT' ? 'select' : b.type")
            if kind == "select":
                box.first.select_option(value)
            elif kind == "radio":
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif kind == "checkbox":
                if isinstance(value, bool):
                    box.first.set_checked(value)
                for one in () if isinstance(value, bool) else [value] if isinstance(value, str) else value:
                    self.page.locator(f'main [name="{name}"][value="{one}"]').check()
            else:
                box.first.fill(str(value))

    def press(self, button: str) -> None:
        """Presses a button and waits for the page after it; a refusal is a failure."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).first.click()
        trouble = self.page.locator(".errs:visible, .told--error:visible")
        assert not trouble.count(), f"{self.name} pressed “{button}” on {self.page.url}: {trouble.all_inner_texts()}"

    def reads(self, *words: str) -> None:
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)

    # --- the account ---

    def take_post(self, link: str) -> None:
        """Answers an invitation: name, password."""
        self.open(link)
        self.fill(name=self.name, password=PASSWORD)
        self.press("Take the post")

    def set_up_app(self) -> None:
        page = self.open("/account/2fa/app/activate/")
        self.secret = page.locator("#totp-secret").inner_text()
        page.get_by_label("Code").fill(self._code())
        with page.expect_navigation():
            page.get_by_role("button", name="Set up").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    def add_passkey(self) -> None:
        """With the key of a device that the browser pretends to have."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }})  # fmt: skip
        page = self.open("/account/2fa/keys/add/")
        page.get_by_label("What you call it").fill("My laptop")
        page.get_by_label("Sign in with it alone").check()
        page.get_by_role("button", name="Add the key").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    def sign_out(self) -> None:
        self.open("/account/")
        self.press("Sign out")

    def sign_in(self) -> None:
        """With password and, where there is one, a code of the app."""
        page = self.open("/account/login/")
        page.get_by_label("E-mail address").fill(self.email)
        page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")
        if self.secret:
            page.get_by_label("Code").fill(self._code())
            self.press("Sign in")
        page.wait_for_url("**/work/**")

    def sign_in_by_passkey(self) -> None:
        page = self.open("/account/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/work/**")

    def _code(self) -> str:
        """One that was not used yet: a code works once."""
        while True:
            found = format_hotp_value(hotp_value(self.secret, int(time.time()) // 30))
            if found not in self._used:
                self._used.append(found)
                return found
            time.sleep(0.5)


def link_in_mail(mails: Server, address: str, seconds: float = 20) -> str:
    """The link of the newest mail to an address, as soon as it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for to, mail in reversed(mails.taken):
            if to == address:
                body = mail.get_body(("plain",))
                found = re.search(r"https?://\S+", body.get_content() if body else "")
                if found:
                    return found.group()
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}: {mails.to}")
