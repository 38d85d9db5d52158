"""What could keep this installation from working, or from being there tomorrow: a line each, with a remedy."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from django.conf import settings
from django.db import DatabaseError, connection

from eirene.errors import EireneError
from eirene_web.config import environment as env
from eirene_web.config.home import KEY, PACKAGE_KEY
from eirene_web.operations import backups

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Line:
    """`what`: what was looked at and found. `remedy`: what to do; empty where all is well."""

    code: str
    state: State
    what: str
    remedy: str = ""


Check = Callable[[], Iterator[Line]]
#: Disks on which SQLite's log, or a lock, does not do what it says.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.s3fs"}
)
_GUARDS = {"journal_entry_stays", "journal_change_stays", "journal_change_kept", "submission_stays"}
_LOW, _VERY_LOW = 2 << 30, 200 << 20


def examine() -> list[Line]:
    """Every line; a check that itself fails is a line too."""
    lines: list[Line] = []
    for check in CHECKS:
        try:
            lines += list(check())
        except (OSError, DatabaseError, EireneError, ValueError) as error:
            lines.append(Line(check.__name__.strip("_"), "fail", f"could not be looked at: {error}"))
    return lines


def worst(lines: list[Line]) -> State:
    states = {line.state for line in lines}
    return "fail" if "fail" in states else "warn" if "warn" in states else "ok"


def _settings() -> Iterator[Line]:
    unknown = sorted(n for n in os.environ if n.startswith("EIRENE_") and n not in {*env.SETTINGS, *_INNER})
    if unknown:
        yield Line("settings", "warn", f"not known: {', '.join(unknown)}", "See the table in docs/administration.md.")
    for name in ("EIRENE_UPLOAD_MB", "EIRENE_PROXIES", "EIRENE_BACKUP_KEEP"):
        env.number(name)
    if not env.on("EIRENE_HTTPS"):
        yield Line(
            "https", "warn", "plain requests are answered", "Set EIRENE_HTTPS=1 behind a server that speaks TLS."
        )
    elif not env.number("EIRENE_PROXIES"):
        yield Line("proxies", "warn", "EIRENE_HTTPS is on and no proxy is trusted: requests are sent in circles",
                   "Set EIRENE_PROXIES=1 where one server stands in front.")  # fmt: skip
    if not settings.EIRENE_URL:
        yield Line("url", "warn", "EIRENE_URL is not set: mails and embed lines do not know the address", "Set it.")
    if settings.EIRENE_DEMO:
        yield Line("demo", "warn", "a demonstration: anybody signs in with one click", "Never with anything real.")
    if not unknown:
        yield Line("settings", "ok", f"{sum(1 for n in env.SETTINGS if os.environ.get(n))} set, all known")


_INNER = frozenset({"EIRENE_COLLECTED_STATIC", "EIRENE_PARENT", "EIRENE_POSTGRES_BIN", "EIRENE_TEST_FSYNC"})


def _key() -> Iterator[Line]:
    path = Path(settings.EIRENE_HOME) / KEY
    if os.environ.get("EIRENE_SECRET_KEY"):
        short = len(os.environ["EIRENE_SECRET_KEY"]) < 50
        yield (
            Line("key", "fail", "shorter than 50 signs", "Make a longer one.") if short else Line("key", "ok", "given")
        )
    elif not path.is_file():
        yield Line("key", "warn", "not made yet", "It is made when the server is first started.")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Line("key", "fail", f"others may read {path}", f"chmod 600 {path}")
    else:
        yield Line("key", "ok", "readable to its owner alone; keep a copy apart from the backups")
    yield from _package_key(Path(settings.EIRENE_HOME) / PACKAGE_KEY)
    sign_on = Path(os.environ.get("EIRENE_SSO") or os.devnull)
    if sign_on.is_file() and stat.S_IMODE(sign_on.stat().st_mode) & 0o007:
        yield Line("sign-on", "fail", f"everybody may read {sign_on}, which holds secrets", f"chmod o= {sign_on}")


def _package_key(path: Path) -> Iterator[Line]:
    """That which signs packages for closed networks: whoever has it can make some that look as if they were ours."""
    if not path.is_file():
        yield Line("package key", "ok", "not made yet: no package was handed out")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Line("package key", "fail", f"others may read {path}", f"chmod 600 {path}")
    else:
        yield Line("package key", "ok", "readable to its owner alone; every backup has it")


def _disk() -> Iterator[Line]:
    home = Path(settings.EIRENE_HOME)
    if not os.access(home, os.W_OK):
        yield Line("home", "fail", f"{home} cannot be written to", "Give it to the user that runs Eirene.")
        return
    kind = _file_system(home)
    if kind in _NETWORK:
        yield Line("file system", "fail" if connection.vendor == "sqlite" else "warn", f"{home} lies on {kind}",
                   "SQLite needs a local disk. Move the home folder, or use PostgreSQL.")  # fmt: skip
    else:
        yield Line("file system", "ok", f"{home} lies on {kind}")
    for what, folder in {"home": home, "backups": Path(settings.EIRENE_BACKUPS)}.items():
        there = folder if folder.is_dir() else folder.parent
        free = shutil.disk_usage(there).free if there.is_dir() else 0
        state: State = "fail" if free < _VERY_LOW else "warn" if free < _LOW else "ok"
        yield Line(f"disk ({what})", state, f"{free / 1e9:.1f} GB free", "" if state == "ok" else "Make room.")
    if Path(settings.EIRENE_BACKUPS).resolve().is_relative_to(home.resolve()):
        yield Line("backups apart", "warn", "the backups lie in the home folder", "Set EIRENE_BACKUPS to another disk.")


def _file_system(path: Path) -> str:
    """Type of the file system that a folder lies on, from the list of mounts; '' if the system has none."""
    best, kind = "", ""
    real = str(path.resolve())
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _device, mount, found, *_rest = line.split()
            mount = mount.replace("\\040", " ")
            if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
                best, kind = mount, found
    return kind


def _database() -> Iterator[Line]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            cursor.execute("PRAGMA synchronous")
            synchronous = cursor.fetchone()[0]
            state: State = "ok" if (mode, synchronous) == ("wal", 2) else "fail"
            yield Line("database", state, f"SQLite {sqlite3.sqlite_version}, journal {mode}, synchronous {synchronous}",
                       "" if state == "ok" else "A power cut could lose what was said to be saved.")  # fmt: skip
            yield from _wal()
            return
        cursor.execute("SHOW synchronous_commit")
        commit = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        state = "ok" if commit not in ("off", "local") and fsync == "on" else "fail"
        yield Line("database", state, f"PostgreSQL {cursor.fetchone()[0]}, synchronous_commit {commit}, fsync {fsync}",
                   "" if state == "ok" else "A power cut could lose what was saved: set both on.")  # fmt: skip
        cursor.execute("SHOW server_encoding")
        encoding = cursor.fetchone()[0]
        if encoding != "UTF8":
            yield Line("encoding", "fail", f"the database is in {encoding}", "Make it with ENCODING 'UTF8'.")


def _wal() -> Iterator[Line]:
    wal = Path(f"{settings.DATABASES['default']['NAME']}-wal")
    size = wal.stat().st_size if wal.is_file() else 0
    if size > 256 << 20:
        yield Line("log of SQLite", "warn", f"{size >> 20} MB", "Somebody reads for very long: end that, or restart.")


def _migrations() -> Iterator[Line]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Line("migrations", "fail", f"{len(waiting)} wait", "Restart the server: it brings the database up.")
    else:
        yield Line("migrations", "ok", "none waits")


def _guards() -> Iterator[Line]:
    """What keeps history from being changed by SQL."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        missing = sorted(_GUARDS - {name for (name,) in cursor.fetchall()})
    if missing:
        yield Line("guards", "fail", f"missing: {', '.join(missing)}",
                   "Somebody took the triggers away: run eirene audit verify, and restore.")  # fmt: skip
    else:
        yield Line("guards", "ok", "the database refuses to change history")


