"""Every bad file is refused with its place and a remedy, nothing of it is taken in, and nothing breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cast import toy
from corpus.make_corpus import Bad, book, cell, corpus
from eirene.errors import Unreadable
from eirene.formats import Door, read_report
from eirene.formats import _inspect as inspect

pytestmark = pytest.mark.slow

CORPUS = corpus()


@pytest.fixture(scope="module")
def pack():
    return toy()


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_in_words(bad: Bad, tmp_path: Path, pack) -> None:
    path = tmp_path / bad.name
    path.write_bytes(bad.data)

    with pytest.raises(Unreadable) as refused:
        read_report(path, pack)

    assert refused.value.exit_code == 2
    for problem in refused.value.problems:
        assert str(path) in problem.where
        assert problem.what
        assert "Traceback" not in str(problem)
    told = str(refused.value)
    for words in bad.says:
        assert words in told
    assert path.read_bytes() == bad.data


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_refusal_has_words_and_a_remedy_in_both_languages(lang: str) -> None:
    from eirene.text import _shipped

    source = (Path(inspect.__file__).read_text() + Path(inspect.__file__).with_name("door.py").read_text()).split('"')
    codes = {part for part in source if part.startswith("door_")}
    assert len(codes) > 30
    for code in codes:
        assert _shipped(lang)[code]
        assert _shipped(lang)[f"{code}_do"]


def test_the_catalogues_of_both_languages_hold_the_same_phrases() -> None:
    import string

    import yaml

    folder = Path(inspect.__file__).parents[1] / "phrases"
    english, french = (yaml.safe_load((folder / f"{one}.formats.yaml").read_text("utf-8")) for one in ("en", "fr"))
    assert english.keys() == french.keys()

    def holes(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    assert {key: holes(text) for key, text in english.items()} == {key: holes(text) for key, text in french.items()}


def test_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path: Path, pack) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (tmp_path, "folder"),
        (tmp_path / "pipe", "ordinary"),
        (tmp_path / "none.xlsx", "no such file"),
    ):
        with pytest.raises(Unreadable, match=words):
            read_report(path, pack)


def test_one_child_reads_many_files_and_a_bad_one_does_not_spoil_the_next() -> None:
    good = book(cell("A1", "42"))
    bomb = next(bad for bad in CORPUS if bad.name == "text-bomb.xlsx").data
    with Door() as door:
        for data in (good, bomb, good):
            try:
                outside = door.open_bytes(data, "upload.xlsx")
            except Unreadable:
                assert data is bomb
            else:
                assert [c.value for c in outside.sheets[0].cells.values()] == [42]


def test_a_child_that_takes_too_long_means_refused() -> None:
    with Door(wall_seconds=0.0) as door, pytest.raises(Unreadable, match="could not be read within"):
        door.open_bytes(book(cell("A1")), "upload.xlsx")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on address space is enforced on Linux")
def test_the_whole_corpus_stays_within_the_childs_memory(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from eirene.errors import Unreadable\n"
        "from eirene.formats import Door\n"
        "with Door() as door:\n"
        "    for path in sys.argv[1:]:\n"
        "        try: door.open(path)\n"
        "        except Unreadable: pass\n"
        "import resource\n"
        "own = next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1]\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, own)\n"
    )
    paths = []
    for bad in CORPUS:
        paths.append(tmp_path / bad.name)
        paths[-1].write_bytes(bad.data)
    ran = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True)
    child, parent = (int(kib) // 1024 for kib in ran.stdout.split())
    assert child <= 512
    assert parent <= 256


def test_a_sheet_may_carry_styled_blank_cells_far_out() -> None:
    rows = cell("A1", "7") + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    with Door() as door:
        outside = door.open_bytes(book(rows), "styled.xlsx")
    assert list(outside.sheets[0].cells) == [(0, 0)]


def test_the_child_finds_its_code_whatever_folder_it_is_started_in(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "eirene").mkdir()
    (tmp_path / "eirene" / "__init__.py").write_text("raise SystemExit('not this one')")
    (tmp_path / "json.py").write_text("raise SystemExit('nor this')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Door() as door:
        assert door.open_bytes(book(cell("A1")), "here.xlsx").sheets
