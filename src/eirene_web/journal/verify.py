"""Whether the journal is whole, and whether the tables hold what it says they should.

Each chain is read once, in order, and every hash computed anew; what each field of each thing was last said to be is
noted on the disk, as a hash, and compared with the tables afterwards. Contents are held one entry at a time.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from json import loads
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from eirene_web.journal.attestation import Attestation
from eirene_web.journal.audit import Audited, Difference, audited, checks, kept_elsewhere
from eirene_web.journal.chain import canonical, change_hash, entry_facts, entry_hash
from eirene_web.journal.models import Chain, Change, Entry

_ROWS = 2_000
_EMPTIED = b"emptied"
_NOTHING = b""


@dataclass
class Count:
    """How much was looked at."""

    chains: int = 0
    entries: int = 0
    changes: int = 0
    emptied: int = 0
    fields: int = 0
    things: int = 0
    attested: int = 0


@dataclass
class Audit:
    """One look at an alliance, or at everything there is (`alliance` empty)."""

    alliance: str = ""
    attestations: Iterable[Attestation] = ()
    count: Count = field(default_factory=Count)

    def differences(self) -> Iterator[Difference]:
        """Every difference, as it is found. All of it is seen as of one instant, whoever goes on working meanwhile."""
        with tempfile.TemporaryDirectory(prefix="eirene-audit-") as folder, snapshot():
            with closing(_Notes(Path(folder) / "notes.sqlite3")) as notes:
                for key in self._chains():
                    yield from self._chain(key, notes)
                notes.settle()
                notes.held()
                yield from notes.unexplained()
                for alliance in self._alliances():
                    yield from self._tables(alliance, notes)
                yield from notes.left(self.alliance)
            for alliance in self._alliances():
                for check in checks():
                    yield from check(alliance)

    def _alliances(self) -> list[str]:
        if self.alliance:
            return [self.alliance]
        return sorted({key.partition("/")[0] for key in self._chains()})

    def _chains(self) -> list[str]:
        """Those that have an end, those that have entries, and those that somebody attested."""
        start = f"{self.alliance}/" if self.alliance else ""
        told = {key for one in self.attestations for key in one.heads}
        found = {
            *Chain.objects.values_list("key", flat=True),
            *Entry.objects.values_list("chain", flat=True).distinct(),
        }
        return sorted(key for key in found | told if key.startswith(start))

    # --- one chain --------------------------------------------------------------------------------------------------

    def _chain(self, key: str, notes: _Notes) -> Iterator[Difference]:
        self.count.chains += 1
        attested = self._attested(key)
        last, head = 0, ""
        for entry, changes in _entries(key):
            place = f"{key}, entry {entry.sequence} ({entry.verb}, {entry.at:%Y-%m-%d %H:%M:%S} UTC)"
            if entry.sequence != last + 1:
                yield _gap(key, last + 1, entry.sequence - 1)
            elif entry.previous != head:
                yield Difference("order", place, "It does not follow the entry before it: one of the two is not where "
                                 "it was, or was changed.")  # fmt: skip
            yield from self._entry(entry, changes, place, notes)
            last, head = entry.sequence, entry.hash
            for one in attested.pop(last, ()):
                yield from _same_head(key, one, last, head)
        yield from _end(key, last, head)
        for length, told in sorted(attested.items()):
            for one in told:
                yield Difference("attested", key, f"It ends at entry {last}; on {one.at:%Y-%m-%d %H:%M} UTC it was "
                                 f"attested to have {length} ({one.source}). What came after is gone.")  # fmt: skip

    def _attested(self, key: str) -> dict[int, list[Attestation]]:
        """Attestations of the chain by the length that they tell."""
        found: dict[int, list[Attestation]] = {}
        for one in self.attestations:
            if key in one.heads and one.heads[key][0] > 0:
                self.count.attested += 1
                found.setdefault(one.heads[key][0], []).append(one)
        return found

    def _entry(self, entry: Entry, changes: list[_Change], place: str, notes: _Notes) -> Iterator[Difference]:
        self.count.entries += 1
        self.count.changes += len(changes)
        if entry_hash(entry.previous, entry_facts(entry), [c.hash for c in changes]) != entry.hash:
            yield Difference("changed", place, "The entry is not what it was: its time, its verb, who did it, or the "
                             "number and order of its changes.")  # fmt: skip
        for one in changes:
            if one.salt is None and one.before is None and one.after is None:
                self.count.emptied += 1
                notes.emptied(one.hash, f"{place}, {one.thing} {one.field}")
            elif change_hash(one.salt or "", one.thing, one.field, one.before, one.after) != one.hash:
                yield Difference("content", f"{place}, {one.thing} {one.field}", "What the entry says of it is not "
                                 "what was written.")  # fmt: skip
            notes.say(entry, one)

    # --- the tables -------------------------------------------------------------------------------------------------

    def _tables(self, alliance: str, notes: _Notes) -> Iterator[Difference]:
        for one in audited().values():
            for key, values in one.rows(alliance):
                self.count.things += 1
                for difference in notes.compare(alliance, one, key, values):
                    self.count.fields += 1
                    if difference is not None:
                        yield difference


def _gap(key: str, first: int, last: int) -> Difference:
    if last < first:
        return Difference("order", f"{key}, entry {last + 1}", "It stands where another one should.")
    which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
    return Difference("gap", key, f"{which} missing.")


def _same_head(key: str, told: Attestation, length: int, head: str) -> Iterator[Difference]:
    if told.heads[key][1] != head:
        yield Difference("attested", f"{key}, entry {length}", f"On {told.at:%Y-%m-%d %H:%M} UTC it was attested to be "
                         f"another one ({told.source}). Something up to it was rewritten.")  # fmt: skip


def _end(key: str, last: int, head: str) -> Iterator[Difference]:
    end = Chain.objects.filter(key=key).values_list("length", "head").first() or (0, "")
    if end[0] > last:
        yield Difference("head", key, f"It should end with entry {end[0]} and ends with entry {last}: the last "
                         f"{end[0] - last} are gone.")  # fmt: skip
    elif end != (last, head):
        yield Difference("head", key, f"It ends with an entry {last} that was not written by the house.")


@dataclass(frozen=True, slots=True)
class _Change:
    thing: str
    field: str
    before: str | None
    after: str | None
    salt: str | None
    hash: str


_FACTS = ("id", "chain", "sequence", "at", "verb", "person", "post", "subject", "previous", "hash")
_CONTENT = ("changes__thing", "changes__field", "changes__before", "changes__after", "changes__salt", "changes__hash")


def _entries(key: str) -> Iterator[tuple[Entry, list[_Change]]]:
    """The entries of a chain in order, each with its changes in order."""
    rows = (
        Entry.objects.filter(chain=key)
        .order_by("sequence", "id", "changes__position")
        .values_list(*_FACTS, *_CONTENT)
        .iterator(chunk_size=_ROWS)
    )
    width = len(_FACTS)
    for _id, group in groupby(rows, key=itemgetter(0)):
        lines = list(group)
        yield (
            Entry(**dict(zip(_FACTS, lines[0], strict=False))),
            [_Change(*line[width:]) for line in lines if line[width] is not None],
        )


class _Notes:
    """What the journal last said of each field, and which contents were purged: on the disk, as keyed hashes."""

    def __init__(self, path: Path) -> None:
        self._key = secrets.token_bytes(16)
        self._rows: list[tuple[Any, ...]] = []
        self._last = sqlite3.connect(path, isolation_level=None)
        self._last.executescript(
            """
            PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;
            CREATE TABLE said (alliance, thing, field, entry INTEGER, value BLOB, told,
                PRIMARY KEY (alliance, thing, field)) WITHOUT ROWID;
            CREATE TABLE emptied (hash PRIMARY KEY, place) WITHOUT ROWID;
            CREATE TABLE purged (hash PRIMARY KEY) WITHOUT ROWID;
            BEGIN;
            """
        )

    def close(self) -> None:
        self._last.close()

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=16, key=self._key).digest()

    def say(self, entry: Entry, change: _Change) -> None:
        kind = change.thing.partition(":")[0]
        if kind == "purge" and change.field == "changes" and change.after:
            self._last.executemany("INSERT OR IGNORE INTO purged VALUES (?)", [(h,) for h in loads(change.after)])
        known = audited().get(kind)
        if known is None or not known.compares(change.field):
            return
        if change.salt is None and change.after is None:
            value = _EMPTIED
        else:
            value = _NOTHING if change.after in _BLANK else self._digest(change.after or "")
        alliance = entry.chain.partition("/")[0]
        told = f"{entry.chain} {entry.sequence}"
        self._rows.append((alliance, change.thing, change.field, entry.id, value, told))
        if len(self._rows) >= _ROWS:
            self.settle()

    def settle(self) -> None:
        self._last.executemany(
            "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry, "
            "value = excluded.value, told = excluded.told WHERE excluded.entry >= said.entry",
            self._rows,
        )
        self._rows.clear()

    def emptied(self, digest: str, place: str) -> None:
        self._last.execute("INSERT OR IGNORE INTO emptied VALUES (?, ?)", (digest, place))

    def held(self) -> None:
        """Contents in quarantine account for themselves, if they are what they were."""
        for pk, before, after, salt in kept_elsewhere():
            change = Change.objects.filter(pk=pk).first()
            if change and change_hash(salt, change.thing, change.field, before, after) == change.hash:
                self._last.execute("INSERT OR IGNORE INTO purged VALUES (?)", (change.hash,))

    def unexplained(self) -> Iterator[Difference]:
        """Contents that are gone although no purge speaks of them."""
        for (place,) in self._last.execute("SELECT place FROM emptied WHERE hash NOT IN (SELECT hash FROM purged)"):
            yield Difference("emptied", place, "Its content is gone, and no purge accounts for it.")

    def compare(
        self, alliance: str, one: Audited, key: str, values: dict[str, Any] | Any
    ) -> Iterator[Difference | None]:
        """For each field None, or how the table differs from the journal; what was compared is struck off."""
        thing = f"{one.kind}:{key}"
        rows = self._last.execute(
            "SELECT field, value, told FROM said WHERE alliance = ? AND thing = ?", (alliance, thing)
        )
        said = {name: (value, told) for name, value, told in rows}
        if said:
            self._last.execute("DELETE FROM said WHERE alliance = ? AND thing = ?", (alliance, thing))
        elif not one.partly and any(not _is_blank(value) for value in values.values()):
            yield Difference(
                "row", f"{one.title} {one.place(key)}", "It is there, and the journal knows nothing of it."
            )
            return
        for name in said if one.partly else {**said, **values}:
            value, told = said.get(name, (_NOTHING, ""))
            if value == _EMPTIED:
                yield None
                continue
            held = values.get(name)
            same = value == (_NOTHING if _is_blank(held) else self._digest(canonical(held)))
            yield None if same else Difference(
                "value", f"{one.title} {one.place(key)}, {name}", "It is not what the journal says it should be"
                + (f" (last changed by {told})." if told else ": no entry ever set it."),
            )  # fmt: skip

    def left(self, alliance: str) -> Iterator[Difference]:
        """Things that the journal says are there, and no table holds."""
        where, given = (" AND alliance = ?", (alliance,)) if alliance else ("", ())
        gone = self._last.execute(
            f"SELECT thing, max(told) FROM said WHERE value NOT IN (x'', x'{_EMPTIED.hex()}'){where} GROUP BY thing",  # noqa: S608
            given,
        )
        for thing, told in gone:
            kind, _, key = thing.partition(":")
            one = audited()[kind]
            yield Difference("row", f"{one.title} {one.place(key)}", f"The journal says that it is there ({told}), and "
                             "it is not.")  # fmt: skip


#: What counts as nothing, as the journal writes it and as a table holds it.
_BLANK = frozenset({None, '""', "[]", "{}", "false", "null"})


def _is_blank(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | dict | tuple) and not value)


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see one instant, and nobody who writes has to wait for them."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Not `atomic`, which on SQLite takes the turn of those who write.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
