"""Writes single files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from eirene.errors import EireneError


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` in the place of `path` in one step, flushed to the disk; on failure what was there stays.

    Raises EireneError that names the place and what to do: the disk is full, the folder is missing or not writable.
    """
    place = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError as error:
        raise _told(error, place) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, place)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _told(error, place) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _told(error: OSError, place: Path) -> EireneError:
    return EireneError(
        f"could not be written: {error.strerror}. What was there before is untouched.",
        where=str(place),
        remedy="Check that the folder exists, that you may write there, and that the disk has room.",
    )
