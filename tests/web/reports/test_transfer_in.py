"""A workbook out, filled in, and in again: what it would change is shown, chosen, and done once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from cast import sampler, toy
from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import Cell, Export, Import
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer import out, take_in
from eirene_web.reports.services.transfer.take_in import MINE, THEIRS, Choice
from typed import typed
from web.reports.transferring import handed_in, handed_out, keys, run_jobs
from web.world import IN_CYCLE, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
WHO = "ALF.rapporteur"
CREW = "crew|cells"


@pytest.fixture(autouse=True)
def in_cycle() -> Iterator[None]:
    with clock.at(IN_CYCLE):
        yield


def save(world: World, **values: object) -> None:
    """Saves parts on the web, whatever their version: crew_women=12, charter="no"."""
    parts = {"women": ("crew", "cells.women"), "men": ("crew", "cells.men"), "total": ("crew", "cells._T"),
             "charter": ("charter", "value"), "comment": ("charter", "comment.en"), "status": ("charter", "status"),
             "reason": ("charter", "reason.en")}  # fmt: skip
    report = world.report("ALF")
    held = {(c.question, c.part): c.version for c in Cell.objects.filter(report=report)}
    edits = [Edit(*parts[name], value, held.get(parts[name], 0)) for name, value in values.items()]
    done = filling.save_answers(actor=world.actor(WHO), report=report.pk, edits=edits)
    assert not done.conflicts, done
    assert not done.refused, done


def standing(world: World) -> dict[str, object]:
    return {f"{c.question}/{c.part}": c.value for c in Cell.objects.filter(report=world.report("ALF"))}


def take(world: World, entry: Import, **choice: object) -> take_in.Taken:
    shown = take_in.preview(actor=world.actor(WHO), entry=entry.pk)
    choice.setdefault("stamp", shown.stamp)
    return take_in.apply_import(actor=world.actor(WHO), entry=entry.pk, choice=Choice(**choice))  # type: ignore[arg-type]


def test_what_comes_back_untouched_changes_nothing(harbour_world: World) -> None:
    save(harbour_world, women=12, men=30, total=42, charter="no", comment="As last year.")
    entry = handed_in(harbour_world, WHO, "ALF", handed_out(harbour_world, WHO, "ALF"))
    shown = take_in.preview(actor=harbour_world.actor(WHO), entry=entry.pk)
    assert entry.state == "ready"
    assert shown.items == ()
    assert (shown.same, shown.kept) == (5, 0)


def test_an_empty_form_filled_in_is_taken_over(harbour_world: World) -> None:
    blank = handed_out(harbour_world, WHO, "ALF")
    data = typed(blank, {CREW: {"1": 12, "2": 30, "3": 42}, "ALF/2022/charter": {"1": "no"}})
    entry = handed_in(harbour_world, WHO, "ALF", data)
    assert keys(harbour_world, WHO, entry) == {
        "crew/cells.women": (None, 12, False), "crew/cells.men": (None, 30, False),
        "crew/cells._T": (None, 42, False), "charter/value": (None, "no", False),
    }  # fmt: skip
    assert standing(harbour_world) == {}
    done = take(harbour_world, entry)
    assert (done.saved, done.left, done.again) == (4, 0, False)
    assert standing(harbour_world) == {
        "crew/cells.women": 12, "crew/cells.men": 30, "crew/cells._T": 42, "charter/value": "no"
    }  # fmt: skip
    last = Entry.objects.filter(verb="answer.fill").latest("pk")
    assert "report.xlsx" in next(c.after or "" for c in last.changes.all() if c.field == "reason")


@pytest.mark.parametrize(
    ("in_file", "on_web", "shown", "conflict"),
    [
        (None, None, False, False),  # neither changed it
        (13, None, True, False),  # the file alone
        (None, 14, False, False),  # the web alone: it stays
        (13, 14, True, True),  # both, differently
        (13, 13, False, False),  # both, alike
    ],
)
def test_who_changed_it_decides_what_is_shown(
    harbour_world: World, in_file: int | None, on_web: int | None, shown: bool, conflict: bool
) -> None:
    save(harbour_world, women=12, men=30, total=42)
    data = handed_out(harbour_world, WHO, "ALF")
    if in_file is not None:
        data = typed(data, {CREW: {"1": in_file}})
    if on_web is not None:
        save(harbour_world, women=on_web)
    found = keys(harbour_world, WHO, handed_in(harbour_world, WHO, "ALF", data))
    assert found == ({"crew/cells.women": (on_web or 12, in_file, conflict)} if shown else {})


@pytest.mark.parametrize(("said", "stands"), [(MINE, 13), (THEIRS, 14)])
def test_a_conflict_is_chosen(harbour_world: World, said: str, stands: int) -> None:
    save(harbour_world, women=12)
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 13}})
    save(harbour_world, women=14)
    entry = handed_in(harbour_world, WHO, "ALF", data)
    open_ = take(harbour_world, entry)
    assert open_.undecided == ("crew/cells.women",)
    assert standing(harbour_world)["crew/cells.women"] == 14
    assert not take(harbour_world, entry, conflicts={"crew/cells.women": said}).again
    assert standing(harbour_world)["crew/cells.women"] == stands


def test_one_word_decides_all_conflicts(harbour_world: World) -> None:
    save(harbour_world, women=12, men=30)
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 13, "2": 31}})
    save(harbour_world, women=14, men=32)
    entry = handed_in(harbour_world, WHO, "ALF", data)
    take(harbour_world, entry, conflicts={"crew/cells.men": THEIRS}, rest=MINE)
    assert standing(harbour_world) == {"crew/cells.women": 13, "crew/cells.men": 32}


def test_a_box_that_was_emptied_is_shown_as_emptied_and_can_be_left_out(harbour_world: World) -> None:
    save(harbour_world, women=12, men=30, comment="Old.", charter="no")
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": None}, "charter|comment@en": {"1": None}})
    entry = handed_in(harbour_world, WHO, "ALF", data)
    assert keys(harbour_world, WHO, entry) == {
        "crew/cells.women": (12, None, False), "charter/comment.en": ("Old.", None, False)
    }  # fmt: skip
    take(harbour_world, entry, leave=["charter/comment.en"])
    assert standing(harbour_world)["crew/cells.women"] is None
    assert standing(harbour_world)["charter/comment.en"] == "Old."


def test_blank_where_nothing_was_handed_out_says_nothing(harbour_world: World) -> None:
    save(harbour_world, women=12, men=30, charter="no")
    empty = handed_out(harbour_world, WHO, "ALF", filled=False)
    entry = handed_in(harbour_world, WHO, "ALF", typed(empty, {CREW: {"1": 12, "2": 31}}))
    # What the form did not show is not overwritten unawares.
    assert keys(harbour_world, WHO, entry) == {"crew/cells.men": (30, 31, True)}


def test_a_workbook_whose_export_is_not_known_clears_nothing(harbour_world: World) -> None:
    save(harbour_world, women=12, men=30, charter="no")
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": None, "2": 31}})
    Export.objects.all().delete()
    entry = handed_in(harbour_world, WHO, "ALF", data)
    assert keys(harbour_world, WHO, entry) == {"crew/cells.men": (30, 31, True)}
    assert "not known here" in take_in.in_words(entry.notes, "en")[0].what
    assert "pas connue ici" in take_in.in_words(entry.notes, "fr")[0].what


def test_a_part_of_the_form_says_nothing_about_the_rest(db: None) -> None:
    world = build(sampler(), "2022", ("AAA",))
    actor, report = world.actor("AAA.rapporteur"), world.report("AAA").pk
    filling.save_answers(
        actor=actor, report=report, edits=[Edit("leave_weeks", "value", 18), Edit("law", "value", "no")]
    )
    part = handed_out(world, "AAA.rapporteur", "AAA", sections=["1"])
    assert keys(world, "AAA.rapporteur", handed_in(world, "AAA.rapporteur", "AAA", part)) == {}
    whole = handed_out(world, "AAA.rapporteur", "AAA")
    emptied = typed(whole, {"AAA/2022/leave_weeks": {"1": None}})
    found = keys(world, "AAA.rapporteur", handed_in(world, "AAA.rapporteur", "AAA", emptied))
    assert found == {"leave_weeks/value": (18, None, False)}


def test_a_workbook_of_another_cycle_is_refused_with_both_named(db: None) -> None:
    from eirene.formats import write_workbook

    world = build(sampler(), "2022", ("AAA",))
    entry = handed_in(world, "AAA.rapporteur", "AAA", write_workbook(sampler(), "2021", "AAA"))
    told = " ".join(p.what for p in take_in.in_words(entry.problems, "en"))
    assert "2021" in told
    assert "2022" in told
    entry = handed_in(world, "AAA.rapporteur", "AAA", write_workbook(toy(), "2022", "ALF"))
    assert entry.state == "refused"


def test_a_reason_put_in_place_of_a_value_and_a_value_in_place_of_a_reason(harbour_world: World) -> None:
    save(harbour_world, charter="no")
    row = {"ALF/2022/charter": {"1": None, "status": "no data"}, "charter|reason@en": {"1": "Not yet known."}}
    entry = handed_in(harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), row))
    assert set(keys(harbour_world, WHO, entry)) == {"charter/status", "charter/reason.en"}
    take(harbour_world, entry)
    assert standing(harbour_world)["charter/status"] == "no_data"
    back = {"ALF/2022/charter": {"1": "yes", "status": None}, "charter|reason@en": {"1": None}}
    entry = handed_in(harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), back))
    take(harbour_world, entry)
    assert standing(harbour_world) == {"charter/value": "yes", "charter/status": None, "charter/reason.en": None}


def test_a_comment_beside_no_answer_comes_back_as_it_was(harbour_world: World) -> None:
    save(harbour_world, comment="Being drafted.")
    entry = handed_in(harbour_world, WHO, "ALF", handed_out(harbour_world, WHO, "ALF"))
    assert keys(harbour_world, WHO, entry) == {}
    assert [n.what for n in take_in.in_words(entry.notes, "en") if "nothing is filled in" in n.what] == []


def test_json_says_what_it_says_and_clears_nothing(harbour_world: World) -> None:
    import json

    save(harbour_world, women=12, charter="no")
    data = {"format": "eirene.report/1", "pack": "toy", "questionnaire": "one", "cycle": "2022", "body": "ALF",
            "answers": {"crew": {"status": "answered", "cells": [{"sex": "women", "value": 12},
                                                                {"sex": "men", "value": 30}]}}}  # fmt: skip
    entry = handed_in(harbour_world, WHO, "ALF", json.dumps(data).encode(), "report.json")
    assert keys(harbour_world, WHO, entry) == {"crew/cells.men": (None, 30, False)}


def test_taken_over_twice_is_once(harbour_world: World) -> None:
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 12}})
    entry = handed_in(harbour_world, WHO, "ALF", data)
    first = take(harbour_world, entry)
    again = take_in.apply_import(actor=harbour_world.actor(WHO), entry=entry.pk, choice=Choice())
    assert (first.saved, first.already, again.saved, again.already) == (1, False, 1, True)
    assert harbour_world.report("ALF").version == 1
    # The same file again: nothing is left to do, and it says so.
    later = handed_in(harbour_world, WHO, "ALF", data)
    assert keys(harbour_world, WHO, later) == {}
    assert "taken over once already" in take_in.in_words(later.notes, "en")[0].what


def test_what_moves_between_the_look_and_the_hand_is_shown_again(harbour_world: World) -> None:
    save(harbour_world, women=12)
    entry = handed_in(harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 13}}))
    stamp = take_in.preview(actor=harbour_world.actor(WHO), entry=entry.pk).stamp
    save(harbour_world, women=14)
    done = take(harbour_world, entry, stamp=stamp)
    assert done.again
    assert standing(harbour_world)["crew/cells.women"] == 14
    assert keys(harbour_world, WHO, entry) == {"crew/cells.women": (14, 13, True)}


def test_killed_in_the_middle_nothing_is_half_done_and_it_can_be_done_again(
    harbour_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = handed_in(
        harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 12, "2": 30}})
    )

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(take_in, "_finish", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():  # as the service's own, outside of a test
            take(harbour_world, entry)
    assert standing(harbour_world) == {}
    assert Import.objects.get(pk=entry.pk).state == "ready"
    assert take(harbour_world, entry).saved == 2


def test_the_task_killed_while_reading_is_started_again_and_reads_once(
    harbour_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eirene_web.reports import tasks
    from eirene_web.reports.services.transfer import reading
    from eirene_web.work.models import Job

    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 12}})
    entry = take_in.upload(actor=harbour_world.actor(WHO), report=harbour_world.report("ALF").pk, name="x", data=data)
    job = Job.objects.get(subject=f"import:{entry.pk}")

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reading, "compared", dies)
        with pytest.raises(KeyboardInterrupt):
            tasks.read_import.func(job=job.pk, entry=entry.pk)
    assert Import.objects.get(pk=entry.pk).state == "reading"
    tasks.read_import.func(job=job.pk, entry=entry.pk)
    assert Import.objects.get(pk=entry.pk).state == "ready"
    take(harbour_world, Import.objects.get(pk=entry.pk))
    reading.read_entry(entry.pk)  # a second start of the same task, late
    assert Import.objects.get(pk=entry.pk).state == "applied"


def test_two_files_at_once_are_two_entries_and_the_second_sees_what_the_first_did(harbour_world: World) -> None:
    out_ = handed_out(harbour_world, WHO, "ALF")
    one = handed_in(harbour_world, WHO, "ALF", typed(out_, {CREW: {"1": 12}}))
    two = handed_in(harbour_world, WHO, "ALF", typed(out_, {CREW: {"1": 13, "2": 30}}))
    take(harbour_world, one)
    assert keys(harbour_world, WHO, two) == {
        "crew/cells.women": (12, 13, True), "crew/cells.men": (None, 30, False)
    }  # fmt: skip


def test_the_same_file_sent_twice_is_one_entry(harbour_world: World) -> None:
    data = handed_out(harbour_world, WHO, "ALF")
    actor, report = harbour_world.actor(WHO), harbour_world.report("ALF").pk
    one = take_in.upload(actor=actor, report=report, name="a.xlsx", data=data)
    two = take_in.upload(actor=actor, report=report, name="a.xlsx", data=data)
    assert one == two


def test_a_workbook_of_another_body_or_cycle_is_refused_in_words(harbour_world: World) -> None:
    entry = handed_in(harbour_world, WHO, "ALF", handed_out(harbour_world, "BRA.rapporteur", "BRA"))
    assert entry.state == "refused"
    problems = take_in.in_words(entry.problems, "en")
    assert "BRA" in problems[0].what
    assert problems[0].remedy
    assert take_in.in_words(entry.problems, "fr")[0].what != problems[0].what


def test_a_wrong_value_is_told_with_sheet_cell_value_and_remedy_in_both_languages(harbour_world: World) -> None:
    entry = handed_in(
        harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": "about 50"}})
    )
    (problem,) = take_in.in_words(entry.problems, "en")
    assert "about 50" in problem.what
    assert "sheet" in problem.where
    assert problem.remedy
    (problem,) = take_in.in_words(entry.problems, "fr")
    assert "feuille" in problem.where


def test_dropped_is_dropped(harbour_world: World) -> None:
    entry = handed_in(harbour_world, WHO, "ALF", typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 12}}))
    take_in.drop_import(actor=harbour_world.actor(WHO), entry=entry.pk)
    row = Import.objects.get(pk=entry.pk)
    assert (row.state, row.changes) == ("dropped", {})
    with pytest.raises(Exception, match="dropped"):
        take(harbour_world, entry)


def test_others_nations_and_the_office_find_nothing(harbour_world: World) -> None:
    entry = handed_in(harbour_world, WHO, "ALF", handed_out(harbour_world, WHO, "ALF"))
    report = harbour_world.report("ALF").pk
    for who in ("BRA.rapporteur", "coordinator", "ALF.drafter", "outsider"):
        actor = harbour_world.actor(who)
        for call in (
            lambda actor=actor: take_in.preview(actor=actor, entry=entry.pk),
            lambda actor=actor: take_in.drop_import(actor=actor, entry=entry.pk),
            lambda actor=actor: take_in.apply_import(actor=actor, entry=entry.pk, choice=Choice()),
            lambda actor=actor: take_in.upload(actor=actor, report=report, name="x", data=b"x"),
            lambda actor=actor: out.workbook(actor=actor, report=report),
        ):
            with pytest.raises(NotThere):
                call()
    reader = harbour_world.actor("ALF.reader")
    assert take_in.preview(actor=reader, entry=entry.pk).items == ()
    for refused in (
        lambda: take_in.upload(actor=reader, report=report, name="x", data=b"x"),
        lambda: take_in.drop_import(actor=reader, entry=entry.pk),
        lambda: take_in.apply_import(actor=reader, entry=entry.pk, choice=Choice()),
        lambda: take_in.read_again(actor=reader, entry=entry.pk),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_task_that_failed_can_be_started_again(harbour_world: World) -> None:
    from eirene_web.work.models import Job

    actor, report = harbour_world.actor(WHO), harbour_world.report("ALF").pk
    data = typed(handed_out(harbour_world, WHO, "ALF"), {CREW: {"1": 12}})
    entry = take_in.upload(actor=actor, report=report, name="x.xlsx", data=data)
    with pytest.raises(UsageError, match="being read"):
        take_in.read_again(actor=actor, entry=entry.pk)
    Job.objects.update(state="failed", finished=IN_CYCLE)
    take_in.read_again(actor=actor, entry=entry.pk)
    run_jobs()
    assert Import.objects.get(pk=entry.pk).state == "ready"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\report.xlsx", "report.xlsx"),
        ("re\u202eport.xlsx", "report.xlsx"),
        ("a\x00b\n.xlsx", "ab.xlsx"),
        ("<script>.xlsx", "_script_.xlsx"),
        ("..", "file without a name"),
    ],
)
def test_names_of_files_do_no_harm(harbour_world: World, given: str, kept: str) -> None:
    data = handed_out(harbour_world, WHO, "ALF")
    report = harbour_world.report("ALF").pk
    entry = take_in.upload(actor=harbour_world.actor(WHO), report=report, name=given, data=data)
    assert entry.name == kept
    long = take_in.upload(actor=harbour_world.actor("ALF.rapporteur"), report=report, name="é" * 300 + ".xlsx",
                          data=data + b"\0")  # fmt: skip
    assert len(long.name) <= 150
    assert long.name.endswith("….xlsx")
    run_jobs()
