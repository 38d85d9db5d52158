"""Filling in: the task list of a report and its sections, as one form that works without a script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import EireneError, UsageError
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import forms, queries
from eirene_web.reports.frame import Frame
from eirene_web.reports.models import Report, Thread
from eirene_web.reports.services import assigning, discussing, evidence, filling
from eirene_web.reports.services.filling import Edit, Outcome
from eirene_web.reports.sheet import SectionPage
from eirene_web.reports.views import filling_checks, filling_json, filling_pages
from eirene_web.reports.working import Working


@require_safe
@page("report.see")
def report(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """The task list: what is to be done, by whom, until when."""
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    frame = Frame(visit, found)
    frame.note_visit()
    return visit.render("reports/report.html", {"frame": frame, "report": found, "about": _about(frame)})


def _about(frame: Frame) -> list[Thread]:
    """Conversations about the report as a whole, for those who read all of it."""
    return reads.threads(frame.actor, frame.report, [""]) if frame.may_history or frame.actor.in_office else []


@require_http_methods(["GET", "HEAD", "POST"])
@page("answer.read", "answer.fill", "answer.discuss")
def section(visit: Visit, cycle: str, body: str, section: str) -> HttpResponse:
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    working = queries.working(visit.actor, found, section)
    if visit.request.method == "POST":
        return Sent(visit, found, working, section).answer()
    frame = Frame(visit, found, current=section, working=working)
    frame.note_visit()
    return render_section(visit, SectionPage(frame, section))


def render_section(
    visit: Visit, shown: SectionPage, *, kept: dict[str, str] | None = None, status: int = 200,
    trouble: dict[str, Any] | None = None, unsaved: Iterable[tuple[str, str, str]] = (),
) -> HttpResponse:  # fmt: skip
    context = {
        "frame": shown.frame, "page": shown, "report": shown.frame.report, "kept": kept or {},
        "trouble": trouble or {}, "unsaved": list(unsaved), "words": filling_json.words(shown.frame.pack, visit.lang),
        "endings": ",".join(f".{e}" for e in evidence.KINDS),
    }  # fmt: skip
    return visit.render("reports/section.html", context, status=status)


class Sent:
    """A form of a section that was sent: what was typed is saved first, then the button that was pressed is obeyed.

    Nothing typed is lost: what cannot be read, clashes with somebody else's change or was not meant to be sent yet
    stands in the page that comes back.
    """

    def __init__(self, visit: Visit, report: Report, working: Working, section: str) -> None:
        self.visit, self.report, self.working, self.section = visit, report, working, section
        self.post = visit.request.POST
        self.asked = next(s for s in working.sheet.sections if s.id == section).questions
        self.action, _colon, self.argument = self.post.get("do", "save").partition(":")
        self.trouble: dict[str, Any] = {}
        self.clashes: list[filling.Conflict] = []
        self.versions: dict[tuple[str, str], int] = {}

    def answer(self) -> HttpResponse:
        read = forms.posted(self.working.pack, self.asked, self.post, self.visit.lang)
        settled, left = self._settled()
        told = {(edit.question, edit.part) for edit in [*settled, *left]}
        edits = [e for e in read.edits if (e.question, e.part) not in told] + settled + left
        outcome = self._save(edits)
        typos = [*read.typos, *(_refused(one) for one in outcome.refused)]
        self.versions = {(s.question, s.part): s.version for s in outcome.saved}
        attached = self._attach()
        done = self._act(self.argument) or attached
        kept = self._kept(done)
        clashes = [*outcome.conflicts, *self.clashes]
        if typos or clashes or self.trouble or kept:
            fresh = Working(queries.find_report(self.visit.actor, self.visit.alliance, self.report.cycle.code,
                                                self.report.body.code))  # fmt: skip
            typed = {(t.question, t.part): t.typed for t in typos}
            frame = Frame(self.visit, fresh.report, current=self.section, working=fresh)
            shown = SectionPage(frame, self.section, typed, typos, clashes)
            status = 409 if clashes else 422 if typos or self.trouble else 200
            return render_section(self.visit, shown, kept=kept, status=status, trouble=self.trouble,
                                  unsaved=self._unsaved(typos))  # fmt: skip
        return self._back(outcome, done)

    # --- saving -----------------------------------------------------------------------------------------------------

    def _save(self, edits: list[Edit]) -> Outcome:
        if not edits:
            return Outcome(self.report.version)
        return filling.save_answers(actor=self.visit.actor, report=self.report.pk, edits=edits)

    def _settled(self) -> tuple[list[Edit], list[Edit]]:
        """Clashes that somebody has decided upon in favour of their own value; and those that are still open."""
        settled: list[Edit] = []
        left: list[Edit] = []
        for name in self.post:
            if not name.startswith("mine:"):
                continue
            question, _colon, part = name.removeprefix("mine:").partition(":")
            if question not in {a.id for a in self.asked}:
                continue
            choice = self.post.get(f"conflict:{question}:{part}", "")
            base = self.post.get(f"base:{question}:{part}", "")
            mine = _json(self.post[name])
            if choice == "mine":
                settled.append(Edit(question, part, mine, int(base) if base.isdigit() else -1))
            elif choice != "theirs":
                left.append(Edit(question, part, mine, -1))
        return settled, left

    # --- the button that was pressed --------------------------------------------------------------------------------

    def _act(self, argument: str) -> str:
        """What was done, in words; '' where nothing beside saving was asked or it failed (`trouble` says why)."""
        act = {
            "take": self._take, "take_definition": self._take_definition, "confirm": self._confirm,
            "file": self._file, "file_remove": self._file_remove, "file_mark": self._file_mark,
            "ask": self._ask, "note": self._ask, "reply": self._reply, "close": self._close, "done": self._done,
        }.get(self.action)  # fmt: skip
        if act is None:
            return ""
        try:
            return act(argument)
        except NotThere:
            raise
        except EireneError as error:
            self.trouble[self._question_of(argument)] = error
            return ""

    def _question_of(self, argument: str) -> str:
        ids = {asked.id for asked in self.asked}
        return argument if argument in ids else self.post.get(f"of:{self.action}:{argument}", "")

    def _base(self, question: str) -> dict[str, int]:
        """Versions of an answer as the page showed them, and as they are since what was typed was saved."""
        seen = forms.read_seen(self.post.get(f"seen:{question}", ""))
        saved = {part: version for (id, part), version in self.versions.items() if id == question}
        return {part: version for part, (version, _text) in seen.items()} | saved

    def _told(self, outcome: Outcome, done: str) -> str:
        self.clashes += outcome.conflicts
        return "" if outcome.conflicts else done

    def _take(self, question: str) -> str:
        outcome = filling.take_over(
            actor=self.visit.actor, report=self.report.pk, question=question, base=self._base(question)
        )
        return self._told(outcome, _("Last year’s answer was taken over. Look at it once more."))

    def _take_definition(self, question: str) -> str:
        outcome = filling.take_definition(
            actor=self.visit.actor, report=self.report.pk, question=question, base=self._base(question)
        )
        return self._told(outcome, _("Last year’s definition was taken over."))

    def _confirm(self, question: str) -> str:
        filling.confirm_same(actor=self.visit.actor, report=self.report.pk, question=question)
        return _("Confirmed: the same number as last year.")

    def _attach(self) -> str:
        """Every file that was chosen, whichever button was pressed: it is as good as typed."""
        n = 0
        for asked in self.asked:
            for one in self.visit.request.FILES.getlist(f"file:{asked.id}"):
                try:
                    self._attach_one(asked.id, one)
                except EireneError as error:
                    self.trouble[asked.id] = error
                else:
                    n += 1
        return ngettext("%(n)d file was attached.", "%(n)d files were attached.", n) % {"n": n} if n else ""

    def _attach_one(self, question: str, given: Any) -> None:
        evidence.add_evidence(
            actor=self.visit.actor, report=self.report.pk, question=question, name=given.name or "file",
            content=_content(given), releasability=self.post.get(f"to:{question}", ""),
        )  # fmt: skip

    def _file(self, question: str) -> str:
        """The files themselves are taken by `_attach`."""
        if not self.visit.request.FILES.getlist(f"file:{question}"):
            raise UsageError(_("No file was chosen."), remedy=_("Choose one, then press the button again."))
        return ""

    def _file_remove(self, file: str) -> str:
        evidence.remove_evidence(actor=self.visit.actor, report=self.report.pk, file=_number(file))
        return _("The file was removed.")

    def _file_mark(self, file: str) -> str:
        to = self.post.get(f"mark:{file}", "")
        evidence.mark_evidence(actor=self.visit.actor, report=self.report.pk, file=_number(file), releasability=to)
        return _("The marking of the file was changed.")

    def _ask(self, question: str) -> str:
        kind = Thread.Kind.QUESTION if self.action == "ask" else Thread.Kind.NATIONAL
        discussing.open_thread(
            actor=self.visit.actor, report=self.report.pk, kind=kind, question=question,
            text=self.post.get(f"{self.action}:{question}", ""),
        )  # fmt: skip
        return _("Sent to the office.") if kind == Thread.Kind.QUESTION else _("The note was kept within your nation.")

    def _reply(self, thread: str) -> str:
        discussing.write(actor=self.visit.actor, thread=_number(thread), text=self.post.get(f"reply:{thread}", ""))
        return _("Sent.")

    def _close(self, thread: str) -> str:
        discussing.close_thread(actor=self.visit.actor, thread=_number(thread))
        return _("The conversation was closed.")

    def _done(self, argument: str) -> str:
        assigning.mark_done(actor=self.visit.actor, report=self.report.pk, section=self.section, done=argument != "not")
        return _("Your part is marked as done.") if argument != "not" else _("Your part is open again.")

    # --- what comes back --------------------------------------------------------------------------------------------

    def _kept(self, done: str) -> dict[str, str]:
        """Messages that were typed and not sent: they go back into their boxes."""
        sent = f"{self.action}:{self.argument}" if done else ""
        return {
            name: text
            for name, text in self.post.items()
            if name.partition(":")[0] in ("ask", "note", "reply") and name != sent and str(text).strip()
        }

    def _unsaved(self, typos: Iterable[forms.Typo]) -> Iterator[tuple[str, str, str]]:
        """What could not be taken, for the head of the page: (anchor, number of the question, why)."""
        numbers = {asked.id: asked.number for asked in self.asked}
        for question, error in self.trouble.items():
            yield f"q-{question}" if question in numbers else "main", numbers.get(question, ""), str(error)
        for typo in typos:
            yield f"t-{typo.question}", numbers.get(typo.question, ""), typo.what

    def _back(self, outcome: Outcome, done: str) -> HttpResponse:
        n = len(outcome.saved)
        if n:
            said = ngettext("%(n)d change saved, version %(v)d.", "%(n)d changes saved, version %(v)d.", n)
            messages.success(self.visit.request, said % {"n": n, "v": outcome.version})
        if done:
            messages.success(self.visit.request, done)
        if not n and not done:
            messages.info(self.visit.request, _("Nothing was changed."))
        where = self.post.get(f"of:{self.action}:{self.argument}", "") or self.argument
        anchor = f"#q-{where}" if where in {asked.id for asked in self.asked} else ""
        return HttpResponseRedirect(self.visit.request.path + anchor)


def _refused(one: filling.Refused) -> forms.Typo:
    return forms.Typo(one.question, one.part, one.value, one.problem.what, one.problem.remedy)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 15:
        raise NotThere(_("There is no such page, or it is not for you."))
    return int(text)


def _content(given: Any) -> bytes:
    """Not more of a file than is taken, so that a large one is refused and never read whole."""
    from django.conf import settings

    return bytes(given.read(settings.EIRENE_UPLOAD_BYTES + 1))


urlpatterns = [
    path("<code:cycle>/<code:body>/", report, name="report"),
    path("<code:cycle>/<code:body>/section/<code:section>/", section, name="section"),
    *filling_json.urlpatterns,
    *filling_checks.urlpatterns,
    *filling_pages.urlpatterns,
]
