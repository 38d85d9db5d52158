"""A value that a release may not tell is in none of its files, in no form.

A made-up compact of six ports is built for everyone, with all documents and charts. What it may not tell is worked out
from the reports and the view, not listed by hand: every number of an answer that is hidden or not named, of a cell that
is left out, of a figure that is kept back. Each is looked for in every file (`searching`).
"""

# ruff: noqa: E501 (what is planted, and where, is one line each)

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cast import PACKS, spoil
from eirene.disclosure import AudienceView, audience_view
from eirene.figures import Figure, compute_series
from eirene.framework import Pack, load
from eirene.questionnaires import parse_report
from eirene.questionnaires.model import Report
from eirene.release.build import History, build_release
from eirene.release.verify import verify
from searching import searched, within

pytestmark = pytest.mark.slow

PORTS = ("P01", "P02", "P03", "P04", "P05", "P06")
MORE_QUESTIONS = """
  - {id: reserve, type: matrix, text: How many are in the reserve?, unit: persons, measure: stock, dimensions: {sex: {list: sex}}, disclosure: workforce}
  - {id: cadets, type: matrix, text: How many are cadets?, unit: persons, measure: stock, dimensions: {sex: {list: sex}}, disclosure: workforce}
"""
MORE_INDICATORS = """
  - {id: reserve_women, family: count, label: Women in the reserve, unit: persons, value: "reserve[sex=women]"}
  - {id: reserve_rate, family: rate, label: Share of women in the reserve, numerator: "reserve[sex=women]", denominator: reserve}
  - {id: cadets_women, family: count, label: Women among cadets, unit: persons, value: "cadets[sex=women]"}
  - {id: cadets_rate, family: rate, label: Share of women among cadets, numerator: "cadets[sex=women]", denominator: cadets}
"""
SUMMARY = """
title: Who serves on board
subtitle: Summary of the ports' reports
chapters:
  - id: crew
    title: Crew
    blocks:
      - text: "{reserve_women} women in the reserve, {reserve_rate:numerator} of {reserve_rate:denominator}; {cadets_women:previous} cadets before, {cadets_women} now."
      - statement: women_on_board
      - statement: reserve_rate
      - statement: cadets_rate
      - {chart: bars, figures: [women_on_board, reserve_rate, cadets_rate], title: Shares of women}
      - {chart: trend, figures: [women_on_board, reserve_rate, cadets_rate], title: Shares over the years}
      - {chart: by_body, figures: [women_on_board], title: By port}
      - {table: figures, figures: [reserve_women, reserve_rate, cadets_women, cadets_rate], title: Figures}
      - {table: series, figures: [reserve_women, cadets_women], title: Series}
      - {table: by_body, figures: [women_on_board, reserve_women, cadets_women], title: By port}
  - {id: missing, title: What is missing, generate: missing}
  - {id: bodies, title: Ports, generate: bodies}
  - {id: method, title: Method, generate: method}
  - {id: figures, title: All figures, generate: figures}
"""
#: Smaller counts than this are small, so that small ones are long enough to be looked for.
THRESHOLD = 2_000_000


@dataclass(frozen=True)
class Built:
    folder: Path
    view: AudienceView
    raw: tuple[Figure, ...]
    everything: tuple[Report, ...]


def compact(folder: Path) -> Pack:
    """The toy pack with six ports, two more questions, and a threshold of two million."""
    shutil.copytree(PACKS / "toy", folder)
    (folder / "bodies.csv").write_text(
        "code,kind,name.en,attr.has_crew\n" + "".join(f"{p},port,Port {p},yes\n" for p in PORTS)
    )
    (folder / "memberships.csv").write_text(
        "body,population,valid_from,valid_to\n" + "".join(f"{p},ports,2000-01-01,\n" for p in PORTS)
    )
    spoil(folder / "pack.yaml", "threshold: 3", f"threshold: {THRESHOLD}")
    with (folder / "questions/all.yaml").open("a") as file:
        file.write(MORE_QUESTIONS.lstrip("\n"))
    with (folder / "indicators/all.yaml").open("a") as file:
        file.write(MORE_INDICATORS.lstrip("\n"))
    (folder / "summary.yaml").write_text(SUMMARY)
    one = folder / "questionnaires/one.yaml"
    one.write_text(one.read_text() + '      - {use: reserve, number: "3"}\n      - {use: cadets, number: "4"}\n')
    return load(folder)


