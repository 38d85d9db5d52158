"""What readers could work out: examined before sign-off, refused while exposed, put right by choosing; each nation sees
its own part of it and nothing of any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from eirene.disclosure.hidden import REASONS
from eirene.disclosure.remedies import Remedies
from eirene.errors import Blocked, UsageError
from eirene_web import clock
from eirene_web.editions import protection as p
from eirene_web.editions import queries
from eirene_web.editions.models import Draft, Examination, Freeze, Release
from eirene_web.editions.services import protecting as services
from eirene_web.editions.services import publishing
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.work.models import Job
from web.editions.stage import AFTER, Stage, accept, signed_in, work_off

pytestmark = [pytest.mark.slow]

BASE = "/harbour/work/editions/2022/"
PAGE = f"{BASE}protection/"


@pytest.fixture
def helpless(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The protection takes no remedy by itself: what is exposed stays so, unless somebody chooses."""
    monkeypatch.setattr(Remedies, "take", lambda self, found, source: [])
    return monkeypatch


def agreed(stage: Stage, *, public: bool = True) -> Draft:
    stage.begin()
    stage.agree()
    with clock.at(AFTER):
        return stage.prepare(public=public)


def plant(stage: Stage, audience: str = "everyone", **told: Any) -> Examination:
    """An examination of the draft as it stands, with what a test wants it to have found."""
    empty: dict[str, Any] = {
        "checked": 5, "exposed": [], "hidden": [], "named": {}, "counted": {},
        "loss": dict.fromkeys(("cells", "of_cells", "persons", "of_persons", "figures", "of_figures", "names",
                               "of_names"), 0),
    }  # fmt: skip
    draft = stage.draft
    kept = services.keep_examination(
        draft=draft.pk, fingerprint=services.current_fingerprint(draft), found={audience: {**empty, **told}},
        milliseconds=1,
    )  # fmt: skip
    return kept[0]


def cell(nation: str, *key: str, what: str = "cell", why: str = "company", **more: Any) -> dict[str, Any]:
    ways = [{"what": "name", "where": ["2022", nation, "crew"], "price": 12.5}]
    return {"what": what, "where": ["2022", nation, "crew", *key], "why": why, "protects": [], "ways": ways, **more}


def exposed(nation: str, by: str = "", **more: Any) -> dict[str, Any]:
    return {"what": "value", "where": ["2022", nation, "crew", "women"], "by": by, "because": {}, "ways": [], **more}


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


# --- examined by itself ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_draft_that_went_out_was_examined_when_it_is_agreed(stage: Stage) -> None:
    stage.begin()
    assert not Examination.objects.exists()
    draft = stage.draft
    publishing.prepare(
        actor=stage.world.actor("coordinator"), draft=draft.pk, audiences=["secretariat", "everyone"], release_list=[],
        as_of=draft.as_of, embargo=None,
    )  # fmt: skip
    stage.circulate()
    found = Examination.objects.get()
    assert (found.audience, found.clean) == ("everyone", True)
    assert found.checked > 0
    assert Job.objects.get(kind=services.KIND).state == Job.State.DONE


@pytest.mark.django_db
def test_no_value_of_anybody_is_kept_with_what_was_found(stage: Stage) -> None:
    accept(stage.world, "BRA", 7919, 104729, "yes")
    agreed(stage)
    kept = json.dumps(services.unpacked(Examination.objects.get().content))
    assert "BRA" in kept
    for planted in ("7919", "104729", "112648"):
        assert planted not in kept


@pytest.mark.django_db
def test_another_audience_makes_it_stale_and_it_is_examined_again(stage: Stage) -> None:
    stage.begin()
    stage.agree()
    assert not Examination.objects.exists()
    with clock.at(AFTER):
        stage.prepare()
        assert Examination.objects.get().fingerprint == services.current_fingerprint(stage.draft)


