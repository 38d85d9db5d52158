"""The history as a file: CSV for a spreadsheet, JSON for a program; written as it is read, whatever its length."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from eirene_web.custody.history import Line

COLUMNS = ("entry", "at", "who", "post", "what", "of", "field", "before", "after", "content", "hash")


class _Echo:
    """What csv writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    """A row for each field that changed; a text that a spreadsheet would take for a formula stays text."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for line in lines:
        head = (str(line.sequence), line.at.isoformat(), line.who, line.post, line.verb)
        for one in line.changes or [None]:
            rest = (one.thing, one.field, one.before, one.after, one.gone) if one else ("", "", "", "", "")
            yield str(writer.writerow([inert(cell) for cell in (*head, *rest, line.hash)]))


def inert(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_json(lines: Iterable[Line]) -> Iterator[str]:
    """A list of entries, each on a line of its own."""
    yield "["
    for number, line in enumerate(lines):
        told = {**asdict(line), "at": line.at.isoformat()}
        for change in told["changes"]:
            change.pop("ref")
        yield ("," if number else "") + "\n" + json.dumps(told, ensure_ascii=False, sort_keys=True)
    yield "\n]\n"
