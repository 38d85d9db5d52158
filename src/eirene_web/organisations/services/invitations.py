"""Asking somebody into a post by mail, and their answer.

The link is a signed number and a secret of 32 characters. It is made by the task that mails it, so that it stands in
the mail and nowhere else; the row keeps its hash. A link that is sent again takes the place of the one before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.accounts.limits import take as take_try
from eirene_web.accounts.models import Person
from eirene_web.accounts.services import clean_language, clean_name
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Holding, Invitation
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.services.common import chain_of, locked_post, not_there
from eirene_web.organisations.services.holdings import fields_of, take
from eirene_web.policy import Actor, Grant, ask
from eirene_web.work.services import start

#: How long a link lets in.
LIFE = dt.timedelta(days=7)
#: Invitations that one person may have mailed in an hour.
PER_HOUR = 120
_signer = Signer(salt="eirene.invitation")


@change
def invite(
    *,
    actor: Actor,
    post: int,
    email: str,
    name: str = "",
    language: str = "en",
    via: str = Holding.Via.HOLDER,
    since: dt.date | None = None,
    by_mail: bool = True,
) -> Invitation:
    """Asks the owner of an address into a post. Whether they have an account already is told to nobody but them.

    by_mail   False: whoever installs passes the link on by hand
    """
    row = locked_post(post)
    ask(actor, "posts.fill", body_target(row.body))
    address = _address(email)
    _within_measure(actor)
    if Invitation.objects.filter(post=row, email__iexact=address, used=None, withdrawn=None).exists():
        raise UsageError(
            _("This address is invited into the post already."), remedy=_("Send that invitation again, or withdraw it.")
        )
    made = now()
    invitation = Invitation.objects.create(
        post=row, email=address, name=" ".join(name.split())[:200], language=clean_language(language), via=via,
        since=since, by_id=actor.person, made=made, expires=made + LIFE,
    )  # fmt: skip
    if by_mail:
        _mail(invitation, actor)
    thing = f"invitation:{invitation.pk}"
    record(
        actor, "posts.fill", chain=chain_of(row.body), subject=f"post:{row.pk}",
        fields=[Field(thing, "email", None, address), Field(thing, "expires", None, invitation.expires)],
    )  # fmt: skip
    return invitation


def _address(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        raise UsageError(_("“%(text)s” is no e-mail address.") % {"text": email[:80]}) from None
    return email.strip().lower()


def _within_measure(actor: Actor) -> None:
    if not take_try(f"invite:{actor.person}", PER_HOUR, 3600):
        raise UsageError(_("You have sent very many invitations within an hour."), remedy=_("Go on in an hour."))


def _mail(invitation: Invitation, actor: Actor) -> None:
    from eirene_web.organisations import tasks

    body = invitation.post.body
    start(
        tasks.mail_invitation, kind="mail_invitation", alliance=body.alliance_id, nation=body.nation,
        person=actor.person, subject=f"invitation:{invitation.pk}", invitation=invitation.pk,
    )  # fmt: skip


@change
def resend_invitation(*, actor: Actor, invitation: int, by_mail: bool = True) -> Invitation:
    """A new link by mail, good for as long as a first one; the one before it ends."""
    row = _open(actor, invitation)
    _within_measure(actor)
    before, row.expires, row.hash, row.mailed = row.expires, now() + LIFE, "", None
    row.save(update_fields=["expires", "hash", "mailed"])
    if by_mail:
        _mail(row, actor)
    record(
        actor, "posts.fill", chain=chain_of(row.post.body), subject=f"post:{row.post_id}",
        fields=[Field(f"invitation:{row.pk}", "expires", before, row.expires)],
    )  # fmt: skip
    return row


@change
def withdraw_invitation(*, actor: Actor, invitation: int, why: str = "") -> Invitation:
    """The link lets nobody in any more."""
    row = _open(actor, invitation)
    row.withdrawn, row.hash = now(), ""
    row.save(update_fields=["withdrawn", "hash"])
    record(
        actor, "posts.fill", chain=chain_of(row.post.body), subject=f"post:{row.post_id}",
        fields=[Field(f"invitation:{row.pk}", "withdrawn", None, row.withdrawn)], why=why,
    )  # fmt: skip
    return row


def _open(actor: Actor, invitation: int) -> Invitation:
    found = Invitation.objects.filter(pk=invitation).first()
    if found is None:
        raise not_there()
    post = locked_post(found.post_id)
    ask(actor, "posts.fill", body_target(post.body))
    row = Invitation.objects.select_for_update(of=("self",)).select_related("post__body").get(pk=invitation)
    if row.used or row.withdrawn:
        raise UsageError(_("This invitation has been answered or withdrawn."), remedy=_("Invite anew."))
    return row


# --- the link -------------------------------------------------------------------------------------------------------


def link_for(invitation: Invitation) -> str:
    """A new link's token; its hash takes the place of the one before. For the task that mails it."""
    token = _signer.sign(f"{invitation.pk}.{secrets.token_urlsafe(24)}")
    Invitation.objects.filter(pk=invitation.pk, used=None, withdrawn=None).update(hash=_hashed(token), mailed=now())
    return token


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """What a link leads to. `state`: good, foreign, replaced, expired, used or withdrawn."""

    state: str
    invitation: Invitation | None = None


