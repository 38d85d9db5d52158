"""Files at the edge: one module for each format, and one door for everything that comes from outside.

    door                 limits before parsing; parsing in a child process
    readers              a report from a file, whichever of our formats it is in
    workbook             the Excel workbook of a body and cycle: written, and read back without loss
    sections             a report split by section and merged again
    questionnaire_docx   the empty and the filled questionnaire in Word
    report_document      the same as a document, for PDF
    wording              questions, parts of answers and their values in words
    package              one signed file each way for a closed network
    checking             files of reports checked, the findings told

A name is imported when it is asked for, so that the door's child process, which lives in this package too, starts with
nothing but what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eirene.formats.checking import check_files, findings_json, findings_text
    from eirene.formats.door import Door, open_outside
    from eirene.formats.questionnaire_docx import write_questionnaire
    from eirene.formats.readers import (
        ReadResult,
        encode_report,
        pack_of_report,
        read_report,
        read_reports,
        refuse_duplicates,
    )
    from eirene.formats.sections import merge_reports, split_report
    from eirene.formats.workbook import read_workbook, write_workbook

_HOMES = {
    "checking": ("check_files", "findings_json", "findings_text"),
    "door": ("Door", "open_outside"),
    "questionnaire_docx": ("write_questionnaire",),
    "readers": (
        "ReadResult", "encode_report", "pack_of_report", "read_report", "read_reports", "refuse_duplicates",
    ),
    "sections": ("merge_reports", "split_report"),
    "workbook": ("read_workbook", "write_workbook"),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Door", "ReadResult", "check_files", "encode_report", "findings_json", "findings_text", "merge_reports",
    "open_outside", "pack_of_report", "read_report", "read_reports", "read_workbook", "refuse_duplicates",
    "split_report", "write_questionnaire", "write_workbook",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
