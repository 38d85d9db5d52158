"""A draft examined for its audiences, without Django: what the worker has done in a process of its own.

Whoever may read the narrower release reads the wider one too. So the audiences are taken from the widest to the
narrowest, and each is attacked with what its readers hold besides: the releases of this edition that are published for
it and for every wider audience, and the same draft as the wider audiences would get it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eirene.disclosure import AudienceView, Determined, Exposed, Remedy, Source
from eirene.disclosure.remedies import price_of
from eirene.disclosure.report import Telling, loss_json
from eirene.figures.model import Figure
from eirene.framework.model import Edition, Pack
from eirene.questionnaires import Report
from eirene.release import open_release
from eirene.release.build import examine
from eirene.release.inputs import History
from eirene.release.told import source_of

Progress = Callable[[str, int, int], None]
#: Folders of a published release and of the office's of the same number, if there is one.
Held = tuple[Path, Path | None]


@dataclass(frozen=True)
class Subject:
    """A draft as it stands: what `build_release` takes, but for audience and place."""

    pack: Pack
    cycle: str
    reports: tuple[Report, ...]
    history: tuple[History, ...]
    edition: Edition
    as_of: dt.date


def examine_draft(
    *, subject: Subject, audiences: Sequence[str], held: Mapping[str, Sequence[Held]], progress: Progress
) -> dict[str, dict[str, Any]]:
    """What each audience would not see and what could be worked out nevertheless, by audience, as `told_of` gives it.

    audiences   to examine, the narrowest first, without the office's
    held        by audience: what its readers hold of this edition already
    """
    found: dict[str, dict[str, Any]] = {}
    wider: list[Source] = []
    for audience in reversed(audiences):
        view = examine(
            subject.pack, subject.cycle, subject.reports, audience=audience, history=subject.history,
            edition=subject.edition, as_of=subject.as_of, beside=[*sources(held.get(audience, ())), *wider],
            progress=progress,
        )  # fmt: skip
        found[audience] = told_of(view)
        if view.source is not None:
            wider.append(view.source)
    return {audience: found[audience] for audience in audiences}


def sources(held: Iterable[Held]) -> list[Source]:
    """Published releases as their readers hold them; beside the office's it is known whose answers are in them."""
    return [source_of(open_release(folder), open_release(full) if full is not None else None) for folder, full in held]


# --- what is kept of it ---------------------------------------------------------------------------------------------


def told_of(view: AudienceView) -> dict[str, Any]:
    """What an examination found, as plain JSON: codes and places; no value of anybody, no interval, no answer.

    checked   numbers that were attacked
    exposed   [{"what": value | answer, "where": [cycle, body, question, code…], "by", "because": {lang: published
              numbers that tell it}, "ways"}]
    hidden    [{"what", "where", "why", "protects", "ways"}]
    loss      as the core tells it (`loss_json`)
    named     body → questions of this cycle that are shown under its name
    counted   body → questions that are counted, not named
    """
    findings = view.findings
    return {
        "checked": findings.checked,
        "exposed": [
            *(_value(view, one) for one in findings.values),
            *(_answer(one) for one in findings.answers if not one.by),
        ],
        "hidden": [
            {"what": one.what, "where": list(one.where), "why": one.why, "protects": list(one.protects),
             "ways": [_way(way) for way in one.ways]}
            for one in view.hidden
        ],
        "loss": loss_json(view.loss),
        "named": _by_body(view, view.shown),
        "counted": _by_body(view, lambda body, q: view.visible(body, q) and not view.shown(body, q)),
    }  # fmt: skip


#: Ways out that are told for one thing that is exposed, at most.
_WAYS = 6


def _value(view: AudienceView, one: Exposed) -> dict[str, Any]:
    rows = view.findings.unknowns.rows
    because = {lang: Telling(view.pack, lang).because(one, rows) for lang in view.pack.header.languages}
    where = [one.cycle, one.body, one.question, *one.cell]
    return {"what": "value", "where": where, "by": one.by, "because": because, "ways": _out(view, one)}


def _answer(one: Determined) -> dict[str, Any]:
    # Of any one of these populations it need not be told; where none alone would do, of none at all.
    places = [[one.cycle, one.question, code] for code in one.populations] or [[one.cycle, one.question]]
    ways = [{"what": "counts", "where": where, "price": 12.0} for where in places] if one.question else []
    return {"what": "answer", "where": [one.cycle, one.body, one.question], "by": "", "because": {}, "ways": ways}


def _out(view: AudienceView, one: Exposed) -> list[dict[str, Any]]:
    """What of the published numbers that tell it may be taken back, the cheapest first: everything that tells the same
    sum together, for any of it alone would be no use."""
    rows = view.findings.unknowns.rows
    figures = {figure.key: figure for figure in view.figures}
    alike: dict[frozenset[Any], set[Remedy]] = {}
    for row in rows.values():
        if row.source == 0 and row.item[0] == "figure" and row.item[1] in figures:
            alike.setdefault(frozenset(row.terms.items()), set()).add(_told_by(figures[row.item[1]], row.item[2]))
    found: dict[Remedy, None] = {}
    for number in one.rows:
        parts = tuple(sorted(alike.get(frozenset(rows[number].terms.items()), ())))
        if len(parts) == 1:
            found[parts[0]] = None
        elif parts:
            found[Remedy(sum(part.price for part in parts), "sum", (), parts)] = None
    return [_way(way) for way in sorted(found)[:_WAYS]]


def _told_by(figure: Figure, part: str) -> Remedy:
    if part in ("coverage", "change"):
        return Remedy(1.0, part, (figure.key,))
    return Remedy(price_of(figure), "figure", (figure.key,))


def _way(remedy: Remedy) -> dict[str, Any]:
    made = {"what": remedy.what, "where": list(remedy.where), "price": round(float(remedy.price), 2)}
    return made | {"together": [_way(one) for one in remedy.together]} if remedy.together else made


def _by_body(view: AudienceView, wanted: Callable[[str, str], bool]) -> dict[str, list[str]]:
    found = {one.body: [q for q in one.answers if wanted(one.body, q)] for one in view.reports}
    return {body: questions for body, questions in found.items() if questions}
