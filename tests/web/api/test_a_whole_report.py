"""A report goes its whole way by the API, each step by the program of the one whose step it is."""

from __future__ import annotations

import hashlib

import pytest

from eirene_web import clock
from eirene_web.reports.models import Report
from web.calling import caller, told
from web.world import IN_CYCLE, World

PLACE = "/cycles/2022/reports/ALF"
EDITS = [
    {"question": "crew", "part": "cells.women", "value": 12}, {"question": "crew", "part": "cells.men", "value": 30},
    {"question": "crew", "part": "cells._T", "value": 42}, {"question": "charter", "part": "value", "value": "no"},
]  # fmt: skip


@pytest.mark.django_db
def test_a_report_goes_its_way(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        drafter, head, officer = (caller(world, f"ALF.{who}") for who in ("rapporteur", "head", "officer"))
        assert drafter.get("/me")["roles"][0]["role"] == "rapporteur"
        assert [c["code"] for c in drafter.get("/cycles")["items"]] == ["2022"]
        assert [r["body"] for r in drafter.get("/reports?cycle=2022")["items"]] == ["ALF"]
        sheet = drafter.get("/cycles/2022/questionnaire")
        asked = [q["id"] for s in sheet["sections"] for q in s["questions"]]
        assert asked == ["crew", "charter"]
        saved = drafter.patch(f"{PLACE}/answers", {"edits": EDITS})
        assert (len(saved["saved"]), saved["conflicts"], saved["refused"]) == (4, [], [])
        parts = {p["part"]: p["value"] for a in drafter.get(f"{PLACE}/answers")["answers"] for p in a["parts"]}
        assert parts["cells.women"] == 12
        assert drafter.get(f"{PLACE}/progress")["answered"] == 2
        assert not [f for f in drafter.get(f"{PLACE}/checks")["items"] if f["severity"] == "blocker"]
        steps = [[world.posts["ALF.head"].pk], [world.posts["ALF.officer"].pk]]
        drafter.put(f"{PLACE}/clearance/chain", {"steps": steps})
        assert drafter.post(f"{PLACE}/clearance/start", if_match=drafter.etag)["state"] == "in_clearance"
        head.post(f"{PLACE}/clearance/clear", {"remarks": "Seen."})
        officer.post(f"{PLACE}/clearance/clear")
        assert officer.get(f"{PLACE}/clearance")["steps"][0]["remarks"] == "Seen."
        officer.get(PLACE)
        receipt = officer.post(f"{PLACE}/submissions", status=201, if_match=officer.etag)
        document = officer("GET", f"{PLACE}/submissions/1/document").content
        assert hashlib.sha256(document).hexdigest() == receipt["sha256"]
        checked = officer.post("/receipts/check", {"receipt": receipt["receipt"], "sha256": receipt["sha256"]})
        assert (checked["known"], checked["same"], checked["number"]) == (True, True, 1)
        chief, desk = caller(world, "coordinator"), caller(world, "reviewer")
        chief.put(f"{PLACE}/review/desk", {"post": world.posts["reviewer"].pk})
        desk.get(PLACE)
        assert desk.post(f"{PLACE}/review/accept", {"submission": 1}, if_match=desk.etag)["state"] == "accepted"
        told(caller(world, "BRA.rapporteur")("GET", PLACE), 404)
    assert world.report("ALF").state == Report.State.ACCEPTED
