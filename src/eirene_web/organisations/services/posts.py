"""Posts and the roles that they hold. What a post may do follows from its roles, not from who holds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Body, Post, PostRole
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.services.common import Text, chain_of, find_body, locked_post, named
from eirene_web.policy import ROLES, Actor, ask

Roles = Mapping[str, Iterable[str]]


@change
def add_post(
    *,
    actor: Actor,
    alliance: str,
    body: str,
    title: Text,
    roles: Roles,
    mailbox: str = "",
    above: int | None = None,
    contact: bool = False,
    since: dt.date | None = None,
) -> Post:
    """A post in a body with its roles: role → sections it reaches (none: all)."""
    row = find_body(alliance, body)
    ask(actor, "posts.change", body_target(row))
    _fitting(row, roles)
    post = Post.objects.create(
        body=row, title=named(title), mailbox=mailbox, above=_above(row, above), contact=contact, since=since
    )
    given = _listed(roles)
    PostRole.objects.bulk_create(PostRole(post=post, role=r, sections=s) for r, s in given.items())
    record(
        actor, "posts.change", chain=chain_of(row), subject=f"post:{post.pk}",
        fields=[
            Field(f"post:{post.pk}", "title", None, post.title), Field(f"post:{post.pk}", "body", None, body),
            Field(f"post:{post.pk}", "roles", None, given), Field(f"post:{post.pk}", "contact", None, contact),
            Field(f"post:{post.pk}", "mailbox", None, mailbox), Field(f"post:{post.pk}", "above", None, above),
        ],
    )  # fmt: skip
    return post


def _listed(roles: Roles) -> dict[str, list[str]]:
    return {role: sorted(sections) for role, sections in roles.items()}


def _fitting(body: Body, roles: Roles) -> None:
    at = "office" if body.kind == Body.Kind.OFFICE else "body"
    wrong = [role for role in roles if role not in ROLES or at not in ROLES[role].at or role == "person"]
    if wrong:
        raise UsageError(_("The role “%(role)s” is not held here.") % {"role": wrong[0][:40]})


def _above(body: Body, above: int | None, post: Post | None = None) -> Post | None:
    """The post above, in the same nation and not below the post itself."""
    if above is None:
        return None
    found = Post.objects.filter(pk=above, body__alliance=body.alliance_id, body__nation=body.nation).first()
    if found is None:
        raise UsageError(_("The post above must lie in the same nation."))
    at: Post | None = found
    while at is not None and post is not None:
        if at.pk == post.pk:
            raise UsageError(_("A post cannot stand above itself."))
        at = at.above
    return found


#: Fields that `change_post` sets as they are given.
_PLAIN = ("title", "mailbox", "contact", "until")


@change
def change_post(*, actor: Actor, post: int, why: str = "", **changes: Any) -> Post:
    """Changes title, mailbox, contact, above, until (the last day) or roles of a post."""
    row = locked_post(post)
    ask(actor, "posts.change", body_target(row.body))
    unknown = set(changes) - {*_PLAIN, "above", "roles"}
    if unknown:
        raise TypeError(f"change_post changes no {sorted(unknown)[0]}")
    if "title" in changes:
        changes["title"] = named(changes["title"])
    if changes.get("until") and row.since and changes["until"] < row.since:
        raise UsageError(_("The last day lies before the first."))
    fields: list[Field] = []
    for name in _PLAIN:
        if name in changes:
            fields.append(Field(f"post:{row.pk}", name, getattr(row, name), changes[name]))
            setattr(row, name, changes[name])
    if "above" in changes:
        fields.append(Field(f"post:{row.pk}", "above", row.above_id, changes["above"]))
        row.above = _above(row.body, changes["above"], row)
    row.save()
    if "roles" in changes:
        _fitting(row.body, changes["roles"])
        before, given = {r.role: r.sections for r in row.roles.all()}, _listed(changes["roles"])
        row.roles.all().delete()
        PostRole.objects.bulk_create(PostRole(post=row, role=r, sections=s) for r, s in given.items())
        fields.append(Field(f"post:{row.pk}", "roles", before, given))
    record(actor, "posts.change", chain=chain_of(row.body), subject=f"post:{row.pk}", fields=fields, why=why)
    return row
