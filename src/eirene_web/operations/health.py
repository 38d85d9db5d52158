"""Whether the server can do its work: for a load balancer or a watchman, without a word of what it holds."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from eirene_web.operations.doctor import workers_alive

#: Less than this, and uploads and the database's log may fail.
ENOUGH = 200 << 20


def health() -> dict[str, Any]:
    """ok: people can work; degraded: not for long; down: nobody can. Whether a worker is at work is told apart."""
    parts = {"database": _database(), "disk": _disk(), "worker": "unknown"}
    if parts["database"] == "ok":
        parts["worker"] = "ok" if workers_alive() else "none"
    status = "down" if parts["database"] != "ok" else "ok" if parts["disk"] == "ok" else "degraded"
    return {"status": status, **parts}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "not reached"
    return "ok"


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.EIRENE_HOME).free
    except OSError:
        return "not reached"
    return "ok" if free >= ENOUGH else "full"
