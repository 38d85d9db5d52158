"""The way of a report through its capital: a chain of posts, step after step, the posts of one step side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from eirene.errors import Blocked, Problem, UsageError
from eirene.framework import audience_rank
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.files.models import Blob
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Post
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, NotAllowed, ask
from eirene_web.reports.models import ClearanceChain, ClearanceStep, Report
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import chain_of, locked_report, moved_to
from eirene_web.reports.targets import report_target
from eirene_web.reports.working import Working

MOST_STEPS = 6
#: Roles whose posts clear.
CLEARING = ("clearing_officer", "authorised_officer")
_State = ClearanceStep.State
_OPEN = (_State.WAITING, _State.PENDING)
#: A chain as people choose it: steps in order, each the posts that clear it side by side.
Steps = Sequence[Sequence[int]]


def blockers(working: Working) -> list[Problem]:
    """What stands in the way of submission, and nothing else does."""
    return [
        Problem(pick(f.message, "en"), f.place.question, pick(f.remedy, "en"))
        for f in working.findings
        if f.severity == "blocker" and f.outcome == "found"
    ]


def refuse_blocked(working: Working) -> None:
    found = blockers(working)
    if found:
        raise Blocked(found)


@change
def start_clearance(*, actor: Actor, report: int, steps: Steps = ()) -> Report:
    """Sends the report on its way. Without `steps`, by the chain that the nation uses.

    Raises Blocked with every blocker of the checks; the answers are locked until it comes back.
    """
    row = locked_report(report)
    ask(actor, "report.start_clearance", report_target(row))
    refuse_blocked(Working(row))
    wanted = _checked(row, steps or _usual(row))
    row.round += 1
    made = [
        ClearanceStep(
            report=row, round=row.round, position=n, post_id=post, state=_State.PENDING if n == 1 else _State.WAITING
        )
        for n, posts in enumerate(wanted, 1)
        for post in posts
    ]
    ClearanceStep.objects.bulk_create(made)
    fields = [
        *made_steps(made),
        Field(f"report:{row.pk}", "round", row.round - 1, row.round),
        *moved_to(row, Report.State.IN_CLEARANCE),
    ]
    fields.append(Field(f"report:{row.pk}", "chain", None, [list(s) for s in wanted]))
    row.save(update_fields=["round", "state", "moved"])
    record(actor, "report.start_clearance", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    telling.clearance_pending(row)
    return row


def _usual(report: Report) -> Steps:
    chain = ClearanceChain.objects.filter(body=report.body).first()
    return chain.steps if chain else ()


def _checked(report: Report, steps: Steps) -> Steps:
    """The chain, if it is one: one to six steps of posts of this nation that may clear, none twice in a step."""
    if not steps or not all(steps):
        raise UsageError(
            _("No chain of clearance is chosen."), remedy=_("Name at least one post that clears the report.")
        )
    if len(steps) > MOST_STEPS:
        raise UsageError(_("A chain has at most six steps."))
    wanted = {post for posts in steps for post in posts}
    fit = set(
        Post.objects.filter(
            pk__in=wanted,
            body__alliance=report.cycle.alliance_id,
            body__nation=report.body.nation,
            roles__role__in=CLEARING,
        ).values_list("pk", flat=True)
    )
    if wanted - fit:
        raise UsageError(
            _("A post of the chain may not clear reports."),
            remedy=_("Choose posts of your own nation that are clearing or authorised officers."),
        )
    if len([post for posts in steps for post in posts]) != len(wanted):
        raise UsageError(_("A post stands twice in the chain."), remedy=_("Each post clears a report once."))
    return steps


@change
def choose_chain(*, actor: Actor, report: int, steps: Steps, why: str = "") -> Report:
    """Sets the chain that the nation uses; of a report on its way, changes the steps still to come, with a reason."""
    row = locked_report(report)
    ask(actor, "report.change_chain", report_target(row))
    wanted = _checked(row, steps)
    chain, _made = ClearanceChain.objects.select_for_update().get_or_create(body=row.body)
    before, chain.steps = chain.steps, [list(posts) for posts in wanted]
    fields = [Field(f"report:{row.pk}", "chain", before, chain.steps)]
    fields.append(Field(f"clearance_chain:{row.body.code}", "steps", before or None, chain.steps))
    if row.state == Report.State.IN_CLEARANCE:
        if not why.strip():
            raise UsageError(_("The report is on its way: say why its chain is changed."))
        fields += _rebuild(row, wanted)
        fields += _next_step(row)
    chain.save()
    record(actor, "report.change_chain", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields, why=why)
    return row


def made_steps(steps: Iterable[ClearanceStep]) -> list[Field]:
    """What the journal says of steps that were just made."""
    told = (("post", lambda s: s.post_id), ("state", lambda s: str(s.state)))
    return [Field(f"step:{s.pk}", name, None, read(s)) for s in steps for name, read in told]


def steps_to(steps: Iterable[ClearanceStep], state: str) -> list[Field]:
    """Brings steps to a state and gives the journal fields that say so."""
    found = list(steps)
    fields = [Field(f"step:{s.pk}", "state", str(s.state), str(state)) for s in found]
    ClearanceStep.objects.filter(pk__in=[s.pk for s in found]).update(state=state)
    return fields


def _rebuild(report: Report, wanted: Steps) -> list[Field]:
    """What was decided stays; what was still to come is dropped, and the new chain's remaining posts are added."""
    current = list(ClearanceStep.objects.select_for_update().filter(report=report, round=report.round))
    decided = {step.post_id for step in current if step.state not in (*_OPEN, _State.DROPPED)}
    last = max((step.position for step in current), default=0)
    fields = steps_to((s for s in current if s.state in _OPEN), _State.DROPPED)
    made = ClearanceStep.objects.bulk_create(
        ClearanceStep(report=report, round=report.round, position=last + n, post_id=post)
        for n, posts in enumerate(wanted, 1)
        for post in posts
        if post not in decided
    )
    return [*fields, *made_steps(made)]


