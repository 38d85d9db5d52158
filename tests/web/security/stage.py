"""Where permissions are tried: two nations with everybody in their posts, and a report that can be put in any state.

Everybody who can be somebody acts on AAA: the office's roles, AAA's own, BBB's, and one who holds nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings

from cast import sampler
from eirene_web import clock
from eirene_web.accounts.queries import account_target
from eirene_web.custody.drill import concern_target
from eirene_web.custody.models import Concern, Designated
from eirene_web.editions.models import (
    Circulation,
    Comment,
    Draft,
    Examination,
    Extension,
    FigureSet,
    Freeze,
    Position,
    Release,
    Suggestion,
)
from eirene_web.editions.services.protecting import packed
from eirene_web.editions.targets import edition_target, part_target, release_target
from eirene_web.files.services import keep
from eirene_web.notices.models import Notice
from eirene_web.organisations import services as organisations
from eirene_web.organisations.models import Body, Holding, Invitation, Post
from eirene_web.organisations.queries import body_target, person_target
from eirene_web.policy import Actor, Target, table
from eirene_web.reports.models import (
    Assignment,
    ClearanceStep,
    Correction,
    Cycle,
    EvidenceFile,
    Export,
    Import,
    Message,
    Report,
    SectionReview,
    Submission,
    Thread,
)
from eirene_web.reports.services import filling, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.targets import answer_target, cycle_target, report_target, submission_target
from eirene_web.reports.working import Working
from eirene_web.work.models import Job
from eirene_web.work.targets import job_target
from web import world
from web.calling import token_for
from web.remembering import remembered
from web.world import IN_CYCLE, OPENS, World

NATION, OTHER, CODE = "AAA", "BBB", "2022"
#: The section that the contributor was given, a question in it, and one in another section.
SECTION, QUESTION, ELSEWHERE = "2", "remarks", "staff"
#: What an examination has found that found nothing.
NOTHING_FOUND = {
    "checked": 0, "exposed": [], "hidden": [], "named": {}, "counted": {},
    "loss": dict.fromkeys(
        ("cells", "of_cells", "persons", "of_persons", "figures", "of_figures", "names", "of_names"), 0
    ),
}  # fmt: skip
CONTENT = {
    "uid": "edition", "next": 3,
    "chapters": [
        {"uid": "c1", "id": "c1", "title": {"en": "People"},
         "blocks": [{"uid": "b2", "kind": "text", "text": {"en": "Words."}}]}
    ],
}  # fmt: skip
#: How somebody may have come in: page or token, with a second factor or without.
WAYS = {
    "page": (True, None), "weak page": (False, None), "token": (True, frozenset({"read", "write"})),
    "reading token": (True, frozenset({"read"})),
}  # fmt: skip


@dataclass
class Stage:
    world: World
    nation: str = NATION
    #: Primary keys of what belongs to AAA's report, by name.
    things: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.world.report(self.nation)

    @property
    def cycle(self) -> Cycle:
        return self.world.cycle

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(cycle__code=CODE)

    def post(self, who: str) -> int:
        return self.world.posts[who].pk

    def actors(self, way: str = "page") -> dict[str, Actor]:
        strong, scopes = WAYS[way]
        return {who: self.world.actor(who, strong=strong, scopes=scopes) for who in self.world.people}

    def target(self, kind: str) -> Target:
        """AAA's thing of a kind, as it stands."""
        alliance = str(self.world.alliance.pk)
        match kind:
            case "cycle":
                return cycle_target(self.cycle)
            case "report":
                pending = ClearanceStep.objects.filter(report=self.report, state="pending").values_list(
                    "post", flat=True
                )
                return report_target(self.report, pending)
            case "answer":
                return self.answer(QUESTION)
            case "submission":
                return submission_target(Submission.objects.select_related("report__cycle").get(report=self.report))
            case "body":
                return body_target(Body.objects.get(alliance=alliance, code=self.nation))
            case "person":
                return person_target(self.world.alliance, self.world.people[f"{self.nation}.reader"])
            case "account":
                return account_target(self.world.people[f"{self.nation}.rapporteur"].pk)
            case "concern":
                return concern_target(Concern.objects.get(pk=self.things["concern"]))
            case "edition":
                return edition_target(self.draft)
            case "edition_part":
                return part_target(self.draft, self.nation)
            case _:
                return Target(kind, alliance)

    def own(self, kind: str, name: str, actor: Actor) -> Target:
        """Work of AAA’s rapporteur in the background; a notice of whoever asks."""
        alliance = str(self.world.alliance.pk)
        if kind == "notice":
            return Target("notice", alliance, person=actor.person)
        if kind == "office_job":
            return Target("office_job", alliance, state="waiting")
        job = Job.objects.get(pk=self.things["failed job" if "again" in name else "job"])
        return job_target(job, alliance)

    def answer_in(self, section: str) -> Target:
        working = Working(self.report)
        return answer_target(working.report, section, working.posts_of(section))

    def release_for(self, actor: Actor) -> Target:
        return release_target(actor, Release.objects.get(pk=self.things["release"]), self.world.pack)

    def answer(self, question: str) -> Target:
        working = Working(self.report)
        section = working.sheet.questions[question].section
        return answer_target(working.report, section, working.posts_of(section), is_open=working.is_open(question))

    def put(self, kind: str, state: str) -> None:
        """Puts AAA's thing into a state, past every service."""
        moment = IN_CYCLE
        if kind in ("report", "answer"):
            real = "returned" if state == "returned_locked" else state
            fields: dict[str, Any] = {"state": real, "accepted": moment if real == "accepted" else None}
            fields["opened"] = None if real == "waiting" else moment
            Report.objects.filter(pk=self.report.pk).update(**fields)
            self.report.notes.filter(question=QUESTION).update(open=state == "returned")
        elif kind == "cycle" and state:
            fields = {"state": state, "opened": None if state == "planned" else moment}
            Cycle.objects.filter(pk=self.cycle.pk).update(**fields, closed=moment if state == "closed" else None)

        elif kind in ("edition", "edition_part"):
            Draft.objects.filter(pk=self.draft.pk).update(
                state=state, signed=moment, signer=self.world.people["coordinator"]
            )

    def states(self, kind: str) -> list[str]:
        """The states in which a thing of a kind is tried; those of things that this stage has once, as they are."""
        if kind in ("edition", "edition_part"):
            return list(Draft.State.values)
        return list(table().kinds[kind].states) if kind in ("report", "answer", "cycle") else [""]


