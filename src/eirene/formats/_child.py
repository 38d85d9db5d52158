"""The process that parses files from outside, so that a file that breaks a parser breaks nothing else.

It is started by `door`, limits itself, and answers one request after another on its standard streams:

    request    one line of JSON {"kind": "xlsx"|"json", "size": n}, then n bytes
    answer     8 bytes length (big endian), then JSON: {"sheets": […]} of a workbook | {"files": {…}} of a package |
               {"ok": true} | {"refused": code, "facts": {}}

POSIX limits: address space, processor time for each file, no core file, no file written. Where the platform has no
`resource` module (Windows) only the parent's wall-clock limit and the checks before parsing protect; macOS accepts
RLIMIT_AS without enforcing it.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import IO, Any

from eirene.formats import _inspect


def main(memory: int, seconds: int) -> None:
    """Serve until the parent closes the pipe. `memory` in bytes, `seconds` of processor time for each file."""
    _limit_memory(memory)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["size"])
        _limit_time(seconds)
        _answer(sink, _parsed(request["kind"], data))


def _parsed(kind: str, data: bytes) -> dict[str, Any]:
    try:
        if kind == "json":
            _inspect.check_json(data)
            return {"ok": True}
        package = _inspect.read_package(data)
        if package is not None:
            return {"files": {name: base64.b64encode(content).decode() for name, content in package.items()}}
        return {"sheets": _inspect.read_values(data)}
    except _inspect.Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        return {"refused": "door_memory", "facts": {}}


def _answer(sink: IO[bytes], answer: dict[str, Any]) -> None:
    try:
        body = json.dumps(answer, separators=(",", ":")).encode()
    except MemoryError:
        body = b'{"refused":"door_memory","facts":{}}'
    sink.write(len(body).to_bytes(8, "big") + body)
    sink.flush()


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(what)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (limit, limit))


def _limit_time(seconds: int) -> None:
    """Processor time is counted over the life of the process: the limit moves on with each file."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
