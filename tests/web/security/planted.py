"""A word of its own in every kind of content of two nations, and who may read it.

AAA has never sent its report; BBB’s was sent, returned, and worked on since. A word reads zq<nation><kind>, so that it
is found wherever it stands: on a page, in a file, in a mail.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cast import sampler
from eirene_web import clock
from eirene_web.editions.models import (
    Break,
    Circulation,
    Comment,
    Draft,
    Extension,
    FigureSet,
    Freeze,
    Position,
    Release,
    Suggestion,
)
from eirene_web.files.services import keep
from eirene_web.organisations.models import Holding
from eirene_web.reports.models import (
    AnswerNote,
    Assignment,
    ClearanceStep,
    Correction,
    EvidenceFile,
    Import,
    Message,
    Report,
    Return,
    Submission,
    Thread,
)
from eirene_web.reports.services import filling, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.working import Working
from web import world
from web.security.stage import CODE, Stage
from web.world import IN_CYCLE, OPENS, World

AAA, BBB = "AAA", "BBB"
OFFICE = frozenset({"coordinator", "reviewer", "second", "auditor"})
DESK = frozenset({"coordinator", "reviewer", "second"})
QUESTION, SECTION, OTHER_SECTION = "remarks", "2", "1"


def of(nation: str, *roles: str) -> frozenset[str]:
    return frozenset(f"{nation}.{role}" for role in roles)


def readers(nation: str) -> frozenset[str]:
    """Who reads the whole of the own report, and the drafter, whose section the words stand in."""
    return of(nation, "rapporteur", "head", "officer", "reader", "drafter")


@dataclass(frozen=True)
class Word:
    text: str
    kind: str
    allowed: frozenset[str]


class Planting:
    """Puts words down and remembers whose they are."""

    def __init__(self, nation: str) -> None:
        self.nation, self.words = nation, list[Word]()

    def word(self, kind: str, allowed: frozenset[str]) -> str:
        text = f"zq{self.nation.lower()}{kind}"
        self.words.append(Word(text, kind, allowed))
        return text


@dataclass
class Field:
    """Two nations with their words."""

    stages: dict[str, Stage]
    words: list[Word]

    @property
    def world(self) -> World:
        return self.stages[AAA].world


def build() -> Field:
    made = world.build(sampler(), CODE, (AAA, BBB))
    with clock.at(OPENS):
        made.add_post("auditor", "_office", "reader")
        made.people.pop("second", None)
    field = Field({nation: Stage(made, nation) for nation in (AAA, BBB)}, [])
    with clock.at(IN_CYCLE):
        draft, circulation, release = _edition(made)
        for nation, stage in field.stages.items():
            planting = Planting(nation)
            _plant(stage, planting, sent=nation == BBB)
            _say(stage, planting, draft, circulation)
            stage.things |= {"release": release, "circulation": circulation.pk}
            field.words += planting.words
        office = Planting("office")
        _office(made, office, draft)
        field.words += office.words
    return field


# --- the report -----------------------------------------------------------------------------------------------------


def _answers(nation: str, word: Callable[[str, frozenset[str]], str], who: frozenset[str]) -> list[Edit]:
    return [
        Edit(QUESTION, "value.en", word("value", who)),
        Edit(QUESTION, "comment.en", word("comment", who)),
        Edit("adopted", "status", "withheld"),
        Edit("adopted", "reason.en", word("reason", who)),
        Edit("leave_weeks", "value", 12),
        Edit("leave_weeks", "justification.en", word("justification", who)),
        Edit("law", "value", "yes"),
        Edit("law", "particulars", [{"title": word("particulars", who), "link": "https://example.org/"}]),
        Edit("courses", "rows", [{"course": word("row", who), "persons": 5}]),
        Edit("cube", "comment.fr", word("elsewhere", who - of(nation, "drafter"))),
    ]


def _plant(stage: Stage, planting: Planting, *, sent: bool) -> None:
    nation, report, made = stage.nation, stage.report, stage.world
    rapporteur, person = made.actor(f"{nation}.rapporteur"), made.people[f"{nation}.rapporteur"]
    own, discussing = readers(nation), of(nation, "rapporteur", "head", "officer", "reader", "drafter")
    Assignment.objects.create(
        report=report, section=SECTION, post=made.posts[f"{nation}.drafter"], note=planting.word("note", own)
    )
    who = own | OFFICE if sent else own
    filling.save_answers(actor=rapporteur, report=report.pk, edits=_answers(nation, planting.word, who))
    for kind in Thread.Kind.values:
        inside = {"national": discussing, "office": DESK | {"auditor"}}.get(kind, discussing | OFFICE)
        side = "" if kind in ("office", "clarification") else nation
        thread = Thread.objects.create(report=report, question=QUESTION, kind=kind, opened=IN_CYCLE)
        Message.objects.create(
            thread=thread, person=made.people["coordinator"] if not side else person, nation=side, at=IN_CYCLE,
            text=planting.word(f"thread{kind}", inside),
        )  # fmt: skip
        stage.things[f"thread {kind}"] = thread.pk
    report.round, report.extended_because = (
        1,
        planting.word("extension", own | OFFICE | {"observer"} | of(nation, "admin")),
    )
    report.deadline = IN_CYCLE + dt.timedelta(days=90)
    report.save()
    step = ClearanceStep.objects.create(
        report=report, round=1, position=1, post=made.posts[f"{nation}.head"], state="remarks", person=person,
        decided=IN_CYCLE, remarks=planting.word("remarks", own), paper_office=planting.word("paper", own),
        paper_reference="1/23", paper_date=IN_CYCLE.date(), via="paper",
    )  # fmt: skip
    blob = keep(f"%PDF-1.4 {planting.word('evidencecontent', who)}".encode())
    evidence = EvidenceFile.objects.create(
        report=report, question=QUESTION, blob=blob, name=planting.word("evidencename", who) + ".pdf",
        media_type="application/pdf", added=IN_CYCLE, person=person,
    )  # fmt: skip
    imported = planting.word("import", own)
    problem = {"en": imported, "fr": imported}
    entry = Import.objects.create(
        report=report, blob=blob, name=f"{imported}.xlsx", state="refused", at=IN_CYCLE, person=person,
        problems=[{"what": problem, "where": problem, "remedy": problem}],
    )  # fmt: skip
    stage.things |= {
        "step": step.pk, "evidence": evidence.pk, "import": entry.pk,
        "post": made.posts[f"{nation}.reader"].pk,
        "holding": Holding.objects.get(post=made.posts[f"{nation}.reader"]).pk,
    }  # fmt: skip
    if sent:
        _send(stage, planting, own)


def _send(stage: Stage, planting: Planting, own: frozenset[str]) -> None:
    """Sent, returned, and worked on since: what was written after it came back is the nation’s alone again."""
    nation, report, made = stage.nation, stage.report, stage.world
    rapporteur, coordinator = made.actor(f"{nation}.rapporteur"), made.people["coordinator"]
    submission = submitting._freeze(rapporteur, Working(report), 1)
    Return.objects.create(
        report=report, submission=submission, at=IN_CYCLE, person=coordinator,
        reason=planting.word("return", own | OFFICE),
        questions=[{"question": QUESTION, "why": planting.word("returnwhy", own | OFFICE)}],
    )  # fmt: skip
    AnswerNote.objects.update_or_create(report=report, question=QUESTION, defaults={"open": True})
    Report.objects.filter(pk=report.pk).update(state="returned", submitted=IN_CYCLE)
    filling.save_answers(
        actor=rapporteur, report=report.pk,
        edits=[Edit(QUESTION, "value.fr", planting.word("since", own))],
    )  # fmt: skip
    correction = Correction.objects.create(
        report=report, question=QUESTION, submission=submission, requested=IN_CYCLE,
        before={"value.en": planting.word("before", (own - of(nation, "drafter")) | OFFICE)},
        after={"value.en": planting.word("after", (own - of(nation, "drafter")) | OFFICE)},
        reason=planting.word("correction", (own - of(nation, "drafter")) | OFFICE),
        person=made.people[f"{nation}.rapporteur"],
    )  # fmt: skip
    stage.things |= {"submission": submission.pk, "correction": correction.pk}
    assert Submission.objects.filter(report=report).count() == 1


# --- the edition ----------------------------------------------------------------------------------------------------


def _edition(made: World) -> tuple[Draft, Circulation, int]:
    office = made.people["coordinator"]
    content = {
        "uid": "edition", "next": 3,
        "chapters": [
            {"uid": "c1", "id": "c1", "title": {"en": "People", "fr": "Personnes"},
             "blocks": [{"uid": "b2", "kind": "text", "text": dict.fromkeys(("en", "fr"), "zqofficedraft")}]}
        ],
    }  # fmt: skip
    draft = Draft.objects.create(
        alliance=made.alliance, cycle=made.cycle, content=content, as_of=IN_CYCLE.date(), created=IN_CYCLE,
        moved=IN_CYCLE,
    )  # fmt: skip
    figures = FigureSet.objects.create(
        draft=draft, fingerprint="f" * 64, inputs={}, reported=0, asked=0, content=b"", made=IN_CYCLE, milliseconds=1
    )
    circulation = Circulation.objects.create(
        draft=draft, number=1, state="recalled", content=content, content_sha256="c" * 64, figures=figures,
        opened=IN_CYCLE, ended=IN_CYCLE, reason="zqofficerecall", expires=IN_CYCLE + dt.timedelta(days=10), at=IN_CYCLE,
        person=office,
    )  # fmt: skip
    folder = Path(settings.EIRENE_HOME) / "releases" / "one"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("zqofficerelease")
    (folder / "manifest.json").write_text(json.dumps({"files": [{"path": "a.txt", "bytes": 15, "sha256": "0" * 64}]}))
    release = Release.objects.create(
        slug=made.alliance.pk, alliance={"en": "Sampler"}, cycle=CODE, data_year=2022, kind="collected",
        audience="office", public=False, number="1.0", path=str(folder), manifest_sha256="m" * 64,
        pack_sha256=made.alliance.pack_id, fictional=True, title={"en": "Summary"}, notice={"en": "Fictional."},
        marking={"en": "Office"}, languages=["en"], published=IN_CYCLE.date(),
    )  # fmt: skip
    return draft, circulation, release.pk


def _office(made: World, planting: Planting, draft: Draft) -> None:
    office, inside = made.people["coordinator"], frozenset({"coordinator", "reviewer", "auditor"})
    for kind in ("draft", "recall", "release"):
        planting.words.append(Word(f"zqoffice{kind}", kind, inside))
    Comment.objects.create(draft=draft, place="c1", text=planting.word("comment", inside), at=IN_CYCLE, person=office)
    Suggestion.objects.create(
        draft=draft, place="b2.text", lang="en", base=0, text=planting.word("suggestion", inside),
        reason=planting.word("suggestionwhy", inside), at=IN_CYCLE, person=office,
    )  # fmt: skip
    Freeze.objects.create(
        draft=draft, number="1.0", state="failed", edition={}, inputs={}, audiences=[], as_of=IN_CYCLE.date(),
        folder="none", at=IN_CYCLE, person=office, error={"what": planting.word("freezeerror", inside)},
    )  # fmt: skip


def _say(stage: Stage, planting: Planting, draft: Draft, circulation: Circulation) -> None:
    """What a nation says of its part: its own and the office’s, no other nation’s."""
    nation, person = stage.nation, stage.world.people[f"{stage.nation}.officer"]
    who = of(nation, "rapporteur", "head", "officer", "reader") | frozenset({"coordinator", "reviewer", "auditor"})
    said: dict[str, Any] = {"nation": nation, "at": IN_CYCLE, "person": person}
    comment = Comment.objects.create(draft=draft, place="c1", text=planting.word("partcomment", who), **said)
    suggestion = Suggestion.objects.create(
        draft=draft, place="b2.text", lang="en", base=0, text=planting.word("partsuggestion", who), **said
    )
    position = Position.objects.create(
        draft=draft, kind="footnote", text={"en": planting.word("footnote", who)}, **said
    )
    Break.objects.create(
        circulation=circulation, on="c1", reason=planting.word("break", who),
        wording={"en": planting.word("wording", who)}, **said,
    )  # fmt: skip
    extension = Extension.objects.create(
        circulation=circulation, reason=planting.word("moretime", who), until=IN_CYCLE + dt.timedelta(days=20), **said
    )
    stage.things |= {
        "comment": comment.pk, "suggestion": suggestion.pk, "position": position.pk, "extension": extension.pk,
        "freeze": 0,
    }  # fmt: skip