def find_invitation(token: str) -> Found:
    """One query. A link that was not made here is foreign, whatever it says."""
    try:
        number = int(_signer.unsign(token).partition(".")[0])
    except (BadSignature, ValueError):
        return Found("foreign")
    row = Invitation.objects.select_related("post__body__alliance").filter(pk=number).first()
    if row is None:
        return Found("foreign")
    return Found(_state(row, token), row)


def _state(row: Invitation, token: str) -> str:
    if row.withdrawn is not None:
        return "withdrawn"
    if not hmac.compare_digest(_hashed(token), row.hash or _hashed("")):
        return "used" if row.used else "replaced"
    if row.used is not None:
        return "used"
    return "expired" if row.expires <= now() else "good"


def accept_invitation(
    *, token: str, person: Person | None = None, name: str = "", language: str = "en", password: str = ""
) -> Person:
    """Takes the post. `person`: who is signed in, and must own the address; None: a new account is made with the name,
    the language and the password ('' if they will sign in elsewhere).

    The password is hashed before the transaction begins: that takes long, on purpose.
    """
    hashed = ""
    if person is None:
        clean_name(name)
        clean_language(language)
        if password:
            _fit_to_use(password, name)
            hashed = make_password(password)
    return _accept(token=token, person=person.pk if person else None, name=name, language=language, hashed=hashed)


def _fit_to_use(password: str, name: str) -> None:
    try:
        validate_password(password, Person(name=name))
    except ValidationError as error:
        raise UsageError(" ".join(error.messages)) from None


@change
def _accept(*, token: str, person: int | None, name: str, language: str, hashed: str) -> Person:
    found = find_invitation(token)
    if found.invitation is None:
        raise not_there()
    post = locked_post(found.invitation.post_id)
    row = Invitation.objects.select_for_update().get(pk=found.invitation.pk)
    if _state(row, token) != "good":
        raise UsageError(_("This invitation has been answered or withdrawn."), remedy=_("Ask for a new one."))
    taker = _taker(row, person, name, language, hashed)
    actor = Actor(
        person=taker.pk, name=taker.name, alliance=post.body.alliance_id,
        grants=(Grant("person", post.body.nation, post.body_id, post.pk),),
    )  # fmt: skip
    holding = take(post, taker.pk, max(row.since or now().date(), now().date()), None, row.via)
    row.used, row.person = now(), taker
    row.save(update_fields=["used", "person"])
    record(
        actor, "posts.fill", chain=chain_of(post.body), subject=f"post:{post.pk}",
        fields=[Field(f"invitation:{row.pk}", "used", None, row.used), *fields_of(holding)],
    )  # fmt: skip
    return taker


def _taker(row: Invitation, person: int | None, name: str, language: str, hashed: str) -> Person:
    """Whoever is signed in and owns the address; else the owner of the address, whom the link proves to be there."""
    account = Person.objects.select_for_update().filter(email__iexact=row.email).first()
    if person is not None:
        if account is None or account.pk != person:
            raise UsageError(
                _("This invitation is for another address than yours."), remedy=_("Sign out, and open it again.")
            )
        return account
    if account is not None and not may_begin(account):
        raise UsageError(
            _("There is an account for this address."), remedy=_("Sign in with it, and open the link again.")
        )
    if account is None:
        account = Person(email=row.email)
    account.name, account.language = clean_name(name), language
    account.password = hashed or make_password(None)
    account.save()
    return account


def may_begin(account: Person) -> bool:
    """Whether an account has never been used: it was made for somebody who has had no way to sign in yet."""
    from allauth.socialaccount.models import SocialAccount

    linked = SocialAccount.objects.filter(user=account).exists()
    return account.is_active and not account.demo and not account.has_usable_password() and not linked
