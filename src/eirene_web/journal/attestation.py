"""Attesting where the chains end, so that whoever keeps the file elsewhere can later tell if history was rewritten.

An attestation names, for each chain of an alliance, how many entries it has and the hash of the last one, and one hash
over all of them (the root of a Merkle tree). It holds no content and no name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from eirene.errors import Unreadable
from eirene.files import write_whole
from eirene_web.clock import now
from eirene_web.journal.chain import canonical, instant
from eirene_web.journal.models import Chain

FORMAT = "eirene.attestation/1"
NAME = "attestation.json"


@dataclass(frozen=True)
class Attestation:
    """`heads`: chain → entries, hash of the last. `source`: where it was read, for messages."""

    at: dt.datetime
    alliance: str
    heads: Mapping[str, tuple[int, str]]
    source: str = ""


def fingerprint() -> str:
    """Tells this installation from others; says nothing about its key."""
    return hmac.new(str(settings.SECRET_KEY).encode(), b"eirene installation", hashlib.sha256).hexdigest()[:32]


def heads_of(alliance: str) -> dict[str, tuple[int, str]]:
    """Where each chain of the alliance ends now."""
    rows = Chain.objects.filter(key__startswith=f"{alliance}/").order_by("key").values_list("key", "length", "head")
    return {key: (length, head) for key, length, head in rows}


def root(heads: Mapping[str, tuple[int, str]]) -> str:
    """Merkle root over chain, length and head, in the order of the chains' names; of nothing, the hash of nothing."""
    level = [_hash(b"\0" + canonical([key, *heads[key]]).encode()) for key in sorted(heads)]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [_hash(b"\1" + pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    return (level[0] if level else _hash(b"")).hex()


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def attest(alliance: str) -> bytes:
    """The attestation of an alliance now, as a file."""
    heads = heads_of(alliance)
    told = {
        "format": FORMAT,
        "at": instant(now()),
        "alliance": alliance,
        "installation": fingerprint(),
        "root": root(heads),
        "chains": {key: {"entries": length, "head": head} for key, (length, head) in heads.items()},
    }
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def write(folder: Path, alliance: str) -> None:
    """Puts the attestation beside a release, outside the files that its manifest covers."""
    write_whole(folder / NAME, attest(alliance))


def read(path: Path) -> Attestation:
    """Of a file, or of the folder of a release. Raises Unreadable, also if the file's own root does not fit."""
    file = path / NAME if path.is_dir() else path
    try:
        told = json.loads(file.read_bytes())
        heads = {key: (int(one["entries"]), str(one["head"])) for key, one in told["chains"].items()}
        at = dt.datetime.fromisoformat(told["at"])
        given = (told["format"], told["root"], str(told["alliance"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"This is no attestation: {type(error).__name__}.", where=str(file)) from None
    if given[0] != FORMAT or given[1] != root(heads):
        raise Unreadable("The attestation was altered: its root does not fit its chains.", where=str(file))
    return Attestation(at, given[2], heads, str(file))


def known(alliance: str = "") -> list[Attestation]:
    """Those kept here: one a day, and those beside releases. What cannot be read is left out: it attests nothing."""
    home = Path(settings.EIRENE_HOME)
    found: list[Attestation] = []
    for file in _files(home):
        try:
            one = read(file)
        except Unreadable:
            continue
        if alliance in ("", one.alliance):
            found.append(one)
    return sorted(found, key=lambda one: one.at)


def _files(home: Path) -> Iterable[Path]:
    yield from sorted((home / "attestations").glob("*/*.json"))
    for folder in ("releases", "held"):
        yield from sorted((home / folder).glob(f"**/{NAME}"))
