"""The pages of cycles, clearance, submission and review, asked for over HTTP by everybody in turn."""

from __future__ import annotations

import datetime as dt
import io
import json
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from eirene_web import clock
from eirene_web.reports.models import AnswerNote, ClearanceStep, Correction, Cycle, Report, Submission, Thread
from eirene_web.reports.services import discussing, reviewing
from web.reports.lives import accept, fill, give_back, send, start
from web.visiting import at, client_of
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_engine]
OFFICE = ("coordinator", "reviewer", "observer", "clerk")
NATION = ("ALF.rapporteur", "ALF.drafter", "ALF.head", "ALF.officer", "ALF.reader", "ALF.admin")
EVERYBODY = (*OFFICE, *NATION, "BRA.rapporteur", "outsider")


@pytest.fixture
def full(harbour_world: World) -> World:
    """Alfport in clearance, Bravmouth sent, Charlhaven not begun."""
    with clock.at(IN_CYCLE):
        fill(harbour_world, "ALF"), start(harbour_world, "ALF")
        fill(harbour_world, "BRA"), send(harbour_world, "BRA")
    return harbour_world


def status(world: World, who: str, path: str) -> int:
    with clock.at(IN_CYCLE):
        return client_of(world, who).get(at(world, path)).status_code


#: page → who sees it; 403 for those who see the thing and may not do this, 404 for all others.
PAGES: dict[str, dict[str, int]] = {
    "cycles/2022/": dict.fromkeys(EVERYBODY[:-1], 200),
    "cycles/2022/reports/": {**dict.fromkeys(EVERYBODY[:-1], 403), **dict.fromkeys(OFFICE[:3], 200)},
    "cycles/2022/reports/list.csv": {**dict.fromkeys(EVERYBODY[:-1], 403), **dict.fromkeys(OFFICE[:3], 200)},
    "cycles/2022/of/ALF/": {**dict.fromkeys(EVERYBODY[:-1], 403), **dict.fromkeys(OFFICE[:3], 200)},
    "cycles/2022/timeliness/": {**dict.fromkeys(EVERYBODY[:-1], 403), **dict.fromkeys(OFFICE[:3], 200)},
    "cycles/2022/burden/": {**dict.fromkeys(EVERYBODY[:-1], 403), "coordinator": 200, "reviewer": 200,
                            "observer": 404},
    "cycles/2022/remind/": {**dict.fromkeys(EVERYBODY[:-1], 403), "coordinator": 200},
    "cycles/2022/change/": {**dict.fromkeys(EVERYBODY[:-1], 403), "coordinator": 200},
    "cycles/2022/close/": {**dict.fromkeys(EVERYBODY[:-1], 403), "coordinator": 200},
    "cycles/2022/add/": {**dict.fromkeys(EVERYBODY[:-1], 403), "coordinator": 200},
    "cycles/2022/open/": dict.fromkeys(EVERYBODY[:-1], 403),  # it is open already
    "cycles/2022/extend/ALF/": {"coordinator": 200, "reviewer": 403, "observer": 403, **dict.fromkeys(NATION[:5], 403)},
    "cycles/2022/review/": {"coordinator": 200, "reviewer": 200},
    "cycles/2022/corrections/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/section/1/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/talk/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/ask/?question=crew": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/accept/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/return/": {"coordinator": 200, "reviewer": 200},
    "2022/BRA/review/assign/": {"coordinator": 200, "reviewer": 403, "observer": 403, "BRA.rapporteur": 403},
    "2022/ALF/review/": {},  # nothing of it was sent
    "2022/BRA/submission/1/": {"coordinator": 200, "reviewer": 200, "BRA.rapporteur": 200},
    "2022/BRA/submission/1/report.json": {"coordinator": 200, "reviewer": 200, "BRA.rapporteur": 200},
    "receipts/": dict.fromkeys(EVERYBODY[:-1], 200),
    "2022/ALF/clearance/": dict.fromkeys(NATION[:5], 200),
    "2022/ALF/clearance/read/": {"coordinator": 403, "reviewer": 403, "observer": 403,
                                 **dict.fromkeys(NATION[:5], 403), "ALF.head": 200},
    "2022/ALF/clearance/paper/": {"coordinator": 403, "reviewer": 403, "observer": 403,
                                  **dict.fromkeys(NATION[:5], 403), "ALF.rapporteur": 200},
    "2022/ALF/read/": dict.fromkeys(("ALF.rapporteur", "ALF.head", "ALF.officer", "ALF.reader"), 200),
    "2022/ALF/submit/": {"coordinator": 403, "reviewer": 403, "observer": 403, **dict.fromkeys(NATION[:5], 403)},
    "2022/ALF/time/": {"coordinator": 403, "reviewer": 403, "observer": 403, **dict.fromkeys(NATION[:5], 403),
                       "ALF.rapporteur": 200},
    "2022/ALF/corrections/": dict.fromkeys(NATION[:5], 200),
    "2022/ALF/corrections/ask/crew/": {"coordinator": 403, "reviewer": 403, "observer": 403,
                                       **dict.fromkeys(NATION[:5], 403)},
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_everybody_gets_what_is_theirs_and_nothing_else(full: World, path: str) -> None:
    section = full.pack.questionnaires["one"].sections[0].id
    found = {who: status(full, who, path.replace("section/1/", f"section/{section}/")) for who in EVERYBODY}
    assert found == {who: PAGES[path].get(who, 404) for who in EVERYBODY}


def test_without_a_second_factor_decisions_are_not_offered_and_refused(full: World) -> None:
    with clock.at(IN_CYCLE):
        client = client_of(full, "coordinator", strong=False)
        assert client.get(at(full, "cycles/2022/close/")).status_code == 403
        sent = client.post(at(full, "cycles/2022/close/"), {"why": "x"})
    assert sent.status_code == 403
    assert "second factor" in sent.content.decode()
    assert full.cycle.state == Cycle.State.OPEN


def test_somebody_not_signed_in_is_sent_to_the_sign_in_page(full: World) -> None:
    answer = Client().get(at(full, "cycles/2022/"))
    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]


