"""The heads of the journal’s chains beside the releases of an edition, outside their hashed files."""

from __future__ import annotations

from pathlib import Path

from eirene_web.journal import attestation


def attest(folder: Path, alliance: str) -> Path:
    """Writes attestation.json into the folder that holds the releases of one freeze."""
    attestation.write(folder, alliance)
    return folder / attestation.NAME
