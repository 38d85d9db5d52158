"""The PDF: tagged, marked on every page, its text that of the document."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sample import sample
from test_html import HOSTILE, hostile

from eirene.documents import model as d
from eirene.documents.drawings import Assets, draw
from eirene.documents.typst import render_pdf

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader(document: d.Document, assets: Assets) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document, assets)))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_marking_and_the_notice_stand_on_every_page(reader: PdfReader) -> None:
    assert len(reader.pages) > 15
    for page in reader.pages:
        text = words(page.extract_text())
        assert "CONCORDIA UNCLASSIFIED · PUBLIC" in text
        assert "Fictional. Concordia, its nations and every figure are invented." in text


def test_pages_are_counted_and_the_statement_is_there(reader: PdfReader) -> None:
    text = words(" ".join(page.extract_text() for page in reader.pages))
    assert f"Page 3 of {len(reader.pages)}" in text
    assert "of members (11 of 27 that answered; 1 did not report) have a policy or law that integrates" in text


def test_it_declares_pdf_ua_and_its_language(reader: PdfReader) -> None:
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    metadata = catalog["/Metadata"].get_data()
    assert b"pdfuaid:part>1<" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title == "Women and men in Concordia’s armed forces, 2016"
    assert reader.metadata.author == "Concordia"
    assert str(reader.metadata.creation_date)[:10] == "2017-07-06"


def test_pictures_and_strips_have_their_alternative_texts(reader: PdfReader, document: d.Document) -> None:
    found: set[str] = set()

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.add(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert "11 yes, 16 no, 1 did not report" in found
    assert any(alt.startswith("Chart. Training to prevent sexual harassment: 85") for alt in found)


def test_the_fonts_are_embedded(reader: PdfReader) -> None:
    names = set()
    for page in reader.pages[:6]:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(inner["/BaseFont"].split("+")[1])
            described = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
    assert {"SourceSansPro-Regular", "SourceSerifPro-Semibold"} <= names


def test_bookmarks_follow_the_chapters(reader: PdfReader) -> None:
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert titles[-1].endswith("All figures as a list")
    assert "1 Representation of women and men" in [words(title) for title in titles]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_set_as_text(text: str) -> None:
    document = hostile(text)
    pages = PdfReader(io.BytesIO(render_pdf(document, draw(document)))).pages
    said = " ".join(page.extract_text() for page in pages)
    if text.startswith(("#", "=", "<")):
        assert text in said


def test_french_is_french() -> None:
    document = sample("fr", bodies=1, chapters=1)
    reader = PdfReader(io.BytesIO(render_pdf(document, draw(document))))
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert "Sommaire" in reader.pages[1].extract_text()
    assert "Page 2 sur" in words(reader.pages[1].extract_text())


def test_a_failure_of_the_typesetter_is_told_in_words(document: d.Document, assets: Assets) -> None:
    from dataclasses import replace

    from eirene.errors import EireneError

    first = next(iter(assets.svg))
    broken = replace(assets, svg={**assets.svg, first: "<svg"})
    with pytest.raises(EireneError, match="PDF could not be set"):
        render_pdf(document, broken)
