"""All files of a release: data, documents in each language, charts; and its manifest."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from eirene.disclosure import AudienceView
from eirene.documents import model as d
from eirene.documents import serialise
from eirene.documents.drawings import Assets, charts_of, draw_documents
from eirene.figures import Figure, figure_row
from eirene.figures.display import display, protection_text
from eirene.framework.model import Pack
from eirene.release.content import build_manifest, data_files, edition_for
from eirene.release.freeze import canonical_json
from eirene.release.inputs import Inputs
from eirene.release.read import history_entries
from eirene.release.tables import guard
from eirene.release.verify import recomputable

#: Formats that show drawings.
DRAWN = frozenset(("html", "pdf", "docx", "charts"))


def render(
    inputs: Inputs, view: AudienceView, documents: Mapping[str, d.Document]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """(path → content, manifest without its list of files)."""
    files = data_files(view, inputs.key)
    files["edition.yaml"] = edition_yaml(inputs, view)
    for lang, document in documents.items():
        files[f"document.{lang}.json"] = serialise.to_json(document)
    drawn = draw_documents(documents) if inputs.formats & DRAWN else {}
    if "charts" in inputs.formats:
        for lang, document in documents.items():
            files.update(chart_files(document, drawn[lang]))
    files.update(_set_documents(inputs.formats, view, documents, drawn))
    recomputed = recomputable(files, view)
    manifest = build_manifest(view, inputs.edition, history=history_entries(inputs.history), recomputable=recomputed)
    manifest["edition"]["title"] = {lang: document.title for lang, document in documents.items()}
    manifest["edition"]["subtitle"] = {lang: document.subtitle for lang, document in documents.items()}
    return files, manifest


def edition_yaml(inputs: Inputs, view: AudienceView) -> bytes:
    """The edition as a file that `--edition` reads again."""
    import yaml

    data = edition_for(inputs.edition, view).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text: str = yaml.safe_dump(
        {"format": "eirene.edition/1", **data}, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )
    return text.encode()


def chart_files(document: d.Document, assets: Assets) -> dict[str, bytes]:
    """charts/<id>.<lang>.{svg,png,json,csv} and .narrow.svg of every chart of one document."""
    files: dict[str, bytes] = {}
    for chart in charts_of(document):
        name = f"charts/{chart.id}.{document.lang}"
        files[f"{name}.svg"] = assets.svg[chart.id].encode()
        files[f"{name}.narrow.svg"] = assets.narrow[chart.id].encode()
        files[f"{name}.png"] = assets.png[chart.id]
        about = {"title": chart.title, "subtitle": chart.subtitle, "alt": chart.alt, "figures": list(chart.figures)}
        spec = {**chart.spec, "usermeta": {**about, "notice": document.notice, "marking": document.marking}}
        files[f"{name}.json"] = canonical_json(spec)
        files[f"{name}.csv"] = table_csv(chart, document)
    return files


def table_csv(chart: d.Chart, document: d.Document) -> bytes:
    """The chart's table with the exact numbers and the keys of their figures. Text stays text in every spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in chart.table.head:
        writer.writerow([*(guard(cell.text) for cell in row), document.words["col_key"]])
    for row in chart.table.rows:
        keys = list(dict.fromkeys(cell.figure for cell in row if cell.figure))
        writer.writerow([*(cell.number or guard(cell.text) for cell in row), " ".join(keys)])
    writer.writerow([])
    writer.writerow([guard(document.notice)])
    return out.getvalue().encode()


def _set_documents(
    formats: frozenset[str], view: AudienceView, documents: Mapping[str, d.Document], drawn: Mapping[str, Assets]
) -> dict[str, bytes]:
    """summary.<lang>.{html,pdf,docx} and summary.xlsx, one after the other.

    PDFs first, while little is held here: Typst takes some 700 MB for each, in a process that ends with it, and two
    threads.
    """
    makers: dict[str, Callable[[], bytes]] = {}
    for form in ("pdf", "docx", "html"):
        if form in formats:
            for lang, document in documents.items():
                makers[f"summary.{lang}.{form}"] = _maker(form, document, drawn[lang])
    if "xlsx" in formats:
        makers["summary.xlsx"] = lambda: _workbook(view, documents)
    return {name: make() for name, make in makers.items()}


def _maker(form: str, document: d.Document, assets: Assets) -> Callable[[], bytes]:
    def make() -> bytes:
        if form == "pdf":
            from eirene.documents.typst import render_pdf

            return render_pdf(document, assets)
        if form == "docx":
            from eirene.documents.word import render_docx

            return render_docx(document, assets)
        from eirene.documents.html import render_page

        return render_page(document, assets).encode()

    return make


def _workbook(view: AudienceView, documents: Mapping[str, d.Document]) -> bytes:
    from eirene.documents.workbook import render_xlsx

    return render_xlsx(documents, [_told(figure, view.pack) for figure in view.figures])


def _told(figure: Figure, pack: Pack) -> dict[str, Any]:
    """The row of a figure, with what stands in the place of a value that is not shown whole, and why, in words."""
    row, languages = figure_row(figure), pack.header.languages
    if not (figure.confidential or figure.rounded):
        return row
    why = {lang: protection_text(figure, pack, lang) for lang in languages}
    shown = {lang: display(figure, pack, lang) for lang in languages} if figure.confidential else {}
    return {**row, "shown": shown, "why": why}
