"""An edition of what others published: every value with year, scope and source; clashes listed; absence said."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from eirene.documents import model as d
from eirene.figures import compiled
from eirene.framework import load
from eirene.summary import Content, build_documents, edition_of

CYCLE = "compiled-2025"


@cache
def document(lang: str) -> d.Document:
    pack = load("nato")
    as_of = pack.cycles[CYCLE].publication_date
    figures = compiled(pack, CYCLE, as_of=as_of)
    content = Content(pack, CYCLE, "public", edition_of(pack, CYCLE), figures, {}, lambda b, q: False, {}, as_of)
    return build_documents(content)[lang]


def sections(found: list[d.Section] | None = None) -> Iterator[d.Section]:
    for section in document("en").sections if found is None else found:
        yield section
        yield from sections(list(section.sections))


def tables(lang: str = "en") -> dict[str, d.Table]:
    def within(section: d.Section) -> Iterator[d.Block]:
        yield from section.blocks
        for inner in section.sections:
            yield from within(inner)

    return {b.id: b for s in document(lang).sections for b in within(s) if isinstance(b, d.Table)}


def words(row: tuple[d.Cell, ...]) -> list[str]:
    return [cell.text for cell in row]


def test_every_published_value_is_in_a_table() -> None:
    shown = {cell.figure for table in tables().values() for row in table.rows for cell in row}
    pack = load("nato")
    figures = compiled(pack, CYCLE, as_of=pack.cycles[CYCLE].publication_date)
    assert {f.key for f in figures if f.kind != "coverage"} <= shown


def test_a_row_says_year_value_denominator_scope_confidence_and_source() -> None:
    table = tables()["n-recruitment-1"]
    assert words(table.head[0])[2:] == [
        "Year", "Value", "n of N", "What is counted, remarks", "Confidence", "Source",
    ]  # fmt: skip
    row = next(words(r) for r in table.rows if r[0].text == "Czechia" and "3.6" in r[3].text)
    assert row[2:7] == ["2015", "3.6\u00a0%", "57 of 1,566", "new professional soldiers", "high"]


def test_a_percentage_without_denominator_says_so_and_a_count_does_not() -> None:
    rows = [words(r) for r in tables()["n-personnel-1"].rows]
    assert {row[4] for row in rows if row[1] == "Full-time military personnel"} == {""}
    assert "denominator not published" in {words(r)[3] for r in tables()["n-women-1"].rows}


def test_sources_that_differ_stand_row_by_row_below_an_empty_value() -> None:
    rows = [words(r) for r in tables()["n-women-1"].rows if r[0].text == "Germany" and r[1].text == "2016"]
    assert [row[2] for row in rows] == ["sources differ", "about 11\u00a0%", "9.3\u00a0%"]


def test_a_year_has_no_thousands_separator() -> None:
    rows = [words(r) for r in tables()["n-law-1"].rows]
    assert ["Canada", "1951", "1951"] in [row[:3] for row in rows]


def test_a_member_of_which_nothing_is_public_has_a_chapter_that_says_so() -> None:
    iceland = next(s for s in sections() if s.id == "body-ISL")
    (paragraph,) = iceland.blocks
    assert isinstance(paragraph, d.Paragraph)
    assert paragraph.runs[0].text.startswith("Iceland: no figure was found")


def test_what_is_not_public_is_listed_beside_what_is() -> None:
    rows = {row[0].text: words(row)[1:] for row in tables()["not-public"].rows}
    assert rows["Exit rate, women"] == ["nothing published", "nothing published"]
    assert rows["Trained gender advisers"] == ["74\u00a0%, 2016", "nothing published"]


def test_tables_are_numbered_once() -> None:
    numbers = [table.number for table in tables().values() if table.number]
    assert len(numbers) == len(set(numbers))


def test_a_statement_says_of_whom_when_and_by_whom() -> None:
    (about,) = [s for s in sections() if s.id == "about"]
    statements = [b for b in about.blocks if isinstance(b, d.Statement)]
    policies = next(s for s in statements if s.figure.startswith("policies_or_laws"))
    assert policies.sentence[0].text.startswith("of members have a policy or law")
    assert "2016; nearly, as the source says" in policies.sentence[0].text


def test_it_reads_in_french_too() -> None:
    row = next(words(r) for r in tables("fr")["n-women-1"].rows if r[0].text == "Autriche")
    assert row[1:3] == ["2025", "4,2\u00a0%"]
