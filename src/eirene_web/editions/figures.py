"""The figures of an edition: what they are computed from, computed, kept, and read again.

Inputs are accepted submissions of the cycle and of those it is compared with (an earlier cycle's office release, where
there is one, stands before its submissions), less what nations withhold. Nothing here asks the policy; services and
queries do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.db.models.functions import Coalesce

from eirene.figures import Figure, figure_from_row, figure_row
from eirene.framework import Pack, asked_bodies, cycle_of
from eirene.framework.model import Edition
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import load_report
from eirene.release.build import all_figures, check_reports, withheld
from eirene.release.inputs import History, Inputs, history_of
from eirene.release.read import open_release
from eirene.summary import Content as Composed
from eirene_web.clock import now
from eirene_web.editions import content as c
from eirene_web.editions.models import Draft, FigureSet, Position, Release
from eirene_web.organisations.packs import opened
from eirene_web.reports.models import Submission

#: Sets that are kept beside those that something rests on.
KEEP = 3
#: Submissions kept open in memory.
_MOST = 800
_opened: OrderedDict[tuple[str, str], Answers] = OrderedDict()
_lock = threading.Lock()


# --- inputs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sources:
    """What figures are computed from, by ids and hashes; `fingerprint` names it.

    submissions   body → (id, sha256) of its accepted submission
    earlier       cycle → the same of an earlier cycle, or → (0, manifest_sha256) under '' of an office release
    withheld      (cycle, body, question)
    """

    pack: str
    cycle: str
    as_of: str
    submissions: Mapping[str, tuple[int, str]]
    earlier: Mapping[str, Mapping[str, tuple[int, str]]]
    withheld: tuple[tuple[str, str, str], ...]

    @cached_property
    def fingerprint(self) -> str:
        told = [self.pack, self.cycle, self.as_of, _hashes(self.submissions),
                {one: _hashes(found) for one, found in self.earlier.items()}, sorted(self.withheld)]  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "submissions": {body: list(one) for body, one in self.submissions.items()},
            "earlier": {c_: {body: list(one) for body, one in found.items()} for c_, found in self.earlier.items()},
            "withheld": [list(one) for one in sorted(self.withheld)],
        }


def _hashes(found: Mapping[str, tuple[int, str]]) -> dict[str, str]:
    return {body: sha for body, (_id, sha) in found.items()}


def from_json(draft: Draft, as_of: str, inputs: Mapping[str, Any]) -> Sources:
    """The sources that a set or a freeze remembers."""
    return Sources(
        draft.cycle.pack_id, draft.cycle.code, as_of,
        {body: (one[0], one[1]) for body, one in inputs["submissions"].items()},
        {cycle: {b: (o[0], o[1]) for b, o in found.items()} for cycle, found in inputs["earlier"].items()},
        tuple((a, b, q) for a, b, q in inputs["withheld"]),
    )  # fmt: skip


def sources_of(draft: Draft) -> Sources:
    """What the figures of the draft would be computed from now. Three queries."""
    pack = opened(draft.cycle.pack_id)
    compared = cycle_of(pack, draft.cycle.code).compares_with
    found = accepted_of(draft.alliance_id, [draft.cycle.code, *compared])
    names_all = [a.code for a in pack.header.audiences if a.names_all]
    releases = Release.objects.filter(slug=draft.alliance_id, cycle__in=compared, audience__in=names_all)
    frozen = {r.cycle: r.manifest_sha256 for r in releases.order_by("registered", "pk")}
    earlier = {
        cycle: {"": (0, frozen[cycle])} if cycle in frozen else found[cycle]
        for cycle in compared
        if cycle in frozen or found.get(cycle)
    }
    withheld_of = Position.objects.filter(
        draft__alliance=draft.alliance_id, kind=Position.Kind.WITHHOLDING, withdrawn__isnull=True
    ).values_list("draft__cycle__code", "nation", "on")
    relevant = {draft.cycle.code, *(cycle for cycle in earlier if cycle not in frozen)}
    return Sources(
        draft.cycle.pack_id, draft.cycle.code, draft.as_of.isoformat(), found.get(draft.cycle.code, {}), earlier,
        tuple(sorted(one for one in withheld_of if one[0] in relevant)),
    )  # fmt: skip


def accepted_of(alliance: str, cycles: Iterable[str]) -> dict[str, dict[str, tuple[int, str]]]:
    """cycle → body → (id, sha256) of its latest accepted submission. One query."""
    rows = (
        Submission.objects.filter(
            report__cycle__alliance=alliance, report__cycle__code__in=list(cycles), accepted__isnull=False
        )
        .order_by("report__cycle__code", "report__body__code", "number")
        .values_list("report__cycle__code", "report__body__code", "pk", standing_hash())
    )
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for cycle, body, pk, sha in rows:
        found.setdefault(cycle, {})[body] = (pk, sha)
    return found


def standing_hash() -> Coalesce:
    """The hash of what stands in a submission: of what was sent, or of what is left after a text had to go."""
    return Coalesce("redacted_sha256", "sha256")


def inputs_of(sources: Sources, edition: Edition, audience: str, key: bytes | None = None) -> Inputs:
    """What the core builds from. Reports are opened once per process and remembered."""
    pack = opened(sources.pack)
    taken: dict[tuple[str, str], set[str]] = {}
    for cycle, body, question in sources.withheld:
        taken.setdefault((cycle, body), set()).add(question)
    reports = _standing(sources.submissions, sources.pack)
    history = tuple(
        _history(sources.pack, cycle, found, taken)
        for cycle, found in sorted(sources.earlier.items(), key=lambda one: pack.cycles[one[0]].data_year)
    )
    return Inputs(
        pack=pack,
        cycle=sources.cycle,
        reports=tuple(reports),
        audience=audience,
        edition=edition,
        as_of=_day(sources.as_of),
        history=history,
        key=key,
    )


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _standing(found: Mapping[str, tuple[int, str]], pack: str) -> list[Answers]:
    """The reports as they stand, in the order of their bodies: a set or a freeze that remembers the hash of what was
    sent does not read again what had to go since. One query."""
    pks = [pk for pk, _sha in found.values()]
    stands = dict(Submission.objects.filter(pk__in=pks).values_list("pk", standing_hash()))
    return [answers_of(pk, stands[pk], pack) for _body, (pk, _sha) in sorted(found.items())]


def answers_of(submission: int, sha256: str, pack: str) -> Answers:
    """The answers of a submission, remembered under their hash: whatever row holds them, they are these."""
    known = (sha256, pack)
    with _lock:
        if known in _opened:
            _opened.move_to_end(known)
            return _opened[known]
    document = bytes(Submission.objects.values_list("document", flat=True).get(pk=submission))
    answers = load_report(document, opened(pack), place=f"submission {sha256[:12]}")
    with _lock:
        _opened[known] = answers
        while len(_opened) > _MOST:
            _opened.popitem(last=False)
    return answers


def _history(
    pack_sha: str, cycle: str, found: Mapping[str, tuple[int, str]], taken: Mapping[tuple[str, str], set[str]]
) -> History:
    if "" in found:
        return _released(found[""][1])
    pack = opened(pack_sha)
    reports = _standing(found, pack_sha)
    # What a nation withheld from that cycle's edition stays withheld in every later one.
    kept = tuple(_without(report, taken.get((cycle, report.body), set())) for report in reports)
    digest = hashlib.sha256(json.dumps(_hashes(found), sort_keys=True).encode()).hexdigest()
    return History(cycle, f"{pack.header.slug}-{cycle}-submissions", digest, kept)


def _without(report: Answers, questions: set[str]) -> Answers:
    from eirene.questionnaires.model import Answer

    own = {q: Answer(q, "withheld") for q in questions}
    return replace(report, answers={**report.answers, **own}) if own else report


@lru_cache(maxsize=8)
def _released(manifest_sha256: str) -> History:
    return history_of(open_release(Path(Release.objects.get(manifest_sha256=manifest_sha256).path)))


def current_inputs(draft: Draft, sources: Sources, edition: Edition, audience: str) -> Inputs:
    """The inputs with what is withheld taken out, as a build does it."""
    given = inputs_of(sources, edition, audience)
    return replace(given, reports=tuple(withheld(given.reports, edition)))


# --- computing ------------------------------------------------------------------------------------------------------


def office_of(pack: Pack) -> str:
    """The audience that sees everything under its name."""
    return next((a.code for a in pack.header.audiences if a.names_all), pack.header.audiences[0].code)


def compute_set(draft: Draft, sources: Sources, edition: Edition) -> FigureSet:
    """A set, computed and not yet kept. Raises Blocked if an accepted report cannot be computed with."""
    begun = time.monotonic()
    pack = opened(sources.pack)
    inputs = current_inputs(draft, sources, edition, office_of(pack))
    figures = all_figures(inputs, check_reports(inputs))
    return FigureSet(
        draft=draft,
        fingerprint=sources.fingerprint,
        inputs=sources.as_json(),
        reported=len(sources.submissions),
        asked=len(asked_bodies(pack, sources.cycle)),
        content=packed(figures),
        made=now(),
        milliseconds=round((time.monotonic() - begun) * 1000),
        previous_id=draft.figures_id,
    )


def packed(figures: Iterable[Figure]) -> bytes:
    """Figures with their members, which `figure_row` leaves out for it writes what leaves the house."""
    rows = [{**figure_row(f), "members": {b: _out(m) for b, m in f.members.items()}} for f in figures]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 3)


def unpacked(content: bytes) -> tuple[Figure, ...]:
    found = []
    for row in json.loads(zlib.decompress(content)):
        members = row.pop("members")
        found.append(replace(figure_from_row(row), members={b: _in(m) for b, m in members.items()}))
    return tuple(found)


def _out(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return [_out(one) for one in value] if isinstance(value, tuple) else value


def _in(value: Any) -> Any:
    if isinstance(value, str):
        return Decimal(value)
    return tuple(_in(one) for one in value) if isinstance(value, list) else value


def figures_of(set_id: int) -> tuple[Figure, ...]:
    """The figures of a set, remembered under its fingerprint and when it was made: texts in it may have to go. One
    short query."""
    return _figures(set_id, *FigureSet.objects.values_list("fingerprint", "made").get(pk=set_id))


@lru_cache(maxsize=6)
def _figures(set_id: int, fingerprint: str, made: dt.datetime) -> tuple[Figure, ...]:
    return unpacked(bytes(FigureSet.objects.values_list("content", flat=True).get(pk=set_id)))


# --- the edition as it would be frozen now --------------------------------------------------------------------------


def positions_of(draft: Draft, positions: Iterable[Position]) -> dict[str, Any]:
    """What nations say of their own parts, as the edition file holds it."""
    from eirene.summary import as_literal

    given = [one for one in positions if one.withdrawn is None]
    return {
        "withholdings": [
            {"body": one.nation, "question": one.on, "reason": one.text}
            for one in given
            if one.kind == Position.Kind.WITHHOLDING
        ],
        "reservations": [
            {"body": one.nation, "on": one.on, "text": {lang: as_literal(text) for lang, text in one.text.items()}}
            for one in given
            if one.kind == Position.Kind.RESERVATION
        ],
        "naming_footnotes": [
            {"body": one.nation, "text": one.text} for one in given if one.kind == Position.Kind.FOOTNOTE
        ],
    }


def more_of(draft: Draft, positions: Iterable[Position]) -> dict[str, Any]:
    """Everything in the edition file besides its texts."""
    return {
        **positions_of(draft, positions),
        "number": draft.number,
        "release_list": list(draft.release_list),
        "disclosed_by": draft.disclosed_by,
        "disclosed_on": draft.disclosed_on.isoformat() if draft.disclosed_on else None,
        **({"protection": list(draft.protection)} if draft.protection else {}),
    }


def edition_of(draft: Draft, positions: Iterable[Position] | None = None) -> Edition:
    """The edition file as it stands. Raises EireneError if it is none."""
    given = list(draft.positions.all()) if positions is None else positions
    return c.to_edition(draft.content, opened(draft.cycle.pack_id), more_of(draft, given))


def composed(draft: Draft, set_id: int | None, edition: Edition, *, with_reports: bool = False) -> Composed:
    """What the office’s preview is composed from: the whole, for the office’s eyes."""
    pack = opened(draft.cycle.pack_id)
    figures = figures_of(set_id) if set_id is not None else ()
    reports: dict[str, Answers] = {}
    reported: dict[str, frozenset[str]] = {}
    if set_id is not None:
        inputs = FigureSet.objects.values_list("inputs", flat=True).get(pk=set_id)
        reported = {draft.cycle.code: frozenset(inputs["submissions"])}
        if with_reports:
            sources = from_json(draft, draft.as_of.isoformat(), inputs)
            given = current_inputs(draft, replace(sources, earlier={}), edition, office_of(pack))
            reports = {report.body: report for report in given.reports}
    return Composed(
        pack=pack,
        cycle=draft.cycle.code,
        audience=office_of(pack),
        edition=edition,
        figures=figures,
        reports=reports,
        shown=lambda body, question: True,
        reported=reported,
        as_of=draft.as_of,
        facts={"shown": 0, "counted_not_named": 0, "hidden": 0},
    )
