"""Telling people something: once each, in the transaction of what happened; mail follows on its own time.

tell, tell_all    put notices on desks and into the outbox
mark_read         somebody has seen theirs
set_pace          how somebody wants to be mailed
send_again        the office has what could not be mailed tried once more
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.notices.kinds import KINDS
from eirene_web.notices.models import Letter, Notice, Preference
from eirene_web.notices.recipients import Directory, People
from eirene_web.notices.words import address_of, without_language
from eirene_web.policy import Actor, NotThere, Target, ask
from eirene_web.work.models import Job

#: Nobody waits before a page for so long: only then is it news that something is done.
LONG = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Message:
    """One thing that some people are told. The same key is told to a person once."""

    kind: str
    people: People
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""


def tell(
    kind: str,
    *,
    people: Iterable[tuple[int, str]] | People,
    alliance: str,
    key: str,
    facts: Mapping[str, Any] | None = None,
    where: str = "",
) -> int:
    """Puts a notice on the desk of each person (id, address or ''), and into the outbox. How many are new.

    kind    one of `notices.kinds.KINDS`
    key     what it is about, with the occasion: the same key is told to a person once
    facts   what the words need; never content of a report
    """
    return tell_all(alliance, [Message(kind, dict(people), key, facts or {}, where)])


def tell_all(alliance: str, messages: Iterable[Message]) -> int:
    """The same for many messages at once, in as few queries as for one. People who are suspended get nothing."""
    wanted = list(messages)
    known = _reached({person for message in wanted for person in message.people})
    made = [
        Notice(
            person_id=person, address=address, alliance=alliance, kind=message.kind,
            key=f"{alliance}:{message.kind}:{message.key}"[:200], facts=dict(message.facts),
            where=without_language(message.where), at=now(), mail=_mail(message.kind, demo=known[person]),
        )
        for message in wanted
        for person, address in message.people.items()
        if person in known
    ]  # fmt: skip
    if not made:
        return 0
    with transaction.atomic():
        told = Notice.objects.filter(key__in={one.key for one in made}, person__in=known)
        before = told.count()
        Notice.objects.bulk_create(made, ignore_conflicts=True, batch_size=200)
        new = told.count() - before
        if new and any(one.mail == Notice.Mail.WAITING for one in made):
            kick()
    return new


def _reached(people: set[int]) -> dict[int, bool]:
    """Those who are not suspended, and whether they are made up for a demonstration."""
    return dict(Person.objects.filter(pk__in=people, is_active=True).values_list("pk", "demo"))


def _mail(kind: str, *, demo: bool) -> str:
    if not KINDS[kind].mailed:
        return Notice.Mail.NONE
    return Notice.Mail.WAITING if settings.MAIL_SERVER is not None and not demo else Notice.Mail.KEPT


def kick() -> None:
    """Has the outbox sent as soon as the transaction is through; a worker does it, never the request."""
    from eirene_web.notices.sending import send_waiting
    from eirene_web.work.schedules import enqueue_once

    enqueue_once(send_waiting.module_path)


def post_letter(*, address: str, subject: str, content: bytes) -> Letter:
    """A mail that is no notice, for the worker to send: `content` is the whole mail. Nothing of it is kept where there
    is no server, or for an address that cannot exist (.invalid)."""
    goes = settings.MAIL_SERVER is not None and not address.lower().endswith(".invalid")
    with transaction.atomic():
        letter = Letter.objects.create(
            address=address, subject=" ".join(subject.split())[:200], at=now(), content=content if goes else b"",
            mail=Letter.Mail.WAITING if goes else Letter.Mail.KEPT,
        )  # fmt: skip
        if goes:
            kick()
    return letter


def job_ended(job: Job) -> None:
    """Whoever started a job is told that it has failed, and of a long one with a result that it is done; of the
    installation's own, administrators are told what failed."""
    kind = "job_done" if job.state == Job.State.DONE else "job_failed"
    if kind == "job_done" and not (job.where and job.finished and job.finished - job.created > LONG):
        return
    facts, key = {"work": job.kind}, f"{job.pk}:{job.finished}"
    if job.alliance and job.person_id:
        tell(kind, people={job.person_id: ""}, alliance=job.alliance, key=key, facts=facts, where=_job_page(job, ""))
    elif not job.alliance and kind == "job_failed":
        from eirene_web.organisations.models import Alliance

        for slug in Alliance.objects.values_list("slug", flat=True):
            people = Directory(slug, [""]).office("administrator")
            tell(kind, people=people, alliance=slug, key=key, facts=facts, where=_job_page(job, slug))


def _job_page(job: Job, slug: str) -> str:
    return address_of("job", job.alliance or slug, job.pk)


# --- by those who are told ------------------------------------------------------------------------------------------


def mark_read(*, actor: Actor, notices: Iterable[int] | None = None) -> int:
    """Marks the actor's own notices as read, all that are not if none is named. How many it marked."""
    ask(actor, "notice.see", Target("notice", actor.alliance, person=actor.person))
    mine = Notice.objects.filter(person=actor.person, alliance=actor.alliance, read__isnull=True)
    if notices is not None:
        mine = mine.filter(pk__in=list(notices))
    return mine.update(read=now())


@change
def set_pace(*, actor: Actor, pace: str) -> Preference:
    """How the actor is mailed from now on, what waits included."""
    ask(actor, "notice.settings", Target("notice", actor.alliance, person=actor.person))
    if pace not in Preference.Pace.values:
        raise UsageError(_("There is no such choice."))
    assert actor.person is not None
    row, _made = Preference.objects.select_for_update().get_or_create(person_id=actor.person)
    before, row.pace = row.pace, pace
    row.save(update_fields=["pace"])
    Notice.objects.filter(person=actor.person, mail=Notice.Mail.WAITING, tries=0).update(try_after=None)
    record(
        actor, "notice.settings", chain=f"{actor.alliance}/{_home(actor)}", subject=f"person:{actor.person}",
        fields=[Field(f"person:{actor.person}", "mail", before, pace)],
    )  # fmt: skip
    return row


def _home(actor: Actor) -> str:
    return "" if actor.in_office else next(iter(actor.nations), "")


# --- by the office --------------------------------------------------------------------------------------------------


@change
def send_again(*, actor: Actor, notice: int) -> Notice:
    """Has a notice that could not be mailed tried once more, from the beginning."""
    found = Notice.objects.select_for_update(of=("self",)).filter(pk=notice, alliance=actor.alliance).first()
    target = Target("outbox", actor.alliance, state=found.mail if found else "")
    ask(actor, "outbox.send_again", target)
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    if settings.MAIL_SERVER is None:
        raise UsageError(_("There is no mail server here."), remedy=_("The administrator sets EIRENE_MAIL_URL."))
    before, found.mail, found.tries, found.try_after, found.problem = found.mail, Notice.Mail.WAITING, 0, None, ""
    found.save(update_fields=["mail", "tries", "try_after", "problem"])
    kick()
    record(
        actor, "outbox.send_again", chain=f"{actor.alliance}/", subject=f"notice:{found.pk}",
        fields=[Field(f"notice:{found.pk}", "mail", before, str(found.mail))],
    )  # fmt: skip
    return found
