"""Where every report is, what is stuck and with whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.framework import Pack, asked, members_on
from eirene.text import date, pick
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance, Holding, Post
from eirene_web.organisations.packs import opened
from eirene_web.organisations.queries import Names
from eirene_web.policy import Actor
from eirene_web.reports import queries
from eirene_web.reports.models import (
    AnswerNote,
    ClearanceStep,
    Correction,
    Cycle,
    Report,
    Return,
    Submission,
    Thread,
)
from eirene_web.reports.oversight.counts import answered_counts, asked_counts
from eirene_web.reports.services.cycles import OWING, PATIENCE
from eirene_web.reports.tables import folded

State = Report.State
#: Columns of the board: the state that names it, and the states whose reports stand in it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "not_started": ("waiting", "not_started", "not_submitted"), "drafting": ("drafting",),
    "in_clearance": ("in_clearance", "cleared"), "submitted": ("submitted",), "in_review": ("in_review",),
    "returned": ("returned",), "accepted": ("accepted",),
}  # fmt: skip
#: States in which the office has, or has had, the report in its hands.
IN = ("submitted", "in_review", "returned", "accepted")


@dataclass(frozen=True)
class Held:
    """A post of a nation with its roles, and whether somebody holds it today."""

    post: Post
    roles: frozenset[str]
    is_held: bool


@dataclass
class Line:
    """One report, as the office sees it."""

    report: Report
    name: str
    population: str
    #: Letter behind the name of those who are not of the first population asked.
    letter: str
    days: int
    patience: int | None
    answered: int
    asked: int
    what: str = ""
    with_: str = ""
    #: The posts that a notice may reach across the nation's border.
    contacts: tuple[Held, ...] = ()
    vacant: bool = False
    submission: Submission | None = None
    open_answers: tuple[str, ...] = ()
    waiting_threads: int = 0
    #: The day by which the nation should have answered what the office asked back: the earliest of several.
    asked_back: dt.date | None = None

    @property
    def state(self) -> str:
        return self.report.state

    @property
    def stuck(self) -> bool:
        return self.patience is not None and self.days > self.patience

    @property
    def per_cent(self) -> int:
        return 100 * self.answered // self.asked if self.asked else 0

    @property
    def deadline(self) -> dt.datetime:
        return self.report.due

    @property
    def is_in(self) -> bool:
        return self.report.state in IN

    @property
    def owes(self) -> bool:
        return self.report.state in OWING

    @property
    def late(self) -> bool:
        """Owes its first submission, and its own deadline is past."""
        return self.owes and not self.is_in and self.deadline < now()

    @property
    def overdue(self) -> bool:
        """Late with its report, or with an answer to the office."""
        return self.late or (self.asked_back is not None and self.asked_back < now().date())


@dataclass
class Board:
    """Every report of a cycle that the actor sees, and what follows."""

    cycle: Cycle
    pack: Pack
    lang: str
    lines: list[Line]
    corrections: list[Correction] = field(default_factory=list)

    @cached_property
    def columns(self) -> list[tuple[str, list[Line]]]:
        found = []
        for key, states in COLUMNS.items():
            here = [line for line in self.lines if line.state in states]
            if key == "drafting":
                here.sort(key=lambda line: (-line.per_cent, folded(line.name)))
            found.append((key, here))
        return found

    @property
    def total(self) -> int:
        return len(self.lines)

    @cached_property
    def received(self) -> int:
        return sum(line.is_in for line in self.lines)

    @cached_property
    def stuck(self) -> list[Line]:
        return sorted((line for line in self.lines if line.stuck), key=lambda line: (-line.days, folded(line.name)))

    @cached_property
    def queue(self) -> list[Line]:
        """Reports that wait for the office, oldest first."""
        found = [line for line in self.lines if line.state in ("submitted", "in_review") and line.submission]
        return sorted(found, key=lambda line: (line.submission.at if line.submission else now(), line.name))

    @property
    def title(self) -> str:
        """What the state is, in a sentence."""
        if self.cycle.state == Cycle.State.PLANNED:
            return _("Cycle %(code)s is not yet open") % {"code": self.cycle.code}
        came = ngettext("%(in)d of %(all)d report is in", "%(in)d of %(all)d reports are in", self.total) % {
            "in": self.received, "all": self.total,
        }  # fmt: skip
        if self.cycle.state == Cycle.State.CLOSED:
            return _("Closed: %(came)s") % {"came": came}
        n = len(self.stuck)
        if not n:
            return _("%(came)s; nothing is stuck") % {"came": came}
        return ngettext("%(came)s; %(n)d is stuck", "%(came)s; %(n)d are stuck", n) % {"came": came, "n": n}

    @property
    def populations(self) -> list[tuple[str, str, int]]:
        """(letter, name for so many, how many) of each population that is asked."""
        counts = Counter(line.population for line in self.lines)
        letters = {line.population: line.letter for line in self.lines}
        return [
            (letters[p.code], pick(p.one if counts[p.code] == 1 else p.many, self.lang), counts[p.code])
            for p in self.pack.header.populations
            if counts[p.code]
        ]


def board(actor: Actor, alliance: Alliance, cycle: Cycle, lang: str) -> Board:
    """Everything that the office's page shows. A constant number of queries."""
    pack = opened(cycle.pack_id)
    reports = list(queries.reports(actor, alliance).filter(cycle=cycle).select_related("reviewer"))
    ids = [report.pk for report in reports]
    on = (cycle.closed or now()).date()
    names = Names(alliance, lang, on)
    answered, put = answered_counts(cycle), asked_counts(cycle, (r.body.code for r in reports))
    populations = _populations(pack, cycle, lang)
    steps = _pending(ids)
    posts = _posts(alliance, {report.body.nation for report in reports})
    sent = {s.report_id: s for s in _latest(ids)}
    open_answers = _open_answers(ids)
    back = _asked_back(ids)
    threads = dict(
        Thread.objects.filter(report__in=ids, kind=Thread.Kind.QUESTION, state=Thread.State.OPEN)
        .values_list("report")
        .annotate(n=Count("pk"))
    )
    patience = {**PATIENCE, **cycle.patience}
    today = now().date()
    lines = []
    for report in reports:
        population, letter = populations.get(report.body.code, ("", ""))
        line = Line(
            report=report,
            name=names.body(report.body),
            population=population,
            letter=letter,
            days=(today - report.moved.date()).days,
            patience=patience.get(report.state) if cycle.state in ("test", "open") else None,
            answered=answered.get(report.pk, 0),
            asked=put.get(report.body.code, 0),
            contacts=tuple(h for h in posts.get(report.body.nation, ()) if h.post.contact),
            submission=sent.get(report.pk),
            open_answers=open_answers.get(report.pk, ()),
            waiting_threads=threads.get(report.pk, 0),
            asked_back=back.get(report.pk),
        )
        _explain(line, steps.get(report.pk, []), posts.get(report.body.nation, []), lang, pack)
        lines.append(line)
    lines.sort(key=lambda line: folded(line.name))
    corrections = list(
        Correction.objects.filter(report__in=ids, state=Correction.State.REQUESTED)
        .select_related("report__body", "report__cycle")
        .order_by("requested")
    )
    return Board(cycle, pack, lang, lines, corrections)


