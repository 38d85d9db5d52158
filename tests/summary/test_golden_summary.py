"""The Summary of Concordia 2016 for the public, as text: what changes in it is seen, and is meant.

To take over a change that is meant: EIRENE_GOLDEN=write python -m pytest tests/summary/test_golden_summary.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from eirene.documents import model as d
from eirene.framework import load
from eirene.packs import demo_reports
from eirene.release import History, build_release, open_release

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = load("concordia")
    history = [History(c, f"concordia-{c}", "0" * 64, tuple(demo_reports(pack, c))) for c in ("2014", "2015")]
    out = tmp_path_factory.mktemp("golden") / "release"
    return build_release(pack, "2016", demo_reports(pack, "2016"), out=out, history=history, formats=())


def lines(section: d.Section) -> Iterator[str]:
    yield f"{'#' * (section.number.count('.') + 1)} {section.number} {section.title}".rstrip()
    for block in section.blocks:
        match block:
            case d.Statement():
                sentence = "".join(run.text for run in block.sentence)
                yield f"{block.value} {block.unit} {sentence} [{block.previous}]"
            case d.Paragraph() | d.Note():
                yield "".join(run.text for run in block.runs)
            case d.Chart():
                yield f"{block.number}: {block.title} ({block.source})"
            case d.Table():
                yield f"{block.number}: {block.title}, {len(block.rows)} rows"
            case d.Footnotes():
                yield from (f"{n}. {''.join(run.text for run in runs)}" for n, runs in block.items)
    for inner in section.sections:
        if inner.kind != "body":
            yield from lines(inner)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_summary_reads_as_it_did(summary: Path, lang: str) -> None:
    document = open_release(summary).document(lang)
    text = "\n".join(line for section in document.sections for line in lines(section)) + "\n"
    golden = GOLDEN / f"concordia-2016.{lang}.txt"
    if os.environ.get("EIRENE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