def test_the_board_has_states_days_and_next_actions_and_the_observer_no_content(full: World) -> None:
    with clock.at(IN_CYCLE):
        for who, reads in (("coordinator", True), ("observer", False)):
            text = client_of(full, who).get(at(full, "cycles/2022/")).content.decode()
            assert "1 of 3 reports are in; nothing is stuck" in text
            assert ("Review queue" in text) is reads
            assert ("Assign 1 report to a desk" in text) is (who == "coordinator")
            assert " style=" not in text  # the content policy refuses it


# --- setting up, changing --------------------------------------------------------------------------------------------


def settings(**more: str) -> dict[str, str]:
    return {
        "opens": "2022-01-10T09:00", "deadline": "2022-03-30T17:00", "remind_days": "30, 7",
        "releasability": "everyone", "patience_drafting": "9", "milestone_0_on": "2022-04-10",
        "milestone_0_en": "Clarified", **more,
    }  # fmt: skip


def test_a_cycle_is_set_up_in_two_steps_with_the_deadline_in_each_capital(full: World) -> None:
    from eirene_web.organisations.models import Body

    Body.objects.filter(code="CHA").update(time_zone="Pacific/Kiritimati")
    with clock.at(IN_CYCLE):
        client, page = client_of(full, "coordinator"), at(full, "cycles/2021/set-up/")
        assert "Cycle 2021" in client.get(page).content.decode()
        wrong = client.post(page, {**settings(deadline="2022-03-40T17:00", remind_days="x"), "step": "check"})
        assert wrong.status_code == 400
        assert "no day and hour" in wrong.content.decode()
        assert "whole numbers" in wrong.content.decode()
        checked = client.post(page, {**settings(), "step": "check"}).content.decode()
        assert "30 March 2022, 17:00 (UTC)" in checked
        assert "31 March 2022, 07:00 (Kiritimati)" in checked
        assert not Cycle.objects.filter(code="2021").exists()
        assert client.post(page, {**settings(), "step": "confirmed"}).status_code == 302
    made = Cycle.objects.get(code="2021")
    assert (made.state, made.remind_days, made.patience["drafting"]) == ("planned", [30, 7], 9)
    assert made.milestones == [{"what": {"en": "Clarified"}, "on": "2022-04-10"}]


