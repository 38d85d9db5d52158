"""Backups: one file with the database as of one instant, the files, the releases, and a manifest with every hash.

Written, then brought back into a place of its own and checked: counts of rows, hashes of files, and the whole audit.
The key of the installation is left out unless asked for: whoever has both has everything.

    manifest.json                 what is in it; last in the file, for it holds the hashes of everything before
    database.sqlite3              SQLite: a compact copy, without what was deleted
    database/<table>.copy         PostgreSQL: rows as COPY writes them, in one snapshot
    home/…                        everything else of the home folder
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from eirene import __version__
from eirene.errors import EireneError, Unreadable
from eirene_web.config.home import KEY, SECRETS
from eirene_web.custody.drill import LEDGER
from eirene_web.files.nightly import kept

FORMAT = "eirene.backup/1"
MANIFEST = "manifest.json"
#: Of the home folder: what can be made again, belongs to running processes, or is kept apart.
LEFT_OUT = frozenset({"static", "locks", "run", "cache", "logs", "backups", KEY})
_CHUNK = 1 << 20


@dataclass
class Written:
    path: Path
    seconds: float
    size: int
    rows: int
    files: int
    left_out_key: bool
    checked: dict[str, Any] = field(default_factory=dict)


# --- writing --------------------------------------------------------------------------------------------------------


def write(out: Path, *, with_key: bool = False) -> Written:
    """Writes a backup in the place of `out` in one step; on failure what was there stays. People go on working."""
    started = time.monotonic()
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".eirene-backup-", dir=out.parent) as folder:
            temporary = Path(folder)
            manifest = _database(temporary)
            packed = temporary / "backup.tar.gz"
            _pack(packed, temporary, manifest, with_key=with_key)
            size = packed.stat().st_size
            os.chmod(packed, 0o600)
            os.replace(packed, out)
        _sync(out.parent)
    except OSError as error:
        raise EireneError(
            f"The backup could not be written: {error.strerror}. What was there before is untouched.",
            where=str(out), remedy="Make room, or name a place on another disk.",
        ) from error  # fmt: skip
    rows = sum(manifest["rows"].values())
    return Written(out, time.monotonic() - started, size, rows, len(manifest["files"]), not with_key)


def _database(folder: Path) -> dict[str, Any]:
    """Copies the database as of one instant; the manifest so far."""
    manifest: dict[str, Any] = {
        "format": FORMAT, "eirene": __version__, "engine": connection.vendor,
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "home": str(settings.EIRENE_HOME),
    }  # fmt: skip
    if connection.vendor == "sqlite":
        manifest.update(_sqlite(folder / "database.sqlite3"))
    else:
        manifest.update(_postgres(folder / "database"))
    return manifest


def _sqlite(target: Path) -> dict[str, Any]:
    """VACUUM INTO reads one instant, lets others write, and leaves out what was deleted."""
    source = str(settings.DATABASES["default"]["NAME"])
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as read:
        read.execute("VACUUM INTO ?", (str(target),))
    with contextlib.closing(sqlite3.connect(target)) as copy:
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {t: copy.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in tables if _ours(t)}  # noqa: S608
        return {
            "rows": rows,
            "migrations": [list(m) for m in copy.execute("SELECT app, name FROM django_migrations ORDER BY id")],
            "chains": {k: [n, h] for k, n, h in copy.execute("SELECT key, length, head FROM journal_chain")},
        }


def _ours(table: str) -> bool:
    return not table.startswith("sqlite_") and table != "django_migrations"


def _postgres(folder: Path) -> dict[str, Any]:
    """COPY of every table in one REPEATABLE READ transaction: no tool of the database's own version is needed."""
    folder.mkdir()
    rows: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in tables():
            columns[table] = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            listed = ", ".join(connection.ops.quote_name(c) for c in columns[table])
            name = connection.ops.quote_name(table)
            with (
                open(folder / f"{table}.copy", "wb") as target,
                cursor.copy(f"COPY (SELECT {listed} FROM {name}) TO STDOUT") as copy,  # noqa: S608  our own tables
            ):
                for data in copy:
                    target.write(bytes(data))
            rows[table] = cursor.rowcount
        migrations = list(MigrationRecorder.Migration.objects.order_by("id").values_list("app", "name"))
        cursor.execute("SELECT key, length, head FROM journal_chain")
        chains = {k: [n, h] for k, n, h in cursor.fetchall()}
    return {"rows": rows, "columns": columns, "migrations": [list(m) for m in migrations], "chains": chains}


