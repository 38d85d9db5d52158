"""An answer taken apart and put together is the same answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cast import sampler
from eirene.errors import Unreadable
from eirene.framework import asked, load
from eirene.questionnaires import parse_report, parts_of, read_part, report_bytes, report_of_parts
from eirene.questionnaires.parts import is_answered


@pytest.mark.parametrize("body", ["ABR", "BMA", "GDV", "KST", "TVN", "VDN"])
def test_every_report_survives_being_taken_apart(body: str) -> None:
    pack = load("concordia")
    file = Path(pack.origin) / "reports" / "2016" / f"{body}.json"
    report = parse_report(json.loads(file.read_text(encoding="utf-8")), pack)
    sheet = asked(pack, "2016")
    read = {
        id: {part: read_part(pack, sheet.questions[id], part, value) for part, value in parts.items()}
        for id, parts in json.loads(json.dumps(parts_of(report, pack))).items()
    }
    assert report_bytes(report_of_parts(pack, "2016", body, read), pack) == report_bytes(report, pack)


def test_a_part_that_the_question_has_not_is_refused() -> None:
    pack = load("concordia")
    personnel = asked(pack, "2016").questions["personnel"]
    for part in ("value", "rows", "cells.army", "cells.army|women|x|y", "definition.x", "nonsense", "comment"):
        with pytest.raises(Unreadable):
            read_part(pack, personnel, part, 1)


def test_a_value_is_read_by_the_same_reader_as_a_file() -> None:
    pack = load("concordia")
    share = asked(pack, "2016").questions["maternity_leave_pay"]
    assert read_part(pack, share, "value", "40.70") == "40.7"
    assert read_part(pack, share, "value", 12) == 12
    with pytest.raises(Unreadable, match="no number"):
        read_part(pack, share, "value", "twelve")
    assert read_part(pack, share, "value", "") is None


def test_a_reason_puts_the_value_aside_and_forgets_nothing() -> None:
    pack = load("concordia")
    parts = {"all_positions_open": {"value": "yes", "status": "no_data", "reason.en": "not counted"}}
    answer = report_of_parts(pack, "2016", "BMA", parts).answers["all_positions_open"]
    assert (answer.status, answer.value, answer.reason) == ("no_data", None, {"en": "not counted"})
    parts["all_positions_open"]["status"] = "answered"
    assert report_of_parts(pack, "2016", "BMA", parts).answers["all_positions_open"].value == "yes"


def test_none_of_the_choices_is_an_answer_when_it_is_said() -> None:
    pack = sampler()
    sheet = asked(pack, next(c for c in pack.cycles if pack.cycles[c].questionnaire))
    several = next(q for q in sheet.questions.values() if q.question.type == "multiple_choice")
    assert is_answered(several.question, {"status": "answered"})
    assert not is_answered(several.question, {"comment.en": "later"})
