"""Bringing a backup back: into a home folder, or into a place of its own to see whether it can be."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eirene.errors import EireneError, UsageError, VerificationFailed
from eirene_web.config.home import KEY, PACKAGE_KEY
from eirene_web.operations import backups
from eirene_web.operations.backups import MANIFEST

DATABASE = "eirene.sqlite3"


def check(path: Path, *, database_url: str = "", ledgers: Iterable[Path] = ()) -> dict[str, Any]:
    """Brings a backup back into a place of its own, audits it there, and forgets it. Raises VerificationFailed."""
    with tempfile.TemporaryDirectory(prefix=".eirene-check-", dir=path.absolute().parent) as folder:
        home = Path(folder)
        manifest = _laid_out(path, home)
        with _schema(manifest, database_url) as url:
            found = _run(home, home / ".unpacked", url, ledgers)
    _told(found, path)
    return found


def restore(
    path: Path, home: Path, *, replace: bool, database_url: str = "", ledgers: Iterable[Path] = ()
) -> dict[str, Any]:
    """Brings a backup back into a home folder. What was there before is moved aside, not removed, if `replace`.

    Raises UsageError if something is there and `replace` was not said, or if the house is at work.
    """
    home = home.absolute()
    if (there := _present(home)) and not replace:
        names = ", ".join(sorted(p.name for p in there)[:5])
        raise UsageError(
            f"There is something in {home} already: {names}.",
            remedy="Name an empty folder with --into, or add --replace: what is there is moved aside.",
        )
    _not_at_work(home)
    known = [*ledgers, home / backups.LEDGER, backups.beside(path)]
    kept = [_copied(one) for one in known if one.is_file()]
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as folder:
        unpacked = Path(folder) / "home"
        unpacked.mkdir()
        manifest = _laid_out(path, unpacked)
        moved = _move_aside(home, _present(home))
        for entry in sorted(unpacked.iterdir()):
            if entry.name != ".unpacked":
                os.replace(entry, home / entry.name)
        if moved and (moved / PACKAGE_KEY).is_file() and not (home / PACKAGE_KEY).is_file():
            # Made after the backup was: what was handed out since comes back under it.
            shutil.copy2(moved / PACKAGE_KEY, home / PACKAGE_KEY)
        if manifest["engine"] == "postgresql":
            _schema_aside(database_url, replace=replace)
        found = _run(home, unpacked / ".unpacked", database_url, [*kept, home / backups.LEDGER])
    for one in kept:
        one.unlink(missing_ok=True)
    _told(found, path)
    return {**found, "aside": str(moved) if moved else "", "at": manifest["at"], "key": (home / KEY).is_file()}


def _laid_out(path: Path, home: Path) -> dict[str, Any]:
    """Unpacks into a home: files in their places, the database beside them, the rest under `.unpacked`."""
    unpacked = home / ".unpacked"
    unpacked.mkdir()
    manifest = backups.unpack(path, unpacked)
    (unpacked / MANIFEST).write_text(json.dumps(manifest))
    for entry in sorted((unpacked / "home").iterdir()) if (unpacked / "home").is_dir() else ():
        os.replace(entry, home / entry.name)
    if (unpacked / "database.sqlite3").is_file():
        os.replace(unpacked / "database.sqlite3", home / DATABASE)
    return manifest


def _run(home: Path, unpacked: Path, database_url: str, ledgers: Iterable[Path]) -> dict[str, Any]:
    """The other half, in a process that knows no other home."""
    told = [part for one in ledgers if one.is_file() for part in ("--ledger", str(one))]
    environment = {
        **os.environ, "EIRENE_HOME": str(home), "DATABASE_URL": database_url, "EIRENE_BACKUPS": str(home / "backups"),
        "EIRENE_COLLECTED_STATIC": "",
    }  # fmt: skip
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(  # noqa: S603  ourselves
        [sys.executable, "-m", "eirene_web.operations.bringing_back", str(unpacked), *told],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
        raise EireneError(f"The backup could not be brought back: {last[0]}", where=str(home))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "error" in found:
        raise UsageError(found["error"])
    return found


def _told(found: dict[str, Any], path: Path) -> None:
    problems = [*found["wrong"], *found["told"]]
    if problems:
        raise VerificationFailed("\n".join(problems), where=str(path))


# --- what is there --------------------------------------------------------------------------------------------------


def _present(home: Path) -> list[Path]:
    """What a restored home would stand in the way of. The key stays: it may be the only one."""
    if not home.is_dir():
        return []
    return [
        p for p in home.iterdir() if p.name not in (KEY, "backups", "run") and not p.name.startswith((".", "replaced-"))
    ]


def _move_aside(home: Path, there: list[Path]) -> Path | None:
    """The database's -wal and -shm with it: beside another database they would destroy it."""
    if not there:
        return None
    aside = home / f"replaced-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir()
    for path in there:
        os.replace(path, aside / path.name)
    return aside


def _not_at_work(home: Path) -> None:
    """SQLite lets the journal be turned off only while nobody else has the database open."""
    database = home / DATABASE
    if not database.is_file():
        return
    with contextlib.closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as look:
        try:
            alone = look.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete"
            look.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            alone = False
        except sqlite3.DatabaseError:
            alone = True  # damaged: that is why somebody restores
    if not alone:
        raise UsageError(f"Eirene is at work in {home}.", remedy="Stop the server and the worker, then restore.")


def _copied(ledger: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix="eirene-ledger-")
    os.close(handle)
    shutil.copyfile(ledger, name)
    return Path(name)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _schema(manifest: dict[str, Any], database_url: str) -> Iterator[str]:
    """Address of a schema that exists inside the block only; of SQLite nothing is needed."""
    if manifest["engine"] != "postgresql":
        yield ""
        return
    if not database_url:
        raise UsageError("The backup is of PostgreSQL.", remedy="Set DATABASE_URL.")
    name = f"eirene_check_{secrets.token_hex(4)}"
    _sql(database_url, f"CREATE SCHEMA {name}")
    try:
        separator = "&" if "?" in database_url else "?"
        yield f"{database_url}{separator}options={quote(f'-c search_path={name}')}"
    finally:
        _sql(database_url, f"DROP SCHEMA {name} CASCADE")


def _schema_aside(database_url: str, *, replace: bool) -> None:
    if not database_url:
        raise UsageError("The backup is of PostgreSQL.", remedy="Set DATABASE_URL.")
    used = _sql(database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0][0]
    if used and not replace:
        raise UsageError("The database is not empty.", remedy="Name an empty one, or add --replace.")
    if used:
        stamp = f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}"
        _sql(database_url, f"ALTER SCHEMA public RENAME TO replaced_{stamp}", "CREATE SCHEMA public")


def _sql(database_url: str, *statements: str) -> list[Any]:
    import dj_database_url
    import psycopg

    told = dj_database_url.parse(database_url)
    names = {"dbname": told["NAME"], "user": told["USER"], "password": told["PASSWORD"], "host": told["HOST"],
             "port": told["PORT"], **told.get("OPTIONS", {})}  # fmt: skip
    rows: list[Any] = []
    with psycopg.connect(**{k: v for k, v in names.items() if v not in ("", None)}, autocommit=True) as session:
        for statement in statements:
            done = session.execute(statement)  # type: ignore[call-overload]
            rows = done.fetchall() if done.description else []
    return rows
