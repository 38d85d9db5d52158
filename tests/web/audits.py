"""What an audit of the Harbour Compact finds."""

from __future__ import annotations

from collections.abc import Iterable

from eirene_web.journal.attestation import Attestation
from eirene_web.journal.audit import Difference
from eirene_web.journal.verify import Audit


def found(attestations: Iterable[Attestation] = ()) -> list[Difference]:
    return list(Audit("harbour", tuple(attestations)).differences())
