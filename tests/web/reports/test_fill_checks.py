"""Checks, rules, comparison, another's eyes, history: what stands beside the sections."""

from __future__ import annotations

import csv
import io

import pytest

from eirene_web.journal.models import Change
from eirene_web.journal.services import purge
from eirene_web.reports import chronicle, comparing, reading
from eirene_web.reports.models import Submission
from eirene_web.reports.services import discussing, history
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.working import Working
from web.reports import filling
from web.reports.filling import LAST_YEAR, address, browser, fields, fill, report_of
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during"), pytest.mark.soak_on_postgresql]
sampler_world, during = filling.sampler_world, filling.during


def faulty(world: World) -> None:
    """Army: 12 women, 30 men, 40 in all."""
    fill(world, Edit("staff", "cells.army|women", 12), Edit("staff", "cells.army|men", 30),
         Edit("staff", "cells.army|_T", 40), Edit("law", "value", "yes"))  # fmt: skip


def test_every_finding_leads_to_its_cell(sampler_world: World) -> None:
    faulty(sampler_world)
    client = browser(sampler_world, "AAA.rapporteur")
    text = client.get(address(sampler_world, rest="checks/")).content.decode()
    assert "Error, to be corrected" in text
    place = f"{address(sampler_world, rest='section/1/')}#c-staff-army._T"
    assert place in text
    section = client.get(address(sampler_world, rest="section/1/")).content.decode()
    assert 'id="c-staff-army._T" class="bad tot"' in section
    assert "must be corrected or explained" in section


def test_findings_are_chosen_by_severity_and_section(sampler_world: World) -> None:
    faulty(sampler_world)
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="checks/")
    assert "Question 1.1" in client.get(f"{path}?severity=error&section=1").content.decode()
    assert "Question 1.1, army" not in client.get(f"{path}?severity=error&section=2").content.decode()
    assert "Nothing of this kind was found" in client.get(f"{path}?severity=blocker").content.decode()


def test_what_was_not_begun_is_waiting_and_no_error(sampler_world: World) -> None:
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="checks/")).content.decode()
    assert "Nothing was found" in text
    assert "questions are not answered yet" in text


def test_an_explanation_is_typed_beside_the_finding_and_lets_it_through(sampler_world: World) -> None:
    faulty(sampler_world)
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="checks/")
    page = client.get(path).content.decode()
    assert "a:staff:justification.en" in page
    seen = {"seen:staff": '{"justification.en":[0,""]}', "a:staff:justification.en": "Two are counted apart."}
    assert client.post(path, seen).status_code == 302
    text = client.get(path).content.decode()
    assert "Error, explained" in text
    assert "becomes a footnote" in text
    assert client.post(path, {"seen:staff": '{"justification.en":[1,""]}',
                              "a:staff:justification.en": "x" * 20_001}).status_code == 422  # fmt: skip


def test_a_cell_is_marked_in_the_section_and_told_to_readers_of_the_screen(sampler_world: World) -> None:
    faulty(sampler_world)
    page = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="section/1/"))
    text = page.content.decode()
    assert 'aria-invalid="true" aria-describedby="f-staff-' in text
    assert fields(page)["a:staff:cells.army|_T"] == ["40"]


def test_the_rules_can_be_read_before_one_begins(sampler_world: World) -> None:
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="rules/")).content.decode()
    assert "answer.missing" in text
    assert "Totals of tables" in text


# --- comparison -------------------------------------------------------------------------------------------------------


def test_what_differs_from_last_year(sampler_world: World) -> None:
    fill(sampler_world, Edit("staff", "cells.army|women", 44), Edit("law", "value", "yes"),
         Edit("leave_weeks", "value", 26))  # fmt: skip
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="changes/")).content.decode()
    assert "2 answers differ from 2021" in text
    assert "+4" in text
    assert "How long is leave?" not in text


def others(world: World, n: int, weeks: list[int], *, releasability: str = "public") -> None:
    """The cycle 2020, in which n of the others reported; nobody did in 2021 but Aland."""
    bodies = ["BBB", "CCC", "DDD", "EEE", "GGG"][:n]
    given = [
        report_of(body, "2020", {
            "leave_weeks": {"status": "answered", "value": w, "releasability": releasability},
            "law": {"status": "answered", "value": "yes" if i else "no", "releasability": releasability},
        })
        for i, (body, w) in enumerate(zip(bodies, weeks, strict=False))
    ]  # fmt: skip
    Submission.objects.filter(report__cycle__code="2021").update(accepted=None)
    history.take_in_cycle(actor=world.actor("coordinator"), alliance="sampler", code="2020", reports=given)


