"""Reading the history of a body, always for an actor.

Inside a nation its history is read by those who hold `journal.read` there, for all of it. The office reads its own
chain, and of a nation's only what the office itself did and what the nation sent it: never what a nation was working
on. A nation does not see what is within the office.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from eirene_web.accounts.models import Person
from eirene_web.custody.models import Held
from eirene_web.custody.quarantine import ref_of
from eirene_web.journal.audit import place_of, seen_by
from eirene_web.journal.models import Change, Entry
from eirene_web.organisations.models import Alliance, Body, Post
from eirene_web.organisations.queries import Names
from eirene_web.policy import Actor, NotThere, reach, table

PER_PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. It is all in the address."""

    who: int | None = None
    verb: str = ""
    question: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    order: str = "new"

    @classmethod
    def of(cls, given: Any) -> Wanted:
        """From a query string; what makes no sense counts as not given."""
        who, verb, question, order = (str(given.get(n, ""))[:80] for n in ("who", "verb", "question", "order"))
        return cls(
            int(who) if who.isascii() and who.isdigit() else None, verb, question.strip(), _day(given.get("since")),
            _day(given.get("until")), "old" if order == "old" else "new",
        )  # fmt: skip

    def query(self, **more: Any) -> str:
        """As a query string, without what is not given."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        told = {k: v for k, v in {**own, **more}.items() if v not in (None, "") and (k, v) != ("order", "new")}
        return urlencode({k: v.isoformat() if isinstance(v, dt.date) else v for k, v in told.items()})


def _day(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text or "").strip())
    except ValueError:
        return None


# --- whose history --------------------------------------------------------------------------------------------------


def bodies(actor: Actor, alliance: Alliance) -> list[Body]:
    """The office and the nations of which the actor reads something. Two queries at most."""
    scope = reach(actor, "journal.read")
    rows = Body.objects.filter(alliance=alliance, kind__in=["office", "nation", "partner"]).order_by("pk")
    return [b for b in rows if scope.everything or (b.nation and b.nation in scope.nations)]


def entries(actor: Actor, alliance: Alliance, nation: str, wanted: Wanted) -> QuerySet[Entry]:
    """Entries of a chain that the actor may read, in the order wanted. Raises NotThere."""
    scope = reach(actor, "journal.read")
    rows = Entry.objects.filter(chain=f"{alliance.slug}/{nation}")
    if nation and nation in scope.nations:
        rows = rows.exclude(verb__in=_only(Side.OFFICE))
    elif nation and scope.everything:
        rows = rows.filter(verb__in=_read_by_office())
    elif not scope.everything:
        raise NotThere(_("There is no such page, or it is not for you."))
    return _filtered(rows, wanted).order_by("-sequence" if wanted.order == "new" else "sequence")


class Side:
    NATION, OFFICE = "nation", "office"


@cache
def _sides() -> dict[str, str]:
    """Who does what: verb → nation, office or both, as the policy table has it, and as the apps declare otherwise."""
    found = {}
    for name, rows in table().by_verb.items():
        relations = {row.relation for row in rows}
        inside, at_office = bool(relations & {"own", "assigned", "self"}), "office" in relations
        found[name] = "both" if inside and at_office else Side.OFFICE if at_office else Side.NATION
    return {**found, **seen_by()}


def _only(side: str) -> list[str]:
    return sorted(verb for verb, who in _sides().items() if who == side)


def _read_by_office() -> list[str]:
    return sorted(verb for verb, who in _sides().items() if who in (Side.OFFICE, "both"))


def _filtered(rows: QuerySet[Entry], wanted: Wanted) -> QuerySet[Entry]:
    if wanted.who is not None:
        rows = rows.filter(person=wanted.who or None) if wanted.who else rows.filter(person__isnull=True)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.since:
        rows = rows.filter(at__gte=dt.datetime.combine(wanted.since, dt.time(), dt.UTC))
    if wanted.until:
        rows = rows.filter(at__lt=dt.datetime.combine(wanted.until + dt.timedelta(days=1), dt.time(), dt.UTC))
    if wanted.question:
        rows = rows.filter(pk__in=Change.objects.filter(_about(wanted.question)).values("entry"))
    return rows


def _about(question: str) -> Q:
    """Changes of an answer, or of what is kept beside it."""
    return Q(thing__contains=f"/{question}/") | Q(thing__endswith=f"/{question}")


# --- in words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A change in words. `gone`: '' or why its content is not shown."""

    thing: str
    ref: str
    field: str
    before: str
    after: str
    gone: str = ""


