"""Texts of a draft: bound to figures, each version kept, nobody’s words lost."""

from __future__ import annotations

import pytest

from eirene.errors import UsageError
from eirene.summary import edition_of
from eirene_web.editions import content as c
from eirene_web.editions import figures as f
from eirene_web.editions.models import Suggestion, TextVersion
from eirene_web.editions.services import drafting
from eirene_web.editions.services.drafting import Edit
from eirene_web.journal.models import Entry
from eirene_web.policy import NotAllowed, NotThere
from web.editions.stage import Stage

pytestmark = pytest.mark.soak_on_postgresql


def first_text(stage: Stage) -> str:
    """The place of “The Compact asks two questions.”"""
    return next(place for place, node in c.places(stage.draft.content) if "asks two" in str(node.get("text")))


def save(stage: Stage, place: str, text: str, base: int = 0, who: str = "coordinator") -> drafting.Outcome:
    return drafting.save_texts(
        actor=stage.world.actor(who), draft=stage.draft.pk, edits=[Edit(place, "en", text, base)]
    )


@pytest.mark.django_db
def test_a_draft_begins_as_the_packs_own_edition(stage: Stage) -> None:
    draft = stage.begin()
    assert f.edition_of(draft) == edition_of(stage.world.pack, "2022")
    again = drafting.begin(actor=stage.world.actor("coordinator"), cycle=draft.cycle_id)
    assert again.pk == draft.pk


@pytest.mark.django_db
def test_a_number_stands_in_a_text_only_if_a_figure_answers_for_it(stage: Stage) -> None:
    stage.begin()
    place = first_text(stage)
    told = save(stage, place, "The Compact asks 2 questions.")
    assert not told.saved
    assert "2" in told.refused[0][1].what
    assert "[lit:2]" in told.refused[0][1].remedy
    told = save(stage, place, "Share: {charter_shar}.")
    assert "charter_share" in told.refused[0][1].remedy
    assert save(stage, place, "Share: {charter_share}, by rule [lit:1325].").saved
    assert c.text_at(stage.draft.content, place) == {"en": "Share: {charter_share}, by rule [lit:1325]."}


@pytest.mark.django_db
def test_two_who_change_the_same_text_are_both_heard(stage: Stage) -> None:
    stage.begin()
    place = first_text(stage)
    assert save(stage, place, "One wording.").saved
    told = save(stage, place, "Another wording.")
    assert not told.saved
    assert [(one.mine, one.theirs, one.version) for one in told.conflicts] == [("Another wording.", "One wording.", 1)]
    assert save(stage, place, "Another wording.", base=1).saved
    texts = TextVersion.objects.filter(place=place).order_by("number").values_list("text", flat=True)
    assert list(texts) == ["The Compact asks two questions.", "One wording.", "Another wording."]


@pytest.mark.django_db
def test_an_earlier_version_stands_again_as_a_new_one(stage: Stage) -> None:
    stage.begin()
    place = first_text(stage)
    save(stage, place, "Changed.")
    told = drafting.restore_text(
        actor=stage.world.actor("coordinator"), draft=stage.draft.pk, place=place, lang="en", number=0, base=1
    )
    assert told.saved == [(place, "en", 2)]
    assert c.text_at(stage.draft.content, place) == {"en": "The Compact asks two questions."}
    assert c.fingerprint(stage.draft.content) == c.fingerprint(c.from_edition(edition_of(stage.world.pack, "2022")))


@pytest.mark.django_db
def test_what_is_left_out_is_not_in_the_edition_and_comes_back(stage: Stage) -> None:
    stage.begin()
    coordinator, draft = stage.world.actor("coordinator"), stage.draft
    uid = first_text(stage).partition(".")[0]
    drafting.hide(actor=coordinator, draft=draft.pk, uid=uid, on=True)
    assert "asks two" not in f.edition_of(stage.draft).model_dump_json()
    drafting.hide(actor=coordinator, draft=draft.pk, uid=uid, on=False)
    drafting.move(actor=coordinator, draft=draft.pk, uid=uid, step=1)
    blocks = f.edition_of(stage.draft).chapters[0].blocks
    assert [b.statement for b in blocks][:2] == ["charter_share", None]


