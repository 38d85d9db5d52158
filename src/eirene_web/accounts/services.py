"""Changes of accounts: what people say of themselves, tokens, the history of sign-ins; links that are mailed."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import zoneinfo

from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.accounts import tokens
from eirene_web.accounts.models import Person, SignIn, Token
from eirene_web.accounts.queries import account_target, owner
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.work.services import start

#: How long the history of sign-ins is kept.
KEPT = dt.timedelta(days=400)


def chain_of(person: int) -> str:
    """The chain of an account's journal: it belongs to the person, to no body."""
    return f"person/{person}"


# --- what one says of oneself ---------------------------------------------------------------------------------------


@change
def change_profile(*, actor: Actor, person: int, name: str, language: str, time_zone: str) -> Person:
    """Name, language of pages and mails, and the clock by which days and hours are shown ('': that of the body)."""
    ask(actor, "account.manage", account_target(person))
    row = Person.objects.select_for_update().get(pk=person)
    wanted = {"name": clean_name(name), "language": clean_language(language), "time_zone": clean_zone(time_zone)}
    fields = [Field(f"person:{person}", key, getattr(row, key), value) for key, value in wanted.items()]
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save(update_fields=list(wanted))
    record(actor, "account.manage", chain=chain_of(person), subject=f"person:{person}", fields=fields)
    return row


def clean_name(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > 200:
        raise UsageError(_("A name is needed, of at most 200 letters."))
    return found


def clean_language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise UsageError(_("There is no language “%(code)s” here.") % {"code": language[:8]})
    return language


def clean_zone(name: str) -> str:
    if name and name not in zoneinfo.available_timezones():
        raise UsageError(
            _("There is no time zone “%(name)s”.") % {"name": name[:60]},
            remedy=_("Write it as Europe/Brussels or Pacific/Tarawa."),
        )
    return name


# --- tokens ---------------------------------------------------------------------------------------------------------


@change
def make_token(
    *, actor: Actor, person: int, alliance: str, name: str, write: bool, expires: dt.datetime
) -> tuple[Token, str]:
    """A token and its row. The token itself is told this once; only its hash is kept."""
    ask(actor, "account.tokens", account_target(person))
    moment = now()
    if not name.strip():
        raise UsageError(_("A token needs a name, so that you know it again."))
    if not moment < expires <= moment + tokens.LONGEST:
        raise UsageError(_("A token ends between tomorrow and a year from now."))
    token, prefix, digest = tokens.new()
    row = Token.objects.create(
        person_id=person, alliance=alliance, name=name.strip()[:80], prefix=prefix, hash=digest,
        scopes="read write" if write else "read", strong=actor.strong, created=moment, expires=expires,
    )  # fmt: skip
    thing = f"token:{row.pk}"
    record(
        actor, "account.tokens", chain=chain_of(person), subject=thing,
        fields=[
            Field(thing, "prefix", None, prefix), Field(thing, "alliance", None, alliance),
            Field(thing, "scopes", None, row.scopes), Field(thing, "expires", None, expires),
        ],
    )  # fmt: skip
    return row, token


@change
def revoke_token(*, actor: Actor, person: int, token: int) -> Token:
    """The token opens nothing from this instant on. Done in any session: it takes something away."""
    ask(actor, "account.manage", account_target(person))
    row = Token.objects.select_for_update().filter(pk=token, person=person).first()
    if row is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    before, row.revoked = row.revoked, row.revoked or now()
    row.save(update_fields=["revoked"])
    record(
        actor, "account.manage", chain=chain_of(person), subject=f"token:{row.pk}",
        fields=[Field(f"token:{row.pk}", "revoked", before, row.revoked)],
    )  # fmt: skip
    return row


# --- sessions -------------------------------------------------------------------------------------------------------


@change
def end_session(*, actor: Actor, person: int, session: int) -> None:
    """Signs out one browser of one's own."""
    ask(actor, "account.manage", account_target(person))
    row = UserSession.objects.filter(pk=session, user=person).first()
    if row is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    row.end()
    record(actor, "account.manage", chain=chain_of(person), subject=f"person:{person}",
           fields=[Field(f"person:{person}", "session_ended", None, True)])  # fmt: skip


def end_everything(person: Person) -> None:
    """Ends all sessions and tokens of somebody, in the caller's transaction: part of a suspension."""
    person.sessions += 1
    person.save(update_fields=["sessions"])
    for session in UserSession.objects.filter(user=person):
        session.end()
    Token.objects.filter(person=person, revoked=None).update(revoked=now())


# --- what is noted --------------------------------------------------------------------------------------------------


def note_sign_in(*, person: Person | None, method: str, success: bool, address: str) -> None:
    """A line of the history of sign-ins. An address that nobody has is not kept: it may be a password typed amiss."""
    SignIn.objects.create(person=person, at=now(), method=method[:60], success=success, address=address[:64])


@change
def note_factor(*, person: Person, kind: str, added: bool) -> None:
    """That a second factor was set up or taken away: allauth did it, the journal keeps it."""
    before, after = (None, kind) if added else (kind, None)
    record(
        owner(person), "account.manage", chain=chain_of(person.pk), subject=f"person:{person.pk}",
        fields=[Field(f"person:{person.pk}", f"second_factor.{kind}"[:64], before, after)],
    )  # fmt: skip


def forget_old_sign_ins() -> int:
    """Throws away what is older than is kept. How many lines."""
    return SignIn.objects.filter(at__lt=now() - KEPT).delete()[0]


def ask_for_reset(*, person: Person) -> None:
    """Has a link for a new password mailed."""
    from eirene_web.accounts import tasks

    start(tasks.mail_reset, kind="mail_reset", person=person.pk, subject=f"person:{person.pk}", to=person.pk)


# --- secrets at rest ------------------------------------------------------------------------------------------------


def _keys() -> MultiFernet:
    """From the installation's key, and from earlier ones, so that it can be changed."""
    secrets = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"eirene second factors " + one.encode()).digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in digests])


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    return _keys().decrypt(sealed.encode("ascii")).decode()
