"""Sections given to posts of the nation: who fills in what, until when, and who has said that it is done."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.text import date
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Post
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.reports.models import Assignment, Report
from eirene_web.reports.services import telling
from eirene_web.reports.services.common import chain_of, locked_report
from eirene_web.reports.targets import answer_target, report_target
from eirene_web.reports.working import Working

#: Roles with which a post can fill in what it is given.
FILLING = ("contributor", "rapporteur")
MOST_NOTE = 400


@change
def assign_section(
    *, actor: Actor, report: int, section: str, post: int, due: dt.date | None = None, note: str = ""
) -> Assignment:
    """Gives a section to a post; given again, due date and note are those of the last time.

    Raises UsageError if the post is not of the nation, or holds no role to fill in.
    """
    row = locked_report(report)
    ask(actor, "report.assign", report_target(row))
    _known_section(row, section)
    _may_fill(row, post)
    if len(note) > MOST_NOTE:
        raise UsageError(
            _("The note has %(n)s characters; %(most)s are allowed.") % {"n": len(note), "most": MOST_NOTE}
        )
    before = Assignment.objects.filter(report=row, section=section, post=post).first()
    one = before or Assignment(report=row, section=section, post_id=post)
    was = (one.pk and one.post_id, one.due, one.note, one.done)
    note = " ".join(note.replace("\x00", "").split())
    if before is not None and was == (post, due, note, None):
        return before  # pressed twice: nobody is told twice
    if due is not None and due != one.due and due < now().date():
        raise UsageError(_("%(day)s is past.") % {"day": date(due, get_language() or "en")},
                         remedy=_("Give a day from today on, or leave it empty."))  # fmt: skip
    one.due, one.note, one.done = due, note, None
    one.save()
    thing = f"assignment:{row.pk}/{section}/{post}"
    fields = [
        Field(thing, "post", was[0] or None, post),
        Field(thing, "due", was[1], due),
        Field(thing, "note", was[2] or None, one.note or None),
        Field(thing, "done", was[3], None),
    ]
    record(actor, "report.assign", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    telling.section_assigned(one)
    return one


@change
def unassign_section(*, actor: Actor, report: int, section: str, post: int) -> None:
    """Takes a section away from a post; what the post filled in stays."""
    row = locked_report(report)
    ask(actor, "report.assign", report_target(row))
    one = _assignment(row, section, post)
    thing = f"assignment:{row.pk}/{section}/{post}"
    fields = [
        Field(thing, "post", post, None), Field(thing, "due", one.due, None),
        Field(thing, "note", one.note or None, None), Field(thing, "done", one.done, None),
    ]  # fmt: skip
    one.delete()
    record(actor, "report.assign", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)


@change
def remind(*, actor: Actor, report: int, section: str, post: int) -> Assignment:
    """Reminds a post of a section that it has not called done. That it was reminded, and when, is kept."""
    row = locked_report(report)
    ask(actor, "report.assign", report_target(row))
    one = _assignment(row, section, post)
    if one.done is not None:
        raise UsageError(_("The post has said that its part is done."))
    thing = f"assignment:{row.pk}/{section}/{post}"
    fields = [Field(thing, "reminded", None, now())]
    record(actor, "report.assign", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    telling.section_reminded(one)
    return one


@change
def mark_done(*, actor: Actor, report: int, section: str, done: bool = True) -> list[Assignment]:
    """The actor’s own posts say that their part of a section is done, or is not after all."""
    row = locked_report(report)
    working = Working(row)
    _known_section(row, section)
    posts = working.posts_of(section)
    ask(actor, "answer.read", answer_target(row, section, posts))
    mine = [one for one in working.assignments.get(section, ()) if one.post_id in actor.posts]
    if not mine:
        raise UsageError(_("This section is not assigned to you."))
    is_open = any(working.is_open(q.id) for q in working.sheet.questions.values() if q.section == section)
    ask(actor, "answer.fill", answer_target(row, section, posts, is_open=is_open))
    fields = []
    for one in mine:
        before, one.done = one.done, now() if done else None
        one.save(update_fields=["done"])
        fields.append(Field(f"assignment:{row.pk}/{section}/{one.post_id}", "done", before, one.done))
    record(actor, "answer.fill", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    return mine


def _known_section(report: Report, section: str) -> None:
    if section not in {s.id for s in Working(report).sheet.sections}:
        raise UsageError(_("There is no section %(id)s.") % {"id": section[:40]})


def _may_fill(report: Report, post: int) -> None:
    here = Post.objects.filter(pk=post, body__alliance=report.cycle.alliance_id, body__nation=report.body.nation)
    if not here.exists():
        raise NotThere(_("There is no such page, or it is not for you."))
    if not here.filter(roles__role__in=FILLING).exists():
        raise UsageError(
            _("This post holds no role to fill in a report."),
            remedy=_("Ask the administrator of your nation to give it the role of a contributor."),
        )


def _assignment(report: Report, section: str, post: int) -> Assignment:
    found = Assignment.objects.filter(report=report, section=section, post=post).first()
    if found is None:
        raise UsageError(_("This section is not assigned to that post."))
    found.report = report
    return found