def pending_steps(report: Report) -> list[ClearanceStep]:
    return list(ClearanceStep.objects.filter(report=report, round=report.round, state=_State.PENDING))


@change
def clear(*, actor: Actor, report: int, remarks: str = "", post: int | None = None) -> Report:
    """One post clears the report, with remarks if there are any; the next step begins when all of this one have."""
    row = locked_report(report)
    step, via = _own_step(actor, row, post)
    step.state = _State.REMARKS if remarks.strip() else _State.CLEARED
    step.person_id, step.via, step.decided, step.remarks = actor.person, via, now(), remarks.strip()
    return _decided(actor, "report.clear", row, step)


def _own_step(actor: Actor, report: Report, post: int | None) -> tuple[ClearanceStep, str]:
    """The pending step of one of the actor's posts, and whether they hold it, act for it or by delegation."""
    pending = {step.post_id: step for step in pending_steps(report)}
    ask(actor, "report.clear", report_target(report, pending))
    mine = {
        g.post: g.via
        for g in actor.grants
        if g.post is not None and g.post in pending and post in (None, g.post) and g.role in CLEARING
    }
    if not mine:
        raise NotAllowed(_("It is not your post’s turn to clear this report."))
    if len(mine) > 1:
        raise UsageError(
            _("You hold several posts whose turn it is."), remedy=_("Say for which of them you clear the report.")
        )
    [(own, via)] = mine.items()
    return pending[own], via


def _decided(actor: Actor, verb: str, report: Report, step: ClearanceStep) -> Report:
    step.save()
    fields = [
        Field(f"step:{step.pk}", "state", _State.PENDING.value, step.state),
        Field(f"step:{step.pk}", "remarks", None, step.remarks or None),
        Field(f"step:{step.pk}", "paper", None, paper_text(step)),
        Field(f"step:{step.pk}", "scan", None, scan_told(step)),
    ]
    fields += _next_step(report)
    record(actor, verb, chain=chain_of(report), subject=f"report:{report.pk}", fields=fields)
    return report


def paper_text(step: ClearanceStep) -> str | None:
    """What the journal says of the paper on which a step was cleared; None for a step cleared by page."""
    return f"{step.paper_office}, {step.paper_reference}, {step.paper_date}" if step.paper_office else None


def scan_told(step: ClearanceStep) -> dict[str, str] | None:
    """What the journal says of its scan: the hash of its bytes, and what it is called, is and may be shown to."""
    if not step.scan_id:
        return None
    return {
        "sha256": step.scan_id, "name": step.scan_name, "media_type": step.scan_media_type,
        "marking": step.scan_marking,
    }  # fmt: skip


