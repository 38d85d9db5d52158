"""Changes of the organisation: alliances, bodies, posts, roles, and who holds a post from when to when."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.framework import Pack
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.organisations.models import Alliance, Body, BodySpan, Holding, Post, PostRole
from eirene_web.organisations.packs import keep
from eirene_web.organisations.queries import body_target
from eirene_web.policy import ROLES, Actor, NotThere, ask

Text = Mapping[str, str]
#: Kinds of body that the platform adds; nations come from the pack.
ADDED = (Body.Kind.MINISTRY, Body.Kind.FORCE, Body.Kind.COMMAND, Body.Kind.UNIT, Body.Kind.PARTNER)


# --- the alliance ---------------------------------------------------------------------------------------------------


@change
def found_alliance(*, pack: Pack, time_zone: str = "UTC", demo: bool = False) -> Alliance:
    """The alliance of a pack, with its office and its nations: what an installation begins with. Idempotent.

    Done by the one who installs, from the command line, before there is anybody who could be asked.
    """
    row = keep(pack)
    alliance, made = Alliance.objects.get_or_create(
        slug=pack.header.slug, defaults={"pack": row, "time_zone": _zone(time_zone), "demo": demo}
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


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            _("There is no time zone “%(name)s”.") % {"name": name[:60]},
            remedy=_("Write it as Europe/Brussels or Pacific/Tarawa."),
        ) from None
    return name


# --- bodies ---------------------------------------------------------------------------------------------------------


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
    above = _body(alliance, parent)
    ask(actor, "bodies.change", body_target(above))
    if kind not in ADDED:
        raise UsageError(_("A body of this kind comes from the pack."), remedy=_("Change the pack’s bodies.csv."))
    made_code = code or _free_code(above, kind)
    nation = made_code if kind == Body.Kind.PARTNER else above.nation
    if Body.objects.filter(alliance=alliance, code=made_code).exists():
        raise UsageError(_("The code %(code)s is taken.") % {"code": made_code})
    body = Body.objects.create(
        alliance_id=alliance, kind=kind, code=made_code, nation=nation, time_zone=_zone(time_zone) if time_zone else ""
    )
    BodySpan.objects.create(body=body, name=dict(name), parent=above, since=since)
    record(
        actor, "bodies.change", chain=f"{alliance}/{nation}", subject=f"body:{body.code}",
        fields=[
            Field(f"body:{body.code}", "name", None, dict(name)), Field(f"body:{body.code}", "parent", None, parent),
            Field(f"body:{body.code}", "kind", None, kind),
            Field(f"body:{body.code}", "time_zone", None, body.time_zone),
            Field(f"body:{body.code}", "since", None, since),
        ],
    )  # fmt: skip
    return body


def _free_code(above: Body, kind: str) -> str:
    taken = set(Body.objects.filter(alliance=above.alliance_id).values_list("code", flat=True))
    stem = f"{above.code.strip('_')}-{kind}"
    return next(code for n in range(1, 10_000) if (code := f"{stem}-{n}") not in taken)


@change
def move_body(
    *, actor: Actor, alliance: str, code: str, name: Text | None = None, parent: str | None = None, since: dt.date
) -> Body:
    """From a day on the body is called otherwise or lies elsewhere; what it was before stays."""
    body = Body.objects.select_for_update().get(alliance=alliance, code=_body(alliance, code).code)
    ask(actor, "bodies.change", body_target(body))
    current = body.spans.filter(until__isnull=True).first()
    if body.kind == Body.Kind.NATION:
        raise UsageError(_("What a nation is called stands in the pack."), remedy=_("Change the pack’s names."))
    if current is not None and current.since is not None and since <= current.since:
        raise UsageError(_("The day must lie after the last change."))
    above = _body(alliance, parent) if parent is not None else (current.parent if current else None)
    if above is not None:
        if above.nation != body.nation:
            raise UsageError(_("A body does not move to another nation."))
        _no_circle(body, above)
    new_name = dict(name) if name else (current.name if current else {})
    before = {"name": current.name, "parent": current.parent.code if current.parent else None} if current else {}
    if current is not None:
        current.until = since - dt.timedelta(days=1)
        current.save(update_fields=["until"])
    BodySpan.objects.create(body=body, name=new_name, parent=above, since=since)
    record(
        actor, "bodies.change", chain=f"{alliance}/{body.nation}", subject=f"body:{body.code}",
        fields=[
            Field(f"body:{body.code}", "name", before.get("name"), new_name),
            Field(f"body:{body.code}", "parent", before.get("parent"), above.code if above else None),
            Field(f"body:{body.code}", "since", current.since if current else None, since),
        ],
    )  # fmt: skip
    return body


def _no_circle(body: Body, above: Body) -> None:
    at: Body | None = above
    while at is not None:
        if at.pk == body.pk:
            raise UsageError(_("A body cannot lie under itself."))
        span = at.spans.filter(until__isnull=True).select_related("parent").first()
        at = span.parent if span else None


@change
def set_time_zone(*, actor: Actor, alliance: str, code: str, time_zone: str) -> Body:
    """By which clock the body's deadlines are shown."""
    body = _body(alliance, code)
    ask(actor, "bodies.change", body_target(body))
    before, body.time_zone = body.time_zone, _zone(time_zone)
    body.save(update_fields=["time_zone"])
    record(
        actor, "bodies.change", chain=f"{alliance}/{body.nation}", subject=f"body:{body.code}",
        fields=[Field(f"body:{body.code}", "time_zone", before, time_zone)],
    )  # fmt: skip
    return body


def _body(alliance: str, code: str) -> Body:
    found = Body.objects.filter(alliance=alliance, code=code).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


# --- posts ----------------------------------------------------------------------------------------------------------


