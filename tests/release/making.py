"""Makes releases of the shared cast without drawing anything: data files, edition, manifest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cast import toy
from eirene.disclosure import AudienceView, audience_view
from eirene.figures import compute_series
from eirene.framework import Pack
from eirene.framework.model import Edition
from eirene.questionnaires import Report, parse_report
from eirene.release.content import build_manifest, data_files
from eirene.release.freeze import freeze
from eirene.release.read import Release, history_entries, history_reports, open_release
from eirene.release.verify import recomputable


def view_of(
    pack: Pack, cycle: str, audience: str, reports: Sequence[Any], history: Sequence[Sequence[Report]] = ()
) -> AudienceView:
    """`reports` as JSON data."""
    parsed = [parse_report(data, pack) for data in reports]
    as_of = pack.cycles[cycle].publication_date
    figures = compute_series(pack, cycle, parsed, history, as_of=as_of)
    return audience_view(pack, cycle, audience, parsed, figures, history=history)


def make(
    out: Path,
    reports: Sequence[Any],
    *,
    audience: str,
    cycle: str = "2022",
    pack: Pack | None = None,
    history: Sequence[Release] = (),
    key: bytes | None = None,
    edition: Edition | None = None,
    **more: bytes,
) -> Release:
    pack = pack or toy()
    view = view_of(pack, cycle, audience, reports, [history_reports(release) for release in history])
    files = data_files(view, key) | more
    chosen = edition or pack.summary
    assert chosen is not None
    entries = history_entries(history)
    manifest = build_manifest(view, chosen, history=entries, recomputable=recomputable(files, view))
    return open_release(freeze(out, files, manifest))
