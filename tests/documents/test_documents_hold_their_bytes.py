"""The same document gives the same bytes: in another time zone, language, hash seed, process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

SCRIPT = """
import hashlib, sys
sys.path[:0] = [{src!r}, {here!r}]
from sample import sample
from eirene.documents.drawings import draw
from eirene.documents.html import render_page
from eirene.documents.serialise import to_json
from eirene.documents.typst import render_pdf
from eirene.documents.word import render_docx
from eirene.documents.workbook import render_xlsx

if __name__ == "__main__":
    document = sample("fr", bodies=2, chapters=2)
    assets = draw(document, workers={workers})
    missing = [{{"reason": "no_report", "n": 1}}]
    row = {{"key": "a.b", "label": {{"fr": "Part"}}, "value": 40.7, "decimals": 1, "missing": missing}}
    made = {{
        "json": to_json(document), "html": render_page(document, assets).encode(), "pdf": render_pdf(document, assets),
        "docx": render_docx(document, assets), "xlsx": render_xlsx({{"fr": document}}, [row]),
        "svg": "".join(assets.svg.values()).encode(), "png": b"".join(assets.png.values()),
    }}
    for name, data in made.items():
        print(name, hashlib.sha256(data).hexdigest())
"""


def made(tmp_path: Path, *, workers: int, **environment: str) -> dict[str, str]:
    import eirene

    script = tmp_path / "make.py"
    src = str(Path(eirene.__file__).parents[1])
    script.write_text(SCRIPT.format(src=src, here=str(HERE), workers=workers), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.mark.slow
def test_the_world_around_does_not_change_a_byte(tmp_path: Path) -> None:
    here = made(tmp_path, workers=2, TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")
    there = made(tmp_path, workers=1, TZ="Pacific/Auckland", LC_ALL="tr_TR.UTF-8", PYTHONHASHSEED="2")
    assert here == there
    assert set(here) == {"json", "html", "pdf", "docx", "xlsx", "svg", "png"}


def test_the_same_process_makes_the_same_bytes_twice(document, assets) -> None:  # type: ignore[no-untyped-def]
    from eirene.documents.html import render_page
    from eirene.documents.typst import render_pdf
    from eirene.documents.word import render_docx
    from eirene.documents.workbook import render_xlsx

    for make in (
        lambda: render_page(document, assets).encode(),
        lambda: render_docx(document, assets),
        lambda: render_pdf(document, assets),
        lambda: render_xlsx({"en": document}, []),
    ):
        assert hashlib.sha256(make()).digest() == hashlib.sha256(make()).digest()
