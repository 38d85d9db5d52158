"""What the policy is asked about: editions, a nation’s part of one, releases."""

from __future__ import annotations

from eirene.framework import Pack
from eirene_web.editions.models import Draft, Release
from eirene_web.organisations.packs import may_see
from eirene_web.policy import Actor, Target


def edition_target(draft: Draft | None, alliance: str = "") -> Target:
    """`draft` None: of a cycle whose edition is not begun."""
    if draft is None:
        return Target("edition", alliance, state="unbegun")
    return Target("edition", draft.alliance_id, state=draft.state)


def part_target(draft: Draft, nation: str) -> Target:
    return Target("edition_part", draft.alliance_id, state=draft.state, nation=nation)


def release_target(actor: Actor, release: Release, pack: Pack) -> Target:
    """The release, in the state that it is in for this actor: for whose eyes it was built. `pack`: the alliance’s."""
    state = "public" if release.public else standing(actor, release.audience, pack)
    return Target("release", release.slug, state=state)


def standing(actor: Actor, audience: str, pack: Pack) -> str:
    """How an audience stands to the actor: office, mine or narrower."""
    if any(a.code == audience and a.names_all for a in pack.header.audiences):
        return "office"
    codes = [a.code for a in pack.header.audiences]
    if audience not in codes or actor.audience not in codes:
        return "narrower"
    return "mine" if may_see(pack, actor.audience, audience) else "narrower"
