"""Verbs, rows, actors and targets: plain values, so that a decision can be tested without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Relation = Literal["office", "own", "assigned", "other", "self", "any"]
"""How what an actor holds stands to the target.

office      held at the office of the alliance, which answers for all
own         held in the nation (or partner) that the target belongs to
assigned    the target is assigned to the post itself, or lies in a section that the role names
other       held in another nation of the alliance
self        the target is the person's own: an account, a setting, a notice
any         anywhere in the alliance; with role `public`, by anybody
"""
RELATIONS: tuple[Relation, ...] = ("office", "own", "assigned", "other", "self", "any")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that verbs act upon, and the states it can be in with their names."""

    code: str
    title: Any
    states: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done with things of one kind.

    see      the verb that says whether the thing exists for the actor at all; a reading verb names itself
    decides  asks for a second factor
    scope    what a personal token needs to do it: read, write, or '' where no token will do
    """

    name: str
    title: Any
    kind: str
    see: str
    decides: bool = False
    scope: Literal["", "read", "write"] = "write"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `states` empty: in every state."""

    verb: str
    role: str
    relation: Relation
    states: frozenset[str] = frozenset()


def rows(verb: str, roles: str, relation: Relation, states: str = "") -> list[Row]:
    """One row for each of the roles (by space), in all the states (by space)."""
    return [Row(verb, role, relation, frozenset(states.split())) for role in roles.split()]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that an actor holds now.

    nation    code of the body that the post belongs to at the top; '' at the alliance's office
    body      primary key of the body that has the post; post: that of the post; None for `person` and `public`
    sections  those that the role is limited to; empty: all
    via       holder, acting or delegate
    """

    role: str
    nation: str = ""
    body: int | None = None
    post: int | None = None
    sections: frozenset[str] = frozenset()
    via: str = "holder"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks. `strong`: signed in with a second factor. `scopes` None: by page, not by token."""

    person: int | None = None
    name: str = ""
    alliance: str = ""
    grants: tuple[Grant, ...] = ()
    strong: bool = False
    scopes: frozenset[str] | None = None
    #: code of the audience that the actor's own body belongs to; '' for those outside.
    audience: str = ""

    def holds(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants)

    @property
    def nations(self) -> tuple[str, ...]:
        """Codes of the nations (or partners) in which the actor holds a post."""
        return tuple(dict.fromkeys(g.nation for g in self.grants if g.nation))

    @property
    def posts(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(g.post for g in self.grants if g.post is not None))

    @property
    def in_office(self) -> bool:
        return any(g.post is not None and not g.nation for g in self.grants)


@dataclass(frozen=True, slots=True)
class Target:
    """What is acted upon. Fields that do not apply stay empty."""

    kind: str
    alliance: str
    state: str = ""
    nation: str = ""
    section: str = ""
    posts: frozenset[int] = frozenset()
    person: int | None = None


@dataclass(slots=True)
class Reach:
    """How far an actor's verb reaches, for a query to turn into conditions. `None` as states: all.

    office, any_    states in which everything of the alliance is reached
    nations         nation → states
    sections        nation → sections in which only what lies in these sections is reached, with the states; what
                    lies in no section at all (a report as a whole) is reached with them
    posts           states in which what is assigned to one of the actor's posts is reached
    others          states in which what belongs to nations other than the actor's is reached
    self_           whether the actor's own is reached
    """

    everything: list[frozenset[str]] = field(default_factory=list)
    nations: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    sections: list[tuple[str, frozenset[str], frozenset[str]]] = field(default_factory=list)
    posts: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    others: list[tuple[tuple[str, ...], frozenset[str]]] = field(default_factory=list)
    self_: bool = False

    @property
    def nowhere(self) -> bool:
        return not (self.everything or self.nations or self.sections or self.posts or self.others or self.self_)


def in_state(states: Iterable[frozenset[str]], state: str) -> bool:
    return any(not some or state in some for some in states)
