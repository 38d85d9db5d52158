"""Setting a Summary of about 250 pages, beside the bare renderers on the same content.

    python benchmarks/render.py             prints seconds and ratios; fails above the goals
    python benchmarks/render.py --profile   where the time of our own code goes

The document is the tests' sample with 14 rich chapters and 180 nation chapters. What one would take instead is Typst,
vl-convert, python-docx and XlsxWriter called directly: the same texts, tables and drawings, without statements,
contents, running heads, alternative texts, marking or fixed bytes.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "documents"))

from sample import sample

from eirene.documents import model as d
from eirene.documents.drawings import VEGA_LITE, Assets, charts_of, draw
from eirene.documents.fonts import font_folder
from eirene.documents.html import render_page
from eirene.documents.plain import runs_text, tables, walk
from eirene.documents.typst import render_pdf
from eirene.documents.word import render_docx
from eirene.documents.workbook import render_xlsx

#: Seconds on two cores.
GOALS = {"pdf": 10.0, "word": 6.0}
#: Our time for everything over that of the bare renderers.
GOAL_RATIO = 1.5


def timed(make: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    made = make()
    return time.perf_counter() - start, made


def texts(section: d.Section) -> list[str]:
    """Every text of a section's own blocks that is not a table."""
    found = []
    for block in section.blocks:
        match block:
            case d.Paragraph() | d.Note():
                found.append(runs_text(block.runs))
            case d.Statement():
                found.append(f"{block.value} {block.unit} {runs_text(block.sentence)} {block.previous}")
            case d.Bullets():
                found += [runs_text(item) for item in block.items]
            case d.Terms():
                found += [f"{term}: {runs_text(runs)}" for term, runs in block.items]
            case d.Footnotes():
                found += [f"{n}. {runs_text(runs)}" for n, runs in block.items]
    return found


# --- the bare renderers ---------------------------------------------------------------------------------------------


def bare_drawings(document: d.Document) -> Assets:
    import vl_convert

    svg, narrow, png = {}, {}, {}
    for chart in charts_of(document):
        svg[chart.id] = vl_convert.vegalite_to_svg(dict(chart.spec), vl_version=VEGA_LITE)
        narrow[chart.id] = vl_convert.vegalite_to_svg(dict(chart.narrow), vl_version=VEGA_LITE)
        png[chart.id] = vl_convert.vegalite_to_png(dict(chart.spec), vl_version=VEGA_LITE, scale=2)
    return Assets(svg, narrow, png)


