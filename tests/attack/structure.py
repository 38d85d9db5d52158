"""What cells of one answer say of each other: they add up to their totals, ranks into bands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from attack.facts import Linear, evaluated
from attack.sheets import ZERO, Form, Sheet, Unknown, plus


def structure(sheet: Sheet) -> Iterator[Linear]:
    """Within an answer cells add up: women and men, ranks into bands. Where a body's do not (a warning that it
    justified), the truth says so, and nothing is concluded."""
    for body in sorted(sheet.bodies):
        for question in list(sheet.questions.values()):
            cells = sheet.cells(body, question.id) if question.type == "matrix" else None
            if cells is None or not any(_open(form) for form in cells.values()):
                continue
            for key, form in cells.items():
                if isinstance(form, str):
                    continue
                for parts in question.lines(key):
                    yield from _adds_up(sheet, body, question.id, form, parts)

    yield from _derived(sheet)
    yield from _assumed(sheet)


def _derived(sheet: Sheet) -> Iterator[Linear]:
    """Sums over several unknown cells that the body did not give itself, as unknowns of their own."""
    for body, question, key, form in sheet.resolved() if sheet.truth is not None else ():
        given = sheet.cells(body, question) or {}
        if key not in given and len(form) - (None in form) > 1:
            version = sheet.book.version(sheet.place, sheet.cycle, body, question)
            unknown = Unknown(sheet.cycle, body, question, key, version)
            if unknown not in sheet.book.known:
                sheet.book.derived[unknown] = form
                if (sheet.cycle, body, question) in sheet.folder.named:
                    sheet.book.protected.add(unknown)
                yield Linear(plus((form, {unknown: Fraction(1)}), (1, -1)), ZERO, ZERO, "the sum that was not given")


def _assumed(sheet: Sheet) -> Iterator[Linear]:
    """Without the truth: that cells of a body add up is all that one can think of its answer."""
    found = {(b, q, key): form for b, q, key, form in sheet.resolved()} if sheet.truth is None else {}
    for (body, question, key), form in found.items():
        if (sheet.cycle, body, question) not in sheet.folder.named:
            for parts in sheet.questions[question].lines(key):
                forms = [found[body, question, p] for p in parts if (body, question, p) in found]
                if forms:
                    high = ZERO if len(forms) == len(parts) else None
                    source = f"{sheet.cycle} {body} {question}: cells add up"
                    yield Linear(plus((form, *forms), (1, *[-1] * len(forms))), ZERO, high, source)


def _open(form: Form | str) -> bool:
    return not isinstance(form, str) and any(u is not None for u in form)


def _adds_up(sheet: Sheet, body: str, question: str, form: Form, parts: Iterable[Any]) -> Iterator[Linear]:
    found = [sheet.cell(body, question, part) for part in parts]
    given = [one for one in found if one is not None and not isinstance(one, str)]
    difference = plus((form, *given), (1, *[-1] * len(given)))
    if not given or not _open(difference):
        return
    complete = all(one is not None for one in found)
    value = evaluated(difference, sheet.book)
    if value is not None and (value < 0 or (complete and value != 0)):
        return
    yield Linear(difference, ZERO, ZERO if complete else None, f"{sheet.cycle} {body} {question}: cells add up")
