"""The platform's cast: an alliance office, three nations, and people in their posts.

Harbour Compact (the toy pack) for what needs little; Concordia where real questionnaires matter. In each nation:

    rapporteur   answers for the report          drafter     contributor, only the sections assigned
    head         clears                          officer     authorised officer, submits
    reader       reads                           admin       keeps posts and people

At the office: coordinator, reviewer, second (another reviewer), observer, clerk (administrator). And an outsider.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from eirene.framework import Pack, pack_hash
from eirene_web.accounts.models import Person
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Alliance, Body, Post
from eirene_web.policy import Actor, Grant
from eirene_web.reports.models import Cycle, Report
from eirene_web.reports.services import cycles
from web.remembering import remembered

OFFICE = {"coordinator": "coordinator", "reviewer": "reviewer", "second": "reviewer", "observer": "observer",
          "clerk": "administrator"}  # fmt: skip
NATION = {"rapporteur": "rapporteur", "drafter": "contributor", "head": "clearing_officer",
          "officer": "authorised_officer", "reader": "reader", "admin": "administrator"}  # fmt: skip
OPENS = dt.datetime(2023, 1, 9, 8, tzinfo=dt.UTC)
DEADLINE = dt.datetime(2023, 3, 30, 16, tzinfo=dt.UTC)
IN_CYCLE = dt.datetime(2023, 2, 1, 9, tzinfo=dt.UTC)


@dataclass
class World:
    """Everybody and everything, found by name: `world.actor("BMA.rapporteur")`, `world.report("BMA")`."""

    alliance: Alliance
    pack: Pack
    code: str
    nations: tuple[str, ...]
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def installer(self) -> Actor:
        """Who sets everything up: an administrator of the office, before there is one."""
        office = Grant("administrator", "", None, 0)
        return Actor(alliance=self.alliance.slug, name="installer", grants=(office,), strong=True)

    def actor(self, who: str, *, strong: bool = True, scopes: frozenset[str] | None = None) -> Actor:
        return queries.actor_for(self.people[who], self.alliance, strong=strong, scopes=scopes)

    @property
    def cycle(self) -> Cycle:
        return Cycle.objects.get(alliance=self.alliance, code=self.code)

    def report(self, nation: str) -> Report:
        return Report.objects.select_related("cycle", "body").get(
            cycle__code=self.code, cycle__alliance=self.alliance, body__code=nation
        )

    def add_post(self, who: str, body: str, role: str) -> None:
        nation = who.partition(".")[0] if "." in who else ""
        self.posts[who] = services.add_post(
            actor=self.installer, alliance=self.alliance.slug, body=body, title={"en": who, "fr": who},
            roles={role: ()}, contact=role == "rapporteur",
        )  # fmt: skip
        person = services.person_named(f"{who.lower()}@{nation.lower() or 'office'}.example", who)
        self.people[who] = person
        services.fill_post(actor=self.installer, post=self.posts[who].pk, person=person.pk, since=dt.date(2020, 1, 1))


def build(pack: Pack, code: str, nations: tuple[str, ...], *, opened: bool = True) -> World:
    """The world on the morning of a cycle."""
    return remembered((pack_hash(pack), code, nations, opened), lambda: _build(pack, code, nations, opened=opened))


def _build(pack: Pack, code: str, nations: tuple[str, ...], *, opened: bool) -> World:
    from eirene_web import clock

    with clock.at(OPENS):
        world = World(services.found_alliance(pack=pack), pack, code, nations)
        for who, role in OFFICE.items():
            world.add_post(who, "_office", role)
        for nation in nations:
            for who, role in NATION.items():
                world.add_post(f"{nation}.{who}", nation, role)
        world.people["outsider"] = services.person_named("outsider@elsewhere.example", "outsider")
        row = cycles.set_up_cycle(
            actor=world.actor("coordinator"), alliance=world.alliance.slug, code=code, opens=OPENS, deadline=DEADLINE
        )
        if opened:
            cycles.open_cycle(actor=world.actor("coordinator"), cycle=row.pk)
    return world


def bodies(world: World) -> dict[str, Body]:
    return {body.code: body for body in Body.objects.filter(alliance=world.alliance)}