@pytest.mark.django_db
def test_the_clocks_round_finds_what_was_not_examined_as_it_stands(stage: Stage) -> None:
    from eirene_web.editions.tasks import do_due

    agreed(stage)
    Examination.objects.update(fingerprint="old")
    with clock.at(AFTER):
        assert do_due()["examinations"] == [stage.draft.pk]
        assert do_due()["examinations"] == [], "one that waits is not asked for twice"
        work_off()
        assert do_due()["examinations"] == []


@pytest.mark.django_db
def test_what_decides_nothing_does_not_make_it_stale(stage: Stage) -> None:
    draft = agreed(stage)
    with clock.at(AFTER):
        publishing.disclose(
            actor=stage.world.actor("coordinator"), draft=draft.pk, authority="Another council", on=clock.now().date()
        )
    assert services.is_fresh(stage.draft)


@pytest.mark.django_db
def test_a_job_that_is_started_twice_or_after_a_kill_keeps_one_examination(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = agreed(stage)
    Examination.objects.all().delete()
    with monkeypatch.context() as killed:
        killed.setattr(services, "keep_examination", _die)
        with pytest.raises(KeyboardInterrupt):
            services.examine_now(draft.pk)
    assert not Examination.objects.exists()
    first = services.examine_now(draft.pk)
    again = services.examine_now(draft.pk)
    assert [one.pk for one in first] == [one.pk for one in again] == [Examination.objects.get().pk]


def _die(**_names: Any) -> None:
    raise KeyboardInterrupt


# --- nothing is signed off or frozen without ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_stale_or_missing_examination_blocks_sign_off_and_says_where_to_go(stage: Stage) -> None:
    draft, coordinator = agreed(stage), stage.world.actor("coordinator")
    Examination.objects.update(fingerprint="old")
    with clock.at(AFTER):
        with pytest.raises(Blocked, match="not examined") as refused:
            publishing.sign_off(actor=coordinator, draft=draft.pk)
        assert "Protection" in refused.value.problems[0].remedy
        Examination.objects.all().delete()
        with pytest.raises(Blocked, match="not examined"):
            publishing.sign_off(actor=coordinator, draft=draft.pk)
        services.examine_now(draft.pk)
        publishing.sign_off(actor=coordinator, draft=draft.pk)
        Examination.objects.all().delete()
        with pytest.raises(Blocked, match="not examined"):
            publishing.freeze(actor=coordinator, draft=draft.pk)
    assert not Freeze.objects.exists()


@pytest.mark.django_db
def test_what_is_exposed_blocks_sign_off_until_something_is_chosen(stage: Stage, helpless: pytest.MonkeyPatch) -> None:
    draft, coordinator = agreed(stage), stage.world.actor("coordinator")
    with clock.at(AFTER):
        with pytest.raises(Blocked) as refused:
            publishing.sign_off(actor=coordinator, draft=draft.pk)
        told = " ".join(f"{one.where} {one.what} {one.remedy}" for one in refused.value.problems)
        assert "Charlhaven" in told
        assert "Withhold" in told
        choose_until_clean(stage)
        publishing.sign_off(actor=coordinator, draft=draft.pk)
    assert stage.draft.state == Draft.State.SIGNED


def choose_until_clean(stage: Stage) -> int:
    """Takes the first way out of everything that is exposed, again and again, as a coordinator would."""
    for turn in range(6):
        found = Examination.objects.get()
        told = services.unpacked(found.content)
        if found.clean:
            return turn
        picks = {f"e{n}": 0 for n, one in enumerate(told["exposed"]) if one["ways"]}
        draft = stage.draft
        services.choose(
            actor=stage.world.actor("coordinator"), draft=draft.pk, audience="everyone",
            base=services.based_on(draft, found), picks=picks,
        )  # fmt: skip
        work_off()
    raise AssertionError("what is exposed does not end")


@pytest.mark.django_db
def test_a_freeze_with_something_exposed_is_refused_and_gone_on_with_after_choosing(
    stage: Stage, home: Path, client: Client, helpless: pytest.MonkeyPatch
) -> None:
    draft, coordinator = agreed(stage), stage.world.actor("coordinator")
    plant(stage)  # an examination that saw nothing: the audit of the freeze is what is relied on
    with clock.at(AFTER):
        publishing.sign_off(actor=coordinator, draft=draft.pk)
        pressed = publishing.freeze(actor=coordinator, draft=draft.pk)
        work_off()
        failed = Freeze.objects.get(pk=pressed.pk)
        assert failed.state == Freeze.State.FAILED
        assert stage.draft.state == Draft.State.SIGNED
        assert [one for one in (home / "held").rglob("*") if one.is_file()] == []
        assert not Release.objects.exists()
        assert client.get("/harbour/2022/").status_code == 404
        page = text_of(signed_in(stage.world, "coordinator").get(f"{BASE}publish/"))
        assert "It was not frozen, and nothing was published" in page
        assert failed.error["what"].split(".")[0] in page.replace("&#x27;", "'")
        assert len(failed.error["more"]) >= 1
        assert "Choose what is hidden instead" in page
        assert not Examination.objects.get().clean, "it was examined again, for the first time in earnest"
        choose_until_clean(stage)
        assert stage.draft.state == Draft.State.AGREED, "what was signed off is not what stands"
        assert stage.draft.signed is None
        publishing.sign_off(actor=coordinator, draft=draft.pk)
        publishing.freeze(actor=coordinator, draft=draft.pk)
        work_off()
    assert stage.draft.state == Draft.State.PUBLISHED
    made = Freeze.objects.get(state="published")
    assert made.built["everyone"]["audit"]["clean"] is True
    assert made.built["everyone"]["audit"]["checked"] > 0
    assert "audited" in text_of(signed_in(stage.world, "coordinator").get(f"{BASE}publish/"))


@pytest.mark.django_db
def test_a_later_release_is_attacked_with_the_earlier_ones_at_hand(stage: Stage) -> None:
    from eirene_web.editions.services import drafting

    agreed(stage)
    first = stage.freeze()
    with clock.at(AFTER):
        drafting.renew(actor=stage.world.actor("coordinator"), draft=stage.draft.pk, why="Another.")
    draft, pack = stage.draft, stage.world.pack
    held = services.held_by_readers(draft, "everyone", pack)
    root = publishing.place(first, publishing.RELEASES)
    assert held == [(root / "everyone", root / "secretariat")]
    before = services.current_fingerprint(draft)
    Release.objects.filter(audience="everyone").delete()
    assert services.current_fingerprint(draft) != before


# --- choosing -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_choice_is_hidden_first_and_can_be_taken_back(stage: Stage) -> None:
    draft, coordinator = agreed(stage), stage.world.actor("coordinator")
    found = Examination.objects.get()
    told = services.unpacked(found.content)
    number, thing = next((n, one) for n, one in enumerate(told["hidden"]) if one["ways"])
    with clock.at(AFTER):
        services.choose(
            actor=coordinator, draft=draft.pk, audience="everyone", base=services.based_on(draft, found),
            picks={f"h{number}": 0},
        )  # fmt: skip
        assert stage.draft.protection == [
            {"audience": "everyone", "what": thing["ways"][0]["what"], "where": thing["ways"][0]["where"]}
        ]
        work_off()
        found = Examination.objects.get()
        chosen = [one for one in services.unpacked(found.content)["hidden"] if one["why"] == "chosen"]
        assert [(one["what"], one["where"]) for one in chosen] == [
            (thing["ways"][0]["what"], thing["ways"][0]["where"])
        ]
        page = text_of(signed_in(stage.world, "coordinator").get(PAGE))
        assert "Chosen by the coordinator" in page
        services.choose(
            actor=coordinator, draft=draft.pk, audience="everyone", base=services.based_on(stage.draft, found),
            picks={}, dropped=[0],
        )  # fmt: skip
        work_off()
    assert stage.draft.protection == []
    assert services.unpacked(Examination.objects.get().content)["hidden"] == told["hidden"]


@pytest.mark.django_db
def test_two_who_choose_at_once_are_both_told(stage: Stage) -> None:
    draft, coordinator = agreed(stage), stage.world.actor("coordinator")
    found = plant(stage, hidden=[cell("ALF", "women"), cell("BRA", "women")])
    base = services.based_on(draft, found)
    whole: dict[str, Any] = {"actor": coordinator, "draft": draft.pk, "audience": "everyone", "base": base}
    services.choose(**whole, picks={"h0": 0})
    with pytest.raises(UsageError, match="since you opened this page"):
        services.choose(**whole, picks={"h1": 0})
    assert [one["where"][1] for one in stage.draft.protection] == ["ALF"]


@pytest.mark.django_db
@pytest.mark.parametrize("picks", [{"h9": 0}, {"h0": 7}, {"e0": 0}, {"hx": 0}, {"": 0}, {"h-1": 0}, {}])
def test_what_was_not_offered_cannot_be_chosen(stage: Stage, picks: dict[str, int]) -> None:
    draft = agreed(stage)
    found = plant(stage, hidden=[cell("ALF", "women")])
    with pytest.raises(UsageError):
        services.choose(
            actor=stage.world.actor("coordinator"), draft=draft.pk, audience="everyone",
            base=services.based_on(draft, found), picks=picks,
        )  # fmt: skip
    assert stage.draft.protection == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["reviewer", "observer", "clerk", "ALF.officer", "outsider"])
