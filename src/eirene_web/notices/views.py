"""Pages of notices: one’s own, how one is mailed, and the outbox of the office."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene_web.notices import queries, services
from eirene_web.notices.models import Notice, Preference
from eirene_web.notices.words import in_language
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere, Target


@require_safe
@page("notice.see")
def notices(visit: Visit) -> HttpResponse:
    unread = visit.request.GET.get("show") == "unread"
    start = _number(visit.request.GET.get("from", "0"))
    found = queries.own(
        visit.actor, unread=unread, start=start, limit=queries.PAGE + 1, lang=visit.lang, alliance=visit.alliance
    )
    return visit.render(
        "notices/notices.html",
        {
            "notices": found[: queries.PAGE], "unread": unread, "n_unread": queries.unread_count(visit.actor),
            "earlier": start + queries.PAGE if len(found) > queries.PAGE else 0,
        },
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 8 else 0


@require_POST
@page("notice.see")
def read(visit: Visit) -> HttpResponse:
    """Marks those named as read, all of them if none is."""
    named = [int(one) for one in visit.request.POST.getlist("notice") if one.isdigit()]
    services.mark_read(actor=visit.actor, notices=named or None)
    return HttpResponseRedirect(reverse("notices", args=[visit.alliance.slug]))


@require_POST
@page("notice.see")
def go(visit: Visit, pk: int) -> HttpResponse:
    """Marks a notice as read and goes to where it goes on."""
    found = queries.find_own(visit.actor, pk)
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    services.mark_read(actor=visit.actor, notices=[pk])
    where = found.where if found.where.startswith("/") and not found.where.startswith("//") else ""
    return HttpResponseRedirect(in_language(where, visit.lang) or reverse("notices", args=[visit.alliance.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@page("notice.settings")
def choose(visit: Visit) -> HttpResponse:
    visit.ask("notice.settings", Target("notice", visit.alliance.slug, person=visit.actor.person))
    if visit.request.method == "POST":
        services.set_pace(actor=visit.actor, pace=visit.request.POST.get("pace", ""))
        messages.success(visit.request, _("Saved."))
        return HttpResponseRedirect(reverse("notice-settings", args=[visit.alliance.slug]))
    pace = queries.pace_of(visit.person.pk)
    return visit.render("notices/settings.html", {"pace": pace, "paces": Preference.Pace.choices})


@require_safe
@page("outbox.see")
def outbox(visit: Visit) -> HttpResponse:
    state = visit.request.GET.get("state", "")
    state = state if state in Notice.Mail.values else ""
    start = _number(visit.request.GET.get("from", "0"))
    found = queries.outbox(visit.actor, state=state, start=start, limit=queries.PAGE + 1)
    counts = queries.outbox_counts(visit.actor)
    return visit.render(
        "notices/outbox.html",
        {
            "rows": found[: queries.PAGE], "state": state, "mail_server": settings.MAIL_SERVER is not None,
            "states": [(code, word, counts[code]) for code, word in Notice.Mail.choices if counts.get(code)],
            "earlier": start + queries.PAGE if len(found) > queries.PAGE else 0,
        },
    )  # fmt: skip


@require_POST
@page("outbox.send_again")
def send_again(visit: Visit, pk: int) -> HttpResponse:
    services.send_again(actor=visit.actor, notice=pk)
    return HttpResponseRedirect(reverse("outbox", args=[visit.alliance.slug]))