def report(pack: Pack, body: str, cycle: str, draw: random.Random, small: str, **answer: Any) -> Report:
    """Crews of millions, reserve and cadets too, but for what is said to be small; no number stands there twice."""

    def matrix(least: int, most: int) -> dict[str, Any]:
        women, men = draw.randrange(least, most), draw.randrange(least, most)
        cells = [{"sex": "women", "value": women}, {"sex": "men", "value": men}, {"sex": "_T", "value": women + men}]
        return {"status": "answered", "cells": cells, **answer}

    low, high = (210_000, 290_000), (3_000_000, 9_000_000)
    answers = {
        "crew": matrix(*((1_100_000, 1_900_000) if (body, cycle) == ("P01", "2022") else high)),
        "charter": {"status": "answered", "value": "no", **answer},
        "reserve": matrix(*(low if small == "reserve" else high)),
        "cadets": matrix(*(low if small == "cadets" else high)),
    }
    data = {"format": "eirene.report/1", "pack": "toy", "questionnaire": "one", "cycle": cycle, "body": body}
    return parse_report({**data, "answers": answers}, pack)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """P01 has a small crew, P05 is counted and not named, P06 releases nothing. The reserve is small in 2022, the
    cadets were in 2021."""
    folder = tmp_path_factory.mktemp("nowhere")
    pack, draw = compact(folder / "toy"), random.Random(5)
    told: dict[str, dict[str, Any]] = {p: {"naming": True} for p in PORTS}
    told["P05"], told["P06"] = {"naming": False}, {"naming": True, "releasability": "secretariat"}
    then = [report(pack, p, "2021", draw, "cadets", **told[p]) for p in PORTS]
    now = [report(pack, p, "2022", draw, "reserve", **told[p]) for p in PORTS]
    as_of = pack.cycles["2022"].publication_date
    raw = tuple(compute_series(pack, "2022", now, [then], as_of=as_of))
    view = audience_view(pack, "2022", "everyone", now, raw, history=[then], as_of=as_of)
    history = [History("2021", "harbour-2021", "0" * 64, tuple(then))]
    build_release(pack, "2022", now, out=folder / "release", audience="everyone", history=history, key=b"k" * 32)
    return Built(folder / "release", view, raw, (*then, *now))


def cells_not_told(built: Built, kind: str) -> dict[str, int]:
    """Numbers of answers that are hidden (not released, or not named), or of cells that are left out of shown ones."""
    found = {}
    for one in built.everything:
        for question, answer in one.answers.items():
            shown = built.view.shown(one.body, question, one.cycle)
            left_out = built.view.left_out(one.body, question, one.cycle)
            for key, cell in answer.cells.items():
                if (kind == "hidden" and not shown) or (kind == "left out" and shown and key in left_out):
                    found[f"{one.cycle} {one.body} {question} {'/'.join(key)}"] = int(cell.value or 0)
    return found


def figures_not_told(built: Built) -> dict[str, Decimal | int]:
    """Value, numerator and denominator of figures that are kept back; a number that another figure tells is none."""
    kept_back = {f.key for f in built.view.figures if f.suppressed == "protected"}
    told = {
        Decimal(n) for f in built.view.figures for n in (f.value, f.numerator, f.denominator) if n is not None
    }  # fmt: skip
    found: dict[str, Decimal | int] = {}
    for figure in built.raw:
        if figure.key in kept_back:
            for name in ("value", "numerator", "denominator"):
                number = getattr(figure, name)
                if number is not None and abs(number) > 100_000 and Decimal(number) not in told:
                    found[f"{figure.key} {name}"] = number
    return found


def test_the_release_is_whole(built: Built) -> None:
    names = {p.name for p in built.folder.rglob("*")}
    assert {"summary.en.pdf", "summary.en.docx", "summary.en.html", "summary.xlsx", "figures.parquet"} <= names
    assert sum(name.endswith(".svg") for name in names) >= 6
    result = verify(built.folder)
    assert result.ok, result


