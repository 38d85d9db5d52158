"""What the API answers is what its description says, whatever it is asked: Schemathesis asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
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
from web.world import IN_CYCLE, World

CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.response_headers_conformance,
]  # fmt: skip
schema = schemathesis.openapi.from_dict(described())
OPERATIONS = {one.ok().label: one.ok() for one in schema.get_all_operations()}
#: What stands in addresses half of the time, so that more than "not found" is looked at.
REAL = {"alliance": "harbour", "cycle": "2022", "body": "ALF", "question": "crew", "number": 1}
ROLES = ("coordinator", "ALF.rapporteur", "ALF.admin", "ALF.officer")


@pytest.fixture(autouse=True)
def morning(settings: Any) -> Iterator[None]:
    settings.EIRENE_API_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


def look(world: World, label: str, examples: int) -> None:
    """Asks one operation in many ways, by programs of several roles."""
    tokens = [token_for(world, who) for who in ROLES]

    @hypothesis(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(), token=st.sampled_from(tokens), real=st.booleans())
    def ask(case: schemathesis.Case, token: str, real: bool) -> None:
        if real:
            known = {name: value for name, value in REAL.items() if name in case.path_parameters}
            case.path_parameters = {**case.path_parameters, **known}
        given_headers = {name: value for name, value in case.headers.items() if name.lower() != "authorization"}
        case.headers = {**given_headers, "Authorization": f"Bearer {token}"}
        response = case.call(base_url="http://localhost", app=application)
        case.validate_response(response, checks=CHECKS)

    ask()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described(harbour_world: World, label: str) -> None:
    look(harbour_world, label, 12)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described_however_long_one_asks(harbour_world: World, label: str) -> None:
    look(harbour_world, label, 400)