def bare_pdf(document: d.Document, assets: Assets) -> bytes:
    """Headings, paragraphs, tables and pictures in Typst markup with the data as strings."""
    import typst

    def s(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [f"#set document(title: {s(document.title)}, date: none)", '#set text(lang: "en", font: "Source Sans Pro")']
    for level, section in walk(document.sections):
        lines.append(f"#heading(level: {level}, {s(section.title)})")
        lines += [f"#par({s(text)})" for text in texts(section)]
        for block in section.blocks:
            if isinstance(block, d.Table):
                cells = ", ".join(s(c.text) for row in block.rows for c in row)
                head = ", ".join(s(c.text) for c in block.head[0])
                lines.append(f"#table(columns: {len(block.head[0])}, table.header({head}), {cells})")
            elif isinstance(block, d.Chart):
                lines.append(f"#image({s(block.id + '.svg')}, alt: {s(block.alt)})")
    with tempfile.TemporaryDirectory() as name, font_folder() as fonts:
        for id, svg in assets.svg.items():
            (Path(name) / f"{id}.svg").write_text(svg, encoding="utf-8")
        place = Path(name) / "main.typ"
        place.write_text("\n".join(lines), encoding="utf-8")
        return bytes(
            typst.compile(
                str(place), root=name, font_paths=[str(fonts)], ignore_system_fonts=True, pdf_standards=["ua-1"]
            )
        )


def bare_docx(document: d.Document, assets: Assets) -> bytes:
    import docx
    from docx.shared import Mm

    file = docx.Document()
    for level, section in walk(document.sections):
        file.add_heading(section.title, level)
        for text in texts(section):
            file.add_paragraph(text)
        for block in section.blocks:
            if isinstance(block, d.Table):
                table = file.add_table(0, len(block.head[0]))
                for row in (*block.head, *block.rows):
                    for cell, given in zip(table.add_row().cells, row, strict=True):
                        cell.text = given.text
            elif isinstance(block, d.Chart):
                file.add_picture(io.BytesIO(assets.png[block.id]), width=Mm(160))
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def bare_xlsx(document: d.Document, rows: list[dict[str, Any]]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Figures")
    for i, row in enumerate(rows):
        for j, value in enumerate(row.values()):
            sheet.write(i, j, value if isinstance(value, str | int | float) else json.dumps(value))
    for n, (_, table) in enumerate(tables(document)):
        if table.number:
            sheet = book.add_worksheet(f"t{n}")
            for i, line in enumerate((*table.head, *table.rows)):
                for j, cell in enumerate(line):
                    sheet.write(i, j, float(cell.number) if cell.number else cell.text)
    book.close()
    return target.getvalue()


def figure_rows(n: int) -> list[dict[str, Any]]:
    """Rows of figures.json, as many as a release of 41 bodies has."""
    return [
        {
            "key": f"figure_{i}.2016.members.pooled",
            "id": f"figure_{i}",
            "label": {"en": f"Figure {i}"},
            "cycle": "2016",
            "population": "members",
            "kind": "pooled",
            "dimensions": {"service": "army"},
            "value": i / 10,
            "decimals": 1,
            "unit": "percent",
            "numerator": i,
            "denominator": 1000,
            "n_answered": 27,
            "n_applicable": 27,
            "n_bodies": 28,
            "missing": [{"reason": "no_report", "n": 1}],
            "footnotes": [],
            "basis": "computed",
            "source": "",
            "counting_rule": {"en": "The sum over the bodies that answered."},
        }
        for i in range(n)
    ]


# --- measuring ------------------------------------------------------------------------------------------------------


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--profile", action="store_true", help="where the time of our own code goes")
    profile = arguments.parse_args().profile
    document = sample("en", bodies=180, chapters=14)
    rows = figure_rows(6000)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    ours: dict[str, float] = {}
    ours["draw"], assets = timed(lambda: draw(document))
    ours["pdf"], pdf = timed(lambda: render_pdf(document, assets))
    ours["word"], _ = timed(lambda: render_docx(document, assets))
    ours["excel"], _ = timed(lambda: render_xlsx({"en": document}, rows))
    ours["html"], _ = timed(lambda: render_page(document, assets))
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(30)
    bare: dict[str, float] = {}
    bare["draw"], _ = timed(lambda: bare_drawings(document))
    bare["pdf"], _ = timed(lambda: bare_pdf(document, assets))
    bare["word"], _ = timed(lambda: bare_docx(document, assets))
    bare["excel"], _ = timed(lambda: bare_xlsx(document, rows))
    print(f"{len(charts_of(document))} charts, {pages(pdf)} pages")
    for name, seconds in ours.items():
        ratio = f"{seconds / bare[name]:5.2f} × bare ({bare[name]:.2f} s)" if name in bare else ""
        print(f"{name:6} {seconds:6.2f} s  {ratio}")
    whole = sum(ours.values()) / sum(bare.values())
    print(f"{'all':6} {sum(ours.values()):6.2f} s  {whole:5.2f} × bare (goal {GOAL_RATIO})")
    slow = [name for name, goal in GOALS.items() if ours[name] > goal]
    if slow or whole > GOAL_RATIO:
        print(f"too slow: {', '.join(slow) or 'all'}", file=sys.stderr)
        return 1
    return 0


def pages(pdf: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(pdf)).pages)


if __name__ == "__main__":
    sys.exit(main())
