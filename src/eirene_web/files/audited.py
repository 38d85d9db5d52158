"""Files kept under the hash of their content: whether each is there, and is what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from eirene_web.files.models import Blob
from eirene_web.files.services import aside, path_of
from eirene_web.journal.audit import Audited, Difference

_CHUNK = 1 << 20


def _contents(alliance: str) -> Iterable[Difference]:
    """Files belong to no alliance by themselves: all of them are looked at each time."""
    rows = Blob.objects.order_by("pk").values_list("sha256", "purged", "quarantined").iterator()
    for sha256, purged, quarantined in rows:
        path, place = (aside if quarantined else path_of)(sha256), f"file {sha256[:12]}"
        if purged is not None:
            if path.exists() or aside(sha256).exists():
                yield Difference("bytes", place, "It was purged, and its content is there.")
            continue
        digest = hashlib.sha256()
        try:
            with open(path, "rb") as source:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
        except OSError:
            yield Difference("bytes", place, "Its content is not there.")
            continue
        if digest.hexdigest() != sha256:
            yield Difference("bytes", place, "Its content is not what was taken in.")


AUDITED: list[Audited] = []
CHECKS = [_contents]
APART = {"files.Blob": "kept under the hash of its content, which is checked"}
