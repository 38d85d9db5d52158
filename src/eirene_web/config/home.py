"""The one folder in which an installation keeps everything: database, key, releases, caches."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

#: What in the home folder nobody but its owner reads: the key of the installation, and that which signs packages for
#: closed networks. Every backup has the second one, for without it what is out there comes back to nobody.
KEY, PACKAGE_KEY = "secret_key", "package_key"
SECRETS = (KEY, PACKAGE_KEY)


def home() -> Path:
    """EIRENE_HOME, or `var` in the folder in which the command was given."""
    return Path(os.environ.get("EIRENE_HOME") or "var").absolute()


def secret_key(folder: Path) -> str:
    """The installation's key: made on first use, readable to its owner alone, the same ever after."""
    path = folder / KEY
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(secrets.token_urlsafe(48) + "\n")
    return path.read_text(encoding="ascii").strip()
