"""Before a draft goes out a nation sees what is its own alone; afterwards the draft, cut to its audience."""

from __future__ import annotations

import pytest

from eirene_web.editions import content as c
from eirene_web.editions import queries
from eirene_web.editions.services import drafting, positions, silence
from eirene_web.editions.services.drafting import Edit
from eirene_web.policy import NotAllowed, NotThere
from web.editions.stage import Stage, accept, signed_in, work_off

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]

PART = "/harbour/work/editions/2022/part/ALF/"


@pytest.mark.django_db
def test_its_own_part_is_computed_from_its_own_report_alone(stage: Stage) -> None:
    stage.begin()
    own = queries.own_part(stage.world.actor("ALF.officer"), stage.draft, "ALF")
    told = {one.ref: (one.standing, one.value) for one in own.parts("en")}
    assert told == {"charter_share": ("named", "yes"), "women_on_board": ("named", "40.0\xa0%")}
    other = queries.own_part(stage.world.actor("CHA.officer"), stage.draft, "CHA")
    assert {one.ref: (one.standing, one.value) for one in other.parts("en")} == {
        "charter_share": ("counted", "no"), "women_on_board": ("counted", "10.0\xa0%"),
    }  # fmt: skip


@pytest.mark.django_db
def test_another_nations_answers_change_nothing_on_its_page(stage: Stage) -> None:
    stage.begin()
    reader = signed_in(stage.world, "ALF.officer")
    before = reader.get(PART).content
    accept(stage.world, "BRA", 77, 23, "no", naming=True, comments={"charter": "zwqbra"})
    accept(stage.world, "CHA", 33, 67, "yes", naming=True)
    stage.compute()
    drafting.save_texts(
        actor=stage.world.actor("coordinator"), draft=stage.draft.pk,
        edits=[Edit(next(p for p, _ in c.places(stage.draft.content) if p.startswith("b")), "en", "zwqdraft")],
    )  # fmt: skip
    after = reader.get(PART).content
    assert _without_csrf(before) == _without_csrf(after)


def _without_csrf(page: bytes) -> str:
    import re

    text = page.decode()
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", text)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["BRA.officer", "ALF.drafter", "ALF.admin", "observer", "clerk", "outsider"])
def test_nobody_else_sees_a_nations_part(stage: Stage, who: str) -> None:
    stage.begin()
    assert signed_in(stage.world, who).get(PART).status_code == 404


@pytest.mark.django_db
def test_after_circulation_it_reads_the_draft_for_its_audience(stage: Stage) -> None:
    stage.begin()
    place = next(p for p, n in c.places(stage.draft.content) if "asks two" in str(n.get("text")))
    drafting.save_texts(
        actor=stage.world.actor("coordinator"), draft=stage.draft.pk, edits=[Edit(place, "en", "zwqdraft")]
    )
    reader = signed_in(stage.world, "BRA.reader")
    assert reader.get("/harbour/work/editions/2022/out/1/").status_code == 404
    stage.circulate()
    page = reader.get("/harbour/work/editions/2022/out/1/?chapter=crew").content.decode()
    assert "zwqdraft" in page
    assert "2 of 3" in page
    assert signed_in(stage.world, "observer").get("/harbour/work/editions/2022/out/1/").status_code == 404


@pytest.mark.django_db
def test_a_withheld_answer_shows_as_withheld_and_counts_again_when_taken_back(stage: Stage) -> None:
    stage.begin()
    officer, draft = stage.world.actor("CHA.officer"), stage.draft.pk
    made = positions.withhold(
        actor=officer, draft=draft, nation="CHA", question="charter", reason={"en": "Under review."}
    )
    again = positions.withhold(actor=officer, draft=draft, nation="CHA", question="charter", reason={"en": "x"})
    assert made.pk == again.pk
    work_off()
    own = queries.own_part(officer, stage.draft, "CHA")
    told = {one.ref: (one.standing, one.reason) for one in own.parts("en")}
    assert told["charter_share"] == ("missing", "withheld")
    moved = queries.moved(stage.draft, "en")
    assert [(one.ref, one.before, one.now) for one in moved] == [
        ("charter_share", "67\xa0% (2 of 3)", "100\xa0% (2 of 2)")
    ]
    positions.withdraw(actor=officer, draft=draft, nation="CHA", position=made.pk)
    work_off()
    assert [one.now for one in queries.moved(stage.draft, "en")] == ["67\xa0% (2 of 3)"]


