"""Texts of the Summary are bound to figures: no number stands in them that no figure answers for."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from cast import sampler, toy, toy_report
from eirene.disclosure import audience_view
from eirene.documents import model as d
from eirene.errors import PackError
from eirene.figures import compute_series
from eirene.framework import Pack
from eirene.framework.model import Block, Chapter, Edition, Variant
from eirene.questionnaires import parse_report
from eirene.questionnaires.model import Report
from eirene.summary import Content, build_documents, check_edition, edition_of
from eirene.summary.refs import FigureIndex, parse_ref
from eirene.summary.texts import Writer

AS_OF = dt.date(2023, 5, 1)


def reports(cycle: str, naming: bool = True, **charter: str) -> list[Report]:
    """One report for each port named; women 10, 20, 30 of 100."""
    found = []
    for n, (body, answer) in enumerate(sorted(charter.items()), 1):
        data = toy_report(body, 10 * n, 100 - 10 * n, answer, cycle, naming=naming)
        found.append(parse_report(data, toy()))
    return found


def index(before: list[Report] | None = None) -> FigureIndex:
    now = reports("2022", ALF="yes", BRA="no", CHA="no")
    figures = compute_series(toy(), "2022", now, [before] if before else [], as_of=AS_OF)
    return FigureIndex(toy(), figures, "2022", "ports")


def writer(before: list[Report] | None = None) -> Writer:
    return Writer(index(before), "en", {"cycle": "Cycle 2022"})


def said(template: str, before: list[Report] | None = None) -> str:
    return writer(before).plain({"en": template})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{charter_share} of ports", "33\u00a0% of ports"),
        ("{charter_share:n_of_N}", "1 of 3"),
        ("{women_on_board:value}", "20.0"),
        ("{women_on_board:numerator} of {women_on_board:denominator}", "60 of 300"),
        ("{women_on_board.median_of_bodies}", "20.0\u00a0%"),
        ("{women_on_board.2022.ports.pooled}", "20.0\u00a0%"),
        ("Resolution [lit:1325] in {cycle}", "Resolution 1325 in Cycle 2022"),
        ("{women_on_board:previous}", "not available"),
    ],
)
def test_a_placeholder_prints_what_it_names(template: str, text: str) -> None:
    assert said(template) == text


def test_a_placeholder_knows_its_figure() -> None:
    run = writer().runs({"en": "{charter_share}"})[0]
    assert run.figure == "charter_share.2022.ports.share_of_bodies"


def test_the_first_variant_that_holds_is_used() -> None:
    variants = [
        Variant(when="panel_change(charter_share) > 0", text={"en": "rose"}),
        Variant(when="value(charter_share) < 50", text={"en": "fewer than half"}),
        Variant(text={"en": "otherwise"}),
    ]
    assert writer().choose(variants) == {"en": "fewer than half"}


def test_a_rise_is_claimed_only_over_the_bodies_in_both() -> None:
    """One port more has a charter because it reports for the first time: no rise over those in both."""
    rose = [Variant(when="panel_change(charter_share) > 0", text={"en": "rose"}), Variant(text={"en": "neutral"})]
    entered = reports("2021", BRA="no", CHA="no")
    changed = reports("2021", ALF="no", BRA="no", CHA="no")
    assert writer(entered).choose(rose) == {"en": "neutral"}
    assert writer(changed).choose(rose) == {"en": "rose"}


def edition(**block: object) -> Edition:
    return Edition(title={"en": "T"}, chapters=[Chapter(id="c", title={"en": "C"}, blocks=[Block(**block)])])


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"text": {"en": "In 2016 all was well"}}, "bare number '2016'"),
        ({"text": {"en": "{charter_shar}"}}, "Did you mean 'charter_share'"),
        ({"statement": "nothing_like_it"}, "no figure 'nothing_like_it'"),
        ({"text": {"en": "{charter_share:colour}"}}, "there is no 'colour'"),
        ({"chart": "bars"}, "needs figures"),
        ({"text": {"en": "a"}, "statement": "charter_share"}, "one thing"),
        ({}, "gives nothing"),
        ({"text": [{"when": "value(charter_shar) > 1", "text": {"en": "a"}}]}, "charter_shar"),
        ({"statement": "charter_share", "population": "members"}, "no population 'members'"),
    ],
)
def test_what_an_edition_cannot_mean_is_told(block: dict[str, object], told: str) -> None:
    problems = " ".join(str(p) for p in check_edition(toy(), edition(**block)))
    assert told in problems


def test_an_edition_with_mistakes_is_refused_with_all_of_them() -> None:
    wrong = edition(text={"en": "12 and {nope}"})
    with pytest.raises(PackError) as caught:
        edition_of(toy(), "2022", wrong)
    assert len(caught.value.problems) == 2


def test_a_reference_may_say_as_much_of_the_key_as_differs() -> None:
    ref = parse_ref("women_ranks[rank=OF-6+]", sampler())
    assert ref.dimensions == {"rank": "OF-6+"}  # type: ignore[union-attr]


# --- the document ---------------------------------------------------------------------------------------------------


def document(pack: Pack, found: list[Report], lang: str = "en", *, audience: str = "") -> d.Document:
    cycle = found[0].cycle
    figures = compute_series(pack, cycle, found, [], as_of=AS_OF)
    code = audience or pack.header.audiences[0].code
    view = audience_view(pack, cycle, code, found, figures, as_of=AS_OF)
    content = Content(
        pack=pack,
        cycle=cycle,
        audience=code,
        edition=edition_of(pack, cycle),
        figures=view.figures,
        reports={r.body: r for r in found},
        shown=view.shown,
        reported={cycle: frozenset(r.body for r in found)},
        as_of=AS_OF,
    )
    return build_documents(content)[lang]


def words_of(document: d.Document) -> str:
    from eirene.documents import serialise

    return json.dumps(json.loads(serialise.to_json(document)), ensure_ascii=False)


def test_the_summary_says_who_is_missing_and_strips_name_nobody() -> None:
    summary = document(toy(), reports("2022", ALF="yes", CHA="no"))
    statement = next(b for b in summary.sections[0].blocks if isinstance(b, d.Statement))
    assert statement.roll_call is not None
    assert statement.roll_call.groups == (("yes", 1), ("no", 1), ("no_report", 1))
    assert "1 did not report" in statement.roll_call.alt
    assert "Alfport" not in statement.roll_call.alt


def test_a_body_that_may_not_be_named_has_a_chapter_that_does_not_tell_whether_it_reported() -> None:
    summary = document(toy(), reports("2022", naming=False, ALF="yes", CHA="no"), audience="everyone")
    bodies = next(s for s in summary.sections if s.id == "bodies").sections
    assert [s.title for s in bodies] == ["Alfport", "Bravmouth", "Charlhaven"]
    texts = {s.blocks[0].runs[0].text for s in bodies}  # type: ignore[union-attr]
    assert len(texts) == 1


def test_the_office_reads_who_did_not_report() -> None:
    summary = document(toy(), reports("2022", ALF="yes", CHA="no"))
    assert "Bravmouth did not report" in words_of(summary)


def test_every_page_of_a_fictional_pack_says_so() -> None:
    summary = document(toy(), reports("2022", ALF="yes"))
    assert summary.fictional
    assert "Fictional" in summary.notice


def test_numbers_of_chapters_charts_and_tables_follow_the_document() -> None:
    summary = document(toy(), reports("2022", ALF="yes", BRA="no", CHA="no"))
    crew = summary.sections[0]
    numbers = [b.number for b in crew.blocks if isinstance(b, d.Chart | d.Table)]
    assert numbers == ["Figure 1.1", "Table 1.1"]
