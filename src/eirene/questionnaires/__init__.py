"""Questionnaires, answers and checks: what a body may report, what it reported, and what is doubtful in it."""

from eirene.questionnaires.catalogue import RuleEntry, catalogue, render_catalogue
from eirene.questionnaires.checks import check
from eirene.questionnaires.interchange import (
    dump_report,
    load_report,
    parse_report,
    read_json,
    report_bytes,
    report_hash,
)
from eirene.questionnaires.model import Answer, Cell, Definition, Finding, Place, Report
from eirene.questionnaires.parts import parts_of, read_part, report_of_parts
from eirene.questionnaires.rulebook import Rulebook, compile_rules
from eirene.questionnaires.rules import (
    BodyScope,
    Context,
    Expression,
    FigureScope,
    ReportScope,
    Scope,
    applies,
    compile_expression,
    is_asked,
)
from eirene.questionnaires.values import Cells, cell_value, cells_of, shape

__all__ = [
    "Answer", "BodyScope", "Cell", "Cells", "Context", "Definition", "Expression", "FigureScope", "Finding", "Place",
    "Report", "ReportScope", "RuleEntry", "Rulebook", "Scope", "applies", "catalogue", "cell_value", "cells_of",
    "check", "compile_expression", "compile_rules", "dump_report", "is_asked", "load_report", "parse_report",
    "parts_of", "read_json", "read_part", "render_catalogue", "report_bytes", "report_hash", "report_of_parts", "shape",
]  # fmt: skip
