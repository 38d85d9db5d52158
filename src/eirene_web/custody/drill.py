"""The drill for a name that slipped in: raised by whoever may read it, out of sight at once, decided by one post.

    raise_concern   the text leaves its place, the history, what was submitted and the files; a marker stands there
    release         everything goes back to where it was
    purge           what was taken out is destroyed; hashes stay, so that the chain still holds

A purge is noted in a ledger outside the database as well, without content, so that a backup of before can be purged
when it is brought back (`eirene restore` does).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.custody.hiding import back, destroy, hide
from eirene_web.custody.models import Concern, Designated
from eirene_web.custody.quarantine import Holder, holder_of
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, NotThere, Target, ask

LEDGER = "purges.jsonl"


# --- raising --------------------------------------------------------------------------------------------------------


@change
def raise_concern(*, actor: Actor, alliance: str, ref: str, why: str = Concern.Why.PERSON) -> Concern:
    """Takes a text out of sight, everywhere, until the designated post has decided. Again: the same concern.

    Raises NotThere for what the actor may not read.
    """
    ask(actor, "text.raise", Target("text", alliance))
    holder, key = holder_of(ref)
    found = holder.find(alliance, key) if holder else None
    if holder is None or found is None or not holder.may_read(actor, alliance, key):
        raise NotThere(_("There is no such page, or it is not for you."))
    if why not in Concern.Why.values:
        raise UsageError(_("Choose why it should not be here."))
    open_one = Concern.objects.filter(alliance=alliance, ref=ref, state=Concern.State.QUARANTINED).first()
    if open_one is not None:
        return open_one
    concern = Concern.objects.create(
        alliance=alliance, nation=found.nation, ref=ref, why=why, raised=now(), raised_by=actor.person
    )
    fields = hide(concern, holder, key, found)
    told = {"state": str(concern.state), "ref": ref, "why": str(why)}
    record(
        actor, "text.raise", chain=f"{alliance}/{found.nation}", subject=_thing(concern),
        fields=[*(Field(_thing(concern), name, None, value) for name, value in told.items()), *fields],
    )  # fmt: skip
    _tell(concern)
    return concern


def _thing(concern: Concern) -> str:
    return f"concern:{concern.pk}"


# --- deciding -------------------------------------------------------------------------------------------------------


def deciders(alliance: str, nation: str) -> list[int]:
    """The posts that decide: those designated; where there are none, the authorised officers, at the office the
    coordinators."""
    named = Designated.objects.filter(alliance=alliance, nation=nation, duty=Designated.Duty.QUARANTINE)
    found = list(named.order_by("pk").values_list("post", flat=True))
    if found:
        return found
    role = "authorised_officer" if nation else "coordinator"
    post = apps.get_model("organisations", "Post")
    posts = post.objects.filter(body__alliance=alliance, body__nation=nation, roles__role=role)
    return list(posts.order_by("pk").values_list("pk", flat=True))


def concern_target(concern: Concern) -> Target:
    return Target(
        "concern", concern.alliance, state=concern.state, nation=concern.nation, person=concern.raised_by,
        posts=frozenset(deciders(concern.alliance, concern.nation)),
    )  # fmt: skip


def _open(actor: Actor, pk: int) -> Concern:
    concern = Concern.objects.select_for_update().filter(pk=pk).first()
    if concern is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    ask(actor, "concern.decide", concern_target(concern))
    return concern


@change
def release(*, actor: Actor, concern: int) -> Concern:
    """Puts everything back. What was written in its place meanwhile stays."""
    row = _open(actor, concern)
    holder, key = _holder(row)
    found = holder.find(row.alliance, key)
    texts = {text.place: text for text in found.texts} if found else {}
    fields: list[Field] = []
    for held in row.held.order_by("pk"):
        fields += back(held, holder, texts)
    return _decided(actor, "text.release", row, Concern.State.RELEASED, fields)


@change
def purge(*, actor: Actor, concern: int) -> Concern:
    """Destroys what was taken out. Nothing brings it back; hashes stay."""
    row = _open(actor, concern)
    holder, key = _holder(row)
    stub = Stub(row.alliance, row.nation, row.ref, now().isoformat(), row.why)
    fields = destroy(row, holder, key)
    done = _decided(actor, "text.purge", row, Concern.State.PURGED, fields)
    transaction.on_commit(lambda: note(stub))
    return done


def _holder(row: Concern) -> tuple[Holder, str]:
    holder, key = holder_of(row.ref)
    assert holder is not None, "a concern is raised through a holder"
    return holder, key


def _decided(actor: Actor | None, verb: str, row: Concern, state: str, fields: list[Field]) -> Concern:
    before, row.state = row.state, state
    row.decided, row.decided_by = now(), actor.person if actor else None
    row.save(update_fields=["state", "decided", "decided_by"])
    row.held.all().delete()
    record(
        actor, verb, chain=f"{row.alliance}/{row.nation}", subject=_thing(row),
        fields=[Field(_thing(row), "state", str(before), str(state)), *fields],
    )  # fmt: skip
    return row


# --- the ledger -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stub:
    """That something was purged: what and when; not a word of it."""

    alliance: str
    nation: str
    ref: str
    at: str
    why: str


def ledgers() -> list[Path]:
    """Where purges are noted: in the home folder, and beside the backups, which may outlive it."""
    found = [Path(settings.EIRENE_HOME) / LEDGER]
    backups = Path(settings.EIRENE_BACKUPS)
    if backups.is_dir():
        found.append(backups / LEDGER)
    return found


def note(stub: Stub) -> None:
    line = (json.dumps(stub.__dict__, sort_keys=True) + "\n").encode()
    for path in ledgers():
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)


def noted(*paths: Path) -> list[Stub]:
    """Every purge that the ledgers know, once, in order."""
    lines = [line for path in paths if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    found = {Stub(**json.loads(line)) for line in lines if line.strip()}
    return sorted(found, key=lambda one: one.at)


@change
def purge_again(*, stub: Stub) -> bool:
    """Purges in a state of before what was purged since; by the system, for it was decided then. False: not there."""
    holder, key = holder_of(stub.ref)
    found = holder.find(stub.alliance, key) if holder else None
    if holder is None or found is None:
        return False
    done = Concern.objects.filter(alliance=stub.alliance, ref=stub.ref, state=Concern.State.PURGED)
    if any(one.decided is not None and one.decided.isoformat() >= stub.at for one in done):
        return False
    row = Concern.objects.filter(alliance=stub.alliance, ref=stub.ref, state=Concern.State.QUARANTINED).first()
    if row is None:
        row = Concern.objects.create(
            alliance=stub.alliance, nation=found.nation, ref=stub.ref, why=stub.why, raised=now()
        )
        fields = [Field(_thing(row), "ref", None, stub.ref), *hide(row, holder, key, found)]
        record(None, "text.raise", chain=f"{row.alliance}/{row.nation}", subject=_thing(row), fields=fields)
    _decided(None, "text.purge", row, Concern.State.PURGED, destroy(row, holder, key))
    return True


#: Beginnings of the names of tables that texts stand in, or stood in for a while.
_SCRUBBED = ("journal_", "custody_", "reports_", "editions_", "work_", "notices_", "api_", "accounts_", "django_tasks_")


def scrub() -> None:
    """Writes the database anew without what was overwritten or deleted in it, outside any transaction.

    On SQLite the whole file; on PostgreSQL the tables that texts stand in. Its log, copies of it and replicas are the
    database administrator's to clear: docs/administration.md says how.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(_SCRUBBED):
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")


