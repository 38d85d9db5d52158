"""Reads of the organisation: who somebody is here, what bodies are called, who holds which post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, Subquery
from django.utils.translation import gettext as _

from eirene.framework import Pack
from eirene.text import pick
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance, Body, BodySpan, Holding, Invitation, Post
from eirene_web.organisations.packs import audience_for, name_in, opened, pack_of
from eirene_web.policy import Actor, Grant, NotThere, Target, can, reach


def alliance_of(slug: str) -> Alliance:
    """One query. Raises NotThere."""
    found = Alliance.objects.select_related("pack").defer("pack__content").filter(slug=slug).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def alliances_of(person: Person) -> list[Alliance]:
    """Alliances in which somebody holds a post today. One query."""
    today = now().date()
    held = Holding.objects.filter(current(today, ""), person=person).values("post__body__alliance")
    return list(Alliance.objects.filter(slug__in=held).order_by("slug"))


def current(on: dt.date, prefix: str = "") -> Q:
    """Conditions for a span of days to include a day; `prefix` leads to the row that has the span."""
    since, until = f"{prefix}since", f"{prefix}until"
    return (Q(**{f"{since}__isnull": True}) | Q(**{f"{since}__lte": on})) & (
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": on})
    )


def current_on(on: dt.date) -> Q:
    """Conditions for a post, or somebody's time in one, to include a day."""
    return current(on)


def actor_for(
    person: Person | None, alliance: Alliance, *, strong: bool = False, scopes: frozenset[str] | None = None
) -> Actor:
    """What somebody may be counted as in an alliance now: every role of every post they hold. Two queries."""
    return here(person, alliance, strong=strong, scopes=scopes)[0]


def here(
    person: Person | None, alliance: Alliance, *, strong: bool = False, scopes: frozenset[str] | None = None
) -> tuple[Actor, str]:
    """The actor, and the clock of the body in which they hold their first post, or of its nation ('': none of its own).

    A post in a nation that continues another one, of which nothing is left, counts in that one too: its open report is
    still to be answered for.
    """
    if person is None or not person.is_active:
        return Actor(alliance=alliance.slug), ""
    today = now().date()
    held = (
        Holding.objects.filter(current(today, ""), current(today, "post__"), person=person)
        .filter(post__body__alliance=alliance)
        .annotate(continues=_continued(today), zone=_zone_of_nation())
        .select_related("post__body")
        .prefetch_related("post__roles")
        .order_by("pk")
    )
    grants: list[Grant] = []
    zone = ""
    for holding in held:
        if not grants:
            zone = holding.post.body.time_zone or holding.zone or ""
        post, body = holding.post, holding.post.body
        # Most nations continue none that stands empty: only then is it asked how far back.
        for nation in [body.nation, *(_left_behind(alliance, body.nation, today) if holding.continues else [])]:
            grants += [
                Grant(role.role, nation, body.pk, post.pk, frozenset(role.sections), holding.via)
                for role in post.roles.all()
            ]
            grants.append(Grant("person", nation, body.pk, post.pk, via=holding.via))
    first = next((g.nation for g in grants), None)
    actor = Actor(
        person=person.pk,
        name=person.name,
        alliance=alliance.slug,
        grants=tuple(grants),
        strong=strong,
        scopes=scopes,
        audience="" if first is None else _audience(pack_of(alliance), grants, today),
    )
    return actor, zone


def _left_behind(alliance: Alliance, nation: str, today: dt.date) -> list[str]:
    from eirene_web.organisations.succession import left_behind

    return left_behind(alliance.slug, nation, today)


def _zone_of_nation() -> Subquery:
    nations = Body.objects.filter(alliance=OuterRef("post__body__alliance"), code=OuterRef("post__body__nation"))
    return Subquery(nations.values("time_zone")[:1])


def _continued(today: dt.date) -> Subquery:
    """Code of the nation that a post's nation continues, if no post of today is left in it."""
    left = Post.objects.filter(
        current(today), body__alliance=OuterRef("alliance"), body__nation=OuterRef("succeeds__code")
    )
    nations = Body.objects.filter(
        alliance=OuterRef("post__body__alliance"), code=OuterRef("post__body__nation"), succeeds__isnull=False
    )
    return Subquery(nations.filter(~Exists(left)).values("succeeds__code")[:1])


