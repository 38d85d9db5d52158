"""What the journal answers for of alliances, bodies, posts and who holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from eirene_web.journal.audit import Audited, Difference, Rows
from eirene_web.organisations.models import Alliance, Body, BodySpan, Holding, Invitation, PackFile, Post, PostRole


def _alliances(alliance: str) -> Rows:
    for row in Alliance.objects.filter(slug=alliance):
        yield row.slug, {"pack": row.pack_id, "time_zone": row.time_zone, "demo": row.demo}


def _bodies(alliance: str) -> Rows:
    spans = BodySpan.objects.filter(body__alliance=alliance).select_related("parent")
    # In the order of their days: the last one of a body is the one that stands.
    current = {span.body_id: span for span in spans}
    for row in Body.objects.filter(alliance=alliance).select_related("succeeds").order_by("pk"):
        span = current.get(row.pk)
        yield (
            row.code,
            {
                "kind": row.kind,
                "time_zone": row.time_zone,
                "succeeds": row.succeeds.code if row.succeeds else None,
                "name": span.name if span else None,
                "parent": span.parent.code if span and span.parent else None,
                "since": span.since if span else None,
                "until": span.until if span else None,
            },
        )


def _posts(alliance: str) -> Rows:
    rows = Post.objects.filter(body__alliance=alliance).select_related("body").prefetch_related("roles").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield (
            str(row.pk),
            {
                "body": row.body.code,
                "title": row.title,
                "mailbox": row.mailbox,
                "above": row.above_id,
                "contact": row.contact,
                "since": row.since,
                "until": row.until,
                "roles": {role.role: sorted(role.sections) for role in row.roles.all()},
            },
        )


def _holdings(alliance: str) -> Rows:
    for row in Holding.objects.filter(post__body__alliance=alliance).order_by("pk").iterator(chunk_size=500):
        yield (
            str(row.pk),
            {"person": row.person_id, "post": row.post_id, "via": row.via, "since": row.since, "until": row.until},
        )


def _invitations(alliance: str) -> Rows:
    for row in Invitation.objects.filter(post__body__alliance=alliance).order_by("pk"):
        yield (
            str(row.pk),
            {"email": row.email, "expires": row.expires, "withdrawn": row.withdrawn, "used": row.used},
        )


def _pack_bytes(alliance: str) -> Iterable[Difference]:
    """The packs in force are what their hash says."""
    used = {Alliance.objects.get(slug=alliance).pack_id} if Alliance.objects.filter(slug=alliance).exists() else set()
    for row in PackFile.objects.filter(pk__in=used):
        if hashlib.sha256(bytes(row.content)).hexdigest() != row.sha256:
            yield Difference("bytes", f"pack {row.pack} {row.version}", "Its content is not that of its hash.")


AUDITED = [
    Audited("alliance", _("the alliance"), ("pack", "time_zone", "demo"), _alliances,
            {Alliance: ("slug", "pack", "time_zone", "demo")}),
    Audited("body", _("the body"), ("kind", "time_zone", "succeeds", "name", "parent", "since", "until"), _bodies,
            {Body: ("id", "alliance", "code", "kind", "time_zone", "succeeds"),
             BodySpan: ("id", "body", "name", "parent", "since", "until")}),
    Audited("post", _("the post"), ("body", "title", "mailbox", "above", "contact", "since", "until", "roles"), _posts,
            {Post: ("id", "body", "title", "mailbox", "above", "contact", "since", "until"),
             PostRole: ("id", "post", "role", "sections")}),
    Audited("holding", _("the holding"), ("person", "post", "via", "since", "until"), _holdings,
            {Holding: ("id", "post", "person", "via", "since", "until")}),
    Audited("invitation", _("the invitation"), ("email", "expires", "withdrawn", "used"), _invitations,
            {Invitation: ("id", "email", "expires", "withdrawn", "used")}, partly=True),
]  # fmt: skip
CHECKS = [_pack_bytes]
APART = {
    "organisations.PackFile": "kept under the hash of its content, which is checked",
    "organisations.Body.nation": "follows from code, kind and the body above",
    **{
        f"organisations.Invitation.{name}": "stands in the mail that went out; what it led to is recorded"
        for name in ("post", "name", "language", "via", "since", "by", "made", "hash", "mailed", "person")
    },
}
