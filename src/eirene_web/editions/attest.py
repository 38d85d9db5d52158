"""The heads of the journal’s chains beside the releases of an edition, outside their hashed files."""

from __future__ import annotations

import json
from pathlib import Path

from eirene_web.clock import now
from eirene_web.journal.models import Chain

NAME = "attestation.json"


def attest(folder: Path, alliance: str) -> Path:
    """Writes attestation.json into the folder that holds the releases of one freeze."""
    try:
        from eirene_web.journal.attestation import write
    except ImportError:
        return _write(folder, alliance)
    write(folder, alliance)
    return folder / NAME


def _write(folder: Path, alliance: str) -> Path:
    heads = Chain.objects.filter(key__startswith=f"{alliance}/").order_by("key").values_list("key", "length", "head")
    told = {
        "format": "eirene.attestation/1",
        "alliance": alliance,
        "at": now().isoformat(),
        "chains": [{"chain": key, "length": length, "head": head} for key, length, head in heads],
    }
    path = folder / NAME
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(path)
    return path