def holds_role(person: Person, roles: Iterable[str]) -> bool:
    """Whether somebody holds a post today that has one of the roles, in whichever alliance. One query."""
    today = now().date()
    held = Holding.objects.filter(current(today), current(today, "post__"), person=person)
    return held.filter(post__roles__role__in=list(roles)).exists()


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
        spans = BodySpan.objects.filter(current(self.on, ""), body__alliance=self.alliance)
        return {span.body_id: span for span in spans}

    @cached_property
    def _partners(self) -> dict[str, Body]:
        return {body.code: body for body in Body.objects.filter(alliance=self.alliance, kind=Body.Kind.PARTNER)}

    def body(self, body: Body) -> str:
        """Nations by the pack, for as long as it knows them; others by their span."""
        if body.kind == Body.Kind.NATION:
            return name_in(self.pack, body.code, self.lang, self.on)
        if body.kind == Body.Kind.OFFICE and body.pk not in self._spans:
            return _("WPS Office")
        span = self._spans.get(body.pk)
        return pick(span.name, self.lang) if span else body.code

    def nation(self, code: str) -> str:
        if code and code not in self.pack.bodies and code in self._partners:
            return self.body(self._partners[code])
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


def nation_target(alliance: Alliance, nation: str) -> Target:
    return Target("body", alliance.slug, state="current", nation=nation)


def _reached(actor: Actor, verb: str, prefix: str) -> Q:
    """Conditions for a body to be one that the verb reaches; bodies know no sections and no assignments."""
    found = reach(actor, verb)
    if found.everything:
        return Q()
    nations = {*found.nations, *(nation for nation, _sections, _states in found.sections)}
    return Q(**{f"{prefix}nation__in": nations})


def posts_of(alliance: Alliance, nation: str, *, role: str = "", on: dt.date | None = None) -> list[Post]:
    """Posts inside a nation ('' the office), with roles and those who hold them today. Three queries."""
    day = on or now().date()
    posts = Post.objects.filter(current(day, ""), body__alliance=alliance, body__nation=nation).select_related("body")
    if role:
        posts = posts.filter(roles__role=role)
    holding = Holding.objects.filter(current(day, "")).select_related("person").order_by("pk")
    return list(posts.prefetch_related("roles", Prefetch("holdings", holding, to_attr="held")).order_by("pk"))


@dataclass
class Node:
    """A body in the tree of a day: how deep it lies, its posts, and how many of them nobody holds."""

    body: Body
    name: str
    depth: int
    posts: int
    vacant: int


def tree(actor: Actor, alliance: Alliance, names: Names, on: dt.date) -> list[Node]:
    """The bodies that the actor sees, as they lay on a day: the office first, nations by their order, parts below.

    Four queries, however many bodies there are.
    """
    bodies = list(Body.objects.filter(_reached(actor, "bodies.see", ""), alliance=alliance))
    spans = {s.body_id: s for s in BodySpan.objects.filter(current(on), body__alliance=alliance)}
    held = Holding.objects.filter(current(on), post=OuterRef("pk"))
    posts = Post.objects.filter(current(on), body__alliance=alliance).annotate(held=Exists(held))
    counted: dict[int, list[bool]] = {}
    for body_id, is_held in posts.values_list("body_id", "held"):
        counted.setdefault(body_id, []).append(is_held)
    below: dict[int | None, list[Body]] = {}
    seen = {body.pk for body in bodies}
    for body in bodies:
        if body.kind in (Body.Kind.OFFICE, Body.Kind.NATION):
            below.setdefault(None, []).append(body)
        elif body.pk in spans:
            parent = spans[body.pk].parent_id
            below.setdefault(parent if parent in seen else None, []).append(body)
    order = {code: place for place, code in enumerate(names.pack.bodies)}

    def rank(body: Body) -> tuple[bool, int, str]:
        return body.kind != Body.Kind.OFFICE, order.get(body.code, len(order)), names.body(body)

    found: list[Node] = []

    def add(parent: int | None, depth: int) -> None:
        for body in sorted(below.get(parent, []), key=rank):
            held_ones = counted.get(body.pk, [])
            found.append(Node(body, names.body(body), depth, len(held_ones), held_ones.count(False)))
            add(body.pk, depth + 1)

    add(None, 0)
    return found


def posts_in(body: Body, on: dt.date) -> list[Post]:
    """Posts of a body on a day, with roles and those who hold them then. Three queries."""
    holding = Holding.objects.filter(current(on)).select_related("person").order_by("pk")
    posts = Post.objects.filter(current(on), body=body).select_related("body", "above").order_by("pk")
    return list(posts.prefetch_related("roles", Prefetch("holdings", holding, to_attr="held")))


def find_post(actor: Actor, alliance: Alliance, pk: int) -> Post:
    """A post that the actor may see, with its roles. Raises NotThere."""
    posts = Post.objects.select_related("body", "above").prefetch_related("roles")
    post = posts.filter(pk=pk, body__alliance=alliance).first()
    if post is None or not can(actor, "bodies.see", body_target(post.body)):
        raise NotThere(_("There is no such page, or it is not for you."))
    return post


def holdings_of(post: Post) -> list[Holding]:
    """Everybody who ever held it, the latest first."""
    return list(Holding.objects.filter(post=post).select_related("person").order_by("-since", "-pk"))


