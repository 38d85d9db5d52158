"""What pages of cycles and reports share: one page that asks before something is done, and where to go afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from eirene.errors import Problem
from eirene_web.organisations.visit import Visit
from eirene_web.reports.asking import Input, filled
from eirene_web.reports.models import Cycle, Report


def at_cycle(visit: Visit, name: str, cycle: Cycle | str, *more: object) -> str:
    return reverse(name, args=[visit.alliance.slug, cycle.code if isinstance(cycle, Cycle) else cycle, *more])


def at_report(visit: Visit, name: str, report: Report, *more: object) -> str:
    return reverse(name, args=[visit.alliance.slug, report.cycle.code, report.body.code, *more])


def done(visit: Visit, text: str, where: str) -> HttpResponse:
    """Back to where it goes on, with a word about what was done."""
    messages.success(visit.request, text)
    return HttpResponseRedirect(where)


def asking(
    visit: Visit,
    *,
    title: str,
    back: str,
    action: str,
    kicker: str = "",
    lead: str = "",
    follows: Sequence[str] = (),
    inputs: Iterable[Input] = (),
    problems: Iterable[Problem] = (),
    danger: bool = False,
    hidden: Iterable[tuple[str, str]] = (),
    template: str = "reports/asking.html",
    **more: Any,
) -> HttpResponse:
    """A page that says what will follow, asks for what is needed, and has one button; as 400 with problems."""
    told, shown = list(problems), list(inputs)
    context = {
        "title": title, "back": back, "action": action, "kicker": kicker, "lead": lead, "follows": list(follows),
        "inputs": filled(shown, visit.request, told), "problems": told, "places": [one.name for one in shown],
        "danger": danger, "hidden": list(hidden),
        "multipart": any(one.kind == "file" for one in shown), **more,
    }  # fmt: skip
    return visit.render(template, context, status=400 if told else 200)


def reason(label: str = "", *, help: str = "") -> Input:
    """The reason that is kept and shown."""
    return Input(
        "why", label or _("Reason"), "area", help=help or _("Kept in the history; those concerned read it."),
        required=True,
    )  # fmt: skip