@pytest.mark.django_db
def test_a_statement_a_variant_and_a_term_are_added(stage: Stage) -> None:
    stage.begin()
    coordinator, draft = stage.world.actor("coordinator"), stage.draft
    uid = first_text(stage).partition(".")[0]
    drafting.add(actor=coordinator, draft=draft.pk, after=uid, kind="statement", ref="crew_total")
    with pytest.raises(UsageError, match="no figure"):
        drafting.add(actor=coordinator, draft=draft.pk, after=uid, kind="statement", ref="crew_totl")
    variant = drafting.add(actor=coordinator, draft=draft.pk, after=uid, kind="variant")
    told = drafting.save_texts(
        actor=coordinator,
        draft=draft.pk,
        edits=[Edit(f"{variant}.text", "when", "value(charter_share) > 50"), Edit(f"{variant}.text", "en", "Most.")],
    )
    assert len(told.saved) == 2
    told = drafting.save_texts(
        actor=coordinator, draft=draft.pk, edits=[Edit(f"{variant}.text", "when", "valeu(charter_share) > 50", 1)]
    )
    assert told.refused
    blocks = f.edition_of(stage.draft).chapters[0].blocks
    assert [v.when for v in blocks[0].text] == ["value(charter_share) > 50", None]  # type: ignore[union-attr]
    assert blocks[1].statement == "crew_total"


@pytest.mark.django_db
def test_a_suggestion_is_taken_over_or_declined_once(stage: Stage) -> None:
    stage.begin()
    place, draft = first_text(stage), stage.draft.pk
    one = drafting.suggest(
        actor=stage.world.actor("reviewer"), draft=draft, place=place, lang="en", text="Better.", reason="shorter"
    )
    with pytest.raises(NotAllowed):
        drafting.decide_suggestion(actor=stage.world.actor("reviewer"), draft=draft, suggestion=one.pk, accept=True)
    coordinator = stage.world.actor("coordinator")
    done = drafting.decide_suggestion(actor=coordinator, draft=draft, suggestion=one.pk, accept=True)
    assert done.state == Suggestion.State.ACCEPTED
    assert c.text_at(stage.draft.content, place) == {"en": "Better."}
    again = drafting.decide_suggestion(actor=coordinator, draft=draft, suggestion=one.pk, accept=False)
    assert again.state == Suggestion.State.ACCEPTED


@pytest.mark.django_db
def test_a_suggestion_for_a_text_that_changed_since_is_not_taken_over_unawares(stage: Stage) -> None:
    stage.begin()
    place, draft = first_text(stage), stage.draft.pk
    one = drafting.suggest(actor=stage.world.actor("reviewer"), draft=draft, place=place, lang="en", text="Better.")
    save(stage, place, "Meanwhile.")
    with pytest.raises(UsageError, match="changed"):
        drafting.decide_suggestion(actor=stage.world.actor("coordinator"), draft=draft, suggestion=one.pk, accept=True)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ALF.rapporteur", "ALF.officer", "observer", "clerk", "outsider"])
def test_nobody_else_writes_and_to_them_there_is_no_draft(stage: Stage, who: str) -> None:
    stage.begin()
    with pytest.raises(NotThere):
        save(stage, first_text(stage), "Mine.", who=who)


@pytest.mark.django_db
def test_each_change_is_one_entry_of_the_journal(stage: Stage) -> None:
    stage.begin()
    before, place = Entry.objects.filter(chain="harbour/").count(), first_text(stage)
    save(stage, place, "Changed.")
    save(stage, place, "Changed.", base=1)
    assert Entry.objects.filter(chain="harbour/").count() == before + 1
    entry = Entry.objects.filter(chain="harbour/", verb="edition.write").get()
    assert [change.after for change in entry.changes.all()] == ['"Changed."']
