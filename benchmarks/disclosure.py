"""What the audit and the protection of a release cost, beside building it unprotected.

Goal on 2 cores: the audit of a release (41 bodies, 60 indicators and more) within 60 s.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from eirene.disclosure import audience_view, audit
from eirene.framework import load
from eirene.packs import demo_reports
from eirene.release import build_release
from eirene.release.build import all_figures, check_reports, edition_of
from eirene.release.inputs import Inputs
from eirene.release.told import read_sources


def main() -> None:
    pack = load("concordia")
    reports = tuple(demo_reports(pack, "2016"))
    date = pack.cycles["2016"].publication_date
    inputs = Inputs(pack, "2016", reports, "public", edition_of(pack, "2016", None), date)
    start = time.perf_counter()
    figures = all_figures(inputs, check_reports(inputs))
    computed = time.perf_counter() - start
    start = time.perf_counter()
    view = audience_view(pack, "2016", "public", reports, figures, as_of=date)
    protected = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as name:
        folders = [
            str(build_release(pack, "2016", reports, out=Path(name) / audience, audience=audience, formats=()))
            for audience in ("public", "office")
        ]
        start = time.perf_counter()
        found = audit(read_sources(folders))
        audited = time.perf_counter() - start
    loss = view.loss
    print(f"{len(reports)} bodies, {len({f.id for f in figures})} indicators, {len(figures)} figures: {computed:.1f} s")
    print(f"audit of a release, {found.checked} hidden numbers   {audited:6.1f} s   goal 60 s")
    print(f"exposed in it                               {len(found.values):6d}     goal 0")
    print(f"protection of a release                    {protected:6.1f} s   {protected / computed:.0f} x its figures")
    print(f"cells hidden    {loss.cells} of {loss.of_cells} ({loss.cells / loss.of_cells:.1%})")
    print(f"persons hidden  {float(loss.persons / loss.of_persons):.1%} of those counted by body")
    print(f"figures hidden  {loss.figures} of {loss.of_figures} ({loss.figures / loss.of_figures:.1%})")
    print(f"names withdrawn {loss.names} of {loss.of_names} ({loss.names / loss.of_names:.1%})")


if __name__ == "__main__":
    main()
