"""From accepted submissions to a published release, each step by the one whose step it is."""

from __future__ import annotations

import pytest

from eirene_web import clock
from eirene_web.editions.models import Circulation, Draft, Release
from eirene_web.editions.services import publishing, silence
from web.editions.stage import AFTER, EMBARGO, Stage, work_off


@pytest.mark.django_db
def test_a_draft_is_written_agreed_signed_frozen_held_and_published(stage: Stage) -> None:
    draft = stage.begin()
    assert draft.state == Draft.State.DRAFTING
    assert draft.figures is not None
    assert (draft.figures.reported, draft.figures.asked) == (3, 3)
    sent = stage.circulate()
    assert sent.state == Circulation.State.OPEN
    assert stage.draft.state == Draft.State.SILENCE
    with clock.at(AFTER):
        assert silence.end_due() == [sent.pk]
        assert silence.end_due() == []
    assert stage.draft.state == Draft.State.AGREED
    assert stage.circulation.outcome == Circulation.Outcome.AGREED
    held = stage.freeze(embargo=EMBARGO)
    assert held.state == "held"
    assert stage.draft.state == Draft.State.HELD
    assert not Release.objects.exists()
    with clock.at(EMBARGO):
        work_off()
        assert publishing.publish_due() == []
    assert {r.audience for r in Release.objects.all()} == {"secretariat", "everyone"}
    assert stage.draft.state == Draft.State.PUBLISHED
