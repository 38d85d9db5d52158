"""A release made and examined, without Django: what the worker has done in a process of its own (`eirene.apart`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eirene.release import build_release, diff, open_release, verify
from eirene.release.freeze import MANIFEST
from eirene_web.editions.examining import Held, sources


@dataclass(frozen=True)
class Made:
    """A whole release in its folder, which agrees with its manifest.

    size      bytes of its files
    summary   what was verified, in a sentence
    changes   by language, what is different from the release before it; empty for the first
    audit     what the manifest says of the audit: {"clean", "checked", …}; {} where there is nothing to attack
    """

    sha256: str
    files: int
    size: int
    summary: str
    changes: dict[str, list[str]]
    audit: dict[str, Any]


def make_release(
    *, out: Path, last: Path | None = None, held: Sequence[Held] = (), progress: Callable[[str, int, int], None],
    **what: Any,
) -> Made:  # fmt: skip
    """Builds what `build_release` takes, unless a killed process left it whole. Raises what that raises (Blocked, with
    one problem for each thing that its readers could work out), and VerificationFailed.

    held   releases that the same readers hold besides
    """
    if not (out / MANIFEST).is_file():
        build_release(**what, out=out, beside=sources(held), progress=progress)
    progress("verifying", 0, 0)
    checked = verify(out)
    checked.require()
    release = open_release(out)
    before = open_release(last) if last is not None and (last / MANIFEST).is_file() else None
    files = release.manifest["files"]
    return Made(
        release.manifest_sha256,
        len(files),
        sum(int(entry["bytes"]) for entry in files),
        checked.summary(),
        {lang: diff(before, release, lang) for lang in release.languages} if before else {},
        dict(release.manifest.get("audit") or {}),
    )
