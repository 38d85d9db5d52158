"""A release is on the disk whole, or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from eirene.errors import Blocked, EireneError, UsageError
from eirene.release import freeze as freezing
from eirene.release.freeze import freeze


def content() -> dict[str, bytes]:
    return {"figures.json": b"[]\n", "charts/one.en.svg": b"<svg/>", "résumé.txt": "é".encode()}


def test_every_file_is_listed_with_its_hash(tmp_path: Path) -> None:
    out = freeze(tmp_path / "out", content(), {"format": "eirene.release/1"})
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert [f["path"] for f in manifest["files"]] == ["charts/one.en.svg", "figures.json", "résumé.txt"]
    for entry in manifest["files"]:
        data = (out / entry["path"]).read_bytes()
        assert (entry["sha256"], entry["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        freeze(tmp_path / name, dict(reversed(list(content().items()))) if name == "b" else content(), {"id": "x"})
    for path in ("manifest.json", *content()):
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_large_files_are_copied_from_where_they_are(tmp_path: Path) -> None:
    source = tmp_path / "big"
    source.write_bytes(os.urandom(3 << 20))
    out = freeze(tmp_path / "out", {"big.pdf": source}, {})
    assert (out / "big.pdf").read_bytes() == source.read_bytes()


def test_an_empty_folder_may_become_the_release(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert (freeze(tmp_path / "out", content(), {}) / "manifest.json").is_file()


def test_a_release_is_never_overwritten(tmp_path: Path) -> None:
    out = freeze(tmp_path / "out", content(), {})
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    with pytest.raises(Blocked, match=r"already holds a release.*choose another folder"):
        freeze(out, {"other": b""}, {})
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_other_peoples_files_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(Blocked, match="already holds files"):
        freeze(tmp_path / "out", content(), {})
    with pytest.raises(UsageError, match="a file, not a folder"):
        freeze(tmp_path / "out" / "thesis.txt", content(), {})


@pytest.mark.parametrize("path", ["../out.txt", "/etc/x", "a//b", "a\\b", "", "manifest.json", "a/../b", "c:x"])
def test_files_stay_inside_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(EireneError, match="cannot be the name"):
        freeze(tmp_path / "out", {path: b""}, {})
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(freezing.os, "fsync", full)
    with pytest.raises(EireneError, match=r"disk is full.*Nothing was left behind.*Free space"):
        freeze(tmp_path / "out", content(), {})
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        disk = Path("/dev/full")  # no right to mount: at least a device that is always full
        with pytest.raises(EireneError, match=r"full|not a folder"):
            freeze(disk, content(), {})
        return
    try:
        with pytest.raises(EireneError, match="disk is full"):
            freeze(disk / "out", {"big": bytes(1 << 20)}, {})
        assert not list(disk.iterdir())
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_place_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    monkeypatch.setattr(freezing.Path, "mkdir", refused)
    with pytest.raises(EireneError, match="May not be written"):
        freeze(tmp_path / "out", content(), {})


def _builder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that stops in the middle of a build and says so."""
    program = f"""
        import sys, time
        from pathlib import Path
        from eirene.release.freeze import freeze
        def stop(*_):
            print("in the middle", flush=True)
            time.sleep(60)
        freeze(Path({str(tmp_path / "out")!r}), {{"a": b"1", "b": b"2"}}, {{}}, progress=stop)
    """
    started = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "in the middle\n"
    return started


def test_a_killed_build_leaves_no_release_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    with _builder(tmp_path) as killed:
        killed.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    assert [p.name.startswith(".out.partial-") for p in tmp_path.iterdir()] == [True]
    freeze(tmp_path / "out", content(), {})
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_build_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    with _builder(tmp_path) as running:
        freeze(tmp_path / "out", content(), {})
        assert len([p for p in tmp_path.iterdir() if p.name.startswith(".out.partial-")]) == 1
        running.send_signal(signal.SIGKILL)


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        freeze(tmp_path / "out", content(), {}, progress=interrupt)
    assert not list(tmp_path.iterdir())