def test_only_the_coordinator_chooses_and_has_it_examined(stage: Stage, who: str) -> None:
    draft = agreed(stage)
    found = plant(stage, hidden=[cell("ALF", "women")])
    actor = stage.world.actor(who)
    with pytest.raises((NotAllowed, NotThere)):
        services.choose(
            actor=actor, draft=draft.pk, audience="everyone", base=services.based_on(draft, found), picks={"h0": 0}
        )
    with pytest.raises((NotAllowed, NotThere)):
        services.examine(actor=actor, draft=draft.pk)


@pytest.mark.django_db
def test_what_is_published_is_not_chosen_about(stage: Stage) -> None:
    agreed(stage)
    stage.freeze()
    with pytest.raises(NotAllowed):
        services.examine(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)


# --- the office’s pages ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "reviewer", "observer", "clerk", "ALF.officer", "outsider"])
def test_the_pages_are_the_offices(stage: Stage, who: str) -> None:
    agreed(stage)
    reader = signed_in(stage.world, who)
    for address in (PAGE, f"{PAGE}for/everyone/", f"{PAGE}state/"):
        assert reader.get(address).status_code == (200 if who in ("coordinator", "reviewer") else 404), address
    assert ('name="do" value="choose"' in text_of(reader.get(f"{PAGE}for/everyone/"))) == (who == "coordinator") \
        if who in ("coordinator", "reviewer") else True  # fmt: skip