def test_it_is_opened_for_a_test_by_form(full: World) -> None:
    with clock.at(IN_CYCLE):
        client = client_of(full, "coordinator")
        client.post(at(full, "cycles/2021/set-up/"), {**settings(), "step": "confirmed"})
        page = at(full, "cycles/2021/open/")
        assert client.post(page, {"how": "test"}).status_code == 400
        assert client.post(page, {"how": "test", "bodies": ["ALF"]}).status_code == 302
    states = dict(Report.objects.filter(cycle__code="2021").values_list("body__code", "state"))
    assert states == {"ALF": "not_started", "BRA": "waiting", "CHA": "waiting"}


def test_an_open_cycle_is_changed_by_form_with_a_reason(full: World) -> None:
    given = settings(deadline="2023-04-20T17:00", embargo="2023-06-01T10:00", why="A holiday.")
    del given["opens"]
    with clock.at(IN_CYCLE):
        client, page = client_of(full, "coordinator"), at(full, "cycles/2022/change/")
        assert "20 April 2023, 17:00" in client.post(page, {**given, "step": "check"}).content.decode()
        assert client.post(page, {**given, "step": "confirmed"}).status_code == 302
        told = client.post(page, {**given, "why": "", "step": "confirmed"})
    assert told.status_code == 400
    assert full.cycle.deadline.isoformat() == "2023-04-20T17:00:00+00:00"


def test_more_time_is_given_by_form_in_the_alliances_time(full: World) -> None:
    with clock.at(IN_CYCLE):
        client, page = client_of(full, "coordinator"), at(full, "cycles/2022/extend/CHA/")
        assert client.post(page, {"deadline": "2023-04-10T12:00", "why": ""}).status_code == 400
        assert client.post(page, {"deadline": "2023-04-10T12:00", "why": "A flood."}).status_code == 302
        nation = client_of(full, "CHA.rapporteur").get(at(full, "cycles/2022/")).content.decode()
    assert "10 April 2023, 12:00 (UTC)" in nation
    assert "A flood." in nation


def test_reminders_show_whom_they_reach_before_they_go(full: World) -> None:
    with clock.at(IN_CYCLE):
        client, page = client_of(full, "coordinator"), at(full, "cycles/2022/remind/")
        assert client.post(page, {"step": "check"}).status_code == 400
        shown = client.post(page, {"step": "check", "bodies": ["ALF", "CHA"]}).content.decode()
        assert "ALF.rapporteur" in shown
        assert "ALF.officer" not in shown
        assert client.post(page, {"step": "send", "bodies": ["ALF", "CHA"]}).status_code == 302


# --- clearance and submission ----------------------------------------------------------------------------------------


