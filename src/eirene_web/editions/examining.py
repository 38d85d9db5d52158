"""A draft examined for its audiences, without Django: what the worker has done in a process of its own.

Readers of a wider audience's release are read over the shoulder: whoever may read the narrower one reads the wider one
too. So the audiences are taken from the widest to the narrowest, and each is attacked with what its readers hold
besides: the releases of this edition that are published for it and for every wider audience, and the same draft as the
wider audiences would get it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eirene.disclosure import AudienceView
from eirene.framework.model import Edition, Pack
from eirene.questionnaires import Report
from eirene.release import build_release, open_release
from eirene.release.beside import Beside, beside_of
from eirene.release.build import examine
from eirene.release.inputs import History

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

    def given(self) -> dict[str, Any]:
        return {"history": self.history, "edition": self.edition, "as_of": self.as_of}


def examine_draft(
    *, subject: Subject, audiences: Sequence[str], office: str, held: Mapping[str, Sequence[Held]], scratch: Path,
    progress: Progress,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """What each audience would not see and what could be worked out nevertheless, by audience, as `told_of` gives it.

    audiences   to examine, the narrowest first, without the office's
    held        by audience: what its readers hold of this edition already
    scratch     a folder of its own, which is not there before and not afterwards
    """
    shutil.rmtree(scratch, ignore_errors=True)
    found: dict[str, dict[str, Any]] = {}
    wider: list[Beside] = []
    try:
        for n, audience in enumerate(reversed(audiences), 1):
            beside = [*besides(held.get(audience, ())), *wider]
            view = examine(
                subject.pack, subject.cycle, subject.reports, audience=audience, beside=beside,
                progress=progress, **subject.given(),
            )  # fmt: skip
            found[audience] = told_of(view)
            if n < len(audiences) and view.findings.clean:
                wider.append(_as_held(subject, audience, office, beside, scratch, progress))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return {audience: found[audience] for audience in audiences}


def besides(held: Iterable[Held]) -> list[Beside]:
    return [beside_of(open_release(folder), open_release(full) if full is not None else None) for folder, full in held]


def _as_held(
    subject: Subject, audience: str, office: str, beside: Sequence[Beside], scratch: Path, progress: Progress
) -> Beside:
    """The draft as the readers of a wider audience would hold it: its data, without a document."""
    full = scratch / office
    if not full.exists():
        _build(subject, office, full, (), progress)
    out = scratch / audience
    _build(subject, audience, out, beside, progress)
    return beside_of(open_release(out), open_release(full))


def _build(subject: Subject, audience: str, out: Path, beside: Sequence[Beside], progress: Progress) -> None:
    build_release(
        subject.pack, subject.cycle, subject.reports, audience=audience, out=out, formats=(), beside=beside,
        progress=progress, **subject.given(),
    )  # fmt: skip


# --- what is kept of it -----------------------------------------------------------------------------------------------


def told_of(view: AudienceView) -> dict[str, Any]:
    """What an examination found, as plain JSON: codes and places; no value of anybody, no interval, no answer.

    checked   numbers that were attacked
    exposed   [{"what": value | answer, "where": [cycle, body, question, code…], "by", "ways"}]
    hidden    [{"what", "where", "why", "protects", "ways"}]
    loss      of the names of `Loss`, persons rounded
    named     body → questions of this cycle that are shown under its name
    counted   body → questions that are counted, not named
    """
    findings = view.findings
    return {
        "checked": findings.checked,
        "exposed": [
            *(_exposed("value", (one.cycle, one.body, one.question, *one.cell), one) for one in findings.values),
            *(_exposed("answer", (one.cycle, one.body, one.question), one) for one in findings.answers),
        ],
        "hidden": [
            {"what": one.what, "where": list(one.where), "why": one.why, "protects": list(one.protects),
             "ways": [_way(way) for way in one.ways]}
            for one in view.hidden
        ],
        "loss": {name: round(getattr(view.loss, name)) for name in LOSS},
        "named": _by_body(view, view.shown),
        "counted": _by_body(view, lambda body, q: view.visible(body, q) and not view.shown(body, q)),
    }  # fmt: skip


LOSS = ("cells", "of_cells", "persons", "of_persons", "figures", "of_figures", "names", "of_names")


def _exposed(what: str, where: tuple[str, ...], one: Any) -> dict[str, Any]:
    ways = [_way(way) for way in getattr(one, "ways", ())]
    return {"what": what, "where": list(where), "by": one.by, "ways": ways}


def _way(remedy: Any) -> dict[str, Any]:
    made = {"what": remedy.what, "where": list(remedy.where), "price": round(float(remedy.price), 2)}
    return made | {"together": [_way(one) for one in remedy.together]} if remedy.together else made


def _by_body(view: AudienceView, wanted: Callable[[str, str], bool]) -> dict[str, list[str]]:
    found = {one.body: [q for q in one.answers if wanted(one.body, q)] for one in view.reports}
    return {body: questions for body, questions in found.items() if questions}


__all__ = ["Held", "Subject", "besides", "examine_draft", "told_of"]
