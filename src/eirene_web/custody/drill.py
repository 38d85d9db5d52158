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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.custody.models import Concern, Designated, Held
from eirene_web.custody.quarantine import (
    MARKERS,
    PURGED,
    QUARANTINED,
    Document,
    Found,
    Holder,
    Text,
    at,
    carriers,
    holder_of,
    made,
    written,
)
from eirene_web.files import services as files
from eirene_web.files.models import Blob
from eirene_web.journal.chain import canonical
from eirene_web.journal.models import Change
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
    fields = _hide(concern, holder, key, found)
    told = {"state": str(concern.state), "ref": ref, "why": str(why)}
    record(
        actor, "text.raise", chain=f"{alliance}/{found.nation}", subject=_thing(concern),
        fields=[*(Field(_thing(concern), name, None, value) for name, value in told.items()), *fields],
    )  # fmt: skip
    _tell(concern)
    return concern


def _thing(concern: Concern) -> str:
    return f"concern:{concern.pk}"


def _hide(concern: Concern, holder: Holder, key: str, found: Found) -> list[Field]:
    """Moves everything into the concern's keeping; gives the journal fields of what changed in the open."""
    words = _hide_changes(concern, holder, key)
    fields: list[Field] = []
    for text in found.texts:
        value = _now(text)
        if value in (None, "", [], {}, *MARKERS) or not _hold(concern, text.place, canonical(value).encode()):
            continue
        words += _taken(value, text.put(QUARANTINED))
        fields += _put(text, text.put(QUARANTINED))
    for document in found.documents:
        words += _take_out(concern, document)
        fields += _written(holder, concern, document.submission, QUARANTINED)
    for sha256 in found.blobs:
        if _hold(concern, f"blob:{sha256}", b""):
            files.quarantine(sha256)
    _elsewhere(concern, words)
    return fields


def _hide_changes(concern: Concern, holder: Holder, key: str) -> list[str]:
    """What the journal holds of it, and the reasons that were given with it; gives the sentences in them."""
    own = holder.changes(concern.alliance, key)
    with_it = Change.objects.filter(field="reason", entry__in=list(own.values_list("entry", flat=True)))
    pks = {*own.values_list("pk", flat=True), *with_it.values_list("pk", flat=True)}
    words = []
    for one in Change.objects.filter(pk__in=pks, salt__isnull=False):
        content = canonical([one.before, one.after, one.salt])
        _hold(concern, f"change:{one.pk}", content.encode())
        Change.objects.filter(pk=one.pk).update(before=None, after=None, salt=None)
        words += [word for told in (one.before, one.after) if told for word in words_in(json.loads(told))]
    # A code or a hash is no sentence: it stands in many other places and names nobody.
    return [word for word in words if len(word) >= SHORT and " " in word]


def _hold(concern: Concern, place: str, content: bytes) -> bool:
    """False if another concern has taken it out already."""
    if Held.objects.filter(place=place).exists():
        return False
    Held.objects.create(concern=concern, place=place, content=content)
    return True


def _taken(value: Any, new: Any) -> list[str]:
    """The texts in a value that a marker replaces; codes beside them stay."""
    if isinstance(value, str):
        return [value] if new != value else []
    if isinstance(value, dict):
        return [word for key, one in value.items() for word in _taken(one, at(new, (key,)))]
    if isinstance(value, list):
        return [word for n, one in enumerate(value) for word in _taken(one, at(new, (n,)))]
    return []


def _now(text: Text) -> Any:
    """What stands there at this moment: several texts may lie in one column."""
    text.row.refresh_from_db(fields=[text.column])
    return text.value


def _put(text: Text, value: Any) -> list[Field]:
    """Replaces the text; what stood there is in no entry of the journal: it is being kept from being read."""
    whole = written(getattr(text.row, text.column), [(text.spot, value)])
    type(text.row)._default_manager.filter(pk=text.row.pk).update(**{text.column: whole}, **text.also)
    setattr(text.row, text.column, whole)
    return [Field(text.thing, text.name, None, text.told(whole))] if text.thing else []


def words_in(value: Any) -> list[str]:
    """The texts in a value, whatever its form."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [text for one in value.values() for text in words_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in words_in(one)]
    return []


# --- submissions ----------------------------------------------------------------------------------------------------


def _take_out(concern: Concern, document: Document) -> list[str]:
    """Keeps what stands at the spots of a submission; gives the words."""
    told = json.loads(document.content)
    found = [[list(spot), at(told, spot)] for spot, _marked in document.spots if at(told, spot) not in (None, *MARKERS)]
    if not found:
        return []
    # What takes no marker (a link) is no words of anybody, and goes with them.
    kept = [[spot, value, dict(document.spots)[tuple(spot)]] for spot, value in found]
    _hold(concern, f"document:{document.submission}/{concern.pk}", canonical(kept).encode())
    return [text for _spot, value in found for text in words_in(value)]


def _written(holder: Holder, concern: Concern, submission: int, marker: str | None) -> list[Field]:
    """Puts a marker where the concern keeps something of a submission; None: what was there. Where no other concern
    has anything of it, the bytes are those that were sent again."""
    held = concern.held.filter(place=f"document:{submission}/{concern.pk}").first()
    if held is None:
        return []
    spots = [(tuple(spot), value, marked) for spot, value, marked in json.loads(bytes(held.content))]
    content = _bytes(submission)
    changes = [(spot, value if marker is None else marker if marked else None) for spot, value, marked in spots]
    told = written(json.loads(content), changes)
    return list(holder.replace_document(submission, (canonical(told) + "\n").encode()))


def _bytes(submission: int) -> bytes:
    rows = apps.get_model("reports", "Submission").objects.filter(pk=submission)
    return bytes(rows.values_list("document", flat=True).get())


# --- wherever the words were taken over -----------------------------------------------------------------------------

#: Shorter words are replaced only where they are all that stands there.
SHORT = 12


def _sign(concern: Concern, number: int) -> str:
    """What stands in the place of words taken over elsewhere; it says which, so that they can be put back."""
    return f"[quarantined – en quarantaine {concern.pk}.{number}]"


def _elsewhere(concern: Concern, words: Iterable[str]) -> None:
    """Replaces the words in figures, circulated drafts, jobs; notes which releases carry them for good."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return
    _hold(concern, f"words:{concern.pk}", canonical(wanted).encode())
    _turn(concern.alliance, {word: _sign(concern, n) for n, word in enumerate(wanted)})
    concern.carriers = carriers(concern.alliance, wanted)
    concern.save(update_fields=["carriers"])


