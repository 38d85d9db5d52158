"""Who takes a post, leaves it, hands it over. Times of one person in one post never overlap."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Holding, Post
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.services.common import chain_of, locked_post, not_there
from eirene_web.policy import Actor, ask


@change
def fill_post(
    *,
    actor: Actor | None,
    post: int,
    person: int,
    since: dt.date | None = None,
    until: dt.date | None = None,
    via: str = Holding.Via.HOLDER,
) -> Holding:
    """Puts somebody into a post. `actor` None: the installation's first people, by the one who installs."""
    row = locked_post(post)
    if actor is not None:
        ask(actor, "posts.fill", body_target(row.body))
    holding = take(row, person, since or now().date(), until, via)
    record(
        actor, "posts.fill", chain=chain_of(row.body), subject=f"post:{row.pk}", fields=fields_of(holding)
    )  # fmt: skip
    return holding


def take(post: Post, person: int, since: dt.date, until: dt.date | None, via: str) -> Holding:
    """The holding, made inside the caller's transaction, which holds the post's row."""
    if until is not None and until < since:
        raise UsageError(_("The last day lies before the first."))
    if post.until is not None and since > post.until:
        raise UsageError(_("The post is closed by then."))
    _no_overlap(post, person, since, until)
    return Holding.objects.create(post=post, person_id=person, via=via, since=since, until=until)


def fields_of(holding: Holding) -> list[Field]:
    thing = f"holding:{holding.pk}"
    return [
        Field(thing, "person", None, holding.person_id), Field(thing, "via", None, str(holding.via)),
        Field(thing, "since", None, holding.since.isoformat()),
        Field(thing, "until", None, holding.until.isoformat() if holding.until else None),
    ]  # fmt: skip


def _no_overlap(post: Post, person: int, since: dt.date, until: dt.date | None, but: int | None = None) -> None:
    others = Holding.objects.filter(post=post, person=person).exclude(pk=but)
    others = others.filter(Q(until__isnull=True) | Q(until__gte=since))
    if until is not None:
        others = others.filter(since__lte=until)
    if others.exists():
        raise UsageError(_("This person holds the post already."))


@change
def leave_post(*, actor: Actor, holding: int, until: dt.date, why: str = "") -> Holding:
    """Ends somebody's time in a post; duties and history stay with the post."""
    found = Holding.objects.filter(pk=holding).first()
    if found is None:
        raise not_there()
    post = locked_post(found.post_id)
    ask(actor, "posts.fill", body_target(post.body))
    row = Holding.objects.select_for_update().get(pk=holding)
    if until < row.since:
        raise UsageError(_("The last day lies before the first."))
    _no_overlap(post, row.person_id, row.since, until, but=row.pk)
    before, row.until = row.until, until
    row.save(update_fields=["until"])
    record(
        actor, "posts.fill", chain=chain_of(post.body), subject=f"post:{post.pk}",
        fields=[
            Field(f"holding:{row.pk}", "until", before.isoformat() if before else None, until.isoformat()),
        ],
        why=why,
    )  # fmt: skip
    return row


@change
def hand_over(*, actor: Actor, holding: int, to: int, on: dt.date, why: str = "") -> Holding:
    """In one step: the holder's last day is the eve, the successor's first day is `on`. Duties pass with the post.

    Two who hand over the same post at once: the second finds it handed over.
    """
    found = Holding.objects.filter(pk=holding).first()
    if found is None:
        raise not_there()
    post = locked_post(found.post_id)
    ask(actor, "posts.fill", body_target(post.body))
    row = Holding.objects.select_for_update().get(pk=holding)
    if row.until is not None and row.until < on:
        raise UsageError(_("The post has been handed over, or left, meanwhile."), remedy=_("Look who holds it now."))
    if on <= row.since:
        raise UsageError(_("The successor begins after the first day of whom they follow."))
    if row.person_id == to:
        raise UsageError(_("This person holds the post already."))
    before, row.until = row.until, on - dt.timedelta(days=1)
    row.save(update_fields=["until"])
    successor = take(post, to, on, None, Holding.Via.HOLDER)
    record(
        actor, "posts.fill", chain=chain_of(post.body), subject=f"post:{post.pk}",
        fields=[
            Field(f"holding:{row.pk}", "until", before.isoformat() if before else None, row.until.isoformat()),
            *fields_of(successor),
        ],
        why=why,
    )  # fmt: skip
    return successor


def person_named(email: str, name: str, **more: Any) -> Person:
    """The account of an address, made without a password if there is none yet: an invitation lets its owner in."""
    found = Person.objects.filter(email__iexact=email).first()
    return found or Person.objects.create_user(email, None, name=name, **more)
