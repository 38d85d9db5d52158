"""The table in words: what the page and the guide “who may do what” print."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from eirene_web.policy.engine import Table, table
from eirene_web.policy.model import Kind, Relation, Row, Verb
from eirene_web.policy.roles import ROLES, Role

#: How what somebody holds stands to the thing, in words.
WHERE: dict[Relation, Any] = {
    "office": _("everywhere in the alliance"),
    "own": _("in their own nation"),
    "assigned": _("where it is assigned to their post, or lies in their sections"),
    "other": _("of other nations"),
    "self": _("what is their own"),
    "any": _("everywhere"),
}


@dataclass(frozen=True)
class Line:
    """One row in words: who, where, in which states; where those are nearly all, in which not. Neither: always."""

    role: Role
    where: Any
    states: tuple[Any, ...] = ()
    unless: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Act:
    """A verb with its rows."""

    verb: Verb
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chapter:
    """A kind of thing and what can be done with it."""

    kind: Kind
    acts: tuple[Act, ...]


def guide(roles: Container[str] | None = None, *, within: Table | None = None) -> list[Chapter]:
    """Everything, or what some roles may do. Kinds and verbs in the order in which the apps declare them."""
    rules = within or table()
    found: list[Chapter] = []
    for kind in rules.kinds.values():
        acts = tuple(
            Act(verb, lines)
            for verb in rules.verbs.values()
            if verb.kind == kind.code and (lines := _lines(rules, kind, verb, roles))
        )
        if acts:
            found.append(Chapter(kind, acts))
    return found


def _lines(rules: Table, kind: Kind, verb: Verb, roles: Container[str] | None) -> tuple[Line, ...]:
    order = list(ROLES)
    rows = [row for row in rules.by_verb[verb.name] if roles is None or row.role in roles]
    return tuple(_line(kind, row) for row in sorted(rows, key=lambda row: order.index(row.role)))


def _line(kind: Kind, row: Row) -> Line:
    states = tuple(word for state, word in kind.states.items() if state in row.states)
    others = tuple(word for state, word in kind.states.items() if state not in row.states)
    if not row.states or len(others) < min(3, len(states)):
        return Line(ROLES[row.role], WHERE[row.relation], unless=others if row.states else ())
    return Line(ROLES[row.role], WHERE[row.relation], states)
