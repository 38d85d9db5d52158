"""A finding that compares answers of two sections tells a reader of one nothing of the other, and still counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from cast import PACKS
from eirene.framework import load
from eirene_web import clock
from eirene_web.reports.findings import not_evaluated, seen_by
from eirene_web.reports.models import Assignment
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.working import Working
from web import world
from web.calling import caller
from web.editions.stage import client_of
from web.world import IN_CYCLE, World

pytestmark = pytest.mark.django_db
#: What only a reader of the other section may learn.
SECRET = "4711"
RULES = """rules:
  - id: X-01
    kind: at_most
    severity: error
    left: leave_weeks
    right: staff
    message: {en: "{place}: {left} is more than {right}.", fr: "{place} : {left} dépasse {right}."}
    remedy: {en: "Correct one of them.", fr: "Corrigez l’un d’eux."}
"""


@pytest.fixture
def two_sections(db: None, tmp_path: Path) -> World:
    """Weeks of leave stand in section 2, which the drafter has; what they are compared with stands in section 1."""
    folder = tmp_path / "pack"
    shutil.copytree(PACKS / "sampler", folder)
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    made = world.build(load(folder), "2022", ("AAA",))
    with clock.at(IN_CYCLE):
        report = made.report("AAA")
        Assignment.objects.create(report=report, section="2", post=made.posts["AAA.drafter"])
        edits = [
            Edit("staff", "cells._T|_T", int(SECRET)), Edit("staff", "cells._T", int(SECRET)),
            Edit("leave_weeks", "value", 5000),
        ]  # fmt: skip
        filling.save_answers(actor=made.actor("AAA.rapporteur"), report=report.pk, edits=edits)
    return made


def test_its_words_are_hidden_and_it_is_counted(two_sections: World) -> None:
    working = Working(two_sections.report("AAA"))
    mine, everything = seen_by(working, {"2"}), seen_by(working, {"1", "2"})
    assert len(mine) == len(everything)
    [whole] = [f for f in everything if f.code == "X-01"]
    [part] = [f for f in mine if f.code == "X-01"]
    assert any(one in whole.message["en"] for one in _spellings())
    assert part.message["en"] == "This does not agree with an answer in a section that you may not read."
    assert set(part.message) == {"en", "fr"}
    assert (part.severity, part.outcome, part.place) == (whole.severity, whole.outcome, whole.place)
    assert not [line for line in not_evaluated(working, "en", {"2"}) if "staff" in line]


def test_pages_and_programs_of_a_contributor_show_nothing_of_it(two_sections: World) -> None:
    with clock.at(IN_CYCLE):
        drafter = client_of(two_sections.people["AAA.drafter"])
        names = {"section": ["2"], "report-checks": [], "report": [], "read-report": []}
        for name, more in names.items():
            page = drafter.get(reverse(name, args=["sampler", "2022", "AAA", *more]))
            assert page.status_code == 200, name
            assert all(one not in page.content.decode() for one in _spellings()), name
        answer = caller(two_sections, "AAA.drafter")("GET", "/api/v1/sampler/cycles/2022/reports/AAA/checks")
        assert answer.status_code == 200
        assert all(one not in answer.content.decode() for one in _spellings())
        assert "X-01" in answer.content.decode()


def _spellings() -> tuple[str, ...]:
    return (SECRET, "4,711", "4 711", "4\u202f711", "4\u00a0711")
