"""Word, PDF and the receipt; a workbook that LibreOffice saved; a round trip of every type of question."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from cast import sampler
from eirene.framework import load
from eirene.questionnaires import parse_report, parts_of
from eirene_web import clock
from eirene_web.organisations.models import Body
from eirene_web.policy import NotThere
from eirene_web.reports.models import Import
from eirene_web.reports.services import filling, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer import out, take_in
from web.reports.transferring import handed_in, handed_out, keys
from web.world import IN_CYCLE, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
WHO = "ALF.rapporteur"


@pytest.fixture(autouse=True)
def in_cycle() -> Iterator[None]:
    with clock.at(IN_CYCLE):
        yield


def filled_in(world: World, nation: str, parts: dict[str, dict[str, object]]) -> None:
    edits = [Edit(id, part, value) for id, held in parts.items() for part, value in held.items()]
    done = filling.save_answers(actor=world.actor(f"{nation}.rapporteur"), report=world.report(nation).pk, edits=edits)
    assert not done.refused
    assert not done.conflicts


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@pytest.fixture
def big(db: None) -> World:
    """Concordia's Belmara, as it reported a year before: every section, every type of question."""
    pack = load("concordia")
    world = build(pack, "2017", ("BMA",))
    before = json.loads((Path(pack.origin) / "reports" / "2016" / "BMA.json").read_text(encoding="utf-8"))
    report = parse_report({**before, "cycle": "2017", "questionnaire": pack.cycles["2017"].questionnaire}, pack)
    filled_in(world, "BMA", parts_of(report, pack))
    return world


def test_six_hundred_answers_come_back_untouched_as_unchanged(big: World) -> None:
    for lang in ("en", "fr"):
        data = handed_out(big, "BMA.rapporteur", "BMA", lang=lang)
        entry = handed_in(big, "BMA.rapporteur", "BMA", data)
        shown = take_in.preview(actor=big.actor("BMA.rapporteur"), entry=entry.pk)
        assert keys(big, "BMA.rapporteur", entry) == {}
        assert shown.same > 500


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_workbook_that_libreoffice_saved_changes_nothing(big: World, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "book.xlsx").write_bytes(handed_out(big, "BMA.rapporteur", "BMA"))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(tmp_path / "in" / "book.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = (tmp_path / "book.xlsx").read_bytes()
    entry = handed_in(big, "BMA.rapporteur", "BMA", saved)
    assert entry.state == "ready", entry.problems
    assert entry.export is not None
    assert keys(big, "BMA.rapporteur", entry) == {}


def test_every_type_of_question_goes_out_and_comes_back(db: None) -> None:
    world = build(sampler(), "2022", ("AAA",))
    filled_in(world, "AAA", {
        "law": {"value": "yes", "comment.en": "  Spaces inside  and\na line.", "releasability": "members",
                "naming": True},
        "law_kind": {"status": "withheld", "reason.fr": "Non communiqué."},
        "measures": {"status": "answered"},
        "leave_weeks": {"value": "18.50"}, "adopted": {"value": "2020-02-29"},
        "remarks": {"value.en": "=SUM(A1)", "value.fr": "Été ; «\u00a0oui\u00a0»"},
    })  # fmt: skip
    for lang in ("en", "fr"):
        entry = handed_in(world, "AAA.rapporteur", "AAA", handed_out(world, "AAA.rapporteur", "AAA", lang=lang))
        assert entry.state == "ready", entry.problems
        assert keys(world, "AAA.rapporteur", entry) == {}


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize("filled", [True, False])
def test_the_report_is_printed_the_same_twice_filled_and_empty(harbour_world: World, form: str, filled: bool) -> None:
    filled_in(harbour_world, "ALF", {"crew": {"cells.women": 12, "justification.en": "Counted by hand."}})
    actor, report = harbour_world.actor(WHO), harbour_world.report("ALF").pk
    one, two = (out.document(actor=actor, report=report, form=form, filled=filled) for _ in range(2))
    assert one == two
    assert one.data[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")


def test_the_pdf_says_its_state_and_carries_answers_and_justification(harbour_world: World) -> None:
    filled_in(harbour_world, "ALF", {"crew": {"cells.women": 1212, "justification.en": "Counted by hand."}})
    actor, report = harbour_world.actor(WHO), harbour_world.report("ALF").pk
    said = text_of(out.document(actor=actor, report=report, form="pdf").data)
    for words in ("DRAFT, version 1", "1,212", "Counted by hand.", "1 February 2023"):
        assert words in said, words
    empty = text_of(out.document(actor=actor, report=report, form="pdf", filled=False).data)
    assert "1,212" not in empty
    assert "DRAFT" not in empty


def submitted(world: World, nation: str = "ALF") -> int:
    filled_in(world, nation, {"crew": {"cells.women": 12, "cells.men": 30, "cells._T": 42}, "charter": {"value": "no"}})
    report = world.report(nation)
    submitting.submit(actor=world.actor(f"{nation}.officer"), report=report.pk, version=1)
    return report.pk


def test_the_receipt_is_one_page_and_the_same_ever_after(harbour_world: World) -> None:
    Body.objects.filter(code="ALF").update(time_zone="Pacific/Kiritimati")
    submitted(harbour_world)
    actor, report = harbour_world.actor("ALF.reader"), harbour_world.report("ALF")
    found = out.find_submission(actor, report, 1)
    for lang in ("en", "fr"):
        one, two = (
            out.submission_file(actor=actor, submission=found, name="receipt.pdf", lang=lang, address="https://x/")
            for _ in range(2)
        )
        assert one == two
        assert len(PdfReader(io.BytesIO(one.data)).pages) == 1
        said = text_of(one.data)
        assert found.receipt in said
        assert found.sha256[:8] in said
        assert "23:00 (Kiritimati)" in said
        assert "2023-02-01 09:00:00" in said
    assert "ALF.officer" in text_of(
        out.submission_file(actor=actor, submission=found, name="receipt.pdf", lang="en").data
    )


def test_the_files_of_a_submission_are_what_was_submitted(harbour_world: World) -> None:
    submitted(harbour_world)
    actor, report = harbour_world.actor("coordinator"), harbour_world.report("ALF")
    found = out.find_submission(actor, report, 1)
    made = {name: out.submission_file(actor=actor, submission=found, name=name) for name in out.SUBMISSION_FILES}
    assert made["report.json"].data == bytes(found.document)
    assert {name: file.data[:2] for name, file in made.items()} == {
        "receipt.pdf": b"%P", "report.pdf": b"%P", "report.docx": b"PK", "report.xlsx": b"PK", "report.json": b'{"'
    }  # fmt: skip
    with pytest.raises(NotThere):
        out.find_submission(harbour_world.actor("BRA.rapporteur"), report, 1)
    with pytest.raises(NotThere):
        out.find_submission(actor, report, 2)


def test_a_submitted_report_takes_no_file(harbour_world: World) -> None:
    data = handed_out(harbour_world, WHO, "ALF")
    entry = handed_in(harbour_world, WHO, "ALF", data)
    pk = submitted(harbour_world)
    with pytest.raises(Exception, match="submitted"):
        take_in.upload(actor=harbour_world.actor(WHO), report=pk, name="x", data=data)
    with pytest.raises(Exception, match="submitted"):
        take_in.apply_import(actor=harbour_world.actor(WHO), entry=entry.pk, choice=take_in.Choice())
    assert Import.objects.get(pk=entry.pk).state == "ready"