def _next_step(report: Report) -> list[Field]:
    """Begins the next step if nothing of this one is pending; the report is cleared when none is left."""
    steps = list(ClearanceStep.objects.filter(report=report, round=report.round))
    if any(step.state == _State.PENDING for step in steps):
        fields: list[Field] = []
    elif waiting := [step for step in steps if step.state == _State.WAITING]:
        position = min(step.position for step in waiting)
        fields = steps_to((s for s in waiting if s.position == position), _State.PENDING)
        fields += moved_to(report, report.state)
    else:
        fields = moved_to(report, Report.State.CLEARED)
    report.save(update_fields=["state", "moved"])
    (telling.cleared if report.state == Report.State.CLEARED else telling.clearance_pending)(report)
    return fields


@dataclass(frozen=True)
class Paper:
    """A clearance given on paper: which office, under which reference, on which day, and its scan."""

    office: str
    reference: str
    date: dt.date
    scan: Blob | None = None
    name: str = ""
    media_type: str = ""
    #: Audience code that the scan is released to; empty: it stays within the nation.
    marking: str = ""


@change
def record_paper(*, actor: Actor, report: int, post: int, paper: Paper, remarks: str = "") -> Report:
    """The rapporteur records that a post has cleared the report on paper."""
    row = locked_report(report)
    ask(actor, "report.record_paper", report_target(row))
    step = next((s for s in pending_steps(row) if s.post_id == post), None)
    if step is None:
        raise UsageError(_("It is not this post’s turn to clear the report."))
    if not paper.office.strip() or not paper.reference.strip():
        raise UsageError(_("Office and reference are missing."), remedy=_("Both stand on the paper."))
    if paper.date > now().date():
        raise UsageError(_("The paper is dated in the future."))
    step.state = _State.REMARKS if remarks.strip() else _State.CLEARED
    step.person_id, step.via, step.decided, step.remarks = actor.person, "paper", now(), remarks.strip()
    step.paper_office, step.paper_reference, step.paper_date = paper.office, paper.reference, paper.date
    step.scan, step.scan_name, step.scan_media_type = paper.scan, paper.name, paper.media_type
    step.scan_marking = paper.marking
    if paper.marking:
        audience_rank(opened(row.cycle.pack_id), paper.marking)
    return _decided(actor, "report.record_paper", row, step)


@change
def send_back(*, actor: Actor, report: int, why: str, post: int | None = None) -> Report:
    """A post of the chain sends the report back to the drafters, with its reasons; the answers are open again."""
    row = locked_report(report)
    step, via = _own_step(actor, row, post)
    if not why.strip():
        raise UsageError(_("Say why the report is sent back."), remedy=_("The drafters will read it."))
    step.state, step.person_id, step.via, step.decided = _State.SENT_BACK, actor.person, via, now()
    step.remarks = why.strip()
    step.save()
    told = [
        Field(f"step:{step.pk}", "state", _State.PENDING.value, str(step.state)),
        Field(f"step:{step.pk}", "remarks", None, step.remarks),
    ]
    telling.sent_back(row)
    return _back_to_drafting(actor, "report.clear", row, why, *told)


@change
def withdraw(*, actor: Actor, report: int, why: str) -> Report:
    """Takes the report back from clearance, with a reason; the answers are open again."""
    row = locked_report(report)
    ask(actor, "report.withdraw", report_target(row))
    if not why.strip():
        raise UsageError(_("Say why the report is taken back."))
    return _back_to_drafting(actor, "report.withdraw", row, why)


def _back_to_drafting(actor: Actor, verb: str, report: Report, why: str, *told: Field) -> Report:
    left = ClearanceStep.objects.filter(report=report, round=report.round, state__in=_OPEN)
    fields = [*told, *steps_to(left, _State.DROPPED)]
    # A report that the office returned stays returned: only the answers that are open may be changed.
    state = Report.State.RETURNED if _was_returned(report) else Report.State.DRAFTING
    fields += moved_to(report, state)
    report.save(update_fields=["state", "moved"])
    record(actor, verb, chain=chain_of(report), subject=f"report:{report.pk}", fields=fields, why=why)
    return report


def _was_returned(report: Report) -> bool:
    return report.submissions.exists()


def steps_of(report: Report) -> Iterable[ClearanceStep]:
    """The steps of the current round, in order, without those that were taken out."""
    return [
        s
        for s in ClearanceStep.objects.filter(report=report, round=report.round).select_related("post__body", "person")
        if s.state != _State.DROPPED
    ]
