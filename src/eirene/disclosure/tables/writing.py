"""The protected table as CSV, and what was done in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eirene.disclosure.tables.plan import Veil
from eirene.disclosure.tables.protect import Protected
from eirene.disclosure.tables.reading import Sheet
from eirene.errors import EireneError
from eirene.tabular import guard, write_csv
from eirene.text import Phrases, number, round_half_even

#: Columns that are added.
STATUS, REASON = "status", "reason"
_MARKS = {"suppress": "c", "band": "b", "round": "r"}
_FIGURE = re.compile(r"\s*-?\d[\d\s.,]*%?\s*")


def protected_csv(protected: Protected, sheet: Sheet, lang: str = "en") -> bytes:
    """The columns of the file in their order, then status and reason; one row for each cell that still stands.

    status    '' shown; c suppressed; b a band; r rounded
    reason    of what is hidden, in words that are the same for all such cells: which of them is small and which is
              hidden for its sake would itself narrow down the values

    Of a hidden cell no other figure is written either, and of no cell the contributors. Raises EireneError where
    something may not be published, or where the file has a column of these names already.
    """
    if protected.exposed:
        raise EireneError("The table is not protected: it may not be published.")
    taken = [name for name in (STATUS, REASON) if name in sheet.columns]
    if taken:
        raise EireneError(
            f"The table has a column {taken[0]!r} already.", where=f"{sheet.name}:1", remedy="Rename or remove it."
        )
    columns = (*sheet.columns, STATUS, REASON)
    rows = _rows(protected, sheet, _reason(protected, lang))
    return write_csv([_text(name) for name in columns], ({_text(k): v for k, v in row.items()} for row in rows))


def _rows(protected: Protected, sheet: Sheet, reason: str) -> Iterator[dict[str, str]]:
    table, spec = protected.table, protected.plan.loaded.spec
    at = {line: row for row, line in enumerate(sheet.lines)}
    confidential = {*([spec.units] if spec.units else []), *spec.largest}
    for cell, key in enumerate(table.keys):
        line = table.lines[cell]
        source = dict(zip(sheet.columns, sheet.rows[at[line]], strict=True)) if line else {}
        codes = {d.column: code for d, code in zip(table.dimensions, key, strict=True)}
        joined = line and any(source[column].strip() != code for column, code in codes.items())
        veil = protected.hidden.get(cell)
        row = {name: "c" if name in confidential else _text(text) for name, text in source.items()}
        if veil is not None or joined:
            row = {name: _without_figure(text, name in spec.columns, bool(joined)) for name, text in row.items()}
        row |= {column: _text(code) for column, code in codes.items()}
        row[spec.value] = veil.text if veil else _value(protected, cell)
        row[STATUS], row[REASON] = _status(veil, spec.method), reason if veil else ""
        yield {name: row.get(name, "c" if name in confidential else "") for name in (*sheet.columns, STATUS, REASON)}


def _without_figure(text: str, known: bool, joined: bool) -> str:
    """Another figure of a hidden cell may be made of its value; another text of a joined one belongs to one code."""
    if known:
        return text
    return "" if joined else "c" if _FIGURE.fullmatch(text) else text


def _text(text: str) -> str:
    """As it stood; what was guarded already is not guarded twice."""
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text


def _value(protected: Protected, cell: int) -> str:
    value = protected.table.values[cell]
    return "" if value is None else protected.table.text(value)


def _status(veil: Veil | None, method: str) -> str:
    if veil is None:
        return ""
    return "c" if veil.text == "c" else _MARKS[method]


def _reason(protected: Protected, lang: str) -> str:
    say = Phrases(lang)
    loaded = protected.plan.loaded
    rules = [say("tables_rule_threshold", threshold=loaded.threshold)] if loaded.threshold else []
    dominance = loaded.spec.dominance
    if dominance is not None and dominance.p_percent is not None:
        rules.append(say("tables_rule_p", p=dominance.p_percent))
    if dominance is not None and dominance.n is not None:
        rules.append(say("tables_rule_nk", n=dominance.n, k=dominance.k))
    phrase = "tables_reason_rounded" if loaded.spec.method == "round" else "tables_reason"
    return say(phrase, rules="; ".join(rules))


def report(protected: Protected, lang: str = "en") -> str:
    """What was hidden, what it cost and what the audit says; a few lines, without any value."""
    say = Phrases(lang)
    loss = protected.loss
    primaries = sum(cell in protected.primaries for cell in protected.hidden)
    lines = []
    if protected.joins:
        told = "; ".join(f"{j.dimension} {', '.join(j.codes)} → {j.into}" for j in protected.joins)
        lines.append(say("tables_joined", joins=told))
    if protected.plan.loaded.spec.method == "round":
        lines.append(say("tables_rounded", cells=number(loss.cells, lang), base=protected.plan.loaded.spec.rounding))
    else:
        lines.append(
            say(
                "tables_hidden", hidden=number(loss.hidden, lang), cells=number(loss.cells, lang),
                share=_share(loss.hidden, loss.cells, lang), primary=number(primaries, lang),
                secondary=number(loss.hidden - primaries, lang),
            )
        )  # fmt: skip
        lines.append(
            say(
                "tables_persons", persons=number(loss.persons, lang), all=number(loss.of_persons, lang),
                share=_share(loss.persons, loss.of_persons, lang),
            )
        )  # fmt: skip
        if protected.optimal:
            lines.append(say("tables_optimal"))
    attackers = len(protected.plan.knowers)
    exposed = len(protected.exposed)
    lines.append(
        say("tables_audit", attackers=attackers, exposed=exposed)
        if attackers > 1
        else say("tables_audit_one", exposed=exposed)
    )
    return "\n".join(lines) + "\n"


def _share(part: int, whole: int, lang: str) -> str:
    from decimal import Decimal

    return number(round_half_even(Decimal(100 * part) / max(whole, 1), 1), lang, 1)
