"""What somebody tries who means ill: each of these must fail, and quietly."""

from __future__ import annotations

import inspect
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from eirene_web import clock
from eirene_web.accounts import tokens
from eirene_web.api import auth
from eirene_web.api import urls as _urls  # noqa: F401  registers the operations
from eirene_web.api.frame import OPERATIONS
from eirene_web.organisations.models import PostRole
from eirene_web.reports.models import Cell
from web.calling import Caller, caller, told
from web.security.addresses import PARTS, Address, addresses, path_of
from web.security.signing_in import client_of
from web.security.stage import NATION, OTHER, QUESTION, Stage
from web.world import IN_CYCLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
PLACE = f"/cycles/2022/reports/{NATION}"
SCRIPTS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "<svg/onload=alert(1)>",
    "javascript:alert(1)", "{{7*7}}", "{% debug %}", "</title><script>alert(1)</script>", "<a href='javascript:x'>",
    "&lt;script&gt;", "<!--", "]]>", "<iframe srcdoc='<script>x</script>'>",
)  # fmt: skip
ODD = (
    "' OR '1'='1", "1; DROP TABLE reports_report; --", "../../etc/passwd", "..%2f..%2f", "%00", "%0d%0aX: y", "-1", "0",
    "99999999999999999999999999", "1e9", "١٢", "%ff%fe", "%f0%9f%98%80", "a" * 300, "%25",
)  # fmt: skip


@pytest.fixture(autouse=True)
def morning(settings: Any) -> Iterator[None]:
    settings.EIRENE_API_PER_MINUTE = 1_000_000
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


@pytest.fixture
def browser(staged: Stage) -> Client:
    return client_of(staged.world, f"{NATION}.rapporteur")


@pytest.fixture
def program(staged: Stage) -> Caller:
    return caller(staged.world, f"{NATION}.rapporteur")


def save(program: Caller, part: str, value: Any, question: str = QUESTION, base: int = 0) -> Any:
    edit = {"question": question, "part": part, "value": value, "base": base}
    return told(program("PATCH", f"{PLACE}/answers", {"edits": [edit]}), 200)


# --- ids and addresses ----------------------------------------------------------------------------------------------


def test_ids_of_others_lead_nowhere(staged: Stage) -> None:
    """Every number that stands in an address, with another nation's program: there is nothing there."""
    foreign, wrong = caller(staged.world, f"{OTHER}.rapporteur"), []
    for one in OPERATIONS.values():
        numbers = [part for part in re.findall(r"\{(\w+)\}", one.path) if isinstance(PARTS.get(part, str)(staged), int)]  # type: ignore[call-overload]
        if not numbers or "releases" in one.path or one.upload:
            continue
        path = re.sub(r"\{(\w+)\}", lambda m: str(PARTS[m[1]](staged)) if m[1] in PARTS else "x", one.path)
        for body in (path, path.replace(f"/{NATION}", f"/{OTHER}")):
            with transaction.atomic():
                status = foreign(one.method, f"/api/v1{body}", {} if one.writes else None).status_code
                transaction.set_rollback(True)
            if status not in (403, 404, 422):
                wrong.append(f"{one.method} {body}: {status}")
    assert not wrong, "\n".join(wrong)


#: What a number in the address of a page stands for, without those of the office, which every nation may have.
_THINGS = ("entry", "step", "pk", "correction", "job", "thread", "file", "comment", "suggestion", "position",
           "extension", "concern", "holding", "invitation", "post")  # fmt: skip


def pages_with_numbers() -> list[Address]:
    return [a for a in addresses() if "<slugword:slug>/work" in a.route and set(a.parts) & set(_THINGS)]


