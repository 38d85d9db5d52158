"""Small releases for the tests of the portal, built by the same code as real ones."""

from __future__ import annotations

from pathlib import Path

from cast import toy, toy_report
from eirene.framework import load
from eirene.questionnaires import parse_report
from eirene.release.build import History, build_release
from eirene_web.editions.builds import shipped_reports

#: Alfport lets its answers be shown by name, Bravmouth and Charlhaven do not.
UNNAMED = ("Bravmouth", "Charlhaven")


def harbour(out: Path, cycle: str = "2022", audience: str = "everyone", women: int = 40) -> Path:
    """The Harbour Compact, one language: two ports have a charter, one has none."""
    pack = toy()
    reports = [
        toy_report("ALF", women, 60, "yes", cycle, naming=True),
        toy_report("BRA", 20, 80, "yes", cycle),
        toy_report("CHA", 10, 90, "no", cycle),
    ]
    parsed = [parse_report(report, pack) for report in reports]
    return build_release(pack, cycle, parsed, audience=audience, out=out, formats=())


def concordia(out: Path, formats: tuple[str, ...] = ("charts",)) -> Path:
    """Concordia 2016 for the public, compared with 2014 and 2015."""
    pack = load("concordia")
    history = [History(c, f"concordia-{c}", "0" * 64, tuple(shipped_reports(pack, c))) for c in ("2014", "2015")]
    return build_release(
        pack, "2016", shipped_reports(pack, "2016"), audience="public", history=history, out=out, formats=formats
    )


def compiled(out: Path) -> Path:
    """What is public about NATO."""
    return build_release(load("nato"), "compiled-2025", [], audience="public", out=out, formats=())