def test_it_tells_what_it_may(built: Built) -> None:
    """A number that may be shown is found in documents and data: the search sees through all of them."""
    shown = next(
        int(cell.value or 0)
        for key, cell in built.view.answer("P03", "crew").cells.items()  # type: ignore[union-attr]
        if key == ("_T",)
    )
    places = " ".join(searched(built.folder, shown))
    for file in ("answers.csv", "summary.en.html", "summary.en.docx!word/", "summary.en.pdf!page", "document.en.json"):
        assert file in places, file
    pooled = next(f for f in built.view.figures if f.key == "women_on_board.2022.ports.pooled")
    assert pooled.denominator is not None
    places = " ".join(searched(built.folder, Decimal(pooled.denominator)))
    for file in ("figures.json", "figures.csv", "figures.parquet: value of denominator", "charts/", "summary.xlsx!xl/"):
        assert file in places, file


@pytest.mark.parametrize("kind", ["hidden", "left out"])
def test_no_number_of_an_answer_that_may_not_be_told_is_anywhere(built: Built, kind: str) -> None:
    planted = cells_not_told(built, kind)
    assert len(planted) >= 4
    found = {what: places for what, value in planted.items() if (places := searched(built.folder, value))}
    assert not found


def test_no_number_of_a_figure_that_is_kept_back_is_anywhere(built: Built) -> None:
    planted = figures_not_told(built)
    keys = {what.split(" ")[0] for what in planted}
    assert {"reserve_women.2022.ports.count", "cadets_women.2021.ports.count"} <= keys
    found = {what: places for what, value in planted.items() if (places := searched(built.folder, value))}
    assert not found


# --- the search itself: it finds a number in every form in which one can be put there -----------------------------------

SECRET = 712_373