# --- whom to tell ---------------------------------------------------------------------------------------------------


def _tell(concern: Concern) -> None:
    """Nobody but those who decide; the notice says that there is something, and nothing of it."""
    from eirene_web.notices.services import tell

    tell(
        "text_raised", people=holders_of(deciders(concern.alliance, concern.nation)), alliance=concern.alliance,
        key=f"concern:{concern.pk}", where=f"/{concern.alliance}/work/quarantine/{concern.pk}/",
    )  # fmt: skip


def holders_of(posts: Iterable[int]) -> list[tuple[int, str]]:
    """Who holds the posts today, with the address of the post."""
    today = now().date()
    holding = apps.get_model("organisations", "Holding")
    rows = holding.objects.filter(post__in=list(posts), since__lte=today, person__is_active=True)
    current = [h for h in rows.select_related("post") if h.until is None or h.until >= today]
    return [(h.person_id, h.post.mailbox) for h in current]


@change
def designate(*, actor: Actor, alliance: str, nation: str, duty: str, posts: Iterable[int]) -> list[int]:
    """Names the posts for a duty: of the office, or of the nation itself. At most two."""
    wanted = sorted(set(posts))
    ask(actor, "designate", Target("body", alliance, state="current", nation=nation))
    if duty not in Designated.Duty.values or (duty == Designated.Duty.HEADS and nation):
        raise UsageError(_("There is no such duty."))
    if len(wanted) > 2:
        raise UsageError(_("At most two posts are named."))
    post = apps.get_model("organisations", "Post")
    fit = set(
        post.objects.filter(pk__in=wanted, body__alliance=alliance, body__nation=nation).values_list("pk", flat=True)
    )
    if duty == Designated.Duty.HEADS:
        # One of the two may be anybody's: who keeps the attestation should not be who keeps the database.
        fit = set(post.objects.filter(pk__in=wanted, body__alliance=alliance).values_list("pk", flat=True))
    if set(wanted) - fit:
        raise UsageError(_("This post does not exist here."))
    rows = Designated.objects.filter(alliance=alliance, nation=nation, duty=duty)
    before = sorted(rows.values_list("post", flat=True))
    rows.exclude(post__in=wanted).delete()
    Designated.objects.bulk_create(
        Designated(alliance=alliance, nation=nation, duty=duty, post=one) for one in wanted if one not in before
    )
    record(
        actor, "designate", chain=f"{alliance}/{nation}", subject=f"designated:{nation or '_office'}/{duty}",
        fields=[Field(f"designated:{nation or '_office'}/{duty}", "posts", before or None, wanted)],
    )  # fmt: skip
    return wanted
