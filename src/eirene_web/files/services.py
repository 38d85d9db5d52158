"""Keeping and purging contents. The file is on the disk, synced, before the database says that there is one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from eirene.errors import EireneError
from eirene_web.clock import now
from eirene_web.files.models import Blob


def keep(content: bytes) -> Blob:
    """The blob of this content; the same content is kept once. Raises EireneError if the disk refuses it."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.is_file():
        _write(path, content)
    blob, made = Blob.objects.get_or_create(sha256=digest, defaults={"size": len(content)})
    if not made and blob.purged is not None:
        raise EireneError(
            _("This file was purged and cannot be taken in again."), remedy=_("Ask the office why it was purged.")
        )
    return blob


def _write(path: Path, content: bytes) -> None:
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise EireneError(
            _("The file could not be kept: %(reason)s.") % {"reason": error.strerror},
            remedy=_("Nothing was changed. Tell the administrator that the disk refused a file, and try again."),
        ) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(sha256: str) -> bytes:
    """The content. Raises EireneError if it was purged, is missing or is not what it was."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError:
        raise EireneError(_("The content of this file is not here any more.")) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EireneError(_("The content of this file is not what it was when it was taken in."))
    return content


def purge(blob: Blob) -> None:
    """Removes the content for good; the caller asks the policy and records why."""
    Blob.objects.filter(pk=blob.pk).update(purged=now())
    with contextlib.suppress(FileNotFoundError):
        path_of(blob.sha256).unlink()


def path_of(sha256: str) -> Path:
    return Path(settings.EIRENE_HOME) / "files" / sha256[:2] / sha256
