"""A report from a file, whichever of our formats it is in; and back into any of them."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eirene.errors import EireneError, Problem, Unreadable, UsageError
from eirene.formats import workbook
from eirene.formats._layout import FORMAT as WORKBOOK_FORMAT
from eirene.formats._layout import read_identity
from eirene.formats._reader import ReadResult
from eirene.formats.door import Door, Outside
from eirene.framework import Pack, load
from eirene.questionnaires import load_report, read_json, report_bytes
from eirene.questionnaires.model import Report
from eirene.text import Phrases

__all__ = [
    "ReadResult",
    "encode_report",
    "pack_of_report",
    "read_outside",
    "read_report",
    "read_reports",
    "refuse_duplicates",
]

#: The file opened last: naming its pack and then reading it goes through the door once.
_last: tuple[tuple[str, int, int], Outside] | None = None


def read_report(
    path: str | Path,
    pack: Pack,
    *,
    expected_cycle: str | None = None,
    expected_body: str | None = None,
    lang: str = "en",
) -> ReadResult:
    """The report in a workbook or JSON file, told by content. Raises Unreadable with every problem."""
    return _read(_open(path, lang), pack, expected_cycle, expected_body, lang)


def read_reports(
    paths: Sequence[str | Path], pack: Pack, *, jobs: int = 2, lang: str = "en"
) -> list[ReadResult | EireneError]:
    """Each file's report, or the error for which it was refused, in the order given.

    `jobs` child processes parse side by side; the result does not depend on it.
    """
    local = threading.local()
    doors: list[Door] = []

    def one(path: str | Path) -> ReadResult | EireneError:
        if not hasattr(local, "door"):
            local.door = Door(lang)
            doors.append(local.door)
        try:
            return _read(local.door.open(path), pack, None, None, lang)
        except EireneError as error:
            return error

    try:
        with ThreadPoolExecutor(max(1, min(jobs, len(paths) or 1))) as pool:
            return list(pool.map(one, paths))
    finally:
        for door in doors:
            door.close()


def _open(path: str | Path, lang: str) -> Outside:
    global _last
    try:
        state = os.stat(path)
        key = (str(path), state.st_mtime_ns, state.st_size)
    except OSError:
        key = None
    if key is not None and _last is not None and _last[0] == key:
        return _last[1]
    with Door(lang) as door:
        outside = door.open(path)
    _last = (key, outside) if key is not None else None
    return outside


def read_outside(
    outside: Outside,
    pack: Pack,
    *,
    expected_cycle: str | None = None,
    expected_body: str | None = None,
    lang: str = "en",
) -> ReadResult:
    """The same for a file that has come through the door."""
    return _read(outside, pack, expected_cycle, expected_body, lang)


def _read(outside: Outside, pack: Pack, cycle: str | None, body: str | None, lang: str) -> ReadResult:
    if outside.kind == "package":
        say = Phrases(lang)
        raise Unreadable(say("door_package"), where=outside.place, remedy=say("door_package_do"))
    if outside.kind == "xlsx":
        return workbook.read_outside(outside, pack, expected_cycle=cycle, expected_body=body, lang=lang)
    report = load_report(outside.data, pack, place=outside.place)
    problems = [
        Problem(
            f"This is the report of another {what}: {found}; expected was {expected}.",
            outside.place,
            f"Send the report of {expected}.",
        )
        for what, found, expected in (("cycle", report.cycle, cycle), ("body", report.body, body))
        if expected is not None and found != expected
    ]
    if problems:
        raise Unreadable(problems)
    return ReadResult(report)


def pack_of_report(path: str | Path) -> Pack:
    """The pack that a report names, loaded. Raises Unreadable if it names none, PackError if there is none."""
    outside = _open(path, "en")
    if outside.kind == "package":
        say = Phrases("en")
        raise Unreadable(say("door_package"), where=outside.place, remedy=say("door_package_do"))
    name = _named_in_workbook(outside) if outside.kind == "xlsx" else _named_in_json(outside)
    if not name:
        raise Unreadable(
            Problem(
                "The file does not say which pack it belongs to.", outside.place, "Is it a report? Say --pack NAME."
            )
        )
    return load(name)


def _named_in_workbook(outside: Outside) -> str:
    for sheet in outside.sheets:
        for _, cell in sorted(sheet.cells.items()):
            if cell.kind == "text" and str(cell.value).lstrip().startswith(WORKBOOK_FORMAT):
                stated = read_identity(str(cell.value))
                if stated is not None and not isinstance(stated, str):
                    return stated.pack
    return ""


def _named_in_json(outside: Outside) -> str:
    data = read_json(outside.data, outside.place)
    name = data.get("pack") if isinstance(data, dict) else None
    # A name, never a path: a file from outside does not choose which folder is read.
    return name if isinstance(name, str) and name.isidentifier() else ""


def refuse_duplicates(reports: Iterable[Report]) -> None:
    """Raises Unreadable if two reports are of one body and cycle, naming both files for each."""
    by_body: defaultdict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in reports:
        by_body[report.body, report.cycle].append(report)
    problems = [
        Problem(
            f"There are {len(same)} reports of {body} for {cycle}: {', '.join(r.place or '?' for r in same)}.",
            same[-1].place,
            "Keep the one that holds; parts of one report are joined by `eirene report merge`.",
        )
        for (body, cycle), same in sorted(by_body.items())
        if len(same) > 1
    ]
    if problems:
        raise Unreadable(problems)


def encode_report(
    report: Report, pack: Pack, form: str, *, lang: str | None = None, sections: Sequence[str] = ()
) -> bytes:
    """The report as bytes of a format: xlsx (filled in), json (canonical), docx (for reading)."""
    language = lang or pack.header.languages[0]
    if form == "json":
        return report_bytes(report, pack)
    if form == "xlsx":
        return workbook.write_workbook(
            pack, report.cycle, report.body, lang=language, report=report, sections=tuple(sections)
        )
    if form == "docx":
        from eirene.formats.questionnaire_docx import write_questionnaire

        return write_questionnaire(pack, report.cycle, lang=language, body=report.body, report=report)
    raise UsageError(f"There is no format {form!r}.", remedy="Formats are xlsx, json and docx.")
