"""Pages of editions by HTTP: who gets what, what costs how many queries, what a form does."""

from __future__ import annotations

from typing import Any

import pytest

from cast import toy
from eirene_web import clock
from eirene_web.editions import content as c
from eirene_web.editions.models import Draft
from eirene_web.editions.services import drafting, positions
from web import world as worlds
from web.editions.stage import EMBARGO, Stage, accept_all, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]

BASE = "/harbour/work/editions/"
OFFICE = ("coordinator", "reviewer")
PAGES = ("2022/", "2022/write/edition/", "2022/talk/", "2022/silence/", "2022/publish/", "2022/figures/",
         "2022/figure-state/")  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*OFFICE, "observer", "clerk", "ALF.officer", "ALF.reader", "outsider"])
def test_the_draft_is_the_offices(stage: Stage, who: str) -> None:
    stage.begin()
    reader = signed_in(stage.world, who)
    chapter = stage.draft.content["chapters"][0]["uid"]
    for page in (*PAGES, f"2022/write/{chapter}/"):
        told = reader.get(BASE + page)
        if who in OFFICE:
            assert told.status_code == 200, (who, page)
            assert told.headers["Cache-Control"] == "private, no-store"
        elif who.startswith("ALF") and page == "2022/":
            assert told.headers["Location"].endswith("/part/ALF/")
        else:
            assert told.status_code == 404, (who, page)


