"""What reports have done in the background. Arguments are ids; each task may be started again at any moment."""

from __future__ import annotations

from typing import Any

from eirene_web.reports.services.transfer import reading
from eirene_web.work.services import Running, background


@background
def read_import(running: Running, entry: int) -> dict[str, Any]:
    """Reads a file that was handed in and keeps what it would change."""
    reading.read_entry(entry, running.tell)
    return {"import": entry}
