"""Who is told what: holders of posts, the post above a vacant one, across a border the contact point alone."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from eirene_web import clock
from eirene_web.notices.kinds import KINDS
from eirene_web.notices.models import Letter, Notice
from eirene_web.notices.recipients import Directory
from eirene_web.notices.words import told
from eirene_web.organisations import services as organisations
from eirene_web.organisations.models import Holding, Post
from eirene_web.reports.models import Assignment, Correction, Cycle, Message, Report, Submission, Thread
from eirene_web.reports.schedules import remind
from eirene_web.reports.services import clearance, cycles, discussing, filling, reviewing, submitting, telling
from eirene_web.reports.services.filling import Edit
from web.world import DEADLINE, IN_CYCLE, OPENS, World

pytestmark = pytest.mark.django_db


def heard(kind: str) -> list[str]:
    """Who was told of a kind, by name."""
    return sorted(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


def fill(world: World, nation: str = "ALF", secret: str = "") -> None:
    edits = [
        Edit("crew", "cells.women", 12), Edit("crew", "cells.men", 30), Edit("crew", "cells._T", 42),
        Edit("charter", "value", "no"), Edit("charter", "comment.en", secret or "Nothing."),
    ]  # fmt: skip
    filling.save_answers(actor=world.actor(f"{nation}.rapporteur"), report=world.report(nation).pk, edits=edits)


def go_all_the_way(world: World, secret: str = "") -> None:
    """Filled in, sent back once, cleared, submitted, returned, submitted again, accepted."""
    report = world.report("ALF").pk
    fill(world, secret=secret)
    steps = [[world.posts["ALF.head"].pk], [world.posts["ALF.officer"].pk]]
    rapporteur, head, officer = (world.actor(f"ALF.{who}") for who in ("rapporteur", "head", "officer"))
    clearance.start_clearance(actor=rapporteur, report=report, steps=steps)
    clearance.send_back(actor=head, report=report, why=f"Please mend. {secret}")
    clearance.start_clearance(actor=rapporteur, report=report, steps=steps)
    clearance.clear(actor=head, report=report, remarks=f"Seen. {secret}")
    clearance.clear(actor=officer, report=report)
    submitting.submit(actor=officer, report=report, version=world.report("ALF").version)
    desk = world.posts["reviewer"].pk
    reviewing.assign_review(actor=world.actor("coordinator"), report=report, post=desk, due=dt.date(2023, 2, 20))
    reviewing.return_report(
        actor=world.actor("reviewer"), report=report, reason=f"Look again. {secret}",
        questions={"charter": f"Which? {secret}"}, due=dt.date(2023, 2, 10),
    )  # fmt: skip
    submitting.submit(actor=officer, report=report, version=world.report("ALF").version)
    reviewing.accept_report(actor=world.actor("reviewer"), report=report)


def test_each_step_tells_those_whose_step_is_next(harbour_world: World) -> None:
    world = harbour_world
    assert heard("cycle_opened") == ["ALF.rapporteur", "BRA.rapporteur", "CHA.rapporteur"]
    with clock.at(IN_CYCLE):
        go_all_the_way(world)
    assert heard("clearance_pending") == ["ALF.head", "ALF.head", "ALF.officer"]
    assert heard("sent_back") == ["ALF.rapporteur"]
    assert heard("cleared") == ["ALF.officer", "ALF.rapporteur"]
    own = ["ALF.head", "ALF.officer", "ALF.rapporteur"]
    assert heard("submitted") == sorted(own * 2)
    assert heard("received") == ["coordinator", "reviewer"]  # the second time its desk
    assert heard("review_assigned") == ["reviewer"]
    assert heard("returned") == heard("accepted") == ["ALF.rapporteur"]
    assert not Notice.objects.filter(person__name__startswith="BRA").exclude(kind="cycle_opened").exists()


def test_no_notice_and_no_mail_holds_a_word_of_a_report(harbour_world: World) -> None:
    world, secret = harbour_world, "Tonnerre-7"
    with clock.at(IN_CYCLE):
        go_all_the_way(world, secret)
        report = world.report("ALF")
        for kind in Thread.Kind.values:
            thread = Thread.objects.create(report=report, question="charter", kind=kind, opened=IN_CYCLE)
            Message.objects.create(thread=thread, person=world.people["ALF.rapporteur"], text=secret, at=IN_CYCLE)
            telling.thread_opened(thread)
            telling.thread_answered(thread)
        correction = Correction.objects.create(
            report=report, question="charter", submission=Submission.objects.first(), before={"value": secret},
            after={"value": secret}, reason=secret, requested=IN_CYCLE, person=world.people["ALF.rapporteur"],
        )  # fmt: skip
        telling.correction_requested(correction)
        telling.correction_decided(correction)
        assignment = Assignment.objects.create(
            report=report, section="1", post=world.posts["ALF.drafter"], note=secret, due=dt.date(2023, 2, 3)
        )
        telling.section_assigned(assignment)
        late = {"actor": world.actor("coordinator"), "why": f"Because. {secret}"}
        cycles.extend_deadline(report=world.report("BRA").pk, deadline=DEADLINE + dt.timedelta(days=9), **late)
        cycles.change_cycle(cycle=world.cycle.pk, deadline=DEADLINE + dt.timedelta(days=3), **late)
        cycles.close_cycle(cycle=world.cycle.pk, **late)
        cycles.reopen_cycle(cycle=world.cycle.pk, **late)
    kinds = set(Notice.objects.values_list("kind", flat=True))
    later = {
        "reminder", "asked_again", "overdue", "overdue_above", "section_due", "section_overdue", "report_reopened",
        "job_done", "job_failed", "mail_failed", "text_raised", *BACK,
    }  # fmt: skip
    assert kinds == {kind for kind in KINDS if not kind.startswith("edition.")} - later
    for notice in Notice.objects.select_related("person"):
        shown = [told(notice, world.alliance, notice.person, lang) for lang in ("en", "fr")]
        everything = json.dumps([notice.facts, notice.key, notice.where, [(s.subject, s.text) for s in shown]])
        assert secret not in everything
        assert "charter" not in everything
        assert "%(" not in everything
    assert not Letter.objects.exists()


def test_every_kind_has_its_words_in_both_languages(harbour_world: World) -> None:
    person = harbour_world.people["ALF.rapporteur"]
    facts = {
        "cycle": "2022", "nation": "ALF", "section": "3.1", "deadline": DEADLINE.isoformat(), "days": 3,
        "at": DEADLINE.isoformat(), "number": 2, "until": DEADLINE.isoformat(), "due": "2023-03-01", "work": "import",
        "zone": "Asia/Tokyo",
    }  # fmt: skip
    for kind in KINDS:
        notice = Notice(person=person, alliance="harbour", kind=kind, key=kind, facts=facts, at=OPENS)
        english, french = (told(notice, harbour_world.alliance, person, lang) for lang in ("en", "fr"))
        for one in (english, french):
            assert one.subject
            assert one.text
            assert "%" not in one.subject + one.text
        assert english.text != french.text
    reminder = Notice(person=person, alliance="harbour", kind="reminder", key="1", facts=facts, at=OPENS)
    assert "in 3 days, on 31 March 2023, 01:00 (Tokyo)" in told(reminder, harbour_world.alliance, person, "en").text
    person.time_zone = "Pacific/Honolulu"
    assert "30 March 2023, 06:00 (Honolulu)" in told(reminder, harbour_world.alliance, person, "en").text


# --- across a border ------------------------------------------------------------------------------------------------


def add(world: World, who: str, role: str, *, above: str = "", contact: bool = False, mailbox: str = "") -> Post:
    """A post in ALF with somebody in it."""
    post = organisations.add_post(
        actor=world.installer, alliance="harbour", body="ALF", title={"en": who}, roles={role: ()}, contact=contact,
        mailbox=mailbox, above=world.posts[above].pk if above else None,
    )  # fmt: skip
    person = organisations.person_named(f"{who.lower()}@alf.example", who)
    organisations.fill_post(actor=None, post=post.pk, person=person.pk, since=dt.date(2020, 1, 1))
    world.posts[who], world.people[who] = post, person
    return post


def leave(world: World, who: str) -> None:
    Holding.objects.filter(person=world.people[who]).update(until=dt.date(2021, 1, 1))


def names(world: World, people: dict[int, str]) -> list[str]:
    by_pk = {person.pk: name for name, person in world.people.items()}
    return sorted(by_pk[pk] for pk in people)


def test_across_the_border_goes_what_the_contact_point_and_the_rapporteur_should_know(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"], contact=False)
    add(world, "ALF.delegation", "reader", contact=True, mailbox="delegation@alf.example")
    found = Directory("harbour", ["ALF"]).across("ALF")
    assert names(world, found) == ["ALF.delegation", "ALF.rapporteur"]
    assert found[world.people["ALF.delegation"].pk] == "delegation@alf.example"


def test_while_one_of_them_is_there_the_office_never_reaches_the_post_above(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"], contact=False)
    add(world, "ALF.delegation", "reader", contact=True)
    leave(world, "ALF.rapporteur")
    assert names(world, Directory("harbour", ["ALF"]).across("ALF")) == ["ALF.delegation"]
    leave(world, "ALF.delegation")
    assert names(world, Directory("harbour", ["ALF"]).across("ALF")) == ["ALF.head"]


def test_a_vacant_post_is_answered_for_by_the_one_above_in_the_same_nation(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"])
    Post.objects.filter(pk=world.posts["ALF.head"].pk).update(above=world.posts["ALF.officer"])
    leave(world, "ALF.rapporteur")
    assert names(world, Directory("harbour", ["ALF"]).owners("ALF")) == ["ALF.head"]
    leave(world, "ALF.head")
    assert names(world, Directory("harbour").owners("ALF")) == ["ALF.officer"]
    # a post above in another nation is no way out, nor a circle a trap
    Post.objects.filter(pk=world.posts["ALF.head"].pk).update(above=world.posts["BRA.officer"])
    assert Directory("harbour").owners("ALF") == {}
    Post.objects.filter(pk=world.posts["ALF.head"].pk).update(above=world.posts["ALF.rapporteur"])
    assert Directory("harbour").owners("ALF") == {}


def test_whoever_is_suspended_does_not_hold_the_post(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"])
    person = world.people["ALF.rapporteur"]
    person.is_active = False
    person.save()
    assert names(world, Directory("harbour", ["ALF"]).owners("ALF")) == ["ALF.head"]


def test_who_asked_or_broke_is_named_by_no_notice(harbour_world: World) -> None:
    words = " ".join(f"{kind.subject} {kind.text}" for code, kind in KINDS.items() if code.startswith("edition."))
    assert "%(nation)s" not in words


# --- by the clock ---------------------------------------------------------------------------------------------------


def day(world: World, moment: dt.datetime) -> list[tuple[str, str, int]]:
    """What is told on a day that was not told before: kind, to whom, days."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with clock.at(moment):
        remind.call()
        remind.call()
    new = Notice.objects.exclude(pk__in=before).order_by("kind", "person__name").select_related("person")
    return [(n.kind, n.person.name, n.facts["days"]) for n in new]