@pytest.mark.django_db
def test_who_is_not_signed_in_is_asked_to_whether_there_is_something_or_not(stage: Stage, client: Any) -> None:
    stage.begin()
    for address in (f"{BASE}2022/", f"{BASE}1999/", "/harbour/for/secretariat/2022/", "/harbour/for/nobody/2022/",
                    "/nowhere/for/members/2022/"):  # fmt: skip
        told = client.get(address)
        assert told.status_code == 302, address
        assert told.headers["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_a_form_saves_refuses_and_offers_the_choice(stage: Stage) -> None:
    stage.begin()
    place = next(p for p, n in c.places(stage.draft.content) if "asks two" in str(n.get("text")))
    uid, chapter = place.partition(".")[0], stage.draft.content["chapters"][0]["uid"]
    desk = signed_in(stage.world, "coordinator")
    save = f"{BASE}2022/write/{chapter}/save/"
    form = {"block": uid, f"{place}.en": "Two questions.", f"base.{place}.en": "0", "do": "save"}
    assert desk.post(save, form).status_code == 302
    refused = desk.post(save, {**form, f"{place}.en": "3 <b>questions</b>", f"base.{place}.en": "1"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "3 &lt;b&gt;questions&lt;/b&gt;" in text
    assert "[lit:3]" in text
    choice = desk.post(save, {**form, f"{place}.en": "Others."})
    assert choice.status_code == 409
    assert "Others." in choice.content.decode()
    assert "Two questions." in choice.content.decode()
    shown = desk.post(save, {**form, f"{place}.en": "Tried {charter_share}.", "do": "preview"})
    assert "Tried 67" in shown.content.decode()
    assert c.text_at(stage.draft.content, place) == {"en": "Two questions."}
    part = desk.post(f"{BASE}2022/write/{chapter}/preview/", {**form, f"{place}.en": "Live {charter_share}."})
    assert "Live 67" in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.django_db
def test_silence_sign_off_and_freeze_by_their_forms(stage: Stage) -> None:
    from web.editions.stage import AFTER, work_off

    desk = signed_in(stage.world, "coordinator")
    assert desk.post(f"{BASE}2022/begin/").status_code == 302
    work_off()
    act = f"{BASE}2022/silence/act/"
    told = desk.post(act, {"do": "circulate", "expires": "2023-04-20T10:00", "version": stage.draft.version})
    assert told.status_code == 302
    work_off()
    with clock.at(AFTER):
        work_off()
        publish = f"{BASE}2022/publish/act/"
        desk.post(publish, {"do": "disclose", "disclosed_by": "Council", "disclosed_on": "2023-04-20"})
        desk.post(publish, {"do": "prepare", "audience": ["secretariat", "everyone"], "release_list": "A\nB",
                            "as_of": "2023-05-01", "embargo": "2023-05-04T08:30"})  # fmt: skip
        work_off()
        desk.post(publish, {"do": "sign_off"})
        desk.post(publish, {"do": "freeze"})
        work_off()
        assert stage.draft.state == Draft.State.HELD
        assert stage.draft.embargo == EMBARGO
        assert "held until" in desk.get(f"{BASE}2022/publish/").content.decode()
    with clock.at(EMBARGO):
        work_off()
        catalogue = desk.get(BASE).content.decode()
        assert "secretariat" in catalogue
        archive = desk.get(f"{BASE}release/{_release('secretariat')}/all.zip")
        assert b"manifest.json" in b"".join(archive.streaming_content)
        desk.post(f"{BASE}release/{_release('everyone')}/verify/")
        work_off()
        assert "verified" in desk.get(BASE).content.decode()
        nation = signed_in(stage.world, "ALF.reader")
        assert nation.get(f"{BASE}release/{_release('secretariat')}/all.zip").status_code == 404
        assert nation.get(f"{BASE}release/{_release('everyone')}/all.zip").status_code == 200


def _release(audience: str) -> int:
    from eirene_web.editions.models import Release

    return Release.objects.get(audience=audience).pk


@pytest.mark.django_db
def test_an_audience_reads_its_releases_under_its_own_address_and_no_cache_keeps_them(stage: Stage) -> None:
    stage.begin()
    stage.agree()
    stage.freeze()
    desk = signed_in(stage.world, "reviewer")
    for path in ("2022/", "2022/crew/", "2022/figures/", "2022/nations/ALF/", "2022/data/", "", "indicators/",
                 "2022/figures/charter_share.2022.ports.share_of_bodies/", "2022/files/answers.csv"):  # fmt: skip
        told = desk.get(f"/harbour/for/secretariat/{path}")
        assert told.status_code == 200, path
        assert b"".join(told.streaming_content) if told.streaming else told.content
        assert told.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in told.headers
        assert "Cookie" in told.headers["Vary"]
    page = desk.get("/harbour/for/secretariat/2022/figures/").content.decode()
    assert 'href="/harbour/for/secretariat/2022/figures/charter_share' in page
    assert 'href="/harbour/2022/' not in page
    assert "Compact restricted" in page
    for who in ("observer", "clerk", "ALF.officer", "outsider"):
        reader = signed_in(stage.world, who)
        assert reader.get("/harbour/for/secretariat/2022/").status_code == 404, who
        assert reader.get("/harbour/for/secretariat/2022/files/answers.csv").status_code == 404, who
    assert "/harbour/for/secretariat/" in desk.get("/harbour/work/editions/").content.decode()


@pytest.mark.django_db
def test_pages_ask_as_often_however_much_was_written_and_said(settings: Any, db: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from web.editions.stage import WRITING

    settings.EIRENE_FORMATS = ()
    counts: dict[str, list[int]] = {}
    world = worlds.build(toy(), "2022", ("ALF", "BRA", "CHA"))
    with clock.at(WRITING):
        accept_all(world)
        stage = Stage(world)
        stage.begin()
        _busy(stage, 1)
        desk = signed_in(world, "coordinator")
        nation = signed_in(world, "ALF.officer")
        pages = [(desk, f"{BASE}{page}") for page in (*PAGES, "")] + [(nation, f"{BASE}2022/part/ALF/")]
        for rounds in (1, 5):
            _busy(stage, rounds)
            for client, page in pages:
                client.get(page)
                with CaptureQueriesContext(connection) as asked:
                    client.get(page)
                counts.setdefault(page, []).append(len(asked))
    assert {page: n for page, n in counts.items() if n[0] != n[1]} == {}
    assert max(n[0] for n in counts.values()) <= 40, counts


def _busy(stage: Stage, rounds: int) -> None:
    """More comments, versions, suggestions, sets of figures."""
    from eirene_web.editions.services import drafting
    from eirene_web.editions.services.drafting import Edit

    coordinator, draft = stage.world.actor("coordinator"), stage.draft
    place = next(p for p, n in c.places(draft.content) if p.startswith("b"))
    for n in range(rounds):
        drafting.comment(actor=coordinator, draft=draft.pk, place=place.partition(".")[0], text=f"Remark {n}")
        drafting.comment(actor=stage.world.actor("ALF.rapporteur"), draft=draft.pk, place="charter_share", nation="ALF",
                         text=f"Remark {n}")  # fmt: skip
        last = drafting.versions_of(stage.draft, {place}).get((place, "en"))
        base = last.number if last else 0
        drafting.save_texts(actor=coordinator, draft=draft.pk, edits=[Edit(place, "en", f"{'x' * (base + 1)}.", base)])
        drafting.suggest(
            actor=stage.world.actor("reviewer"), draft=draft.pk, place=place, lang="en", text=f"y {'z' * n}"
        )


@pytest.mark.django_db
def test_pages_call_nations_questions_and_statements_by_name(stage: Stage) -> None:
    stage.begin()
    positions.withhold(
        actor=stage.world.actor("ALF.officer"), draft=stage.draft.pk, nation="ALF", question="charter",
        reason={"en": "Under inquiry."},
    )  # fmt: skip
    ref = next(node["statement"] for _chapter, node in c.statements_of(stage.draft.content))
    drafting.comment(actor=stage.world.actor("reviewer"), draft=stage.draft.pk, place=ref, text="Look here.")
    pack = stage.world.pack
    desk = signed_in(stage.world, "coordinator")
    overview, talk = (desk.get(f"{BASE}{page}").content.decode() for page in ("2022/", "2022/talk/"))
    assert f'<th scope="row">{pack.bodies["ALF"].name["en"]}</th>' in overview
    assert ">charter<" not in overview
    assert pack.indicators[ref.partition(".")[0]].label["en"] in talk
    assert f">{ref}<" not in talk
