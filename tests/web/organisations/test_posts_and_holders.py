"""Posts and who holds them: rights follow the post, a successor inherits, times never overlap."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eirene.errors import UsageError
from eirene.framework import asked
from eirene_web import clock
from eirene_web.clock import now
from eirene_web.journal.models import Entry
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Holding, Post
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import queries as reports
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from web.world import IN_CYCLE, World


def holding(world: World, who: str) -> Holding:
    return Holding.objects.get(post=world.posts[who], person=world.people[who])


def today() -> dt.date:
    return now().date()


def test_a_successor_has_the_rights_and_the_one_before_has_them_no_more(harbour_world: World) -> None:
    old, new = harbour_world.people["ALF.rapporteur"], harbour_world.people["outsider"]
    before = Entry.objects.count()
    services.hand_over(
        actor=harbour_world.actor("ALF.admin"), holding=holding(harbour_world, "ALF.rapporteur").pk, to=new.pk,
        on=today(), why="posted away",
    )  # fmt: skip
    assert Entry.objects.count() == before + 1
    assert not queries.actor_for(old, harbour_world.alliance).grants
    assert queries.actor_for(new, harbour_world.alliance).holds("rapporteur")
    post = harbour_world.posts["ALF.rapporteur"]
    assert [h.person for h in queries.holdings_of(post)] == [new, old]


def test_duties_wait_with_the_post_and_whoever_takes_it_finds_them(harbour_world: World) -> None:
    """The report that the last rapporteur wrote into is the next one's to submit, with what stands in it."""
    with clock.at(IN_CYCLE):
        report = harbour_world.report("ALF")
        question = next(iter(asked(harbour_world.pack, "2022").questions))
        filling.save_answers(
            actor=harbour_world.actor("ALF.rapporteur"),
            report=report.pk,
            edits=[Edit(question, "comment.en", "so far")],
        )  # fmt: skip
        services.leave_post(
            actor=harbour_world.actor("ALF.admin"), holding=holding(harbour_world, "ALF.rapporteur").pk,
            until=today() - dt.timedelta(days=1),
        )  # fmt: skip
        assert queries.posts_of(harbour_world.alliance, "ALF", role="rapporteur")[0].held == []
        services.fill_post(
            actor=harbour_world.actor("ALF.admin"), post=harbour_world.posts["ALF.rapporteur"].pk,
            person=harbour_world.people["outsider"].pk, since=today(),
        )  # fmt: skip
        successor = queries.actor_for(harbour_world.people["outsider"], harbour_world.alliance, strong=True)
        assert reports.find_report(successor, harbour_world.alliance, "2022", "ALF").cells.count() == 1


def test_times_of_one_person_in_one_post_do_not_overlap(harbour_world: World) -> None:
    admin, post = harbour_world.actor("ALF.admin"), harbour_world.posts["ALF.rapporteur"].pk
    person = harbour_world.people["ALF.rapporteur"].pk
    for since, until in (
        (dt.date(2020, 6, 1), None),
        (dt.date(2019, 1, 1), dt.date(2020, 1, 1)),
        (dt.date(2019, 1, 1), None),
    ):
        with pytest.raises(UsageError, match="holds the post already"):
            services.fill_post(actor=admin, post=post, person=person, since=since, until=until)
    services.fill_post(actor=admin, post=post, person=person, since=dt.date(2019, 1, 1), until=dt.date(2019, 12, 31))
    later = services.leave_post(
        actor=admin, holding=holding_of(post, dt.date(2020, 1, 1)).pk, until=dt.date(2021, 1, 1)
    )  # fmt: skip
    services.fill_post(actor=admin, post=post, person=person, since=dt.date(2021, 1, 2))
    with pytest.raises(UsageError, match="holds the post already"):
        services.leave_post(actor=admin, holding=later.pk, until=dt.date(2021, 6, 1))


def holding_of(post: int, since: dt.date) -> Holding:
    return Holding.objects.get(post=post, since=since)


_spans = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20))), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=_spans)
def test_whatever_is_filled_in_no_day_counts_somebody_twice(
    harbour_world: World, spans: list[tuple[int, int, int | None]]
) -> None:
    from django.db import transaction

    first = dt.date(2023, 3, 1)
    people = [harbour_world.people["outsider"], harbour_world.people["BRA.reader"]]
    post = harbour_world.posts["ALF.head"]
    with transaction.atomic():
        for who, start, length in spans:
            since = first + dt.timedelta(days=start)
            until = None if length is None else since + dt.timedelta(days=length)
            try:
                with transaction.atomic():
                    services.fill_post(
                        actor=harbour_world.installer, post=post.pk, person=people[who].pk, since=since, until=until
                    )  # fmt: skip
            except UsageError:
                continue
        for day in (first + dt.timedelta(days=n) for n in range(60)):
            held = Holding.objects.filter(queries.current(day), post=post).values_list("person", flat=True)
            assert len(held) == len(set(held))
        transaction.set_rollback(True)


def test_acting_and_by_delegation_are_said(harbour_world: World) -> None:
    services.fill_post(
        actor=harbour_world.installer, post=harbour_world.posts["ALF.head"].pk,
        person=harbour_world.people["outsider"].pk, via=Holding.Via.ACTING,
    )  # fmt: skip
    grants = queries.actor_for(harbour_world.people["outsider"], harbour_world.alliance).grants
    assert {grant.via for grant in grants} == {"acting"}


