"""What the API answers is what its description says, whatever it is asked: Schemathesis asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api.description import described
from eirene_web.config.wsgi import application
from web.calling import token_for
from web.security.addresses import PARTS
from web.security.stage import Stage
from web.world import IN_CYCLE

CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.response_headers_conformance,
]  # fmt: skip
schema = schemathesis.openapi.from_dict(described())
OPERATIONS = {one.ok().label: one.ok() for one in schema.get_all_operations()}
ROLES = ("coordinator", "AAA.rapporteur", "AAA.admin", "AAA.officer")


@pytest.fixture(scope="module", autouse=True)
def one_connection() -> Iterator[None]:
    """Requests come as from a server; after each, Django would close the connection that the stage stands on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def morning(settings: Any) -> Iterator[None]:
    settings.EIRENE_API_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


def look(staged: Stage, label: str, examples: int) -> None:
    """Asks one operation in many ways, by programs of several roles; nine times in ten of things that are there."""
    tokens = [token_for(staged.world, who) for who in ROLES]
    names = [name for name in re.findall(r"\{(\w+)\}", label) if name in PARTS]
    real = {name: PARTS[name](staged) for name in names}

    @hypothesis(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(), token=st.sampled_from(tokens), drawn=st.integers(0, 9))
    def ask(case: schemathesis.Case, token: str, drawn: int) -> None:
        if drawn:
            case.path_parameters = {**case.path_parameters, **real}
        given_headers = {name: value for name, value in case.headers.items() if name.lower() != "authorization"}
        case.headers = {**given_headers, "Authorization": f"Bearer {token}"}
        with transaction.atomic():
            response = case.call(base_url="http://localhost", app=application)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    ask()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described(staged: Stage, label: str) -> None:
    look(staged, label, 12)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described_however_long_one_asks(staged: Stage, label: str) -> None:
    look(staged, label, 400)
