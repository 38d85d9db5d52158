"""The Word file: styles, contents, alternative texts, heads that repeat."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from sample import sample
from test_html import HOSTILE, hostile

from eirene.documents import model as d
from eirene.documents.drawings import Assets, draw
from eirene.documents.word import render_docx


@pytest.fixture(scope="module")
def data(document: d.Document, assets: Assets) -> bytes:
    return render_docx(document, assets)


@pytest.fixture(scope="module")
def file(data: bytes):  # type: ignore[no-untyped-def]
    return docx.Document(io.BytesIO(data))


def test_it_is_built_on_styles(file) -> None:  # type: ignore[no-untyped-def]
    used = {p.style.name for p in file.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "Eirene Note", "List Bullet", "toc 1"} <= used
    assert {t.style.name for t in file.tables} == {
        "Eirene Table",
        "Eirene Statement Box",
        "Eirene Facts",
        "Eirene Terms",
    }


def test_the_contents_are_filled_in_and_lead_to_the_headings(file) -> None:  # type: ignore[no-untyped-def]
    body = file.element.body
    marks = {b.get(qn("w:name")) for b in body.iter(qn("w:bookmarkStart"))}
    anchors = {h.get(qn("w:anchor")) for h in body.iter(qn("w:hyperlink")) if h.get(qn("w:anchor"))}
    assert anchors <= marks
    assert any(p.text == "1 Representation of women and men" and p.style.name == "toc 1" for p in file.paragraphs)
    instructions = [i.text for i in body.iter(qn("w:instrText"))]
    assert instructions == [' TOC \\o "1-2" \\h \\z \\u ']
    kinds = [f.get(qn("w:fldCharType")) for f in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]


def test_nothing_asks_the_reader_to_update(data: bytes) -> None:
    settings = zipfile.ZipFile(io.BytesIO(data)).read("word/settings.xml")
    assert b"updateFields" not in settings
    assert b'compatibilityMode" w:uri' in settings


def test_every_picture_has_an_alternative_text(file, document: d.Document) -> None:  # type: ignore[no-untyped-def]
    pictures = list(file.element.body.iter(qn("wp:docPr")))
    assert len(pictures) > 30
    assert all(p.get("descr") for p in pictures)
    assert len({p.get("id") for p in pictures}) == len(pictures)
    assert "11 yes, 16 no, 1 did not report" in {p.get("descr") for p in pictures}


def test_heads_of_tables_repeat_and_rows_stay_whole(file) -> None:  # type: ignore[no-untyped-def]
    for table in file.tables:
        if table.style.name == "Eirene Table":
            first = table._tbl.tr_lst[0]
            assert first.trPr.find(qn("w:tblHeader")) is not None


def test_marking_title_and_page_number_run_along(file) -> None:  # type: ignore[no-untyped-def]
    section = file.sections[0]
    head = section.header.paragraphs[0].text
    assert "Concordia unclassified · Public" in head
    assert "Women and men in the armed forces" in head
    fields = [f.get(qn("w:instr")).strip() for f in section.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "Fictional." in section.footer.paragraphs[0].text


def test_properties_and_language_are_the_documents(file) -> None:  # type: ignore[no-untyped-def]
    core = file.core_properties
    assert (core.title, core.author, core.revision) == (
        "Women and men in Concordia’s armed forces, 2016",
        "Concordia",
        1,
    )
    assert core.created.isoformat()[:10] == core.modified.isoformat()[:10] == "2017-07-06"
    lang = file.styles.element.find(".//" + qn("w:lang"))
    assert lang.get(qn("w:val")) == "en-GB"


def test_french_is_french() -> None:
    document = sample("fr", bodies=1, chapters=1)
    file = docx.Document(io.BytesIO(render_docx(document, draw(document))))
    assert file.styles.element.find(".//" + qn("w:lang")).get(qn("w:val")) == "fr-FR"
    assert any(p.text == "Sommaire" for p in file.paragraphs)


def test_every_part_is_well_formed_and_has_no_time(data: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.namelist()[0] == "[Content_Types].xml"
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(archive.read(name))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    document = hostile(text)
    file = docx.Document(io.BytesIO(render_docx(document, draw(document))))
    said = "\n".join(p.text for p in file.paragraphs)
    if text.startswith(("#", "=", "<", "a")):
        assert text in said
    targets = [r.target_ref for r in file.part.rels.values() if r.is_external]
    assert targets == []