def into(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def put(folder: Path) -> None:
        file = next(p for p in sorted(folder.rglob("*")) if p.is_file() and p.relative_to(folder).match(name))
        file.write_bytes(change(file.read_bytes()))

    return put


def text_in(name: str, text: str) -> Callable[[Path], None]:
    return into(name, lambda data: data + text.encode())


def member(name: str, inner: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Changes one member of a zip, which stays one."""

    def put(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            assert inner in old.namelist()
            for info in old.infolist():
                new.writestr(info.filename, change(old.read(info)) if info.filename == inner else old.read(info))
        return out.getvalue()

    return into(name, put)


def parquet(change: Callable[[Any], Any], **options: Any) -> Callable[[Path], None]:
    def put(data: bytes) -> bytes:
        import pyarrow.parquet as pq

        out = io.BytesIO()
        pq.write_table(change(pq.read_table(io.BytesIO(data))), out, **options)
        return out.getvalue()

    return into("figures.parquet", put)


def number_in(column: str) -> Callable[[Any], Any]:
    def change(table: Any) -> Any:
        import pyarrow as pa

        place, kind = table.column_names.index(column), table.schema.field(column).type
        value: Any = {"string": f"about {SECRET}"}.get(str(kind), SECRET)
        return table.set_column(place, column, pa.array([value] + [None] * (table.num_rows - 1), type=kind))

    return change


def page_of_pdf(text: str) -> bytes:
    """A page that Typst sets: its words are glyphs in a deflated stream."""
    import typst

    return typst.compile(f"#set page(width: 9cm, height: 3cm)\n{text}".encode())


def png_text(kind: bytes) -> Callable[[bytes], bytes]:
    import zlib

    words = f"Alt\0{SECRET:,}".encode() if kind == b"tEXt" else b"Alt\0\0" + zlib.compress(f"{SECRET:,}".encode())
    chunk = struct.pack(">I", len(words)) + kind + words + struct.pack(">I", zlib.crc32(kind + words))
    return lambda data: data[:33] + chunk + data[33:]


PLANTED: dict[str, Callable[[Path], None]] = {
    "plain in JSON": text_in("figures.json", f"[1,{SECRET}]"),
    "with decimals in CSV": text_in("figures.csv", f"a,{SECRET}.00,b\n"),
    "grouped by commas": text_in("document.en.json", "712,373 persons"),
    "grouped by points": text_in("summary.en.html", "712.373"),
    "grouped by apostrophes": text_in("summary.en.html", "712’373"),
    "grouped by spaces": text_in("summary.en.html", "of 712 373 persons"),
    "grouped by no-break spaces": text_in("summary.en.html", "712\u00a0373"),
    "grouped by narrow spaces": text_in("summary.en.html", "712\u202f373"),
    "grouped by entities": text_in("summary.en.html", "712&#8239;373 and 712&nbsp;373"),
    "over the border of tags": text_in("summary.en.html", "<p><b>712</b>373</p>"),
    "escaped in JSON": text_in("charts/*.json", '"712\\u202f373"'),
    "escaped in an address": text_in("summary.en.html", "?x=712%C2%A0373"),
    "in UTF-16": into("figures.json", lambda data: data + f"{SECRET}".encode("utf-16-le") + b"\0"),
    "in data of a page": text_in("summary.en.html", "data:image/svg+xml;base64," + base64.b64encode(b"<text>712,373</text>").decode()),
    "in the specification of a chart": into(
        "charts/*.json", lambda data: json.dumps({**json.loads(data), "datasets": {"d": [{"v": SECRET}]}}).encode()
    ),
    "in a drawing": into("charts/*.svg", lambda data: data.replace(b"</svg>", b"<text><tspan>712,</tspan><tspan>373</tspan></text></svg>")),
    "in words of a picture": into("charts/*.png", png_text(b"tEXt")),
    "in deflated words of a picture": into("charts/*.png", png_text(b"zTXt")),
    "in Word": member("summary.en.docx", "word/document.xml", lambda data: data.replace(b"</w:body>", b"<w:p><w:r><w:t>712\xc2\xa0</w:t></w:r><w:r><w:t>373</w:t></w:r></w:p></w:body>")),
    "in a sheet": member("summary.xlsx", "xl/worksheets/sheet2.xml", lambda data: data.replace(b"</sheetData>", b"<row><c><v>712373</v></c></row></sheetData>")),
    "in shared words of a workbook": member("summary.xlsx", "xl/sharedStrings.xml", lambda data: data.replace(b"</sst>", b"<si><t>712,373</t></si></sst>")),
    "as text of a PDF": into("summary.en.pdf", lambda data: page_of_pdf("712,373 persons")),
    "in a stream of a PDF": into("summary.en.pdf", lambda data: data.replace(b"%%EOF", b"9 0 obj <</Filter/FlateDecode>>\nstream\n" + __import__("zlib").compress(b"(712373) Tj") + b"\nendstream\nendobj\n%%EOF", 1)),
    "as a value of a decimal column": parquet(number_in("numerator"), compression="zstd"),
    "as a value of a whole column": parquet(number_in("n_bodies"), compression="zstd"),
    "as a word of a column": parquet(number_in("source"), compression="zstd"),
    "in metadata of a table": parquet(lambda table: table.replace_schema_metadata({"max": "712373"})),
    "as a raw 64-bit number": into("figures.parquet", lambda data: data[:4] + struct.pack("<q", SECRET) + data[4:]),
    "as a raw double": into("figures.json", lambda data: data + struct.pack("<d", float(SECRET))),
    "as a raw decimal": into("figures.json", lambda data: data + (SECRET * 10**10).to_bytes(16, "big")),
    "as a raw decimal, little end first": into("figures.json", lambda data: data + (SECRET * 100).to_bytes(16, "little")),
    "in the data package": text_in("datapackage.json", '{"maximum":712373}'),
    "in the manifest": text_in("manifest.json", '{"n":712373}'),
    "in the edition": text_in("edition.yaml", "n: 712373\n"),
    "in an archive in an archive": into("figures.json", lambda data: gzip.compress(b"712373")),
    "in the name of a file": lambda folder: (folder / "charts" / "crew-712373.svg").write_bytes(b"<svg/>") and None,
}  # fmt: skip


def test_what_is_not_there_is_not_found(built: Built) -> None:
    assert not searched(built.folder, SECRET)


@pytest.mark.parametrize("how", PLANTED)
def test_a_number_that_is_put_there_is_found(built: Built, tmp_path: Path, how: str) -> None:
    folder = Path(shutil.copytree(built.folder, tmp_path / "release"))
    PLANTED[how](folder)
    assert searched(folder, SECRET), how


def test_statistics_alone_are_found(tmp_path: Path) -> None:
    """The rows of a file say nothing of it; its statistics do, as raw bytes and when they are read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"n": pa.array([1, SECRET], pa.int64())}), out, compression="zstd")
    places = list(within("t.parquet", out.getvalue(), SECRET))
    assert "t.parquet: statistics of n" in places
    assert "t.parquet: 64-bit number, little end first" in places


@pytest.mark.parametrize("text", ["1712373", "7123730", "712373.5", "3,712,373", "712,373,001", "0.712373", "712,3737"])
def test_another_number_is_not_taken_for_it(text: str) -> None:
    assert not list(within("a.txt", text.encode(), SECRET))