@pytest.mark.django_db
def test_the_page_says_what_is_hidden_why_and_what_it_costs(stage: Stage) -> None:
    agreed(stage)
    desk = signed_in(stage.world, "coordinator")
    page = text_of(desk.get(PAGE))
    told = services.unpacked(Examination.objects.get().content)
    assert f"{told['loss']['figures']} of {told['loss']['of_figures']} figures" in page
    assert "Nothing else was found that could be worked out." in page
    assert "nothing exposed" in page
    every = text_of(desk.get(f"{PAGE}for/everyone/"))
    assert f"{len(told['hidden'])} things are hidden" in every
    assert "Women on board" in every
    assert "Bravmouth" in every
    few = text_of(desk.get(f"{PAGE}for/everyone/?why=single_values"))
    assert few.count('class="tag"') == sum(one["why"] == "single_values" for one in told["hidden"])
    assert "Nothing of this kind is hidden" in text_of(desk.get(f"{PAGE}for/everyone/?question=2022/nothing"))
    assert desk.get(f"{PAGE}for/nobody/").status_code == 404
    assert desk.get(f"{PAGE}for/secretariat/").status_code == 404


@pytest.mark.django_db
def test_empty_at_work_stale_failed_and_exposed_are_told_apart(stage: Stage) -> None:
    stage.begin()
    desk = signed_in(stage.world, "coordinator")
    assert "the office alone, which sees everything" in text_of(desk.get(PAGE))
    stage.agree()
    with clock.at(AFTER):
        stage.prepare()
    Examination.objects.all().delete()
    assert "not examined yet" in text_of(desk.get(PAGE))
    answer = desk.post(f"{PAGE}act/", {"do": "examine"})
    assert answer.status_code == 302
    assert "The draft is being examined…" in text_of(desk.get(PAGE))
    work_off()
    Examination.objects.update(fingerprint="old")
    assert "behind: the draft has changed since" in text_of(desk.get(PAGE))
    Job.objects.filter(kind=services.KIND).update(
        state="failed", error={"what": "zwqwhat", "where": "zwqwhere", "remedy": "zwqremedy"}
    )
    page = text_of(desk.get(PAGE))
    assert all(word in page for word in ("It could not be examined", "zwqwhat", "zwqwhere", "zwqremedy"))
    ways = [{"what": "figure", "where": ["women_on_board.2022.ports.pooled"], "price": 60.0}]
    plant(stage, exposed=[exposed("BRA", "CHA", ways=ways)])
    page = text_of(desk.get(PAGE))
    assert "This could be worked out" in page
    assert "Withhold the figure" in page
    assert "costs readers a headline" in page