def _populations(pack: Pack, cycle: Cycle, lang: str) -> dict[str, tuple[str, str]]:
    """Body → population, and the letter behind its name; the first population asked has none."""
    planned = pack.cycles[cycle.code]
    labels = {p.code: p for p in pack.header.populations}
    found: dict[str, tuple[str, str]] = {}
    for n, code in enumerate(planned.asked):
        word = pick(labels[code].one, lang) if code in labels else code
        for body in members_on(pack, code, planned.reference_date):
            found.setdefault(body, (code, word[:1].upper() if n else ""))
    return found


def _asked_back(reports: Sequence[int]) -> dict[int, dt.date]:
    """Report → the day by which its nation should answer: of its last return, while it is returned, and of
    clarifications that wait for it. Two queries."""
    back = Return.objects.filter(report__in=reports, report__state=Report.State.RETURNED).order_by("pk")
    last = dict(back.values_list("report", "due"))
    found = {report: due for report, due in last.items() if due}
    waiting = Thread.objects.filter(
        report__in=reports, kind=Thread.Kind.CLARIFICATION, state=Thread.State.OPEN, due__isnull=False
    )
    for report, due in waiting.values_list("report", "due"):
        found[report] = min(due, found.get(report, due))
    return found


def _pending(reports: Sequence[int]) -> dict[int, list[ClearanceStep]]:
    found: dict[int, list[ClearanceStep]] = {}
    rows = ClearanceStep.objects.filter(report__in=reports, state=ClearanceStep.State.PENDING).select_related("post")
    for step in rows:
        found.setdefault(step.report_id, []).append(step)
    return found


