"""Who can be somebody with one click: one account for each role, and everybody else by body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eirene_web.demo.plan import SHOWN
from eirene_web.organisations import queries
from eirene_web.organisations.models import Holding
from eirene_web.organisations.queries import DemoGroup
from eirene_web.policy import ROLES


@dataclass(frozen=True)
class First:
    """A made-up account to begin with, and the role that it shows."""

    role: str
    holding: Holding

    @property
    def title(self) -> str:
        return str(ROLES[self.role].title)

    @property
    def anchor(self) -> str:
        return self.role.replace("_", "-")


def first(groups: Iterable[DemoGroup]) -> list[First]:
    """One for each role, where the demonstration has it."""
    found: dict[str, Holding] = {}
    for group in groups:
        for holding in group.holdings:
            found.setdefault(holding.person.short, holding)
    return [First(role, found[who.lower()]) for role, who in SHOWN.items() if who.lower() in found]


def everybody(lang: str) -> list[DemoGroup]:
    return queries.demo_groups(lang)
