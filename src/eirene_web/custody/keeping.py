"""Reads of what is in quarantine: that there is something, for those concerned; the text itself for one post alone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from eirene_web.custody import drill
from eirene_web.custody.models import Concern, Designated
from eirene_web.custody.quarantine import holder_of
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import Names, posts_of
from eirene_web.policy import Actor, NotThere, Target, ask, can, decide


def concerns(actor: Actor, alliance: Alliance) -> list[Concern]:
    """Newest first: those that the actor decides on, and those that they raised."""
    wanted = Q(nation__in=[*actor.nations, *([""] if actor.in_office else [])]) | Q(raised_by=actor.person)
    rows = Concern.objects.filter(wanted, alliance=alliance.slug).order_by("-pk")[:500]
    return [one for one in rows if can(actor, "concern.see", drill.concern_target(one))]


def find_concern(actor: Actor, alliance: Alliance, pk: int) -> Concern:
    """Raises NotThere."""
    found = Concern.objects.filter(alliance=alliance.slug, pk=pk).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    ask(actor, "concern.see", drill.concern_target(found))
    return found


def facts(concern: Concern) -> dict[str, str]:
    """Where it stood: cycle, body, question."""
    holder, key = holder_of(concern.ref)
    found = holder.find(concern.alliance, key) if holder else None
    return found.facts if found else {}


def texts(actor: Actor, concern: Concern) -> list[str]:
    """What was taken out, each wording once; for whoever decides, and nobody else."""
    ask(actor, "concern.decide", drill.concern_target(concern))
    found: dict[str, None] = {}
    for held in concern.held.order_by("pk"):
        kind = held.place.partition(":")[0]
        if kind in ("document", "blob"):
            continue
        read = json.loads(bytes(held.content))
        for value in read[:2] if kind == "change" else [read]:
            for text in drill.words_in(json.loads(value) if kind == "change" and value else value):
                found[text] = None
    return list(found)


def backups_with(concern: Concern) -> list[tuple[dt.datetime, dt.datetime]]:
    """Nightly backups that still hold a text that was purged: when made, when removed."""
    if concern.state != Concern.State.PURGED or concern.decided is None:
        return []
    from eirene_web.files.nightly import older_than

    return older_than(concern.decided)


@dataclass(frozen=True)
class DutyOf:
    """A duty of the office or of a nation: who has it, and who could."""

    nation: str
    name: str
    duty: str
    title: str
    chosen: frozenset[int]
    posts: list[tuple[int, str]]


def duties(actor: Actor, alliance: Alliance, names: Names) -> list[DutyOf]:
    """Those that the actor may name posts for."""
    found = []
    for nation in dict.fromkeys([*([""] if actor.in_office else []), *actor.nations]):
        # Shown before the second factor is given; asked for when something is changed.
        decision = decide(actor, "designate", Target("body", alliance.slug, state="current", nation=nation))
        if not (decision.allowed or decision.weak):
            continue
        posts = [(post.pk, names.post(post)) for post in posts_of(alliance, nation)]
        for duty, title in Designated.Duty.choices:
            if duty == Designated.Duty.HEADS and nation:
                continue
            rows = Designated.objects.filter(alliance=alliance.slug, nation=nation, duty=duty)
            chosen = frozenset(rows.values_list("post", flat=True))
            found.append(DutyOf(nation, names.nation(nation), duty, str(title), chosen, posts))
    return found