@pytest.mark.parametrize("who", [f"{OTHER}.rapporteur", f"{OTHER}.officer", f"{OTHER}.admin", "outsider"])
def test_no_page_opens_by_an_id_of_another_body(staged: Stage, who: str) -> None:
    """By the address of its body, and by that of the own body with the other's number in it: nothing is there."""
    foreign, wrong = client_of(staged.world, who), []
    assert len(pages_with_numbers()) > 20
    for address in pages_with_numbers():
        for now in (staged, replace(staged, nation=OTHER)):
            try:
                path = path_of(now, address)
            except KeyError:
                continue
            for method in ("get", "post"):
                with transaction.atomic():
                    status = getattr(foreign, method)(path).status_code
                    transaction.set_rollback(True)
                if status not in (404, 405) and not (method == "post" and status in (400, 403)):
                    wrong.append(f"{method.upper()} {path}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
def test_odd_things_in_addresses_are_not_found(staged: Stage, browser: Client, program: Caller, odd: str) -> None:
    wrong = []
    for address in addresses():
        if "<" not in address.route or "/work" not in address.route:
            continue
        path = "/" + re.sub(r"<(\w+:)?(\w+)>", lambda m: "sampler" if m[2] == "slug" else odd, address.route)
        with transaction.atomic():
            response = browser.get(path)
            transaction.set_rollback(True)
        if response.status_code >= 500 or "X" in response.headers:
            wrong.append(f"{path}: {response.status_code}")
    for one in OPERATIONS.values():
        path = re.sub(r"\{(\w+)\}", lambda m: "sampler" if m[1] == "alliance" else odd, one.path)
        status = program(one.method, f"/api/v1{path}", {} if one.writes else None).status_code
        if status >= 500:
            wrong.append(f"{one.method} {path}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("odd", ODD)
def test_odd_things_in_filters_find_nothing(program: Caller, odd: str) -> None:
    for path in (f"/reports?body={odd}", f"/reports?cycle={odd}", f"/corrections?body={odd}", f"/bodies?nation={odd}"):
        response = program("GET", path)
        assert response.status_code in (200, 400, 422)
        if response.status_code == 200:
            assert json.loads(response.content)["total"] == 0


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_what_is_not_asked_for_is_not_taken(staged: Stage) -> None:
    """Mass assignment: a field of the model that is none of the operation refuses the whole request."""
    admin = caller(staged.world, f"{NATION}.admin")
    post = {"title": {"en": "Desk"}, "roles": {"reader": []}}
    for more in ({"body": OTHER}, {"body_id": 1}, {"alliance": "harbour"}, {"id": 1}, {"since": "2020-01-01", "x": 1}):
        assert admin("POST", f"/bodies/{NATION}/posts", {**post, **more}).status_code == 422
    for role in ("coordinator", "person", "public", "root"):
        assert admin("POST", f"/bodies/{NATION}/posts", {**post, "roles": {role: []}}).status_code == 422
    assert not PostRole.objects.filter(role="coordinator", post__body__nation=NATION).exists()


def test_a_report_cannot_be_moved_by_what_is_sent(staged: Stage, program: Caller) -> None:
    before = (staged.report.state, staged.report.version)
    for more in ({"state": "accepted"}, {"version": 99}, {"person": 1}, {"at": "2020-01-01T00:00:00Z"}):
        edit = {"question": QUESTION, "part": "value.en", "value": "x", "base": 1}
        assert program("PATCH", f"{PLACE}/answers", {"edits": [edit], **more}).status_code == 422
        assert program("PATCH", f"{PLACE}/answers", {"edits": [{**edit, **more}]}).status_code == 422
    assert (staged.report.state, staged.report.version) == before


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_is(program: Caller, browser: Client, header: str) -> None:
    assert program("GET", "/me", None, **{header.lower().replace("-", "_"): "DELETE"}).status_code == 200
    assert program("POST", f"{PLACE}/answers", {}, **{header.lower().replace("-", "_"): "PATCH"}).status_code == 405
    assert browser.post("/sampler/work/", {"_method": "DELETE"}, headers={header.lower(): "DELETE"}).status_code == 405


def test_no_header_of_an_answer_is_written_by_who_asks(program: Caller, browser: Client) -> None:
    for value in ("a%0d%0aSet-Cookie:%20x=1", "a\u2028b"):
        for response in (
            program("GET", f"/reports?body={value}"), browser.get(f"/sampler/work/cycles/?q={value}"),
            browser.get(f"/account/login/?next=/{value}"),
        ):  # fmt: skip
            assert "x" not in response.cookies
            assert all("\r" not in v and "\n" not in v for v in response.headers.values())


@pytest.mark.slow
def test_a_script_in_a_text_stays_a_text(staged: Stage, browser: Client, program: Caller) -> None:
    """All of them in every text that a nation writes, in a name and in a line; looked for on every page."""
    text = " zqscript ".join(("", *SCRIPTS, ""))
    with transaction.atomic():
        for part in ("value.en", "value.fr", "comment.en", "reason.en", "justification.en"):
            save(program, part, text, base=1 if part == "value.en" else 0)
        save(program, "rows", [{"course": text, "persons": 1}], "courses")
        staged.world.people[f"{NATION}.rapporteur"].name = text[:200]
        staged.world.people[f"{NATION}.rapporteur"].save()
        found = 0
        for address in addresses():
            if "/work/" not in address.route or not set(address.parts) <= set(PARTS):
                continue
            response = browser.get(path_of(staged, address))
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                continue
            page = response.content.decode()
            found += "zqscript" in page
            assert "unsafe" not in response.headers["Content-Security-Policy"], address.route
            assert not [x for x in SCRIPTS if "<" in x and f"zqscript {x}" in page], address.route
            assert not re.search(r"""(?:href|src)=["']?\s*javascript:""", page, re.IGNORECASE), address.route
            assert "zqscript 49" not in page, address.route
        assert found, "no page showed the text at all"
        transaction.set_rollback(True)


def test_a_link_is_never_fetched(staged: Stage, program: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSRF: links in particulars are kept and shown; nobody here goes there."""

    def refuse(*_a: Any, **_k: Any) -> None:
        raise AssertionError("somebody went out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for link in ("http://169.254.169.254/latest/", "http://localhost:8000/", "https://example.org/x"):
        save(program, "particulars", [{"title": "x", "link": link}], "law",
             Cell.objects.filter(question="law", part="particulars").count() and
             Cell.objects.get(question="law", part="particulars").version)  # fmt: skip
    for link in ("file:///etc/passwd", "javascript:alert(1)", "gopher://x"):
        came = save(program, "particulars", [{"title": "x", "link": link}], "law", 3)
        assert came["refused"], link
    program.get(f"{PLACE}/checks")
    program.get(f"{PLACE}/answers")


# --- sessions -------------------------------------------------------------------------------------------------------


def test_no_form_is_taken_from_elsewhere(staged: Stage) -> None:
    """CSRF: every page that takes a form refuses it without its token."""
    browser = client_of(staged.world, f"{NATION}.rapporteur")
    browser.handler.enforce_csrf_checks = True
    wrong = []
    for address in addresses():
        if not set(address.parts) <= set(PARTS) or address.route.startswith(("api/", "account/saml")):
            continue
        with transaction.atomic():
            response = browser.post(path_of(staged, address), {"x": "1"})
            transaction.set_rollback(True)
        if response.status_code not in (403, 404, 405):
            wrong.append(f"{address.route}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]
)
def test_after_sign_in_nobody_is_led_elsewhere(staged: Stage, to: str) -> None:
    person = staged.world.people[f"{OTHER}.reader"]
    person.set_password("a long enough password 17")
    person.save()
    response = Client().post(
        "/account/login/", {"login": person.email, "password": "a long enough password 17", "next": to}
    )
    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]
    assert not response.headers["Location"].startswith("javascript")


def test_signing_in_gives_a_new_session(staged: Stage) -> None:
    person = staged.world.people[f"{OTHER}.reader"]
    person.set_password("a long enough password 17")
    person.save()
    browser = Client()
    browser.get("/account/login/")
    browser.session["planted"] = True
    session = browser.session
    session["planted"] = "by somebody"
    session.save()
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    browser.post("/account/login/", {"login": person.email, "password": "a long enough password 17"})
    assert browser.cookies[django_settings.SESSION_COOKIE_NAME].value != session.session_key


def test_a_session_that_was_signed_out_is_over(staged: Stage) -> None:
    browser = client_of(staged.world, f"{NATION}.rapporteur")
    kept = browser.cookies[django_settings.SESSION_COOKIE_NAME].value
    browser.post("/account/logout/")
    other = Client()
    other.cookies[django_settings.SESSION_COOKIE_NAME] = kept
    assert other.get("/sampler/work/").status_code == 302


def test_whether_an_address_has_an_account_is_told_to_nobody(staged: Stage) -> None:
    def asked(email: str) -> tuple[int, str]:
        response = Client().post("/account/login/", {"login": email, "password": "wrong"})
        page = response.content.decode().replace(email, "")
        return response.status_code, re.sub(r"[A-Za-z0-9]{64}", "", page)  # the form’s own token

    one, other = asked(staged.world.people[f"{NATION}.reader"].email), asked("nobody@nowhere.example")
    assert one[0] == other[0]
    assert one[1].splitlines() == other[1].splitlines()

    def reset(email: str) -> tuple[int, str]:
        response = Client().post("/account/password/reset/", {"email": email})
        return response.status_code, response.headers.get("Location", "")

    assert reset(staged.world.people[f"{NATION}.reader"].email) == reset("nobody@nowhere.example")


def test_pages_cannot_be_framed_and_are_kept_by_nobody(staged: Stage, browser: Client) -> None:
    for address in addresses():
        if "/work/" not in address.route or not set(address.parts) <= set(PARTS):
            continue
        response = browser.get(path_of(staged, address))
        if response.status_code != 200:
            continue
        if response.headers["Content-Type"].startswith("text/html"):
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"], address.route
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "no-store" in response.headers.get("Cache-Control", ""), address.route


def test_cookies_are_for_https_alone_where_it_is_on(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    code = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, "
        "s.SECURE_HSTS_SECONDS > 0, s.SECURE_SSL_REDIRECT, "
        "'django.middleware.security.SecurityMiddleware' in s.MIDDLEWARE)"
    )
    environment = {
        **os.environ, "EIRENE_HTTPS": "1", "EIRENE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE":
        "eirene_web.config.settings", "PYTHONPATH": str(Path(__file__).parents[3] / "src"),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True", "Lax", "True", "True", "True"]


# --- tokens ---------------------------------------------------------------------------------------------------------


def test_tokens_are_compared_in_constant_time_and_kept_as_hashes(staged: Stage) -> None:
    assert "compare_digest" in inspect.getsource(tokens.person_of)
    token = caller(staged.world, f"{NATION}.rapporteur").token
    from eirene_web.accounts.models import Token

    for row in Token.objects.all():
        assert token not in {str(value) for value in vars(row).values()}
        assert len(row.hash) == 64


def test_a_token_opens_no_page(staged: Stage, program: Caller) -> None:
    response = Client().get("/sampler/work/", headers={"authorization": f"Bearer {program.token}"})
    assert response.status_code == 302


@pytest.mark.parametrize("where", ["?token={}", "?access_token={}", "?authorization=Bearer%20{}", "?x={}"])
def test_a_token_in_an_address_is_refused(program: Caller, where: str) -> None:
    response: HttpResponse = Client().get(f"/api/v1/sampler/me{where.format(program.token)}")
    assert response.status_code == 400
    assert program.token not in response.content.decode()


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\x.xlsx",
        "/abs/x.xlsx",
        "a\x00b.xlsx",
        "x\r\nSet-Cookie: a=b.xlsx",
        "\u202exslx.exe",
        "." * 300,
    ],
)
def test_a_file_is_named_by_its_last_part(staged: Stage, program: Caller, name: str) -> None:
    quoted = name.replace('"', "").encode("utf-8", "replace")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + quoted.replace(b"\r\n", b"%0d%0a") +
        b'"\r\nContent-Type: application/octet-stream\r\n\r\nPK\x03\x04 no workbook\r\n--x--\r\n'
    )  # fmt: skip
    response = program("POST", f"{PLACE}/imports", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code in (201, 400, 422), response.content
    if response.status_code == 201:
        kept = json.loads(response.content)["name"]
        assert "/" not in kept
        assert "\\" not in kept
        assert kept.isprintable()
        assert len(kept) <= 200


def test_no_file_leaves_the_folder_of_the_house(staged: Stage, program: Caller) -> None:
    for path in ("../manifest.json", "/etc/passwd", "..%2f..%2fsecret_key", "./a.txt", "a.txt/", "A.TXT", "a.txt%00"):
        response = program("GET", f"/releases/{staged.things['release']}/file?path={path}")
        assert response.status_code in (400, 404, 422), path