def _clock() -> Iterator[Line]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            apart = abs((dt.datetime.now(dt.UTC) - cursor.fetchone()[0]).total_seconds())
            if apart > 5:
                yield Line("clock", "fail", f"the database's is {apart:.0f} s off", "Set both by NTP.")
                return
        cursor.execute("SELECT max(at) FROM journal_entry")
        last = cursor.fetchone()[0]
    if isinstance(last, str):
        last = dt.datetime.fromisoformat(last).replace(tzinfo=dt.UTC)
    if last and last > dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5) and not settings.EIRENE_DEMO:
        yield Line(
            "clock", "fail", f"the journal has entries of {last:%Y-%m-%d %H:%M}, which is to come", "Set the clock."
        )
    else:
        yield Line("clock", "ok", f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC")


def _zones() -> Iterator[Line]:
    from eirene_web.organisations.models import Alliance, Body

    known = available_timezones()
    used = {*Alliance.objects.values_list("time_zone", flat=True), *Body.objects.values_list("time_zone", flat=True)}
    missing = sorted(used - known - {""})
    if missing:
        yield Line("time zones", "fail", f"not known here: {', '.join(missing[:5])}", "Install tzdata anew.")
    else:
        yield Line("time zones", "ok", f"{len(known)} known")


def _policy() -> Iterator[Line]:
    from eirene_web.config.policy import joined

    rules = joined()
    yield Line("policy", "ok", f"{len(rules.verbs)} verbs, {len(rules.rows)} rows")


def _mail() -> Iterator[Line]:
    url = env.get("EIRENE_MAIL_URL")
    if not url:
        yield Line("mail", "warn", "none is sent: notices stand on desks alone", "Set EIRENE_MAIL_URL.")
        return
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 587), timeout=5):
            yield Line("mail", "ok", f"{parts.hostname} answers")
    except OSError as error:
        yield Line(
            "mail", "fail", f"{parts.hostname} does not answer: {error.strerror or error}", "Mails wait meanwhile."
        )


