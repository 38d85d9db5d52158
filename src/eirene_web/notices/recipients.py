"""Who is told: those who hold a post today. A post that nobody holds is answered for by the post above it in the same
nation; across a nation's border only its contact point is told, and those who answer for its report (practice 15).

A `Directory` reads posts, roles and holders of an alliance once, in three queries, and answers from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from eirene_web.clock import now
from eirene_web.organisations.models import Holding, Post, PostRole
from eirene_web.organisations.queries import current_on

#: Person → address: '' is the person's own.
People = dict[int, str]
#: Steps up that are taken at most; a chain of posts could go round.
MOST_STEPS = 8


@dataclass(frozen=True)
class Place:
    """A post as notices see it: its mailbox, the one above, whether it is the contact point, roles and holders."""

    pk: int
    nation: str
    mailbox: str
    above: int | None
    contact: bool
    roles: frozenset[str] = frozenset()
    holders: tuple[int, ...] = ()

    @property
    def people(self) -> People:
        return dict.fromkeys(self.holders, self.mailbox)


@dataclass
class Directory:
    """Posts of an alliance today; `nations` limits it to those ('' is the office)."""

    alliance: str
    nations: Iterable[str] | None = None
    places: dict[int, Place] = field(init=False)

    def __post_init__(self) -> None:
        today = now().date()
        current = current_on(today)
        posts = Post.objects.filter(current, body__alliance=self.alliance)
        if self.nations is not None:
            posts = posts.filter(body__nation__in=set(self.nations))
        rows = list(posts.values_list("pk", "body__nation", "mailbox", "above", "contact").order_by("pk"))
        roles: dict[int, set[str]] = {}
        for post, role in PostRole.objects.filter(post__in=posts).values_list("post", "role"):
            roles.setdefault(post, set()).add(role)
        holders: dict[int, list[int]] = {}
        held = Holding.objects.filter(current, post__in=posts, person__is_active=True).order_by("pk")
        for post, person in held.values_list("post", "person"):
            holders.setdefault(post, []).append(person)
        self.places = {
            pk: Place(
                pk, nation, mailbox, above, contact, frozenset(roles.get(pk, ())),
                tuple(dict.fromkeys(holders.get(pk, ()))),
            )
            for pk, nation, mailbox, above, contact in rows
        }  # fmt: skip

    # --- one post after the other ---

    def holders(self, posts: Iterable[int]) -> People:
        """Those who hold the posts; for a vacant one the nearest post above it that is held, in the same nation."""
        found: People = {}
        for post in posts:
            _add(found, self._held(self.places.get(post)))
        return found

    def above(self, posts: Iterable[int]) -> People:
        """Those who hold the posts above, or the nearest above them that are held."""
        places = [self.places[post] for post in posts if post in self.places]
        return self.holders(place.above for place in places if place.above is not None)

    def _held(self, place: Place | None) -> People:
        for _step in range(MOST_STEPS):
            if place is None or place.holders:
                break
            above = self.places.get(place.above) if place.above is not None else None
            place = above if above is not None and above.nation == place.nation else None
        return place.people if place else {}

    # --- by what they are there for ---

    def posts(self, nation: str, *roles: str) -> list[int]:
        return [p.pk for p in self.places.values() if p.nation == nation and p.roles & set(roles)]

    def office(self, *roles: str) -> People:
        """The office's posts of these roles; the coordinator where none of them is held."""
        return self.holders(self.posts("", *roles)) or self.holders(self.posts("", "coordinator"))

    def owners(self, nation: str) -> People:
        """Who answers for the nation's report: its rapporteurs, or whoever stands above a vacant post."""
        return self.holders(self.posts(nation, "rapporteur"))

    def across(self, nation: str) -> People:
        """Whom the office tells in a nation: its contact points and those who answer for the report; never a post
        above, not even where all of these are vacant (the office’s lists show that nobody is reached)."""
        wanted = [
            p for p in self.places.values() if p.nation == nation and nation and (p.contact or "rapporteur" in p.roles)
        ]
        found: People = {}
        for place in sorted(wanted, key=lambda p: not p.contact):
            _add(found, place.people)
        return found


def _add(found: People, more: People) -> None:
    """The first address stands: somebody is told once."""
    for person, address in more.items():
        found.setdefault(person, address)


def joined(*some: People) -> People:
    found: People = {}
    for one in some:
        _add(found, one)
    return found
