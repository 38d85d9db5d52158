"""Pages of what is done in the background: the list, one job with its progress, cancelling and running it again."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from eirene_web.organisations.visit import Visit, page
from eirene_web.work import queries, services
from eirene_web.work.targets import CANCELLABLE


@require_safe
@page("job.see", "office_job.see")
def jobs(visit: Visit) -> HttpResponse:
    start = _number(visit.request.GET.get("from", "0"))
    found = list(queries.jobs(visit.actor)[start : start + queries.PAGE + 1])
    shown = found[: queries.PAGE]
    return visit.render(
        "work/jobs.html",
        {
            "jobs": shown,
            "earlier": start + queries.PAGE if len(found) > queries.PAGE else 0,
            "several": len({job.person_id for job in shown}) > 1,
        },
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 8 else 0


@require_safe
@page("job.see", "office_job.see")
def job(visit: Visit, pk: int) -> HttpResponse:
    found = queries.find_job(visit.actor, pk)
    return visit.render("work/job.html", {"job": found, "renews": found.state in CANCELLABLE})


@require_safe
@page("job.see", "office_job.see")
def progress(visit: Visit, pk: int) -> HttpResponse:
    """The part of a page that renews itself."""
    return visit.render("work/progress.html", {"job": queries.find_job(visit.actor, pk)})


@require_POST
@page("job.cancel", "office_job.cancel")
def cancel(visit: Visit, pk: int) -> HttpResponse:
    services.cancel(actor=visit.actor, job=pk)
    return _to_job(visit, pk)


@require_POST
@page("job.run_again", "office_job.run_again")
def run_again(visit: Visit, pk: int) -> HttpResponse:
    services.run_again(actor=visit.actor, job=pk)
    return _to_job(visit, pk)


def _to_job(visit: Visit, pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("job", args=[visit.alliance.slug, pk]))
