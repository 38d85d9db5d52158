"""Checks a report: every rule, all findings. Form, workbook, command line and submission call the same function."""

from __future__ import annotations

from collections.abc import Sequence

from eirene.errors import UsageError
from eirene.framework import Pack, asked_bodies
from eirene.questionnaires.builtin import Standing, check_answers, finding
from eirene.questionnaires.declared import Run, check_rules
from eirene.questionnaires.model import TOTAL, Finding, Place, Report
from eirene.questionnaires.rulebook import Rulebook, compile_rules
from eirene.questionnaires.rules import Context
from eirene.questionnaires.values import shape


def check(report: Report, pack: Pack, *, previous: Report | None = None, peers: Sequence[Report] = ()) -> list[Finding]:
    """All findings on a report, in the order of the form.

    previous   the body's report of an earlier cycle; rules that need it are not evaluated without
    peers      reports of the same cycle; the body's own is left out

    Outcome `not_evaluated` (severity note) says that a rule could not be applied, and why. An answer with a
    justification is `justified`, except where the finding is a blocker.
    """
    if previous is not None and previous.body != report.body:
        raise UsageError(
            f"The previous report is of {previous.body}, the report checked of {report.body}.",
            where=previous.place,
            remedy="Give the report of the same body.",
        )
    book = compile_rules(pack, report.questionnaire)
    context = Context(pack, book.asked, report, report.body, previous=previous)
    others = [
        Context(pack, book.asked, peer, peer.body)
        for peer in peers
        if peer.body != report.body and peer.cycle == report.cycle and peer.questionnaire == report.questionnaire
    ]
    standing = Standing(context)
    findings: list[Finding] = []
    if report.body not in asked_bodies(pack, report.cycle):
        findings.append(finding(pack, "body.not_asked", Place(), lambda say: {"body": report.body}))
    findings += check_answers(context, standing)
    findings += check_rules(Run(context, book, standing, others))
    return _in_order(_without_doubles(findings, book), pack, book)


def _without_doubles(findings: list[Finding], book: Rulebook) -> list[Finding]:
    """A missing answer is told once: by the rule that says why it is owed, if there is one."""
    owing = {c.rule.id for c in book.declared if c.rule.kind == "required_if"}
    told = {f.place.question for f in findings if f.code in owing and f.outcome == "found"}
    return [f for f in findings if f.code not in ("answer.missing", "answer.empty") or f.place.question not in told]


def _in_order(findings: list[Finding], pack: Pack, book: Rulebook) -> list[Finding]:
    """As the form goes: question, cell, line; then by code. What was not evaluated comes last."""
    order = {id: place for place, id in enumerate(book.asked.questions)}

    def key(f: Finding) -> tuple[object, ...]:
        cell: tuple[int, ...] = ()
        if f.place.question in order and f.place.cell:
            form = shape(pack, book.asked.questions[f.place.question].question)
            cell = tuple(
                -1 if name not in f.place.cell else _position(codes, f.place.cell[name])
                for name, codes in zip(form.names, form.asked, strict=True)
            )
        return (
            f.outcome != "found", order.get(f.place.question, -1), cell, f.place.row or 0, f.place.column, f.code,
        )  # fmt: skip

    return sorted(findings, key=key)


def _position(codes: tuple[str, ...], code: str) -> int:
    return len(codes) if code == TOTAL or code not in codes else codes.index(code)
