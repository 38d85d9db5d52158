"""What a release is built from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from eirene.figures.model import Figure
from eirene.framework.model import Edition, Pack
from eirene.questionnaires.model import Report
from eirene.release.read import Release, earlier_figures, history_reports, is_full

#: Formats of the documents, beside the data files, which are always made.
FORMATS = ("html", "pdf", "docx", "xlsx", "charts")


@dataclass(frozen=True)
class History:
    """An earlier cycle, for trends: its answers if the release holds them whole, else its figures as published."""

    cycle: str
    release_id: str
    manifest_sha256: str
    reports: tuple[Report, ...] = ()
    figures: tuple[Figure, ...] = ()


def history_of(release: Release) -> History:
    """What a later edition may use of an earlier release."""
    full = is_full(release)
    return History(
        release.cycle,
        str(release.manifest["id"]),
        release.manifest_sha256,
        history_reports(release) if full else (),
        () if full else earlier_figures(release),
    )


@dataclass(frozen=True)
class Inputs:
    """All that a release follows from.

    history   earlier cycles, oldest first
    key       for keyed hashes of hidden answers; never written anywhere
    formats   of FORMATS; the data files are always made
    """

    pack: Pack
    cycle: str
    reports: tuple[Report, ...]
    audience: str
    edition: Edition
    as_of: dt.date
    history: tuple[History, ...] = ()
    key: bytes | None = None
    formats: frozenset[str] = frozenset(FORMATS)

    @property
    def past(self) -> tuple[tuple[Report, ...], ...]:
        """Reports of the earlier cycles whose answers are known, oldest first."""
        return tuple(one.reports for one in self.history if one.reports)
