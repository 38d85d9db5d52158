"""A nation renamed, split, joining in the middle of a cycle: the pack says so, the posts go on."""

from __future__ import annotations

import datetime as dt

import pytest

from eirene.errors import UsageError
from eirene.framework import Pack, pack_bytes, pack_from_bytes
from eirene.framework.model import Body as PackBody
from eirene.framework.model import DatedName, Membership
from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Body
from eirene_web.organisations.succession import line_of
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import queries as reports
from web.world import IN_CYCLE, World

DAY = dt.date(2023, 2, 1)


def with_nation(pack: Pack, code: str, name: str) -> Pack:
    """The pack with one more nation, a member from the day on."""
    new = pack_from_bytes(pack_bytes(pack))
    body = PackBody.model_validate({"code": code, "name": {"en": name}})
    joined = Membership(body=code, population=pack.memberships[0].population, valid_from=DAY)
    return new.model_copy(
        update={"bodies": {**new.bodies, code: body}, "memberships": [*new.memberships, joined]}
    )  # fmt: skip


def renamed(pack: Pack, code: str, before: str) -> Pack:
    new = pack_from_bytes(pack_bytes(pack))
    dated = DatedName(body=code, valid_to=DAY - dt.timedelta(days=1), name={"en": before})
    return new.model_copy(update={"names": [*new.names, dated]})


def test_a_nation_that_joins_gets_its_body_and_the_open_cycle_keeps_its_pack(harbour_world: World) -> None:
    before = harbour_world.cycle.pack_id
    with clock.at(IN_CYCLE):
        alliance = services.sync_with_pack(pack=with_nation(harbour_world.pack, "DEL", "Delta"))
    assert Body.objects.get(alliance=alliance, code="DEL").nation == "DEL"
    assert queries.Names(alliance, "en", DAY).nation("DEL") == "Delta"
    assert harbour_world.cycle.pack_id == before != alliance.pack_id
    entry = Entry.objects.filter(verb="alliance.found").latest("pk")
    assert sorted(entry.changes.values_list("thing", flat=True)) == ["alliance:harbour", "body:DEL"]
    count = Entry.objects.count()
    services.sync_with_pack(pack=with_nation(harbour_world.pack, "DEL", "Delta"))
    assert Entry.objects.count() == count


def test_a_nation_renamed_in_mid_cycle_is_called_by_the_day(harbour_world: World) -> None:
    alliance = services.sync_with_pack(pack=renamed(harbour_world.pack, "ALF", "Old Alfa"))
    today = queries.Names(alliance, "en", DAY).nation("ALF")
    assert queries.Names(alliance, "en", DAY - dt.timedelta(days=1)).nation("ALF") == "Old Alfa"
    assert today != "Old Alfa"
    assert harbour_world.actor("ALF.rapporteur").holds("rapporteur")


def split(world: World, *, new: str = "DEL") -> None:
    services.sync_with_pack(pack=with_nation(world.pack, new, "Delta"), succeeds={new: "ALF"})
    world.alliance.refresh_from_db()


def go_on(world: World, who: str = "clerk", **what: object) -> Body:
    with clock.at(IN_CYCLE):
        return services.continue_nation(
            actor=world.actor(who), alliance="harbour", old="ALF", new="DEL", since=DAY, **what  # type: ignore[arg-type]
        )  # fmt: skip


def test_after_a_split_the_posts_of_the_new_nation_are_its_own(harbour_world: World) -> None:
    split(harbour_world)
    admin = harbour_world.actor("ALF.admin")
    command = services.add_body(
        actor=admin, alliance="harbour", kind="command", name={"en": "Delta Command"}, parent="ALF"
    )
    services.add_body(actor=admin, alliance="harbour", kind="unit", name={"en": "Battalion"}, parent=command.code)
    drafter = harbour_world.posts["ALF.drafter"]
    services.change_post(actor=admin, post=drafter.pk, above=harbour_world.posts["ALF.rapporteur"].pk)
    count = Entry.objects.count()
    go_on(harbour_world, posts=[drafter.pk], bodies=[command.code])
    assert Entry.objects.count() == count + 1
    with clock.at(IN_CYCLE):
        actor = harbour_world.actor("ALF.drafter")
        assert actor.nations == ("DEL",)
        with pytest.raises(NotThere):
            reports.find_report(actor, harbour_world.alliance, "2022", "ALF")
        names = queries.Names(harbour_world.alliance, "en", DAY)
        tree = [n.name for n in queries.tree(harbour_world.actor("clerk"), harbour_world.alliance, names, DAY)]
    assert tree[tree.index("Delta") :][:3] == ["Delta", "Delta Command", "Battalion"]
    assert set(Body.objects.filter(nation="DEL").values_list("kind", flat=True)) == {"nation", "command", "unit"}
    drafter.refresh_from_db()
    assert drafter.above is None
    assert harbour_world.actor("ALF.rapporteur").nations == ("ALF",)