def test_the_chain_is_chosen_by_numbers_and_the_report_goes(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        client, page = client_of(world, "ALF.rapporteur"), at(world, "2022/ALF/clearance/")
        head, officer = (world.posts[f"ALF.{who}"].pk for who in ("head", "officer"))
        assert client.post(page, {"do": "start", f"step_{head}": "9"}).status_code == 400
        assert client.post(page, {"do": "start", f"step_{head}": "1", f"step_{officer}": "1"}).status_code == 302
        assert set(ClearanceStep.objects.values_list("state", flat=True)) == {"pending"}
        assert client.post(page, {"do": "withdraw", "why": ""}).status_code == 400
        assert client.post(page, {"do": "withdraw", "why": "A mistake."}).status_code == 302
    assert world.report("ALF").state == Report.State.DRAFTING


def test_an_officer_reads_and_clears_or_sends_back_on_one_page(full: World) -> None:
    with clock.at(IN_CYCLE):
        client, page = client_of(full, "ALF.head"), at(full, "2022/ALF/clearance/read/")
        text = client.get(page).content.decode()
        assert "42" in text  # the crew
        stale = client.post(page, {"do": "clear", "version": "0"})
        assert stale.status_code == 400
        assert client.post(page, {"do": "back", "version": "1", "remarks": ""}).status_code == 400
        assert client.post(page, {"do": "clear", "version": "1", "remarks": "<script>x</script>"}).status_code == 302
        shown = client.get(at(full, "2022/ALF/clearance/")).content.decode()
    assert "&lt;script&gt;" in shown
    assert ClearanceStep.objects.get(post=full.posts["ALF.head"]).state == "remarks"


def test_a_scan_is_kept_is_no_script_and_stays_within_the_nation(full: World) -> None:
    head = full.posts["ALF.head"].pk
    given = {"post": head, "office": "CoS", "reference": "12", "date": "2023-01-31"}

    def file(content: bytes, name: str) -> io.BytesIO:
        made = io.BytesIO(content)
        made.name = name
        return made

    with clock.at(IN_CYCLE):
        client, page = client_of(full, "ALF.rapporteur"), at(full, "2022/ALF/clearance/paper/")
        for bad in (file(b"<svg onload=alert(1)>", "scan.svg"), file(b"MZ", "scan.pdf")):
            assert client.post(page, {**given, "scan": bad}).status_code == 400
        good = file(b"%PDF-1.4 a paper", '../../x"y.pdf')
        assert client.post(page, {**given, "scan": good}).status_code == 302
        step = ClearanceStep.objects.get(post=head)
        assert step.scan_name == "xy.pdf"
        answer = client.get(at(full, f"scans/{step.pk}/"))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        for who in ("coordinator", "reviewer", "BRA.rapporteur", "ALF.drafter", "outsider"):
            assert status(full, who, f"scans/{step.pk}/") == 404


def test_check_your_answers_then_one_press_and_a_receipt_that_can_be_checked(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        client, page = client_of(world, "ALF.officer"), at(world, "2022/ALF/submit/")
        assert "2 of 2 questions" in client.get(page).content.decode()
        assert client.post(page, {"version": "1"}).status_code == 400  # not on behalf of the nation
        stale = client.post(page, {"version": "0", "behalf": "1"})
        assert "has changed since" in stale.content.decode()
        first = client.post(page, {"version": "1", "behalf": "1"})
        again = client.post(page, {"version": "1", "behalf": "1"})
        assert first.headers["Location"] == again.headers["Location"]
        sent = Submission.objects.get()
        receipt = client.get(first.headers["Location"]).content.decode()
        assert sent.receipt in receipt
        assert sent.sha256 in receipt
        assert "1 February 2023, 09:00 (UTC)" in receipt
        document = client.get(first.headers["Location"] + "report.json").content
        assert json.loads(document)["body"] == "ALF"
        check, same = at(world, "receipts/"), io.BytesIO(document)
        typed = sent.receipt.lower().replace("-", " ")
        assert "exactly what was submitted" in client.post(check, {"code": typed, "file": same}).content.decode()
        other = io.BytesIO(document + b" ")
        assert "its checksum is another" in client.post(check, {"code": typed, "file": other}).content.decode()
        assert "that you may see" in client_of(world, "BRA.rapporteur").post(check, {"code": typed}).content.decode()


def test_a_blocker_is_shown_with_a_way_to_it(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world, women=-3, men=30)
        text = client_of(world, "ALF.officer").get(at(world, "2022/ALF/submit/")).content.decode()
    assert "must be corrected before you can submit" in text
    assert re.search(r'href="/harbour/work/2022/ALF/section/\w+/#crew"', text)


# --- review and correction -------------------------------------------------------------------------------------------


def test_a_reviewer_asks_flags_accepts_and_returns_by_form(full: World) -> None:
    with clock.at(IN_CYCLE):
        client = client_of(full, "reviewer")
        ask = at(full, "2022/BRA/review/ask/")
        given = {"question": "charter", "kind": "ask", "text": "Which charter?", "flag": "1", "due": "2023-02-10"}
        assert client.post(ask, {**given, "text": ""}).status_code == 400
        assert client.post(ask, given).status_code == 302
        assert client.post(ask, {**given, "kind": "note", "text": "Inside.", "flag": ""}).status_code == 302
        overview = at(full, "2022/BRA/review/")
        section = full.pack.questionnaires["one"].sections[0].id
        refused = client.post(overview, {"number": "1", "sections": [section]})
        assert refused.status_code == 400
        assert "flagged" in refused.content.decode()
        assert "Which charter?" in client.get(at(full, "2022/BRA/review/return/")).content.decode()
        back = {"number": "1", "questions": ["charter"], "why_charter": "Which?", "why": "Look.", "due": "2023-02-20"}
        assert client.post(at(full, "2022/BRA/review/return/"), {**back, "number": "7"}).status_code == 400
        assert client.post(at(full, "2022/BRA/review/return/"), back).status_code == 302
    assert full.report("BRA").state == Report.State.RETURNED
    assert AnswerNote.objects.get(open=True).question == "charter"
    assert set(Thread.objects.values_list("kind", flat=True)) == {"clarification", "office"}


def test_a_correction_is_asked_and_decided_by_form(full: World) -> None:
    with clock.at(IN_CYCLE):
        accept(full, "BRA")
        nation, office = client_of(full, "BRA.rapporteur"), client_of(full, "coordinator")
        page = at(full, "2022/BRA/corrections/ask/crew/")
        assert 'name="p:cells.women" value="12"' in nation.get(page).content.decode()
        cells = {"p:status": "answered", "p:cells.women": "1 4", "p:cells.men": "30", "p:cells._T": "44"}
        assert nation.post(page, {**cells, "why": ""}).status_code == 400
        assert nation.post(page, {**cells, "p:cells.men": "x", "why": "Typo."}).status_code == 400
        assert nation.post(page, {**cells, "why": "Typo."}).status_code == 302
        one = at(full, f"2022/BRA/corrections/{Correction.objects.get().pk}/")
        assert "+2" in office.get(one).content.decode()
        assert client_of(full, "ALF.rapporteur").get(one).status_code == 404
        assert office.post(one, {"do": "refuse", "decision": ""}).status_code == 400
        assert office.post(one, {"do": "accept", "decision": ""}).status_code == 302
    assert Submission.objects.filter(report=full.report("BRA")).count() == 2


def test_after_a_return_the_office_sees_what_changed(full: World) -> None:
    with clock.at(IN_CYCLE):
        give_back(full, "BRA")
        from eirene_web.reports.services import filling
        from eirene_web.reports.services.filling import Edit

        filling.save_answers(
            actor=full.actor("BRA.rapporteur"), report=full.report("BRA").pk,
            edits=[Edit("charter", "status", "no_data", 0)],
        )  # fmt: skip
        send(full, "BRA")
        section = full.pack.questionnaires["one"].sections[-1].id
        text = client_of(full, "reviewer").get(at(full, f"2022/BRA/review/section/{section}/")).content.decode()
    assert "changed since it was returned" in text


def test_every_page_of_ours_says_which_verbs_it_serves() -> None:
    from eirene_web.policy import table
    from eirene_web.reports import urls

    assert get_resolver() is not None
    for one in urls.urlpatterns:
        verbs = getattr(one.callback, "verbs", ())
        assert verbs, one.pattern
        assert set(verbs) <= set(table().verbs), one.pattern


def test_what_is_asked_back_has_its_day_in_the_list_and_is_late_after_it(full: World) -> None:
    with clock.at(IN_CYCLE):
        reviewing.return_report(
            actor=full.actor("reviewer"), report=full.report("BRA").pk, reason="Look again.",
            questions={"charter": "Which?"}, due=dt.date(2023, 2, 10),
        )  # fmt: skip
        page = client_of(full, "coordinator").get(at(full, "cycles/2022/reports/")).content.decode()
        assert "An answer is wanted by 10 February 2023." in page
        assert "0 of 3 shown" in text_of(full, "cycles/2022/reports/?only=overdue")
    with clock.at(IN_CYCLE + dt.timedelta(days=20)):
        page = text_of(full, "cycles/2022/reports/?only=overdue")
        assert "1 of 3 shown" in page
        assert "An answer was wanted by 10 February 2023." in page
        assert "11 days ago" in text_of(full, "cycles/2022/of/BRA/")


def text_of(world: World, path: str) -> str:
    return client_of(world, "coordinator").get(at(world, path)).content.decode()


def test_a_flag_stands_before_acceptance_and_needs_an_answer_to_stand_on(full: World) -> None:
    with clock.at(IN_CYCLE):
        assert 'name="flag"' not in text_of(full, "2022/BRA/review/ask/")
        assert 'name="flag"' in text_of(full, "2022/BRA/review/ask/?question=crew")
        assert "Settle what is flagged first" not in text_of(full, "2022/BRA/review/accept/")
        discussing.open_thread(
            actor=full.actor("reviewer"), report=full.report("BRA").pk, kind="clarification", question="crew",
            text="Is that so?", flag=True,
        )  # fmt: skip
        assert "Settle what is flagged first" in text_of(full, "2022/BRA/review/accept/")
