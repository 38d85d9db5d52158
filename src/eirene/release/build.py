"""From reports to a release: check, compute, cut to the audience, write the Summary, draw, freeze.

The same inputs give the same bytes: nothing here reads the clock, the locale or the environment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eirene.disclosure import AudienceView, Source, audience_view, refuse_exposed
from eirene.errors import Blocked, EireneError, Problem, Unreadable, UsageError
from eirene.figures import compiled, compute_series
from eirene.figures.model import Figure
from eirene.framework import audience_rank, cycle_of, load, read_edition
from eirene.framework.model import Edition, Pack
from eirene.questionnaires import check
from eirene.questionnaires.model import Answer, Finding, Report
from eirene.release.content import release_id
from eirene.release.freeze import claim, freeze
from eirene.release.inputs import FORMATS, History, Inputs, history_of
from eirene.release.read import open_release
from eirene.release.render import render
from eirene.release.told import read_sources
from eirene.summary import Content, build_documents, edition_of
from eirene.text import pick

Progress = Callable[[str, int, int], None]


def build_release(
    pack: Pack,
    cycle: str,
    reports: Iterable[Report],
    *,
    out: Path,
    audience: str | None = None,
    history: Sequence[History] = (),
    edition: Edition | None = None,
    as_of: dt.date | None = None,
    key: bytes | None = None,
    formats: Collection[str] = FORMATS,
    beside: Sequence[Source] = (),
    progress: Progress | None = None,
) -> Path:
    """Builds and freezes one release in `out`; gives the folder.

    beside   other releases that its readers hold (`source_of`): earlier ones of the edition, those for wider audiences

    Raises Blocked, with every blocker of every report, and with everything that its audience could work out and may
    not know, before anything is written; nothing is left of a failed build.
    Charts are drawn in processes of their own: a script that calls this needs `if __name__ == "__main__":`.
    """
    inputs = _inputs(pack, cycle, reports, audience, history, edition, as_of, key=key, formats=frozenset(formats))
    claim(out)
    return _build(inputs, out, tuple(beside), progress or _quiet)


def examine(
    pack: Pack,
    cycle: str,
    reports: Iterable[Report],
    *,
    audience: str | None = None,
    history: Sequence[History] = (),
    edition: Edition | None = None,
    as_of: dt.date | None = None,
    beside: Sequence[Source] = (),
    progress: Progress | None = None,
) -> AudienceView:
    """What a release would show its audience, what is hidden from it and why, and what the audit finds; nothing is
    written. Arguments and errors as for `build_release`, but that what is exposed is told, not refused."""
    inputs = _inputs(pack, cycle, reports, audience, history, edition, as_of)
    return _cut(inputs, tuple(beside), progress or _quiet)[1]


def _inputs(
    pack: Pack,
    cycle: str,
    reports: Iterable[Report],
    audience: str | None,
    history: Sequence[History],
    edition: Edition | None,
    as_of: dt.date | None,
    **more: Any,
) -> Inputs:
    wanted = cycle_of(pack, cycle)
    code = audience or pack.header.audiences[-1].code
    audience_rank(pack, code)
    return Inputs(
        pack=pack,
        cycle=cycle,
        reports=tuple(sorted(reports, key=lambda r: (r.body, r.place))),
        audience=code,
        edition=edition_of(pack, cycle, edition),
        as_of=as_of or wanted.publication_date,
        history=_ordered(pack, cycle, history),
        **more,
    )


def _quiet(step: str, done: int, of: int) -> None:
    """Nobody wants to know."""


_STEPS = 6


def _cut(inputs: Inputs, beside: tuple[Source, ...], progress: Progress) -> tuple[Inputs, AudienceView]:
    """Reports less what was withheld, figures, and what of both the audience may see."""
    progress("checking the reports", 1, _STEPS)
    inputs = replace(inputs, reports=tuple(withheld(inputs.reports, inputs.edition)))
    findings = check_reports(inputs)
    progress("computing the figures", 2, _STEPS)
    figures = all_figures(inputs, findings)
    progress("protecting and attacking", 3, _STEPS)
    return inputs, audience_view(
        inputs.pack,
        inputs.cycle,
        inputs.audience,
        inputs.reports,
        figures,
        history=inputs.past,
        as_of=inputs.as_of,
        beside=beside,
        chosen=inputs.edition.protection,
        progress=progress,
    )


def _build(inputs: Inputs, out: Path, beside: tuple[Source, ...], progress: Progress) -> Path:
    of = _STEPS
    inputs, view = _cut(inputs, beside, progress)
    refuse_exposed(view)
    progress("writing the Summary", 4, of)
    documents = build_documents(content_of(inputs, view))
    progress("drawing charts and setting documents", 5, of)
    files, manifest = render(inputs, view, documents)
    progress("freezing the release", 6, of)
    return freeze(out, files, manifest)


def _ordered(pack: Pack, cycle: str, history: Sequence[History]) -> tuple[History, ...]:
    """Oldest first; UsageError for a cycle that this one is not compared with, or that is given twice."""
    compared = cycle_of(pack, cycle).compares_with
    problems = [
        Problem(
            f"{one.release_id} is of the cycle {one.cycle}.",
            remedy=f"{cycle} is compared with: {', '.join(compared) or 'none'}.",
        )
        for one in history
        if one.cycle not in compared
    ]
    given = [one.cycle for one in history]
    twice = sorted({c for c in given if given.count(c) > 1})
    problems += [Problem(f"Two releases of the cycle {c} are given.", remedy="Give one.") for c in twice]
    if problems:
        raise UsageError(problems)
    return tuple(sorted(history, key=lambda one: compared.index(one.cycle)))


def withheld(reports: Iterable[Report], edition: Edition) -> Iterable[Report]:
    """The reports with the answers that their bodies withdrew (practice 12); figures are computed without them."""
    taken: dict[str, dict[str, Answer]] = {}
    for one in edition.withholdings:
        answer = Answer(one.question, "withheld", reason=dict(one.reason))
        taken.setdefault(one.body, {})[one.question] = answer
    for report in reports:
        own = taken.get(report.body)
        yield replace(report, answers={**report.answers, **own}) if own else report


def check_reports(inputs: Inputs) -> dict[str, list[Finding]]:
    """body → findings. Raises Blocked with every blocker of every report, and with two reports of one body."""
    pack = inputs.pack
    latest = {report.body: report for report in inputs.past[-1]} if inputs.past else {}
    problems: list[Problem] = []
    found: dict[str, list[Finding]] = {}
    lang = pack.header.languages[0]
    for report in inputs.reports:
        where = report.place or report.body
        if report.cycle != inputs.cycle:
            problems.append(Problem(f"is a report for {report.cycle}, not for {inputs.cycle}.", where))
            continue
        if report.body in found:
            problems.append(Problem(f"is a second report of {report.body}.", where, "Give one report for each body."))
            continue
        peers = [r for r in inputs.reports if r is not report]
        found[report.body] = check(report, pack, previous=latest.get(report.body), peers=peers)
        problems += [
            Problem(f"{f.code}: {pick(f.message, lang)}", f"{where}, {f.place.question}", pick(f.remedy, lang))
            for f in found[report.body]
            if f.severity == "blocker" and f.outcome == "found"
        ]
    if problems:
        raise Blocked(problems)
    return found


def all_figures(inputs: Inputs, findings: Mapping[str, Sequence[Finding]]) -> list[Figure]:
    """The figures of the cycle and of the earlier ones that its series need.

    Earlier cycles of which only published figures are given (not the answers) stand with those, as published.
    """
    if cycle_of(inputs.pack, inputs.cycle).kind == "compiled":
        return compiled(inputs.pack, inputs.cycle, as_of=inputs.as_of)
    figures = compute_series(
        inputs.pack,
        inputs.cycle,
        inputs.reports,
        as_of=inputs.as_of,
        history=inputs.past,
        findings=findings,
    )
    taken = [figure for one in inputs.history for figure in one.figures]
    return [*figures, *taken]


def content_of(inputs: Inputs, view: AudienceView) -> Content:
    """What the Summary is written from, cut to what the view’s audience may see."""
    reports = {r.body: view.redact(r) for r in inputs.reports}
    reported = {inputs.cycle: frozenset(reports)}
    for past in inputs.past:
        reported[past[0].cycle] = frozenset(r.body for r in past)
    return Content(
        pack=inputs.pack,
        cycle=inputs.cycle,
        audience=inputs.audience,
        edition=inputs.edition,
        figures=view.figures,
        reports=reports,
        shown=view.shown,
        reported=reported,
        as_of=inputs.as_of,
        release_id=release_id(view, inputs.edition),
        left_out=view.left_out,
        facts=view.counts(),
    )


# --- from files -----------------------------------------------------------------------------------------------------


def build_from_files(
    pack_name: str,
    cycle: str,
    sources: Sequence[str],
    *,
    out: Path,
    history: Sequence[str] = (),
    audience: str | None = None,
    edition_file: Path | None = None,
    as_of: str | None = None,
    key_file: Path | None = None,
    formats: str | None = None,
    released: Sequence[str] = (),
    progress: Progress | None = None,
) -> str:
    """What `eirene summary build` does; gives the sentence that it prints."""
    from eirene.release.answers import read_key

    pack = load(pack_name)
    wanted = cycle_of(pack, cycle)
    claim(out)
    paths = _expand(sources)
    if wanted.kind == "collected" and not paths:
        raise UsageError("No report is given.", remedy="Name files (or folders) of reports.")
    if wanted.kind == "compiled" and paths:
        raise UsageError(f"{cycle} is compiled from what others published; it takes no reports.")
    built = build_release(
        pack,
        cycle,
        _read_all(paths, pack),
        out=out,
        audience=audience,
        history=[_history(path, pack) for path in history],
        edition=_edition(edition_file, pack, cycle),
        as_of=_date(as_of),
        key=read_key(key_file) if key_file else None,
        formats=_formats(formats),
        beside=read_sources(released),
        progress=progress,
    )
    manifest = open_release(built).manifest
    return (
        f"{built}: {manifest['id']}, {manifest['figures']['n']} figures, {len(manifest['files'])} files. "
        f"Check it with: eirene release verify {built}"
    )


def _expand(sources: Sequence[str]) -> list[str]:
    """Files as given; a folder stands for the reports in it."""
    found: list[str] = []
    for source in sources:
        path = Path(source)
        if path.is_dir():
            found += sorted(str(p) for p in path.iterdir() if p.suffix.lower() in (".xlsx", ".json"))
        else:
            found.append(source)
    return found


def _read_all(paths: Sequence[str], pack: Pack) -> list[Report]:
    """Every report, or Unreadable with the problems of every file that cannot be read."""
    from eirene.formats import read_reports

    reports: list[Report] = []
    problems: list[Problem] = []
    for path, result in zip(paths, read_reports(paths, pack), strict=True):
        if isinstance(result, EireneError):
            problems += [replace(p, where=p.where or path) for p in result.problems]
        else:
            reports.append(replace(result.report, place=path))
    if problems:
        raise Unreadable(problems)
    return reports


def _edition(path: Path | None, pack: Pack, cycle: str) -> Edition | None:
    """The edition file, checked; its problems are told with file and line."""
    if path is None:
        return None
    edition, place = read_edition(path, pack)
    return edition_of(pack, cycle, edition, place)


def _history(path: str, pack: Pack) -> History:
    release = open_release(path)
    if release.pack.header.slug != pack.header.slug:
        raise UsageError(
            f"This is a release of {release.pack.header.slug}, not of {pack.header.slug}.",
            where=path,
            remedy="Give releases of the same alliance to --history.",
        )
    return history_of(release)


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date.", remedy="Write it as 2017-07-06.") from None


def _formats(text: str | None) -> Collection[str]:
    if text is None:
        return FORMATS
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise UsageError(f"There is no format {unknown[0]!r}.", remedy=f"Known: {', '.join(FORMATS)}.")
    return wanted