def _latest(reports: Sequence[int]) -> list[Submission]:
    """The newest submission of each report, without its document. One query."""
    found: dict[int, Submission] = {}
    for one in Submission.objects.filter(report__in=reports).defer("document").order_by("report", "number"):
        found[one.report_id] = one
    return list(found.values())


def _open_answers(reports: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for report, question in AnswerNote.objects.filter(report__in=reports, open=True).values_list("report", "question"):
        found.setdefault(report, []).append(question)
    return {report: tuple(questions) for report, questions in found.items()}


def _posts(alliance: Alliance, nations: Iterable[str]) -> dict[str, list[Held]]:
    """Nation → its posts that answer for the report or receive notices. Three queries."""
    today = now().date()
    rows = list(
        Post.objects.filter(
            Q(until__isnull=True) | Q(until__gte=today),
            Q(contact=True) | Q(roles__role__in=["rapporteur", "authorised_officer"]),
            body__alliance=alliance,
            body__nation__in=list(nations),
        )
        .select_related("body")
        .prefetch_related("roles")
        .distinct()
        .order_by("pk")
    )
    holdings = Holding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), post__in=[p.pk for p in rows], since__lte=today,
        person__is_active=True,
    )  # fmt: skip
    held = set(holdings.values_list("post", flat=True))
    found: dict[str, list[Held]] = {}
    for post in rows:
        roles = frozenset(role.role for role in post.roles.all())
        found.setdefault(post.body.nation, []).append(Held(post, roles, post.pk in held))
    return found


def _until(line: Line, lang: str) -> str:
    """By when the nation should answer what was asked back."""
    if line.asked_back is None:
        return ""
    told = _("An answer was wanted by %(day)s.") if line.overdue else _("An answer is wanted by %(day)s.")
    return told % {"day": date(line.asked_back, lang)}


def _explain(line: Line, steps: Sequence[ClearanceStep], posts: Sequence[Held], lang: str, pack: Pack) -> None:
    """Says what a report waits for, and with whom."""

    def title(post: Post) -> str:
        return pick(post.title, lang)

    rapporteurs = [h for h in posts if "rapporteur" in h.roles]
    officers = [h for h in posts if "authorised_officer" in h.roles]
    line.vacant = bool(rapporteurs) and not any(h.is_held for h in rapporteurs)
    owner = ", ".join(title(h.post) for h in rapporteurs) or _("no rapporteur")
    vacancy = _("The post of rapporteur is vacant.") if line.vacant else ""
    match line.state:
        case State.WAITING:
            line.what, line.with_ = _("Not yet open for it."), _("the office")
        case State.NOT_STARTED:
            line.what, line.with_ = " ".join(filter(None, (_("Not started."), vacancy))), owner
        case State.DRAFTING:
            still = _("Drafting stands at %(n)d %%.") % {"n": line.per_cent}
            line.what, line.with_ = " ".join(filter(None, (still, vacancy))), owner
        case State.IN_CLEARANCE:
            line.what = _("Waits to be cleared.")
            line.with_ = ", ".join(title(s.post) for s in steps) or owner
        case State.CLEARED:
            line.what = _("Cleared by all; waits to be submitted.")
            line.with_ = ", ".join(title(h.post) for h in officers) or owner
        case State.SUBMITTED:
            line.what, line.with_ = _("Waits for a desk of the office."), _("the office")
        case State.IN_REVIEW:
            line.what = " ".join(filter(None, (_("Is being looked at."), _until(line, lang))))
            line.with_ = title(line.report.reviewer) if line.report.reviewer else _("the office")
        case State.RETURNED:
            sheet = asked(pack, line.report.cycle.code)
            numbers = ", ".join(q.number for q in sheet.questions.values() if q.id in line.open_answers)
            n = len(line.open_answers)
            line.what = ngettext(
                "Returned; %(n)d answer is open: %(which)s.", "Returned; %(n)d answers are open: %(which)s.", n
            ) % {"n": n, "which": numbers}
            line.what = " ".join(filter(None, (line.what, _until(line, lang))))
            line.with_ = owner
        case State.ACCEPTED:
            line.what = _("Accepted.")
        case State.NOT_SUBMITTED:
            line.what, line.with_ = _("Was not submitted before the cycle closed."), owner
