"""An alliance that is nothing like Concordia, from `eirene alliance` to its release: in Spanish and Portuguese, with
codes of its own, another question that says how large a body is, four audiences instead of three. Nothing of
Concordia is hard-wired.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from cast import PACKS, espejo
from eirene.questionnaires import parse_report
from eirene.release import open_release, verify
from eirene_web import clock
from eirene_web.editions.models import Release
from eirene_web.editions.services import publishing, silence
from eirene_web.organisations import commands, queries, services
from eirene_web.organisations.models import Alliance
from eirene_web.reports.models import Report
from eirene_web.reports.services import cycles, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer import take_in
from eirene_web.reports.services.transfer.take_in import Choice
from typed import typed
from web.editions.stage import AFTER, EXPIRES, WRITING, Stage, work_off
from web.reports.transferring import handed_in, handed_out
from web.security.signing_in import client_of
from web.world import DEADLINE, IN_CYCLE, OPENS, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
CYCLE = "2021-22"
#: Women and men on land and at sea, whether there is a norm, days of leave.
ANSWERS = {"X1": ((40, 60), (10, 40), "yes", 120), "X2": ((20, 80), (30, 20), "no", 14)}


@pytest.fixture
def liga(settings: Any) -> World:
    """Founded by the command; everybody in their post, whose titles are in the alliance's languages."""
    told = CliRunner().invoke(commands.alliance, [str(PACKS / "espejo")], catch_exceptions=False).output
    assert told.startswith("liga: founded from espejo")
    settings.EIRENE_FORMATS = ("html", "xlsx")
    world = World(Alliance.objects.get(), espejo(), CYCLE, ("X1", "X2", "X3"))
    with clock.at(OPENS):
        for who, body, role in (
            ("coordinator", "_office", "coordinator"), ("reviewer", "_office", "reviewer"),
            *((f"{nation}.{role}", nation, role) for nation in world.nations for role in (
                "rapporteur", "authorised_officer")),
        ):  # fmt: skip
            takes_post(world, who, body, role)
        row = cycles.set_up_cycle(
            actor=world.actor("coordinator"), alliance="liga", code=CYCLE, opens=OPENS, deadline=DEADLINE
        )
        cycles.open_cycle(actor=world.actor("coordinator"), cycle=row.pk)
    return world


def takes_post(world: World, who: str, body: str, role: str) -> None:
    world.posts[who] = services.add_post(
        actor=world.installer, alliance="liga", body=body, title={"es": f"{who} (es)", "pt": f"{who} (pt)"},
        roles={role: ()}, contact=role == "rapporteur",
    )  # fmt: skip
    world.people[who] = services.person_named(f"{who.lower()}@liga.example", who)
    services.fill_post(
        actor=world.installer, post=world.posts[who].pk, person=world.people[who].pk, since=dt.date(2020, 1, 1)
    )


def on_the_web(world: World) -> None:
    (women, men), (sea_women, sea_men), norm, days = ANSWERS["X1"]
    edits = {
        ("dotacion", "cells.TIE|M"): women, ("dotacion", "cells.TIE|H"): men, ("dotacion", "cells.MAR|M"): sea_women,
        ("dotacion", "cells.MAR|H"): sea_men, ("norma", "value"): norm, ("norma", "particulars"): [{"titulo": "Ley 7"}],
        ("dias", "value"): days, ("notas", "value.pt"): "Nada mais.", ("norma", "naming"): True,
    }  # fmt: skip
    outcome = filling.save_answers(
        actor=world.actor("X1.rapporteur"), report=world.report("X1").pk,
        edits=[Edit(question, part, value, 0) for (question, part), value in edits.items()],
    )  # fmt: skip
    assert not outcome.refused


def in_excel(world: World) -> None:
    """In Spanish, the alliance's first language; the warning that it brings is explained in Portuguese."""
    (women, men), (sea_women, sea_men), norm, days = ANSWERS["X2"]
    handed = handed_out(world, "X2.rapporteur", "X2")
    boxes = {
        "dotacion|arma=TIE": {"1": women, "2": men}, "dotacion|arma=MAR": {"1": sea_women, "2": sea_men},
        f"X2/{CYCLE}/norma": {"1": norm}, f"X2/{CYCLE}/dias": {"1": days},
    }  # fmt: skip
    entry = handed_in(world, "X2.rapporteur", "X2", typed(handed, boxes))
    assert entry.state == "ready", entry.problems
    actor = world.actor("X2.rapporteur")
    stamp = take_in.preview(actor=actor, entry=entry.pk).stamp
    assert take_in.apply_import(actor=actor, entry=entry.pk, choice=Choice(stamp=stamp)).saved == 6
    filling.save_answers(
        actor=actor, report=world.report("X2").pk,
        edits=[Edit("dias", "justification.pt", "A lei muda em julho.", 0)],
    )  # fmt: skip


