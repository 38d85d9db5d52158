"""The way of one report, from drafting to its receipt: what is done, whose turn it is, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations.models import Holding, Post
from eirene_web.policy import can
from eirene_web.reports import instants
from eirene_web.reports.models import ClearanceChain, ClearanceStep, Report
from eirene_web.reports.targets import report_target, submission_target

if TYPE_CHECKING:
    from eirene_web.organisations.visit import Visit

_State = ClearanceStep.State
WRITING = (Report.State.NOT_STARTED, Report.State.DRAFTING, Report.State.RETURNED)


@dataclass(frozen=True)
class Stage:
    """One line of the panel. `glyph` and `kind` say with a shape and a colour what `detail` says in words."""

    label: str
    detail: str = ""
    glyph: str = "none"
    kind: str = "idle"
    current: bool = False


@dataclass(frozen=True)
class Way:
    stages: tuple[Stage, ...]
    #: (label, address), the next thing to do first.
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """One post of the chain, with who holds it and what it did."""

    post: Post
    position: int
    title: str
    holders: tuple[str, ...]
    step: ClearanceStep | None = None
    #: Since when nobody holds the post, where nobody does.
    vacant: bool = False
    #: Other steps that the same person cleared in this round.
    also: tuple[str, ...] = ()
    acting: tuple[str, ...] = field(default=())

    @property
    def state(self) -> str:
        return self.step.state if self.step else ""


def held(posts: Sequence[int]) -> dict[int, list[Holding]]:
    """Who holds posts today. One query."""
    today = now().date()
    found: dict[int, list[Holding]] = {}
    rows = Holding.objects.filter(post__in=posts, since__lte=today).select_related("person").order_by("pk")
    for one in rows:
        if (one.until is None or one.until >= today) and one.person.is_active:
            found.setdefault(one.post_id, []).append(one)
    return found


def steps_of(report: Report, lang: str) -> list[Step]:
    """The chain of the current round; before it begins, the one that the nation uses. Three queries at most."""
    decided = list(
        ClearanceStep.objects.filter(report=report, round=report.round)
        .exclude(state=_State.DROPPED)
        .select_related("post__body", "person")
    )
    if decided and report.state not in WRITING:
        rows: list[tuple[int, Post, ClearanceStep | None]] = [(s.position, s.post, s) for s in decided]
    else:
        chain = ClearanceChain.objects.filter(body=report.body_id).first()
        wanted = chain.steps if chain else []
        known = {p.pk: p for p in Post.objects.filter(pk__in=[p for s in wanted for p in s]).select_related("body")}
        rows = [(n, known[pk], None) for n, posts in enumerate(wanted, 1) for pk in posts if pk in known]
    holdings = held([post.pk for _n, post, _s in rows])
    numbers = {position: n for n, position in enumerate(sorted({p for p, _post, _s in rows}), 1)}
    made = []
    for position, post, step in rows:
        holders = holdings.get(post.pk, [])
        also = [
            pick(other.post.title, lang)
            for other in decided
            if step and step.person_id and other.pk != step.pk and other.person_id == step.person_id
        ]
        made.append(
            Step(
                post, numbers[position], pick(post.title, lang), tuple(h.person.name for h in holders), step,
                vacant=not holders, also=tuple(also),
                acting=tuple(h.person.name for h in holders if h.via != Holding.Via.HOLDER),
            )
        )  # fmt: skip
    return made


def way_of(visit: Visit, report: Report) -> Way:
    """For the panel beside a report. Four queries at most."""
    zone = visit.time_zone(report.body)
    due = report.due
    writing = report.state in WRITING
    words = _("returned: %(when)s") if report.state == Report.State.RETURNED else _("until %(when)s")
    stages = [
        Stage(
            _("Drafting"),
            words % {"when": instants.written(due, zone, visit.lang)} if writing else "",
            "half" if writing else "done",
            "info" if writing else "ok",
            writing,
        )
    ]
    stages += [_stage(step, report) for step in steps_of(report, visit.lang)]
    sent = report.submissions.order_by("-number").defer("document").first()
    is_sent = report.state in (Report.State.SUBMITTED, Report.State.IN_REVIEW, Report.State.ACCEPTED)
    receipt = instants.written(sent.at, zone, visit.lang) if sent else _("date, version and checksum")
    cleared = report.state == Report.State.CLEARED
    stages.append(
        Stage(
            _("Receipt"), receipt, "done" if is_sent else "send" if cleared else "none",
            "ok" if is_sent else "info" if cleared else "idle", cleared,
        )
    )  # fmt: skip
    if is_sent:
        accepted = report.state == Report.State.ACCEPTED
        stages.append(
            Stage(
                _("Accepted by the office"), "" if accepted else _("being looked at"), "done" if accepted else "eye",
                "ok" if accepted else "info", not accepted,
            )
        )  # fmt: skip
    return Way(tuple(stages), tuple(links_of(visit, report)))


def sent_back(report: Report) -> ClearanceStep | None:
    """The step that sent the report back to its drafters, as long as it was not sent on its way again."""
    if report.state not in WRITING or not report.round:
        return None
    found = ClearanceStep.objects.filter(report=report, round=report.round, state=_State.SENT_BACK)
    return found.select_related("post").order_by("-decided").first()


def _stage(step: Step, report: Report) -> Stage:
    row = step.step
    if row is None:
        return Stage(step.title, _("nobody holds this post") if step.vacant else _("reads and clears"))
    if row.state == _State.PENDING:
        who = _("nobody holds this post") if step.vacant else _("to clear, since %(when)s") % {
            "when": instants.days_word(-(now().date() - report.moved.date()).days)
        }  # fmt: skip
        return Stage(step.title, who, "half", "late" if step.vacant else "info", True)
    if row.state == _State.WAITING:
        return Stage(step.title, _("nobody holds this post") if step.vacant else _("not yet its turn"))
    if row.state == _State.SENT_BACK:
        return Stage(step.title, _("sent back"), "back", "risk")
    return Stage(step.title, _("cleared with remarks") if row.state == _State.REMARKS else _("cleared"), "done", "ok")


def links_of(visit: Visit, report: Report) -> list[tuple[str, str]]:
    """What somebody can do next with a report on its way, as their role lets them."""
    actor, target = visit.actor, report_target(report)
    pending = set(
        ClearanceStep.objects.filter(report=report, round=report.round, state=_State.PENDING).values_list(
            "post", flat=True
        )
    )
    at = [visit.alliance.slug, report.cycle.code, report.body.code]
    found = []
    if can(actor, "report.clear", report_target(report, pending)):
        found.append((_("Read and clear"), reverse("clear", args=at)))
    if can(actor, "report.submit", target):
        found.append((_("Check the answers and submit"), reverse("submit", args=at)))
    if report.body.nation in actor.nations:
        found.append((_("Clearance"), reverse("clearance", args=at)))
        if actor.holds("rapporteur", "clearing_officer", "authorised_officer", "reader"):
            found.append((_("Read the whole report"), reverse("read-report", args=at)))
    if can(actor, "report.correct", target):
        found.append((_("Correct an answer"), reverse("corrections-of", args=at)))
    sent = report.submissions.select_related("report__body", "report__cycle").defer("document")
    last = sent.order_by("number").last()
    if last is not None and can(actor, "submission.read", submission_target(last)):
        found.append((_("Receipt"), reverse("receipt", args=[*at, last.number])))
    return found
