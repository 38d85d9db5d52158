"""What is said beside a figure: warnings with their reason, definitions, breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from cast import sampler
from eirene.figures import Figure, compute
from eirene.questionnaires import Definition, Finding, Place, Report
from figures.drawn import reports

DAY = dt.date(2023, 6, 30)
STAFF = """
    body | staff[sex=women] | staff
    AAA  | 10               | 100
    BBB  | 20               | 100
    CCC  | 30               | 100
"""


def staff(cycle: str, definitions: Mapping[str, Mapping[str, str]]) -> list[Report]:
    """The reports above, with how each body counts."""
    found = []
    for report in reports(sampler(), cycle, STAFF):
        answer = replace(report.answers["staff"], definition=Definition(definitions.get(report.body, {})))
        found.append(replace(report, answers={**report.answers, "staff": answer}))
    return found


def pooled(now: list[Report], *history: list[Report], **more: object) -> Figure:
    found = compute(sampler(), "2022", now, as_of=DAY, history=history, only=["women"], **more)
    return next(f for f in found if f.key == "women.2022.members.pooled")


def notes(figure: Figure) -> list[tuple[str, str, str]]:
    return [(n.kind, n.body, n.text["en"]) for n in figure.footnotes]


def test_a_body_that_counts_otherwise_than_most_is_footnoted() -> None:
    now = staff("2022", {b: {"conscripts": "included"} for b in ("AAA", "BBB")} | {"CCC": {"conscripts": "excluded"}})
    text = "Counts otherwise than most: conscripts: excluded (most: included)."
    assert notes(pooled(now)) == [("definition", "CCC", text)]


def test_where_no_way_of_counting_is_usual_none_differs() -> None:
    now = staff("2022", {"AAA": {"cadets": "included"}, "BBB": {"cadets": "excluded"}})
    assert notes(pooled(now)) == []


def test_a_category_that_does_not_exist_is_no_other_way_of_counting() -> None:
    now = staff("2022", {b: {"conscripts": "included"} for b in ("AAA", "BBB")} | {"CCC": {"conscripts": "none"}})
    assert notes(pooled(now)) == []


def test_what_is_counted_apart_is_said_and_never_added() -> None:
    figure = pooled(staff("2022", {"AAA": {"conscripts": "apart", "cadets": "apart"}}))
    assert notes(figure) == [("counted_apart", "AAA", "Counted apart, and not in the number: conscripts; cadets.")]
    assert figure.denominator == 300


def test_a_changed_definition_is_told_and_leaves_the_matched_panel() -> None:
    now = staff("2022", {b: {"conscripts": "included"} for b in ("AAA", "BBB", "CCC")})
    then = staff("2021", {"AAA": {"conscripts": "included"}, "BBB": {"conscripts": "excluded"}})
    figure = pooled(now, then)
    text = "Definition changed since 2021; left out of the comparison: conscripts: included (before: excluded)."
    assert notes(figure) == [("definition", "BBB", text)]
    assert figure.change.panel_n == 2


def finding(severity: str, justified: bool = False, **cell: str) -> Finding:
    return Finding("X-1", severity, Place("staff", cell), {"en": "It fell.", "fr": "Baisse."}, {}, "found", justified)


def test_a_justified_warning_becomes_a_footnote_with_its_reason() -> None:
    now = reports(sampler(), "2022", STAFF)
    why = replace(now[0].answers["staff"], justification={"en": "A base closed."})
    now[0] = replace(now[0], answers={**now[0].answers, "staff": why})
    figure = pooled(now, findings={"AAA": [finding("warning", True)]})
    assert notes(figure) == [("justified_warning", "AAA", "It fell. Explanation given: A base closed.")]
    assert figure.footnotes[0].text["fr"] == "Baisse. Explication donnée\u00a0: A base closed."


def test_an_error_that_nobody_explained_is_told_and_a_warning_is_not() -> None:
    found = pooled(reports(sampler(), "2022", STAFF), findings={"AAA": [finding("error")], "BBB": [finding("warning")]})
    assert notes(found) == [("unjustified_error", "AAA", "It fell.")]


def test_a_note_on_one_service_is_not_on_another() -> None:
    now = reports(
        sampler(),
        "2022",
        "body | staff[service=army,sex=women] | staff[service=army]"
        " | staff[service=navy,sex=women] | staff[service=navy]\n AAA | 1 | 10 | 1 | 10",
    )
    found = compute(
        sampler(), "2022", now, as_of=DAY, only=["women"], findings={"AAA": [finding("error", service="army")]}
    )
    by_key = {f.key: [n.kind for n in f.footnotes] for f in found}
    assert by_key["women.2022.members.pooled.service=army"] == ["unjustified_error"]
    assert by_key["women.2022.members.pooled.service=navy"] == []


def test_a_break_is_said_and_forbids_the_comparison() -> None:
    laws = "body | law\n AAA | yes"
    pack = sampler()
    now, then, before = (reports(pack, cycle, laws) for cycle in ("2022", "2021", "2020"))
    found = compute(pack, "2022", now, as_of=DAY, history=[before, then], only=["law_share"])
    figure = next(f for f in found if f.population == "members")
    assert figure.change.not_comparable["en"] == "Until 2021 only laws in force counted."
    assert [n.kind for n in figure.footnotes] == ["break"]
    found = compute(pack, "2021", then, as_of=DAY, history=[before], only=["law_share"])
    figure = next(f for f in found if f.population == "members")
    assert (figure.change.not_comparable, figure.footnotes) == ({}, ())
