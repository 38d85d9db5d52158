"""Saving by the cell, as the script of the page does it; and what others changed meanwhile."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from eirene_web.journal.models import Change, Entry
from eirene_web.reports.services import filling as services
from eirene_web.reports.services.filling import Edit
from web.reports import filling
from web.reports.filling import address, browser, fields, fill, kept, save
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during")]
sampler_world, during = filling.sampler_world, filling.during


def test_each_edit_is_told_what_became_of_it(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    fill(sampler_world, Edit("staff", "cells.navy|women", 7))
    answer = save(client, sampler_world, "1", ("staff", "cells.army|women", " 1 229 "),
                  ("staff", "cells.army|men", "1,234"), ("staff", "cells.navy|women", "8", 0),
                  ("staff", "cells.navy|men", "nd"))  # fmt: skip
    assert answer.status_code == 200
    told = answer.json()
    assert [(s["part"], s["version"], s["shown"]) for s in told["saved"]] == [
        ("cells.army|women", 1, "1229"), ("cells.navy|men", 1, "nd"),
    ]  # fmt: skip
    assert [(r["part"], r["readings"]) for r in told["refused"]] == [("cells.army|men", ["1234", "1.2340"])]
    clash = told["conflicts"][0]
    assert (clash["part"], clash["mine"], clash["theirs"], clash["version"]) == ("cells.navy|women", "8", "7", 1)
    assert clash["who"] == "AAA.rapporteur"
    assert clash["name"] == "1.1, navy, women"
    assert told["version"] == 2
    assert kept(sampler_world, "staff", "cells.navy|women") == 7


def test_mine_overwrites_theirs_only_when_said_so(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    fill(sampler_world, Edit("staff", "cells.navy|women", 7))
    save(client, sampler_world, "1", ("staff", "cells.navy|women", "8", 1))
    assert kept(sampler_world, "staff", "cells.navy|women") == 8


def test_one_save_is_one_entry_of_the_journal(sampler_world: World) -> None:
    client, before = browser(sampler_world, "AAA.rapporteur"), Entry.objects.count()
    save(client, sampler_world, "1", ("staff", "cells.army|women", "12"), ("staff", "cells.army|men", "30"))
    assert Entry.objects.count() == before + 1
    assert Change.objects.filter(thing__endswith="staff/cells.army|women").get().after == "12"


def test_numbers_are_read_and_shown_as_the_language_of_the_page_writes_them(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    edits = {"edits": [{"question": "leave_weeks", "part": "value", "typed": "12,5", "base": 0}]}
    answer = client.post("/fr" + address(sampler_world, rest="section/2/save"), json.dumps(edits),
                         content_type="application/json")  # fmt: skip
    assert answer.json()["saved"][0]["shown"] == "12,5"
    assert kept(sampler_world, "leave_weeks", "value") == "12.5"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"edits": 3}', '{"edits": ["x"]}', '{"edits": [{"question": "nowhere", "part": "value"}]}',
     '{"edits": [{"question": "law", "part": "value", "base": "1"}]}', "[" * 100_000],
)  # fmt: skip
def test_what_the_page_does_not_send_is_refused_in_words(sampler_world: World, body: str) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    answer = client.post(address(sampler_world, rest="section/2/save"), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["what"]
    assert sampler_world.report("AAA").version == 0


def test_ten_megabytes_are_refused_in_words_and_nothing_is_saved(sampler_world: World) -> None:
    answer = save(
        browser(sampler_world, "AAA.rapporteur"), sampler_world, "2", ("remarks", "value.en", "x" * 10_000_000)
    )
    assert answer.status_code == 413
    assert "Shorten the text" in answer.json()["problems"][0]["remedy"]
    assert sampler_world.report("AAA").version == 0


def test_a_long_text_is_refused_alone(sampler_world: World) -> None:
    answer = save(browser(sampler_world, "AAA.rapporteur"), sampler_world, "2",
                  ("remarks", "value.en", "x" * 20_001), ("law", "value", "yes"))  # fmt: skip
    assert "20000 are allowed" in answer.json()["refused"][0]["what"]
    assert kept(sampler_world, "law", "value") == "yes"


def test_a_cell_of_another_section_is_not_taken(sampler_world: World) -> None:
    answer = save(browser(sampler_world, "AAA.rapporteur"), sampler_world, "2", ("staff", "cells.army|women", "1"))
    assert answer.status_code == 400


@pytest.mark.parametrize(("who", "status"), [("AAA.reader", 403), ("BBB.rapporteur", 404), ("coordinator", 404)])
def test_who_may_not_is_told_so(sampler_world: World, who: str, status: int) -> None:
    answer = save(browser(sampler_world, who), sampler_world, "2", ("law", "value", "yes"))
    assert answer.status_code == status
    assert answer.json()["problems"]
    assert kept(sampler_world, "law", "value") is None


def test_who_is_signed_out_is_told_so_and_nothing_is_lost(sampler_world: World) -> None:
    answer = save(Client(), sampler_world, "2", ("law", "value", "yes"))
    assert answer.status_code == 401
    assert answer.json()["problems"][0]["what"] == "You are signed out."


def test_without_the_token_nothing_is_saved(sampler_world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sampler_world.people["AAA.rapporteur"])
    assert save(client, sampler_world, "2", ("law", "value", "yes")).status_code == 403
    assert kept(sampler_world, "law", "value") is None


def state(client: Client, world: World, section: str, query: str) -> dict[str, object]:
    answer = client.get(address(world, rest=f"section/{section}/state?{query}"), headers={"accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_others_changes_appear_with_their_versions(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    assert "parts" not in state(client, sampler_world, "1", "since=0")
    fill(sampler_world, Edit("staff", "cells.army|women", 12))
    told = state(client, sampler_world, "1", "since=0")
    assert told["version"] == 1
    assert told["parts"]["staff"]["cells.army|women"] == [1, "12"]  # type: ignore[index]
    assert "2 warnings" in told["questions"]["staff"]["state"]  # type: ignore[index]


def test_who_types_here_now_is_told_by_post(sampler_world: World) -> None:
    services.save_answers(
        actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk,
        edits=[Edit("staff", "cells.army|women", 12)],
    )  # fmt: skip
    assert state(browser(sampler_world, "AAA.rapporteur"), sampler_world, "1", "since=1")["typing"] == {}
    seen_by_others = state(browser(sampler_world, "AAA.reader"), sampler_world, "1", "since=1")["typing"]
    assert "AAA.rapporteur is typing here now" in seen_by_others["staff"]  # type: ignore[index]


def test_the_light_question_whether_anything_changed_costs_little(sampler_world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser(sampler_world, "AAA.rapporteur")
    with CaptureQueriesContext(connection) as asked:
        state(client, sampler_world, "1", "since=0")
    assert len(asked) <= 11


# --- signed out in the middle of a form -------------------------------------------------------------------------------


def test_a_form_sent_after_the_session_ended_comes_back_whole_and_goes_on(sampler_world: World) -> None:
    signed_in, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(signed_in.get(path)) | {"a:remarks:value.en": ["Typed for an hour.\n<b>Really.</b>"], "do": ["save"]}
    signed_out = Client()
    carried = signed_out.post(path, form)
    text = carried.content.decode()
    assert carried.status_code == 401
    assert "Nothing you typed is lost" in text
    assert "Typed for an hour." in text
    assert "<b>Really.</b>" not in text
    assert carried["Cache-Control"] == "private, no-store"
    assert kept(sampler_world, "remarks", "value.en") is None
    signed_out.force_login(sampler_world.people["AAA.rapporteur"])
    assert signed_out.post(path, _hidden(text)).status_code == 302
    assert kept(sampler_world, "remarks", "value.en") == "Typed for an hour.\n<b>Really.</b>"


def test_after_signing_in_again_the_old_page_is_handed_back_to_be_sent_by_a_press(sampler_world: World) -> None:
    client, path = Client(enforce_csrf_checks=True), address(sampler_world, rest="section/2/")
    client.force_login(sampler_world.people["AAA.rapporteur"])
    form = fields(client.get(path)) | {
        "a:remarks:value.en": ["Typed."],
        "do": ["save"],
        "csrfmiddlewaretoken": ["x" * 64],
    }
    back = client.post(path, form, headers={"origin": "http://testserver"})
    assert back.status_code == 403
    assert "Typed." in back.content.decode()
    assert kept(sampler_world, "remarks", "value.en") is None
    assert client.post(path, _hidden(back.content.decode()), headers={"origin": "http://testserver"}).status_code == 302
    assert kept(sampler_world, "remarks", "value.en") == "Typed."


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_from_elsewhere_is_never_handed_back(sampler_world: World, origin: str) -> None:
    client, path = Client(enforce_csrf_checks=True), address(sampler_world, rest="section/2/")
    client.force_login(sampler_world.people["AAA.rapporteur"])
    headers = {"origin": origin} if origin else {}
    answer = client.post(path, {"seen:law": '{"status":[0,""],"value":[0,""]}', "a:law:choice": "yes"}, headers=headers)
    assert answer.status_code == 403
    assert b"a:law:choice" not in answer.content


def test_no_password_is_ever_carried(sampler_world: World) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/account/login/", {"login": "a@b.example", "password": "secret words"}, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert b"secret words" not in answer.content


def _hidden(text: str) -> dict[str, list[str]]:
    import re
    from html import unescape

    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found
