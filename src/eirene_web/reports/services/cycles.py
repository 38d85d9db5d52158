"""A cycle's life: set up, opened for a test and for all, changed, closed, reopened; and one body's deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.framework import asked, asked_bodies, audience_rank, cycle_of
from eirene.framework.model import Cycle as PackCycle
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Alliance, Body, Post
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, NotThere, Target, ask
from eirene_web.reports.models import ClearanceStep, Cycle, Report, Submission
from eirene_web.reports.services import telling
from eirene_web.reports.services.clearance import steps_to
from eirene_web.reports.services.common import chain_of, locked_report, moved_to
from eirene_web.reports.targets import cycle_target, report_target

#: Days without movement after which a report counts as stuck, where the cycle says nothing else.
PATIENCE: Mapping[str, int] = {
    "not_started": 30, "drafting": 14, "in_clearance": 10, "cleared": 5, "submitted": 7, "in_review": 14,
    "returned": 14,
}  # fmt: skip
REMIND_DAYS = (30, 7)
#: States in which a body owes its report, or an answer to what came back.
OWING = ("not_started", "drafting", "in_clearance", "cleared", "returned")
#: What `change_cycle` may change, and nothing else.
CHANGEABLE = frozenset(
    {"opens", "deadline", "remind_days", "releasability", "embargo", "patience", "milestones", "four_eyes"}
)


@change
def set_up_cycle(
    *,
    actor: Actor,
    alliance: str,
    code: str,
    opens: dt.datetime,
    deadline: dt.datetime,
    releasability: str = "",
    **more: Any,
) -> Cycle:
    """A cycle of the alliance's pack, planned, with a waiting report for each body that is asked.

    `more`: any of CHANGEABLE. Raises UsageError for a cycle that the pack does not collect or that is set up already.
    """
    ask(actor, "cycle.set_up", Target("cycle", alliance, state=Cycle.State.PLANNED))
    row = Alliance.objects.select_for_update(of=("self",)).select_related("pack").get(pk=alliance)
    pack = opened(row.pack_id)
    planned = cycle_of(pack, code)
    if planned.kind != "collected":
        raise UsageError(_("%(code)s is compiled from what others published; nobody is asked in it.") % {"code": code})
    if Cycle.objects.filter(alliance=row, code=code).exists():
        raise UsageError(_("The cycle %(code)s is set up already.") % {"code": code})
    settings = {"remind_days": list(REMIND_DAYS), "patience": dict(PATIENCE), **_known(more)}
    cycle = Cycle(
        alliance=row,
        code=code,
        pack_id=row.pack_id,
        opens=opens,
        deadline=deadline,
        releasability=releasability or planned.default_releasability,
        **settings,
    )
    _sensible(cycle, planned)
    cycle.save()
    bodies, made = _bodies_asked(row, code)
    Report.objects.bulk_create([Report(cycle=cycle, body=body, moved=now()) for body in bodies])
    record(
        actor,
        "cycle.set_up",
        chain=f"{alliance}/",
        subject=f"cycle:{cycle.pk}",
        fields=[
            Field(f"cycle:{cycle.pk}", "code", None, code),
            Field(f"cycle:{cycle.pk}", "pack", None, row.pack_id),
            *_fields(cycle, {}),
            Field(f"cycle:{cycle.pk}", "asked", None, [body.code for body in bodies]),
            *(Field(f"body:{body.code}", "kind", None, str(body.kind)) for body in made),
        ],
    )
    return cycle


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(given) - CHANGEABLE)
    if unknown:
        raise UsageError(f"A cycle has no {unknown[0]!r}.")
    return dict(given)


def _sensible(cycle: Cycle, planned: PackCycle) -> None:
    """Raises UsageError with what does not fit together."""
    audience_rank(opened(cycle.pack_id), cycle.releasability)
    if cycle.deadline <= cycle.opens:
        raise UsageError(_("The deadline lies before the opening."), remedy=_("Choose a later deadline."))
    if cycle.opens.date() <= planned.reference_date - dt.timedelta(days=366):
        raise UsageError(
            _("The cycle %(code)s reports on %(year)s; it cannot open so early.")
            % {"code": cycle.code, "year": planned.data_year}
        )
    if cycle.embargo is not None and cycle.embargo <= cycle.deadline:
        raise UsageError(_("The embargo ends before the deadline."), remedy=_("Let it end at the publication."))
    if any(not isinstance(day, int) or not 0 < day < 366 for day in cycle.remind_days):
        raise UsageError(_("Reminders are days before the deadline: whole numbers, such as 30 and 7."))


def _bodies_asked(alliance: Alliance, code: str) -> tuple[list[Body], list[Body]]:
    """The bodies of the platform that the pack asks, and those of them that were not there yet and were made."""
    pack = opened(alliance.pack_id)
    codes = asked_bodies(pack, code)
    known = {body.code: body for body in Body.objects.filter(alliance=alliance, code__in=codes)}
    missing = [
        Body(alliance=alliance, kind=Body.Kind.NATION, code=code, nation=code) for code in codes if code not in known
    ]
    for body in missing:
        body.save()
        known[body.code] = body
    return [known[code] for code in codes], missing


def _fields(cycle: Cycle, before: Mapping[str, Any]) -> list[Field]:
    return [Field(f"cycle:{cycle.pk}", name, before.get(name), getattr(cycle, name)) for name in sorted(CHANGEABLE)]


def _locked(pk: int) -> Cycle:
    found = Cycle.objects.select_for_update(of=("self",)).select_related("alliance").filter(pk=pk).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


@change
def change_cycle(*, actor: Actor, cycle: int, why: str = "", **changes: Any) -> Cycle:
    """Changes dates, reminders and rules; those of an open cycle with a reason."""
    row = _locked(cycle)
    ask(actor, "cycle.change", cycle_target(row))
    if row.state != Cycle.State.PLANNED and not why.strip():
        raise UsageError(_("The cycle is open: say why it is changed."), remedy=_("Nations will read the reason."))
    before = {name: getattr(row, name) for name in CHANGEABLE}
    for name, value in _known(changes).items():
        setattr(row, name, value)
    if row.state != Cycle.State.PLANNED and row.opens != before["opens"]:
        raise UsageError(_("The cycle has been opened: the day of its opening stays."))
    if row.deadline != before["deadline"]:
        _to_come(row.deadline)
    _sensible(row, cycle_of(opened(row.pack_id), row.code))
    row.save()
    record(
        actor, "cycle.change", chain=f"{row.alliance_id}/", subject=f"cycle:{row.pk}", fields=_fields(row, before),
        why=why,
    )  # fmt: skip
    if row.deadline != before["deadline"] and row.state != Cycle.State.PLANNED:
        telling.deadline_changed(row)
    return row


@change
def open_cycle(*, actor: Actor, cycle: int, bodies: Sequence[str] = ()) -> Cycle:
    """Opens the cycle: for the bodies named, as a test; for all that still wait, if none is."""
    row = _locked(cycle)
    ask(actor, "cycle.open", cycle_target(row))
    waiting = Report.objects.select_for_update(of=("self",)).filter(cycle=row, state=Report.State.WAITING)
    wanted = waiting.filter(body__code__in=bodies) if bodies else waiting
    found = list(wanted.select_related("body"))
    unknown = sorted(set(bodies) - {report.body.code for report in found})
    if unknown:
        raise UsageError(_("%(body)s does not wait for this cycle to open.") % {"body": ", ".join(unknown)})
    before = row.state
    row.state = Cycle.State.TEST if bodies else Cycle.State.OPEN
    row.opened = row.opened or now()
    row.save(update_fields=["state", "opened"])
    for report in found:
        report.state, report.opened, report.moved = Report.State.NOT_STARTED, now(), now()
    Report.objects.bulk_update(found, ["state", "opened", "moved"], batch_size=200)
    record(
        actor,
        "cycle.open",
        chain=f"{row.alliance_id}/",
        subject=f"cycle:{row.pk}",
        fields=[
            Field(f"cycle:{row.pk}", "state", before, str(row.state)),
            *(Field(f"report:{r.pk}", "state", Report.State.WAITING.value, r.state.value) for r in found),
        ],
    )
    telling.cycle_opened(row, found)
    return row


@change
def close_cycle(*, actor: Actor, cycle: int, why: str) -> Cycle:
    """Closes the cycle: what is not submitted is locked, and says so."""
    row = _locked(cycle)
    ask(actor, "cycle.close", cycle_target(row))
    _reason(why)
    if row.state == Cycle.State.CLOSED:
        raise UsageError(_("The cycle is closed already."))
    late = list(
        Report.objects.select_for_update(of=("self",)).filter(
            cycle=row, state__in=["waiting", "not_started", "drafting", "in_clearance", "cleared", "returned"]
        )
    )
    before, row.state, row.closed = row.state, Cycle.State.CLOSED, now()
    row.save(update_fields=["state", "closed"])
    fields = [Field(f"cycle:{row.pk}", "state", before, str(row.state))]
    for report in late:
        fields += moved_to(report, Report.State.NOT_SUBMITTED)
    Report.objects.bulk_update(late, ["state", "moved"], batch_size=200)
    # Whatever was on its way through a capital has stopped there: nobody is asked to clear it any more.
    left = ClearanceStep.objects.filter(report__in=late, state__in=["waiting", "pending"])
    fields += steps_to(left, ClearanceStep.State.DROPPED)
    record(actor, "cycle.close", chain=f"{row.alliance_id}/", subject=f"cycle:{row.pk}", fields=fields, why=why)
    telling.cycle_closed(row)
    return row


@change
def reopen_cycle(*, actor: Actor, cycle: int, why: str, deadline: dt.datetime | None = None) -> Cycle:
    """Opens a closed cycle again, for those who had not submitted as well."""
    row = _locked(cycle)
    ask(actor, "cycle.close", cycle_target(row))
    _reason(why)
    if row.state != Cycle.State.CLOSED:
        raise UsageError(_("The cycle is not closed."))
    row.state, row.closed = Cycle.State.OPEN, None
    before_deadline, row.deadline = row.deadline, deadline or row.deadline
    _to_come(row.deadline)
    row.save(update_fields=["state", "closed", "deadline"])
    fields = [
        Field(f"cycle:{row.pk}", "state", Cycle.State.CLOSED.value, str(row.state)),
        Field(f"cycle:{row.pk}", "deadline", before_deadline, row.deadline),
    ]
    locked = Report.objects.select_for_update(of=("self",)).select_related("body")
    late = list(locked.filter(cycle=row, state=Report.State.NOT_SUBMITTED))
    sent = set(Submission.objects.filter(report__in=late).values_list("report", flat=True))
    for report in late:
        fields += _given_back(report, was_sent=report.pk in sent)
    Report.objects.bulk_update(late, ["state", "opened", "moved"], batch_size=200)
    record(actor, "cycle.close", chain=f"{row.alliance_id}/", subject=f"cycle:{row.pk}", fields=fields, why=why)
    telling.cycle_reopened(row, late)
    return row


def _given_back(report: Report, *, was_sent: bool) -> Iterable[Field]:
    """A report that was locked when the cycle closed is what it was: returned, a draft, or not begun.

    One that the office had returned stays returned, so that only the answers that were open are open again.
    """
    report.opened = report.opened or now()
    if was_sent:
        return moved_to(report, Report.State.RETURNED)
    return moved_to(report, Report.State.DRAFTING if report.version else Report.State.NOT_STARTED)


def _to_come(deadline: dt.datetime) -> None:
    if deadline <= now():
        raise UsageError(_("The new deadline lies in the past."), remedy=_("Choose a later one."))


@change
def add_body(*, actor: Actor, cycle: int, body: str, why: str, deadline: dt.datetime | None = None) -> Report:
    """Asks one more body in a cycle that is set up already: a nation that joined, or came out of a split.

    In an open cycle its report is open at once. Who is asked follows from the pack's memberships on the reference date:
    where the cycle's own pack does not ask the body but the alliance's newer one does, and asks the same questions, the
    cycle goes over to that. Raises UsageError where neither asks it.
    """
    row = _locked(cycle)
    ask(actor, "cycle.change", cycle_target(row))
    _reason(why)
    found = Body.objects.filter(alliance=row.alliance_id, code=body, kind__in=["nation", "partner"]).first()
    pack_before = row.pack_id
    if found is None or not _asks(row, body):
        raise UsageError(
            _("By its membership on the reference date %(body)s is not asked in this cycle.") % {"body": body[:40]},
            remedy=_("Say in the pack’s memberships since when it belongs, and bring that pack into force."),
        )
    if Report.objects.filter(cycle=row, body=found).exists():
        raise UsageError(_("%(body)s is asked in this cycle already.") % {"body": body})
    if deadline is not None:
        _to_come(deadline)
    is_open = row.state == Cycle.State.OPEN
    report = Report.objects.create(
        cycle=row,
        body=found,
        moved=now(),
        state=Report.State.NOT_STARTED if is_open else Report.State.WAITING,
        opened=now() if is_open else None,
        deadline=deadline,
        extended_because=why.strip() if deadline else "",
    )
    fields = [
        Field(f"report:{report.pk}", "state", None, str(report.state)),
        Field(f"report:{report.pk}", "deadline", None, deadline or row.deadline),
        Field(f"cycle:{row.pk}", "pack", pack_before, row.pack_id),
    ]
    for chain in (f"{row.alliance_id}/", chain_of(report)):
        record(actor, "cycle.change", chain=chain, subject=f"cycle:{row.pk}", fields=fields, why=why)
    if is_open:
        telling.cycle_opened(row, [report])
    return report


def _asks(cycle: Cycle, body: str) -> bool:
    """Whether the cycle asks the body; by the alliance's newer pack, if that asks the same questions."""
    if body in asked_bodies(opened(cycle.pack_id), cycle.code):
        return True
    old, new = opened(cycle.pack_id), opened(cycle.alliance.pack_id)
    same = cycle.code in new.cycles and new.cycles[cycle.code].kind == "collected"
    if not same or asked(old, cycle.code) != asked(new, cycle.code) or body not in asked_bodies(new, cycle.code):
        return False
    cycle.pack_id = cycle.alliance.pack_id
    cycle.save(update_fields=["pack"])
    return True