def build() -> Stage:
    return remembered("stage", _build)


def _build() -> Stage:
    made = world.build(sampler(), CODE, (NATION, OTHER))
    with clock.at(OPENS):
        made.add_post("auditor", "_office", "reader")
        made.add_post(f"{NATION}.helper", NATION, "contributor")
        made.add_post(f"{NATION}.watcher", NATION, "observer")
        _sectioned(made)
    stage = Stage(made)
    with clock.at(IN_CYCLE):
        _content(stage)
    return stage


def _sectioned(made: World) -> None:
    """A contributor whose role names a section, and one to whom a section is assigned by the report."""
    who = f"{NATION}.writer"
    made.posts[who] = organisations.add_post(
        actor=made.installer, alliance=str(made.alliance.pk), body=NATION, title={"en": who, "fr": who},
        roles={"contributor": [SECTION]},
    )  # fmt: skip
    made.people[who] = organisations.person_named("aaa.writer@aaa.example", who)
    organisations.fill_post(
        actor=made.installer, post=made.posts[who].pk, person=made.people[who].pk, since=dt.date(2020, 1, 1)
    )


def _content(stage: Stage) -> None:
    made, report = stage.world, stage.report
    rapporteur = made.actor(f"{NATION}.rapporteur")
    filling.save_answers(actor=rapporteur, report=report.pk, edits=[Edit(QUESTION, "value.en", "Nothing else.")])
    report.notes.update_or_create(question=QUESTION, defaults={"open": True})
    Assignment.objects.create(report=report, section=SECTION, post=made.posts[f"{NATION}.drafter"])
    # Sent by somebody who has left since: whoever sends again at once is told the same, and nobody here is that one.
    former = organisations.person_named("former@aaa.example", "former")
    submission = submitting._freeze(replace(rapporteur, person=former.pk), Working(report), 1)
    SectionReview.objects.create(submission=submission, section="1", person=made.people["second"], at=IN_CYCLE)
    report.round = 1
    report.save()
    step = ClearanceStep.objects.create(
        report=report, round=1, position=1, post=made.posts[f"{NATION}.head"], state="pending"
    )
    person, blob = made.people[f"{NATION}.rapporteur"], keep(b"%PDF-1.4 a file")
    for kind in Thread.Kind.values:
        thread = Thread.objects.create(report=report, question=QUESTION, kind=kind, opened=IN_CYCLE)
        Message.objects.create(thread=thread, person=person, nation=NATION, text="Words.", at=IN_CYCLE)
        stage.things[f"thread {kind}"] = thread.pk
    evidence = EvidenceFile.objects.create(
        report=report, question=QUESTION, blob=blob, name="file.pdf", media_type="application/pdf", added=IN_CYCLE,
        person=person,
    )  # fmt: skip
    export = Export.objects.create(report=report, token="t" * 20, versions={}, at=IN_CYCLE, person=person)
    taken = Import.objects.create(
        report=report, blob=blob, name="in.xlsx", state="ready", export=export, at=IN_CYCLE, person=former
    )
    correction = Correction.objects.create(
        report=report, question=QUESTION, submission=submission, before={}, after={}, reason="Why.",
        requested=IN_CYCLE, person=person,
    )  # fmt: skip
    _edition(stage)
    stage.names["blob"] = blob.pk
    invitation = Invitation.objects.create(
        post=made.posts[f"{NATION}.reader"], email="invited@aaa.example", made=IN_CYCLE,
        expires=IN_CYCLE + dt.timedelta(days=7), by=person,
    )  # fmt: skip
    token_for(made, f"{NATION}.rapporteur")
    session = UserSession.objects.create(user=person, ip="127.0.0.1", session_key="s" * 32, data={})
    about: dict[str, Any] = {
        "kind": "import",
        "alliance": made.alliance.pk,
        "nation": NATION,
        "person": person,
        "created": IN_CYCLE,
    }
    job = Job.objects.create(state="waiting", **about)
    failed = Job.objects.create(state="failed", finished=IN_CYCLE, **about)
    notice = Notice.objects.create(
        person=person, alliance=made.alliance.pk, kind="cycle.opened", key="one", at=IN_CYCLE, mail="failed"
    )
    concern = Concern.objects.create(
        alliance=made.alliance.pk, nation=NATION, ref=f"message:{stage.things['thread question']}", why="person",
        raised=IN_CYCLE, raised_by=person.pk,
    )  # fmt: skip
    Designated.objects.create(
        alliance=made.alliance.pk, nation=NATION, duty="quarantine", post=made.posts[f"{NATION}.officer"].pk
    )
    stage.things |= {
        "concern": concern.pk,
        "job": job.pk, "failed job": failed.pk, "notice": notice.pk,
        "evidence": evidence.pk, "export": export.pk, "import": taken.pk, "correction": correction.pk,
        "submission": submission.pk, "step": step.pk, "invitation": invitation.pk, "session": session.pk,
        "token": person.tokens.get().pk,
        "holding": Holding.objects.get(post=made.posts[f"{NATION}.reader"]).pk,
        "post": Post.objects.get(pk=made.posts[f"{NATION}.reader"].pk).pk,
    }  # fmt: skip


