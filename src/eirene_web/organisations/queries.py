"""Reads of the organisation: who somebody is here, what bodies are called, who holds which post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from eirene.framework import Pack
from eirene.text import pick
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance, Body, BodySpan, Holding, Post
from eirene_web.organisations.packs import audience_for, name_in, opened, pack_of
from eirene_web.policy import Actor, Grant, NotThere, Target, can


def alliance_of(slug: str) -> Alliance:
    """One query. Raises NotThere."""
    found = Alliance.objects.select_related("pack").defer("pack__content").filter(slug=slug).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def alliances_of(person: Person) -> list[Alliance]:
    """Alliances in which somebody holds a post today. One query."""
    today = now().date()
    held = Holding.objects.filter(_current(today, ""), person=person).values("post__body__alliance")
    return list(Alliance.objects.filter(slug__in=held).order_by("slug"))


def _current(on: dt.date, prefix: str) -> Q:
    """Conditions for a span of days to include a day."""
    since, until = f"{prefix}since", f"{prefix}until"
    return (Q(**{f"{since}__isnull": True}) | Q(**{f"{since}__lte": on})) & (
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": on})
    )


def current_on(on: dt.date) -> Q:
    """Conditions for a post, or somebody's time in one, to include a day."""
    return _current(on, "")


def actor_for(
    person: Person | None, alliance: Alliance, *, strong: bool = False, scopes: frozenset[str] | None = None
) -> Actor:
    """What somebody may be counted as in an alliance now: every role of every post they hold. Two queries."""
    if person is None or not person.is_active:
        return Actor(alliance=alliance.slug)
    today = now().date()
    held = (
        Holding.objects.filter(_current(today, ""), _current(today, "post__"), person=person)
        .filter(post__body__alliance=alliance)
        .select_related("post__body")
        .prefetch_related("post__roles")
        .order_by("pk")
    )
    grants: list[Grant] = []
    for holding in held:
        post, body = holding.post, holding.post.body
        grants += [
            Grant(role.role, body.nation, body.pk, post.pk, frozenset(role.sections), holding.via)
            for role in post.roles.all()
        ]
        grants.append(Grant("person", body.nation, body.pk, post.pk, via=holding.via))
    first = next((g.nation for g in grants), None)
    return Actor(
        person=person.pk,
        name=person.name,
        alliance=alliance.slug,
        grants=tuple(grants),
        strong=strong,
        scopes=scopes,
        audience="" if first is None else _audience(pack_of(alliance), grants, today),
    )


def _audience(pack: Pack, grants: Iterable[Grant], today: dt.date) -> str:
    """The narrowest that any of the posts gives."""
    codes = [audience.code for audience in pack.header.audiences]
    return min((audience_for(pack, g.nation, today) for g in grants), key=codes.index)


# --- bodies and posts -----------------------------------------------------------------------------------------------


@dataclass
class Names:
    """What bodies and posts of an alliance are called in one language; each asked for once."""

    alliance: Alliance
    lang: str
    on: dt.date
    _posts: dict[int, str] = field(default_factory=dict)

    @cached_property
    def pack(self) -> Pack:
        return opened(self.alliance.pack_id)

    @cached_property
    def _spans(self) -> dict[int, BodySpan]:
        spans = BodySpan.objects.filter(_current(self.on, ""), body__alliance=self.alliance)
        return {span.body_id: span for span in spans}

    def body(self, body: Body) -> str:
        """Nations by the pack; others by their span."""
        if body.kind == Body.Kind.NATION:
            return name_in(self.pack, body.code, self.lang, self.on)
        if body.kind == Body.Kind.OFFICE and body.pk not in self._spans:
            return _("WPS Office")
        span = self._spans.get(body.pk)
        return pick(span.name, self.lang) if span else body.code

    def nation(self, code: str) -> str:
        return name_in(self.pack, code, self.lang, self.on) if code else _("WPS Office")

    def post(self, post: Post) -> str:
        return pick(post.title, self.lang)


def find_body(actor: Actor, alliance: Alliance, code: str) -> Body:
    """A body that the actor may see. Raises NotThere."""
    body = Body.objects.filter(alliance=alliance, code=code).first()
    if body is None or not can(actor, "bodies.see", body_target(body)):
        raise NotThere(_("There is no such page, or it is not for you."))
    return body


def body_target(body: Body) -> Target:
    return Target("body", body.alliance_id, state="current", nation=body.nation)


def posts_of(alliance: Alliance, nation: str, *, role: str = "", on: dt.date | None = None) -> list[Post]:
    """Posts inside a nation ('' the office), with roles and those who hold them today. Three queries."""
    day = on or now().date()
    posts = Post.objects.filter(_current(day, ""), body__alliance=alliance, body__nation=nation).select_related("body")
    if role:
        posts = posts.filter(roles__role=role)
    holding = Holding.objects.filter(_current(day, "")).select_related("person").order_by("pk")
    return list(posts.prefetch_related("roles", Prefetch("holdings", holding, to_attr="held")).order_by("pk"))
