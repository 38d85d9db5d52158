"""The people of the demonstration and the posts that they hold: by key, e.g. BMA.rapporteur."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from eirene.framework import Pack, members_on
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.demo import plan
from eirene_web.demo.names import SPOKEN, Names
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Alliance, Post
from eirene_web.policy import Actor, Grant


@dataclass
class Demo:
    """What is being laid out."""

    pack: Pack
    alliance: Alliance
    today: dt.datetime
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    #: Who held a post before those who hold it now.
    before: dict[str, Person] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    _actors: dict[tuple[str, bool], Actor] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        """Whoever holds the post; a predecessor where it was theirs then. Posts do not change while we lay out."""
        earlier = who in self.before and clock.now() < self.ago(plan.SUCCEEDED[who])
        known = self._actors.get((who, earlier))
        if known is None:
            person = self.before[who] if earlier else self.people[who]
            known = self._actors[who, earlier] = queries.actor_for(person, self.alliance, strong=True)
        return known

    def ago(self, days: float) -> dt.datetime:
        return self.today - dt.timedelta(days=days)

    def day(self, days: int) -> dt.date:
        """So many days from today."""
        return (self.today + dt.timedelta(days=days)).date()

    @property
    def installer(self) -> Actor:
        office = Grant("administrator", "", None, 0)
        return Actor(alliance=self.alliance.slug, name="installation", grants=(office,), strong=True)

    def nations(self) -> list[str]:
        """Everybody who is asked, by population and code."""
        cycle = self.pack.cycles[plan.CODE]
        return [code for group in cycle.asked for code in members_on(self.pack, group, cycle.reference_date)]


def cast(demo: Demo) -> None:
    """Bodies, posts, people; then what happened to some of the posts since."""
    _bodies(demo)
    _clocks(demo)
    for key, one in plan.OFFICE_POSTS.items():
        _post(demo, key, "", one)
    for nation in demo.nations():
        for key, one in plan.NATION_POSTS.items():
            if not one.only or nation in one.only:
                _post(demo, f"{nation}.{key}", nation, one)
    _changes(demo)


def _bodies(demo: Demo) -> None:
    nation = plan.SHOWN_NATION
    for key, (kind, en, fr, above) in plan.TREE.items():
        services.add_body(
            actor=demo.installer, alliance=demo.alliance.slug, kind=kind, name={"en": en, "fr": fr},
            parent=f"{nation}-{above}" if above else nation, code=f"{nation}-{key}",
        )  # fmt: skip


def _clocks(demo: Demo) -> None:
    for code, zone in plan.CLOCKS.items():
        services.set_time_zone(actor=demo.installer, alliance=demo.alliance.slug, code=code, time_zone=zone)


def _post(demo: Demo, key: str, nation: str, one: plan.PostPlan) -> None:
    stem = f"{nation}." if nation else ""
    above = demo.posts.get(f"{stem}{one.above}") if one.above else None
    body = f"{nation}-{one.at}" if one.at and nation == plan.SHOWN_NATION else nation or "_office"
    contact = one.contact or (one.role == "reader" and nation in plan.DELEGATIONS)
    post = demo.posts[key] = services.add_post(
        actor=demo.installer, alliance=demo.alliance.slug, body=body, title={"en": one.en, "fr": one.fr},
        roles={one.role: ()}, contact=contact, above=above.pk if above else None,
    )  # fmt: skip
    if key in plan.INVITED:
        return
    since = demo.ago(900).date()
    if key in plan.SUCCEEDED:
        left = demo.ago(plan.SUCCEEDED[key]).date()
        earlier = demo.before[key] = _person(demo, f"{key}.before", nation)
        services.fill_post(actor=None, post=post.pk, person=earlier.pk, since=since, until=left - dt.timedelta(days=1))
        since = left
    person = demo.people[key] = _person(demo, key, nation)
    until = demo.ago(plan.VACANT[key]).date() if key in plan.VACANT else None
    services.fill_post(actor=None, post=post.pk, person=person.pk, since=since, until=until)


def _person(demo: Demo, key: str, nation: str) -> Person:
    language = "fr" if nation and SPOKEN[nation] == "romance" else "en"
    return services.person_named(
        f"{key.lower()}@demo.invalid", demo.names.next(nation), demo=True, language=language
    )  # fmt: skip


def _changes(demo: Demo) -> None:
    for key, days in plan.INVITED.items():
        nation = key.partition(".")[0]
        with clock.at(demo.ago(days)):
            services.invite(
                actor=demo.actor(f"{nation}.admin"), post=demo.posts[key].pk, email=f"{key.lower()}@demo.invalid",
                name=demo.names.next(nation), by_mail=False,
            )  # fmt: skip
    for key, (who, via, days) in plan.STANDS_IN.items():
        with clock.at(demo.ago(days)):
            services.fill_post(
                actor=None, post=demo.posts[key].pk, person=demo.people[who].pk, since=demo.ago(days).date(),
                until=demo.day(20), via=via,
            )  # fmt: skip
