"""Every address, asked by HTTP as one role after another, answers as the table says; in `make soak` all of them in all
states, here a sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api import urls as _urls  # noqa: F401  registers the operations
from eirene_web.api.frame import OPERATIONS, Operation
from eirene_web.policy import Actor, decide, table
from web.calling import Caller, caller
from web.security.addresses import (
    BODIES,
    CLOSED,
    EITHER,
    FILTERED,
    NARROWER,
    PARTS,
    SAYS_NO,
    SPECIAL,
    addresses,
    api_path,
    path_of,
    target_of,
)
from web.security.signing_in import client_of
from web.security.stage import QUESTION, Stage
from web.world import IN_CYCLE

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
SAMPLE = ("coordinator", "clerk", "AAA.rapporteur", "AAA.drafter", "AAA.officer", "BBB.rapporteur", "outsider")
STATES = ("drafting", "submitted")
PAGES = {a.name or a.route: a for a in addresses() if "<slugword:slug>/work" in a.route}


@pytest.fixture(autouse=True)
def morning(settings: Any) -> Iterator[None]:
    settings.EIRENE_API_PER_MINUTE = 1_000_000
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


# --- every address has a verb ---------------------------------------------------------------------------------------


def test_every_address_has_a_verb() -> None:
    missing = [a for a in addresses() if not a.verbs]
    told = "\n".join(f'{a.route}: @page(…) on its view, or "{a.name}": "<verb>" in its app\'s ROUTES' for a in missing)
    assert not missing, told
    unknown = [a for a in addresses() if set(a.verbs) - {*table().verbs, CLOSED}]
    assert not unknown, unknown


def test_every_name_in_an_address_is_known() -> None:
    named = [(a.name or a.route, part) for a in PAGES.values() for part in a.parts]
    named += [
        (o.name, part) for o in OPERATIONS.values() for part in o.path.split("{")[1:] for part in [part.split("}")[0]]
    ]
    missing = sorted({(name, part) for name, part in named if part not in PARTS and (name, part) not in SPECIAL})
    told = "\n".join(f'    "{part}": lambda s: s.things["…"],  # {name}' for name, part in missing)
    assert not missing, f"add to PARTS of tests/web/security/addresses.py:\n{told}"


# --- pages ----------------------------------------------------------------------------------------------------------


def expected(actor: Actor, verbs: tuple[str, ...], name: str, now: Stage) -> tuple[bool, bool, bool]:
    """Whether all, any of the verbs is allowed, and whether any of the things is seen."""
    told = [decide(actor, verb, target_of(now, name, verb, actor)) for verb in verbs]
    return all(d.allowed for d in told), any(d.allowed for d in told), any(d.seen for d in told)


def wrong_page(name: str, method: str, status: int, all_: bool, any_: bool, seen: bool) -> str:
    """An empty form that is found wanting (400) has done nothing: as good as refused."""
    if status >= 500:
        return "a fault"
    if name not in FILTERED:
        if not seen and status not in (404, 405):
            return "it should not be there"
        if not any_ and status not in ((403, 404, 405) if method == "get" else (400, 403, 404, 405)):
            return "it should be refused"
    return "it should be served" if all_ and status in (401, 403) else ""


def try_page(staged: Stage, name: str, people: tuple[str, ...], states: tuple[str, ...]) -> list[str]:
    address, wrong = PAGES[name], []
    clients = {who: client_of(staged.world, who) for who in people}
    for state in states:
        with transaction.atomic():
            staged.put("report", state)
            path = path_of(staged, address)
            for who, client in clients.items():
                all_, any_, seen = expected(staged.world.actor(who), address.verbs, address.name, staged)
                for method in ("get", "post"):
                    with transaction.atomic():
                        status = getattr(client, method)(path).status_code
                        transaction.set_rollback(True)
                    problem = wrong_page(address.name, method, status, all_, any_, seen)
                    if problem:
                        wrong.append(f"{method.upper()} {path} as {who}, report {state}: {status}, {problem}")
            transaction.set_rollback(True)
    return wrong


def one_of_them(name: str) -> tuple[str]:
    """A state for each address, so that both are tried of every kind of address."""
    return (STATES[len(name) % len(STATES)],)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_served_as_the_table_says(staged: Stage, name: str) -> None:
    wrong = try_page(staged, name, SAMPLE, one_of_them(name))
    assert not wrong, f"{PAGES[name].verbs}\n" + "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES))
def test_without_sign_in_a_page_leads_to_it_or_is_not_there(staged: Stage, name: str) -> None:
    response = Client(raise_request_exception=False).get(path_of(staged, PAGES[name]))
    assert response.status_code in (302, 404, 405)
    if response.status_code == 302:
        assert "/account/login/" in response.headers["Location"]


# --- operations -----------------------------------------------------------------------------------------------------


def call(program: Caller, staged: Stage, one: Operation) -> tuple[int, str]:
    body: Any = BODIES.get(one.name, lambda s: {})(staged) if one.writes else None
    headers = {"if_match": f'"{staged.report.version}.{staged.report.state}"'}
    if one.upload:
        body, headers["content_type"] = form(), "multipart/form-data; boundary=x"
    response = program(one.method, api_path(staged, one), body, **headers)
    code = json.loads(response.content)["error"]["code"] if response.status_code >= 400 else ""
    return response.status_code, code


def form() -> bytes:
    head = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    field = b'\r\n--x\r\nContent-Disposition: form-data; name="question"\r\n\r\n' + QUESTION.encode()
    return head + b"%PDF-1.4" + field + b"\r\n--x--\r\n"


def wrong_answer(name: str, status: int, code: str, all_: bool, any_: bool, seen: bool) -> str:
    if status >= 500:
        return "a fault"
    if code in ("invalid", "unreadable", "media_type", "version_required"):
        return f"it was not understood ({code}): add what it is sent to BODIES"
    if name in EITHER:
        return "" if any_ or status in (403, 404) else "it should be refused"
    if all_:
        return "it should be done" if status in (401, 403) or (status == 404 and name not in NARROWER) else ""
    if not seen or name in FILTERED:
        return "" if status == 404 or name in FILTERED else "it should not be there"
    return "" if status in (403, 404) or (name in SAYS_NO and code == "refused") else "it should be refused"


def try_operation(staged: Stage, name: str, people: tuple[str, ...], states: tuple[str, ...]) -> list[str]:
    one, wrong = OPERATIONS[name], []
    programs = {who: caller(staged.world, who) for who in people}
    for state in states:
        with transaction.atomic():
            staged.put("report", state)
            for who, program in programs.items():
                actor = staged.world.actor(who, scopes=frozenset({"read", "write"}))
                all_, any_, seen = expected(actor, one.verbs, name, staged)
                with transaction.atomic():
                    status, code = call(program, staged, one)
                    transaction.set_rollback(True)
                problem = wrong_answer(name, status, code, all_, any_, seen)
                if problem:
                    wrong.append(f"{one.method} {one.path} as {who}, report {state}: {status} {code}, {problem}")
            transaction.set_rollback(True)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_is_done_as_the_table_says(staged: Stage, name: str) -> None:
    wrong = try_operation(staged, name, SAMPLE, one_of_them(name))
    assert not wrong, f"{OPERATIONS[name].verbs}\n" + "\n".join(wrong)
