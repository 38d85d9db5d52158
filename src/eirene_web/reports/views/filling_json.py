"""What the script of a section's page talks to: saving by the cell, and what others changed meanwhile.

POST …/section/<id>/save    {"edits": [{"question", "part", "typed", "base"}]}
                            → {"version", "at", "saved": [{…, "version", "shown"}], "conflicts": […], "refused": […]}
GET  …/section/<id>/state?since=<version>&checks=1
                            → {"version", "at", "typing", and if anything changed "parts", "questions", …}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.errors import EireneError, UsageError
from eirene.formats.typed import mark_of
from eirene.framework import Pack
from eirene_web.clock import now
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import filling_queries as reads
from eirene_web.reports import forms, queries, wording
from eirene_web.reports.frame import Frame
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit, Outcome
from eirene_web.reports.sheet import SectionPage
from eirene_web.reports.working import Working
from eirene_web.ui.templatetags.work import meter

#: Bytes that one request may have.
MOST_BYTES = 2_000_000


class TooMuch(UsageError):
    """More than one request may carry."""


def as_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What is refused is told as JSON, in words."""

    @wraps(view)
    def serve(*args: Any, **names: Any) -> HttpResponse:
        try:
            return view(*args, **names)
        except EireneError as error:
            status = 404 if isinstance(error, NotThere) else 403 if isinstance(error, NotAllowed) else 400
            status = 413 if isinstance(error, TooMuch) else status
            problems = [{"what": p.what, "remedy": p.remedy} for p in error.problems]
            return _json({"problems": problems}, status)

    return serve


