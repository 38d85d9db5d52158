"""Whether a worker still lives: each holds a lock that the system drops when its process dies, however it dies.

On SQLite a `flock` on a file named by the worker in EIRENE_HOME/locks, on PostgreSQL an advisory lock of a session of
its own. Whoever gets the lock of another worker knows that it is gone: there is no lease, so no time to tune, and a
task that takes hours is not started a second time while the first still runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection


class LockLost(Exception):
    """This worker's lock does not stand any more: others take it for dead, so it must write nothing and end."""


class Mark(Protocol):
    """The lock of this process."""

    id: str

    def stands(self) -> bool: ...

    def is_gone(self, worker: str) -> contextlib.AbstractContextManager[bool]:
        """Whether that worker is dead. Its lock is held inside the block, so that only one tidies up after it."""
        ...

    def drop(self) -> None: ...


def take_mark() -> Mark:
    """The lock of a new worker, of the kind that fits the database."""
    return SessionMark() if connection.vendor == "postgresql" else FileMark(Path(settings.EIRENE_HOME) / "locks")


class FileMark:
    """A locked file. `flock` works on a local disk only, as SQLite does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            self.id = secrets.token_hex(16)
            self.file = open(folder / self.id, "ab")  # noqa: SIM115  held for as long as the process lives
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self.stands():
                return
            self.file.close()  # somebody swept it away between the two calls

    def stands(self) -> bool:
        """Whether the file that others see is the one that is locked."""
        try:
            return os.fstat(self.file.fileno()).st_ino == (self.folder / self.id).stat().st_ino
        except (OSError, ValueError):
            return False

    @contextlib.contextmanager
    def is_gone(self, worker: str) -> Iterator[bool]:
        if worker == self.id:
            yield False
            return
        if not re.fullmatch(r"[0-9a-f]{32}", worker):
            yield True
            return
        try:
            file = open(self.folder / worker, "rb")  # noqa: SIM115  closed below
        except FileNotFoundError:
            yield True
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
            (self.folder / worker).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes the files of workers that are gone."""
        for path in self.folder.iterdir():
            with self.is_gone(path.name):
                pass

    def drop(self) -> None:
        (self.folder / self.id).unlink(missing_ok=True)
        self.file.close()


class SessionMark:
    """An advisory lock of a session of its own; a pooler that shares sessions cannot keep it and is refused."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(16)
        self.turn = threading.RLock()
        self.session: Any = connection.Database.connect(**connection.get_connection_params())
        self.session.autocommit = True
        if not self._one("SELECT pg_try_advisory_lock(%s)", self.id) or not self.stands():
            raise LockLost(
                "The database does not keep this worker's lock. Connect it to PostgreSQL itself, not to a pooler that "
                "shares sessions between transactions."
            )

    def _one(self, query: str, worker: str) -> Any:
        with self.turn, self.session.cursor() as cursor:
            cursor.execute(query, [number_of(worker)])
            return cursor.fetchone()[0]

    def stands(self) -> bool:
        held = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
                  AND ((classid::bigint << 32) | objid::bigint) = %s"""
        try:
            return bool(self._one(held, self.id))
        except connection.Database.Error:
            return False

    @contextlib.contextmanager
    def is_gone(self, worker: str) -> Iterator[bool]:
        if worker == self.id:
            yield False
            return
        with self.turn:
            free = bool(self._one("SELECT pg_try_advisory_lock(%s)", worker))
            try:
                yield free
            finally:
                if free:
                    self._one("SELECT pg_advisory_unlock(%s)", worker)

    def drop(self) -> None:
        with contextlib.suppress(connection.Database.Error):
            self._one("SELECT pg_advisory_unlock(%s)", self.id)  # closing alone would take a moment
        self.session.close()


def number_of(worker: str) -> int:
    """The lock's number: 64 bits of a hash."""
    return int.from_bytes(hashlib.sha256(f"eirene worker {worker}".encode()).digest()[:8], "big", signed=True)