def test_under_a_new_code_the_posts_answer_for_the_open_report_too(harbour_world: World) -> None:
    """The nation goes on as another one altogether; its report of the open cycle stands under the old code."""
    split(harbour_world)
    go_on(harbour_world, posts=[post.pk for who, post in harbour_world.posts.items() if who.startswith("ALF.")])
    with clock.at(IN_CYCLE):
        actor = harbour_world.actor("ALF.rapporteur")
        assert actor.nations == ("DEL", "ALF")
        assert reports.find_report(actor, harbour_world.alliance, "2022", "ALF")
        with pytest.raises(NotThere):
            reports.find_report(actor, harbour_world.alliance, "2022", "BRA")


def split_twice(world: World) -> None:
    """ECH continues DEL, which continues ALF."""
    split(world)
    both = with_nation(with_nation(world.pack, "DEL", "Delta"), "ECH", "Echo")
    services.sync_with_pack(pack=both, succeeds={"ECH": "DEL"})
    world.alliance.refresh_from_db()


def test_a_nation_that_continues_one_which_continued_another_answers_for_both(harbour_world: World) -> None:
    """ALF goes on as DEL, DEL as ECH, and nothing is left in either: the report of ALF is still answered for."""
    world = harbour_world
    own = [post.pk for who, post in world.posts.items() if who.startswith("ALF.")]
    split_twice(world)
    go_on(world, posts=own)
    with clock.at(IN_CYCLE):
        services.continue_nation(
            actor=world.actor("clerk"), alliance="harbour", old="DEL", new="ECH", since=DAY, posts=own
        )
        actor = world.actor("ALF.rapporteur")
        assert actor.nations == ("ECH", "DEL", "ALF")
        assert reports.find_report(actor, world.alliance, "2022", "ALF")


def test_the_line_of_a_nation_goes_back_to_its_beginning_and_never_round(harbour_world: World) -> None:
    split_twice(harbour_world)
    assert [one.code for one in line_of(Body.objects.get(code="ECH"))] == ["ECH", "DEL", "ALF"]
    both = with_nation(with_nation(harbour_world.pack, "DEL", "Delta"), "ECH", "Echo")
    with pytest.raises(UsageError, match="not the other way round"):
        services.sync_with_pack(pack=both, succeeds={"ALF": "ECH"})


def test_who_somebody_is_takes_two_queries(harbour_world: World, django_assert_num_queries: object) -> None:
    split(harbour_world)
    person = harbour_world.people["ALF.rapporteur"]
    queries.actor_for(person, harbour_world.alliance)
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.actor_for(person, harbour_world.alliance)


def test_a_nation_that_nobody_called_the_successor_takes_nothing_over(harbour_world: World) -> None:
    services.sync_with_pack(pack=with_nation(harbour_world.pack, "DEL", "Delta"))
    with pytest.raises(UsageError, match="does not continue"):
        go_on(harbour_world, posts=[harbour_world.posts["ALF.drafter"].pk])


def test_only_the_office_takes_over_from_one_nation_into_another(harbour_world: World) -> None:
    split(harbour_world)
    for who in ("ALF.admin", "coordinator"):
        with pytest.raises((NotThere, NotAllowed)):
            go_on(harbour_world, who, posts=[harbour_world.posts["ALF.drafter"].pk])


def test_posts_of_other_nations_do_not_slip_in(harbour_world: World) -> None:
    split(harbour_world)
    with pytest.raises(UsageError, match="Not all of these posts"):
        go_on(harbour_world, posts=[harbour_world.posts["BRA.drafter"].pk])
    with pytest.raises(UsageError, match="Not all of these bodies"):
        go_on(harbour_world, bodies=["BRA"])
