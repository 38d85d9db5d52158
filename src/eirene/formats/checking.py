"""Checks files of reports: reads them, runs every rule, and tells the findings as text or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eirene.errors import EireneError, Problem, UsageError
from eirene.formats.readers import pack_of_report, read_report
from eirene.framework import Pack, asked, load
from eirene.questionnaires import check
from eirene.questionnaires.model import Finding, Report
from eirene.text import pick

SEVERITIES = ("blocker", "error", "warning", "note")


@dataclass(frozen=True)
class Checked:
    """One file: its findings, or the problems for which it could not be read."""

    file: str
    pack: Pack | None
    report: Report | None
    findings: tuple[Finding, ...] = ()
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    failed: int = 0

    @property
    def exit_code(self) -> int:
        """The error's own code where the file could not be read, 1 where a blocker stands, else 0."""
        return self.failed or int(any(f.severity == "blocker" and f.outcome == "found" for f in self.findings))


def check_files(
    files: Sequence[str], pack_name: str | None = None, *, previous: str | None = None, peers: Iterable[str] = ()
) -> list[Checked]:
    """Checks each file; one that cannot be read does not keep the others from being checked."""
    pack = load(pack_name) if pack_name else None
    others = [read_report(path, pack or pack_of_report(path)).report for path in peers]
    before = read_report(previous, pack or pack_of_report(previous)).report if previous else None
    checked = [_check_file(path, pack, before, others) for path in files]
    bodies = [one.report.body for one in checked if one.report is not None]
    if before is not None and bodies and before.body not in bodies:
        raise UsageError(
            f"The previous report is of {before.body}; checked are those of {', '.join(bodies)}.",
            where=previous or "",
            remedy="Give the previous report of the same body.",
        )
    return checked


def _check_file(path: str, pack: Pack | None, previous: Report | None, peers: Sequence[Report]) -> Checked:
    """Of several files the previous report belongs to the one of its body; a report is no peer of its own."""
    try:
        known = pack or pack_of_report(path)
        read = read_report(path, known)
    except EireneError as error:
        return Checked(path, pack, None, problems=error.problems, failed=error.exit_code)
    own = previous if previous is not None and previous.body == read.report.body else None
    others = [peer for peer in peers if peer.body != read.report.body]
    findings = check(read.report, known, previous=own, peers=others)
    return Checked(path, known, read.report, tuple(findings), tuple(read.notes))


def findings_text(checked: Sequence[Checked], lang: str | None) -> str:
    """What a person reads: per file the counts, then each finding with place, message and remedy."""
    lines: list[str] = []
    for one in checked:
        lines += _file_text(one, lang)
    return "\n".join(lines) + "\n"


def _file_text(one: Checked, lang: str | None) -> list[str]:
    if one.report is None or one.pack is None:
        return [f"{one.file}: could not be read.", *(f"  {problem}" for problem in one.problems)]
    language = lang or one.pack.header.languages[0]
    found = [f for f in one.findings if f.outcome == "found"]
    counts: Counter[str] = Counter(f.severity for f in found)
    told = ", ".join(f"{counts[s]} {s}{'s' if counts[s] != 1 else ''}" for s in SEVERITIES if counts[s])
    lines = [f"{one.file}: {one.report.body} {one.report.cycle}: {told or 'nothing found'}."]
    lines += [f"  note: {note}" for note in one.notes]
    for severity in SEVERITIES:
        for finding in (f for f in found if f.severity == severity):
            justified = " (justified)" if finding.justified else ""
            lines.append(f"  {severity}{justified} {finding.code} {place_text(finding, one.pack, one.report)}")
            lines.append(f"    {pick(finding.message, language)} {pick(finding.remedy, language)}".rstrip())
    waiting: dict[str, list[str]] = {}
    for finding in one.findings:
        if finding.outcome == "not_evaluated":
            # "<rule>: not evaluated; <what is needed>": many rules wait for the same thing.
            needed = pick(finding.message, language).rpartition(";")[2].strip()
            waiting.setdefault(needed, []).append(finding.code)
    lines += [
        f"  not evaluated, {needed.rstrip('.')}: {', '.join(found_codes)}" for needed, found_codes in waiting.items()
    ]
    return lines


def place_text(finding: Finding, pack: Pack, report: Report) -> str:
    """Question number and id, and the cell: "1.1 personnel [service=army, sex=women]"."""
    place = finding.place
    if not place.question:
        return ""
    question = asked(pack, report.cycle).questions.get(place.question)
    parts = [question.number if question else "", place.question]
    if place.cell:
        parts.append("[" + ", ".join(f"{name}={code}" for name, code in place.cell.items()) + "]")
    if place.row is not None:
        parts.append(f"row {place.row}")
    if place.column:
        parts.append(place.column)
    return " ".join(part for part in parts if part)


def findings_json(checked: Sequence[Checked]) -> str:
    """The same for a program: a list of files, each with its findings in all languages."""
    return json.dumps([_file_json(one) for one in checked], ensure_ascii=False, indent=1) + "\n"


def _file_json(one: Checked) -> dict[str, Any]:
    counts: Counter[str] = Counter(f.severity for f in one.findings if f.outcome == "found")
    return {
        "file": one.file,
        "body": one.report.body if one.report else None,
        "cycle": one.report.cycle if one.report else None,
        "exit_code": one.exit_code,
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "problems": [{"what": p.what, "where": p.where, "remedy": p.remedy} for p in one.problems],
        "notes": [{"what": p.what, "where": p.where, "remedy": p.remedy} for p in one.notes],
        "findings": [
            {
                "code": f.code,
                "severity": f.severity,
                "outcome": f.outcome,
                "justified": f.justified,
                "place": {
                    "question": f.place.question,
                    "cell": dict(f.place.cell),
                    "row": f.place.row,
                    "column": f.place.column,
                },
                "message": dict(f.message),
                "remedy": dict(f.remedy),
            }
            for f in one.findings
        ],
    }