def _turn(alliance: str, pairs: Mapping[str, str]) -> None:
    def turn(value: Any) -> Any:
        if isinstance(value, str):
            return _turned(value, pairs)
        if isinstance(value, dict):
            return {key: turn(one) for key, one in value.items()}
        if isinstance(value, list):
            return [turn(one) for one in value]
        return value

    for function in dict.fromkeys(made().values()):
        function(alliance, turn)


def _turned(text: str, pairs: Mapping[str, str]) -> str:
    if text in pairs:
        return pairs[text]
    for word, new in pairs.items():
        if len(word) >= SHORT and word in text:
            text = text.replace(word, new)
    return text


def _back_elsewhere(concern: Concern, marker: str | None) -> None:
    """The words again where their signs stand; with a marker that instead, for good."""
    held = concern.held.filter(place=f"words:{concern.pk}").first()
    if held is not None:
        words = json.loads(bytes(held.content))
        _turn(concern.alliance, {_sign(concern, n): marker or word for n, word in enumerate(words)})


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
        fields += _back(held, holder, texts)
    return _decided(actor, "text.release", row, Concern.State.RELEASED, fields)


def _back(held: Held, holder: Holder, texts: dict[str, Text]) -> Iterable[Field]:
    kind, _colon, key = held.place.partition(":")
    content = bytes(held.content)
    if kind == "change":
        before, after, salt = json.loads(content)
        Change.objects.filter(pk=key, salt__isnull=True).update(before=before, after=after, salt=salt)
    elif kind == "document":
        return _written(holder, held.concern, int(key.partition("/")[0]), None)
    elif kind == "words":
        _back_elsewhere(held.concern, None)
    elif kind == "blob":
        files.release(key)
    else:
        text = texts.get(held.place) or _text_of(held.place)
        if text is not None and _now(text) == text.put(QUARANTINED):
            before = text.told(getattr(text.row, text.column))
            fields = _put(text, json.loads(content))
            return [Field(f.thing, f.field, before, f.after) for f in fields]
    return []


@change
def purge(*, actor: Actor, concern: int) -> Concern:
    """Destroys what was taken out. Nothing brings it back; hashes stay."""
    row = _open(actor, concern)
    holder, key = _holder(row)
    stub = Stub(row.alliance, row.nation, row.ref, now().isoformat(), row.why)
    fields = _destroy(row, holder, key)
    done = _decided(actor, "text.purge", row, Concern.State.PURGED, fields)
    transaction.on_commit(lambda: note(stub))
    return done


def _destroy(row: Concern, holder: Holder, key: str) -> list[Field]:
    places = set(row.held.values_list("place", flat=True))
    fields: list[Field] = []
    for text in _texts_in(row, holder, key, places):
        if _now(text) == text.put(QUARANTINED):
            before = text.told(getattr(text.row, text.column))
            fields += [Field(f.thing, f.field, before, f.after) for f in _put(text, text.put(PURGED))]
    for place in sorted(place for place in places if place.startswith("document:")):
        fields += _written(holder, row, int(place.partition(":")[2].partition("/")[0]), PURGED)
    changes = [place.partition(":")[2] for place in places if place.startswith("change:")]
    hashes = sorted(Change.objects.filter(pk__in=changes).values_list("hash", flat=True))
    if hashes:
        fields.append(Field(f"purge:{row.pk}", "changes", None, hashes))
    for place in places:
        if place.startswith("blob:"):
            _purge_file(place.partition(":")[2])
    _back_elsewhere(row, PURGED)
    holder.after_purge(row.alliance, key)
    return fields


def _texts_in(row: Concern, holder: Holder, key: str, places: Iterable[str]) -> list[Text]:
    """The texts that the concern keeps, as their holder knows them."""
    found = holder.find(row.alliance, key)
    texts = {text.place: text for text in found.texts} if found else {}
    return [text for place in sorted(places) if (text := texts.get(place) or _text_of(place)) is not None]


def _text_of(place: str) -> Text | None:
    """A text by its place alone: that of a reason is found by its words, which are away."""
    label, _colon, rest = place.partition(":")
    if "." not in label:
        return None
    pk, column, *spot = rest.split(":", 2)
    row = apps.get_model(label)._default_manager.filter(pk=pk).first()
    return None if row is None else Text(row, column, str, spot=tuple(json.loads(spot[0])) if spot else ())


def _purge_file(sha256: str) -> None:
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is not None:
        files.purge(blob)


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
        fields = [Field(_thing(row), "ref", None, stub.ref), *_hide(row, holder, key, found)]
        record(None, "text.raise", chain=f"{row.alliance}/{row.nation}", subject=_thing(row), fields=fields)
    _decided(None, "text.purge", row, Concern.State.PURGED, _destroy(row, holder, key))
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
