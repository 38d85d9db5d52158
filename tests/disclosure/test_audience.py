"""Who may be named to whom, so that nobody else can be worked out (toy pack: three ports, secretariat and everyone)."""

from __future__ import annotations

from typing import Any

from cast import toy, toy_report
from eirene.disclosure import AudienceView
from eirene.framework import Pack
from eirene.framework.model import Body, Membership
from release.making import view_of


def wide(n: int) -> Pack:
    """The toy pack with n ports: P01, P02 …"""
    pack = toy()
    codes = [f"P{i:02}" for i in range(1, n + 1)]
    bodies = {c: Body(code=c, name={"en": c}, attr={"has_crew": "yes"}) for c in codes}
    memberships = [Membership(body=c, population="ports") for c in codes]
    return pack.model_copy(update={"bodies": bodies, "memberships": memberships})


def told(charters: str, named: str, sizes: list[int] | None = None, **first: Any) -> AudienceView:
    """A view for everyone. `charters`: one letter per port, y n or - (no report); `named`: x where it may be named."""
    sizes = sizes or [100 * (i + 1) for i in range(len(charters))]
    reports = []
    for i, (letter, mark) in enumerate(zip(charters, named, strict=True)):
        if letter != "-":
            answer = {"naming": mark == "x"} | (first if i == 0 else {})
            reports.append(toy_report(f"P{i + 1:02}", 20, sizes[i], {"y": "yes", "n": "no"}[letter], **answer))
    return view_of(wide(len(charters)), "2022", "everyone", reports)


def names(view: AudienceView, question: str) -> str:
    """x for each port that is named."""
    return "".join("x" if view.shown(body, question) else "." for body in sorted(view.pack.bodies))


def figure(view: AudienceView, key: str) -> Any:
    return next(f for f in view.figures if f.key == key)


def test_a_body_is_named_only_where_it_released_that() -> None:
    assert names(told("yyynnn", "xx..x."), "charter") == "xx..x."


def test_an_answer_that_is_not_released_to_the_audience_is_not_named_even_if_released_for_naming() -> None:
    view = told("yyynnn", "xx..x.", releasability="secretariat", naming=True)
    assert not view.visible("P01", "charter")
    assert names(view, "charter") == ".x..x."


def test_the_office_names_all() -> None:
    view = view_of(wide(3), "2022", "secretariat", [toy_report("P01", 1, 2), toy_report("P02", 1, 2)])
    assert names(view, "charter") == "xx."
    assert figure(view, "charter_share.2022.ports.share_of_bodies").missing[0].bodies == ("P03",)
    assert dict(view.protection) == {}


def test_one_left_over_hides_two_beside_it() -> None:
    """Five of six named: the sixth's answer would follow from the count; beside one alone, that one could tell it."""
    view = told("yyynny", "xxxxx.")
    assert names(view, "charter") == "xxx..."
    assert view.protection["names_withdrawn_others_alike"] >= 1


def test_several_left_over_who_all_said_the_same_are_hidden_among_others() -> None:
    view = told("yyyynnn", "xxxx...")
    assert names(view, "charter").count("x") == 3
    assert view.counts()["shown"] == sum(names(view, q).count("x") for q in ("charter", "crew"))


def test_left_over_of_different_minds_need_a_third_for_each_knows_itself() -> None:
    assert names(told("yyynny", "xxxx.."), "charter") == "xxx..."


def test_where_all_agree_the_count_says_it_and_no_name_is_lost() -> None:
    view = told("yyyyyy", "xxx...")
    assert names(view, "charter") == "xxx..."
    assert view.protection["counts_of_one_mind"] >= 1


def test_who_did_not_report_is_not_found_by_elimination() -> None:
    """All others are named: the silent one needs company that is never named at all."""
    view = told("yynnn-", "xxxxx.")
    unnamed = [b for b in sorted(view.pack.bodies) if not view.names(b)]
    assert len(unnamed) == 2
    assert "P06" in unnamed
    assert all(not m.bodies for f in view.figures for m in f.missing if m.reason == "no_report")


