"""A package out, filled in where nobody reaches it, and its answer in again: shown like any file, taken over once."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eirene.formats.package import close_package, open_package, read_package
from eirene_web import clock
from eirene_web.files.models import Blob
from eirene_web.files.services import path_of, sweep
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import Cell, EvidenceFile, Export
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer import keys, packages, take_in
from eirene_web.reports.services.transfer.take_in import Choice
from typed import typed
from web.reports import transferring
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
WHO = "ALF.rapporteur"


@pytest.fixture(autouse=True)
def in_cycle() -> Iterator[None]:
    with clock.at(IN_CYCLE):
        yield


@pytest.fixture
def world(harbour_world: World) -> World:
    edits = [Edit("crew", "cells.women", 12), Edit("crew", "cells.men", 30), Edit("charter", "comment.en", "Old.")]
    filling.save_answers(actor=harbour_world.actor(WHO), report=harbour_world.report("ALF").pk, edits=edits)
    return harbour_world


def package(world: World, **how: bool) -> bytes:
    return packages.hand_out(actor=world.actor(WHO), report=world.report("ALF").pk, **how).file.data


def closed(data: bytes, folder: Path, boxes: dict[str, dict[str, object]] | None = None) -> bytes:
    """What happens on the closed network."""
    folder.mkdir()
    (folder / "package.zip").write_bytes(data)
    opened = folder / "opened"
    open_package(read_package(folder / "package.zip", keys.fingerprint_shown()), opened)
    (book,) = (opened / "workbooks").iterdir()
    book.write_bytes(typed(book.read_bytes(), boxes or {"crew|cells": {"1": 13}}))
    (opened / "evidence" / "2").mkdir()
    (opened / "evidence" / "2" / "charter.pdf").write_bytes(b"%PDF-1.7 x")
    return close_package(opened).data


def taken(world: World, entry: object, **choice: object) -> take_in.Taken:
    return take_in.apply_import(actor=world.actor(WHO), entry=entry.pk, choice=Choice(**choice))  # type: ignore


def test_the_answer_to_a_package_is_shown_and_taken_over_with_its_evidence(world: World, tmp_path: Path) -> None:
    back = closed(package(world), tmp_path / "net", {"crew|cells": {"1": 13}, "charter|comment@en": {"1": None}})
    entry = transferring.handed_in(world, WHO, "ALF", back, "back.zip")
    assert entry.state == "ready", entry.problems
    assert transferring.keys(world, WHO, entry) == {
        "crew/cells.women": (12, 13, False), "charter/comment.en": ("Old.", None, False)
    }  # fmt: skip
    done = taken(world, entry)
    assert (done.saved, done.attached) == (2, 1)
    assert Cell.objects.get(part="cells.women").value == 13
    assert EvidenceFile.objects.get().name == "charter.pdf"


def test_the_same_answer_again_changes_nothing_and_says_so(world: World, tmp_path: Path) -> None:
    back = closed(package(world), tmp_path / "net")
    taken(world, transferring.handed_in(world, WHO, "ALF", back))
    version = world.report("ALF").version
    again = transferring.handed_in(world, WHO, "ALF", back)
    assert "taken over once already" in take_in.in_words(again.notes, "en")[0].what
    assert transferring.keys(world, WHO, again) == {}
    done = taken(world, again)
    assert (done.saved, done.attached) == (0, 0)
    assert world.report("ALF").version == version
    assert EvidenceFile.objects.count() == 1


def test_another_answer_to_the_same_package_is_compared_with_what_stands(world: World, tmp_path: Path) -> None:
    data = package(world)
    one = closed(data, tmp_path / "a")
    two = closed(data, tmp_path / "b", {"crew|cells": {"1": 14}})
    taken(world, transferring.handed_in(world, WHO, "ALF", one))
    entry = transferring.handed_in(world, WHO, "ALF", two)
    assert "Another file" in take_in.in_words(entry.notes, "en")[0].what
    assert transferring.keys(world, WHO, entry) == {"crew/cells.women": (13, 14, True)}


def test_an_older_package_is_told(world: World, tmp_path: Path) -> None:
    back = closed(package(world), tmp_path / "net")
    package(world)
    entry = transferring.handed_in(world, WHO, "ALF", back)
    assert "newer package" in take_in.in_words(entry.notes, "en")[0].what


def remade(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        held = {name: source.read(name) for name in source.namelist()}
    change(held)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in held.items():
            target.writestr(name, content)
    return buffer.getvalue()


def test_what_was_touched_is_anothers_or_came_too_late_is_refused_in_words(world: World, tmp_path: Path) -> None:
    data = package(world)
    back = closed(data, tmp_path / "net")

    def said(content: bytes) -> str:
        entry = transferring.handed_in(world, WHO, "ALF", content, "back.zip")
        assert entry.state == "refused"
        (problem,) = take_in.in_words(entry.problems, "en")
        assert problem.remedy
        return problem.what

    touched = remade(back, lambda held: held.update({"parts.json": held["parts.json"].replace(b"13", b"99")}))
    assert "changed or damaged" in said(touched)
    assert "the package that went out" in said(data)
    with clock.at(IN_CYCLE + dt.timedelta(days=packages.VALID_DAYS + 1)):
        assert "too late" in said(back + b"")
    Export.objects.all().delete()
    assert "does not answer" in said(remade(back, lambda held: None))
    assert Cell.objects.get(part="cells.women").value == 12


def test_a_package_of_another_nation_is_as_unknown_as_one_from_elsewhere(world: World, tmp_path: Path) -> None:
    back = closed(package(world), tmp_path / "net")
    entry = transferring.handed_in(world, "BRA.rapporteur", "BRA", back)
    (problem,) = take_in.in_words(entry.problems, "en")
    assert "does not answer a package of this report" in problem.what
    assert "ALF" not in str(problem)


def test_who_cannot_fill_in_gets_no_package(world: World) -> None:
    report = world.report("ALF").pk
    with pytest.raises(NotAllowed):
        packages.hand_out(actor=world.actor("ALF.reader"), report=report)
    for who in ("BRA.rapporteur", "coordinator"):
        with pytest.raises(NotThere):
            packages.hand_out(actor=world.actor(who), report=report)


def test_the_key_is_made_once_and_is_its_owners(home: Path) -> None:
    first = keys.seed()
    assert keys.seed() == first
    assert oct((home / "package_key").stat().st_mode)[-3:] == "600"
    assert not [name for name in os.listdir(home) if name.startswith(".package_key")]
    assert keys.return_seed("A") != keys.return_seed("B")
    (home / "package_key").write_text("broken")
    with pytest.raises(Exception, match="cannot be read"):
        keys.seed()


def test_split_there_is_a_workbook_for_each_section(world: World, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(package(world, split=True))
    found = read_package(tmp_path / "p.zip")
    assert [n for n in found.files if n.startswith("workbooks/")] == ["workbooks/ALF-2022-section-s1.xlsx"]


def test_evidence_that_is_not_taken_is_not_kept(world: World, tmp_path: Path, home: Path) -> None:
    """Neither its row nor, after the nightly sweep, its bytes; what is attached, or waits in another file, stays."""
    data = closed(package(world), tmp_path / "away")
    dropped = transferring.handed_in(world, WHO, "ALF", data, "a.zip")
    [one] = dropped.changes["evidence"]
    other = transferring.handed_in(world, WHO, "ALF", data + b"", "b.zip")
    assert other.pk == dropped.pk  # the same file is the same entry
    take_in.drop_import(actor=world.actor(WHO), entry=dropped.pk)
    assert not Blob.objects.filter(pk=one["sha256"]).exists()
    assert path_of(one["sha256"]).is_file()
    assert sweep() == 0  # it is young: somebody may be about to keep it
    os.utime(path_of(one["sha256"]), (0, 0))
    assert sweep() == 1
    assert not path_of(one["sha256"]).exists()
    again = transferring.handed_in(world, WHO, "ALF", data, "c.zip")
    assert take_in.apply_import(actor=world.actor(WHO), entry=again.pk, choice=Choice(rest="mine")).attached == 1
    os.utime(path_of(one["sha256"]), (0, 0))
    assert sweep() == 0
    assert EvidenceFile.objects.get().blob_id == one["sha256"]


def test_evidence_left_unticked_is_let_go_as_well(world: World, tmp_path: Path) -> None:
    entry = transferring.handed_in(world, WHO, "ALF", closed(package(world), tmp_path / "away"), "a.zip")
    [one] = entry.changes["evidence"]
    done = take_in.apply_import(
        actor=world.actor(WHO), entry=entry.pk, choice=Choice(rest="mine", leave_evidence=[0])
    )  # fmt: skip
    assert done.attached == 0
    assert not Blob.objects.filter(pk=one["sha256"]).exists()
