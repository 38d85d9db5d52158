"""A hidden count is shown in its class's band, unless that gives it away."""

from __future__ import annotations

from typing import Any

from disclosure.test_audience import wide
from disclosure.test_auditing import crews
from eirene.disclosure import AudienceView, audience_view, audit
from eirene.disclosure.bands import band_of
from eirene.figures import compute_series
from eirene.figures.model import Band
from eirene.framework import Pack
from eirene.framework.model import ProtectionChoice
from eirene.questionnaires import parse_report

TOTAL = "crew_total.2022.ports.count"


def banded(*bands: int) -> Pack:
    """The wide pack, its class with bands."""
    pack = wide(6)
    classes = [one.model_copy(update={"bands": list(bands)}) for one in pack.header.disclosure_classes]
    header = pack.header.model_copy(update={"disclosure_classes": classes})
    return pack.model_copy(update={"header": header})


def chosen_hidden(pack: Pack, named: str = "......") -> AudienceView:
    """Everybody on board is hidden, for the coordinator chose so."""
    parsed = [parse_report(data, pack) for data in crews([30, 40, 50, 60, 70, 80], named)]
    figures = compute_series(pack, "2022", parsed, [], as_of=pack.cycles["2022"].publication_date)
    keys = [f.key for f in figures if f.kind != "share_of_bodies" and f.basis == "computed"]
    chosen = [ProtectionChoice(audience="everyone", what="figure", where=[key]) for key in keys]
    return audience_view(pack, "2022", "everyone", parsed, figures, chosen=chosen)


def total(view: AudienceView) -> Any:
    return next(f for f in view.figures if f.key == TOTAL)


def test_a_hidden_count_lies_in_the_band_that_is_shown() -> None:
    found = total(chosen_hidden(banded(1, 10, 100, 1000)))
    assert found.value is None
    assert found.suppressed == "protected"
    assert found.band == Band(1000, None)


def test_without_bands_nothing_is_shown_of_it() -> None:
    assert total(chosen_hidden(banded())).band is None


def test_a_band_so_narrow_that_it_gives_one_away_is_not_shown() -> None:
    """All but one are named: the band of the sum would be a band of the last."""
    exact = 180 + 6 * 100 + 17 * 21 + 150
    view = chosen_hidden(banded(1, exact - 3, exact + 3), "xxxxx.")
    assert view.findings.clean
    assert view.source is not None
    assert audit([view.source]).clean
    assert total(view).band is None


def test_a_figure_that_is_no_count_has_no_band() -> None:
    pack = banded(1, 10)
    view = chosen_hidden(pack)
    share = next(f for f in view.figures if f.key == "charter_share.2022.ports.share_of_bodies")
    assert band_of(pack, share) is None
