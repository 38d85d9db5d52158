"""The outbox, emptied by a worker in a lane of its own.

What is promised: a notice stands on a desk exactly once. Its mail is handed over at least once: if the worker is killed
after the server has taken a mail and before that is written down, the mail goes out again, a minute or more later, with
the same Message-ID, by which mail systems know that it is the same one. It is given up after ten tries or when the
server says that it will never take it, and then the office sees so.

A mail that cannot be handed over waits for longer and longer; while the server is down one mail a minute tries.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task

from eirene.text import date, pick
from eirene_web.clock import now
from eirene_web.notices.kinds import KINDS
from eirene_web.notices.models import Letter, Notice, Preference
from eirene_web.notices.post import Post, Refused, Unreachable
from eirene_web.notices.recipients import Directory
from eirene_web.notices.services import kick, tell
from eirene_web.notices.words import Told, address_of, in_language, told
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.packs import opened
from eirene_web.work.services import OUTSIDE

#: Minutes between two tries; after the last one the mail is given up.
PAUSES = (1, 2, 5, 15, 30, 60, 120, 240, 360)
MOST_TRIES = len(PAUSES) + 1
#: The hour, by the clock of the reader, at which a digest goes out.
DIGEST_HOUR = 7
#: One turn takes at most so many mails and so many seconds; what is left has the next turn.
MOST_MAILS, MOST_SECONDS = 100, 50.0


@dataclass(frozen=True)
class Parcel:
    """One mail: what it holds, and the rows that it settles."""

    rows: Sequence[Notice | Letter]
    address: str
    mail: EmailMessage
    #: What its Message-ID is made of: the same rows to the same address are the same mail.
    key: str


@task(queue_name=OUTSIDE)
def send_waiting() -> None:
    """Hands over what is due. Never raises for a mail: its row says what became of it."""
    if settings.MAIL_SERVER is None:
        _keep_all()
        return
    end, sent = time.monotonic() + MOST_SECONDS, 0
    with Post(settings.MAIL_SERVER, settings.MAIL_SECONDS) as post:
        for parcel in _parcels():
            if time.monotonic() > end or sent >= MOST_MAILS:
                kick()
                return
            sent += 1
            if _claim(parcel) and not _hand_over(post, parcel):
                return  # nobody takes mails just now: the others wait, and count no try


def _keep_all() -> None:
    Notice.objects.filter(mail=Notice.Mail.WAITING).update(mail=Notice.Mail.KEPT)
    Letter.objects.filter(mail=Notice.Mail.WAITING).update(mail=Notice.Mail.KEPT, content=b"")


# --- what goes into which mail --------------------------------------------------------------------------------------


def _due(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(Q(try_after__isnull=True) | Q(try_after__lte=now()), mail=Notice.Mail.WAITING).order_by("pk")


def _parcels() -> Iterable[Parcel]:
    for letter in _due(Letter.objects)[:MOST_MAILS]:
        mail = message_from_bytes(bytes(letter.content), EmailMessage, policy=SMTP)
        yield Parcel([letter], letter.address, mail, f"letter:{letter.pk}:{letter.at}")
    alliances = {one.slug: one for one in Alliance.objects.defer("pack__content")}
    digests: dict[tuple[int, str], list[Notice]] = {}
    shared: set[tuple[str, str]] = set()
    for row in _due(Notice.objects).select_related("person", "person__preference")[: MOST_MAILS * 3]:
        pace = _pace(row)
        if not row.person.is_active or pace == Preference.Pace.NEVER or row.kind not in KINDS:
            Notice.objects.filter(pk=row.pk).update(mail=Notice.Mail.NONE)
        elif pace == Preference.Pace.DAILY and row.try_after is None:
            Notice.objects.filter(pk=row.pk).update(try_after=_next_digest(row, alliances[row.alliance]))
        elif pace == Preference.Pace.DAILY:
            digests.setdefault((row.person_id, row.alliance), []).append(row)
        elif not row.address or (row.address, row.key) not in shared:
            shared.add((row.address, row.key))
            yield _single(row, alliances[row.alliance])
    for (_person, slug), rows in digests.items():
        yield _digest(rows, alliances[slug])


def _pace(row: Notice) -> str:
    """A post's mailbox is read by several: it is told at once, whatever one of them prefers."""
    preference = getattr(row.person, "preference", None)
    return preference.pace if preference and not row.address else Preference.Pace.AT_ONCE


def _next_digest(row: Notice, alliance: Alliance) -> dt.datetime:
    zone = zoneinfo.ZoneInfo(row.person.time_zone or alliance.time_zone)
    here = now().astimezone(zone)
    due = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return (due if due > here else due + dt.timedelta(days=1)).astimezone(dt.UTC)


def _single(row: Notice, alliance: Alliance) -> Parcel:
    """One notice to one address; a mailbox that several people share gets it once."""
    rows = [row]
    if row.address:
        same = Notice.objects.filter(key=row.key, address=row.address, mail=Notice.Mail.WAITING)
        rows = list(same.select_related("person").order_by("pk")) or rows
    lang = row.person.language
    one = told(row, alliance, row.person, lang)
    return _parcel(rows, alliance, lang, one.subject, [one.text, _link(one.where)], f"{row.key}:{_to(row)}")


