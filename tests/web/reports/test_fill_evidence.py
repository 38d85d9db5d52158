"""Files beside an answer: looked at before they are kept, marked one by one, only ever downloaded."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from eirene.errors import UsageError
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import EvidenceFile
from eirene_web.reports.services import evidence, submitting
from eirene_web.reports.services.evidence import looked_at, tidy_name
from eirene_web.reports.services.filling import Edit
from web.reports import filling
from web.reports.filling import address, browser, fields, fill
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during"), pytest.mark.soak_on_postgresql]
sampler_world, during = filling.sampler_world, filling.during

PDF = b"%PDF-1.7 made up"


def office_file(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def add(world: World, name: str = "order.pdf", content: bytes = PDF, **more: str) -> EvidenceFile:
    return evidence.add_evidence(
        actor=world.actor("AAA.rapporteur"), report=world.report("AAA").pk, question="law", name=name,
        content=content, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", PDF), ("a.PNG", b"\x89PNG\r\n\x1a\nxx"), ("a.jpg", b"\xff\xd8\xffxx"), ("a.txt", "Été".encode()),
     ("a.csv", "Été".encode("latin-1")), ("a.docx", office_file("[Content_Types].xml", "word/document.xml")),
     ("a.ods", office_file("mimetype", "content.xml"))],
)  # fmt: skip
def test_what_opens_without_running_anything_is_taken(name: str, content: bytes) -> None:
    assert looked_at(name, content).media_type


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("a.svg", b"<svg onload='alert(1)'/>", "not taken"), ("a.html", b"<script>", "not taken"),
     ("a.exe", b"MZ", "not taken"), ("noending", b"x", "not taken"), ("a.pdf", b"", "is empty"),
     ("a.pdf", b"<html>", "not what its name says"), ("a.txt", b"a\x00b", "not what its name says"),
     ("a.docx", b"PK\x03\x04broken", "not what its name says"),
     ("a.xlsm", office_file("xl/workbook.xml"), "not taken"),
     ("a.xlsx", office_file("xl/workbook.xml", "xl/vbaProject.bin"), "not what its name says"),
     ("a.docx", office_file("xl/workbook.xml"), "not what its name says"),
     ("a.pdf", PDF + b"x" * 10_000_000, "MB are taken")],
)  # fmt: skip
def test_everything_else_is_refused_in_words(name: str, content: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        looked_at(name, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\x\\a.pdf", "a.pdf"), ("a\u202efdp.exe", "a_fdp.exe"),
     ("  .pdf ", "pdf"), ('<img src="x">.pdf', "_img src=_x__.pdf"), ("", "file")],
)  # fmt: skip
def test_a_name_is_a_name_and_no_path(given: str, kept: str) -> None:
    assert tidy_name(given) == kept


def test_a_file_is_attached_marked_and_removed_by_the_form(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"to:law": ["members"], "a:law:choice": ["yes"], "do": ["file:law"]}
    form["file:law"] = [SimpleUploadedFile("act.pdf", PDF), SimpleUploadedFile("annex.txt", b"text")]  # type: ignore[list-item]
    answer = client.post(path, form)
    assert answer.status_code == 302, answer.content.decode()
    one, two = EvidenceFile.objects.order_by("pk")
    assert (one.name, one.releasability, two.name) == ("act.pdf", "members", "annex.txt")
    assert filling.kept(sampler_world, "law", "value") == "yes"
    form = fields(client.get(path)) | {f"mark:{one.pk}": ["public"], "do": [f"file_mark:{one.pk}"]}
    assert client.post(path, form)["Location"].endswith("#q-law")
    assert EvidenceFile.objects.get(pk=one.pk).releasability == "public"
    client.post(path, fields(client.get(path)) | {"do": [f"file_remove:{one.pk}"]})
    assert EvidenceFile.objects.get(pk=one.pk).removed is not None
    assert "act.pdf" not in client.get(path).content.decode()


def test_a_file_that_is_refused_is_told_beside_its_question_and_what_was_typed_is_saved(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"a:remarks:value.en": ["Typed."], "do": ["file:law"]}
    form["file:law"] = [SimpleUploadedFile("drawing.svg", b"<svg/>")]  # type: ignore[list-item]
    answer = client.post(path, form)
    assert answer.status_code == 422
    assert "Files of the kind of drawing.svg are not taken." in answer.content.decode()
    assert filling.kept(sampler_world, "remarks", "value.en") == "Typed."


def test_a_file_is_only_ever_downloaded(sampler_world: World) -> None:
    one = add(sampler_world, "act of “2017”.pdf")
    answer = browser(sampler_world, "AAA.reader").get(address(sampler_world, rest=f"evidence/{one.pk}/"))
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("who", ["BBB.rapporteur", "coordinator", "reviewer", "outsider", "AAA.drafter", "AAA.admin"])
def test_it_is_not_there_for_others(sampler_world: World, who: str) -> None:
    one = add(sampler_world)
    assert browser(sampler_world, who).get(address(sampler_world, rest=f"evidence/{one.pk}/")).status_code == 404


def test_the_office_reads_what_was_there_when_the_report_was_sent(sampler_world: World) -> None:
    from eirene_web import clock
    from web.world import IN_CYCLE

    before = add(sampler_world)
    fill(sampler_world, Edit("law", "value", "yes"))
    submitting.submit(actor=sampler_world.actor("AAA.officer"), report=sampler_world.report("AAA").pk, version=1)
    office = browser(sampler_world, "reviewer")
    assert office.get(address(sampler_world, rest=f"evidence/{before.pk}/")).status_code == 200
    with clock.at(IN_CYCLE.replace(day=9)):
        later = EvidenceFile.objects.create(
            report=before.report, question="law", blob=before.blob, name="later.pdf", media_type="application/pdf",
            added=clock.now(), person=before.person,
        )  # fmt: skip
        assert office.get(address(sampler_world, rest=f"evidence/{later.pk}/")).status_code == 404


def test_who_may_not_fill_in_attaches_nothing(sampler_world: World) -> None:
    report = sampler_world.report("AAA").pk
    with pytest.raises(NotAllowed):
        evidence.add_evidence(actor=sampler_world.actor("AAA.reader"), report=report, question="law",
                              name="a.pdf", content=PDF)  # fmt: skip
    with pytest.raises(NotThere):
        evidence.add_evidence(actor=sampler_world.actor("BBB.rapporteur"), report=report, question="law",
                              name="a.pdf", content=PDF)  # fmt: skip
    with pytest.raises(UsageError, match="audience"):
        add(sampler_world, releasability="everybody")
    assert not EvidenceFile.objects.exists()


def test_not_more_than_so_many_to_one_answer(sampler_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_FILES", 1)
    add(sampler_world)
    with pytest.raises(UsageError, match="1 files"):
        add(sampler_world, "another.pdf")


def test_a_chosen_file_is_attached_whichever_button_is_pressed(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"do": ["save"]}
    form["file:law"] = [SimpleUploadedFile("act.pdf", PDF)]  # type: ignore[list-item]
    form["file:remarks"] = [SimpleUploadedFile("drawing.svg", b"<svg/>")]  # type: ignore[list-item]
    answer = client.post(path, form)
    assert EvidenceFile.objects.get().name == "act.pdf"
    told = answer.content.decode().split("<main")[1].split('id="fill"')[0]
    assert "1 entry could not be taken" in told
    assert "Files of the kind of drawing.svg are not taken." in told
