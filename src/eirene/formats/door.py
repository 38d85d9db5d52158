"""The one door for files from outside.

A file is read once, up to a size; its kind is told by its content; the checks of `_inspect` and then the parser run in
a child process that has little memory and little time. A child that dies, for whatever reason, means *refused*.

    limit                       value
    file                        10 MB
    entries of the container    2,000; unpacked 100 MB counted while inflating; at most 100 times the packed size
    sheets                      20,000 rows × 256 columns, 500,000 cells in all, no document type, no entities
    JSON                        well-formed, depth 32, 500,000 values
    child                       512 MiB of address space, 20 s of processor time a file, 60 s by the wall clock

Memory and processor limits need POSIX; on macOS the address space is not enforced, on Windows neither is. There the
checks before parsing and the wall-clock limit remain.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from eirene.errors import Problem, Unreadable
from eirene.formats import _inspect
from eirene.formats._inspect import Refused, cell_name
from eirene.text import Phrases

CHILD_MEMORY = 512 * 1024 * 1024
CHILD_SECONDS = 20
WALL_SECONDS = 60
#: A child is replaced after so many files, so that none inherits a tired one.
FILES_PER_CHILD = 200
_MAX_ANSWER = 256 * 1024 * 1024

Kind = Literal["text", "number", "percent", "yes_no", "date", "error", "uncached"]
_KINDS: Mapping[str, Kind] = {
    "s": "text",
    "n": "number",
    "p": "percent",
    "b": "yes_no",
    "d": "date",
    "e": "error",
    "u": "uncached",
}


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as it stands in a file. `value`: text, number as exact as the file has it, yes/no, or ISO date.

    percent    the number is stored as a fraction and shown as per cent: 0.407 for 40.7 %
    error      `value` is the error: #REF!
    uncached   a formula whose result the file does not hold
    """

    kind: Kind
    value: str | Decimal | bool


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet: cells by (row, column), counted from 0, only those that hold something."""

    name: str
    cells: Mapping[tuple[int, int], RawCell] = field(default_factory=dict)
    visible: bool = True
    formulas: int = 0
    validations: int = 0


@dataclass(frozen=True, slots=True)
class Outside:
    """What came through the door: the sheets of a workbook, the bytes of a JSON file that is well-formed, or the files
    of a package, which nobody has looked into yet."""

    place: str
    kind: Literal["xlsx", "json", "package"]
    sheets: tuple[RawSheet, ...] = ()
    data: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)


class Door:
    """Reads files from outside, one after another, in one child process.

    Use as a context manager; not shared between threads. `lang` is the language of the refusals.
    """

    def __init__(
        self,
        lang: str = "en",
        *,
        memory: int = CHILD_MEMORY,
        seconds: int = CHILD_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self.say = Phrases(lang)
        self._limits = (memory, seconds)
        self._wall = wall_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next file starts another."""
        child, self._child = self._child, None
        self._files = 0
        if child is not None:
            child.kill()
            child.communicate()

    def open(self, path: str | Path) -> Outside:
        """What the file holds. Raises Unreadable, saying what the file is and what to do."""
        place = str(path)
        try:
            return self._opened(place, read_bytes(path))
        except Refused as refused:
            raise refusal(refused, place, self.say) from None

    def open_bytes(self, data: bytes, place: str) -> Outside:
        """The same for a file that is already in memory, e.g. uploaded; `place` is its name in messages."""
        try:
            return self.opened(data, place)
        except Refused as refused:
            raise refusal(refused, place, self.say) from None

    def opened(self, data: bytes, place: str) -> Outside:
        """The same, raising Refused: for those who tell the refusal in several languages, by `refusal`."""
        if len(data) > _inspect.MAX_BYTES:
            raise Refused("door_size", limit=_inspect.MAX_BYTES // 1024 // 1024)
        return self._opened(place, data)

    def _opened(self, place: str, data: bytes) -> Outside:
        kind = _inspect.sniff(data)
        answer = self._ask(kind, data)
        if "refused" in answer:
            raise Refused(str(answer["refused"]), **answer["facts"])
        if kind == "json":  # the child has found it well-formed and within the limits: reading it again is safe
            return Outside(place, "json", data=data)
        if "files" in answer:
            files = {name: base64.b64decode(content) for name, content in answer["files"].items()}
            return Outside(place, "package", files=files)
        return Outside(place, "xlsx", tuple(_sheet(raw) for raw in answer["sheets"]))

    def _ask(self, kind: str, data: bytes) -> dict[str, Any]:
        fresh = self._child is None
        answer = self._exchange(kind, data)
        if answer is None and not fresh:
            answer = self._exchange(kind, data)  # what an earlier file left behind must not decide on this one
        if answer is None:
            raise Refused("door_child", seconds=self._limits[1], memory=self._limits[0] // 1024 // 1024)
        return answer

    def _exchange(self, kind: str, data: bytes) -> dict[str, Any] | None:
        """The child's answer; None if it died or took too long."""
        if self._files >= FILES_PER_CHILD:
            self.close()
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        self._files += 1
        watch = threading.Timer(self._wall, child.kill)
        watch.start()
        try:
            child.stdin.write(json.dumps({"kind": kind, "size": len(data)}).encode() + b"\n")
            child.stdin.write(data)
            child.stdin.flush()
            size = int.from_bytes(child.stdout.read(8), "big")
            body = child.stdout.read(size) if 0 < size <= _MAX_ANSWER else b""
        except (BrokenPipeError, ConnectionResetError):
            body, size = b"", 0
        finally:
            watch.cancel()
        if not size or len(body) != size:
            self.close()
            return None
        answer: dict[str, Any] = json.loads(body)
        if answer.get("refused") == "door_memory":
            self.close()
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        # -I: neither the folder we stand in nor the environment decides which code the child runs.
        root = str(Path(__file__).resolve().parents[2])
        memory, seconds = self._limits
        start = f"from eirene.formats._child import main; main({memory}, {seconds})"
        code = f"import sys; sys.path.insert(0, {root!r}); {start}"
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter on our own code
            [sys.executable, "-I", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        return self._child


def _environment() -> dict[str, str]:
    """Only what the interpreter needs to start; threads of parsers are not wanted."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "MALLOC_ARENA_MAX": "1"}


def open_outside(path: str | Path, lang: str = "en") -> Outside:
    """One file from outside. Raises Unreadable. For several files keep a `Door` open."""
    with Door(lang) as door:
        return door.open(path)


def read_bytes(path: str | Path) -> bytes:
    """The bytes of an ordinary file of at most 10 MB. Raises Refused; never waits on a pipe or a device."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise Refused("door_missing") from None
    except IsADirectoryError:
        raise Refused("door_folder") from None
    except OSError as error:
        raise Refused("door_no_access", why=error.strerror or str(error)) from None
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise Refused("door_folder" if stat.S_ISDIR(mode) else "door_not_ordinary")
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(_inspect.MAX_BYTES + 1)
    if len(data) > _inspect.MAX_BYTES:
        raise Refused("door_size", limit=_inspect.MAX_BYTES // 1024 // 1024)
    return data


def refusal(refused: Refused, place: str, say: Phrases) -> Unreadable:
    """The error for a person: what the file is, and what to do."""
    code, facts = refused.code, refused.facts
    return Unreadable(Problem(say(code, **facts), place, say(f"{code}_do", **facts)))


def _sheet(raw: Mapping[str, Any]) -> RawSheet:
    cells = {(row, column): RawCell(_KINDS[kind], _value(kind, value)) for row, column, kind, value in raw["cells"]}
    return RawSheet(raw["name"], cells, raw["visible"], raw["formulas"], raw["validations"])


def _value(kind: str, value: Any) -> str | Decimal | bool:
    if kind in ("n", "p"):
        return Decimal(value)
    return bool(value) if kind == "b" else str(value)


def filled(sheet: RawSheet) -> Iterator[tuple[str, RawCell]]:
    """Cells that hold something, by name (C12), row by row."""
    for (row, column), cell in sorted(sheet.cells.items()):
        yield cell_name(row, column), cell