def tables() -> list[str]:
    """Every table of every model, those between models included."""
    found = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed}
    return sorted(found & set(connection.introspection.table_names()))


def _pack(packed: Path, folder: Path, manifest: dict[str, Any], *, with_key: bool) -> None:
    entries: list[dict[str, Any]] = []
    with open(packed, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3, format=tarfile.PAX_FORMAT) as archive:
            for path, name in _members(folder, with_key=with_key):
                entry = _add(archive, path, name)
                if entry is not None:
                    entries.append(entry)
            manifest["files"] = entries
            data = json.dumps(manifest, indent=1, sort_keys=True).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(data), 0o600
            archive.addfile(info, io.BytesIO(data))
        raw.flush()
        os.fsync(raw.fileno())


def _members(folder: Path, *, with_key: bool) -> Iterator[tuple[Path, str]]:
    home = Path(settings.EIRENE_HOME)
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(".tar.gz")):
        yield path, str(path.relative_to(folder))
    database = Path(str(settings.DATABASES["default"]["NAME"])).name if connection.vendor == "sqlite" else ""
    backups = Path(settings.EIRENE_BACKUPS).resolve()
    for top in sorted(home.iterdir()) if home.is_dir() else ():
        wanted = top.name == KEY and with_key
        if not wanted and (top.name in LEFT_OUT or top.name.startswith((".", "replaced-")) or top.resolve() == backups):
            continue
        if database and top.name.startswith(database):
            continue
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            if not path.name.startswith(".new-"):
                yield path, f"home/{path.relative_to(home)}"


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any] | None:
    """Adds a file and gives its hash; None for one that was purged while we were at it."""
    try:
        source = open(path, "rb")  # noqa: SIM115  closed below
    except FileNotFoundError:
        return None
    with source:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = os.fstat(source.fileno()).st_size, 0o600, int(path.stat().st_mtime)
        reader = _Hashing(source)
        archive.addfile(info, reader)  # type: ignore[arg-type]
    return {"path": name, "size": info.size, "sha256": reader.digest.hexdigest()}


class _Hashing:
    def __init__(self, source: Any) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.source.read(size)
        self.digest.update(data)
        return data


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading --------------------------------------------------------------------------------------------------------


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpacks a backup and gives its manifest. Raises Unreadable with every file that is not what was backed up."""
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            for info in archive:
                if not info.isfile() or not _inside(info.name):
                    raise Unreadable(f"It holds {info.name[:80]!r}, which no backup of ours does.", where=str(path))
                source = archive.extractfile(info)
                assert source is not None
                if info.name == MANIFEST:
                    manifest = json.loads(source.read())
                    continue
                found[info.name] = (info.size, _write_out(source, folder / info.name))
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise Unreadable(
            f"The backup cannot be read: {error}.", where=str(path), remedy="Take an earlier one."
        ) from None
    if manifest is None or manifest.get("format") != FORMAT:
        raise Unreadable("This is no backup, or not a whole one: its manifest is missing.", where=str(path))
    wrong = [e["path"] for e in manifest["files"] if found.get(e["path"]) != (e["size"], e["sha256"])] + sorted(
        set(found) - {e["path"] for e in manifest["files"]}
    )
    if wrong:
        raise Unreadable(f"Not what was backed up: {', '.join(wrong[:10])}.", where=str(path))
    return manifest


def _inside(name: str) -> bool:
    parts = Path(name).parts
    return not Path(name).is_absolute() and ".." not in parts


def _write_out(source: Any, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open(target, "wb") as out:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    os.chmod(target, 0o600 if target.name in SECRETS else 0o644)
    return digest.hexdigest()


# --- every night ----------------------------------------------------------------------------------------------------


def remove_old(now: dt.datetime, *, not_this: Iterable[Path] = ()) -> list[Path]:
    """Removes nightly backups that are older than they are kept; the newest one never."""
    limit = now - dt.timedelta(days=settings.EIRENE_BACKUP_KEEP)
    found = kept()
    safe = {*not_this, *(path for _made, path in found[-1:])}
    gone = [path for made, path in found if made < limit and path not in safe]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def last_told() -> dict[str, Any]:
    """What became of the last nightly backup; empty if there never was one."""
    try:
        told: dict[str, Any] = json.loads((Path(settings.EIRENE_BACKUPS) / "last.json").read_text())
    except (OSError, ValueError):
        return {}
    return told


def beside(path: Path) -> Path:
    """The ledger of purges that lies beside a backup."""
    return path.absolute().parent / LEDGER
