"""Keeping and purging contents. The file is on the disk, synced, before the database says that there is one."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from eirene.errors import EireneError
from eirene_web.clock import now
from eirene_web.files.models import Blob


def keep(content: bytes) -> Blob:
    """The blob of this content; the same content is kept once. Raises EireneError if the disk refuses it."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.is_file():
        os.utime(path)  # the sweep leaves alone what is young
    else:
        _write(path, content)
    blob, made = Blob.objects.get_or_create(sha256=digest, defaults={"size": len(content)})
    if not made and blob.purged is not None:
        path.unlink(missing_ok=True)
        raise EireneError(
            _("This file was purged and cannot be taken in again."), remedy=_("Ask the office why it was purged.")
        )
    if not made and blob.quarantined is not None:
        path.unlink(missing_ok=True)
        raise EireneError(_("This file is in quarantine and cannot be taken in."))
    return blob


def let_go(sha256: str) -> bool:
    """Forgets a content that nothing refers to any more; its bytes go with the nightly sweep. False: it is still
    needed, or kept in quarantine."""
    blob = Blob.objects.filter(pk=sha256, quarantined__isnull=True, purged__isnull=True).first()
    if blob is None or any(_refers(field, blob) for field in Blob._meta.get_fields(include_hidden=True)):
        return False
    blob.delete()
    return True


def _refers(field: Any, blob: Blob) -> bool:
    """Whether a row of another table names it, if the field is how other tables do."""
    if not field.one_to_many:
        return False
    return bool(field.related_model._default_manager.filter(**{field.field.name: blob}).exists())


def sweep(older: dt.timedelta = dt.timedelta(days=1)) -> int:
    """Removes bytes that no row speaks of, once they have lain so for a while: whoever keeps a content writes its bytes
    before its row, and makes them young again where they were there. How many."""
    folder, before = Path(settings.EIRENE_HOME) / "files", time.time() - older.total_seconds()
    removed = 0
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        if path.is_file() and path.stat().st_mtime < before and not Blob.objects.filter(pk=path.name).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


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


def quarantine(sha256: str) -> None:
    """Takes the content out of the place where it is read; the caller asks the policy and records why."""
    Blob.objects.filter(pk=sha256).update(quarantined=now())
    transaction.on_commit(settle)


def release(sha256: str) -> None:
    """Puts it back."""
    Blob.objects.filter(pk=sha256).update(quarantined=None)
    transaction.on_commit(settle)


def purge(blob: Blob) -> None:
    """Removes the content for good; the caller asks the policy and records why."""
    Blob.objects.filter(pk=blob.pk).update(purged=now(), quarantined=None)
    transaction.on_commit(settle)


def settle() -> None:
    """Brings the disk to what the database says of purges and quarantine; done after each, and again every night."""
    for sha256 in Blob.objects.filter(purged__isnull=False).values_list("pk", flat=True):
        for path in (path_of(sha256), aside(sha256)):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                _sync_folder(path.parent)
    hidden = set(Blob.objects.filter(quarantined__isnull=False).values_list("pk", flat=True))
    for sha256 in hidden:
        _move(path_of(sha256), aside(sha256))
    folder = Path(settings.EIRENE_HOME) / "quarantine"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in hidden:
            _move(path, path_of(path.name))


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.replace(source, target)
        _sync_folder(target.parent)


def aside(sha256: str) -> Path:
    return Path(settings.EIRENE_HOME) / "quarantine" / sha256


def path_of(sha256: str) -> Path:
    return Path(settings.EIRENE_HOME) / "files" / sha256[:2] / sha256