def _worker() -> Iterator[Line]:
    """Each worker holds a lock for as long as it lives: a file here, an advisory lock on PostgreSQL."""
    if workers_alive():
        yield Line("worker", "ok", "one is at work")
    else:
        yield Line("worker", "warn", "none is at work: files are not read, mails not sent, nothing backed up",
                   "Start eirene serve, or eirene worker.")  # fmt: skip
    from eirene_web.work.models import Schedule

    late = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    names = list(Schedule.objects.filter(next_at__lt=late).order_by("name").values_list("name", flat=True))
    if names:
        yield Line("schedule", "fail", f"late: {', '.join(names)}", "Start a worker.")


def workers_alive() -> bool:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            return bool(cursor.fetchone()[0])
    folder = Path(settings.EIRENE_HOME) / "locks"
    return any(_is_locked(path) for path in (folder.iterdir() if folder.is_dir() else ()))


def _is_locked(path: Path) -> bool:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _files() -> Iterator[Line]:
    from eirene_web.files.models import Blob

    home = Path(settings.EIRENE_HOME)
    known = set(Blob.objects.values_list("pk", flat=True))
    there = {p.name for p in (home / "files").glob("??/*") if not p.name.startswith(".")}
    orphans, partial = there - known, list((home / "files").glob("??/.new-*"))
    if orphans:
        yield Line("files", "warn", f"{len(orphans)} that nothing speaks of", "They were kept before a change failed: "
                   "look at them with the office, then remove them.")  # fmt: skip
    if partial:
        yield Line("files", "warn", f"{len(partial)} half written", f"rm {home}/files/??/.new-*  while nobody works")
    if not orphans and not partial:
        yield Line("files", "ok", f"{len(there)} kept")


def _releases() -> Iterator[Line]:
    import json

    from eirene_web.editions.models import Release

    wrong = []
    for release in Release.objects.order_by("pk"):
        manifest = release.folder / "manifest.json"
        try:
            listed = json.loads(manifest.read_bytes())["files"]
            sizes = all((release.folder / e["path"]).stat().st_size == e["size"] for e in listed if "size" in e)
            sizes = sizes and all((release.folder / e["path"]).is_file() for e in listed)
        except (OSError, ValueError, KeyError, TypeError):
            sizes = False
        if not sizes:
            wrong.append(str(release))
    if wrong:
        yield Line(
            "releases", "fail", f"not whole: {', '.join(wrong[:5])}", "eirene release verify FOLDER; then restore."
        )
    else:
        yield Line("releases", "ok", f"{Release.objects.count()} there, their files with them")


def _backups() -> Iterator[Line]:
    told = backups.last_told()
    if not told:
        yield Line("backup", "warn", "none was ever made here", "A worker makes one every night; or: eirene backup.")
        return
    at = dt.datetime.fromisoformat(told["at"])
    hours = (dt.datetime.now(dt.UTC) - at).total_seconds() / 3600
    if told.get("problem") or not told.get("checked"):
        yield Line("backup", "fail", f"the last one, of {at:%Y-%m-%d %H:%M}, could not be brought back: "
                   f"{told.get('problem', 'not checked')}", "Put that right, then: eirene backup.")  # fmt: skip
    elif hours > 36:
        yield Line(
            "backup", "fail", f"the last good one is of {at:%Y-%m-%d %H:%M}", "Start a worker, or: eirene backup."
        )
    else:
        yield Line("backup", "ok", f"{at:%Y-%m-%d %H:%M}: brought back and checked, {told.get('rows', 0):,} rows")


def _designated() -> Iterator[Line]:
    from eirene_web.custody.models import Designated
    from eirene_web.organisations.models import Alliance

    for alliance in Alliance.objects.order_by("slug"):
        named = Designated.objects.filter(alliance=alliance.slug)
        if named.filter(duty="heads").count() < 2:
            yield Line(
                "attestation", "warn", f"{alliance}: fewer than two posts keep it", "Designated posts, in the office."
            )
        if not named.filter(duty="quarantine", nation="").exists():
            yield Line("quarantine", "warn", f"{alliance}: no post of the office is designated", "Name one.")


CHECKS: list[Check] = [
    _settings, _key, _disk, _database, _migrations, _guards, _clock, _zones, _policy, _mail, _worker, _files, _releases,
    _backups, _designated,
]  # fmt: skip
