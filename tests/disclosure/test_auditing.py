"""The audit attacks what a release tells; protection hides, the least first, until it finds nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cast import toy_report
from disclosure.test_audience import wide
from eirene.disclosure import AudienceView, Source, audit, refuse_exposed
from eirene.disclosure.hidden import HiddenThing
from eirene.disclosure.report import as_json, problems
from eirene.errors import Blocked
from eirene.figures import compute_series
from eirene.questionnaires import parse_report
from release.making import view_of

POOLED = "women_on_board.2022.ports.pooled"


def crews(women: list[int], named: str, charters: str = "", **first: Any) -> list[dict[str, Any]]:
    """A report for each port; `named`: x where it may be named."""
    said = charters or "yn" * len(women)
    return [
        toy_report(
            f"P{i:02}", w, 100 + 17 * i, {"y": "yes", "n": "no"}[said[i - 1]], naming=mark == "x",
            **(first if i == 1 else {}),
        )
        for i, (w, mark) in enumerate(zip(women, named, strict=True), start=1)
    ]  # fmt: skip


def everything_shown(women: list[int], named: str) -> Source:
    """What a release would tell that hides nothing but the names that were not released."""
    pack, reports = wide(len(women)), crews(women, named)
    parsed = [parse_report(data, pack) for data in reports]
    figures = compute_series(pack, "2022", parsed, [], as_of=pack.cycles["2022"].publication_date)
    shown = frozenset(("2022", r.body, q) for r in parsed for q, a in r.answers.items() if a.naming)
    members = {f.key: tuple(f.members) for f in figures}
    return Source(
        "bare", pack, "2022", "everyone", pack.cycles["2022"].publication_date, {f.key: f for f in figures}, members,
        {"2022": {r.body: r for r in parsed}}, shown, {}, shown,
    )  # fmt: skip


def exposed(source: Source, **more: Any) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.body, one.cell) for one in audit([source], **more).values}


def test_one_that_is_left_over_of_a_sum_is_found_to_the_last_person() -> None:
    found = audit([everything_shown([30, 40, 50, 60, 70], "xxxx.")], insiders=False)
    women = next(one for one in found.values if one.cell == ("women",))
    assert (women.body, round(women.low), round(women.high)) == ("P05", 70, 70)
    assert any(found.unknowns.rows[n].item[1].startswith("women_on_board.2022.ports.pooled") for n in women.rows)


def test_two_that_are_left_over_hide_each_other_from_others_but_not_from_themselves() -> None:
    source = everything_shown([30, 40, 50, 60, 70, 80], "xxxx..")
    source = replace(source, figures={k: f for k, f in source.figures.items() if f.kind in ("pooled", "count")})
    assert not exposed(source, insiders=False)
    assert {(one.body, one.by) for one in audit([source]).values} == {("P05", "P06"), ("P06", "P05")}


def test_who_knows_one_of_the_two_knows_the_other() -> None:
    source = everything_shown([30, 40, 50, 60, 70, 80], "xxxx..")
    assert {body for body, _ in exposed(source, knows=frozenset({"P05"}))} == {"P06"}


def test_protection_leaves_nothing_and_keeps_the_headline() -> None:
    view = view_of(wide(6), "2022", "everyone", crews([30, 40, 50, 60, 70, 80], "xxxxx."))
    assert view.findings.clean
    assert next(f for f in view.figures if f.key == POOLED).value is not None
    refuse_exposed(view)


def test_what_is_hidden_says_why_and_what_it_protects() -> None:
    view = view_of(wide(6), "2022", "everyone", crews([2, 40, 50, 60, 70, 80], "xxxxxx"))
    reasons = {thing.where: thing.why for thing in view.hidden if thing.what == "cell"}
    assert reasons["2022", "P01", "crew", "women"] == "small"
    assert reasons["2022", "P01", "crew", "men"] == "within"
    told = as_json(view)
    small = next(one for one in told["hidden"] if one["where"] == ["2022", "P01", "crew", "women"])
    assert small["text"]["en"] == "Port P01: 1 How many people serve on board?, women, is shown as c" or small["text"]
    assert told["clean"] is True


def test_the_same_reports_are_protected_in_the_same_way() -> None:
    views = [view_of(wide(7), "2022", "everyone", crews([2, 40, 1, 60, 70, 80, 90], "xxx.xxx")) for _ in range(2)]
    assert views[0].hidden == views[1].hidden
    assert views[0].figures == views[1].figures


def test_what_stays_exposed_is_refused_with_what_tells_it_and_what_helps() -> None:
    view = view_of(wide(6), "2022", "everyone", crews([30, 40, 50, 60, 70, 80], "xxxxx."))
    source = everything_shown([30, 40, 50, 60, 70], "xxxx.")
    leaking = replace(view, findings=audit([source], insiders=False))
    with pytest.raises(Blocked) as caught:
        refuse_exposed(leaking)
    told = problems(leaking, "en")
    assert len(caught.value.problems) == len(told) >= 1
    assert "P05" in told[0].what
    assert "Women on board" in told[0].what
    assert told[0].remedy


def test_a_choice_of_the_coordinator_is_hidden_and_said_to_be_chosen() -> None:
    from eirene.disclosure import audience_view
    from eirene.framework.model import ProtectionChoice

    pack = wide(6)
    parsed = [parse_report(data, pack) for data in crews([30, 40, 50, 60, 70, 80], "xxxxx.")]
    figures = compute_series(pack, "2022", parsed, [], as_of=pack.cycles["2022"].publication_date)
    chosen = [ProtectionChoice(audience="everyone", what="figure", where=[POOLED])]
    view = audience_view(pack, "2022", "everyone", parsed, figures, chosen=chosen)
    assert next(f for f in view.figures if f.key == POOLED).suppressed == "protected"
    assert [t.why for t in view.hidden if t.where == (POOLED,)] == ["chosen"]
    assert view.findings.clean


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from("xx.")), min_size=4, max_size=9),
)
def test_whatever_the_reports_nothing_is_exposed(ports: list[tuple[int, str]]) -> None:
    women, named = [w for w, _ in ports], "".join(mark for _, mark in ports)
    view: AudienceView = view_of(wide(len(ports)), "2022", "everyone", crews(women, named))
    assert view.findings.clean
    assert all(isinstance(thing, HiddenThing) for thing in view.hidden)