@change
def remind(*, actor: Actor, cycle: int, bodies: Iterable[str]) -> list[Report]:
    """Reminds the bodies that owe something now. Across a nation's border that goes to its contact point alone.

    Gives the reports of those that were reminded. Raises UsageError for one that owes nothing.
    """
    row = _locked(cycle)
    ask(actor, "cycle.remind", cycle_target(row))
    wanted = sorted(set(bodies))
    found = list(
        Report.objects.filter(cycle=row, body__code__in=wanted, state__in=OWING)
        .select_related("body", "cycle")
        .order_by("pk")
    )
    missing = sorted(set(wanted) - {report.body.code for report in found})
    if missing or not found:
        raise UsageError(
            _("%(body)s owes nothing at present.") % {"body": ", ".join(missing)}
            if missing
            else _("Nobody is chosen."),
            remedy=_("Choose among those whose report is not in."),
        )
    told = {report.body.nation: [post.pk for post in posts] for report, posts in contacts_of(found)}
    record(
        actor, "cycle.remind", chain=f"{row.alliance_id}/", subject=f"cycle:{row.pk}",
        fields=[Field(f"cycle:{row.pk}", "reminded", None, told)],
    )  # fmt: skip
    telling.asked_again(row, found)
    return found


def contacts_of(reports: Iterable[Report]) -> list[tuple[Report, list[Post]]]:
    """Each report with the posts that a notice may reach across its nation's border. One query."""
    all_reports = list(reports)
    alliances = {report.cycle.alliance_id for report in all_reports}
    nations = {report.body.nation for report in all_reports}
    posts = Post.objects.filter(
        Q(until__isnull=True) | Q(until__gte=now().date()),
        contact=True,
        body__alliance__in=alliances,
        body__nation__in=nations,
    ).select_related("body")
    found: dict[str, list[Post]] = {}
    for post in posts.order_by("pk"):
        found.setdefault(post.body.nation, []).append(post)
    return [(report, found.get(report.body.nation, [])) for report in all_reports]


