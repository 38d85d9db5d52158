"""More text than anybody writes, in every box of every form and in every text that a program sends: refused in words,
and nothing of it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from lxml import html

from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api.frame import OPERATIONS
from web.calling import caller
from web.security import stage
from web.security.addresses import BODIES, addresses, api_path, path_of
from web.security.signing_in import client_of
from web.security.stage import NATION, Stage
from web.world import IN_CYCLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
LONG = "Long. " * 200_000
#: No text that is meant is longer.
MOST = 110_000
PEOPLE = ("coordinator", "clerk", f"{NATION}.rapporteur", f"{NATION}.officer", f"{NATION}.admin", f"{NATION}.head")
#: One box of each kind is enough of a form that has hundreds.
BOXES = 12


@pytest.fixture(scope="module")
def staged(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "EIRENE_HOME", tmp_path_factory.mktemp("home"))
        patch.setattr(django_settings, "EIRENE_API_PER_MINUTE", 1_000_000)
        with transaction.atomic():
            yield stage.build()
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


class Written:
    """Remembers the longest text that was written into the database."""

    def __init__(self) -> None:
        self.longest = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
            values = [v for row in (params if many else [params]) for v in _values(row)]
            self.longest = max([self.longest, *(len(v) for v in values if isinstance(v, str | bytes))])
        return execute(sql, params, many, context)


def _values(params: Any) -> Any:
    return params.values() if isinstance(params, Mapping) else params or ()


def sent(send: Any) -> tuple[int, int]:
    """Status of what is sent, and the longest text that was written for it; undone afterwards."""
    written = Written()
    with transaction.atomic(), connection.execute_wrapper(written):
        status = send().status_code
        transaction.set_rollback(True)
    return status, written.longest


@pytest.mark.soak
def test_every_box_of_every_form_has_an_end(staged: Stage) -> None:
    wrong, tried = [], 0
    seen: set[Any] = set()
    for who in PEOPLE:
        client = client_of(staged.world, who)
        for route, path, box, data in boxes(staged, client, seen):
            status, longest = sent(lambda: client.post(path, data))  # noqa: B023  called at once
            tried += 1
            if status >= 500 or longest > MOST:
                wrong.append(f"{who} {route} {box}: {status}, {longest} written")
    assert not wrong, "\n".join(wrong)
    assert tried > 100


def boxes(staged: Stage, client: Client, seen: set[Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each box for text of each form that somebody is shown and nobody was before, with what the form holds besides."""
    for address in addresses():
        path = _path(staged, address)
        if path is None or not path.startswith("/sampler/work"):
            continue
        page = client.get(path)
        if page.status_code != 200 or not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for form in html.fromstring(page.content.decode()).forms:
            action = form.action or path
            held = dict(form.form_values())
            names = [box.name for box in form.xpath(".//textarea[@name] | .//input[@name][@type='text' or not(@type)]")]
            kinds = list({_kind(name): name for name in names}.values())[:BOXES]
            buttons = [(b.get("name"), b.get("value", "")) for b in form.xpath(".//button[@name]")] or [("", "")]
            for box in kinds:
                for button, value in buttons[:3]:
                    if form.method != "POST" or (action, box, value) in seen:
                        continue
                    seen.add((action, box, value))
                    yield address.route, action, f"{box} {value}", {**held, button or "do": value, box: LONG}


def _kind(name: str) -> str:
    """Boxes of a grid are of one kind."""
    return name.partition("|")[0].rpartition(".")[0] if "cells." in name else name


def _path(staged: Stage, address: Any) -> str | None:
    try:
        return path_of(staged, address)
    except KeyError:
        return None


def test_every_text_that_a_program_sends_has_an_end(staged: Stage) -> None:
    programs, wrong, tried = [caller(staged.world, who) for who in PEOPLE], [], 0
    for one in OPERATIONS.values():
        if not one.writes or one.name not in BODIES:
            continue
        path = api_path(staged, one)
        for body in with_one_long(BODIES[one.name](staged)):
            tried += 1
            for program in programs:
                status, longest = sent(lambda: program(one.method, path, body))  # noqa: B023  called at once
                if status >= 500 or longest > MOST:
                    wrong.append(f"{one.name}: {status}, {longest} written for {json.dumps(body)[:80]}")
                if status not in (403, 404):
                    break
    assert not wrong, "\n".join(wrong)
    assert tried > 50


def with_one_long(body: Any) -> Iterator[Any]:
    """The same with each of its texts in turn much longer."""
    if isinstance(body, str):
        yield LONG
    elif isinstance(body, dict):
        for key, value in body.items():
            yield from ({**body, key: longer} for longer in with_one_long(value))
    elif isinstance(body, list):
        for n, value in enumerate(body):
            yield from ([*body[:n], longer, *body[n + 1 :]] for longer in with_one_long(value))