def find_holding(actor: Actor, alliance: Alliance, pk: int) -> Holding:
    """Raises NotThere."""
    found = Holding.objects.select_related("person", "post__body").filter(pk=pk, post__body__alliance=alliance).first()
    if found is None or not can(actor, "bodies.see", body_target(found.post.body)):
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def invitations_to(actor: Actor, post: Post) -> list[Invitation]:
    """Those not answered yet, for whoever may invite."""
    if not could(actor, "posts.fill", body_target(post.body)):
        return []
    return list(Invitation.objects.filter(post=post, used=None, withdrawn=None).order_by("pk"))


def could(actor: Actor, verb: str, target: Target) -> bool:
    """Whether the actor could do it after showing a second factor: then a page offers it, and asks for that."""
    return can(replace(actor, strong=True), verb, target)


# --- people ---------------------------------------------------------------------------------------------------------


@dataclass
class Known:
    """Somebody who holds, or held, a post in the alliance, as those who keep posts see them."""

    person: Person
    posts: list[Post]
    last_seen: dt.datetime | None


def people(actor: Actor, alliance: Alliance) -> list[Known]:
    """Those with a post of today that the actor may see, by name. Three queries."""
    today = now().date()
    held = (
        Holding.objects.filter(current(today), current(today, "post__"), post__body__alliance=alliance)
        .filter(_reached(actor, "people.see", "post__body__"))
        .select_related("post__body", "person")
        .order_by("pk")
    )
    found: dict[int, Known] = {}
    for holding in held:
        known = found.setdefault(holding.person_id, Known(holding.person, [], None))
        known.posts.append(holding.post)
    seen = Person.objects.filter(pk__in=found, sign_ins__success=True).annotate(last=Max("sign_ins__at"))
    for pk, last in seen.values_list("pk", "last"):
        found[pk].last_seen = last
    return sorted(found.values(), key=lambda known: known.person.name.casefold())


def person_target(alliance: Alliance, person: Person) -> Target:
    """Whose somebody is here: the nation in which all their posts lie (their last ones, if they hold none); else the
    office's. Raises NotThere for whoever never held a post in the alliance."""
    today = now().date()
    every = Holding.objects.filter(person=person, post__body__alliance=alliance)
    nations = set(every.filter(current(today)).values_list("post__body__nation", flat=True))
    nations = nations or set(every.values_list("post__body__nation", flat=True))
    if not nations:
        raise NotThere(_("There is no such page, or it is not for you."))
    nation = next(iter(nations)) if len(nations) == 1 else ""
    state = "active" if person.is_active else "suspended"
    return Target("person", alliance.slug, state=state, nation=nation, person=person.pk)


def find_person(actor: Actor, alliance: Alliance, pk: int) -> tuple[Person, Target]:
    """Raises NotThere."""
    person = Person.objects.filter(pk=pk).first()
    target = person_target(alliance, person) if person else None
    if person is None or target is None or not can(actor, "people.see", target):
        raise NotThere(_("There is no such page, or it is not for you."))
    return person, target


def holdings_by(person: Person, alliance: Alliance) -> list[Holding]:
    """Posts that somebody holds or held in the alliance, the latest first."""
    held = Holding.objects.filter(person=person, post__body__alliance=alliance)
    return list(held.select_related("post__body").prefetch_related("post__roles").order_by("-since", "-pk"))


def holds_elsewhere(person: Person, alliance: str) -> bool:
    """Whether somebody holds a post today in another alliance."""
    held = Holding.objects.filter(current(now().date()), person=person)
    return held.exclude(post__body__alliance=alliance).exists()


# --- the demonstration ----------------------------------------------------------------------------------------------


@dataclass
class DemoGroup:
    """The office, or a nation, with the posts of today and who holds them."""

    name: str
    nation: str
    holdings: list[Holding]


def demo_groups(lang: str) -> list[DemoGroup]:
    """Everybody made up, by alliance and body: the office first. Two queries and the names."""
    today = now().date()
    groups: dict[tuple[str, str], DemoGroup] = {}
    held = (
        Holding.objects.filter(current(today), person__demo=True, person__is_active=True)
        .filter(post__body__alliance__demo=True)
        .select_related("person", "post__body__alliance__pack")
        .defer("post__body__alliance__pack__content")
        .order_by("post__body__alliance", "pk")
    )
    names: dict[str, Names] = {}
    for holding in held:
        body = holding.post.body
        name = names.setdefault(body.alliance_id, Names(body.alliance, lang, today))
        key = (body.alliance_id, body.nation)
        group = groups.setdefault(key, DemoGroup(name.nation(body.nation), body.nation, []))
        holding.place = group.name  # type: ignore[attr-defined]
        group.holdings.append(holding)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], key[1] != "", groups[key].name))]
