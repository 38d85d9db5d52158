"""What a whole release costs, beside the bare renderers on the same content, and the command line's start.

Goals on 2 cores: a release of 41 reports, both languages, all formats, all charts ≤ 60 s and ≤ 1.2 GiB, and ≤ 1.5 × the
bare renderers (vl-convert, Typst, XlsxWriter, python-docx's place) on the same content; `eirene --help` ≤ 0.3 s;
`eirene report check` whole process ≤ 1 s.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from eirene.documents import serialise
from eirene.documents.drawings import draw_documents
from eirene.documents.html import render_page
from eirene.documents.typst import render_pdf
from eirene.documents.word import render_docx
from eirene.documents.workbook import render_xlsx
from eirene.formats import encode_report
from eirene.framework import load
from eirene.packs import demo_reports
from eirene.release import open_release

EIRENE = [sys.executable, "-m", "eirene.cli"]


def timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def command(*words: str) -> float:
    return timed(lambda: subprocess.run([*EIRENE, *words], check=True, capture_output=True))


def renderers(folder: Path) -> float:
    """Only the drawing and setting of the release's own documents, one after the other, as a bare script would."""
    release = open_release(folder)
    documents = {lang: serialise.from_json((folder / f"document.{lang}.json").read_bytes()) for lang in ("en", "fr")}

    def render() -> None:
        drawn = draw_documents(documents)
        for lang, document in documents.items():
            render_pdf(document, drawn[lang])
            render_docx(document, drawn[lang])
            render_page(document, drawn[lang])
        render_xlsx(documents, release.rows)

    return timed(render)


def main() -> None:
    pack = load("concordia")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = demo_reports(pack, "2016")
        for report in reports:
            (folder / f"{report.body}.xlsx").write_bytes(encode_report(report, pack, "xlsx"))
        files = sorted(str(p) for p in folder.glob("*.xlsx"))
        words = ["summary", "build", "--pack", "concordia", "--cycle", "2016", "--quiet"]
        whole = [command(*words, *files, "-o", str(folder / f"release{n}")) for n in range(3)]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        bare = [renderers(folder / "release0") for _ in range(3)]
        verified = command("release", "verify", str(folder / "release0"))
        helped = statistics.median(command("--help") for _ in range(7))
        checked = statistics.median(command("report", "check", files[0]) for _ in range(5))
    a, b = statistics.median(whole), statistics.median(bare)
    print(f"release of {len(reports)} workbooks, 2 languages, all formats   {a:6.2f} s   goal 60 s")
    print(f"largest process                                       {peak:6.0f} MiB   goal 1229 MiB")
    print(f"the same documents, renderers alone                   {b:6.2f} s   ratio {a / b:.2f}   goal 1.5")
    print(f"eirene release verify                                 {verified:6.2f} s   {verified / a:.2f} of the build")
    print(f"eirene --help                                         {helped:6.2f} s   goal 0.3 s")
    print(f"eirene report check, whole process                    {checked:6.2f} s   goal 1 s")


if __name__ == "__main__":
    main()