def test_a_port_to_which_the_question_does_not_apply_hides_nobody() -> None:
    """Everybody knows from the pack that the port without a crew is not in the sum."""
    pack = wide(5)
    bodies = {**pack.bodies, "P05": Body(code="P05", name={"en": "P05"}, attr={"has_crew": "no"})}
    pack = pack.model_copy(update={"bodies": bodies})
    reports = [toy_report(f"P{i:02}", 20, 100 * i, "yes" if i % 2 else "no", naming=i < 4) for i in range(1, 6)]
    del reports[4]["answers"]["crew"]
    view = view_of(pack, "2022", "everyone", reports)
    assert names(view, "crew").count("x") == 2
    assert not view.shown("P04", "crew")


def test_the_last_number_is_not_the_sum_less_all_others() -> None:
    view = told("yynnyn", "xxxxx.", sizes=[900, 300, 100, 500, 700, 200])
    assert names(view, "crew") == "xx.xx."
    assert view.protection["names_withdrawn_one_left_over"] >= 1


def test_a_number_that_stands_alone_is_not_shown() -> None:
    reports = [toy_report("P01", 20, 80, "yes"), toy_report("P02", 20, 80, "no")]
    del reports[1]["answers"]["crew"]
    view = view_of(wide(3), "2022", "everyone", reports)
    pooled = figure(view, "women_on_board.2022.ports.pooled")
    assert (pooled.value, pooled.numerator, pooled.denominator) == (None, None, None)
    assert pooled.suppressed == "protected"
    assert pooled.n_answered == 1


def test_the_largest_is_not_the_difference_of_two_rates() -> None:
    """Pooled with and without the largest: together they are the largest's own numbers."""
    hidden = told("yynnyn", "......")
    assert figure(hidden, "women_on_board.2022.ports.pooled").value is not None
    assert figure(hidden, "women_on_board.2022.ports.pooled_without_largest").suppressed == "protected"
    largest_named = told("yynnyn", ".....x")
    assert figure(largest_named, "women_on_board.2022.ports.pooled_without_largest").value is not None


def test_medians_of_few_are_not_shown_while_some_are_not_named() -> None:
    assert figure(told("yn", ".."), "women_on_board.2022.ports.median_of_bodies").suppressed == "protected"
    assert figure(told("yyynn", "....."), "women_on_board.2022.ports.median_of_bodies").value is not None
    assert figure(told("yyn", "xxx"), "women_on_board.2022.ports.median_of_bodies").value is not None


def test_a_hidden_figure_tells_nothing_beside_its_counts() -> None:
    gone = figure(told("yynnyn", "......"), "women_on_board.2022.ports.pooled_without_largest")
    assert (gone.change, dict(gone.members), dict(gone.extra)) == (None, {}, {})
    assert gone.coverage is None or gone.coverage.personnel is None


def test_members_and_notes_of_a_figure_are_those_that_may_be_named() -> None:
    view = told("yyynnn", "xx..x.")
    assert sorted(figure(view, "charter_share.2022.ports.share_of_bodies").members) == ["P01", "P02", "P05"]


def test_texts_of_answers_that_are_not_named_stay_where_they_are() -> None:
    view = told("yyynnn", ".x..x.", comment={"en": "Ask Ms Vance."})
    assert view.answer("P01", "charter") is None
    named = view.answer("P02", "charter")
    assert named is not None
    assert named.value == "yes"


def test_the_same_reports_give_the_same_names_in_any_order() -> None:
    reports = [toy_report(f"P{i:02}", 20, 100 * i, "yes" if i < 5 else "no", naming=i != 6) for i in range(1, 7)]
    one = view_of(wide(6), "2022", "everyone", reports)
    two = view_of(wide(6), "2022", "everyone", reports[::-1])
    assert names(one, "charter") == names(two, "charter")
    assert one.protection == two.protection