def _json(data: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@page("answer.fill")
@as_json
def save(visit: Visit, cycle: str, body: str, section: str) -> HttpResponse:
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    working = queries.working(visit.actor, found, section)
    asked = {a.id: a for s in working.sheet.sections if s.id == section for a in s.questions}
    edits: list[Edit] = []
    refused: list[dict[str, Any]] = []
    for given in _edits(visit):
        question, part = str(given.get("question", "")), str(given.get("part", ""))[:200]
        base = given.get("base", 0)
        if question not in asked or type(base) is not int:
            raise UsageError(_("The question %(id)s is not asked in this section.") % {"id": question[:80]})
        try:
            value = forms.read_box(working.pack, asked[question], part, given.get("typed"), visit.lang)
        except forms.NotRead as error:
            refused.append(_refusal(question, part, error.what, error.remedy, error.readings))
            continue
        edits.append(Edit(question, part, value, base))
    outcome = filling.save_answers(actor=visit.actor, report=found.pk, edits=edits) if edits else Outcome(found.version)
    return _json(_told(visit, working, asked, outcome, refused))


def _edits(visit: Visit) -> list[dict[str, Any]]:
    length = visit.request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise TooMuch(
            _("So much at once cannot be taken."), remedy=_("Shorten the text, or attach it as a file to the answer.")
        )
    try:
        given = json.loads(visit.request.body)
    except (ValueError, RecursionError):
        raise UsageError(_("This is not what the page sends.")) from None
    edits = given.get("edits") if isinstance(given, dict) else None
    if not isinstance(edits, list) or not all(isinstance(one, dict) for one in edits):
        raise UsageError(_("This is not what the page sends."))
    if len(edits) > filling.MOST_EDITS:
        raise TooMuch(_("So many changes cannot be taken at once."), remedy=_("Send them in smaller parts."))
    return edits


def _refusal(question: str, part: str, what: str, remedy: str, readings: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"question": question, "part": part, "what": what, "remedy": remedy, "readings": list(readings)}


def _told(
    visit: Visit, working: Working, asked: dict[str, Any], outcome: Outcome, refused: list[dict[str, Any]]
) -> dict[str, Any]:
    pack, lang = working.pack, visit.lang

    def shown(question: str, part: str, value: Any) -> Any:
        return (value or "") if part == "status" else forms.shown(pack, asked[question].question, part, value, lang)

    def said(question: str, part: str, value: Any) -> str:
        return wording.part_value(pack, asked[question], part, value, lang) or _("nothing")

    return {
        "version": outcome.version,
        "at": at(visit, working.report.body),
        "saved": [
            {"question": s.question, "part": s.part, "version": s.version, "shown": shown(s.question, s.part, s.value)}
            for s in outcome.saved
        ],
        "conflicts": [
            {
                "question": c.question, "part": c.part, "version": c.version, "who": c.who,
                "when": c.when and _hour(visit, working, c.when),
                "name": f"{asked[c.question].number}, {wording.part_words(pack, asked[c.question], c.part, lang)}",
                "mine": said(c.question, c.part, c.mine), "theirs": said(c.question, c.part, c.theirs),
                "shown": shown(c.question, c.part, c.theirs),
            }
            for c in outcome.conflicts
        ],
        "refused": [
            *refused,
            *(_refusal(r.question, r.part, r.problem.what, r.problem.remedy) for r in outcome.refused),
        ],
    }  # fmt: skip


def at(visit: Visit, body: Any) -> str:
    return f"{now().astimezone(visit.time_zone(body)):%H:%M}"


def _hour(visit: Visit, working: Working, when: str) -> str:
    import datetime as dt

    return f"{dt.datetime.fromisoformat(when).astimezone(visit.time_zone(working.report.body)):%H:%M}"


@require_safe
@page("answer.read")
@as_json
def state(visit: Visit, cycle: str, body: str, section: str) -> HttpResponse:
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    working = queries.working(visit.actor, found, section)
    given = visit.request.GET.get("since", "")
    changed = not given.isdigit() or int(given) != found.version
    ids = [a.id for s in working.sheet.sections if s.id == section for a in s.questions]
    data: dict[str, Any] = {"version": found.version, "at": at(visit, found.body)}
    if not changed and "checks" not in visit.request.GET:
        data["typing"] = _typing(visit, working, ids)
        return _json(data)
    frame = Frame(visit, found, current=section, working=working)
    shown = SectionPage(frame, section)
    data["typing"] = {id: _is_typing(who) for id, who in shown.typing.items()}
    data["progress"] = _progress(frame)
    data["rail"] = render_to_string("reports/_tasks.html", {"frame": frame, "report": found, "visit": visit})
    data["errors"] = render_to_string("reports/_errors.html", {"page": shown})
    data["questions"] = {
        q.id: {
            "state": render_to_string("reports/_state.html", {"state": q.state}),
            "findings": render_to_string("reports/_findings.html", {"q": q, "frame": frame}),
            "reads": render_to_string("reports/_reads.html", {"q": q}),
            "folded": q.folded,
            "owes": q.owes_words,
            "flags": {part: kind for part, (kind, _why) in q._flags().items()},
        }
        for q in shown.questions
    }
    if changed:
        data["parts"] = {q.id: q.seen_parts() for q in shown.questions}
    return _json(data)


def _typing(visit: Visit, working: Working, ids: list[str]) -> dict[str, str]:
    who = reads.typing(visit.actor, working.report, ids)
    posts = reads.posts_held(who.values(), working.report.body.nation)
    return {q: _is_typing(visit.names.post(posts[p])) for q, p in who.items() if p in posts}


def _is_typing(who: str) -> str:
    return _("%(who)s is typing here now. You can both work; each cell is saved by itself.") % {"who": who}


def _progress(frame: Frame) -> dict[str, str]:
    done, of = frame.progress.answered, frame.progress.of
    return {
        "text": _("%(done)s of %(of)s questions answered") % {"done": done, "of": of},
        "meter": str(meter(done, of)),
    }


def words(pack: Pack, lang: str) -> dict[str, Any]:
    """What the script says, and the short marks that say why a cell has no number."""
    languages = dict.fromkeys([lang, "en", "fr", *pack.header.languages])
    known = {mark_of(pack, status, one).lower(): status for one in languages for status in forms.REASONS}
    return {
        "marks": {status: mark_of(pack, status, lang) for status in forms.REASONS},
        "known_marks": known,
        "saved": _("All changes saved at %s"),
        "version": _("on the server, version %s"),
        "saving": _("Saving …"),
        "typing": _("Not saved yet"),
        "offline": _("Not saved: no connection"),
        "kept": _("Your changes are kept in this page and will be sent."),
        "again": _("Try again now"),
        "signed_out": _("Not saved: you are signed out"),
        "sign_in": _("Sign in in another tab"),
        "sign_in_then": _("Then it is sent by itself; everything typed is kept in this page."),
        "refused": _("Not saved: look at the marked boxes"),
        "locked": _("Not saved: this may not be changed"),
        "trouble": _("Not saved: the server could not take it"),
        "conflict": _("Not saved: somebody else changed the same"),
        "conflict_choose": _("Choose which value shall stand."),
        "yours": _("You wrote: %s"),
        "theirs": _("%(who)s wrote at %(when)s: %(value)s"),
        "take_mine": _("Keep mine"),
        "take_theirs": _("Take theirs"),
        "reading": _("I mean %s"),
        "restored": _("Changes that had not been sent were kept and are being sent now."),
        "pasted": _("%s cells pasted"),
        "pasted_over": _("%s values did not fit into the table and were left out."),
        "copied": _("%s cells copied"),
        "undone": _("undone"),
        "redone": _("done again"),
        "sum": _("%(n)s cells, sum %(sum)s"),
        "cells": _("%s cells"),
        "no_data": _("No data"),
        "not_applicable": _("Not applicable"),
        "withheld": _("Not releasable"),
        "empty": _("Empty"),
        "menu": _("Why there is no number"),
        "line_up": _("Move up"),
        "line_down": _("Move down"),
        "line_gone": _("Remove this line"),
        "others": _("%s changed by others"),
        "too_long": _("%(n)s characters; %(most)s are allowed"),
    }


urlpatterns = [
    path("<code:cycle>/<code:body>/section/<code:section>/save", save, name="section-save"),
    path("<code:cycle>/<code:body>/section/<code:section>/state", state, name="section-state"),
]