def test_a_rapporteur_fills_posts_of_the_own_nation_alone(harbour_world: World) -> None:
    outsider = harbour_world.people["outsider"].pk
    services.fill_post(
        actor=harbour_world.actor("ALF.rapporteur"), post=harbour_world.posts["ALF.drafter"].pk, person=outsider
    )
    for who, post, error in (
        ("ALF.rapporteur", "BRA.drafter", NotThere), ("ALF.drafter", "ALF.head", NotAllowed),
        ("coordinator", "ALF.head", NotAllowed),
    ):  # fmt: skip
        with pytest.raises(error):
            services.fill_post(actor=harbour_world.actor(who), post=harbour_world.posts[post].pk, person=outsider)


@pytest.mark.parametrize(
    ("on", "to", "said"),
    [
        (dt.date(2020, 1, 1), "outsider", "after the first day"),
        (dt.date(2023, 1, 1), "ALF.rapporteur", "holds the post already"),
    ],
)
def test_a_hand_over_that_cannot_be_says_why(harbour_world: World, on: dt.date, to: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        services.hand_over(
            actor=harbour_world.actor("ALF.admin"), holding=holding(harbour_world, "ALF.rapporteur").pk,
            to=harbour_world.people[to].pk, on=on,
        )  # fmt: skip


def test_a_hand_over_may_wait_for_its_day(harbour_world: World) -> None:
    new, day = harbour_world.people["outsider"], today() + dt.timedelta(days=30)
    services.hand_over(
        actor=harbour_world.actor("ALF.admin"), holding=holding(harbour_world, "ALF.officer").pk, to=new.pk, on=day
    )  # fmt: skip
    assert harbour_world.actor("ALF.officer").grants
    assert not queries.actor_for(new, harbour_world.alliance).grants
    with clock.at(now() + dt.timedelta(days=31)):
        assert queries.actor_for(new, harbour_world.alliance).holds("authorised_officer")
        assert not harbour_world.actor("ALF.officer").grants


def test_two_hand_overs_at_once_and_one_finds_it_handed_over(committing: None, harbour_world: World) -> None:
    row = holding(harbour_world, "ALF.rapporteur")
    actor = harbour_world.actor("ALF.admin")
    told: list[str] = []
    gate = threading.Barrier(2)

    def run(to: int) -> None:
        gate.wait()
        try:
            services.hand_over(actor=actor, holding=row.pk, to=to, on=today())
            told.append("done")
        except UsageError as error:
            told.append(str(error))
        finally:
            connection.close()

    people = [harbour_world.people["outsider"].pk, harbour_world.people["BRA.reader"].pk]
    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told)[1] == "done"
    assert "handed over, or left, meanwhile" in sorted(told)[0]
    assert Holding.objects.filter(queries.current(today()), post=row.post).count() == 1


def test_a_post_is_changed_and_its_roles_with_their_sections(harbour_world: World) -> None:
    admin, post = harbour_world.actor("ALF.admin"), harbour_world.posts["ALF.drafter"]
    services.change_post(
        actor=admin, post=post.pk, title={"en": "Drafting desk"}, roles={"contributor": ["1"], "reader": []},
        mailbox="desk@alf.example", above=harbour_world.posts["ALF.rapporteur"].pk,
    )  # fmt: skip
    actor = harbour_world.actor("ALF.drafter")
    assert {(g.role, g.sections) for g in actor.grants if g.role != "person"} == {
        ("contributor", frozenset({"1"})), ("reader", frozenset()),
    }  # fmt: skip
    assert Post.objects.get(pk=post.pk).above == harbour_world.posts["ALF.rapporteur"]


def test_a_post_stands_neither_above_itself_nor_under_one_abroad(harbour_world: World) -> None:
    admin = harbour_world.actor("ALF.admin")
    drafter, rapporteur = harbour_world.posts["ALF.drafter"], harbour_world.posts["ALF.rapporteur"]
    services.change_post(actor=admin, post=drafter.pk, above=rapporteur.pk)
    with pytest.raises(UsageError, match="above itself"):
        services.change_post(actor=admin, post=rapporteur.pk, above=drafter.pk)
    with pytest.raises(UsageError, match="same nation"):
        services.change_post(actor=admin, post=drafter.pk, above=harbour_world.posts["BRA.head"].pk)


@pytest.mark.parametrize(
    ("body", "role"), [("ALF", "coordinator"), ("_office", "rapporteur"), ("ALF", "person"), ("ALF", "king")]
)
def test_a_role_is_held_where_it_belongs(harbour_world: World, body: str, role: str) -> None:
    with pytest.raises(UsageError, match="not held here"):
        services.add_post(
            actor=harbour_world.installer, alliance="harbour", body=body, title={"en": "x"}, roles={role: ()}
        )


def test_nobody_takes_a_post_after_its_last_day(harbour_world: World) -> None:
    services.change_post(actor=harbour_world.actor("ALF.admin"), post=harbour_world.posts["ALF.head"].pk, until=today())
    with pytest.raises(UsageError, match="closed by then"):
        services.fill_post(
            actor=harbour_world.actor("ALF.admin"), post=harbour_world.posts["ALF.head"].pk,
            person=harbour_world.people["outsider"].pk, since=today() + dt.timedelta(days=1),
        )  # fmt: skip
