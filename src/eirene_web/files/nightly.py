"""The nightly backups there are: what they are called, and until when a text that was purged since is still in one."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"^eirene-(\d{8}T\d{6})Z\.tar\.gz$")


def nightly_name(at: dt.datetime) -> str:
    return f"eirene-{at.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z.tar.gz"


def kept() -> list[tuple[dt.datetime, Path]]:
    """The nightly backups there are, oldest first."""
    folder = Path(settings.EIRENE_BACKUPS)
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.match(path.name)
        if match:
            found.append((dt.datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC), path))
    return sorted(found)


def older_than(at: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Backups made before an instant: when made, and when they will have been removed."""
    keep = dt.timedelta(days=settings.EIRENE_BACKUP_KEEP + 1)
    return [(made, made + keep) for made, _path in kept() if made <= at]
