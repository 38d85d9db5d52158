"""Puts a release on the disk whole or not at all.

Everything is written into a folder beside the wished one, flushed to the disk and then renamed: a reader sees the whole
release or none. What a killed build left behind is removed by the next build of the same place; a build that still
runs holds a lock on its folder, so it is never mistaken for a dead one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import mimetypes
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eirene.errors import Blocked, EireneError, Problem, UsageError

#: (what is done, how many of, how many)
Progress = Callable[[str, int, int], None]

MANIFEST = "manifest.json"
_CHUNK = 1 << 20
#: Set here rather than asked of the system, whose table differs from machine to machine.
_MEDIA = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".yaml": "application/yaml",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
}
_BUILTIN_MEDIA = mimetypes.MimeTypes(filenames=())


def canonical_json(data: object) -> bytes:
    """JSON with sorted keys, two spaces, UTF-8 and a final newline: the same data gives the same bytes."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False) + "\n").encode()


def media_type(path: str) -> str:
    suffix = os.path.splitext(path)[1].lower()
    return _MEDIA.get(suffix) or _BUILTIN_MEDIA.guess_type(path)[0] or "application/octet-stream"


def claim(out: Path) -> Path:
    """Where the release will stand, once it is known that it may stand there; call it before a long build.

    Raises Blocked if something stands there already: a release is never changed, a correction is a new one.
    """
    place = Path(os.path.realpath(out))
    if place.is_dir():
        if not any(place.iterdir()):
            return place
        kind = "a release" if (place / MANIFEST).is_file() else "files"
        raise Blocked(
            f"The folder already holds {kind}.",
            where=str(out),
            remedy="A release is never overwritten: choose another folder, or move this one away.",
        )
    if place.exists():
        raise UsageError("This is a file, not a folder.", where=str(out), remedy="Give the path of a new folder.")
    return place


def freeze(
    out: Path, files: Mapping[str, bytes | Path], manifest: Mapping[str, Any], *, progress: Progress | None = None
) -> Path:
    """Writes `files` (path inside the release → content, or the file to copy) and manifest.json; returns the folder.

    `manifest` gains `files`: path, sha256, bytes and media type of each, by path. Raises Blocked if `out` is not free,
    EireneError with place and remedy if the disk is full or may not be written; nothing is left of the attempt.
    """
    place = claim(out)
    _check_names(files)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _sweep(place)
        with _workplace(place) as folder:
            listed = _write_all(folder, files, progress)
            _write(folder / MANIFEST, canonical_json({**manifest, "files": listed}))
            _flush_folders(folder)
            os.rename(folder, place)
        _flush(place.parent)
    except OSError as error:
        raise _told(error, out) from error
    return place


def _check_names(files: Mapping[str, bytes | Path]) -> None:
    problems = [
        Problem(f"{path!r} cannot be the name of a file of a release.")
        for path in sorted(files)
        if not is_plain(path) or path == MANIFEST
    ]
    if problems:
        raise EireneError(problems)


def is_plain(path: str) -> bool:
    """Whether it names a file inside the folder and nothing else: relative, with /, without `..` or odd characters."""
    if not path or len(path) > 400 or "\\" in path or ":" in path or any(ord(c) < 32 for c in path):
        return False
    return all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in path.split("/"))


def _write_all(folder: Path, files: Mapping[str, bytes | Path], progress: Progress | None) -> list[dict[str, Any]]:
    listed = []
    for done, path in enumerate(sorted(files), start=1):
        digest, size = _write(folder / path, files[path])
        listed.append({"path": path, "sha256": digest, "bytes": size, "media_type": media_type(path)})
        if progress is not None:
            progress("freeze", done, len(files))
    return listed


def _write(path: Path, content: bytes | Path) -> tuple[str, int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(path, "xb") as target:
        for chunk in _chunks(content):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        target.flush()
        os.fsync(target.fileno())
    os.chmod(path, 0o644)
    return digest.hexdigest(), size


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with open(content, "rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


@contextmanager
def _workplace(place: Path) -> Iterator[Path]:
    """A locked folder beside `place`; removed on the way out unless it has been renamed."""
    folder, held = _locked_folder(place)
    try:
        yield folder
    finally:
        # Renamed: the name is gone and there is nothing to remove.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _locked_folder(place: Path) -> tuple[Path, int]:
    number = 0
    while True:
        folder = place.with_name(f".{place.name}.partial-{os.getpid()}-{number}")
        number += 1
        try:
            folder.mkdir(mode=0o755)
        except FileExistsError:
            continue
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        # Another build may have swept the folder away between the two calls.
        if folder.exists() and os.path.samestat(os.fstat(held), folder.stat()):
            return folder, held
        os.close(held)


def _sweep(place: Path) -> None:
    """Removes what killed builds of this place left: folders of that name that no living process holds."""
    for folder in sorted(place.parent.glob(f".{glob_escape(place.name)}.partial-*")):
        if folder.is_symlink() or not folder.is_dir():
            continue
        try:
            held = os.open(folder, os.O_RDONLY)
        except OSError:  # someone else's folder, or just gone: not ours to remove
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(held)


def glob_escape(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _flush_folders(folder: Path) -> None:
    for inner, _, _ in os.walk(folder):
        _flush(Path(inner))


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(error: OSError, out: Path) -> EireneError:
    """What the system said, in words that help."""
    nothing = "Nothing was left behind."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what, remedy = "The disk is full.", "Free space there, or choose a folder on another disk."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what, remedy = "May not be written.", "Choose a folder that you may write to."
    elif error.errno in (errno.ENOTEMPTY, errno.EEXIST):
        what, remedy = "The folder was filled by something else meanwhile.", "Choose another folder."
    elif error.errno == errno.ENAMETOOLONG:
        what, remedy = "The name is too long for this disk.", "Choose a shorter one."
    else:
        what, remedy = f"Could not be written: {error.strerror or error}.", "Choose another folder."
    return EireneError(f"{what} {nothing}", where=str(error.filename or out), remedy=remedy)
