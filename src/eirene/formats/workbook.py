"""The Excel workbook of one body for one cycle: written for people to fill in, and read back without loss."""

from __future__ import annotations

import re
from pathlib import Path

from eirene.errors import UsageError
from eirene.formats import _reader, _writer
from eirene.formats._reader import ReadResult
from eirene.formats.door import Door, Outside
from eirene.framework import Pack, asked, cycle_of
from eirene.questionnaires.model import Report

_REFERENCE = re.compile(r"[A-Za-z0-9-]{0,64}")

__all__ = ["ReadResult", "read_outside", "read_workbook", "write_workbook"]


def write_workbook(
    pack: Pack,
    cycle: str,
    body: str,
    *,
    lang: str = "",
    report: Report | None = None,
    previous: Report | None = None,
    sections: tuple[str, ...] = (),
    reference: str = "",
) -> bytes:
    """The workbook as .xlsx bytes, the same for the same arguments.

    lang       language of the form; the pack's first if empty
    report     answers to fill in already; absent: an empty form
    previous   an earlier report of the body: its values stand in grey beside the boxes, its definitions are carried
               forward
    sections   ids of the sections it holds; all if empty
    reference  letters, digits and - that stand in its identity and come back when it is read: whoever keeps a record
               of what was handed out finds it again

    Raises UsageError for a body, cycle, language or section that the pack does not have, a reference of other signs,
    or a report of another body or cycle; Blocked if a text is longer than a cell of a workbook can hold.
    """
    lang = lang or pack.header.languages[0]
    _known(pack, cycle, body, sections)
    if not _REFERENCE.fullmatch(reference):
        raise UsageError(f"{reference[:60]!r} cannot be the reference of a workbook.", remedy="Letters, digits and -.")
    for given, what in ((report, "answers"), (previous, "previous report")):
        if given is not None and given.body != body:
            raise UsageError(f"The {what} are of {given.body}, the workbook is for {body}.")
    if report is not None and report.cycle != cycle:
        raise UsageError(f"The answers are of the cycle {report.cycle}, the workbook is for {cycle}.")
    return _writer.write(
        pack, cycle, body, lang=lang, report=report, previous=previous, sections=sections, reference=reference
    )


def _known(pack: Pack, cycle: str, body: str, sections: tuple[str, ...]) -> None:
    cycle_of(pack, cycle)
    questionnaire = asked(pack, cycle)
    if body not in pack.bodies:
        raise UsageError(
            f"The pack {pack.header.id} has no body {body!r}.", remedy=f"It has: {', '.join(pack.bodies)}."
        )
    known = [section.id for section in questionnaire.sections]
    if unknown := [section for section in sections if section not in known]:
        raise UsageError(
            f"The questionnaire {questionnaire.id} has no section {', '.join(unknown)}.",
            remedy=f"It has: {', '.join(known)}.",
        )


def read_workbook(
    path: str | Path,
    pack: Pack,
    *,
    expected_cycle: str | None = None,
    expected_body: str | None = None,
    lang: str = "en",
) -> ReadResult:
    """The report that a workbook holds, with notes on what was unusual but harmless.

    Lines are found by their codes, columns by the codes above them: rows may have been inserted, sheets moved, hidden
    sheets, validation and formulas stripped. Raises Unreadable with every problem, each with sheet, cell, value and
    remedy, in `lang`.
    """
    with Door(lang) as door:
        outside = door.open(path)
    return read_outside(outside, pack, expected_cycle=expected_cycle, expected_body=expected_body, lang=lang)


def read_outside(
    outside: Outside,
    pack: Pack,
    *,
    expected_cycle: str | None = None,
    expected_body: str | None = None,
    lang: str = "en",
) -> ReadResult:
    """The same for a workbook that has come through the door."""
    return _reader.read(outside, pack, expected_cycle, expected_body, lang)