def goes_its_way(world: World, nation: str) -> None:
    report = world.report(nation)
    made = submitting.submit(
        actor=world.actor(f"{nation}.authorised_officer"), report=report.pk, version=report.version
    )
    parse_report(json.loads(bytes(made.document)), world.pack)
    reviewing.accept_report(actor=world.actor("reviewer"), report=report.pk)
    assert world.report(nation).state == Report.State.ACCEPTED


def published(world: World) -> dict[str, Path]:
    """Written, agreed, signed off, frozen for each of the four; where each release lies."""
    coordinator = world.actor("coordinator")
    stage = Stage(world)
    with clock.at(WRITING):
        stage.begin()
        assert (stage.draft.figures.reported, stage.draft.figures.asked) == (2, 3)
        stage.circulate(EXPIRES)
    with clock.at(AFTER):
        silence.end_due()
        draft = stage.draft
        publishing.disclose(actor=coordinator, draft=draft.pk, authority="Consejo", on=AFTER.date())
        publishing.prepare(
            actor=coordinator, draft=draft.pk, audiences=["secretaria", "gobiernos", "socios", "todos"],
            release_list=[], as_of=draft.as_of, embargo=None,
        )  # fmt: skip
        work_off()
        publishing.sign_off(actor=coordinator, draft=draft.pk)
        publishing.freeze(actor=coordinator, draft=draft.pk)
        work_off()
    return {one.audience: Path(one.path) for one in Release.objects.filter(slug="liga")}


def test_from_the_pack_to_its_release(liga: World) -> None:
    with clock.at(IN_CYCLE):
        on_the_web(liga)
        in_excel(liga)
        goes_its_way(liga, "X1")
        goes_its_way(liga, "X2")
    folders = published(liga)
    assert set(folders) == {"secretaria", "gobiernos", "socios", "todos"}
    for folder in folders.values():
        assert verify(folder).ok
    figures = open_release(folders["secretaria"]).figures
    women = next(f for key, f in figures.items() if key.startswith("mujeres.2021-22.estados.pooled") and "=" not in key)
    assert round(float(women.value), 2) == 33.33  # 100 of 300
    norm = next(f for key, f in figures.items() if key.startswith("con_norma."))
    assert float(norm.value) == 50
    for lang, words in (("es", "de la dotación son mujeres"), ("pt", "do efetivo são mulheres")):
        assert words in (folders["todos"] / f"summary.{lang}.html").read_text(encoding="utf-8")
    page = Client().get(f"/liga/{CYCLE}/gente/").content.decode()
    assert "de la dotación son mujeres" in page
    assert 'lang="es"' in page


@pytest.mark.parametrize("language", ["", "/fr"])
def test_every_page_of_its_work_is_there_and_names_nobody_else(liga: World, language: str) -> None:
    with clock.at(IN_CYCLE):
        on_the_web(liga)
        for who, paths in {
            "coordinator": ("", "cycles/", f"cycles/{CYCLE}/", f"cycles/{CYCLE}/reports/", "bodies/", "editions/"),
            "X1.rapporteur": ("", f"{CYCLE}/X1/", f"{CYCLE}/X1/section/A/", f"{CYCLE}/X1/section/B/",
                              f"{CYCLE}/X1/checks/", f"{CYCLE}/X1/files/", f"{CYCLE}/X1/clearance/"),
        }.items():  # fmt: skip
            client = client_of(liga, who)
            for path in paths:
                answer = client.get(f"{language}/liga/work/{path}")
                assert answer.status_code == 200, path
                text = answer.content.decode()
                assert not any(word in text for word in ("Concordia", "NATO", "OTAN", "Harbour")), path
        section = client_of(liga, "X1.rapporteur").get(f"{language}/liga/work/{CYCLE}/X1/section/A/").content.decode()
        assert "¿Cuántas personas prestan servicio?" in section
        files = client_of(liga, "X1.rapporteur").get(f"{language}/liga/work/{CYCLE}/X1/files/").content.decode()
    assert '<option value="es"' in files
    assert '<option value="pt"' in files


def test_names_come_in_its_first_language_where_the_reader_s_is_not_among_them(liga: World) -> None:
    assert queries.Names(liga.alliance, "fr", IN_CYCLE.date()).nation("X3") == "Ríoclaro"
