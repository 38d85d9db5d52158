"""A release on the disk as its readers hold it: the matter of an attack (`eirene.disclosure.source`).

Beside the office's release of the same number, it is known whose answers are in which figure. Without it a membership
is laid out that fits every published count: who is not named is then a place, not a body, and what is found is true of
somebody whom the reader does not know by name.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from eirene.disclosure.naming import Named, figure_questions
from eirene.disclosure.source import Source
from eirene.errors import UsageError
from eirene.figures import compute_series
from eirene.figures.aggregate import Rate
from eirene.figures.answers import Answers as CountedAnswers
from eirene.figures.model import Figure
from eirene.framework import asked, asked_bodies, audience_rank, population, population_bodies
from eirene.framework.model import Pack
from eirene.questionnaires.model import Answer, Report
from eirene.release.read import Release, is_full, open_release

#: Answers before reasons: the more bodies are taken to be in a figure, the more an attacker knows.
_ORDER = ("answered", "hidden", "no_data", "withheld", "not_answered", "unusable", "not_applicable", "no_report")


def source_of(release: Release, full: Release | None = None) -> Source:
    """What a release tells. full: the office's release of the same edition and number.

    Raises Unreadable if a part of it is none of ours, UsageError if the two do not belong together.
    """
    pack, cycle = release.pack, release.cycle
    if full is not None and (full.cycle, full.pack.header.id) != (cycle, pack.header.id):
        raise UsageError(
            f"{full.release_id} is no release of the same cycle as {release.release_id}.",
            where=str(full.folder),
            remedy="Give the office's release of the same edition.",
        )
    named = release.answers.reports
    shown, left_out = _shown(named), dict(release.answers.left_out)
    as_of = dt.date.fromisoformat(str(release.manifest["as_of"]))
    figures = dict(release.figures)
    if full is None:
        reports = _fitting(release)
        members = dict(_members(pack, release, reports, as_of))
        own: frozenset[Named] = frozenset()
    else:
        reports = {c: dict(found) for c, found in full.answers.reports.items()}
        members = _true_members(full, as_of)
        own = _own(pack, release.audience, reports)
    order = [c for c in (*pack.cycles[cycle].compares_with, cycle) if c in reports]
    return Source(
        release.release_id, pack, cycle, release.audience, as_of, figures, members,
        {c: reports[c] for c in order}, shown, left_out, own, exact=full is not None, untold=_untold(release),
    )  # fmt: skip


def read_sources(folders: Sequence[str]) -> tuple[Source, ...]:
    """The releases in these folders as their readers hold them. One that was built for the office is held by none of
    them: it says whose answers are in the figures of the others of its cycle and number."""
    releases = [open_release(folder) for folder in folders]
    full = {(r.cycle, _number(r)): r for r in releases if is_full(r)}
    return tuple(source_of(r, full.get((r.cycle, _number(r)))) for r in releases if not is_full(r))


def _number(release: Release) -> str:
    edition = release.manifest.get("edition")
    return str(edition.get("number", "")) if isinstance(edition, Mapping) else ""


def _untold(release: Release) -> frozenset[tuple[str, str, str]]:
    """cycle, question, population of which it is not told how many gave which answer: neither by counts nor figures."""
    valued = {
        (figure.cycle, question, figure.population)
        for figure in release.figures.values()
        if figure.basis == "computed" and figure.value is not None
        for question in figure_questions(release.pack, figure.id)
    }
    hidden = {
        (cycle, question, code)
        for (cycle, code, question), counts in release.answers.counted.items()
        if counts and all(status == "hidden" for status, _ in counts)
    }
    return frozenset(hidden - valued)


def _shown(named: Mapping[str, Mapping[str, Report]]) -> frozenset[Named]:
    return frozenset(
        (cycle, body, question)
        for cycle, reports in named.items()
        for body, report in reports.items()
        for question in report.answers
    )


def _own(pack: Pack, audience: str, reports: Mapping[str, Mapping[str, Report]]) -> frozenset[Named]:
    """Answers that their bodies released to the audience for naming."""
    rank = audience_rank(pack, audience)
    return frozenset(
        (cycle, body, question)
        for cycle, found in reports.items()
        for body, report in found.items()
        for question, answer in report.answers.items()
        if answer.naming
        and audience_rank(pack, answer.releasability or pack.cycles[cycle].default_releasability) >= rank
    )


def _true_members(full: Release, as_of: dt.date) -> dict[str, tuple[str, ...]]:
    if not is_full(full):
        raise UsageError("This is not the office's release.", where=str(full.folder))
    pack, cycle, reports = full.pack, full.cycle, full.answers.reports
    history = [list(reports[c].values()) for c in pack.cycles[cycle].compares_with if c in reports]
    made = compute_series(pack, cycle, list(reports.get(cycle, {}).values()), history, as_of=as_of)
    return {figure.key: tuple(figure.members) for figure in made}


# --- without the answers --------------------------------------------------------------------------------------------


def _fitting(release: Release) -> dict[str, dict[str, Report]]:
    """Reports that fit the published counts: those shown by name, and for the others statuses and codes."""
    cycles = {cycle for cycle, _, _ in release.answers.counted} | set(release.answers.reports)
    return {
        cycle: _Fitting(release, cycle).reports()
        for cycle in sorted(cycles)
        if release.pack.cycles[cycle].questionnaire is not None
    }


class _Fitting:
    """One cycle's reports, laid out to fit its counts."""

    def __init__(self, release: Release, cycle: str) -> None:
        self.release, self.pack, self.cycle = release, release.pack, cycle
        self.named = release.answers.reports.get(cycle, {})
        self.as_of = dt.date.fromisoformat(str(release.manifest["as_of"]))
        self.counted = {
            (code, question): counts
            for (c, code, question), counts in release.answers.counted.items()
            if c == cycle
        }  # fmt: skip
        self.bodies = {code: self._bodies(code) for code in dict.fromkeys(code for code, _ in self.counted)}
        self.by_size = sorted(self.bodies, key=lambda code: (len(self.bodies[code]), code))

    def _bodies(self, code: str) -> tuple[str, ...]:
        of = self.release.cycle if population(self.pack, code).basis == "today" else self.cycle
        return population_bodies(self.pack, code, of, as_of=self.as_of, reported={})

    def reports(self) -> dict[str, Report]:
        reporting = self._reporting()
        standing = CountedAnswers(self.pack, self.cycle, self.named.values(), {}, ())
        answers: dict[str, dict[str, Answer]] = {b: dict(r.answers) for b, r in self.named.items() if b in reporting}
        for body in reporting:
            answers.setdefault(body, {})
        for question in asked(self.pack, self.cycle).questions:
            for body, (status, value) in self._told(question, reporting, standing).items():
                answer = _answer(question, status, value)
                if answer is not None:
                    answers[body][question] = answer
        sheet = asked(self.pack, self.cycle).id
        return {
            body: Report(self.pack.header.id, sheet, self.cycle, body, given) for body, given in sorted(answers.items())
        }

    def _reporting(self) -> list[str]:
        found = list(self.named)
        for code in self.by_size:
            counts = self.counted.get((code, ""), Counter())
            wanted = counts.get(("reported", ""), 0) - sum(b in found for b in self.bodies[code])
            asked_first = set(asked_bodies(self.pack, self.cycle))
            free = [b for b in self.bodies[code] if b not in found and b in asked_first]
            found += free[: max(0, wanted)]
        return found

    def _told(self, question: str, reporting: Sequence[str], standing: CountedAnswers) -> dict[str, tuple[str, str]]:
        """Status and value of each body that reported and does not show its answer."""
        found: dict[str, tuple[str, str]] = {}
        for code in self.by_size:
            counts = Counter(self.counted.get((code, question), Counter()))
            free = []
            for body in self.bodies[code]:
                named = self.named.get(body)
                if body not in reporting or (named is not None and question in named.answers):
                    continue
                if not standing.applies(question, body):
                    counts["not_applicable", ""] -= 1
                elif body in found:
                    counts[found[body]] -= 1
                else:
                    free.append(body)
            kinds = sorted(counts, key=lambda kind: (_ORDER.index(kind[0]) if kind[0] in _ORDER else 9, kind[1]))
            told = [
                kind for kind in kinds for _ in range(max(0, counts[kind])) if kind[0] not in ("no_report", "not_asked")
            ]
            found.update(zip(free, told, strict=False))
        return found