@dataclass
class Line:
    """An entry in words; names are looked up now, for people change theirs and may have to be forgotten."""

    sequence: int
    at: dt.datetime
    who: str
    post: str
    verb: str
    hash: str
    changes: list[Told] = field(default_factory=list)


class Words:
    """Looks names up, each once."""

    def __init__(self, alliance: Alliance, lang: str, on: dt.date) -> None:
        self.names = Names(alliance, lang, on)
        self._people: dict[int, str] = {}
        self._posts: dict[int, str] = {}

    def lines(self, found: list[Entry], held: set[str]) -> list[Line]:
        self._learn(found)
        return [self._line(entry, held) for entry in found]

    def _learn(self, found: list[Entry]) -> None:
        people = {e.person for e in found if e.person is not None} - set(self._people)
        posts = {e.post for e in found if e.post is not None} - set(self._posts)
        if people:
            self._people.update(Person.objects.filter(pk__in=people).values_list("pk", "name"))
        if posts:
            self._posts.update({p.pk: self.names.post(p) for p in Post.objects.filter(pk__in=posts)})

    def _line(self, entry: Entry, held: set[str]) -> Line:
        verbs = table().verbs
        who = _("the system") if entry.person is None else self._people.get(entry.person, _("somebody no longer here"))
        return Line(
            entry.sequence, entry.at, who, self._posts.get(entry.post or 0, ""),
            str(verbs[entry.verb].title) if entry.verb in verbs else entry.verb, entry.hash,
            [self._told(one, held) for one in entry.changes.all()],
        )  # fmt: skip

    def _told(self, one: Change, held: set[str]) -> Told:
        gone = ""
        if one.salt is None:
            gone = _("in quarantine") if f"change:{one.pk}" in held else _("removed")
        ref = ref_of(one.entry_id, one.thing, one.field)
        return Told(place_of(one.thing), ref, one.field, _text(one.before), _text(one.after), gone)


def _text(value: str | None) -> str:
    if value is None:
        return ""
    read = json.loads(value)
    return read if isinstance(read, str) else value


def page(
    actor: Actor, words: Words, rows: QuerySet[Entry], wanted: Wanted, after: int | None
) -> tuple[list[Line], int | None]:
    """Some entries from one on, and where the next page begins. Four queries."""
    if after is not None:
        rows = rows.filter(sequence__lt=after) if wanted.order == "new" else rows.filter(sequence__gt=after)
    found = list(rows.prefetch_related(_changes(wanted))[: PER_PAGE + 1])
    more = found[PER_PAGE - 1].sequence if len(found) > PER_PAGE else None
    return words.lines(found[:PER_PAGE], _held(found)), more


def stream(words: Words, rows: QuerySet[Entry], wanted: Wanted) -> Iterator[Line]:
    """All of it, some at a time."""
    batch: list[Entry] = []
    for entry in rows.prefetch_related(_changes(wanted)).iterator(chunk_size=200):
        batch.append(entry)
        if len(batch) == 200:
            yield from words.lines(batch, _held(batch))
            batch = []
    yield from words.lines(batch, _held(batch))


def _changes(wanted: Wanted) -> Prefetch[Any]:
    rows = Change.objects.order_by("position")
    return Prefetch("changes", rows.filter(_about(wanted.question)) if wanted.question else rows)


def _held(found: list[Entry]) -> set[str]:
    empty = [f"change:{c.pk}" for e in found for c in e.changes.all() if c.salt is None]
    return set(Held.objects.filter(place__in=empty).values_list("place", flat=True)) if empty else set()


def people(rows: QuerySet[Entry]) -> list[tuple[int, str]]:
    """Who did something in them, by name."""
    ids = rows.exclude(person=None).order_by().values_list("person", flat=True).distinct()
    return sorted(Person.objects.filter(pk__in=list(ids)).values_list("pk", "name"), key=lambda one: one[1].casefold())


def verbs(rows: QuerySet[Entry]) -> list[tuple[str, str]]:
    """What was done in them, in words."""
    known = table().verbs
    found = rows.order_by().values_list("verb", flat=True).distinct()
    return sorted(((v, str(known[v].title) if v in known else v) for v in found), key=lambda one: one[1].casefold())
