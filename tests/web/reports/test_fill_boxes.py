"""What is typed into boxes becomes parts of answers, and only what somebody changed becomes an edit."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from cast import sampler
from eirene.framework import asked
from eirene_web.reports import forms
from eirene_web.reports.forms import NotRead, posted, read_box, read_seen, shown

pytestmark = pytest.mark.soak_on_postgresql

PACK = sampler()
QUESTIONS = asked(PACK, "2022").questions


@pytest.mark.parametrize(
    ("question", "part", "typed", "value"),
    [
        ("staff", "cells.army|women", " 1 229 ", 1229),
        ("staff", "cells.army|women", "nd", {"status": "no_data"}),
        ("staff", "cells.army|women", "", None),
        ("leave_weeks", "value", "12,5", "12.5"),
        ("leave_pay", "value", "80 %", 80),
        ("adopted", "value", "2022-05-01", "2022-05-01"),
        ("measures", "value", ["leave", "childcare"], ["childcare", "leave"]),
        ("remarks", "value.fr", "Un\r\ntexte ", "Un\ntexte"),
        ("law", "comment.en", "  ", None),
        ("law", "naming", "1", True),
        ("law", "naming", "", None),
        ("law", "status", "withheld", "withheld"),
        (
            "courses",
            "rows",
            [{"course": "A", "persons": "1 200"}, {}, {"course": " "}],
            [{"course": "A", "persons": 1200}],
        ),
        ("law", "particulars", [{"title": "Act", "date": "2020-01-31"}], [{"title": "Act", "date": "2020-01-31"}]),
        ("staff", "definition.categories.cadets", "apart", "apart"),
    ],
)
def test_a_box_is_read(question: str, part: str, typed: Any, value: Any) -> None:
    assert read_box(PACK, QUESTIONS[question], part, typed, "en") == value


@pytest.mark.parametrize(
    ("question", "part", "typed", "told"),
    [
        ("staff", "cells.army|women", "1,234", "two readings"),
        ("staff", "cells.army|women", "twelve", "text where a number"),
        ("staff", "cells.nowhere|women", "12", "not known"),
        ("adopted", "value", "31/12/2022", "no date"),
        ("law", "particulars", [{"link": "javascript:alert(1)"}], "no web address"),
        ("courses", "rows", [{"persons": "1,234"}], "Line 1, Persons"),
        ("law", "value", "perhaps", "not known"),
        ("law", "releasability", "everybody", "not known"),
        ("law", "cells.x", "1", "no part"),
        ("remarks", "value.en", "x" * (forms.MOST_TEXT + 1), "20000 are allowed"),
    ],
)
def test_what_cannot_be_read_is_told(question: str, part: str, typed: Any, told: str) -> None:
    with pytest.raises(NotRead, match=told):
        read_box(PACK, QUESTIONS[question], part, typed, "en")


def test_ten_megabytes_of_text_are_refused_in_words() -> None:
    with pytest.raises(NotRead, match="10000000 characters"):
        read_box(PACK, QUESTIONS["remarks"], "value.en", "x" * 10_000_000, "en")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("question", "part", "value"),
    [("staff", "cells.army|women", 1229), ("staff", "cells.army|women", {"status": "withheld"}),
     ("leave_weeks", "value", "12.5"), ("measures", "value", ["leave"]), ("remarks", "value.en", "Text"),
     ("courses", "rows", [{"course": "A", "persons": "1.5", "open": "yes"}]), ("law", "naming", True)],
)  # fmt: skip
def test_what_a_box_shows_is_read_back_as_what_is_kept(question: str, part: str, value: Any, lang: str) -> None:
    text = shown(PACK, QUESTIONS[question].question, part, value, lang)
    assert read_box(PACK, QUESTIONS[question], part, text, lang) == value


def sent(question: str, seen: str, **boxes: str | list[str]) -> forms.Posted:
    post = QueryDict(mutable=True)
    post[f"seen:{question}"] = seen
    for name, value in boxes.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    return posted(PACK, [QUESTIONS[question]], post, "en")


def edits(found: forms.Posted) -> list[tuple[str, Any, int]]:
    return [(e.part, e.value, e.base) for e in found.edits]


def test_only_what_was_changed_becomes_an_edit() -> None:
    seen = '{"cells.army|women":[3,"12"],"cells.army|men":[1,"30"],"comment.en":[0,""]}'
    found = sent("staff", seen, **{"a:staff:cells.army|women": "13", "a:staff:cells.army|men": "30",
                                   "a:staff:comment.en": ""})  # fmt: skip
    assert edits(found) == [("cells.army|women", 13, 3)]


def test_a_box_that_was_not_sent_is_not_emptied() -> None:
    assert edits(sent("staff", '{"cells.army|women":[3,"12"]}')) == []


@pytest.mark.parametrize(
    ("seen", "typed", "wanted"),
    [
        ('{"status":[0,""],"value":[0,""]}', "yes", [("value", "yes", 0)]),
        ('{"status":[0,""],"value":[2,"yes"]}', "!withheld", [("status", "withheld", 0)]),
        ('{"status":[1,"no_data"],"value":[2,"yes"]}', "no", [("value", "no", 2), ("status", None, 1)]),
        ('{"status":[1,"no_data"],"value":[0,""]}', "!no_data", []),
        ('{"status":[0,""],"value":[2,"yes"]}', "", [("value", None, 2)]),
    ],
)
def test_a_choice_is_a_value_or_a_reason(seen: str, typed: str, wanted: list[Any]) -> None:
    assert edits(sent("law", seen, **{"a:law:choice": typed})) == wanted


@pytest.mark.parametrize(
    ("seen", "typed", "wanted"),
    [
        ('{"status":[0,""],"value":[0,[]]}', ["", "!none"], [("status", "answered", 0)]),
        ('{"status":[0,""],"value":[0,[]]}', [""], []),
        ('{"status":[1,"answered"],"value":[0,[]]}', ["", "leave"], [("value", ["leave"], 0)]),
        ('{"status":[1,"answered"],"value":[0,[]]}', [""], [("status", None, 1)]),
        ('{"status":[0,""],"value":[1,["leave"]]}', [""], [("value", None, 1)]),
    ],
)
def test_none_of_them_is_an_answer(seen: str, typed: list[str], wanted: list[Any]) -> None:
    assert edits(sent("measures", seen, **{"a:measures:many": typed, "a:measures:status": ""})) == wanted


def test_lines_are_added_moved_and_taken_away_without_a_script() -> None:
    seen = '{"rows":[4,[{"course":"A"},{"course":"B"}]]}'
    boxes = {
        "a:courses:rows.n": "4", "a:courses:rows.0.course": "A", "a:courses:rows.0!order": "2",
        "a:courses:rows.1.course": "B", "a:courses:rows.1!order": "1",
        "a:courses:rows.2.course": "C", "a:courses:rows.2!order": "3", "a:courses:rows.3.course": "",
    }  # fmt: skip
    assert edits(sent("courses", seen, **boxes)) == [("rows", [{"course": "B"}, {"course": "A"}, {"course": "C"}], 4)]
    gone = {"a:courses:rows.n": "2", "a:courses:rows.0.course": "A", "a:courses:rows.1.course": "B",
            "a:courses:rows.1!gone": "1"}  # fmt: skip
    assert edits(sent("courses", seen, **gone)) == [("rows", [{"course": "A"}], 4)]
    same = {"a:courses:rows.n": "2", "a:courses:rows.0.course": "A", "a:courses:rows.1.course": "B"}
    assert edits(sent("courses", seen, **same)) == []


def test_a_text_in_one_more_language() -> None:
    seen = '{"comment.en":[0,""]}'
    boxes = {"a:law:comment.en": "", "a:law:new.comment": "Ein Satz", "a:law:new.comment.lang": "de"}
    assert edits(sent("law", seen, **boxes)) == [("comment.de", "Ein Satz", 0)]
    nameless = sent("law", seen, **{"a:law:new.comment": "Ein Satz", "a:law:new.comment.lang": ""})
    assert [t.what for t in nameless.typos] == ["The language is missing."]


@pytest.mark.parametrize(
    "tampered",
    ["", "x", "[]", '{"value":7}', '{"value":["1","yes"]}', '{"value":[-1,"yes"]}', '{"value":[true,"a"]}',
     "[" * 5000, '{"' + "p" * 300 + '":[1,""]}'],
)  # fmt: skip
def test_what_the_browser_says_it_saw_is_not_believed_in_another_form(tampered: str) -> None:
    assert read_seen(tampered) == {}


def test_a_part_that_does_not_exist_is_refused_though_the_browser_says_it_was_shown() -> None:
    found = sent("law", '{"cells.army|women":[1,""]}', **{"a:law:cells.army|women": "12"})
    assert edits(found) == []
    assert "no part" in found.typos[0].what