@change
def add_post(
    *,
    actor: Actor,
    alliance: str,
    body: str,
    title: Text,
    roles: Mapping[str, Iterable[str]],
    mailbox: str = "",
    above: int | None = None,
    contact: bool = False,
    since: dt.date | None = None,
) -> Post:
    """A post in a body with its roles: role → sections it reaches (none: all)."""
    row = _body(alliance, body)
    ask(actor, "posts.change", body_target(row))
    _fitting(row, roles)
    post = Post.objects.create(
        body=row, title=dict(title), mailbox=mailbox, above=_above(row, above), contact=contact, since=since
    )
    PostRole.objects.bulk_create(PostRole(post=post, role=r, sections=sorted(s)) for r, s in roles.items())
    record(
        actor, "posts.change", chain=f"{alliance}/{row.nation}", subject=f"post:{post.pk}",
        fields=[
            Field(f"post:{post.pk}", "title", None, dict(title)), Field(f"post:{post.pk}", "body", None, body),
            Field(f"post:{post.pk}", "roles", None, {r: sorted(s) for r, s in roles.items()}),
            Field(f"post:{post.pk}", "contact", None, contact), Field(f"post:{post.pk}", "mailbox", None, mailbox),
            Field(f"post:{post.pk}", "above", None, above), Field(f"post:{post.pk}", "since", None, since),
        ],
    )  # fmt: skip
    return post


def _fitting(body: Body, roles: Mapping[str, Iterable[str]]) -> None:
    at = "office" if body.kind == Body.Kind.OFFICE else "body"
    wrong = [role for role in roles if role not in ROLES or at not in ROLES[role].at or role == "person"]
    if wrong:
        raise UsageError(_("The role “%(role)s” is not held here.") % {"role": wrong[0][:40]})


def _above(body: Body, above: int | None) -> Post | None:
    if above is None:
        return None
    found = Post.objects.filter(pk=above, body__alliance=body.alliance_id, body__nation=body.nation).first()
    if found is None:
        raise UsageError(_("The post above must lie in the same nation."))
    return found


@change
def change_post(*, actor: Actor, post: int, why: str = "", **changes: Any) -> Post:
    """Changes title, mailbox, contact, above, until or roles of a post."""
    row = _post(post)
    ask(actor, "posts.change", body_target(row.body))
    fields: list[Field] = []
    for name in ("title", "mailbox", "contact", "until"):
        if name in changes:
            fields.append(Field(f"post:{row.pk}", name, getattr(row, name), changes[name]))
            setattr(row, name, changes[name])
    if "above" in changes:
        fields.append(Field(f"post:{row.pk}", "above", row.above_id, changes["above"]))
        row.above = _above(row.body, changes["above"])
    row.save()
    if "roles" in changes:
        wanted: Mapping[str, Iterable[str]] = changes["roles"]
        _fitting(row.body, wanted)
        before = {r.role: r.sections for r in row.roles.all()}
        row.roles.all().delete()
        PostRole.objects.bulk_create(PostRole(post=row, role=r, sections=sorted(s)) for r, s in wanted.items())
        fields.append(Field(f"post:{row.pk}", "roles", before, {r: sorted(s) for r, s in wanted.items()}))
    record(
        actor, "posts.change", chain=f"{row.body.alliance_id}/{row.body.nation}", subject=f"post:{row.pk}",
        fields=fields, why=why,
    )  # fmt: skip
    return row


def _post(pk: int) -> Post:
    found = Post.objects.select_for_update(of=("self",)).select_related("body").filter(pk=pk).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


# --- people in posts ------------------------------------------------------------------------------------------------


@change
def fill_post(
    *,
    actor: Actor | None,
    post: int,
    person: int,
    since: dt.date | None = None,
    until: dt.date | None = None,
    via: str = Holding.Via.HOLDER,
) -> Holding:
    """Puts somebody into a post. `actor` None: the installation's first people, by the one who installs."""
    row = _post(post)
    if actor is not None:
        ask(actor, "posts.fill", body_target(row.body))
    if Holding.objects.filter(post=row, person=person, until__isnull=True).exists():
        raise UsageError(_("This person holds the post already."))
    holding = Holding.objects.create(post=row, person_id=person, via=via, since=since or now().date(), until=until)
    record(
        actor, "posts.fill", chain=f"{row.body.alliance_id}/{row.body.nation}", subject=f"post:{row.pk}",
        fields=[
            Field(f"holding:{holding.pk}", "person", None, person), Field(f"holding:{holding.pk}", "via", None, via),
            Field(f"holding:{holding.pk}", "post", None, row.pk),
            Field(f"holding:{holding.pk}", "since", None, holding.since),
            Field(f"holding:{holding.pk}", "until", None, until),
        ],
    )  # fmt: skip
    return holding


@change
def leave_post(*, actor: Actor, holding: int, until: dt.date, why: str = "") -> Holding:
    """Ends somebody's time in a post; duties and history stay with the post."""
    row = Holding.objects.select_related("post__body").filter(pk=holding).first()
    if row is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    body = row.post.body
    ask(actor, "posts.fill", body_target(body))
    if until < row.since:
        raise UsageError(_("The last day lies before the first."))
    before, row.until = row.until, until
    row.save(update_fields=["until"])
    record(
        actor, "posts.fill", chain=f"{body.alliance_id}/{body.nation}", subject=f"post:{row.post_id}",
        fields=[Field(f"holding:{row.pk}", "until", before, until.isoformat())], why=why,
    )  # fmt: skip
    return row


def person_named(email: str, name: str, **more: Any) -> Person:
    """The account of an address, made without a password if there is none yet: an invitation lets its owner in."""
    found = Person.objects.filter(email__iexact=email).first()
    return found or Person.objects.create_user(email, None, name=name, **more)
