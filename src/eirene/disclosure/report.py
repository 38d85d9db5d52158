"""The audit in words: what is exposed, by which published numbers, what would help; and what is hidden, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eirene.disclosure.audience import AudienceView
from eirene.disclosure.auditing import Exposed, Findings
from eirene.disclosure.choices import Determined
from eirene.disclosure.constraints import Row
from eirene.disclosure.hidden import HiddenThing, Loss, Remedy
from eirene.errors import Blocked, Problem
from eirene.framework import asked, codes
from eirene.framework.model import Pack
from eirene.questionnaires.model import TOTAL
from eirene.text import Phrases, number, pick

#: Things that are told of one attack at most; the rest is counted.
_TOLD = 4


class Telling:
    """Words of one language. `exact`: bodies are known; else who is not named is not named here either."""

    def __init__(self, pack: Pack, lang: str, *, exact: bool = True) -> None:
        self.pack, self.lang, self.exact = pack, lang, exact
        self.say = Phrases(lang, pack.phrases)

    def body(self, code: str) -> str:
        if code not in self.pack.bodies:
            return code
        return pick(self.pack.bodies[code].name, self.lang) if self.exact else self.say("audit_some_body")

    def question(self, cycle: str, question: str) -> str:
        """Number and text of a question; of several, of all."""
        if not question:
            return self.say("audit_whether_reported")
        found = asked(self.pack, cycle).questions
        names = [
            f"{found[q].number} {pick(found[q].question.text, self.lang)}" for q in question.split(",") if q in found
        ]
        indicator = self.pack.indicators.get(question)
        return "; ".join(names) or (pick(indicator.label, self.lang) if indicator else question)

    def cell(self, cycle: str, question: str, cell: Sequence[str]) -> str:
        """The codes of a cell in words; '' for a single number or a total of everything."""
        found = asked(self.pack, cycle).questions.get(question)
        if found is None:
            return ", ".join(code for code in cell[1:] if "=" in code)
        names = []
        for dimension, code in zip(found.question.dimensions.values(), cell, strict=False):
            if code in codes(self.pack, dimension.list):
                names.append(codes(self.pack, dimension.list).label(code, self.lang))
            elif code == TOTAL and len(cell) == 1:
                names.append(self.say("audit_total"))
        return ", ".join(names)

    def figure(self, key: str) -> str:
        """Label, break-down, population and kind of a figure."""
        id, cycle, population, kind, *dimensions = key.split(".")
        indicator = self.pack.indicators.get(id)
        label = pick(indicator.label, self.lang) if indicator else id
        parts = [label, *(d.partition("=")[2] for d in dimensions)]
        populations = {p.code: pick(p.label, self.lang) for p in self.pack.header.populations}
        return self.say(
            "audit_figure", label=", ".join(parts), population=populations.get(population, population), cycle=cycle,
            kind=self.kind(kind),
        )  # fmt: skip

    def kind(self, kind: str) -> str:
        return self.say(f"kind_{kind}")

    # what is exposed

    def value(self, one: Exposed) -> str:
        """What can be worked out, of whom; between which numbers, for the office's eyes."""
        where = self.question(one.cycle, one.question)
        cell = self.cell(one.cycle, one.question, one.cell)
        return self.say(
            "audit_exposed_by" if one.by else "audit_exposed", body=self.body(one.body), cycle=one.cycle,
            what=f"{where} ({cell})" if cell else where, by=self.body(one.by) if one.by else "",
        )  # fmt: skip

    def interval(self, one: Exposed) -> str:
        low, high = (number(round(end), self.lang) for end in (one.low, one.high))
        return self.say("audit_exactly" if low == high else "audit_between", low=low, high=high)

    def answer(self, one: Determined) -> str:
        return self.say(
            "audit_answer_exposed", body=self.body(one.body), cycle=one.cycle,
            what=self.question(one.cycle, one.question),
        )  # fmt: skip

    def because(self, one: Exposed, rows: Mapping[int, Row]) -> str:
        """The published numbers that tell it."""
        told: dict[str, None] = {}
        for number_ in one.rows:
            told.setdefault(self.row(rows[number_]), None)
        names = [name for name in told if name]
        more = len(names) - _TOLD
        text = "; ".join(names[:_TOLD])
        return f"{text}; {self.say('audit_more', n=number(more, self.lang))}" if more > 0 else text

    def row(self, row: Row) -> str:
        if row.item[0] == "figure":
            part = row.item[2] if row.item[2] in ("coverage", "change") else ""
            return self.figure(row.item[1]) + (f" ({self.say(f'audit_part_{part}')})" if part else "")
        if row.item[0] == "answer":
            return self.say("audit_adds_up", body=self.body(row.item[2]), question=row.item[3])
        return self.say("audit_rule", body=self.body(row.item[2]))

    # what helps

    def remedy(self, one: Remedy) -> str:
        match one.what:
            case "sum":
                return "; ".join(dict.fromkeys(self.remedy(each) for each in one.together[:_TOLD]))
            case "cell":
                cycle, body, question, *cell = one.where
                where = self.cell(cycle, question, cell) or self.say("audit_total")
                return self.say(
                    "audit_hide_cell", body=self.body(body), cell=where, question=self.question(cycle, question)
                )
            case "name":
                cycle, body, question = one.where
                return self.say("audit_hide_name", body=self.body(body), question=self.question(cycle, question))
            case "counts":
                cycle, question, *populations = one.where
                where = self.question(cycle, question) if question else self.say("audit_who_reported")
                if not populations:
                    return self.say("audit_hide_counts", question=where)
                names = {p.code: pick(p.label, self.lang) for p in self.pack.header.populations}
                named = names.get(populations[0], populations[0])
                return self.say("audit_hide_counts_of", question=where, population=named)
        return self.say(f"audit_hide_{one.what}", figure=self.figure(one.where[0]))

    def hidden(self, one: HiddenThing) -> str:
        """Why something is hidden."""
        protects = ""
        if one.protects:
            cycle, body, question, *cell = one.protects
            inner = self.cell(cycle, question, cell)
            protects = f"{self.body(body)}, {self.question(cycle, question)}" + (f" ({inner})" if inner else "")
        text = self.say(f"hidden_{one.why}")
        return f"{text} {self.say('hidden_protects', what=protects)}" if protects else text


