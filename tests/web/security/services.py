"""Every service, with the verb that it asks for and arguments to try it with: what the matrix walks.

A service that is not here fails the test, which says the line to add. Arguments need not succeed; they must get as far
as the policy: whatever is refused afterwards counts as allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eirene_web.organisations.models import Body
from eirene_web.organisations.queries import body_target
from eirene_web.policy import Actor, Target, can
from eirene_web.reports.services.clearance import Paper
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.services.transfer.take_in import Choice
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working
from eirene_web.work.models import Job
from eirene_web.work.targets import job_target
from web.security.stage import NATION, OTHER, QUESTION, SECTION, Stage
from web.world import DEADLINE, OPENS

LATER = DEADLINE + dt.timedelta(days=30)
DAY = dt.date(2023, 2, 2)
Arguments = Callable[[Stage], dict[str, Any]]


@dataclass(frozen=True)
class Tried:
    """`target`: what it acts upon, where it is not AAA's thing of the verb's kind as the stage has it."""

    verb: str
    arguments: Arguments
    target: Callable[[Stage], Target] | None = None
    #: State → verb, where what is asked for depends on the state.
    verbs: Mapping[str, str] = field(default_factory=dict)
    #: A further thing that the same verb is asked of.
    also: Callable[[Stage], Target] | None = None
    #: For whom what the service looks up first is there, where that is fewer than the verb is for.
    seen: Callable[[Stage, Actor], bool] | None = None

    #: The verb that it asks of the report where it is the office that acts.
    by_office: str = ""
    #: What it acts upon is whoever acts.
    own: bool = False
    #: It says what is wrong with the request before it asks for the last verb, to whoever sees the thing.
    first_says_no: bool = False

    def verb_in(self, state: str) -> str:
        return self.verbs.get(state, self.verb)


#: What is agreed is taken back like a signature, what is not is revised like an outcome is decided.
REVISED = {"agreed": "edition.sign_off", "signed": "edition.sign_off"}


def of_report(**more: Any) -> Arguments:
    return lambda s: {"report": s.report.pk, **more}


def of_cycle(**more: Any) -> Arguments:
    return lambda s: {"cycle": s.cycle.pk, **more}


def of_alliance(**more: Any) -> Arguments:
    return lambda s: {"alliance": str(s.world.alliance.pk), **more}


def of_post(**more: Any) -> Arguments:
    return lambda s: {"post": s.things["post"], **more}


_EDIT = [Edit(QUESTION, "value.fr", "Rien d’autre.")]


def of_draft(**more: Any) -> Arguments:
    return lambda s: {"draft": s.draft.pk, **more}


def of_part(**more: Any) -> Arguments:
    return lambda s: {"draft": s.draft.pk, "nation": NATION, **more}


def of_person(**more: Any) -> Arguments:
    return lambda s: {"person": s.world.people[f"{NATION}.rapporteur"].pk, **more}


def reader_of_alliance(stage: Stage) -> dict[str, Any]:
    return {**of_alliance(why="Because.")(stage), "person": stage.world.people[f"{NATION}.reader"].pk}


def body_of(stage: Stage, code: str) -> Target:
    return body_target(Body.objects.get(alliance=stage.world.alliance, code=code))


def reads_all(stage: Stage, actor: Actor) -> bool:
    working = Working(stage.report)
    return all(can(actor, "answer.read", answer_target(stage.report, s.id)) for s in working.sheet.sections)


def reads_text(stage: Stage, actor: Actor) -> bool:
    """The text is looked up after the verb was asked for: who may not raise at all is told so."""
    raises = can(actor, "text.raise", Target("text", str(stage.world.alliance.pk)))
    written, sent = stage.answer(QUESTION), stage.target("submission")
    return not raises or can(actor, "answer.read", written) or can(actor, "submission.read", sent)


def job_of(stage: Stage, name: str = "job") -> Target:
    return job_target(Job.objects.get(pk=stage.things[name]), str(stage.world.alliance.pk))


def planned(stage: Stage) -> Target:
    return Target("cycle", str(stage.world.alliance.pk), state="planned")


_ORGANISATIONS, _REPORTS = "eirene_web.organisations.services", "eirene_web.reports.services"
_ACCOUNTS, _EDITIONS = "eirene_web.accounts.services", "eirene_web.editions.services"
_DRILL = "eirene_web.custody.drill"
_TRANSFER = f"{_REPORTS}.transfer"
SERVICES: dict[str, Tried] = {
    f"{_ORGANISATIONS}.bodies.add_body": Tried(
        "bodies.change", of_alliance(kind="unit", name={"en": "Unit"}, parent=NATION, code="unit-x")
    ),
    f"{_ORGANISATIONS}.bodies.move_body": Tried(
        "bodies.change", of_alliance(code=NATION, name={"en": "Aaa"}, since=DAY)
    ),
    f"{_ORGANISATIONS}.bodies.set_time_zone": Tried(
        "bodies.change", of_alliance(code=NATION, time_zone="Europe/Paris")
    ),
    f"{_ORGANISATIONS}.posts.add_post": Tried(
        "posts.change", of_alliance(body=NATION, title={"en": "Post"}, roles={"reader": []})
    ),
    f"{_ORGANISATIONS}.posts.change_post": Tried("posts.change", of_post(title={"en": "Post"})),
    f"{_ORGANISATIONS}.holdings.fill_post": Tried(
        "posts.fill", lambda s: {"post": s.things["post"], "person": s.world.people["outsider"].pk}
    ),
    f"{_ORGANISATIONS}.holdings.leave_post": Tried(
        "posts.fill", lambda s: {"holding": s.things["holding"], "until": DAY}
    ),
    f"{_REPORTS}.cycles.set_up_cycle": Tried(
        "cycle.set_up", of_alliance(code="2020", opens=OPENS, deadline=DEADLINE), planned
    ),
    f"{_REPORTS}.history.take_in_cycle": Tried("cycle.set_up", of_alliance(code="2020", reports=[]), planned),
    f"{_REPORTS}.cycles.change_cycle": Tried("cycle.change", of_cycle(why="Because.", deadline=LATER)),
    f"{_REPORTS}.cycles.open_cycle": Tried("cycle.open", of_cycle()),
    f"{_REPORTS}.cycles.close_cycle": Tried("cycle.close", of_cycle(why="Because.")),
    f"{_REPORTS}.cycles.reopen_cycle": Tried("cycle.close", of_cycle(why="Because.")),
    f"{_REPORTS}.cycles.extend_deadline": Tried("report.extend", of_report(deadline=LATER, why="Because.")),
    f"{_REPORTS}.cycles.reopen_report": Tried("report.reopen", of_report(deadline=LATER, why="Because.")),
    f"{_REPORTS}.filling.save_answers": Tried("answer.fill", of_report(edits=_EDIT)),
    f"{_REPORTS}.filling.take_over": Tried("answer.fill", of_report(question=QUESTION, base={})),
    f"{_REPORTS}.clearance.start_clearance": Tried(
        "report.start_clearance", lambda s: {"report": s.report.pk, "steps": [[s.post(f"{NATION}.head")]]}
    ),
    f"{_REPORTS}.clearance.choose_chain": Tried(
        "report.change_chain",
        lambda s: {"report": s.report.pk, "steps": [[s.post(f"{NATION}.head")]], "why": "Because."},
    ),
    f"{_REPORTS}.clearance.clear": Tried("report.clear", of_report()),
    f"{_REPORTS}.clearance.send_back": Tried("report.clear", of_report(why="Because.")),
    f"{_REPORTS}.clearance.record_paper": Tried(
        "report.record_paper",
        lambda s: {
            "report": s.report.pk, "post": s.post(f"{NATION}.head"),
            "paper": Paper("Office", "1/23", dt.date(2023, 1, 5)),
        },
    ),
    f"{_REPORTS}.clearance.withdraw": Tried("report.withdraw", of_report(why="Because.")),
    f"{_REPORTS}.submitting.submit": Tried(
        "report.submit", lambda s: {"report": s.report.pk, "version": s.report.version}
    ),
    f"{_REPORTS}.reviewing.assign_review": Tried(
        "review.assign", lambda s: {"report": s.report.pk, "post": s.post("reviewer")}
    ),
    f"{_REPORTS}.reviewing.accept_sections": Tried("review.accept", of_report(sections=[SECTION])),
    f"{_REPORTS}.reviewing.return_report": Tried(
        "review.return", of_report(reason="Because.", questions={QUESTION: "Which?"})
    ),
    f"{_REPORTS}.corrections.request_correction": Tried(
        "report.correct", of_report(question=QUESTION, changes={"value.en": "Else."}, reason="Because.")
    ),
    f"{_REPORTS}.corrections.withdraw_correction": Tried(
        "report.correct", lambda s: {"correction": s.things["correction"]}
    ),
    f"{_REPORTS}.corrections.decide_correction": Tried(
        "review.decide_correction", lambda s: {"correction": s.things["correction"], "accept": False, "decision": "No."}
    ),
    f"{_REPORTS}.cycles.add_body": Tried("cycle.change", of_cycle(body="EEE", why="Because.")),
    f"{_REPORTS}.cycles.remind": Tried("cycle.remind", of_cycle(bodies=[NATION])),
    f"{_REPORTS}.submitting.declare_minutes": Tried("report.declare_time", of_report(minutes=60)),
    f"{_REPORTS}.assigning.assign_section": Tried(
        "report.assign", lambda s: {"report": s.report.pk, "section": "1", "post": s.post(f"{NATION}.drafter")}
    ),
    f"{_REPORTS}.assigning.unassign_section": Tried(
        "report.assign", lambda s: {"report": s.report.pk, "section": SECTION, "post": s.post(f"{NATION}.drafter")}
    ),
    f"{_REPORTS}.assigning.remind": Tried(
        "report.assign", lambda s: {"report": s.report.pk, "section": SECTION, "post": s.post(f"{NATION}.drafter")}
    ),
    f"{_REPORTS}.assigning.mark_done": Tried("answer.fill", of_report(section=SECTION), first_says_no=True),
    f"{_REPORTS}.discussing.open_thread": Tried(
        "answer.discuss", of_report(kind="question", question=QUESTION, text="Words.")
    ),
    f"{_REPORTS}.discussing.write": Tried(
        "answer.discuss", lambda s: {"thread": s.things["thread question"], "text": "Words."}, by_office="review.reply"
    ),
    f"{_REPORTS}.discussing.close_thread": Tried(
        "answer.discuss", lambda s: {"thread": s.things["thread question"]}, by_office="review.reply"
    ),
    f"{_REPORTS}.discussing.set_flag": Tried(
        "review.ask", lambda s: {"thread": s.things["thread clarification"], "flag": True}
    ),
    f"{_REPORTS}.evidence.add_evidence": Tried(
        "answer.fill", of_report(question=QUESTION, name="a.pdf", content=b"%PDF-1.4 x")
    ),
    f"{_REPORTS}.evidence.mark_evidence": Tried(
        "answer.fill", lambda s: {"report": s.report.pk, "file": s.things["evidence"], "releasability": "office"}
    ),
    f"{_REPORTS}.evidence.remove_evidence": Tried(
        "answer.fill", lambda s: {"report": s.report.pk, "file": s.things["evidence"]}
    ),
    f"{_REPORTS}.filling.confirm_same": Tried("answer.fill", of_report(question=QUESTION)),
    f"{_REPORTS}.filling.take_definition": Tried("answer.fill", of_report(question=QUESTION, base={})),
    f"{_REPORTS}.filling.declare_time": Tried("report.declare_time", of_report(minutes=60)),
    f"{_TRANSFER}.take_in.read_again": Tried(
        "answer.fill", lambda s: {"entry": s.things["import"]}, seen=reads_all
    ),
    "eirene_web.work.services.cancel": Tried("job.cancel", lambda s: {"job": s.things["job"]}, job_of),
    "eirene_web.work.services.run_again": Tried(
        "job.run_again", lambda s: {"job": s.things["failed job"]}, lambda s: job_of(s, "failed job")
    ),
    "eirene_web.notices.services.set_pace": Tried(
        "notice.settings", lambda s: {"pace": "daily"}, lambda s: Target("notice", str(s.world.alliance.pk)), own=True
    ),
    "eirene_web.notices.services.send_again": Tried(
        "outbox.send_again", lambda s: {"notice": s.things["notice"]},
        lambda s: Target("outbox", str(s.world.alliance.pk), state="failed"),
    ),
    f"{_ORGANISATIONS}.alliances.continue_nation": Tried(
        "bodies.change", of_alliance(old=NATION, new=OTHER, since=DAY), also=lambda s: body_of(s, OTHER)
    ),
    f"{_ORGANISATIONS}.bodies.close_body": Tried("bodies.change", of_alliance(code=NATION, until=DAY)),
    f"{_ORGANISATIONS}.holdings.hand_over": Tried(
        "posts.fill", lambda s: {"holding": s.things["holding"], "to": s.world.people["outsider"].pk, "on": DAY}
    ),
    f"{_ORGANISATIONS}.invitations.invite": Tried("posts.fill", of_post(email="new@aaa.example")),
    f"{_ORGANISATIONS}.invitations.resend_invitation": Tried(
        "posts.fill", lambda s: {"invitation": s.things["invitation"]}
    ),
    f"{_ORGANISATIONS}.invitations.withdraw_invitation": Tried(
        "posts.fill", lambda s: {"invitation": s.things["invitation"]}
    ),
    f"{_ORGANISATIONS}.people.suspend_person": Tried(
        "people.suspend", reader_of_alliance
    ),
    f"{_ORGANISATIONS}.people.reinstate_person": Tried(
        "people.suspend", reader_of_alliance
    ),
    f"{_ACCOUNTS}.change_profile": Tried("account.manage", of_person(name="Name", language="en", time_zone="")),
    f"{_ACCOUNTS}.make_token": Tried(
        "account.tokens", lambda s: {**of_person(name="x", write=True)(s), **of_alliance(expires=LATER)(s)}
    ),
    f"{_ACCOUNTS}.revoke_token": Tried("account.manage", lambda s: of_person(token=s.things["token"])(s)),
    f"{_ACCOUNTS}.end_session": Tried("account.manage", lambda s: of_person(session=s.things["session"])(s)),
    f"{_TRANSFER}.out.keep_export": Tried(
        "answer.read", of_report(token="x" * 20, versions={}, sections=[SECTION])
    ),
    f"{_TRANSFER}.take_in.enter_import": Tried(
        "answer.fill", lambda s: {"report": s.report.pk, "blob": s.names["blob"], "name": "in.xlsx"}
    ),
    f"{_TRANSFER}.take_in.take_over_import": Tried(
        "answer.fill", lambda s: {"entry": s.things["import"], "choice": Choice()}, seen=reads_all
    ),
    f"{_TRANSFER}.take_in.drop_import": Tried("answer.fill", lambda s: {"entry": s.things["import"]}, seen=reads_all),
    f"{_EDITIONS}.drafting.begin": Tried(
        "edition.begin", lambda s: {"cycle": s.things["bare cycle"]},
        lambda s: Target("edition", str(s.world.alliance.pk), state="unbegun"),
    ),
    f"{_EDITIONS}.drafting.save_texts": Tried("edition.write", of_draft(edits=[])),
    f"{_EDITIONS}.drafting.restore_text": Tried(
        "edition.write", of_draft(place="c1.text", lang="en", number=0, base=0)
    ),
    f"{_EDITIONS}.drafting.move": Tried("edition.write", of_draft(uid="c1", step=1)),
    f"{_EDITIONS}.drafting.hide": Tried("edition.write", of_draft(uid="c1", on=True)),
    f"{_EDITIONS}.drafting.add": Tried("edition.write", of_draft(after="c1", kind="note")),
    f"{_EDITIONS}.drafting.suggest": Tried("edition.suggest", of_draft(place="c1.text", lang="en", text="Words.")),
    f"{_EDITIONS}.drafting.decide_suggestion": Tried(
        "edition.decide_suggestion", lambda s: of_draft(suggestion=s.things["suggestion"], accept=False)(s)
    ),
    f"{_EDITIONS}.drafting.comment": Tried("edition.comment", of_draft(place="c1", text="Words.")),
    f"{_EDITIONS}.drafting.settle_comment": Tried(
        "edition.comment", lambda s: of_draft(comment=s.things["comment"])(s)
    ),
    f"{_EDITIONS}.drafting.revise": Tried("edition.decide_outcome", of_draft(why="Because."), verbs=REVISED),
    f"{_EDITIONS}.drafting.renew": Tried("edition.renew", of_draft()),
    f"{_EDITIONS}.positions.withhold": Tried(
        "part.withhold", of_part(question=QUESTION, reason={"en": "Because."})
    ),
    f"{_EDITIONS}.positions.footnote": Tried("part.reserve", of_part(text={"en": "Words."})),
    f"{_EDITIONS}.positions.reserve": Tried("part.reserve", of_part(on="c1", text={"en": "Words."})),
    f"{_EDITIONS}.positions.withdraw": Tried(
        "part.reserve", lambda s: of_part(position=s.things["position"])(s)
    ),
    f"{_DRILL}.raise_concern": Tried(
        "text.raise", lambda s: of_alliance(ref=f"cell:{s.report.pk}/{QUESTION}")(s),
        lambda s: Target("text", str(s.world.alliance.pk)), seen=reads_text,
    ),
    f"{_DRILL}.release": Tried("concern.decide", lambda s: {"concern": s.things["concern"]}),
    f"{_DRILL}.purge": Tried("concern.decide", lambda s: {"concern": s.things["concern"]}),
    f"{_DRILL}.designate": Tried(
        "designate", of_alliance(nation=NATION, duty="quarantine", posts=[]), lambda s: body_of(s, NATION)
    ),
    f"{_EDITIONS}.publishing.prepare": Tried(
        "edition.prepare", of_draft(audiences=["office"], release_list=[], as_of=DAY, embargo=None)
    ),
    f"{_EDITIONS}.protecting.examine": Tried("edition.protect", of_draft()),
    f"{_EDITIONS}.protecting.choose": Tried("edition.protect", of_draft(audience="public", base="", picks={})),
    f"{_EDITIONS}.publishing.disclose": Tried("edition.disclose", of_draft(authority="Council", on=DAY)),
    f"{_EDITIONS}.publishing.sign_off": Tried("edition.sign_off", of_draft()),
    f"{_EDITIONS}.publishing.freeze": Tried("edition.freeze", of_draft()),
    f"{_EDITIONS}.publishing.recall": Tried(
        "edition.freeze", lambda s: of_draft(freeze=s.things["freeze"], why="Because.")(s)
    ),
    f"{_EDITIONS}.silence.circulate": Tried("edition.circulate", of_draft(expires=LATER, version=1)),
    f"{_EDITIONS}.silence.recall": Tried(
        "edition.circulate", lambda s: of_draft(circulation=s.things["circulation"], why="Because.")(s)
    ),
    f"{_EDITIONS}.silence.break_silence": Tried(
        "silence.break",
        lambda s: of_part(circulation=s.things["circulation"], on="c1", reason="Because.", wording={"en": "Words."})(s),
    ),
    f"{_EDITIONS}.silence.ask_time": Tried(
        "silence.ask_time", lambda s: of_part(circulation=s.things["circulation"], until=LATER, reason="Because.")(s)
    ),
    f"{_EDITIONS}.silence.decide_extension": Tried(
        "edition.extend_silence", lambda s: of_draft(extension=s.things["extension"], grant=False)(s)
    ),
    f"{_EDITIONS}.silence.extend": Tried(
        "edition.extend_silence",
        lambda s: of_draft(circulation=s.things["circulation"], until=LATER, why="Because.")(s),
    ),
    f"{_EDITIONS}.silence.decide": Tried(
        "edition.decide_outcome",
        lambda s: of_draft(circulation=s.things["circulation"], outcome="noted", why="Because.")(s),
    ),
}  # fmt: skip
#: Services that ask nobody: done by the one who installs, or by the house itself; why there is nobody to ask.
UNASKED: dict[str, str] = {
    f"{_ORGANISATIONS}.alliances.found_alliance": "done from the command line before there is anybody",
    f"{_ORGANISATIONS}.alliances.sync_with_pack": "done from the command line by the one who installs",
    f"{_ORGANISATIONS}.invitations._accept": "whoever brings the link of an invitation, to the person it was sent to",
    f"{_ACCOUNTS}.note_factor": "notes what allauth has done for the person who is signed in",
    f"{_DRILL}.purge_again": "by a restore: it was decided then",
    f"{_EDITIONS}.catalogue.want_check": "a release's standing depends on who looks: tests/web/editions",
    f"{_EDITIONS}.figuring.keep_figures": "by the task that computes, for nobody",
    f"{_EDITIONS}.protecting.keep_examination": "by the task that examines, for nobody",
    f"{_EDITIONS}.publishing._enter": "by the task that publishes what was frozen",
    f"{_EDITIONS}.publishing._failed": "by the task that builds what was frozen",
    f"{_EDITIONS}.publishing._hold": "by the task that builds what was frozen",
    f"{_EDITIONS}.silence._open": "by the task that prepares a circulation",
    f"{_EDITIONS}.silence.end": "by the clock, when silence expires",
}
