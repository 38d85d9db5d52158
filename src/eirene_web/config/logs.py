"""Log lines, plain or as JSON: what happened and where in the code. Never content, of a request or of an answer.

An exception's own words may quote what somebody typed; they are left out unless it is one that cannot.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from types import TracebackType

#: Faults of the program itself, and of what surrounds it: their words name code and places, not content.
_SPEAK = (AttributeError, NameError, ImportError, TypeError, NotImplementedError, RecursionError, OSError, MemoryError)
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def without_content(raised: Raised) -> str:
    """Kind and places of an exception and of those that led to it."""
    lines: list[str] = []
    error = raised[1]
    while error is not None:
        # What a library says of a statement may hold its values.
        words = f": {error}" if type(error) in _SPEAK or isinstance(error, OSError) else ""
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{words}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


class PlainLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(self, ei: Raised) -> str:
        return without_content(ei)


class JsonLines(logging.Formatter):
    """Time, level, logger, message, the facts of a request, the kind and places of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        facts = getattr(record, "request_facts", None)
        line.update(facts if facts is not None else {"message": record.getMessage()})
        if record.exc_info:
            line["error"] = without_content(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
