"""The pages of files: taken out, handed in, looked at and taken over through HTTP, by those whose report it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cast import sampler
from eirene_web import clock
from eirene_web.files.models import Blob
from eirene_web.reports.models import Assignment, Cell, Export, Import
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from typed import typed
from web.reports.transferring import run_jobs
from web.world import IN_CYCLE, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
ALF = "/harbour/work/2022/ALF/files"


@pytest.fixture(autouse=True)
def in_cycle() -> Iterator[None]:
    with clock.at(IN_CYCLE):
        yield


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def out(client: Client, **fields: object) -> bytes:
    answer = client.post(f"{ALF}/workbook", fields)
    assert answer.status_code == 200, answer.content[:400]
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.content


def hand_in(client: Client, data: bytes, name: str = "report.xlsx") -> str:
    """The address of the entry, read."""
    answer = client.post(f"{ALF}/upload", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content[-2000:]
    run_jobs()
    return str(answer["Location"])


def form_of(page: str) -> dict[str, object]:
    """What the browser would send as the page stands."""
    fields: dict[str, object] = {"stamp": re.findall(r'name="stamp" value="(\w+)"', page)[0]}
    fields["shown"] = re.findall(r'name="shown" value="([^"]+)"', page)
    fields["take"] = re.findall(r'name="take" value="([^"]+)" checked', page)
    return fields


def test_out_filled_in_looked_at_and_taken_over(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    assert client.get(f"{ALF}/").status_code == 200
    data = typed(out(client), {"crew|cells": {"1": 12, "2": 30}, "charter|comment@en": {"1": "<b>A & B</b>"}})
    address = hand_in(client, data)
    page = client.get(address).content.decode()
    assert "What the file would change" in page
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
    assert Cell.objects.count() == 0
    answer = client.post(f"{address}apply", form_of(page), follow=True)
    assert "3 changes were taken over" in answer.content.decode()
    assert Cell.objects.filter(report=harbour_world.report("ALF")).count() == 3
    assert "3 changes taken over" in client.get(address).content.decode()
    assert "applied" not in client.get(f"{ALF}/").content.decode()


def test_a_formula_in_an_answer_stays_text_in_excel(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    address = hand_in(client, typed(out(client), {"charter|comment@en": {"1": '=HYPERLINK("http://x","y")'}}))
    # openpyxl wrote a formula without a result: refused with the cell and the remedy, nothing half-done.
    assert "formula" in client.get(address).content.decode()
    text = '=HYPERLINK("http://x","y")'
    filling.save_answers(
        actor=harbour_world.actor("ALF.rapporteur"), report=harbour_world.report("ALF").pk,
        edits=[Edit("charter", "comment.en", text)],
    )  # fmt: skip
    book = load_workbook(io.BytesIO(out(client)))
    (cell,) = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value == text]
    assert cell.data_type == "s"


def test_a_conflict_not_chosen_is_pointed_to_and_nothing_is_taken(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    address = hand_in(client, typed(out(client), {"crew|cells": {"1": 12, "2": 30}}))
    actor, report = harbour_world.actor("ALF.rapporteur"), harbour_world.report("ALF").pk
    stale = form_of(client.get(address).content.decode())
    filling.save_answers(actor=actor, report=report, edits=[Edit("crew", "cells.women", 13)])
    moved = client.post(f"{address}apply", stale)
    assert moved.status_code == 409
    assert "Something changed on the web" in moved.content.decode()
    page = moved.content.decode()
    open_ = client.post(f"{address}apply", form_of(page))
    assert open_.status_code == 409
    assert 'href="#crew/cells.women"' in open_.content.decode()
    assert Cell.objects.filter(part="cells.men").count() == 0
    done = client.post(f"{address}apply", {**form_of(page), "c:crew/cells.women": "mine"})
    assert done.status_code == 302
    assert Cell.objects.get(part="cells.women").value == 12


def test_a_box_not_ticked_is_left(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    address = hand_in(client, typed(out(client), {"crew|cells": {"1": 12, "2": 30}}))
    client.post(f"{address}apply", {**form_of(client.get(address).content.decode()), "take": ["crew/cells.men"]})
    assert list(Cell.objects.values_list("part", flat=True)) == ["cells.men"]


def test_a_contributor_gets_and_changes_only_their_sections(db: None) -> None:
    world = build(sampler(), "2022", ("AAA", "BBB"))
    report = world.report("AAA")
    actor = world.actor("AAA.rapporteur")
    edits = [Edit("leave_weeks", "value", 18), Edit("leave_weeks", "comment.en", "Sesquipedalian.")]
    filling.save_answers(actor=actor, report=report.pk, edits=edits)
    Assignment.objects.create(report=report, section="1", post=world.posts["AAA.drafter"])
    client, base = signed_in(world, "AAA.drafter"), "/sampler/work/2022/AAA/files"
    assert client.get(f"{base}/").status_code == 200
    assert client.post(f"{base}/workbook", {"section": "2"}).status_code == 404
    own = client.post(f"{base}/workbook").content
    assert b"Sesquipedalian" not in b"".join(zipfile.ZipFile(io.BytesIO(own)).read(n) for n in names_in(own))
    assert Export.objects.get().versions.keys() <= {"staff", "ranks", "cube"}
    # The whole form, by another way: what lies in the other section is left out, and not compared aloud.
    whole = signed_in(world, "AAA.rapporteur").post(f"{base}/workbook").content
    answer = client.post(f"{base}/upload", {"file": SimpleUploadedFile("all.xlsx", whole)})
    run_jobs()
    entry = Import.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "not assigned to you" in page
    assert "Sesquipedalian" not in page
    assert "Sesquipedalian" not in str(entry.changes)
    assert entry.changes["elsewhere"] == {"2": 1}


def names_in(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


@pytest.mark.parametrize("who", ["BRA.rapporteur", "coordinator", "outsider", "ALF.drafter"])
def test_for_others_there_is_no_such_page(harbour_world: World, who: str) -> None:
    address = hand_in(signed_in(harbour_world, "ALF.rapporteur"), out(signed_in(harbour_world, "ALF.rapporteur")))
    client = signed_in(harbour_world, who)
    for path in (f"{ALF}/", f"{ALF}/report.pdf", f"{ALF}/report.docx", address):
        assert client.get(path).status_code == 404, path
    for path in (f"{ALF}/workbook", f"{ALF}/upload", f"{address}apply", f"{address}drop"):
        assert client.post(path).status_code == 404, path


def test_a_very_long_text_is_shown_by_its_beginning_and_taken_over_whole(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    text = "Mare nostrum. " * 2_000
    address = hand_in(client, typed(out(client), {"charter|comment@en": {"1": text}}))
    page = client.get(address).content.decode()
    assert "28,000 characters in all" in page
    assert len(page) < 20_000
    client.post(f"{address}apply", form_of(page))
    assert Cell.objects.get(part="comment.en").value == text


def test_a_file_that_could_not_be_read_by_our_fault_can_be_read_again(harbour_world: World) -> None:
    from eirene_web.work.models import Job

    client = signed_in(harbour_world, "ALF.rapporteur")
    answer = client.post(f"{ALF}/upload", {"file": SimpleUploadedFile("a.xlsx", out(client))})
    assert "waits to be read" in client.get(answer["Location"]).content.decode()
    Job.objects.update(state="failed", finished=IN_CYCLE)
    assert "Read it again" in client.get(answer["Location"]).content.decode()
    client.post(f"{answer['Location']}again")
    run_jobs()
    assert "nothing to take over" in client.get(answer["Location"]).content.decode()


def test_a_reader_takes_out_and_hands_nothing_in(harbour_world: World) -> None:
    client = signed_in(harbour_world, "ALF.reader")
    assert client.get(f"{ALF}/").status_code == 200
    assert client.get(f"{ALF}/report.pdf").content.startswith(b"%PDF")
    answer = client.post(f"{ALF}/upload", {"file": SimpleUploadedFile("a.xlsx", b"PK")})
    assert answer.status_code == 403
    assert Import.objects.count() == 0


def test_too_large_is_said_and_not_kept(harbour_world: World, settings: object) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    settings.EIRENE_UPLOAD_BYTES = 1_000_000  # type: ignore[attr-defined]
    for size in (1_000_001, 2_500_000):
        answer = client.post(f"{ALF}/upload", {"file": SimpleUploadedFile("a.xlsx", b"x" * size)})
        assert answer.status_code == 400
        assert "larger than 1 MB" in answer.content.decode()
    assert client.post(f"{ALF}/upload").status_code == 400
    assert Blob.objects.count() == 0


@pytest.mark.parametrize("cells", [2, 200])
def test_the_number_of_queries_does_not_grow_with_the_answers(
    harbour_world: World, cells: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(harbour_world, "ALF.rapporteur")
    address = hand_in(client, typed(out(client), {"crew|cells": {"1": 12, "2": 30}}))
    entry = Import.objects.get()
    item = entry.changes["items"][0]
    entry.changes["items"] = [{**item, "part": f"comment.x{n}"} for n in range(cells)]
    entry.save()
    for path in (f"{ALF}/", address):
        with django_assert_max_num_queries(22):
            assert client.get(path).status_code == 200