def test_reminders_and_overdue_notices_come_once_each_on_their_day(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"])
    with clock.at(IN_CYCLE):
        for nation in ("BRA", "CHA"):
            fill(world, nation)
            officer, report = world.actor(f"{nation}.officer"), world.report(nation)
            submitting.submit(actor=officer, report=report.pk, version=report.version)
    at = dt.datetime(2023, 2, 27, 9, tzinfo=dt.UTC)
    days = [(n, day(world, at + dt.timedelta(days=n))) for n in range(90)]
    assert [(31 - n, found) for n, found in days if found] == [
        (30, [("reminder", "ALF.rapporteur", 30)]),
        (7, [("reminder", "ALF.rapporteur", 7)]),
        (-1, [("overdue", "ALF.rapporteur", 1)]),
        (-7, [("overdue", "ALF.rapporteur", 7), ("overdue_above", "ALF.head", 7)]),
        (-21, [("overdue", "ALF.rapporteur", 21), ("overdue_above", "ALF.head", 21)]),
        (-42, [("overdue", "ALF.rapporteur", 42), ("overdue_above", "ALF.head", 42)]),
    ]


def test_a_worker_that_was_away_tells_the_nearest_mark_alone(harbour_world: World) -> None:
    found = day(harbour_world, DEADLINE - dt.timedelta(days=5))
    assert [row for row in found if row[1] == "ALF.rapporteur"] == [("reminder", "ALF.rapporteur", 5)]


def test_a_deadline_of_ones_own_has_reminders_of_its_own(harbour_world: World) -> None:
    world = harbour_world
    assert ("reminder", "ALF.rapporteur", 7) in day(world, DEADLINE - dt.timedelta(days=7))
    with clock.at(DEADLINE - dt.timedelta(days=6)):
        cycles.extend_deadline(
            actor=world.actor("coordinator"), report=world.report("ALF").pk, deadline=DEADLINE + dt.timedelta(days=20),
            why="Ministers change.",
        )  # fmt: skip
    found = [row for row in day(world, DEADLINE + dt.timedelta(days=2)) if row[1].startswith("ALF")]
    assert found == [("reminder", "ALF.rapporteur", 18)]  # the mark of 30 days, once more
    found = [row for row in day(world, DEADLINE + dt.timedelta(days=13)) if row[1].startswith("ALF")]
    assert found == [("reminder", "ALF.rapporteur", 7)]


def test_days_are_counted_by_the_clock_of_each_capital_and_told_in_its_morning(harbour_world: World) -> None:
    world = harbour_world
    for nation, zone in (("ALF", "Pacific/Kiritimati"), ("BRA", "Pacific/Honolulu"), ("CHA", "UTC")):
        organisations.set_time_zone(actor=world.installer, alliance="harbour", code=nation, time_zone=zone)
    # 16:00 UTC on 30 March is the 31st in Kiritimati (+14) and the 30th in Honolulu (-10)
    assert day(world, dt.datetime(2023, 3, 23, 16, 30, tzinfo=dt.UTC)) == [("reminder", "CHA.rapporteur", 7)]
    assert day(world, dt.datetime(2023, 3, 23, 17, 30, tzinfo=dt.UTC)) == [
        ("reminder", "ALF.rapporteur", 7), ("reminder", "BRA.rapporteur", 7),
    ]  # fmt: skip


def test_a_section_that_is_due_is_called_to_mind(harbour_world: World) -> None:
    world = harbour_world
    assignment = Assignment.objects.create(
        report=world.report("ALF"), section="1", post=world.posts["ALF.drafter"], due=dt.date(2023, 2, 10)
    )
    telling.section_assigned(assignment)
    assert heard("section_assigned") == ["ALF.drafter"]
    assert day(world, dt.datetime(2023, 2, 6, 9, tzinfo=dt.UTC)) == []
    assert day(world, dt.datetime(2023, 2, 7, 9, tzinfo=dt.UTC)) == [("section_due", "ALF.drafter", 3)]
    assert day(world, dt.datetime(2023, 2, 10, 9, tzinfo=dt.UTC)) == []
    assert day(world, dt.datetime(2023, 2, 11, 9, tzinfo=dt.UTC)) == [
        ("section_overdue", "ALF.drafter", 1), ("section_overdue", "ALF.rapporteur", 1),
    ]  # fmt: skip


def returned(world: World, due: dt.date) -> None:
    """ALF's report submitted, and given back on 1 February."""
    with clock.at(IN_CYCLE):
        fill(world)
        submitting.submit(
            actor=world.actor("ALF.officer"), report=world.report("ALF").pk, version=world.report("ALF").version
        )
        reviewing.return_report(
            actor=world.actor("reviewer"), report=world.report("ALF").pk, reason="Look again.",
            questions={"charter": "Which?"}, due=due,
        )  # fmt: skip


def told_from(world: World, first: dt.date, days: int, *kinds: str) -> list[tuple[str, str, str, int]]:
    """(day, kind, to whom, days) of what is told of some kinds, day by day."""
    found = []
    for n in range(days):
        moment = dt.datetime.combine(first + dt.timedelta(days=n), dt.time(9), dt.UTC)
        found += [(moment.strftime("%d %b"), *row) for row in day(world, moment) if row[0] in kinds]
    return found


BACK = ("return_due", "return_overdue", "clarification_due", "clarification_overdue", "asked_back_above")


def test_a_returned_report_is_called_to_mind_by_its_own_day(harbour_world: World) -> None:
    world = harbour_world
    Post.objects.filter(pk=world.posts["ALF.rapporteur"].pk).update(above=world.posts["ALF.head"])
    returned(world, dt.date(2023, 2, 10))
    assert told_from(world, dt.date(2023, 2, 1), 30, *BACK) == [
        ("07 Feb", "return_due", "ALF.rapporteur", 3),
        ("11 Feb", "return_overdue", "ALF.rapporteur", 1),
        ("17 Feb", "asked_back_above", "ALF.head", 7),
        ("17 Feb", "return_overdue", "ALF.rapporteur", 7),
    ]


def test_of_a_report_that_came_back_nothing_is_due_once_it_is_sent_again(harbour_world: World) -> None:
    world = harbour_world
    returned(world, dt.date(2023, 2, 10))
    with clock.at(IN_CYCLE):
        officer = world.actor("ALF.officer")
        submitting.submit(actor=officer, report=world.report("ALF").pk, version=world.report("ALF").version)
    assert told_from(world, dt.date(2023, 2, 6), 30, *BACK) == []


def test_a_clarification_is_called_to_mind_until_it_is_answered(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report = world.report("ALF")
        submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=report.version)
        asked, _soon, _no_day = (
            discussing.open_thread(
                actor=world.actor("reviewer"), report=report.pk, kind="clarification", question="charter",
                text="Which one?", due=due,
            )
            for due in (dt.date(2023, 2, 10), dt.date(2023, 2, 2), None)
        )  # fmt: skip
    assert told_from(world, dt.date(2023, 2, 1), 11, *BACK) == [
        # asked on the 1st, due on the 2nd: nobody is reminded of what was said a day ago
        ("03 Feb", "clarification_overdue", "ALF.rapporteur", 1),
        ("07 Feb", "clarification_due", "ALF.rapporteur", 3),
        ("09 Feb", "clarification_overdue", "ALF.rapporteur", 7),
        ("11 Feb", "clarification_overdue", "ALF.rapporteur", 1),
    ]
    Notice.objects.filter(kind__in=BACK).delete()
    discussing.write(actor=world.actor("ALF.rapporteur"), thread=asked.pk, text="The one of 2019.")
    again = told_from(world, dt.date(2023, 2, 12), 1, *BACK)
    assert again == [("12 Feb", "clarification_overdue", "ALF.rapporteur", 10)]  # the other one alone


def test_a_clarification_can_still_be_answered_in_a_closed_cycle_and_is_called_to_mind(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report = world.report("ALF")
        submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=report.version)
        discussing.open_thread(
            actor=world.actor("reviewer"), report=report.pk, kind="clarification", text="Which one?",
            due=dt.date(2023, 2, 10),
        )  # fmt: skip
        cycles.close_cycle(actor=world.actor("coordinator"), cycle=world.cycle.pk, why="It is over.")
    assert day(world, dt.datetime(2023, 2, 7, 9, tzinfo=dt.UTC)) == [("clarification_due", "ALF.rapporteur", 3)]


def test_a_closed_cycle_reminds_nobody(harbour_world: World) -> None:
    Cycle.objects.update(state="closed", closed=timezone.now())
    assert day(harbour_world, DEADLINE - dt.timedelta(days=7)) == []


# --- what it costs --------------------------------------------------------------------------------------------------


def test_telling_all_nations_costs_no_more_than_telling_one(
    harbour_world: World, django_assert_max_num_queries: object
) -> None:
    world = harbour_world
    reports = list(Report.objects.filter(cycle=world.cycle).select_related("body"))
    Notice.objects.all().delete()
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert telling.asked_again(world.cycle, reports) == 3
    with clock.at(DEADLINE + dt.timedelta(days=8)), django_assert_max_num_queries(16):  # type: ignore[operator]
        remind.call()
