"""Every service × role × relation × state does what the table says, no more and no less.

Generated from the services that are registered and from the table; `services.py` beside this says how each is tried.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from eirene.errors import EireneError
from eirene_web import clock
from eirene_web.journal import services as journal
from eirene_web.policy import Actor, NotAllowed, NotThere, SecondFactorNeeded, Target, decide, table
from web.security.services import SERVICES, UNASKED, Tried
from web.security.stage import NATION, WAYS, Stage
from web.world import IN_CYCLE

pytestmark = pytest.mark.django_db
#: Whoever is tried in every way they may have come in, not by page alone.
IN_EVERY_WAY = ("coordinator", "AAA.rapporteur", "AAA.officer", "AAA.admin", "BBB.rapporteur")


def registered() -> list[str]:
    """Every service there is, once each module that declares some is there."""
    for path in sorted(settings.PACKAGE.rglob("services*")):
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = ".".join(("eirene_web", *file.relative_to(settings.PACKAGE).with_suffix("").parts))
            if file.suffix == ".py":
                import_module(name.removesuffix(".__init__"))
    return sorted(journal.SERVICES)


@pytest.fixture(scope="module", autouse=True)
def every_service_is_there() -> None:
    registered()


class Undo(Exception):
    """Takes back what a service did."""


def outcome(name: str, arguments: dict[str, object]) -> str:
    """What came of it. `said no`: refused once the policy had let it through, which counts as allowed."""
    try:
        with transaction.atomic():
            journal.SERVICES[name](**arguments)
            raise Undo
    except NotThere:
        return "not there"
    except SecondFactorNeeded:
        return "second factor"
    except NotAllowed:
        return "not allowed"
    except Undo:
        return "allowed"
    except EireneError:
        return "said no"


def fits(tried: Tried, wanted: str, got: str) -> bool:
    if got == "said no":
        return wanted == "allowed" or (tried.first_says_no and wanted != "not there")
    return wanted == got


def expected(actor: Actor, tried: Tried, state: str, targets: list[Target], now: Stage) -> str:
    if tried.seen is not None and not tried.seen(now, actor):
        return "not there"
    verb = tried.verb_in(state)
    if tried.by_office and NATION not in actor.nations:
        verb, targets = tried.by_office, [now.target("report")]
    for target in targets:
        whose = replace(target, person=actor.person) if tried.own else target
        decision = decide(actor, verb, whose)
        if not decision.seen:
            return "not there"
        if not decision.allowed:
            return "second factor" if decision.weak else "not allowed"
    return "allowed"


def test_every_service_is_tried() -> None:
    missing = [name for name in registered() if name not in SERVICES and name not in UNASKED]
    lines = [f'    "{name}": Tried("<verb>", of_report(…)),' for name in missing]
    assert not missing, "add to tests/web/security/services.py:\n" + "\n".join(lines)
    gone = sorted({*SERVICES, *UNASKED} - set(registered()))
    assert not gone, f"no such service any more: {gone}"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_does_what_the_table_says(staged: Stage, name: str) -> None:
    tried = SERVICES[name]
    kind = table().verbs[tried.verb].kind
    everybody = {f"{who} by page": actor for who, actor in staged.actors().items()}
    for way in WAYS:
        everybody |= {f"{who} by {way}": actor for who, actor in staged.actors(way).items() if who in IN_EVERY_WAY}
    wrong = []
    with clock.at(IN_CYCLE):
        for state in [""] if tried.target else staged.states(kind):
            with transaction.atomic():
                staged.put(kind, state)
                arguments = tried.arguments(staged)
                targets = [tried.target(staged) if tried.target else staged.target(kind)]
                targets += [tried.also(staged)] if tried.also else []
                for who, actor in everybody.items():
                    wanted = expected(actor, tried, state, targets, staged)
                    got = outcome(name, {"actor": actor, **arguments})
                    if not fits(tried, wanted, got):
                        wrong.append(f"{who}, {kind} {state or 'as it is'}: the table says {wanted}, it was {got}")
                transaction.set_rollback(True)
    assert not wrong, f"{name} ({tried.verb})\n" + "\n".join(wrong[:40])


def test_the_matrix_has_every_role_in_every_relation(staged: Stage) -> None:
    """What stands in the table is tried: no row speaks of a role that nobody on the stage holds."""
    held = {grant.role for actor in staged.actors().values() for grant in actor.grants}
    assert {row.role for row in table().rows} - held <= {"public"}
    assert Path(__file__).with_name("services.py").is_file()