@change
def extend_deadline(*, actor: Actor, report: int, deadline: dt.datetime, why: str) -> Report:
    """Gives one body more time; the reason is shown to it and kept."""
    row = locked_report(report)
    ask(actor, "report.extend", report_target(row))
    _reason(why)
    _to_come(deadline)
    before = row.due
    if deadline <= before:
        raise UsageError(_("The new deadline is not later than the one there is."), remedy=_("Choose a later one."))
    because = Field(f"report:{row.pk}", "extended_because", row.extended_because or None, why.strip())
    row.deadline, row.extended_because = deadline, why.strip()
    row.save(update_fields=["deadline", "extended_because"])
    record(
        actor, "report.extend", chain=chain_of(row), subject=f"report:{row.pk}",
        fields=[Field(f"report:{row.pk}", "deadline", before, deadline), because], why=why,
    )  # fmt: skip
    telling.deadline_extended(row)
    return row


@change
def reopen_report(*, actor: Actor, report: int, deadline: dt.datetime, why: str) -> Report:
    """Lets one body submit after the cycle was closed."""
    row = locked_report(report)
    ask(actor, "report.reopen", report_target(row))
    _reason(why)
    _to_come(deadline)
    given_back = _given_back(row, was_sent=row.submissions.exists())
    because = Field(f"report:{row.pk}", "extended_because", row.extended_because or None, why.strip())
    fields = [
        Field(f"report:{row.pk}", "deadline", row.due, deadline), because, *given_back,
    ]  # fmt: skip
    row.deadline, row.extended_because = deadline, why.strip()
    row.save(update_fields=["state", "moved", "opened", "deadline", "extended_because"])
    record(actor, "report.reopen", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields, why=why)
    telling.report_reopened(row)
    return row


def _reason(why: str) -> None:
    if not why.strip():
        raise UsageError(_("A reason is needed."), remedy=_("Say in a sentence why; it is kept and shown."))
