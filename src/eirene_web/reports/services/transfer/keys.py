"""The key by which packages for closed networks are known to come from here."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from eirene.errors import EireneError
from eirene.formats.package import fingerprint, new_seed, public_key


def _path() -> Path:
    return Path(settings.EIRENE_HOME) / "package_key"


def seed() -> bytes:
    """The installation's Ed25519 key: made on first use, readable to its owner alone, the same ever after.

    It is written beside and linked into its place, so that two processes that come first at once get the same one, and
    none of them half of it. Raises EireneError if it is there and no key.
    """
    path = _path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as target:
                target.write(new_seed().hex() + "\n")
                target.flush()
                os.fsync(target.fileno())
            with contextlib.suppress(FileExistsError):  # somebody else was first
                os.link(fresh, path)
        finally:
            fresh.unlink()
    try:
        found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        found = b""
    if len(found) != 32:
        raise EireneError(
            _("The key of packages cannot be read."),
            where=str(path),
            remedy=_("Restore it from the backup. Packages that were signed with it are lost without it."),
        )
    return found


def return_seed(token: str) -> bytes:
    """The key of one package, with which its answer is signed: it follows from ours and the token, and is kept nowhere
    but in the package."""
    return hmac.new(seed(), f"eirene.return/1:{token}".encode(), hashlib.sha256).digest()


def fingerprint_shown() -> str:
    """The fingerprint of the public key, as people compare it."""
    return fingerprint(public_key(seed()))