def problems(view: AudienceView, lang: str) -> list[Problem]:
    """One for each thing that the audience could work out: what, from what, and the cheapest remedies."""
    telling = Telling(view.pack, lang)
    audience = pick(view.audience.label, lang)
    found = []
    for one in view.findings.values:
        because = telling.because(one, view.findings.unknowns.rows)
        what = f"{telling.value(one)} {telling.say('audit_because', what=because)}"
        found.append(Problem(what, audience, telling.say("audit_remedy_values")))
    found += [
        Problem(telling.answer(one), audience, telling.say("audit_remedy_answers"))
        for one in view.findings.answers
        if not one.by
    ]
    return found


def refuse_exposed(view: AudienceView) -> None:
    """Raises Blocked with everything that is exposed; nothing if the audit was clean."""
    if not view.audience.names_all and not view.findings.clean:
        raise Blocked(problems(view, view.pack.header.languages[0]))


def exposed_lines(found: Findings, pack: Pack, lang: str, *, exact: bool) -> list[str]:
    """A line or two for each thing that can be worked out; equal ones once, counted."""
    telling = Telling(pack, lang, exact=exact)
    lines: dict[str, int] = {}
    for one in found.values:
        because = telling.because(one, found.unknowns.rows)
        text = f"{telling.value(one)} {telling.interval(one)} {telling.say('audit_because', what=because)}"
        lines[text] = lines.get(text, 0) + 1
    for told in found.answers:
        if not told.by:
            lines[telling.answer(told)] = lines.get(telling.answer(told), 0) + 1
    return [text if n == 1 else f"{text} (×{n})" for text, n in lines.items()]


# --- for pages ------------------------------------------------------------------------------------------------------


def as_json(view: AudienceView) -> dict[str, Any]:
    """All of it as plain JSON with texts by language, for the office's eyes: it names bodies, and never holds the value
    of what is protected."""
    return {
        "audience": view.audience.code,
        "clean": view.findings.clean,
        "checked": view.findings.checked,
        "loss": loss_json(view.loss),
        "exposed": [_exposed_json(view, one) for one in view.findings.values]
        + [_answer_json(view, one) for one in view.findings.answers if not one.by],
        "hidden": [_hidden_json(view, one) for one in view.hidden],
    }


def loss_json(loss: Loss) -> dict[str, int]:
    return {
        "cells": loss.cells, "of_cells": loss.of_cells, "persons": round(loss.persons),
        "of_persons": round(loss.of_persons), "figures": loss.figures, "of_figures": loss.of_figures,
        "names": loss.names, "of_names": loss.of_names,
    }  # fmt: skip


def _texts(view: AudienceView, make: Any) -> dict[str, str]:
    return {lang: make(Telling(view.pack, lang)) for lang in view.pack.header.languages}


def _exposed_json(view: AudienceView, one: Exposed) -> dict[str, Any]:
    rows = view.findings.unknowns.rows
    return {
        "cycle": one.cycle, "body": one.body, "question": one.question, "cell": list(one.cell), "by": one.by,
        "text": _texts(view, lambda t: t.value(one)), "because": _texts(view, lambda t: t.because(one, rows)),
    }  # fmt: skip


def _answer_json(view: AudienceView, one: Determined) -> dict[str, Any]:
    return {
        "cycle": one.cycle, "body": one.body, "question": one.question, "cell": [], "by": one.by,
        "text": _texts(view, lambda t: t.answer(one)), "because": {},
    }  # fmt: skip


def _hidden_json(view: AudienceView, one: HiddenThing) -> dict[str, Any]:
    return {
        "what": one.what, "where": list(one.where), "why": one.why, "protects": list(one.protects),
        "text": _texts(view, lambda t: t.remedy(Remedy(0.0, one.what, one.where))),
        "reason": _texts(view, lambda t: t.hidden(one)),
        "ways": [_way_json(view, way) for way in one.ways],
    }  # fmt: skip


def _way_json(view: AudienceView, way: Remedy) -> dict[str, Any]:
    parts: Iterable[Remedy] = way.together or (way,)
    return {
        "price": way.price, "text": _texts(view, lambda t: t.remedy(way)),
        "choose": [{"what": one.what, "where": list(one.where)} for one in parts],
    }  # fmt: skip
