"""What holds for every operation: who may call, one shape of errors, versions, keys, limits."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from eirene_web import clock
from eirene_web.accounts.models import Token
from eirene_web.api import auth, once
from eirene_web.api import urls as _urls  # noqa: F401  registers the operations
from eirene_web.api.frame import OPERATIONS
from eirene_web.api.models import Answered
from eirene_web.journal.models import Entry
from eirene_web.policy import table
from eirene_web.reports.models import Cell
from web.calling import Caller, caller, token_for
from web.world import IN_CYCLE, World

pytestmark = pytest.mark.slow

PLACE = "/cycles/2022/reports/ALF"
ONE = {"edits": [{"question": "crew", "part": "cells.women", "value": 12}]}


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


@pytest.fixture
def drafter(harbour_world: World) -> Caller:
    return caller(harbour_world, "ALF.rapporteur")


def error(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    found = json.loads(response.content)["error"]
    assert set(found) == {"code", "message", "where", "remedy", "problems"}
    assert found["code"] == code
    assert found["message"]
    return dict(found)


# --- who may call ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer eirene_aaaaaaaa_b", "Basic YTpi", "Bearer é", "Bearer eirene__", "eirene_x_y"]
)
def test_without_a_good_token_nothing_is_told(drafter: Caller, header: str) -> None:
    response = Client(raise_request_exception=False).get(
        "/api/v1/harbour/me", headers={"authorization": header} if header else {}
    )
    error(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_nothing(harbour_world: World, client: Client) -> None:
    client.force_login(harbour_world.people["ALF.rapporteur"])
    error(client.get("/api/v1/harbour/me"), 401, "not_authenticated")


@pytest.mark.parametrize("field", ["expires", "revoked", "suspended"])
def test_a_token_that_is_over_opens_nothing(drafter: Caller, field: str) -> None:
    row = Token.objects.get()
    if field == "suspended":
        row.person.is_active = False
        row.person.save()
    else:
        setattr(row, field, IN_CYCLE - dt.timedelta(minutes=1))
        row.save()
    error(drafter("GET", "/me"), 401, "not_authenticated")


def test_a_token_for_another_alliance_finds_nothing_here(harbour_world: World) -> None:
    program = caller(harbour_world, "ALF.rapporteur")
    Token.objects.update(alliance="elsewhere")
    error(program("GET", "/me"), 404, "not_found")


def test_somebody_without_a_post_finds_nothing(harbour_world: World) -> None:
    error(caller(harbour_world, "outsider")("GET", "/me"), 404, "not_found")


def test_a_reading_token_does_not_write(harbour_world: World) -> None:
    program = caller(harbour_world, "ALF.rapporteur", scopes="read")
    program.get(f"{PLACE}/answers")
    told = error(program("PATCH", f"{PLACE}/answers", ONE), 403, "not_allowed")
    assert "write" in told["message"]
    assert not Cell.objects.exists()


def test_a_weak_token_does_not_decide(harbour_world: World) -> None:
    program = caller(harbour_world, "coordinator", strong=False)
    error(program("POST", "/cycles/2022/close", {"why": "Done."}), 403, "second_factor_needed")


def test_a_token_in_the_address_is_refused(harbour_world: World) -> None:
    token = token_for(harbour_world, "ALF.rapporteur")
    response = Client(raise_request_exception=False).get(f"/api/v1/harbour/me?token={token}")
    error(response, 400, "unreadable")
    assert token not in response.content.decode()


def test_so_many_requests_a_minute(drafter: Caller, settings: Any) -> None:
    settings.EIRENE_API_PER_MINUTE = 5
    answers = [drafter("GET", "/me").status_code for _ in range(8)]
    assert answers == [200] * 5 + [429] * 3
    response = drafter("GET", "/me")
    error(response, 429, "too_many_requests")
    assert int(response.headers["Retry-After"]) > 0


# --- one shape of errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "not_found"),
        ("GET", "/api/", None, 404, "not_found"),
        ("GET", "/api/v2/harbour", None, 404, "not_found"),
        ("POST", "/api/none", {}, 404, "not_found"),
        ("GET", "/me/", None, 404, "not_found"),
        ("GET", "/cycles/%00", None, 400, "unreadable"),
        ("GET", "/cycles/..%2f..%2fetc", None, 404, "not_found"),
        ("GET", "/posts/99999999999999999999999999", None, 405, "method_not_allowed"),
        ("PATCH", "/posts/99999999999999999999999999", {}, 404, "not_found"),
        ("PATCH", "/posts/-1", {}, 404, "not_found"),
        ("DELETE", "/cycles", None, 405, "method_not_allowed"),
        ("OPTIONS", "/cycles", None, 405, "method_not_allowed"),
        ("TRACE", "/cycles", None, 405, "method_not_allowed"),
        ("PATCH", f"{PLACE}/answers", b"{", 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b"[" * 100_000, 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"a":' * 50_000 + b"1", 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b"\xff\xfe", 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"why": "\\u0000", "edits": []}', 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"why": "\\ud800", "edits": []}', 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"edits": NaN}', 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"edits": [], "edits": []}', 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b'{"edits": ' + b"9" * 5_000 + b"}", 400, "unreadable"),
        ("PATCH", f"{PLACE}/answers", b"[1]", 422, "invalid"),
        ("PATCH", f"{PLACE}/answers", {}, 422, "invalid"),
        ("PATCH", f"{PLACE}/answers", {**ONE, "report": 3}, 422, "invalid"),
        ("PATCH", f"{PLACE}/answers", {"edits": [{"question": "x", "part": "value"}]}, 422, "refused"),
        ("GET", "/reports?sate=drafting", None, 422, "invalid"),
        ("GET", "/reports?state=asleep", None, 422, "invalid"),
        ("GET", "/reports?limit=100000", None, 422, "invalid"),
        ("GET", "/reports?offset=-1", None, 422, "invalid"),
        ("GET", "/reports?cycle=' OR 1=1 --", None, 200, ""),
        ("GET", "/cycles/2022/reports/BRA", None, 404, "not_found"),
        ("POST", f"{PLACE}/submissions", {}, 428, "version_required"),
    ],
)
def test_every_refusal_has_one_shape(
    drafter: Caller, method: str, path: str, data: Any, status: int, code: str
) -> None:
    response = drafter(method, path, data)
    if status == 200:
        assert json.loads(response.content)["items"] == []
    else:
        error(response, status, code)


def test_another_type_of_body_is_refused(drafter: Caller) -> None:
    response = drafter("PATCH", f"{PLACE}/answers", b"a=1", content_type="application/x-www-form-urlencoded")
    error(response, 415, "media_type")
    error(drafter("PATCH", f"{PLACE}/answers", b"<a/>", content_type="text/xml"), 415, "media_type")


def test_what_is_too_large_is_refused_before_it_is_read(drafter: Caller) -> None:
    error(drafter("PATCH", f"{PLACE}/answers", b" " * 5_000_001), 413, "too_large")
    error(drafter("GET", "/me?" + "a" * 5_000), 431, "headers_too_large")
    error(drafter("GET", "/me", x_long="a" * 9_000), 431, "headers_too_large")


def test_the_method_cannot_be_overridden(drafter: Caller) -> None:
    drafter.patch(f"{PLACE}/answers", ONE)
    response = drafter("POST", f"{PLACE}/answers", {}, x_http_method_override="PATCH")
    error(response, 405, "method_not_allowed")
    assert "PATCH" in response.headers["Allow"]


def test_our_own_fault_tells_nothing(
    drafter: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from eirene_web.reports.services import filling

    def broken(**arguments: Any) -> None:
        raise ValueError(f"secret {arguments}")

    monkeypatch.setattr(filling, "save_answers", broken)
    response = drafter("PATCH", f"{PLACE}/answers", ONE)
    error(response, 500, "fault")
    assert "secret" not in response.content.decode()
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
    assert "cells.women" not in caplog.text


def test_errors_are_told_in_the_language_asked_for(drafter: Caller) -> None:
    english = error(drafter("GET", "/nothing"), 404, "not_found")["message"]
    response = drafter("GET", "/nothing", accept_language="de, fr-CA;q=0.8, en;q=0.1")
    assert error(response, 404, "not_found")["message"] != english
    assert response.headers["Content-Language"] == "fr"
    assert drafter("GET", "/me", accept_language="xx-" * 400).headers["Content-Language"] == "en"


def test_nothing_is_shared_with_other_origins(drafter: Caller) -> None:
    response = drafter("GET", "/me", origin="https://evil.example")
    assert not [name for name in response.headers if name.lower().startswith("access-control")]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


# --- versions -------------------------------------------------------------------------------------------------------


def test_an_older_version_is_told_what_changed(drafter: Caller) -> None:
    drafter.get(PLACE)
    seen = drafter.etag
    assert seen == '"0.not_started"'
    drafter.patch(f"{PLACE}/answers", ONE)
    drafter.patch(f"{PLACE}/answers", {"edits": [{"question": "charter", "part": "value", "value": "no"}]})
    assert drafter.etag == '"2.drafting"'
    other = {"edits": [{"question": "crew", "part": "cells.men", "value": 3}]}
    told = error(drafter("PATCH", f"{PLACE}/answers", other, if_match=seen), 412, "version_changed")
    assert [p["where"] for p in told["problems"]] == ["state", "charter/value", "crew/cells.women"]
    told = error(drafter("PATCH", f"{PLACE}/answers", other, if_match='"1.drafting"'), 412, "version_changed")
    assert [p["where"] for p in told["problems"]] == ["charter/value"]
    assert not Cell.objects.filter(part="cells.men").exists()
    drafter.patch(f"{PLACE}/answers", other, if_match='"2.drafting"')


@pytest.mark.parametrize("given", ["2", 'W/"1.drafting"', '"1"', '"x.y"', '"99999999999999.drafting"'])
def test_if_match_must_be_an_etag_of_ours(drafter: Caller, given: str) -> None:
    error(drafter("PATCH", f"{PLACE}/answers", ONE, if_match=given), 422, "invalid")


def test_the_same_part_changed_by_both_is_a_choice(drafter: Caller) -> None:
    drafter.patch(f"{PLACE}/answers", ONE)
    second = drafter.patch(f"{PLACE}/answers", {"edits": [{**ONE["edits"][0], "value": 13}]})
    assert [(c["mine"], c["theirs"], c["version"]) for c in second["conflicts"]] == [(13, 12, 1)]


# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_same_key_has_one_effect_and_one_answer(drafter: Caller) -> None:
    first = drafter("PATCH", f"{PLACE}/answers", ONE, idempotency_key="a")
    again = drafter("PATCH", f"{PLACE}/answers", ONE, idempotency_key="a")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Entry.objects.filter(verb="answer.fill").count() == 1


def test_the_same_key_for_something_else_is_refused(drafter: Caller) -> None:
    drafter.patch(f"{PLACE}/answers", ONE, idempotency_key="a")
    other = {"edits": [{"question": "crew", "part": "cells.men", "value": 3}]}
    error(drafter("PATCH", f"{PLACE}/answers", other, idempotency_key="a"), 422, "key_reused")
    error(drafter("PATCH", "/cycles/2022/reports/BRA/answers", ONE, idempotency_key="a"), 422, "key_reused")


def test_a_refusal_leaves_the_key_free(drafter: Caller) -> None:
    wrong = {"edits": [{"question": "none", "part": "value", "value": 1}]}
    error(drafter("PATCH", f"{PLACE}/answers", wrong, idempotency_key="a"), 422, "refused")
    drafter.patch(f"{PLACE}/answers", ONE, idempotency_key="a")


def test_keys_of_two_tokens_are_two_keys(harbour_world: World, drafter: Caller) -> None:
    drafter.patch(f"{PLACE}/answers", ONE, idempotency_key="a")
    other = caller(harbour_world, "BRA.rapporteur")
    other.patch("/cycles/2022/reports/BRA/answers", ONE, idempotency_key="a")
    assert Cell.objects.count() == 2


def test_keys_are_forgotten_after_a_day(drafter: Caller) -> None:
    drafter.patch(f"{PLACE}/answers", ONE, idempotency_key="a")
    assert once.forget() == 0
    with clock.at(IN_CYCLE + dt.timedelta(hours=25)):
        assert once.forget() == 1
    assert not Answered.objects.exists()


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_is_short_and_printable(drafter: Caller, key: str) -> None:
    error(drafter("PATCH", f"{PLACE}/answers", ONE, idempotency_key=key), 422, "invalid")


@pytest.mark.slow
def test_one_key_asked_by_many_at_once_has_one_effect(tmp_path: Path) -> None:
    tests = Path(__file__).parents[2]
    environment = {
        **os.environ, "EIRENE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings",
        "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent / 'src'}",
    }  # fmt: skip
    with real_database() as address:
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("at_once.py")], env={**environment, "DATABASE_URL": address},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert [status for status, _ in told["answers"]] == [201] * 8
    assert len({body for _, body in told["answers"]}) == 1
    assert told["made"] == 1


@contextmanager
def real_database() -> Iterator[str]:
    """Address of a database of its own beside that of the tests; '' for SQLite in the home folder."""
    if connection.vendor != "postgresql":
        yield ""
        return
    import psycopg

    own, address = "at_once_" + secrets.token_hex(4), os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {own}")  # type: ignore[arg-type]
        try:
            yield address.rpartition("/")[0] + "/" + own
        finally:
            server.execute(f"DROP DATABASE {own} WITH (FORCE)")  # type: ignore[arg-type]


# --- what is declared -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_declares_verbs_that_exist(name: str) -> None:
    one = OPERATIONS[name]
    assert one.verbs, f"{name} declares no verb"
    assert set(one.verbs) <= set(table().verbs)
    scopes = {table().verbs[verb].scope for verb in one.verbs}
    assert "" not in scopes, f"{name} serves what no token may do"
    if one.method == "GET":
        assert scopes == {"read"}
    assert one.function.__doc__, f"{name} says nothing about itself"


def test_no_two_shapes_share_a_name() -> None:
    """OpenAPI knows shapes by their names alone: the second of two would stand for both."""
    from ninja import Schema

    found: dict[str, set[str]] = {}

    def walk(kind: type) -> None:
        for one in kind.__subclasses__():
            if one.__module__.startswith("eirene_web.api") and "[" not in one.__name__:
                found.setdefault(one.__name__, set()).add(one.__module__)
            walk(one)

    walk(Schema)
    assert not {name: modules for name, modules in found.items() if len(modules) > 1}


@pytest.mark.parametrize(
    ("deadline", "status"),
    [("2026-12-20T07:15:01+20:18", 200), ("2026-12-20T07:15:01-23:59", 200), ("0001-01-01T00:00:00+14:00", 422),
     ("9999-12-31T23:59:59-14:00", 422), ("2026-12-20T07:15:01", 422)],
)  # fmt: skip
def test_an_instant_is_taken_with_any_offset_and_refused_where_no_calendar_has_it(
    harbour_world: World, deadline: str, status: int
) -> None:
    """PostgreSQL takes no offset of sixteen hours or more: it was a fault there."""
    program = caller(harbour_world, "coordinator")
    told = program("POST", "/cycles/2022/reports/ALF/extend", {"deadline": deadline, "why": "A storm."})
    assert told.status_code == status, told.content
