"""Bodies as a dated tree: what they are called and where they lie from one day to another; never in a circle."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eirene.errors import UsageError
from eirene_web.clock import now
from eirene_web.journal.models import Entry
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import BodySpan
from eirene_web.policy import NotAllowed, NotThere, SecondFactorNeeded
from web.world import World

DAY = dt.date(2023, 6, 1)


def ministry(
    world: World,
    name: str = "Ministry of Defence",
    *,
    who: str = "ALF.admin",
    parent: str = "ALF",
    kind: str = "ministry",
) -> str:
    return services.add_body(
        actor=world.actor(who), alliance="harbour", kind=kind, name={"en": name, "fr": f"{name} (fr)"}, parent=parent
    ).code  # fmt: skip


def name_on(world: World, code: str, day: dt.date, lang: str = "en") -> str:
    body = queries.find_body(world.actor("clerk"), world.alliance, code)
    return queries.Names(world.alliance, lang, day).body(body)


def tree(world: World, who: str, day: dt.date = DAY) -> list[tuple[int, str]]:
    names = queries.Names(world.alliance, "en", day)
    return [(node.depth, node.name) for node in queries.tree(world.actor(who), world.alliance, names, day)]


def test_a_body_is_added_below_another_with_one_entry_in_the_journal(harbour_world: World) -> None:
    before = Entry.objects.count()
    code = ministry(harbour_world)
    assert code == "ALF-ministry-1"
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.latest("pk")
    assert (entry.chain, entry.verb, entry.subject) == ("harbour/ALF", "bodies.change", "body:ALF-ministry-1")
    assert name_on(harbour_world, code, DAY, "fr") == "Ministry of Defence (fr)"


def test_another_name_from_a_day_on_and_the_old_one_before_it(harbour_world: World) -> None:
    code = ministry(harbour_world)
    admin = harbour_world.actor("ALF.admin")
    services.move_body(actor=admin, alliance="harbour", code=code, name={"en": "Ministry of Peace"}, since=DAY)
    assert name_on(harbour_world, code, DAY - dt.timedelta(days=1)) == "Ministry of Defence"
    assert name_on(harbour_world, code, DAY) == "Ministry of Peace"
    with pytest.raises(UsageError, match="after the last change"):
        services.move_body(actor=admin, alliance="harbour", code=code, name={"en": "Ministry of War"}, since=DAY)


def test_the_tree_of_a_day_is_that_of_the_day(harbour_world: World) -> None:
    army = ministry(harbour_world, "Army", kind="force")
    staff = ministry(harbour_world, "General Staff", kind="command")
    services.move_body(
        actor=harbour_world.actor("ALF.admin"), alliance="harbour", code=army, parent=staff, since=DAY
    )  # fmt: skip
    before = tree(harbour_world, "ALF.admin", DAY - dt.timedelta(days=1))
    assert [node for node in before if node[0]] == [(1, "Army"), (1, "General Staff")]
    assert [node for node in tree(harbour_world, "ALF.admin") if node[0]] == [(1, "General Staff"), (2, "Army")]


def test_the_administrator_of_a_nation_sees_that_nation_alone(harbour_world: World) -> None:
    ministry(harbour_world)
    ministry(harbour_world, who="BRA.admin", parent="BRA")
    assert len(tree(harbour_world, "ALF.admin")) == 2
    assert len(tree(harbour_world, "clerk")) > 5
    for call in (
        lambda: ministry(harbour_world, who="ALF.admin", parent="BRA"),
        lambda: queries.find_body(harbour_world.actor("ALF.admin"), harbour_world.alliance, "BRA-ministry-1"),
    ):
        with pytest.raises(NotThere):
            call()


def test_who_may_not_is_refused_and_who_signed_in_weakly_is_led_on(harbour_world: World) -> None:
    with pytest.raises(NotAllowed):
        ministry(harbour_world, who="ALF.drafter")
    with pytest.raises(SecondFactorNeeded):
        services.add_body(
            actor=harbour_world.actor("ALF.admin", strong=False), alliance="harbour", kind="ministry",
            name={"en": "x"}, parent="ALF",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "nation"}, "comes from the pack"),
        ({"name": {"en": "  "}}, "A name is needed"),
        ({"code": "people"}, "taken"),
        ({"code": "ALF"}, "taken"),
        ({"code": "a/b"}, "letters, digits"),
        ({"time_zone": "Europe/Nowhere"}, "no time zone"),
        ({"kind": "partner"}, "lies in no nation"),
    ],
)
def test_what_is_wrong_is_said(harbour_world: World, given: dict[str, object], said: str) -> None:
    asked = {"kind": "ministry", "name": {"en": "x"}, "parent": "ALF", **given}
    with pytest.raises(UsageError, match=said):
        services.add_body(actor=harbour_world.installer, alliance="harbour", **asked) if asked[
            "kind"
        ] != "partner" else (services.add_body(actor=harbour_world.actor("ALF.admin"), alliance="harbour", **asked))


def test_a_nation_is_renamed_by_its_pack_and_does_not_move(harbour_world: World) -> None:
    clerk = harbour_world.actor("clerk")
    with pytest.raises(UsageError, match="stands in the pack"):
        services.move_body(actor=clerk, alliance="harbour", code="ALF", name={"en": "x"}, since=DAY)


def test_a_body_does_not_go_over_to_another_nation(harbour_world: World) -> None:
    code = ministry(harbour_world)
    with pytest.raises(UsageError, match="another nation"):
        services.move_body(actor=harbour_world.actor("clerk"), alliance="harbour", code=code, parent="BRA", since=DAY)


def test_no_circle_not_even_for_a_month(harbour_world: World) -> None:
    """B leaves A on 1 March; were A to move under B on 1 February, each would lie under the other until then."""
    a = ministry(harbour_world, "A", kind="command")
    b = ministry(harbour_world, "B", parent=a, kind="unit")
    admin = harbour_world.actor("ALF.admin")

    def move(code: str, parent: str, month: int) -> None:
        services.move_body(
            actor=admin, alliance="harbour", code=code, parent=parent, since=dt.date(2024, month, 1)
        )  # fmt: skip

    with pytest.raises(UsageError, match="under itself"):
        move(a, a, 3)
    with pytest.raises(UsageError, match="under itself"):
        move(a, b, 3)
    move(b, "ALF", 3)
    with pytest.raises(UsageError, match="under itself"):
        move(a, b, 2)
    move(a, b, 3)


def test_a_body_is_closed_when_nothing_is_left_in_it(harbour_world: World) -> None:
    admin = harbour_world.actor("ALF.admin")
    code = ministry(harbour_world)
    below = ministry(harbour_world, "Directorate", parent=code, kind="unit")
    post = services.add_post(actor=admin, alliance="harbour", body=below, title={"en": "Clerk"}, roles={})
    with pytest.raises(UsageError, match="bodies under this one"):
        services.close_body(actor=admin, alliance="harbour", code=code, until=DAY)
    with pytest.raises(UsageError, match="posts in this body"):
        services.close_body(actor=admin, alliance="harbour", code=below, until=DAY)
    services.change_post(actor=admin, post=post.pk, until=DAY)
    services.close_body(actor=admin, alliance="harbour", code=below, until=DAY)
    services.close_body(actor=admin, alliance="harbour", code=code, until=DAY)
    assert len(tree(harbour_world, "ALF.admin", DAY)) == 3
    assert len(tree(harbour_world, "ALF.admin", DAY + dt.timedelta(days=1))) == 1
    with pytest.raises(UsageError, match="closed"):
        services.move_body(actor=admin, alliance="harbour", code=code, name={"en": "x"}, since=dt.date(2025, 1, 1))


def test_a_partner_organisation_has_a_name_of_its_own(harbour_world: World) -> None:
    code = services.add_body(
        actor=harbour_world.actor("clerk"), alliance="harbour", kind="partner", name={"en": "Lighthouse Union"},
        parent="_office",
    ).code  # fmt: skip
    assert queries.Names(harbour_world.alliance, "en", now().date()).nation(code) == "Lighthouse Union"


def test_the_clock_of_a_body_is_set_and_taken_back(harbour_world: World) -> None:
    admin = harbour_world.actor("ALF.admin")
    assert services.set_time_zone(actor=admin, alliance="harbour", code="ALF", time_zone="Pacific/Tarawa").time_zone
    assert services.set_time_zone(actor=admin, alliance="harbour", code="ALF", time_zone="").time_zone == ""


def test_the_tree_asks_the_database_the_same_however_large_it_is(
    harbour_world: World, django_assert_max_num_queries: object
) -> None:
    actor, names = harbour_world.actor("clerk"), queries.Names(harbour_world.alliance, "en", DAY)
    assert names.pack
    for n in range(12):
        ministry(harbour_world, f"Unit {n}", kind="unit")
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        queries.tree(actor, harbour_world.alliance, names, DAY)


_moves = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-1, 3), st.integers(1, 12)), min_size=1, max_size=8
)  # body, parent (-1: the nation), month


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=_moves)
def test_whatever_is_moved_when_no_day_has_a_circle_and_spans_never_overlap(
    harbour_world: World, moves: list[tuple[int, int, int]]
) -> None:
    from django.db import transaction

    with transaction.atomic():
        codes = [ministry(harbour_world, f"U{n}", kind="unit") for n in range(4)]
        for body, parent, month in moves:
            try:
                with transaction.atomic():
                    services.move_body(
                        actor=harbour_world.actor("ALF.admin"), alliance="harbour", code=codes[body],
                        parent="ALF" if parent < 0 else codes[parent], since=dt.date(2024, month, 1),
                    )  # fmt: skip
            except UsageError:
                continue
        _check(codes)
        transaction.set_rollback(True)


def _check(codes: list[str]) -> None:
    spans = list(BodySpan.objects.filter(body__code__in=codes).select_related("body", "parent"))
    for month in range(1, 13):
        day = dt.date(2024, month, 1)
        here = [s for s in spans if (s.since or day) <= day <= (s.until or day)]
        assert sorted(s.body.code for s in here) == sorted(codes)
        parents = {s.body.code: s.parent.code for s in here if s.parent}
        for code in codes:
            seen, at = set(), code
            while at in parents:
                assert at not in seen
                seen.add(at)
                at = parents[at]