@pytest.mark.django_db
def test_many_hidden_things_come_in_pages(stage: Stage) -> None:
    agreed(stage)
    plant(stage, hidden=[cell("ALF", "women") for _ in range(100)])
    desk = signed_in(stage.world, "coordinator")
    shown = [text_of(desk.get(f"{PAGE}for/everyone/?page={n}")).count('class="tag"') for n in (1, 2, 3, 4)]
    assert shown == [p.PAGE, p.PAGE, 100 - 2 * p.PAGE, 0]


@pytest.mark.django_db
def test_a_form_chooses_and_one_made_from_an_old_page_is_refused(stage: Stage) -> None:
    draft = agreed(stage)
    found = plant(stage, hidden=[cell("ALF", "women"), cell("BRA", "women")])
    desk = signed_in(stage.world, "coordinator")
    form = {"do": "choose", "audience": "everyone", "base": services.based_on(draft, found), "way.h0": "0",
            "way.h1": ""}  # fmt: skip
    with clock.at(AFTER):
        assert desk.post(f"{PAGE}act/", form).status_code == 302
        assert len(stage.draft.protection) == 1
        again = desk.post(f"{PAGE}act/", {**form, "way.h0": "", "way.h1": "0"})
    assert again.status_code == 400
    assert "since you opened this page" in again.content.decode()
    assert len(stage.draft.protection) == 1


