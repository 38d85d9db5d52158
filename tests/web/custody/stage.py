"""A cycle in which one name slips into everything that can hold one, step by step, each through its own service."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django_tasks_db.models import DBTaskResult

from cast import toy_report
from eirene_web import clock
from eirene_web.api.models import Answered
from eirene_web.editions.models import Draft, TextVersion
from eirene_web.editions.services import drafting, positions, publishing, silence
from eirene_web.files.services import keep
from eirene_web.organisations.services.people import suspend_person
from eirene_web.reports.models import Import, Thread
from eirene_web.reports.services import (
    assigning,
    clearance,
    corrections,
    cycles,
    discussing,
    evidence,
    filling,
    reviewing,
    submitting,
)
from eirene_web.reports.services.clearance import Paper
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer import take_in
from eirene_web.work.models import Job
from web.editions.stage import Stage, work_off
from web.reports.test_a_report_goes_its_way import fill
from web.reports.transferring import handed_in, handed_out
from web.world import IN_CYCLE, World

NAME = "Zerlindaquux"
OUT = dt.datetime(2023, 4, 20, 10, tzinfo=dt.UTC)


def said(what: str) -> str:
    return f"{what}: ask Captain {NAME} about it."


def build(world: World) -> None:
    """The report of ALF with everything said beside it, accepted and corrected; then the edition to a release."""
    with clock.at(IN_CYCLE):
        _office(world)
        _filled_in(world)
        _cleared(world)
        _reviewed(world)
        _corrected(world)
        for nation in ("BRA", "CHA"):
            fill(world, nation)
            _submit(world, nation)
            reviewing.accept_report(actor=world.actor("reviewer"), report=world.report(nation).pk)
    with clock.at(IN_CYCLE + dt.timedelta(days=1)):
        _elsewhere(world)
    with clock.at(dt.datetime(2023, 4, 3, 9, tzinfo=dt.UTC)):
        _edition(Stage(world))


def _office(world: World) -> None:
    coordinator = world.actor("coordinator")
    milestone = {"what": {"en": f"Talk with {NAME}"}, "on": "2023-03-01"}
    cycles.change_cycle(actor=coordinator, cycle=world.cycle.pk, milestones=[milestone], why=said("The plan"))
    later = IN_CYCLE + dt.timedelta(days=90)
    cycles.extend_deadline(actor=coordinator, report=world.report("CHA").pk, deadline=later, why=said("More time"))
    suspend_person(
        actor=world.actor("clerk"), alliance="harbour", person=world.people["observer"].pk, why=said("Suspended")
    )


def _filled_in(world: World) -> None:
    fill(world)
    rapporteur, report = world.actor("ALF.rapporteur"), world.report("ALF").pk
    assigning.assign_section(
        actor=rapporteur, report=report, section="s1", post=world.posts["ALF.drafter"].pk, note=said("The note")
    )
    edits = [
        Edit("crew", "comment.en", said("The comment")), Edit("crew", "justification.en", said("The justification")),
        Edit("charter", "comment.en", said("Another comment")), Edit("charter", "comment.fr", f"Voir {NAME}."),
    ]  # fmt: skip
    assert not filling.save_answers(actor=rapporteur, report=report, edits=edits, why=said("Saved because")).refused
    evidence.add_evidence(
        actor=rapporteur, report=report, question="crew", name=f"{NAME}.txt", content=said("The file").encode()
    )
    handed_out(world, "ALF.rapporteur", "ALF")
    data = toy_report("ALF", 12, 30, "no")
    data["answers"]["crew"]["comment"] = {"en": said("The comment in a file")}
    for take_over in (False, True):
        entry = handed_in(world, "ALF.rapporteur", "ALF", json.dumps(data).encode(), f"{NAME}-{take_over}.json")
        assert entry.state == Import.State.READY, entry.problems
        if take_over:
            choice = take_in.Choice(rest=take_in.MINE)
            assert take_in.apply_import(actor=rapporteur, entry=entry.pk, choice=choice).saved
    for kind in Thread.Kind.values:
        who = rapporteur if kind in discussing.OF_NATION else world.actor("reviewer")
        if kind in discussing.OF_NATION:
            thread = discussing.open_thread(
                actor=who, report=report, kind=kind, question="crew", text=said(f"A {kind}")
            )
            discussing.close_thread(actor=who, thread=thread.pk, why=said("Closed"))


def _cleared(world: World) -> None:
    rapporteur, report = world.actor("ALF.rapporteur"), world.report("ALF").pk
    head, officer = world.posts["ALF.head"].pk, world.posts["ALF.officer"].pk
    clearance.start_clearance(actor=rapporteur, report=report, steps=[[head], [officer]])
    clearance.withdraw(actor=rapporteur, report=report, why=said("Taken back"))
    clearance.start_clearance(actor=rapporteur, report=report, steps=[[head], [officer]])
    clearance.choose_chain(actor=rapporteur, report=report, steps=[[head], [officer]], why=said("Another chain"))
    clearance.clear(actor=world.actor("ALF.head"), report=report, remarks=said("Cleared"))
    clearance.send_back(actor=world.actor("ALF.officer"), report=report, why=said("Sent back"))
    clearance.start_clearance(actor=rapporteur, report=report, steps=[[head], [officer]])
    paper = Paper(
        f"Office of {NAME}", f"{NAME} 12/3", dt.date(2023, 1, 31), keep(said("The scan").encode()), f"{NAME}.pdf",
        "application/pdf",
    )  # fmt: skip
    clearance.record_paper(actor=rapporteur, report=report, post=head, paper=paper, remarks=said("On paper"))
    clearance.clear(actor=world.actor("ALF.officer"), report=report)
    _submit(world)


def _submit(world: World, nation: str = "ALF") -> None:
    row = world.report(nation)
    submitting.submit(actor=world.actor(f"{nation}.officer"), report=row.pk, version=row.version)


def _reviewed(world: World) -> None:
    reviewer, report = world.actor("reviewer"), world.report("ALF").pk
    for kind in ("clarification", "office"):
        thread = discussing.open_thread(
            actor=reviewer, report=report, kind=kind, question="crew", text=said(f"A {kind}")
        )
        discussing.write(actor=reviewer, thread=thread.pk, text=said("Once more"))
    reviewing.return_report(
        actor=reviewer, report=report, reason=said("Returned"), questions={"crew": said("Which"), "charter": "?"}
    )
    _submit(world)
    reviewing.accept_report(actor=reviewer, report=report)


def _corrected(world: World) -> None:
    report, officer = world.report("ALF").pk, world.actor("ALF.officer")
    for accept in (False, True):
        made = corrections.request_correction(
            actor=officer, report=report, question="charter", reason=said(f"Corrected {accept}"),
            changes={"comment.en": said(f"The corrected comment {accept}")},
        )  # fmt: skip
        corrections.decide_correction(
            actor=world.actor("coordinator"), correction=made.pk, accept=accept, decision=said(f"Decided {accept}")
        )


def _elsewhere(world: World) -> None:
    """What programs and the background keep of it."""
    person, text = world.people["ALF.rapporteur"], said("The comment")
    Job.objects.create(
        kind="import", alliance="harbour", nation="ALF", person=person, state="failed", created=IN_CYCLE,
        finished=IN_CYCLE, error={"what": f"“{text}” is no number.", "where": "B7", "remedy": ""},
    )  # fmt: skip
    DBTaskResult.objects.create(
        task_path="eirene_web.reports.tasks.read_import", args_kwargs={"args": [], "kwargs": {}},
        queue_name="default", backend_name="default", priority=0, status="FAILED",
        run_after=IN_CYCLE, traceback=f"ValueError: {text!r}",
    )  # fmt: skip
    answer = json.dumps({"comment": {"en": text}}).encode()
    Answered.objects.create(token=1, key="k", asked="a" * 64, status=200, body=answer, at=IN_CYCLE)


def _edition(stage: Stage) -> None:
    coordinator, officer = stage.world.actor("coordinator"), stage.world.actor("ALF.officer")
    draft = stage.begin()
    place = next(p for p in _places(draft) if p.startswith("b") and p.endswith(".text"))
    drafting.save_texts(actor=coordinator, draft=draft.pk, edits=[drafting.Edit(place, "en", said("The text"), 0)])
    offered = drafting.suggest(
        actor=coordinator, draft=draft.pk, place=place, lang="en", text=said("Suggested"), reason=said("Why so")
    )
    drafting.decide_suggestion(
        actor=coordinator, draft=draft.pk, suggestion=offered.pk, accept=True, answer=said("Taken over")
    )
    assert TextVersion.objects.filter(draft=draft, place=place).count() == 3
    chapter = draft.content["chapters"][0]["uid"]
    drafting.comment(actor=coordinator, draft=draft.pk, place=chapter, text=said("A remark of the office"))
    drafting.comment(actor=officer, draft=draft.pk, place=chapter, text=said("A remark of the nation"), nation="ALF")
    positions.footnote(actor=officer, draft=draft.pk, nation="ALF", text={"en": said("The footnote")})
    recalled = stage.circulate(OUT)
    silence.recall(actor=coordinator, draft=draft.pk, circulation=recalled.pk, why=said("Recalled"))
    out = stage.circulate(OUT)
    silence.ask_time(
        actor=officer, draft=draft.pk, circulation=out.pk, nation="ALF", until=OUT + dt.timedelta(days=9),
        reason=said("More time"),
    )  # fmt: skip
    silence.decide_extension(
        actor=coordinator, draft=draft.pk, extension=out.extensions.get().pk, grant=False, answer=said("No more time")
    )
    silence.break_silence(
        actor=officer, draft=draft.pk, circulation=out.pk, nation="ALF", on="charter_share", reason=said("Broken"),
        wording={"en": said("The wording")},
    )  # fmt: skip
    silence.decide(actor=coordinator, draft=draft.pk, circulation=out.pk, outcome="noted", why=said("Noted"))
    publishing.disclose(actor=coordinator, draft=draft.pk, authority=f"Council of {NAME}", on=dt.date(2023, 4, 2))
    publishing.prepare(
        actor=coordinator, draft=draft.pk, audiences=["secretariat", "everyone"], release_list=[f"Office of {NAME}"],
        as_of=draft.as_of, embargo=None,
    )  # fmt: skip
    work_off()
    publishing.sign_off(actor=coordinator, draft=draft.pk)
    publishing.freeze(actor=coordinator, draft=draft.pk)
    work_off()
    assert stage.draft.state == Draft.State.PUBLISHED, stage.draft.freezes.values_list("error", flat=True)


def _places(draft: Draft) -> list[str]:
    from eirene_web.editions.content import places

    return [place for place, node in places(draft.content) if (node.get("text") or {}).get("en")]


# --- looking --------------------------------------------------------------------------------------------------------


def everywhere(home: Path) -> list[str]:
    """Where the name is to be found: in every table, packed values opened, and in every file of the installation."""
    return sorted({*_tables(), *_files(home)})


def _tables() -> Iterator[str]:
    return (column for column, _value in values())


def values() -> Iterator[tuple[str, str]]:
    """(table.column, value) of everything in the database that has the name."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if NAME in (text := _opened(value)):
                        yield f"{table}.{column}", _plain(text)


def _opened(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    try:
        return zlib.decompress(bytes(value)).decode(errors="replace")
    except zlib.error:
        return bytes(value).decode(errors="replace")


def _plain(text: str) -> str:
    """JSON in one way of writing it."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def _files(home: Path) -> Iterator[str]:
    for path in home.rglob("*"):
        if path.is_file() and not path.name.startswith("eirene.sqlite3") and NAME.encode() in path.read_bytes():
            yield f"{path.relative_to(home).parts[0]}/"