def _answer(question: str, status: str, value: str) -> Answer | None:
    if status in ("answered", "hidden"):
        return Answer(question, "answered", value=value or None)
    if status in ("no_data", "withheld", "not_applicable"):
        return Answer(question, status)  # type: ignore[arg-type]
    return None


def _members(
    pack: Pack, release: Release, reports: Mapping[str, Mapping[str, Report]], as_of: dt.date
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Figure → bodies in it: as many as it says, those that are known to be first."""
    answers: dict[str, CountedAnswers] = {}
    for cycle in reports:
        answers[cycle] = CountedAnswers(pack, cycle, reports[cycle].values(), {}, tuple(answers.values()))
    candidates: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for key, figure in release.figures.items():
        if figure.basis != "computed" or figure.cycle not in answers:
            continue
        place = (figure.id, figure.cycle, figure.population, tuple(sorted(figure.dimensions.items())))
        if place not in candidates:
            candidates[place] = _candidates(pack, release, answers[figure.cycle], figure, as_of)
        bodies = candidates[place]
        if figure.kind == "pooled_without_largest":
            bodies = _without_largest(bodies[: figure.n_answered + 1], release, figure, answers[figure.cycle])
        yield key, tuple(bodies[: figure.n_answered])


def _candidates(pack: Pack, release: Release, answers: CountedAnswers, figure: Figure, as_of: dt.date) -> list[str]:
    code = population(pack, figure.population)
    of = release.cycle if code.basis == "today" else figure.cycle
    bodies = population_bodies(pack, code.of or code.code, of, as_of=as_of, reported={})
    compiled = answers.indicators.get(figure.id)
    index = compiled.places.get(tuple(sorted(figure.dimensions.items()))) if compiled else None
    if compiled is None or index is None:
        return list(bodies)
    given = answers.given(compiled, index)
    known = {(figure.cycle, b, q) for b in bodies for q in compiled.questions} & set(release.answers.left_out)
    partly = {body for _, body, _ in known}

    def doubt(body: str) -> int:
        """Who is surely in it, who lacks cells, who only may be."""
        return 0 if body in given else 1 if body in partly else 2

    named = release.answers.reports.get(figure.cycle, {})

    def seen(body: str) -> bool:
        """All that it answered is shown: if it were in the figure, that would be seen."""
        return body in named and all(q in named[body].answers for q in compiled.questions)

    inside = [
        b
        for b in bodies
        if b in given
        or b in partly
        or (not seen(b) and all(answers.standing(q, b) == "answered" for q in compiled.questions))
    ]
    return sorted(inside, key=doubt)


def _without_largest(bodies: Sequence[str], release: Release, figure: Figure, answers: CountedAnswers) -> list[str]:
    """Without the one that a reader finds: whose told numbers are the difference to the figure with it; if nobody's
    are, one that is not named; if all are, the largest by size."""
    whole = release.figures.get(figure.key.replace(".pooled_without_largest", ".pooled", 1))
    compiled = answers.indicators.get(figure.id)
    index = compiled.places.get(tuple(sorted(figure.dimensions.items()))) if compiled else None
    given = answers.given(compiled, index) if compiled is not None and index is not None else {}
    if whole is not None and whole.numerator is not None and figure.numerator is not None:
        gone = (whole.numerator - figure.numerator, (whole.denominator or 0) - (figure.denominator or 0))
        for body in bodies:
            one = given.get(body)
            if isinstance(one, Rate) and (one.numerator, one.denominator) == gone:
                return [b for b in bodies if b != body]
    unnamed = [b for b in bodies if b not in given]
    if not bodies:
        return []
    out = unnamed[0] if unnamed else max(bodies, key=lambda b: answers.sizes.get(b, 0))
    return [b for b in bodies if b != out]


__all__ = ["read_sources", "source_of"]
