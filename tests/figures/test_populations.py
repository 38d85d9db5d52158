"""Who is counted: as at the time, in a constant panel, today; and what is said where there is nobody."""

from __future__ import annotations

import datetime as dt

import pytest

from cast import sampler, toy
from eirene.errors import UsageError
from eirene.figures import Figure, compute, compute_series
from eirene.framework import Pack
from eirene.framework.model import Population
from eirene.questionnaires import Finding, Place, Report
from figures.drawn import reports

DAY = dt.date(2023, 6, 30)
ONE = {"en": "one", "fr": "un"}


def with_populations(pack: Pack) -> Pack:
    more = [
        Population(code="panel", label=ONE, one=ONE, many=ONE, of="members", basis="constant_panel"),
        Population(code="today", label=ONE, one=ONE, many=ONE, of="members", basis="today"),
    ]
    header = pack.header.model_copy(update={"populations": [*pack.header.populations, *more]})
    return pack.model_copy(update={"header": header})


def figures(pack: Pack, cycle: str, now: list[Report], *history: list[Report], **more: object) -> dict[str, Figure]:
    return {f.key: f for f in compute_series(pack, cycle, now, list(history), as_of=DAY, **more)}


LAWS = """
    body | law
    AAA  | yes
    BBB  | no
    EEE  | yes
    GGG  | yes
"""


def test_eland_was_a_guest_in_2021_a_member_in_2022_and_is_one_today() -> None:
    pack = with_populations(sampler())
    then = "body | law\n AAA | yes\n EEE | yes"
    found = figures(pack, "2022", reports(pack, "2022", LAWS), reports(pack, "2021", then))
    assert found["law_share.2022.members.share_of_bodies"].n_bodies == 5
    assert found["law_share.2021.members.share_of_bodies"].n_bodies == 4
    assert found["law_share.2021.guests.share_of_bodies"].members == {"EEE": True}
    assert found["law_share.2021.today.share_of_bodies"].members == {"AAA": True, "EEE": True}
    # The panel: members of 2022 that reported both times, the same bodies in both years.
    for cycle in ("2021", "2022"):
        panel = found[f"law_share.{cycle}.panel.share_of_bodies"]
        assert (panel.n_bodies, set(panel.members)) == (2, {"AAA", "EEE"})


def test_a_body_that_was_not_asked_did_not_fail_to_report() -> None:
    pack = with_populations(sampler())
    only_guests = pack.cycles["2021"].model_copy(update={"asked": ["guests"]})
    pack = pack.model_copy(update={"cycles": {**pack.cycles, "2021": only_guests}})
    figure = figures(pack, "2021", [])["law_share.2021.members.share_of_bodies"]
    assert [(m.reason, m.n) for m in figure.missing] == [("not_asked", 4)]


def test_a_cycle_without_reports_has_figures_that_say_so() -> None:
    for figure in figures(sampler(), "2022", []).values():
        if figure.id != "reporting":
            assert (figure.value, figure.suppressed, figure.n_answered) == (None, "no_answers", 0)


def test_a_population_without_bodies_is_no_mistake() -> None:
    pack = sampler()
    pack = pack.model_copy(update={"memberships": [m for m in pack.memberships if m.population == "members"]})
    figure = figures(pack, "2022", [])["law_share.2022.guests.share_of_bodies"]
    assert (figure.n_bodies, figure.value, figure.suppressed) == (0, None, "no_answers")


def test_a_figure_of_too_few_bodies_is_not_shown_nor_its_parts() -> None:
    pack = sampler()
    pack = pack.model_copy(update={"header": pack.header.model_copy(update={"min_bodies": 3})})
    now, then = reports(pack, "2022", LAWS), reports(pack, "2021", "body | law\n AAA | yes")
    found = figures(pack, "2022", now, then)
    few = found["law_share.2022.guests.share_of_bodies"]
    assert (few.value, few.numerator, few.denominator, few.suppressed) == (None, None, None, "min_bodies")
    enough = found["law_share.2022.members.share_of_bodies"]
    assert enough.value is not None
    assert (enough.change.previous_value, enough.change.panel_value) == (None, None)


def test_coverage_is_in_bodies_and_in_personnel() -> None:
    pack = sampler()
    now = reports(pack, "2022", "body | law | staff\n AAA | yes | 100\n BBB | withheld | 300\n DDD | no |")
    then = reports(pack, "2021", "body | staff\n CCC | 50")
    figure = figures(pack, "2022", now, then)["law_share.2022.members.share_of_bodies"]
    # Dland has no forces: nobody. Cland's size is last year's. Eland's is unknown, so the whole is too.
    assert (figure.coverage.bodies, figure.coverage.of_bodies, figure.coverage.personnel) == (2, 5, 100)
    assert figure.coverage.of_personnel is None
    assert figure.extra == {"sizes_from_earlier": 1}


def test_the_name_of_the_largest_goes_nowhere() -> None:
    pack = sampler()
    now = reports(pack, "2022", "body | staff[sex=women] | staff\n AAA | 1 | 10\n BBB | 30 | 300")
    figure = figures(pack, "2022", now)["women.2022.members.pooled_without_largest"]
    assert figure.members == {"AAA": (1, 10)}
    assert [m.bodies for m in figure.missing if m.reason == "largest"] == [()]


def test_bodies_may_be_given_instead_of_the_packs() -> None:
    pack = toy()
    unnamed = [Report("toy", "one", "2022", body, {}) for body in ("x1", "x2")]
    found = compute(pack, "2022", unnamed, as_of=DAY, bodies={"ports": ("x1", "x2", "x3")})
    figure = next(f for f in found if f.key == "charter_share.2022.ports.share_of_bodies")
    assert [(m.reason, m.bodies) for m in figure.missing] == [("no_report", ("x3",)), ("not_answered", ("x1", "x2"))]


def test_bodies_that_are_given_were_asked() -> None:
    pack = sampler()
    unnamed = [Report("sampler", "q2", "2022", body, {}) for body in ("x1", "x2")]
    found = compute(pack, "2022", unnamed, as_of=DAY, bodies={"members": ("x1", "x2", "x3")}, only=["reporting"])
    figure = next(f for f in found if f.population == "members")
    assert (figure.numerator, figure.denominator) == (2, 3)


def test_a_blocker_makes_an_answer_unusable() -> None:
    pack = sampler()
    blocker = Finding("B-1", "blocker", Place("law"), {"en": "x"}, {"en": "y"})
    found = figures(pack, "2022", reports(pack, "2022", LAWS), findings={"AAA": [blocker]})
    figure = found["law_share.2022.members.share_of_bodies"]
    assert ("unusable", ("AAA",)) in [(m.reason, m.bodies) for m in figure.missing]


def test_two_reports_of_a_body_and_a_report_of_another_cycle_are_both_told() -> None:
    pack = sampler()
    twice = [*reports(pack, "2022", LAWS), *reports(pack, "2022", LAWS), *reports(pack, "2021", LAWS)]
    with pytest.raises(UsageError) as caught:
        compute(pack, "2022", twice, as_of=DAY)
    assert len(caught.value.problems) == 8