def _digest(rows: Sequence[Notice], alliance: Alliance) -> Parcel:
    """All that waited for today's mail."""
    person, lang = rows[0].person, rows[0].person.language
    items = [told(row, alliance, person, lang) for row in rows]
    with translation.override(lang):
        subject = ngettext("%(n)d notice", "%(n)d notices", len(items)) % {"n": len(items)}
        parts = [_item(item) for item in items]
    keys = ",".join(str(row.pk) for row in rows)
    return _parcel(rows, alliance, lang, subject, parts, f"digest:{alliance.slug}:{_to(rows[0])}:{keys}")


def _item(item: Told) -> str:
    day = date(item.at.date(), translation.get_language() or "en")
    return "\n".join(filter(None, [f"* {item.subject} ({day})", f"  {item.text}", f"  {_link(item.where)}".rstrip()]))


def _parcel(
    rows: Sequence[Notice], alliance: Alliance, lang: str, subject: str, parts: Sequence[str], key: str
) -> Parcel:
    name = pick(opened(alliance.pack_id).header.short_title, lang)
    page = _link(in_language(address_of("notice-settings", alliance.slug), lang))
    with translation.override(lang):
        foot = _("You are told this for the post that you hold. When and whether you are mailed is yours to choose:")
        no_answer = _("Nobody reads answers to this address.")
    text = "\n\n".join([subject, *filter(None, parts), f"-- \nEirene, {name}\n{foot}\n{page}\n{no_answer}"])
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = f"[{name}] {subject}"
    if page.startswith("http"):
        mail["List-Unsubscribe"] = f"<{page}>"
    mail.set_content(text + "\n")
    return Parcel(rows, _to(rows[0]), mail, key)


def _to(row: Notice) -> str:
    return row.address or row.person.email


def _link(address: str) -> str:
    return f"{settings.EIRENE_URL}{address}" if address else ""


# --- handing over ---------------------------------------------------------------------------------------------------


def _claim(parcel: Parcel) -> bool:
    """Takes the parcel's rows for this try, so that no other worker sends them meanwhile. The wait that is written is
    also what brings them back if this process dies."""
    model = type(parcel.rows[0])
    with transaction.atomic():
        wanted = [row.pk for row in parcel.rows]
        rows = list(model.objects.select_for_update().filter(pk__in=wanted, mail=Notice.Mail.WAITING).order_by("pk"))
        if [(r.pk, r.tries) for r in rows] != sorted((r.pk, r.tries) for r in parcel.rows):
            return False
        for row in rows:
            again = now() + dt.timedelta(minutes=PAUSES[min(row.tries, len(PAUSES) - 1)])
            model.objects.filter(pk=row.pk).update(tries=row.tries + 1, try_after=again)
    for row in parcel.rows:
        row.tries += 1
    return True


def _hand_over(post: Post, parcel: Parcel) -> bool:
    """Whether the server takes mails at all."""
    try:
        post.send(_addressed(parcel))
    except Refused as refusal:
        _failed(parcel, str(refusal), for_good=refusal.for_good)
        return True
    except Unreachable as trouble:
        _failed(parcel, str(trouble), for_good=False)
        return False
    _settle(parcel, mail=Notice.Mail.SENT, mailed=now(), try_after=None, problem="")
    return True


def _failed(parcel: Parcel, why: str, *, for_good: bool) -> None:
    if not for_good and min(row.tries for row in parcel.rows) < MOST_TRIES:
        type(parcel.rows[0]).objects.filter(pk__in=[row.pk for row in parcel.rows]).update(problem=why[:200])
        return
    with transaction.atomic():
        _settle(parcel, mail=Notice.Mail.FAILED, try_after=None, problem=why[:200])
        first = parcel.rows[0]
        if isinstance(first, Notice):
            _tell_office(first.alliance)


def _settle(parcel: Parcel, **fields: Any) -> None:
    """Nothing is kept of a letter's content once it is sent or given up."""
    first = parcel.rows[0]
    emptied = {"content": b""} if isinstance(first, Letter) else {}
    type(first).objects.filter(pk__in=[row.pk for row in parcel.rows]).update(**fields, **emptied)


def _tell_office(alliance: str) -> None:
    """Once a day."""
    people = Directory(alliance, [""]).office("coordinator", "administrator")
    where = address_of("outbox", alliance)
    tell("mail_failed", people=people, alliance=alliance, key=now().date().isoformat(), where=where)


def _addressed(parcel: Parcel) -> EmailMessage:
    mail = parcel.mail
    fields = {
        "From": settings.DEFAULT_FROM_EMAIL, "To": parcel.address, "Date": now(), "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{hashlib.sha256(parcel.key.encode()).hexdigest()[:40]}@{_domain()}>",
    }  # fmt: skip
    for name in (*fields, "Cc", "Bcc"):
        del mail[name]
    for name, value in fields.items():
        mail[name] = value
    return mail


def _domain() -> str:
    return urlsplit(settings.EIRENE_URL).hostname or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
