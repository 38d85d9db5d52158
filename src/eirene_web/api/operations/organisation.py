"""Bodies, posts, the roles they hold and the people who hold them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from eirene.errors import UsageError
from eirene_web.accounts.models import Person
from eirene_web.api.frame import Call, CodeOf, IdOf, In, not_there, operation
from eirene_web.api.operations.shapes import Code, Day, GivenText, Pk, Text, Why
from eirene_web.api.paging import Page, Part, page
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Body, Holding, Invitation, Post
from eirene_web.policy import can

Role = Annotated[str, Field(max_length=24, pattern=r"^[a-z_]+$")]
Roles = Annotated[dict[Role, list[Annotated[str, Field(max_length=40)]]], Field(max_length=12)]


class BodyOut(Schema):
    code: str
    kind: str
    nation: str
    name: str
    time_zone: str


class BodyFilter(Part):
    kind: Literal["office", "nation", "partner", "ministry", "force", "command", "unit"] | None = None
    nation: str | None = Field(default=None, max_length=40)


def _body(call: Call, body: Body) -> BodyOut:
    return BodyOut(
        code=body.code, kind=body.kind, nation=body.nation, name=call.names.body(body), time_zone=body.time_zone
    )


@operation("GET", "/{alliance}/bodies", "bodies.see")
def bodies(call: Call, query: Query[BodyFilter]) -> Page[BodyOut]:
    """Bodies whose posts I may see."""
    found = Body.objects.filter(alliance=call.here).order_by("nation", "pk")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.nation is not None:
        found = found.filter(nation=query.nation)
    seen = [body for body in found if can(call.actor, "bodies.see", queries.body_target(body))]
    return page(seen, query, lambda body: _body(call, body))


@operation("GET", "/{alliance}/bodies/{body}", "bodies.see")
def body(call: Call, body: CodeOf) -> BodyOut:
    """One body."""
    return _body(call, queries.find_body(call.actor, call.here, body))


class NewBody(In):
    kind: Literal["ministry", "force", "command", "unit", "partner"]
    name: GivenText
    parent: Code
    code: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,39})?$")] = ""
    time_zone: Annotated[str, Field(max_length=64)] = ""
    since: Day | None = None


@operation("POST", "/{alliance}/bodies", "bodies.see", "bodies.change", status=201)
def add_body(call: Call, data: NewBody) -> BodyOut:
    """Adds a ministry, force, command, unit or partner under a body."""
    queries.find_body(call.actor, call.here, data.parent)
    return _body(call, services.add_body(actor=call.actor, alliance=call.slug, **data.model_dump()))


class MovedBody(In):
    since: Day
    name: GivenText | None = None
    parent: Code | None = None


@operation("POST", "/{alliance}/bodies/{body}/move", "bodies.see", "bodies.change")
def move_body(call: Call, body: CodeOf, data: MovedBody) -> BodyOut:
    """From a day on the body is called otherwise, or lies elsewhere."""
    queries.find_body(call.actor, call.here, body)
    return _body(call, services.move_body(actor=call.actor, alliance=call.slug, code=body, **data.model_dump()))


class Zone(In):
    time_zone: Annotated[str, Field(min_length=1, max_length=64)]


@operation("PUT", "/{alliance}/bodies/{body}/time-zone", "bodies.see", "bodies.change")
def set_time_zone(call: Call, body: CodeOf, data: Zone) -> BodyOut:
    """By which clock the body’s deadlines are shown."""
    queries.find_body(call.actor, call.here, body)
    return _body(
        call, services.set_time_zone(actor=call.actor, alliance=call.slug, code=body, time_zone=data.time_zone)
    )


# --- posts ----------------------------------------------------------------------------------------------------------


class HolderOut(Schema):
    id: int = Field(description="Of the holding: what `end_holding` takes.")
    name: str
    via: str
    since: dt.date
    until: dt.date | None


class FullPost(Schema):
    id: int
    body: str
    title: Text
    roles: dict[str, list[str]]
    mailbox: str
    contact: bool
    above: int | None
    holders: list[HolderOut]


def _post(post: Post) -> FullPost:
    held = getattr(post, "held", None)
    holdings = held if held is not None else list(post.holdings.select_related("person").filter(until__isnull=True))
    return FullPost(
        id=post.pk, body=post.body.code, title=post.title, roles={r.role: r.sections for r in post.roles.all()},
        mailbox=post.mailbox, contact=post.contact, above=post.above_id, holders=[_holder(h) for h in holdings],
    )  # fmt: skip


def _holder(holding: Holding) -> HolderOut:
    return HolderOut(id=holding.pk, name=holding.person.name, via=holding.via, since=holding.since, until=holding.until)


class PostFilter(Part):
    role: Role | None = None


@operation("GET", "/{alliance}/bodies/{body}/posts", "bodies.see")
def posts(call: Call, body: CodeOf, query: Query[PostFilter]) -> Page[FullPost]:
    """Posts in a nation (or at the office, `_office`), their roles, and who holds them today."""
    found = queries.find_body(call.actor, call.here, body)
    return page(queries.posts_of(call.here, found.nation, role=query.role or ""), query, _post)


class NewPost(In):
    title: GivenText
    roles: Roles
    mailbox: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    above: Pk | None = None
    contact: bool = False
    since: Day | None = None


@operation("POST", "/{alliance}/bodies/{body}/posts", "bodies.see", "posts.change", status=201)
def add_post(call: Call, body: CodeOf, data: NewPost) -> FullPost:
    """Adds a post with its roles: role → sections it reaches; none: all."""
    found = queries.find_body(call.actor, call.here, body)
    return _post(services.add_post(actor=call.actor, alliance=call.slug, body=found.code, **data.model_dump()))


class ChangedPost(In):
    title: GivenText | None = None
    roles: Roles | None = None
    mailbox: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] | None = None
    above: Pk | None = None
    contact: bool | None = None
    until: Day | None = None
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("PATCH", "/{alliance}/posts/{post}", "bodies.see", "posts.change")
def change_post(call: Call, post: IdOf, data: ChangedPost) -> FullPost:
    """Changes a post; what is left out stays."""
    given = data.model_dump(exclude_unset=True)
    for name in ("title", "roles", "mailbox", "contact"):
        if name in given and given[name] is None:
            del given[name]
    return _post(services.change_post(actor=call.actor, post=_known(call, post).pk, **given))


def _known(call: Call, post: int) -> Post:
    """A post whose body I may see. Raises NotThere."""
    found = Post.objects.select_related("body").filter(pk=post, body__alliance=call.here).first()
    if found is None or not can(call.actor, "bodies.see", queries.body_target(found.body)):
        raise not_there()
    return found


class NewHolder(In):
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    via: Literal["holder", "acting", "delegate"] = "holder"
    since: Day | None = None
    until: Day | None = None


@operation("POST", "/{alliance}/posts/{post}/holders", "bodies.see", "posts.fill", status=201)
def fill_post(call: Call, post: IdOf, data: NewHolder) -> HolderOut:
    """Puts somebody who has an account into a post; others are invited.

    Whether an address has an account is told only to those who may fill the post.
    """
    row = _known(call, post)
    call.ask("posts.fill", queries.body_target(row.body))
    person = _person(data.email)
    return _holder(
        services.fill_post(
            actor=call.actor, post=row.pk, person=person.pk, via=data.via, since=data.since, until=data.until
        )
    )


class End(Why):
    until: Day


@operation("POST", "/{alliance}/holdings/{holding}/end", "bodies.see", "posts.fill")
def end_holding(call: Call, holding: IdOf, data: End) -> HolderOut:
    """Ends somebody’s time in a post; duties and history stay with the post."""
    found = Holding.objects.select_related("post__body").filter(pk=holding).first()
    _known(call, found.post_id if found else 0)
    return _holder(services.leave_post(actor=call.actor, holding=holding, until=data.until, why=data.why))


class HandOver(In):
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    on: Day
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("POST", "/{alliance}/holdings/{holding}/hand-over", "bodies.see", "posts.fill")
def hand_over(call: Call, holding: IdOf, data: HandOver) -> HolderOut:
    """In one step: the holder’s last day is the eve, the successor’s first day is `on`."""
    found = Holding.objects.filter(pk=holding).first()
    row = _known(call, found.post_id if found else 0)
    call.ask("posts.fill", queries.body_target(row.body))
    successor = _person(data.email)
    return _holder(services.hand_over(actor=call.actor, holding=holding, to=successor.pk, on=data.on, why=data.why))


def _person(email: str) -> Person:
    """Somebody who has an account. Asked only for those who may fill posts."""
    found = Person.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise UsageError(_("Nobody here has this address."), remedy=_("Invite them first."))
    return found


# --- invitations ----------------------------------------------------------------------------------------------------


class InvitationOut(Schema):
    id: int
    post: int
    email: str
    made: dt.datetime
    expires: dt.datetime


class NewInvitation(In):
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    name: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, Field(pattern=r"^(en|fr)$")] = "en"
    via: Literal["holder", "acting", "delegate"] = "holder"
    since: Day | None = None


@operation("POST", "/{alliance}/posts/{post}/invitations", "bodies.see", "posts.fill", status=201)
def invite(call: Call, post: IdOf, data: NewInvitation) -> InvitationOut:
    """Asks somebody, by mail, to take a post."""
    made = services.invite(actor=call.actor, post=_known(call, post).pk, **data.model_dump())
    return InvitationOut(id=made.pk, post=made.post_id, email=made.email, made=made.made, expires=made.expires)


class Withdrawal(In):
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("POST", "/{alliance}/invitations/{invitation}/withdraw", "bodies.see", "posts.fill", status=204)
def withdraw_invitation(call: Call, invitation: IdOf, data: Withdrawal) -> None:
    """Takes an invitation back; its link opens nothing any more."""
    found = Invitation.objects.filter(pk=invitation).first()
    _known(call, found.post_id if found else 0)
    services.withdraw_invitation(actor=call.actor, invitation=invitation, why=data.why)


class Closing(In):
    until: Day
    why: Annotated[str, Field(max_length=4_000)] = ""


@operation("POST", "/{alliance}/bodies/{body}/close", "bodies.see", "bodies.change")
def close_body(call: Call, body: CodeOf, data: Closing) -> BodyOut:
    """The body ends on a day."""
    queries.find_body(call.actor, call.here, body)
    made = services.close_body(actor=call.actor, alliance=call.slug, code=body, until=data.until, why=data.why)
    return _body(call, made)
