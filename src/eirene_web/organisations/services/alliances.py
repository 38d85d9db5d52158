"""Founding an alliance, following its pack, and a nation that continues another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.framework import Pack
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Alliance, Body, BodySpan, Post
from eirene_web.organisations.packs import keep
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.services.common import locked_body, zone
from eirene_web.organisations.succession import line_of
from eirene_web.policy import Actor, ask


@change
def found_alliance(*, pack: Pack, time_zone: str = "UTC", demo: bool = False) -> Alliance:
    """The alliance of a pack, with its office and its nations: what an installation begins with. Idempotent.

    Done by the one who installs, from the command line, before there is anybody who could be asked.
    """
    row = keep(pack)
    alliance, made = Alliance.objects.get_or_create(
        slug=pack.header.slug, defaults={"pack": row, "time_zone": zone(time_zone), "demo": demo}
    )
    _row, office = Body.objects.get_or_create(
        alliance=alliance, code="_office", defaults={"kind": Body.Kind.OFFICE, "nation": ""}
    )
    fields = [Field("body:_office", "kind", None, Body.Kind.OFFICE.value)] if office else []
    fields += _nations(alliance, pack)
    if made:
        told = {"time_zone": alliance.time_zone, "demo": alliance.demo}
        fields += [Field(f"alliance:{alliance.slug}", name, None, value) for name, value in told.items()]
    if made or fields or alliance.pack_id != row.pk:
        before, alliance.pack = (None if made else alliance.pack_id), row
        alliance.save(update_fields=["pack"])
        record(
            None, "alliance.found", chain=f"{alliance.slug}/", subject=f"alliance:{alliance.slug}",
            fields=[Field(f"alliance:{alliance.slug}", "pack", before, row.pk), *fields],
        )  # fmt: skip
    return alliance


@change
def sync_with_pack(*, pack: Pack, succeeds: Mapping[str, str] | None = None) -> Alliance:
    """The alliance follows a new version of its pack: new nations get their bodies, names change by the pack's dates.

    succeeds   new code → the code that it continues, after a split or a change of code; what goes over to it is
               said by `continue_nation`
    Cycles keep the pack that they were opened with. Done from the command line, like founding. Idempotent.
    """
    alliance = found_alliance(pack=pack)
    for new, old in (succeeds or {}).items():
        body, before = locked_body(alliance.slug, new), locked_body(alliance.slug, old)
        if body.succeeds_id != before.pk:
            _succeed(None, body, before)
    return alliance


def _succeed(actor: Actor | None, body: Body, before: Body) -> None:
    if {body.kind, before.kind} != {Body.Kind.NATION} or body.pk in {one.pk for one in line_of(before)}:
        raise UsageError(_("A nation continues another nation, and not the other way round too."))
    body.succeeds = before
    body.save(update_fields=["succeeds"])
    record(
        actor, "alliance.found", chain=f"{body.alliance_id}/", subject=f"body:{body.code}",
        fields=[Field(f"body:{body.code}", "succeeds", None, before.code)],
    )  # fmt: skip


def _nations(alliance: Alliance, pack: Pack) -> list[Field]:
    """A body for each nation of the pack that has none yet."""
    known = set(Body.objects.filter(alliance=alliance).values_list("code", flat=True))
    new = [
        Body(alliance=alliance, kind=Body.Kind.NATION, code=code, nation=code)
        for code in pack.bodies
        if code not in known
    ]
    for body in new:
        body.save()
    return [Field(f"body:{body.code}", "kind", None, str(body.kind)) for body in new]


@change
def continue_nation(
    *,
    actor: Actor,
    alliance: str,
    old: str,
    new: str,
    since: dt.date,
    posts: Iterable[int] = (),
    bodies: Iterable[str] = (),
) -> Body:
    """What of a nation goes on in the one that continues it: posts of the nation itself, and bodies with all below.

    Holders, duties and history stay with the posts. When nothing is left in the old nation, the posts of the new one
    answer for its open reports too. Done by the office: it concerns two nations.
    """
    wanted_posts, wanted_bodies = set(posts), set(bodies)
    first, second = sorted((old, new))
    rows = {code: locked_body(alliance, code) for code in (first, second)}
    before, after = rows[old], rows[new]
    for body in (before, after):
        ask(actor, "bodies.change", body_target(body))
    if after.succeeds_id != before.pk:
        raise UsageError(
            _("%(new)s does not continue %(old)s.") % {"new": new, "old": old},
            remedy=_("Say so when the new pack is taken over."),
        )
    if since > now().date():
        raise UsageError(_("Take it over on the day itself, or after it."))
    moved = [*_move_posts(before, after, wanted_posts), *_move_bodies(before, after, wanted_bodies, since)]
    _cut_lines(alliance)
    record(actor, "bodies.change", chain=f"{alliance}/", subject=f"body:{new}", fields=moved)
    return after


def _move_posts(before: Body, after: Body, wanted: set[int]) -> list[Field]:
    found = list(Post.objects.select_for_update().filter(pk__in=wanted, body=before))
    if len(found) != len(wanted):
        raise UsageError(_("Not all of these posts are posts of %(nation)s itself.") % {"nation": before.code})
    for post in found:
        post.body = after
        post.save(update_fields=["body"])
    return [Field(f"post:{post.pk}", "body", before.code, after.code) for post in found]


def _move_bodies(before: Body, after: Body, wanted: set[str], since: dt.date) -> list[Field]:
    """Each of them, and everything that lies below it today."""
    below: dict[int | None, list[BodySpan]] = {}
    spans = BodySpan.objects.select_related("body").filter(body__alliance=before.alliance_id, until__isnull=True)
    for span in spans.filter(body__nation=before.code):
        below.setdefault(span.parent_id, []).append(span)
    direct = [span for span in below.get(before.pk, []) if span.body.code in wanted]
    if len(direct) != len(wanted):
        raise UsageError(_("Not all of these bodies lie directly in %(nation)s.") % {"nation": before.code})
    for span in direct:
        _respan(span, after, since)
    fields: list[Field] = []
    at = list(direct)
    while at:
        span = at.pop()
        span.body.nation = after.code
        span.body.save(update_fields=["nation"])
        fields.append(Field(f"body:{span.body.code}", "nation", before.code, after.code))
        at += below.get(span.body_id, [])
    return fields


def _respan(span: BodySpan, parent: Body, since: dt.date) -> None:
    if span.since is not None and since <= span.since:
        raise UsageError(_("The day must lie after the last change."))
    name = span.name
    span.until = since - dt.timedelta(days=1)
    span.save(update_fields=["until"])
    BodySpan.objects.create(body=span.body, name=name, parent=parent, since=since)


def _cut_lines(alliance: str) -> None:
    """No post has one above it in another nation."""
    posts = Post.objects.filter(body__alliance=alliance, above__isnull=False).select_related("body", "above__body")
    for post in posts:
        if post.above is not None and post.above.body.nation != post.body.nation:
            post.above = None
            post.save(update_fields=["above"])
