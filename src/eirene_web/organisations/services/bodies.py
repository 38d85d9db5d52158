"""Bodies: adding, renaming, moving, closing. Everything from a day on; what was before stays."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Body, BodySpan, Post
from eirene_web.organisations.queries import body_target, current
from eirene_web.organisations.services.common import Text, chain_of, find_body, locked_body, named, zone
from eirene_web.policy import Actor, ask

#: Kinds of body that the platform adds; nations come from the pack.
ADDED = (Body.Kind.MINISTRY, Body.Kind.FORCE, Body.Kind.COMMAND, Body.Kind.UNIT, Body.Kind.PARTNER)

#: Words that addresses of pages hold where a code could stand.
RESERVED = ("people", "posts", "holdings", "invitations")


@change
def add_body(
    *,
    actor: Actor,
    alliance: str,
    kind: str,
    name: Text,
    parent: str,
    code: str = "",
    time_zone: str = "",
    since: dt.date | None = None,
) -> Body:
    """A ministry, force, command, unit or partner organisation under a body that is there."""
    above = find_body(alliance, parent)
    ask(actor, "bodies.change", body_target(above))
    if kind not in ADDED:
        raise UsageError(_("A body of this kind comes from the pack."), remedy=_("Change the pack’s bodies.csv."))
    if kind == Body.Kind.PARTNER and above.kind != Body.Kind.OFFICE:
        raise UsageError(_("A partner organisation lies in no nation."), remedy=_("Add it under the office."))
    made_code = code or _free_code(above, kind)
    if not made_code.isascii() or not made_code.replace("-", "").replace("_", "").isalnum():
        raise UsageError(_("A code is made of letters, digits, hyphens and underlines."))
    if made_code in RESERVED or Body.objects.filter(alliance=alliance, code=made_code).exists():
        raise UsageError(_("The code %(code)s is taken.") % {"code": made_code})
    nation = made_code if kind == Body.Kind.PARTNER else above.nation
    body = Body.objects.create(
        alliance_id=alliance, kind=kind, code=made_code, nation=nation, time_zone=zone(time_zone) if time_zone else ""
    )
    words = named(name)
    BodySpan.objects.create(body=body, name=words, parent=above, since=since)
    record(
        actor, "bodies.change", chain=chain_of(body), subject=f"body:{body.code}",
        fields=[
            Field(f"body:{body.code}", "name", None, words), Field(f"body:{body.code}", "parent", None, parent),
            Field(f"body:{body.code}", "kind", None, kind),
            Field(f"body:{body.code}", "time_zone", None, body.time_zone),
            Field(f"body:{body.code}", "since", None, since),
        ],
    )  # fmt: skip
    return body


def _free_code(above: Body, kind: str) -> str:
    taken = set(Body.objects.filter(alliance=above.alliance_id).values_list("code", flat=True))
    stem = kind if above.kind == Body.Kind.OFFICE else f"{above.code}-{kind}"
    return next(code for n in range(1, 10_000) if (code := f"{stem}-{n}") not in taken)


@change
def move_body(
    *, actor: Actor, alliance: str, code: str, name: Text | None = None, parent: str | None = None, since: dt.date
) -> Body:
    """From a day on the body is called otherwise or lies elsewhere; what it was before stays."""
    body = locked_body(alliance, code)
    ask(actor, "bodies.change", body_target(body))
    if body.kind == Body.Kind.NATION:
        raise UsageError(_("What a nation is called stands in the pack."), remedy=_("Change the pack’s names."))
    last = body.spans.filter(until__isnull=True).first()
    if last is None and body.spans.exists():
        raise UsageError(_("This body is closed."))
    if last is not None and last.since is not None and since <= last.since:
        raise UsageError(_("The day must lie after the last change."))
    above = find_body(alliance, parent) if parent is not None else (last.parent if last else None)
    if above is not None and parent is not None:
        if body.kind == Body.Kind.OFFICE:
            raise UsageError(_("The office lies under no other body."))
        if above.nation != body.nation and not (body.kind == Body.Kind.PARTNER and above.kind == Body.Kind.OFFICE):
            raise UsageError(_("A body does not move to another nation."))
        _no_circle(body, above, since)
    new_name = named(name) if name else (last.name if last else {})
    before = {"name": last.name, "parent": last.parent.code if last.parent else None} if last else {}
    if last is not None:
        last.until = since - dt.timedelta(days=1)
        last.save(update_fields=["until"])
    BodySpan.objects.create(body=body, name=new_name, parent=above, since=since)
    record(
        actor, "bodies.change", chain=chain_of(body), subject=f"body:{body.code}",
        fields=[
            Field(f"body:{body.code}", "name", before.get("name"), new_name),
            Field(f"body:{body.code}", "parent", before.get("parent"), above.code if above else None),
            Field(f"body:{body.code}", "since", last.since if last else None, since),
        ],
    )  # fmt: skip
    return body


def _no_circle(body: Body, above: Body, since: dt.date) -> None:
    """On no day from `since` on may the body lie under itself: other moves may be waiting for their day.

    The nation's bodies take their turn, so that two moves made at once do not close a circle together.
    """
    list(Body.objects.select_for_update().filter(alliance=body.alliance_id, nation=body.nation).order_by("pk"))
    spans = list(BodySpan.objects.filter(body__alliance=body.alliance_id, body__nation=body.nation).exclude(body=body))
    days = {since, *(s.since for s in spans if s.since is not None and s.since > since)}
    for day in sorted(days):
        parents = {
            s.body_id: s.parent_id
            for s in spans
            if (s.since is None or s.since <= day) and (s.until is None or s.until >= day)
        }
        at: int | None = above.pk
        while at is not None:
            if at == body.pk:
                raise UsageError(_("A body cannot lie under itself."))
            at = parents.get(at)


@change
def close_body(*, actor: Actor, alliance: str, code: str, until: dt.date, why: str = "") -> Body:
    """The last day of a body that has no posts and no bodies below it any more."""
    body = locked_body(alliance, code)
    ask(actor, "bodies.change", body_target(body))
    last = body.spans.filter(until__isnull=True).first()
    if body.kind not in ADDED or last is None:
        raise UsageError(_("This body is not closed here."))
    if last.since is not None and until < last.since:
        raise UsageError(_("The last day lies before the first."))
    after = until + dt.timedelta(days=1)
    if Post.objects.filter(current(after, ""), body=body).exists():
        raise UsageError(_("There are posts in this body."), remedy=_("Close them first."))
    if BodySpan.objects.filter(current(after, ""), parent=body).exists():
        raise UsageError(_("There are bodies under this one."), remedy=_("Move or close them first."))
    last.until = until
    last.save(update_fields=["until"])
    record(
        actor, "bodies.change", chain=chain_of(body), subject=f"body:{code}",
        fields=[Field(f"body:{code}", "until", None, until.isoformat())], why=why,
    )  # fmt: skip
    return body


@change
def set_time_zone(*, actor: Actor, alliance: str, code: str, time_zone: str) -> Body:
    """By which clock the body's deadlines are shown; '': the nation's, then the alliance's."""
    body = locked_body(alliance, code)
    ask(actor, "bodies.change", body_target(body))
    before, body.time_zone = body.time_zone, zone(time_zone) if time_zone else ""
    body.save(update_fields=["time_zone"])
    record(
        actor, "bodies.change", chain=chain_of(body), subject=f"body:{body.code}",
        fields=[Field(f"body:{body.code}", "time_zone", before, body.time_zone)],
    )  # fmt: skip
    return body
