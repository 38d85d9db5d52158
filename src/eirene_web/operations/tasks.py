"""What is done every night."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django_tasks import task

from eirene.errors import EireneError
from eirene.files import write_whole
from eirene_web.clock import now
from eirene_web.files.nightly import nightly_name
from eirene_web.files.services import settle, sweep
from eirene_web.operations import backups, restoring


@task()
def nightly_backup() -> None:
    """Backs up, brings it back to see that it can be, removes what is too old, and notes what became of it."""
    back_up()


def back_up() -> dict[str, Any]:
    settle()
    sweep()
    folder, started, moment = Path(settings.EIRENE_BACKUPS), time.monotonic(), now()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / nightly_name(moment)
    told: dict[str, Any] = {"at": moment.isoformat(timespec="seconds"), "file": path.name, "checked": False}
    try:
        written = backups.write(path)
        found = restoring.check(path, database_url=os.environ.get("DATABASE_URL", ""))
        told |= {"checked": True, "bytes": written.size, "rows": found["rows"], "entries": found["entries"]}
        backups.remove_old(moment, not_this=[path])
    except EireneError as error:
        told["problem"] = str(error.problems[0])
        raise
    finally:
        told["seconds"] = round(time.monotonic() - started)
        write_whole(folder / "last.json", (json.dumps(told, sort_keys=True) + "\n").encode())
    return told