@pytest.mark.django_db
def test_pages_ask_as_often_however_much_is_hidden(stage: Stage, django_assert_max_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    agreed(stage)
    desk, nation = signed_in(stage.world, "coordinator"), signed_in(stage.world, "ALF.officer")
    counts: dict[str, list[int]] = {}
    for many in (1, 60):
        plant(stage, hidden=[cell("ALF", "women") for _ in range(many)], named={"ALF": ["crew"]})
        for client, address in ((desk, PAGE), (desk, f"{PAGE}for/everyone/"), (nation, f"{BASE}part/ALF/known/")):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                text_of(client.get(address))
            counts.setdefault(address, []).append(len(asked))
    assert {page: n for page, n in counts.items() if n[0] != n[1]} == {}
    assert max(n[0] for n in counts.values()) <= 40, counts


@pytest.mark.django_db
def test_a_count_says_of_whom_and_an_old_one_without(stage: Stage) -> None:
    """Places of counts name a population; those that were kept before populations were told apart have none."""
    agreed(stage)
    ways = [{"what": "counts", "where": ["2022", "charter", "ports"], "price": 12.0}]
    more: dict[str, Any] = {"what": "counts", "why": "alike", "protects": [], "ways": ways}
    new = {**more, "where": ["2022", "charter", "ports"]}
    old = {**more, "where": ["2022", "charter"]}
    silent = {**more, "where": ["2022", "", "ports"], "ways": []}
    plant(stage, hidden=[new, old, silent])
    desk = signed_in(stage.world, "coordinator")
    page = text_of(desk.get(f"{PAGE}for/everyone/"))
    assert "<b>how many gave which answer, among ports of the Compact</b>" in page
    assert "<b>how many gave which answer</b>" in page
    assert "<b>how many reported, among ports of the Compact</b>" in page
    assert "Reporting as a whole" in page
    assert "Do not tell: how many gave which answer, among ports of the Compact" in page
    french = text_of(desk.get(f"/fr{PAGE}for/everyone/"))
    assert "combien ont donné quelle réponse, parmi les " in french


@pytest.mark.django_db
def test_this_cycle_comes_first_and_every_reason_has_words(stage: Stage) -> None:
    agreed(stage)
    before = {"what": "cell", "where": ["2021", "ALF", "crew", "men"], "protects": [], "ways": []}
    plant(stage, hidden=[{**before, "why": why} for why in REASONS] + [cell("BRA", "women")])
    desk = signed_in(stage.world, "coordinator")
    every = text_of(desk.get(f"{PAGE}for/everyone/"))
    assert every.index("Bravmouth") < every.index("Alfport")
    for why in REASONS:
        assert f"<p>{why}</p>" not in every, why
        assert f'<option value="{why}">{why} (' not in every, why
    assert 'value="choose"' in every
    assert 'value="choose"' not in text_of(desk.get(f"{PAGE}for/everyone/?why=carried")), (
        "nothing is to be chosen there"
    )


@pytest.mark.django_db
def test_that_a_nation_did_not_report_is_said_in_words_of_its_own(stage: Stage) -> None:
    agreed(stage)
    silent = {"what": "answer", "where": ["2022", "BRA", ""], "by": "", "because": {}, "ways": []}
    plant(stage, exposed=[silent])
    page = text_of(signed_in(stage.world, "coordinator").get(PAGE))
    assert "That it did not report follows from the published counts" in page
    assert "Ask the nation to report" in page
    assert "withhold or to release the answer" not in page


@pytest.mark.django_db
def test_a_nation_counts_its_cells_of_this_cycle_and_of_earlier_ones_apart(stage: Stage) -> None:
    agreed(stage)
    earlier = {**cell("ALF", "women"), "where": ["2021", "ALF", "crew", "women"]}
    plant(stage, hidden=[cell("ALF", "women"), earlier, earlier], named={"ALF": ["crew"]})
    page = text_of(signed_in(stage.world, "ALF.reader").get(f"{BASE}part/ALF/known/"))
    assert "<dt>Cells left out (c)</dt><dd>1</dd>" in page
    assert "earlier cycles’ answers</dt><dd>2</dd>" in page


# --- through others’ eyes -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_nation_sees_what_others_will_know_of_it(stage: Stage) -> None:
    agreed(stage)
    page = text_of(signed_in(stage.world, "ALF.reader").get(f"{BASE}part/ALF/known/"))
    assert "nothing else was found" in page
    assert "a nation that alone gave another answer than all others" in page, "it claims no more than was tried"
    assert "counted, not named" in page
    assert "cells are left out (c)" in page
    figure = {"what": "figure", "where": ["women_on_board.2022.ports.pooled_without_largest"], "why": "derivable",
              "protects": ["2022", "BRA", "crew", "women"], "ways": []}  # fmt: skip
    plant(stage, hidden=[figure])
    bra = text_of(signed_in(stage.world, "BRA.reader").get(f"{BASE}part/BRA/known/"))
    assert "Hidden to protect you" in bra
    assert "Women on board" in bra


@pytest.mark.django_db
def test_nothing_of_another_nation_is_on_a_nations_page(stage: Stage) -> None:
    """Planted in every field in which a place, a reason or a remedy can stand."""
    agreed(stage)
    reader = signed_in(stage.world, "ALF.officer")
    mine: dict[str, Any] = {"named": {"ALF": ["crew"]}, "counted": {"ALF": ["charter"]}}
    figure = "women_on_board.2022.ports.pooled"
    own = [
        cell("ALF", "women", protects=["2022", "BRA", "crew", "zwqmen"]),
        {"what": "figure", "where": [figure], "why": "derivable", "protects": ["2022", "ALF", "crew", "women"],
         "ways": [{"what": "name", "where": ["2022", "BRA", "zwqway"], "price": 1.0}]},
    ]  # fmt: skip
    plant(stage, hidden=own, **mine)
    before = {a: reader.get(f"{BASE}part/ALF/{a}").content.decode() for a in ("known/", "")}
    assert "Bravmouth" not in before["known/"]
    assert "zwq" not in before["known/"]
    others = [
        cell("BRA", "zwqcell"),
        cell("CHA", what="name"),
        {"what": "figure", "where": [figure], "why": "derivable", "protects": ["2022", "BRA", "crew", "women"],
         "ways": []},
        {"what": "figure", "where": ["crew_total.2022.ports.count.body=BRA"], "why": "chosen",
         "protects": ["2022", "ALF", "crew", "women"], "ways": []},
        {"what": "counts", "where": ["2022", "charter"], "why": "alike", "protects": ["2022", "CHA", "charter"],
         "ways": []},
    ]  # fmt: skip
    by_others = [exposed("BRA", "CHA", because={"en": "zwqbecause"})]
    named = {"named": {**mine["named"], "BRA": ["crew"]}, "counted": {**mine["counted"], "CHA": ["charter"]}}
    plant(stage, hidden=own + others, exposed=by_others, **named)
    after = {a: reader.get(f"{BASE}part/ALF/{a}").content.decode() for a in ("known/", "")}
    assert _bare(after["known/"]) == _bare(before["known/"])
    assert _bare(after[""]) == _bare(before[""])


def _bare(page: str) -> str:
    import re

    page = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", page)
    return re.sub(r"<time.*?</time>", "", page)


@pytest.mark.django_db
def test_a_nation_is_told_first_what_could_be_worked_out_of_it_and_not_by_whom(stage: Stage) -> None:
    agreed(stage)
    plant(stage, exposed=[exposed("BRA", "CHA")])
    page = text_of(signed_in(stage.world, "BRA.officer").get(f"{BASE}part/BRA/known/"))
    assert "This could be worked out of you" in page
    assert "by another nation, with its own answers" in page
    assert "Charlhaven" not in page
    assert "Something of yours could be worked out" in text_of(
        signed_in(stage.world, "BRA.officer").get(f"{BASE}part/BRA/")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["BRA.officer", "ALF.drafter", "observer", "clerk", "outsider"])
def test_nobody_else_looks_through_others_eyes_for_a_nation(stage: Stage, who: str) -> None:
    agreed(stage)
    assert signed_in(stage.world, who).get(f"{BASE}part/ALF/known/").status_code == 404


@pytest.mark.django_db
def test_the_report_leads_there_once_there_is_an_edition(stage: Stage) -> None:
    reader = signed_in(stage.world, "ALF.rapporteur")
    look = "/harbour/work/2022/ALF/look/"
    assert "part/ALF/known/" not in text_of(reader.get(look))
    stage.begin()
    assert "part/ALF/known/" in text_of(reader.get(look))
    assert queries.known_of(stage.draft, "ALF", "everyone") is None


@pytest.mark.django_db
def test_the_history_says_what_was_chosen_and_what_was_found(stage: Stage) -> None:
    from eirene_web.journal.models import Change

    draft = agreed(stage)
    found = plant(stage, hidden=[cell("ALF", "women")])
    services.choose(
        actor=stage.world.actor("coordinator"), draft=draft.pk, audience="everyone",
        base=services.based_on(draft, found), picks={"h0": 0},
    )  # fmt: skip
    thing = f"edition:{draft.pk}"
    chosen = Change.objects.filter(thing=thing, field="protection").order_by("-pk")[0]
    assert json.loads(chosen.before or "") == []
    assert json.loads(chosen.after or "") == stage.draft.protection
    assert Change.objects.filter(thing=thing, field="exposed everyone").exists()
