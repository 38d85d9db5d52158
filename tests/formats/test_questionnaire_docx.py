"""The questionnaire in Word: real styles, contents, language; the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

from cast import sampler, toy
from eirene.errors import UsageError
from eirene.formats import encode_report, write_questionnaire
from formats.test_workbook import FULL, report_of

SAMPLER = sampler()


def _document(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def _text(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_the_empty_questionnaire_asks_every_question_in_its_language() -> None:
    document = _document(write_questionnaire(SAMPLER, "2021", lang="fr"))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert len(headings) == 11
    assert "1.1  Combien de personnes servent ?" in headings
    told = _text(document)
    assert "☐\u00a0oui" in told
    assert "À remplir seulement si la réponse à 2.1 est" in told
    assert document.styles.element.xpath("//w:lang/@w:val")[0] == "fr-FR"


def test_the_filled_questionnaire_prints_answers_statuses_and_reasons() -> None:
    told = _text(_document(encode_report(report_of(FULL), SAMPLER, "docx")))
    for words in ("☒\u00a0yes", "123,456", "withheld", "Not released.", "80.5 per cent", "1 May 2020", "=1+1", "hallo"):
        assert words in told
    assert "No answer was given." in told  # 1.2, which the report leaves open


def test_it_has_header_footer_contents_and_repeated_table_heads() -> None:
    data = write_questionnaire(SAMPLER, "2021", body="AAA")
    document = _document(data)
    assert "Aland" in document.sections[0].header.paragraphs[0].text
    assert "Fictional." in document.sections[0].header.paragraphs[0].text
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        body = parts.read("word/document.xml").decode()
        footer = "".join(parts.read(n).decode() for n in parts.namelist() if "footer" in n and n.endswith(".xml"))
    assert r'TOC \o "1-1"' in body
    assert "w:tblHeader" in body
    assert "NUMPAGES" in footer
    anchors = {part.split('"')[0] for part in body.split('w:anchor="')[1:]}
    marks = {part.split('"')[0] for part in body.split("<w:bookmarkStart")[1:] for part in part.split('w:name="')[1:]}
    assert anchors == marks
    assert document.core_properties.title == "Aland: 2021"


def test_the_same_bytes_each_time() -> None:
    made = {write_questionnaire(SAMPLER, "2021", lang="fr", report=report_of(FULL)) for _ in range(2)}
    assert len(made) == 1


def test_a_question_that_was_not_put_is_told_apart_from_one_left_open() -> None:
    told = _text(_document(encode_report(report_of({"law": {"status": "answered", "value": "no"}}), SAMPLER, "docx")))
    assert "Not asked, given the earlier answers." in told
    told = _text(_document(encode_report(report_of({}, body="DDD"), SAMPLER, "docx")))
    assert "This question does not apply to Dland." in told


def test_a_pack_of_one_language_and_an_unknown_body() -> None:
    assert write_questionnaire(toy(), "2022", body="ALF")
    with pytest.raises(UsageError, match="ZZZ"):
        write_questionnaire(toy(), "2022", body="ZZZ")
