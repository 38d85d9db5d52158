"""Each service is run once; what it changed in the tables is what its entry says, field by field, before and after.

The services, and arguments to try them with, are those of the permission matrix.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction

from eirene.errors import EireneError
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.custody.quarantine import MARKERS, holders, reasons
from eirene_web.editions.models import Circulation, Freeze, TextVersion
from eirene_web.editions.services.drafting import Edit as TextEdit
from eirene_web.journal import services as journal
from eirene_web.journal.audit import audited
from eirene_web.journal.chain import canonical
from eirene_web.journal.models import Change, Entry
from eirene_web.journal.verify import _is_blank
from eirene_web.organisations import services as organisation
from eirene_web.policy import Actor, table
from eirene_web.reports.models import Correction, Submission
from web.security.services import DAY, SERVICES, Tried
from web.security.stage import NATION, QUESTION, Stage
from web.security.test_permission_matrix import registered
from web.world import IN_CYCLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_REPORTS, _EDITIONS = "eirene_web.reports.services", "eirene_web.editions.services"
_ORGANISATIONS, _ACCOUNTS = "eirene_web.organisations.services", "eirene_web.accounts.services"
#: Services that what is on the stage does not bring to their end, and the suite that does.
ELSEWHERE = {
    f"{_ACCOUNTS}.change_profile": "tests/web/accounts",
    f"{_ACCOUNTS}.end_session": "tests/web/accounts",
    f"{_ACCOUNTS}.make_token": "tests/web/accounts",
    f"{_ACCOUNTS}.revoke_token": "tests/web/accounts",
    f"{_ORGANISATIONS}.alliances.continue_nation": "tests/web/organisations",
    f"{_EDITIONS}.protecting.choose": "tests/web/editions/test_protection.py",
    f"{_REPORTS}.cycles.add_body": "tests/web/reports/test_cycle_life.py",
    f"{_REPORTS}.filling.take_over": "tests/web/reports/test_fill_section.py",
    f"{_REPORTS}.filling.take_definition": "tests/web/reports/test_fill_section.py",
    f"{_REPORTS}.transfer.take_in.read_again": "tests/web/reports/test_transfer_in.py",
    "eirene_web.work.services.run_again": "tests/web/work",
    "eirene_web.notices.services.send_again": "tests/web/notices",
}

Values = dict[tuple[str, str], Any]


@pytest.fixture(scope="module", autouse=True)
def every_service_is_there() -> None:
    registered()


def held(alliance: str) -> Values:
    """What the tables hold of everything that the journal answers for."""
    return {
        (f"{one.kind}:{key}", name): value
        for one in audited().values()
        for key, values in one.rows(alliance)
        for name, value in values.items()
    }


def words() -> dict[str, Any]:
    """Every free text of the drill, by column and row."""
    named = {column for one in holders().values() for column in one.covers}
    named |= {f"{model}.{column}" for model, columns in reasons().values() for column in columns}
    found: dict[str, Any] = {}
    for label in sorted(named):
        model, _dot, column = label.rpartition(".")
        if model.startswith("journal.") or not isinstance(_field(model, column), models.CharField | models.TextField):
            continue
        for pk, value in apps.get_model(model)._default_manager.values_list("pk", column):
            found[f"{label} {pk}"] = value
    return found


def _field(model: str, column: str) -> models.Field[Any, Any]:
    return apps.get_model(model)._meta.get_field(column)  # type: ignore[return-value]


def said(value: Any) -> str | None:
    return None if _is_blank(value) else canonical(value)


# --- where the stage is not far enough ------------------------------------------------------------------------------


def accepted(staged: Stage) -> dict[str, Any]:
    Submission.objects.filter(report=staged.report).update(accepted=IN_CYCLE)
    return {"report": staged.report.pk, "question": QUESTION, "changes": {"value.en": "Else."}, "reason": "Because."}


def to_be_decided(staged: Stage) -> dict[str, Any]:
    accepted(staged)
    Correction.objects.filter(pk=staged.things["correction"]).update(after={"value.en": "Else.", "status": "answered"})
    return {"correction": staged.things["correction"], "accept": True, "decision": "Agreed, with thanks."}


def suspended(staged: Stage) -> dict[str, Any]:
    person = staged.world.people[f"{NATION}.reader"]
    Person.objects.filter(pk=person.pk).update(is_active=False, suspended_because="Away.")
    return {"alliance": alliance_of(staged), "why": "Back.", "person": person.pk}


def unit(staged: Stage, **more: Any) -> dict[str, Any]:
    organisation.add_body(
        actor=staged.world.installer, alliance=alliance_of(staged), kind="unit", name={"en": "Unit"}, parent=NATION,
        code="unit-y", since=dt.date(2020, 1, 1),
    )  # fmt: skip
    return {"alliance": alliance_of(staged), "code": "unit-y", **more}


def broken(staged: Stage) -> dict[str, Any]:
    Circulation.objects.filter(pk=staged.things["circulation"]).update(state="broken", ended=IN_CYCLE)
    return {
        "draft": staged.draft.pk,
        "circulation": staged.things["circulation"],
        "outcome": "noted",
        "why": "Because.",
    }


def with_a_version(staged: Stage) -> dict[str, Any]:
    at = {"draft": staged.draft, "place": "b2.text", "lang": "en", "at": IN_CYCLE}
    TextVersion.objects.create(number=0, text="Other words.", how="pack", **at)
    TextVersion.objects.create(number=1, text="Words.", how="written", **at)
    return {"draft": staged.draft.pk, "place": "b2.text", "lang": "en", "number": 0, "base": 1}


def frozen(staged: Stage) -> dict[str, Any]:
    ends = IN_CYCLE + dt.timedelta(days=30)
    Freeze.objects.filter(pk=staged.things["freeze"]).update(state="held", embargo=ends, folder="sampler/none")
    return {"draft": staged.draft.pk, "freeze": staged.things["freeze"], "why": "Because."}


#: Brings the stage to where the service comes to its end, and gives its arguments.
PREPARED: dict[str, Callable[[Stage], dict[str, Any]]] = {
    f"{_REPORTS}.corrections.request_correction": lambda s: {**accepted(s), **_no_correction(s)},
    f"{_REPORTS}.corrections.decide_correction": to_be_decided,
    f"{_ORGANISATIONS}.people.reinstate_person": suspended,
    f"{_ORGANISATIONS}.bodies.move_body": lambda s: unit(s, name={"en": "Other"}, since=dt.date(2023, 2, 1)),
    f"{_ORGANISATIONS}.bodies.close_body": lambda s: unit(s, until=dt.date(2023, 2, 1)),
    f"{_EDITIONS}.silence.decide": broken,
    f"{_EDITIONS}.drafting.restore_text": with_a_version,
    f"{_EDITIONS}.publishing.recall": frozen,
    f"{_EDITIONS}.publishing.disclose": lambda s: {
        "draft": s.draft.pk, "authority": "Council", "on": dt.date(2022, 12, 1),
    },
    f"{_EDITIONS}.drafting.suggest": lambda s: {
        "draft": s.draft.pk, "place": "b2.text", "lang": "en", "text": "Said otherwise.", "reason": "Because.",
    },
    f"{_EDITIONS}.drafting.save_texts": lambda s: {
        "draft": s.draft.pk, "edits": [TextEdit("b2.text", "en", "Said otherwise.", 0)],
    },
    f"{_EDITIONS}.drafting.decide_suggestion": lambda s: {
        "draft": s.draft.pk, "suggestion": s.things["suggestion"], "accept": False, "answer": "Not now.",
    },
    f"{_EDITIONS}.silence.decide_extension": lambda s: {
        "draft": s.draft.pk, "extension": s.things["extension"], "grant": True, "answer": "Granted.",
    },
    f"{_REPORTS}.clearance.clear": lambda s: {"report": s.report.pk, "remarks": "With a remark."},
    f"{_REPORTS}.assigning.assign_section": lambda s: {
        "report": s.report.pk, "section": "1", "post": s.post(f"{NATION}.drafter"), "due": DAY, "note": "Please.",
    },
    f"{_REPORTS}.discussing.set_flag": lambda s: {"thread": s.things["thread clarification"], "flag": True},
}  # fmt: skip


def _no_correction(staged: Stage) -> dict[str, Any]:
    """One is pending on the stage already; the office has refused it meanwhile."""
    Correction.objects.filter(pk=staged.things["correction"]).update(
        state="refused", decided=IN_CYCLE, decider=staged.world.people["coordinator"]
    )
    return {}


def run(staged: Stage, name: str, tried: Tried) -> bool:
    """Runs it as the first one who may, and compares. False: nobody's try came to an end."""
    kind = table().verbs[tried.verb].kind
    for state in [""] if tried.target else staged.states(kind):
        with transaction.atomic():
            staged.put(kind, state)
            arguments = PREPARED.get(name, tried.arguments)(staged)
            before = (held(alliance_of(staged)), words(), Entry.objects.count())
            done = any(succeeds(name, arguments, actor) for actor in staged.actors().values())
            if done:
                compare(staged, name, *before)
            transaction.set_rollback(True)
        if done:
            return True
    return False