@pytest.mark.django_db
def test_a_reservation_and_a_footnote_are_printed_as_they_were_written(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    officer, draft = stage.world.actor("ALF.officer"), stage.draft.pk
    text = "Adopted in 2023, see {annex} [lit:9]."
    positions.reserve(actor=officer, draft=draft, nation="ALF", on="charter_share", text={"en": text})
    positions.footnote(actor=officer, draft=draft, nation="ALF", text={"en": "Known as Port 9."})
    with pytest.raises(NotAllowed):
        positions.footnote(actor=stage.world.actor("ALF.rapporteur"), draft=draft, nation="ALF", text={"en": "x"})
    with pytest.raises(NotThere):
        positions.footnote(actor=stage.world.actor("BRA.officer"), draft=draft, nation="ALF", text={"en": "x"})
    from eirene_web import clock
    from web.editions.stage import AFTER

    with clock.at(AFTER):
        silence.end_due()
    assert stage.circulation.outcome == "reservation"
    made = stage.freeze()
    from django.test import Client

    from eirene_web.editions.services import publishing

    document = (publishing.place(made, "releases") / "everyone" / "document.en.json").read_text()
    assert "Known as Port 9." in document
    page = Client().get("/harbour/2022/crew/").content.decode()
    assert text in page.replace("&#x27;", "'")


@pytest.mark.django_db
def test_who_broke_silence_is_on_no_other_nations_page_and_in_no_notice(stage: Stage) -> None:
    from eirene_web.notices.models import Notice

    stage.begin()
    stage.circulate()
    silence.break_silence(
        actor=stage.world.actor("CHA.officer"), draft=stage.draft.pk, circulation=stage.circulation.pk, nation="CHA",
        on="charter_share", reason="zwqreason", wording={"en": "zwqwording"},
    )  # fmt: skip
    for who in ("ALF.officer", "BRA.rapporteur", "observer"):
        nation = who.partition(".")[0]
        reader = signed_in(stage.world, who)
        for address in (f"/harbour/work/editions/2022/part/{nation}/",
                        "/harbour/work/editions/2022/out/1/?chapter=crew",
                        "/harbour/work/editions/", f"/harbour/work/editions/2022/part/{nation}/texts/"):  # fmt: skip
            page = reader.get(address).content.decode()
            assert "zwqreason" not in page
            assert "zwqwording" not in page
            assert "CHA" not in page
    assert (
        "zwqreason"
        in signed_in(stage.world, "coordinator").get("/harbour/work/editions/2022/silence/").content.decode()
    )
    told = [str(n.facts) for n in Notice.objects.exclude(kind__startswith="cycle")]
    assert not [one for one in told if "CHA" in one or "zwq" in one]
    assert not Notice.objects.filter(kind="edition.broken").exclude(person__name="coordinator").exists()


@pytest.mark.django_db
def test_a_comment_of_a_nation_is_for_the_office_and_itself(stage: Stage) -> None:
    stage.begin()
    rapporteur = signed_in(stage.world, "ALF.rapporteur")
    told = rapporteur.post(f"{PART}act/", {"do": "comment", "place": "charter_share", "comment": "zwqcomment"})
    assert told.status_code == 302
    assert "zwqcomment" in rapporteur.get(PART).content.decode()
    assert "zwqcomment" in signed_in(stage.world, "reviewer").get("/harbour/work/editions/2022/talk/").content.decode()
    other = signed_in(stage.world, "BRA.rapporteur").get("/harbour/work/editions/2022/part/BRA/").content.decode()
    assert "zwqcomment" not in other
