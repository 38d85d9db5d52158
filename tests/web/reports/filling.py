"""What tests of filling in share: the Sampler in its cycle 2022, with a report of 2021, and a browser signed in.

The sampler has a question of every type: section 1 tables (staff, ranks, cube), section 2 everything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cast import sampler
from eirene.questionnaires import parse_report
from eirene_web import clock
from eirene_web.reports.models import Cell, Report
from eirene_web.reports.services import filling, history
from eirene_web.reports.services.filling import Edit, Outcome
from web import world
from web.remembering import remembered
from web.world import IN_CYCLE, World

NATIONS = ("AAA", "BBB", "DDD")
LAST_YEAR: dict[str, Any] = {
    "staff": {
        "status": "answered",
        "cells": [
            {"service": "army", "sex": "women", "value": 40}, {"service": "army", "sex": "men", "value": 60},
            {"service": "_T", "sex": "women", "value": 40}, {"service": "_T", "sex": "men", "value": 60},
        ],
        "definition": {"categories": {"conscripts": "excluded", "cadets": "included"}, "fields": {"basis": "fte"}},
    },
    "law": {"status": "answered", "value": "no", "comment": {"en": "A bill is being drafted."}},
    "measures": {"status": "answered", "value": ["childcare"]},
    "leave_weeks": {"status": "answered", "value": 26},
    "remarks": {"status": "answered", "value": {"en": "As before.", "fr": "Comme avant."}},
    "courses": {"status": "answered", "rows": [{"course": "Basics", "persons": 12}, {"course": "Planning"}]},
}  # fmt: skip


def report_of(body: str, cycle: str, answers: dict[str, Any]) -> Any:
    questionnaire = "q1" if cycle < "2022" else "q2"
    data = {"format": "eirene.report/1", "pack": "sampler", "questionnaire": questionnaire, "cycle": cycle,
            "body": body, "answers": answers}  # fmt: skip
    return parse_report(data, sampler())


@pytest.fixture
def sampler_world(db: None) -> World:
    """Aland, Bland and Dland (which has no armed forces) on the morning of 2022; Aland reported in 2021."""
    return remembered("sampler_world", _sampler_world)


def _sampler_world() -> World:
    made = world.build(sampler(), "2022", NATIONS)
    with clock.at(world.OPENS):
        history.take_in_cycle(
            actor=made.actor("coordinator"), alliance="sampler", code="2021",
            reports=[report_of("AAA", "2021", LAST_YEAR)],
        )  # fmt: skip
    return made


@pytest.fixture
def during() -> Iterator[None]:
    """It is a day within the cycle."""
    with clock.at(IN_CYCLE):
        yield


def browser(world: World, who: str) -> Client:
    """Somebody with a browser, signed in."""
    client = Client()
    client.force_login(world.people[who])
    return client


def address(world: World, nation: str = "AAA", rest: str = "") -> str:
    return f"/{world.alliance.slug}/work/{world.code}/{nation}/{rest}"


def fields(response: HttpResponse) -> dict[str, list[str]]:
    """The form of a section as a browser without script would send it, untouched."""
    text = response.content.decode()
    form = text[text.index('<form id="fill"') :]
    form = form[: form.index("</form>")]
    assert "<form" not in form[1:]
    found: dict[str, list[str]] = {}
    for fieldset in re.split(r'(?=<fieldset class="bare")', form):
        if fieldset.startswith('<fieldset class="bare" disabled'):
            fieldset = fieldset[fieldset.index("</fieldset>") :] if "</fieldset>" in fieldset else ""
        for tag in re.findall(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", fieldset, re.DOTALL):
            name = re.search(r'name="([^"]*)"', tag)
            if name is None or 'type="file"' in tag:
                continue
            if re.search(r'type="(radio|checkbox)"', tag) and " checked" not in tag:
                continue
            found.setdefault(unescape(name[1]), []).append(_value(tag))
    return found


def _value(tag: str) -> str:
    if tag.startswith("<textarea"):
        return unescape(re.search(r">\n?(.*)</textarea>", tag, re.DOTALL)[1])  # type: ignore[index]
    if tag.startswith("<select"):
        chosen = re.search(r'<option value="([^"]*)" selected', tag)
        return unescape(chosen[1]) if chosen else ""
    value = re.search(r'value="([^"]*)"', tag, re.DOTALL)
    return unescape(value[1]) if value else "on"


def save(client: Client, world: World, section: str, *edits: tuple[Any, ...], nation: str = "AAA") -> Any:
    """Saves as the script does: (question, part, typed, base)."""
    told = [{"question": q, "part": p, "typed": t, "base": b[0] if b else 0} for q, p, t, *b in edits]
    return client.post(
        address(world, nation, f"section/{section}/save"), json.dumps({"edits": told}),
        content_type="application/json", headers={"accept": "application/json"},
    )  # fmt: skip


def fill(world: World, *edits: Edit, who: str = "AAA.rapporteur") -> Outcome:
    return filling.save_answers(actor=world.actor(who), report=world.report(who[:3]).pk, edits=edits)


def kept(world: World, question: str, part: str, nation: str = "AAA") -> Any:
    """What is kept of a part."""
    cell = Cell.objects.filter(report=world.report(nation), question=question, part=part).first()
    return cell.value if cell else None


def report(world: World, nation: str = "AAA") -> Report:
    return world.report(nation)