def test_the_spread_is_told_over_five_others_and_never_by_name(sampler_world: World) -> None:
    others(sampler_world, 5, [10, 12, 14, 20, 40])
    fill(sampler_world, Edit("leave_weeks", "value", 16))
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="compare/")).content.decode()
    assert "Half of them lie between 12.0 and 20.0; the one in the middle at 14.0." in text
    assert "Nearly all of them, or all, say yes." in text  # one alone said no: told in words only
    assert "Bland" not in text
    assert "80 %" not in text


@pytest.mark.parametrize(("n", "releasability"), [(4, "public"), (5, "office")])
def test_fewer_or_not_released_is_not_told(sampler_world: World, n: int, releasability: str) -> None:
    others(sampler_world, n, [10, 12, 14, 20, 40], releasability=releasability)
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="compare/")).content.decode()
    assert "How long is leave?" not in text
    assert "Too few others answered" in text


def test_nothing_of_this_years_drafts_is_in_it(sampler_world: World) -> None:
    for who in ("BBB.rapporteur",):
        fill(sampler_world, Edit("leave_weeks", "value", 99), who=who)
    earlier = comparing.earlier_cycle(Working(sampler_world.report("AAA")))
    assert earlier is not None
    assert earlier.code == "2021"
    assert comparing.spreads(Working(sampler_world.report("AAA")), earlier, "members", "en") == []


def test_a_contributor_does_not_compare(sampler_world: World) -> None:
    assert browser(sampler_world, "AAA.drafter").get(address(sampler_world, rest="compare/")).status_code in (403, 404)


# --- how it will read -----------------------------------------------------------------------------------------------


def words(world: World, question: str) -> tuple[str, list[tuple[str, str]], list[str]]:
    working = Working(world.report("AAA"))
    asked = working.sheet.questions[question]
    answer = working.answers.answers.get(question)
    before = working.previous.answers.get(question) if working.previous else None
    return (
        reading.summary(working.pack, asked, answer, before, "Aland", "en"),
        reading.audiences(working.pack, answer, "public", "en"),
        reading.protection(working.pack, asked, answer, "en"),
    )


def test_how_it_will_read_is_told_about_the_nation_alone(sampler_world: World) -> None:
    assert words(sampler_world, "law")[0].startswith("Nothing yet")
    fill(sampler_world, Edit("law", "value", "yes"))
    said, seen, _small = words(sampler_world, "law")
    assert said == "Aland moves from “No” to “Yes”."
    assert seen == [("Members and the public", "counted, not named")]
    fill(sampler_world, Edit("law", "releasability", "members"), Edit("law", "naming", True))
    assert words(sampler_world, "law")[1] == [
        ("Members", "by name"), ("The public", "counted, not named; the answer itself is not shown"),
    ]  # fmt: skip
    fill(sampler_world, Edit("law", "status", "withheld"))
    assert "withheld" in words(sampler_world, "law")[0]


def test_what_becomes_of_small_counts(sampler_world: World) -> None:
    assert words(sampler_world, "staff")[2] == ["Counts below 3, and what would give them away, are not shown by name."]
    fill(sampler_world, Edit("staff", "cells.army|women", 2), Edit("staff", "cells.army|men", 30),
         Edit("staff", "cells.army|_T", 32))  # fmt: skip
    small = words(sampler_world, "staff")[2]
    assert small[0] == "army, women: not shown by name, for it is below 3."
    assert small[1] == "army, men as well, which would give it away."


def test_a_nation_may_protect_its_counts_more_tightly(sampler_world: World) -> None:
    """Seven women may be shown under the question's class (3), not under the one that Aland chose (10)."""
    fill(sampler_world, Edit("staff", "cells.army|women", 7), Edit("staff", "cells.army|men", 30),
         Edit("staff", "cells.army|_T", 37))  # fmt: skip
    assert words(sampler_world, "staff")[2] == ["No count in it is small enough to be left out."]
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/1/")
    html = client.get(path).content.decode()
    assert (
        '<option value="">Workforce: no count below 3 (default)</option>'
        '<option value="sensitive">Sensitive: no count below 10</option>' in html
    )
    client.post(path, {**fields(client.get(path)), "a:staff:disclosure": ["sensitive"], "do": "save"})
    assert (
        '<option value="sensitive" selected>Sensitive: no count below 10</option>' in client.get(path).content.decode()
    )
    assert words(sampler_world, "staff")[2][0] == "army, women: not shown by name, for it is below 10."
    changed = client.get(address(sampler_world, rest="history/") + "?question=staff").content.decode()
    assert "protected as" in changed
    french = client.get("/fr" + path).content.decode()
    assert "Effectifs\u00a0: aucun nombre inférieur à 3 (par défaut)" in french