def _edition(stage: Stage) -> None:
    """The edition of the cycle with one of everything that can be in it, and a cycle whose edition is not begun."""
    made, office = stage.world, stage.world.people["coordinator"]
    bare = Cycle.objects.create(
        alliance=made.alliance, code="2021", pack=made.alliance.pack, state="open", opens=OPENS, opened=OPENS,
        deadline=IN_CYCLE, releasability="public",
    )  # fmt: skip
    draft = Draft.objects.create(
        alliance=made.alliance, cycle=stage.cycle, content=CONTENT, as_of=IN_CYCLE.date(), created=IN_CYCLE,
        moved=IN_CYCLE, audiences=["office", "public"],
    )  # fmt: skip
    Examination.objects.create(
        draft=draft, audience="public", fingerprint="e" * 64, clean=True, checked=0, content=packed(NOTHING_FOUND),
        made=IN_CYCLE, milliseconds=1,
    )  # fmt: skip
    figures = FigureSet.objects.create(
        draft=draft, fingerprint="f" * 64, inputs={}, reported=0, asked=0, content=b"", made=IN_CYCLE, milliseconds=1
    )
    circulation = Circulation.objects.create(
        draft=draft, number=1, state="open", content=CONTENT, content_sha256="c" * 64, figures=figures, opened=IN_CYCLE,
        expires=IN_CYCLE + dt.timedelta(days=10), at=IN_CYCLE, person=office,
    )  # fmt: skip
    comment = Comment.objects.create(draft=draft, place="c1", text="Words.", at=IN_CYCLE, person=office)
    suggestion = Suggestion.objects.create(
        draft=draft, place="c1.text", lang="en", base=0, text="Words.", at=IN_CYCLE, person=office
    )
    position = Position.objects.create(
        draft=draft, nation=NATION, kind="reservation", on="c1", text={"en": "Words."}, at=IN_CYCLE, person=office
    )
    extension = Extension.objects.create(
        circulation=circulation, nation=NATION, reason="Words.", until=IN_CYCLE + dt.timedelta(days=20), at=IN_CYCLE,
        person=office,
    )  # fmt: skip
    freeze = Freeze.objects.create(
        draft=draft, number="1.0", edition={}, inputs={}, audiences=[], as_of=IN_CYCLE.date(), folder="none",
        at=IN_CYCLE, person=office,
    )  # fmt: skip
    folder = Path(settings.EIRENE_HOME) / "releases" / "one"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("A file.")
    (folder / "manifest.json").write_text(json.dumps({"files": [{"path": "a.txt", "bytes": 7, "sha256": "0" * 64}]}))
    release = Release.objects.create(
        slug=made.alliance.pk, alliance={"en": "Sampler"}, cycle=CODE, data_year=2022, kind="collected",
        audience="members", public=False, number="1.0", path=str(folder), manifest_sha256="m" * 64,
        pack_sha256=made.alliance.pack_id, fictional=True, title={"en": "Summary"}, notice={"en": "Fictional."},
        marking={"en": "Members"}, languages=["en"], published=IN_CYCLE.date(),
    )  # fmt: skip
    stage.things |= {
        "release": release.pk,
        "bare cycle": bare.pk, "circulation": circulation.pk, "comment": comment.pk, "suggestion": suggestion.pk,
        "position": position.pk, "extension": extension.pk, "freeze": freeze.pk,
    }  # fmt: skip
