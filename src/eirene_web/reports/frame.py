"""What stands around every page of a report: how far it is, its sections, who works on it, what is new.

Nothing here changes an answer; whoever makes a page has asked the policy whether the report may be seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import OperationalError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.framework import AskedQuestion
from eirene.text import listing, number, pick
from eirene_web.clock import now
from eirene_web.organisations.visit import Visit
from eirene_web.policy import Decision, can, decide, reach
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import findings as found_
from eirene_web.reports import queries, way
from eirene_web.reports.findings import Told
from eirene_web.reports.models import Assignment, ClearanceStep, Report
from eirene_web.reports.services import visiting
from eirene_web.reports.targets import answer_target, report_target
from eirene_web.reports.working import Progress, Working, progress


@dataclass(frozen=True)
class State:
    """A state with its word and its shape."""

    kind: str
    glyph: str
    word: str


@dataclass(frozen=True)
class SectionRow:
    """A section in the list of tasks."""

    id: str
    title: str
    href: str
    state: State
    done: int
    of: int
    assigned: tuple[Assignment, ...]
    current: bool = False
    #: (href, state, number and short text, note) of its questions, where the section is the current one
    questions: tuple[tuple[str, State, str], ...] = ()


class Frame:
    """What stands around every page of a report: how far it is, its sections, who works on it, what is new."""

    def __init__(self, visit: Visit, report: Report, *, current: str = "", working: Working | None = None) -> None:
        self.visit, self.report, self.current = visit, report, current
        self.actor, self.lang = visit.actor, visit.lang
        self.working = working or Working(report)
        self.pack = self.working.pack

    # --- what it is -------------------------------------------------------------------------------------------------

    @property
    def cycle(self) -> str:
        return self.report.cycle.code

    @cached_property
    def title(self) -> str:
        return _("National report %(cycle)s") % {"cycle": self.cycle}

    @cached_property
    def body(self) -> str:
        return self.visit.names.body(self.report.body)

    @property
    def deadline(self) -> dt.datetime:
        return self.report.due

    @cached_property
    def return_due(self) -> dt.date | None:
        """By when the office waits for a returned report."""
        if self.report.state != Report.State.RETURNED:
            return None
        last = self.report.returns.order_by("-at").first()
        return last.due if last else None

    @cached_property
    def returned(self) -> Any:
        """The last return, with its reason: for the nation, and for those in the office who read what was sent."""
        own = self.report.body.nation in self.actor.nations
        if not own and not reach(self.actor, "submission.read").everything:
            return None
        return self.report.returns.order_by("-at").first() if self.report.state == Report.State.RETURNED else None

    @cached_property
    def sent_back(self) -> ClearanceStep | None:
        """By whom in the capital the report was sent back, and why: for the nation alone."""
        return way.sent_back(self.report) if self.report.body.nation in self.actor.nations else None

    @cached_property
    def reference_date(self) -> dt.date:
        return self.pack.cycles[self.cycle].reference_date

    def href(self, name: str, *more: str) -> str:
        return reverse(name, args=[self.visit.alliance.slug, self.cycle, self.report.body.code, *more])

    @property
    def title_href(self) -> str:
        return self.href("report")

    @property
    def checks_href(self) -> str:
        return self.href("report-checks")

    @property
    def history_href(self) -> str:
        return self.href("report-history")

    @cached_property
    def saved_at(self) -> str:
        """When something was last saved, if that was today: 14:32 by the clock of the reader."""
        last = max((cell.changed for cell in self.working.cells.values()), default=None)
        if last is None:
            return ""
        zone = self.visit.time_zone(self.report.body)
        there = last.astimezone(zone)
        return f"{there:%H:%M}" if there.date() == now().astimezone(zone).date() else ""

    # --- what the actor may ----------------------------------------------------------------------------------------

    @cached_property
    def readable(self) -> frozenset[str]:
        return queries.sections_read(self.actor, self.report, self.working)

    def may(self, verb: str) -> bool:
        return can(self.actor, verb, report_target(self.report))

    @property
    def may_assign(self) -> bool:
        return self.may("report.assign")

    @property
    def may_history(self) -> bool:
        return self.may("report.history")

    @property
    def may_look_as(self) -> bool:
        return self.may("report.look_as")

    @property
    def may_declare(self) -> bool:
        return self.may("report.declare_time")

    @property
    def may_talk(self) -> bool:
        """Whether the actor may speak for the nation about the report as a whole."""
        return can(self.actor, "answer.discuss", answer_target(self.report, ""))

    def fill(self, asked: AskedQuestion) -> Decision:
        """Whether the actor may fill in a question, and if not why."""
        posts = self.working.posts_of(asked.section)
        target = answer_target(self.report, asked.section, posts, is_open=self.working.is_open(asked.id))
        return decide(self.actor, "answer.fill", target)

    @cached_property
    def locked_because(self) -> str:
        """Why nothing here can be changed, and when it opens; '' where something can."""
        questions = [q for s in self.working.sheet.sections if s.id in self.readable for q in s.questions]
        decisions = [self.fill(q) for q in questions]
        if any(d.allowed for d in decisions) or not decisions:
            return ""
        return f"{decisions[0].why} {self.opens_when}".strip()

    @cached_property
    def opens_when(self) -> str:
        """When what is locked opens again."""
        state = self.report.state
        if not self.actor.holds("rapporteur", "contributor"):
            return ""
        words = {
            "in_clearance": _("It opens when a post sends it back, or when you take it back."),
            "cleared": _("It opens when you take it back before it is sent."),
            "submitted": _("It opens if the office returns it."),
            "in_review": _("It opens if the office returns it."),
            "returned": _("Only what the office asked about is open."),
            "accepted": _("An error is corrected by request; the old answer is kept beside the new one."),
            "not_submitted": _("It opens if the office reopens it; ask the office."),
        }
        return words.get(state, "")

    # --- how far ----------------------------------------------------------------------------------------------------

    @cached_property
    def _every(self) -> list[Told]:
        every = found_.told(self.working, self.lang, self.readable)
        return [one for one in every if one.asked is None or one.asked.section in self.readable]

    @cached_property
    def told(self) -> list[Told]:
        """Findings in sections that the actor may read; that a question was not begun yet is told apart."""
        return [one for one in self._every if one.asked is None or self.working.parts.get(one.asked.id)]

    @cached_property
    def waiting(self) -> list[AskedQuestion]:
        """Questions of which an answer is owed and that nobody has begun."""
        owed = {
            one.asked.id: one.asked for one in self._every if one.asked and not self.working.parts.get(one.asked.id)
        }
        return list(owed.values())

    @cached_property
    def told_by(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for one in self.told:
            found.setdefault(one.finding.place.question, []).append(one)
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        return found_.counts(self.told)

    @cached_property
    def checks_state(self) -> State:
        """How the checks stand, in a line."""
        late = sum(one.kind == "late" and one.open for one in self.told)
        warn = sum(one.severity == "warning" and one.open for one in self.told)
        if not late and not warn and self.waiting:
            n = len(self.waiting)
            return State("info", "half", ngettext("%(n)d not answered yet", "%(n)d not answered yet", n) % {"n": n})
        if not late and not warn:
            return State("ok", "done", _("Nothing to correct or explain"))
        said = [ngettext("%(n)d error", "%(n)d errors", late) % {"n": late}] if late else []
        said += [ngettext("%(n)d warning", "%(n)d warnings", warn) % {"n": warn}] if warn else []
        return State("late" if late else "risk", "stop" if late else "risk", ", ".join(said))

    @property
    def for_office(self) -> bool:
        """Whoever looks sees how far the report is, and no answer of it."""
        return not self.readable and self.report.body.nation not in self.actor.nations

    @property
    def unread_because(self) -> str:
        """Why whoever is `for_office` reads no answer."""
        if self.report.submitted:
            return _("You see how far this report is. Its answers are for the nation and the posts that review it.")
        return _("The office sees how far a report is. Its answers are read once it is submitted.")

    @cached_property
    def progress(self) -> Progress:
        """Of the sections that the actor may read; to the office, of all."""
        if self.for_office:
            return progress(self.working)
        every = progress(self.working).sections
        mine = {id: counted for id, counted in every.items() if id in self.readable}
        return Progress(sum(a for a, _n in mine.values()), sum(n for _a, n in mine.values()), mine)

    @cached_property
    def sections(self) -> list[SectionRow]:
        return [self._row(s.id, pick(s.title, self.lang)) for s in self.working.sheet.sections if s.id in self.readable]

    def _row(self, id: str, title: str) -> SectionRow:
        done, of = self.progress.sections[id]
        assigned = tuple(self.working.assignments.get(id, ()))
        current = id == self.current
        questions = next(s.questions for s in self.working.sheet.sections if s.id == id)
        listed = tuple(self._short(q) for q in questions) if current else ()
        state = self._section_state(questions, done, of, assigned)
        return SectionRow(id, title, self.href("section", id), state, done, of, assigned, current, listed)

    def _short(self, asked: AskedQuestion) -> tuple[str, State, str]:
        text = pick(asked.question.text, self.lang)
        return f"#q-{asked.id}", self.question_state(asked), f"{asked.number} {text}"

    def _section_state(
        self, questions: Sequence[AskedQuestion], done: int, of: int, assigned: Sequence[Assignment]
    ) -> State:
        told = [one for q in questions for one in self.told_by.get(q.id, ())]
        errors = sum(one.kind == "late" and one.open for one in told)
        if self.report.state == Report.State.RETURNED:
            n = sum(self.working.is_open(q.id) for q in questions)
            if n:
                return State(
                    "risk", "back", ngettext("%(n)d answer open again", "%(n)d answers open again", n) % {"n": n}
                )
            return State("idle", "lock", _("Locked: nothing to change"))
        if errors:
            return State("late", "stop", ngettext("%(n)d error", "%(n)d errors", errors) % {"n": errors})
        if not of:
            return State("idle", "none", _("Does not apply"))
        if done == of:
            return State("ok", "done", _("Complete"))
        waiting = [one for one in assigned if one.done is None]
        if waiting:
            who = listing([self.visit.names.post(one.post) for one in waiting], self.lang)
            return State("info", "half", _("With %(who)s") % {"who": who})
        return State("info", "half", _("In progress")) if done else State("idle", "none", _("Not started"))

    def question_state(self, asked: AskedQuestion) -> State:
        told = self.told_by.get(asked.id, [])
        answered = self.working.is_answered(asked)
        if not self.working.is_put(asked) and not answered:
            return State("idle", "none", _("Does not apply"))
        if not answered and self.working.standing.is_asked(asked) is False:
            return State("idle", "none", _("Not asked"))
        errors = sum(one.kind == "late" and one.open for one in told)
        touched = bool(self.working.parts.get(asked.id))
        if errors:
            return State("late", "stop", ngettext("%(n)d error", "%(n)d errors", errors) % {"n": errors})
        warnings = sum(one.severity == "warning" and one.open for one in told)
        if answered and warnings:
            return State("risk", "risk", ngettext("%(n)d warning", "%(n)d warnings", warnings) % {"n": warnings})
        if answered and any(one.finding.code == "cells.blank" for one in told):
            return State("info", "half", _("In progress"))
        if answered:
            return State("ok", "done", _("Answered"))
        return State("info", "half", _("In progress")) if touched else State("idle", "none", _("Not started"))

    # --- beside it --------------------------------------------------------------------------------------------------

    @cached_property
    def workers(self) -> list[tuple[str, str]]:
        """(post, its sections) of those to whom sections are assigned."""
        found: dict[int, tuple[str, list[str]]] = {}
        for section in self.working.sheet.sections:
            for one in self.working.assignments.get(section.id, ()) if section.id in self.readable else ():
                found.setdefault(one.post_id, (self.visit.names.post(one.post), []))[1].append(section.id)
        return [(name, ", ".join(sections)) for name, sections in found.values()]

    @cached_property
    def taken_over(self) -> int:
        return sum(bool(note.taken_over) for note in self.working.notes.values())

    @property
    def time(self) -> str:
        """What was declared, in hours and minutes."""
        minutes = self.report.minutes
        if minutes is None:
            return ""
        return _("%(h)s h %(m)s min") % {"h": number(minutes // 60, self.lang), "m": f"{minutes % 60:02d}"}

    @cached_property
    def last_visit(self) -> dt.datetime | None:
        """When the person was here before this session."""
        session = self.visit.request.session
        key = f"visit:{self.report.pk}"
        kept = session.get(key)
        if kept is None:
            before = reads.last_visit(self.actor, self.report)
            session[key] = before.isoformat() if before else ""
            return before
        return dt.datetime.fromisoformat(kept) if kept else None

    def note_visit(self) -> None:
        """Writes down that the person is here, every few minutes; what is new since the time before stays shown.

        Where it cannot be written down (the disk is full) the report is read all the same.
        """
        if self.report.body.nation not in self.actor.nations:
            return
        session, key = self.visit.request.session, f"noted:{self.report.pk}"
        _before = self.last_visit  # looked up before it is written over
        noted = session.get(key)
        if noted is None or now() - dt.datetime.fromisoformat(noted) > visiting.EVERY:
            with suppress(OperationalError):
                visiting.note_visit(actor=self.actor, report=self.report)
                session[key] = now().isoformat()

    @cached_property
    def news(self) -> list[tuple[dt.datetime, str, str]]:
        """(when, glyph, words): what others did since the last visit, newest first."""
        since = self.last_visit
        if since is None or self.report.body.nation not in self.actor.nations:
            return []
        from eirene_web.reports.news import News

        return News(self, reads.news(self.actor, self.report, since)).told()