def succeeds(name: str, arguments: Mapping[str, Any], actor: Actor) -> bool:
    try:
        with transaction.atomic():
            journal.SERVICES[name](**{"actor": actor, **arguments})
    except EireneError:
        return False
    return True


def alliance_of(staged: Stage) -> str:
    return str(staged.world.alliance.pk)


def compare(staged: Stage, name: str, before: Values, words_before: Mapping[str, Any], entries: int) -> None:
    new = list(Entry.objects.order_by("pk")[entries:])
    told: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for one in Change.objects.filter(entry__in=new).order_by("pk"):
        first = told.get((one.thing, one.field), (one.before, None))[0]
        told[one.thing, one.field] = (first, one.after)
    after = held(alliance_of(staged))
    changed = {
        key: (said(before.get(key)), said(after.get(key)))
        for key in {*before, *after}
        if said(before.get(key)) != said(after.get(key))
    }
    wrong = [
        f"{thing}, {field}: the tables went from {was} to {now}, the journal says {told.get((thing, field), 'nothing')}"
        for (thing, field), (was, now) in sorted(changed.items())
        if not _fits(told.get((thing, field)), was, now) and not _made_by_the_pack(thing, field, was)
    ]
    text = "\n".join(f"{a}\n{b}" for a, b in told.values())
    wrong += [
        f"{place}: {value!r} stands in no entry"
        for place, value in words().items()
        if value and value != words_before.get(place) and canonical(value)[1:-1] not in text
    ]
    if (changed or words() != words_before) and not new:
        wrong.append("it changed something and made no entry")
    assert len(new) <= 2, "more than one entry for each chain"
    if wrong:
        pytest.fail(f"{name}\n" + "\n".join(wrong), pytrace=False)


def _made_by_the_pack(thing: str, field: str, was: str | None) -> bool:
    """A draft begins with the texts of its pack, whose hash its entry names."""
    return thing.startswith("edition:") and field.startswith("text ") and was is None


def _fits(told: tuple[str | None, str | None] | None, was: str | None, now: str | None) -> bool:
    """What stands in the tables by default (planned, waiting, the deadline of the cycle) no entry had to say before."""
    if told is None:
        return False
    before, after = (None if one is None else said(json.loads(one)) for one in told)
    hidden = any(marker in (now or "") for marker in MARKERS)  # what was taken out of sight stands in no entry
    return after == now and (was in (before, None) or hidden)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_the_entry_says_what_the_tables_show(staged: Stage, name: str) -> None:
    with clock.at(IN_CYCLE):
        done = run(staged, name, SERVICES[name])
    if not done and name not in ELSEWHERE:
        pytest.fail(f"no try of {name} came to its end: give arguments that do, or add it to ELSEWHERE", pytrace=False)
    assert not (done and name in ELSEWHERE), f"{name} does come to its end: take it out of ELSEWHERE"
