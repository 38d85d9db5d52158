"""Reads of notices: one's own, and for the office what was mailed to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eirene_web.accounts.models import Person
from eirene_web.notices.kinds import KINDS
from eirene_web.notices.models import Letter, Notice, Preference
from eirene_web.notices.words import Told, told
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import alliance_of
from eirene_web.policy import Actor, Target, ask, can

#: Rows on one page.
PAGE = 50


def _own(actor: Actor) -> QuerySet[Notice]:
    return Notice.objects.filter(person=actor.person, alliance=actor.alliance)


def _may(actor: Actor) -> bool:
    return can(actor, "notice.see", Target("notice", actor.alliance, person=actor.person))


def for_desk(actor: Actor, limit: int = 7, *, lang: str = "", alliance: Alliance | None = None) -> list[Told]:
    """The newest notices that the actor has not read. Two queries, one where the alliance is given."""
    return own(actor, unread=True, limit=limit, lang=lang, alliance=alliance)


def own(
    actor: Actor, *, unread: bool = False, limit: int = PAGE, start: int = 0, lang: str = "",
    alliance: Alliance | None = None,
) -> list[Told]:  # fmt: skip
    """The actor's own notices, newest first."""
    if not _may(actor):
        return []
    found = _own(actor).filter(read__isnull=True) if unread else _own(actor)
    rows = list(found.select_related("person").order_by("-at", "-pk")[start : start + limit])
    if not rows:
        return []
    where, language = alliance or alliance_of(actor.alliance), lang or get_language() or "en"
    return [told(row, where, row.person, language) for row in rows if row.kind in KINDS]


def unread_count(actor: Actor) -> int:
    return _own(actor).filter(read__isnull=True).count() if _may(actor) else 0


def find_own(actor: Actor, pk: int) -> Notice | None:
    return _own(actor).filter(pk=pk).first() if _may(actor) else None


def pace_of(person: int) -> str:
    row = Preference.objects.filter(person=person).first()
    return row.pace if row else Preference.Pace.AT_ONCE


# --- the outbox -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mailed:
    """A row of the outbox: what kind, to whom, when, how far. `notice`: its id; None for a letter."""

    notice: int | None
    title: Any
    name: str
    address: str
    at: Any
    state: str
    state_word: Any
    tries: int
    mailed: Any
    problem: str


def outbox(actor: Actor, *, state: str = "", limit: int = PAGE, start: int = 0) -> list[Mailed]:
    """What is or was to be mailed, newest first. Raises NotThere for those who may not see it. Three queries."""
    ask(actor, "outbox.see", Target("outbox", actor.alliance))
    wanted = Q(mail=state) if state else Q()
    end = start + limit
    notices = _offices(actor).filter(wanted).select_related("person")
    here = Person.objects.filter(holdings__post__body__alliance=actor.alliance)
    letters = Letter.objects.filter(wanted, address__in=here.values("email"))
    rows = [
        *(_notice_row(row) for row in notices.order_by("-at", "-pk")[:end]),
        *(_letter_row(row) for row in letters.order_by("-at", "-pk")[:end]),
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[start:end]


def _offices(actor: Actor) -> QuerySet[Notice]:
    """What the office may see of what is mailed: a nation's own notices only where somebody must mend an address."""
    inside = [kind.code for kind in KINDS.values() if kind.inside]
    shown = ~Q(kind__in=inside) | Q(mail=Notice.Mail.FAILED)
    return Notice.objects.filter(shown, alliance=actor.alliance).exclude(mail=Notice.Mail.NONE)


def _notice_row(row: Notice) -> Mailed:
    kind = KINDS.get(row.kind)
    title = _("a notice within the nation") if kind is None or kind.inside else kind.title
    return Mailed(
        row.pk, title, row.person.name, row.address or row.person.email, row.at, row.mail, row.get_mail_display(),
        row.tries, row.mailed, row.problem,
    )  # fmt: skip


def _letter_row(row: Letter) -> Mailed:
    return Mailed(
        None, _("about an account"), "", row.address, row.at, row.mail, row.get_mail_display(), row.tries, row.mailed,
        row.problem,
    )  # fmt: skip


def outbox_counts(actor: Actor) -> dict[str, int]:
    """State → how many notices."""
    ask(actor, "outbox.see", Target("outbox", actor.alliance))
    return dict(_offices(actor).values_list("mail").annotate(n=Count("pk")))
