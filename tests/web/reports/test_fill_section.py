"""A section as one form: what is shown, saved, refused and handed back, without any script."""

from __future__ import annotations

import pytest

from eirene_web import clock
from eirene_web.reports.models import Report
from eirene_web.reports.services.filling import Edit
from web.reports import filling
from web.reports.filling import address, browser, fields, fill, kept
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during"), pytest.mark.soak_on_postgresql]
sampler_world, during = filling.sampler_world, filling.during


def test_every_type_of_question_has_its_boxes(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    one = client.get(address(sampler_world, rest="section/1/")).content.decode()
    two = client.get(address(sampler_world, rest="section/2/")).content.decode()
    assert 'name="a:staff:cells.army|women"' in one
    assert 'name="a:cube:cells._T|law|women"' in one
    assert 'name="a:staff:definition.categories.cadets"' in one
    assert 'name="a:staff:disclosure"' in one
    assert 'name="a:law:disclosure"' not in two  # it has no class, so there is none tighter
    for name in ("law:choice", "law_kind:choice", "measures:many", "leave_weeks:value", "adopted:value",
                 "remarks:value.fr", "courses:rows.0.course", "law:particulars.0.title", "law:naming",
                 "law:releasability", "law:comment.en"):  # fmt: skip
        assert f'name="a:{name}"' in two, name


def test_an_untouched_form_changes_nothing(sampler_world: World) -> None:
    fill(sampler_world, Edit("staff", "cells.army|women", 12), Edit("remarks", "value.en", "Two\nlines."),
         Edit("measures", "value", ["leave"]), Edit("law", "value", "yes"), Edit("adopted", "value", "2022-05-01"),
         Edit("courses", "rows", [{"course": "A", "persons": "1.5", "open": "yes"}]),
         Edit("leave_pay", "status", "withheld"), Edit("law", "particulars", [{"title": "Act"}]),
         Edit("staff", "cells.army|men", {"status": "no_data"}), Edit("staff", "disclosure", "sensitive"))  # fmt: skip
    client = browser(sampler_world, "AAA.rapporteur")
    for section in ("1", "2"):
        path = address(sampler_world, rest=f"section/{section}/")
        answer = client.post(path, {**fields(client.get(path)), "do": "save"})
        assert answer.status_code == 302, answer.content.decode()
    assert sampler_world.report("AAA").version == 1


def test_what_was_typed_is_saved_and_the_page_comes_back_to_the_question(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path))
    form |= {"a:law:choice": ["yes"], "a:law:particulars.0.title": ["Equality Act"], "a:leave_weeks:value": ["12,5"],
             "a:measures:many": ["", "leave", "childcare"], "a:remarks:value.en": ["Some text."],
             "a:courses:rows.0.course": ["Basics"], "a:courses:rows.1.course": ["Planning"]}  # fmt: skip
    answer = client.post(path, {**form, "do": "save:law"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}#q-law")
    assert kept(sampler_world, "law", "value") == "yes"
    assert kept(sampler_world, "law", "particulars") == [{"title": "Equality Act"}]
    assert kept(sampler_world, "leave_weeks", "value") == "12.5"
    assert kept(sampler_world, "measures", "value") == ["childcare", "leave"]
    assert kept(sampler_world, "courses", "rows") == [{"course": "Basics"}, {"course": "Planning"}]
    assert sampler_world.report("AAA").state == Report.State.DRAFTING
    assert "7 changes saved" not in client.get(path).content.decode()
    assert client.get(path).status_code == 200


def test_a_box_that_cannot_be_read_keeps_what_was_typed_and_the_rest_is_saved(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/1/")
    form = fields(client.get(path)) | {"a:staff:cells.army|women": ["1,234"], "a:staff:cells.army|men": ["60"]}
    answer = client.post(path, {**form, "do": "save"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "two readings" in text
    assert 'value="1,234"' in text
    assert 'value="1.2340"' in text  # the other reading can be chosen
    assert kept(sampler_world, "staff", "cells.army|men") == 60
    assert kept(sampler_world, "staff", "cells.army|women") is None
    again = fields(answer)
    assert client.post(path, {**again, "read:staff:cells.army|women": "1234", "do": "save"}).status_code == 302
    assert kept(sampler_world, "staff", "cells.army|women") == 1234


def test_a_reason_is_kept_beside_what_was_entered(sampler_world: World) -> None:
    fill(sampler_world, Edit("leave_weeks", "value", 26))
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"a:leave_weeks:status": ["!withheld"], "a:leave_weeks:reason.en": ["Policy."]}
    client.post(path, {**form, "do": "save"})
    assert kept(sampler_world, "leave_weeks", "status") == "withheld"
    assert kept(sampler_world, "leave_weeks", "value") == 26


def test_two_people_and_the_same_box_is_a_choice_between_both_values(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"a:remarks:value.en": ["Mine."], "a:leave_weeks:value": ["30"]}
    fill(sampler_world, Edit("remarks", "value.en", "Theirs."))
    answer = client.post(path, {**form, "do": "save"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Mine." in text
    assert "Theirs." in text
    assert "AAA.rapporteur" in text
    assert kept(sampler_world, "remarks", "value.en") == "Theirs."
    assert kept(sampler_world, "leave_weeks", "value") == 30  # what did not clash is saved
    undecided = client.post(path, {**fields(answer), "do": "save"})
    assert undecided.status_code == 409
    assert "Mine." in undecided.content.decode()
    decided = fields(undecided) | {"conflict:remarks:value.en": ["mine"]}
    assert client.post(path, {**decided, "do": "save"}).status_code == 302
    assert kept(sampler_world, "remarks", "value.en") == "Mine."


def test_theirs_may_stand_as_well(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"a:remarks:value.en": ["Mine."]}
    fill(sampler_world, Edit("remarks", "value.en", "Theirs."))
    clash = client.post(path, {**form, "do": "save"})
    client.post(path, {**fields(clash), "conflict:remarks:value.en": "theirs", "do": "save"})
    assert kept(sampler_world, "remarks", "value.en") == "Theirs."


def test_a_condition_is_told_in_words_and_the_question_is_folded(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    fill(sampler_world, Edit("law", "value", "no"))
    text = client.get(path).content.decode()
    assert "Asked only if 2.1 is yes." in text
    assert '<details class="fold" data-fold><summary>' in text
    assert "Demandé seulement si 2.1 est oui." in client.get(f"/fr{path}").content.decode()


def test_a_nation_without_armed_forces_is_not_asked_about_them(sampler_world: World) -> None:
    text = browser(sampler_world, "DDD.rapporteur").get(address(sampler_world, "DDD", "section/1/")).content.decode()
    assert "Asked of nations of which this holds: armed forces is yes." in text
    assert "Does not apply" in text


def test_last_years_answer_stands_beside_and_is_taken_over_by_a_press(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    text = page.content.decode()
    assert "Your answer in 2021" in text
    assert "A bill is being drafted." in text
    assert 'value="take:leave_weeks"' not in text  # a count stands beside the box and is never offered
    answer = client.post(path, {**fields(page), "a:leave_weeks:value": "27", "do": "take:courses"})
    assert answer.status_code == 302
    assert kept(sampler_world, "courses", "rows") == [{"course": "Basics", "persons": 12}, {"course": "Planning"}]
    assert kept(sampler_world, "leave_weeks", "value") == 27  # what was typed beside it went along
    assert "Taken over from 2021" in client.get(path).content.decode()


def test_the_definition_is_carried_forward_by_a_press(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/1/")
    client.post(path, {**fields(client.get(path)), "do": "take_definition:staff"})
    assert kept(sampler_world, "staff", "definition.categories.cadets") == "included"
    assert kept(sampler_world, "staff", "definition.fields.basis") == "fte"


def test_a_number_identical_to_last_years_is_flagged_confirmed_and_flagged_again(sampler_world: World) -> None:
    fill(sampler_world, Edit("leave_weeks", "value", 26))
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    assert "Every number is the same as in 2021. Was it counted again?" in page.content.decode()
    client.post(path, {**fields(page), "do": "confirm:leave_weeks"})
    assert "confirmed: counted again" in client.get(path).content.decode()
    fill(sampler_world, Edit("leave_weeks", "value", 30, base=1))
    fill(sampler_world, Edit("leave_weeks", "value", 26, base=2))
    assert "Was it counted again?" in client.get(path).content.decode()


def test_text_from_people_is_inert(sampler_world: World) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'</textarea>"
    fill(sampler_world, Edit("remarks", "value.en", bad), Edit("law", "comment.en", bad),
         Edit("courses", "rows", [{"course": bad}]))  # fmt: skip
    client = browser(sampler_world, "AAA.rapporteur")
    for rest in ("section/2/", "checks/", "changes/", "look/?as=office", "history/", ""):
        text = client.get(address(sampler_world, rest=rest)).content.decode()
        assert "<script>alert" not in text, rest
        assert "<img src=x" not in text, rest
    page = client.get(address(sampler_world, rest="section/2/"))
    assert fields(page)["a:remarks:value.en"] == [bad]
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_no_persons_no_cases_and_the_channel_stand_on_the_page(sampler_world: World, settings: object) -> None:
    settings.EIRENE_CONFIDENTIAL_CHANNEL = "Call the ombudsperson."  # type: ignore[attr-defined]
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="section/2/")).content.decode()
    assert "No persons, no cases" in text
    assert "Call the ombudsperson." in text


def test_a_contributor_sees_the_sections_assigned_and_no_other(sampler_world: World) -> None:
    from eirene_web.reports.services import assigning

    assigning.assign_section(
        actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk, section="1",
        post=sampler_world.posts["AAA.drafter"].pk,
    )  # fmt: skip
    client = browser(sampler_world, "AAA.drafter")
    listed = client.get(address(sampler_world)).content.decode()
    assert "section/1/" in listed
    assert "section/2/" not in listed
    assert client.get(address(sampler_world, rest="section/1/")).status_code == 200
    assert client.get(address(sampler_world, rest="section/2/")).status_code == 404
    assert client.get(address(sampler_world, rest="section/9/")).status_code == 404


@pytest.mark.parametrize("who", ["BBB.rapporteur", "coordinator", "observer", "AAA.admin", "outsider"])
def test_nobody_else_reads_what_a_nation_is_working_on(sampler_world: World, who: str) -> None:
    fill(sampler_world, Edit("remarks", "value.en", "Not for others."))
    client = browser(sampler_world, who)
    for rest in ("section/2/", "section/2/state", "checks/", "changes/", "compare/", "look/", "history/",
                 "history.csv", "assign/"):  # fmt: skip
        answer = client.get(address(sampler_world, rest=rest))
        assert answer.status_code in (403, 404), (who, rest)
        assert b"Not for others" not in answer.content


def test_locked_says_why_and_when_it_opens(sampler_world: World) -> None:
    from eirene_web.reports.services import clearance

    fill(sampler_world, Edit("law", "value", "no"))
    steps = [[sampler_world.posts["AAA.head"].pk]]
    clearance.start_clearance(
        actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk, steps=steps
    )
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    assert "It opens when a post sends it back, or when you take it back." in page.content.decode()
    assert "seen:law" not in fields(page)
    refused = client.post(path, {"seen:law": '{"status":[0,""],"value":[1,"no"]}', "a:law:choice": "yes"})
    assert refused.status_code == 403
    assert kept(sampler_world, "law", "value") == "no"


def test_in_a_returned_report_only_what_the_office_asked_about_is_open(sampler_world: World) -> None:
    from eirene_web.reports.services import reviewing, submitting

    fill(sampler_world, Edit("law", "value", "no"), Edit("remarks", "value.en", "Done."))
    report = sampler_world.report("AAA").pk
    submitting.submit(actor=sampler_world.actor("AAA.officer"), report=report, version=1)
    reviewing.return_report(actor=sampler_world.actor("reviewer"), report=report, reason="One question.",
                            questions={"law": "Which act is meant?"})  # fmt: skip
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    text = page.content.decode()
    assert "Which act is meant?" in text
    assert "One question." in text
    assert "The office did not ask about this answer" in text
    form = fields(page)
    assert "seen:law" in form
    assert "seen:remarks" not in form
    assert client.post(path, {**form, "a:law:choice": "yes", "do": "save"}).status_code == 302
    assert kept(sampler_world, "law", "value") == "yes"
    assert "1 answer open again" in client.get(address(sampler_world)).content.decode()


def test_a_reader_reads_and_changes_nothing(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.reader"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    assert "Your role does not include this. It is done by: Rapporteur, Contributor." in page.content.decode()
    refused = client.post(path, {"seen:law": '{"status":[0,""],"value":[0,""]}', "a:law:choice": "yes"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "rest", ["", "section/1/", "section/2/", "checks/", "rules/", "changes/", "look/", "history/", "assign/"]
)
@pytest.mark.parametrize("language", ["", "/fr"])
def test_every_page_comes_in_both_languages(sampler_world: World, rest: str, language: str) -> None:
    fill(sampler_world, Edit("staff", "cells.army|women", 12), Edit("staff", "cells.army|_T", 11))
    answer = browser(sampler_world, "AAA.rapporteur").get(language + address(sampler_world, rest=rest))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_section_asks_the_database_the_same_number_of_times_however_full_it_is(
    sampler_world: World, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    client.get(path)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    empty = asked()
    fill(sampler_world, Edit("law", "value", "yes"), Edit("remarks", "value.en", "x"),
         Edit("courses", "rows", [{"course": str(n)} for n in range(40)]))  # fmt: skip
    from eirene_web.reports.services import discussing, evidence

    who, report = sampler_world.actor("AAA.rapporteur"), sampler_world.report("AAA").pk
    for n in range(5):
        discussing.open_thread(actor=who, report=report, kind="question", question="law", text=f"Question {n}?")
        evidence.add_evidence(actor=who, report=report, question="law", name=f"{n}.txt", content=b"text")
    assert asked() == empty + 1  # the messages of conversations, however many
    assert empty <= 26  # with the frame around every page and the way to submission


def test_the_office_sees_how_far_a_report_is_and_no_answer(sampler_world: World) -> None:
    fill(sampler_world, Edit("remarks", "value.en", "Not for the office yet."), Edit("law", "value", "yes"))
    text = browser(sampler_world, "coordinator").get(address(sampler_world)).content.decode()
    assert "The office sees how far a report is." in text
    assert "2 of 11 questions answered" in text
    assert "Not for the office yet." not in text
    assert "section/" not in text


def test_an_observer_of_what_was_sent_is_told_for_whom_its_answers_are(sampler_world: World) -> None:
    fill(sampler_world, Edit("remarks", "value.en", "Not for observers."), Edit("law", "value", "yes"))
    report = sampler_world.report("AAA")
    report.state, report.submitted, report.accepted = report.State.ACCEPTED, clock.now(), clock.now()
    report.save()
    text = browser(sampler_world, "observer").get(address(sampler_world)).content.decode()
    assert "Its answers are for the nation and the posts that review it." in text
    assert "read once it is submitted" not in text
    assert "Not for observers." not in text


def test_more_than_can_be_taken_is_refused_in_words(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    answer = client.post(path, {"seen:remarks": "{}", "a:remarks:value.en": "x" * 13_000_000})
    assert answer.status_code == 413
    assert "what you typed is still there" in answer.content.decode()