def test_another_audience_sees_what_was_released_to_it(sampler_world: World) -> None:
    fill(sampler_world, Edit("law", "value", "yes"), Edit("law", "releasability", "members"),
         Edit("law", "naming", True), Edit("leave_weeks", "value", 26),
         Edit("remarks", "value.en", "Only for the office."), Edit("remarks", "releasability", "office"))  # fmt: skip
    client, path = browser(sampler_world, "AAA.reader"), address(sampler_world, rest="look/")
    public, members, office = (
        client.get(f"{path}?as={code}").content.decode() for code in ("public", "members", "office")
    )
    assert "Only for the office." in office
    assert "Only for the office." not in members + public
    assert "Shown by name" in members
    assert "Shown by name" not in public
    assert "Counted, not named" in public
    assert "Not released to this audience" in public
    assert client.get(f"{path}?as=nobody").status_code == 400


# --- history --------------------------------------------------------------------------------------------------------


def test_who_changed_what_before_and_after_and_why(sampler_world: World) -> None:
    fill(sampler_world, Edit("law", "value", "no"))
    fill(sampler_world, Edit("law", "value", "yes", base=1), Edit("leave_weeks", "value", 3))
    client = browser(sampler_world, "AAA.reader")
    text = client.get(address(sampler_world, rest="history/?question=law")).content.decode()
    assert "<td>No</td><td>Yes</td>" in text
    assert "AAA.rapporteur" in text
    assert ">2.4<" not in text
    assert ">2.4<" in client.get(address(sampler_world, rest="history/")).content.decode()


def test_the_office_stands_in_it_as_the_office(sampler_world: World) -> None:
    thread = discussing.open_thread(actor=sampler_world.actor("AAA.rapporteur"), report=sampler_world.report("AAA").pk,
                                    kind="question", question="law", text="May we?")  # fmt: skip
    discussing.write(actor=sampler_world.actor("reviewer"), thread=thread.pk, text="Yes.")
    text = browser(sampler_world, "AAA.reader").get(address(sampler_world, rest="history/")).content.decode()
    assert "WPS Office" in text
    assert "reviewer" not in text


def test_a_long_history_has_pages_and_says_how_much_it_leaves_out(sampler_world: World) -> None:
    cells = [
        Edit("cube", f"cells.{s}|law|{x}", 1)
        for s in ("army", "navy", "air_force", "_T")
        for x in ("women", "men", "_T")
    ]
    cells += [Edit("cube", f"cells.{s}|order|{x}", 1) for s in ("army", "navy") for x in ("women", "men")]
    fill(sampler_world, *cells)
    for n in range(62):
        fill(sampler_world, Edit("leave_weeks", "value", n + 1, base=n))
    client, path = browser(sampler_world, "AAA.reader"), address(sampler_world, rest="history/")
    first = client.get(path).content.decode()
    assert "Older changes" in first
    older = first[first.index("before=") :].split('"')[0]
    assert "and 5 more changes" in client.get(f"{path}?{older}").content.decode()


def test_the_table_is_whole_and_nothing_in_it_is_a_formula(sampler_world: World) -> None:
    fill(sampler_world, Edit("remarks", "value.en", '=HYPERLINK("http://evil","x")'),
         Edit("leave_weeks", "value", "-5"), Edit("remarks", "value.fr", "+33 appelez"))  # fmt: skip
    answer = browser(sampler_world, "AAA.reader").get(address(sampler_world, rest="history.csv"))
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    cells = [cell for row in rows[1:] for cell in row]
    assert '\'=HYPERLINK("http://evil","x")' in cells
    assert "'+33 appelez" in cells
    assert "-5" in cells
    assert not any(cell[:1] in "=+@\t" for cell in cells if cell)


@pytest.mark.parametrize("text", ["=1", "+1 000", "@x", "-x", "\tx", "|x", "-1+1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_quoted(text: str) -> None:
    assert chronicle.safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "-5,5", "x=1", "12", ""])
def test_what_it_does_not_is_left(text: str) -> None:
    assert chronicle.safe(text) == text


def test_what_was_purged_says_so(sampler_world: World) -> None:
    fill(sampler_world, Edit("remarks", "value.en", "A name that slipped in."))
    purge(Change.objects.filter(thing__contains="remarks/value.en").values_list("pk", flat=True))
    text = browser(sampler_world, "AAA.reader").get(address(sampler_world, rest="history/")).content.decode()
    assert "(removed)" in text
    assert "slipped in" not in text


def test_last_years_answers_are_what_the_tests_think() -> None:
    assert set(LAST_YEAR) == {"staff", "law", "measures", "leave_weeks", "remarks", "courses"}
