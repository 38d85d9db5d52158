"""Pages: the history of a body, raising a text, deciding on it, naming the posts that do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene_web.clock import now
from eirene_web.custody import drill, export, history, keeping
from eirene_web.custody.models import Concern, Designated
from eirene_web.custody.quarantine import holder_of
from eirene_web.organisations.models import Body
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere

_FORMS = {"csv": (export.as_csv, "text/csv; charset=utf-8"), "json": (export.as_json, "application/json")}


def _body(visit: Visit, code: str) -> Body:
    """The office is called `office` in addresses."""
    found = history.bodies(visit.actor, visit.alliance)
    body = next((b for b in found if code == (b.code if b.nation else "office")), None)
    if body is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return body


@require_safe
@page("journal.read")
def index(visit: Visit) -> HttpResponse:
    found = history.bodies(visit.actor, visit.alliance)
    if not found:
        raise NotThere(_("There is no such page, or it is not for you."))
    shown = [(b.code if b.nation else "office", visit.names.body(b)) for b in found]
    if len(shown) == 1:
        return HttpResponseRedirect(reverse("history", args=[visit.alliance.slug, shown[0][0]]))
    return visit.render("custody/index.html", {"bodies": shown})


@require_safe
@page("journal.read")
def body(visit: Visit, body: str) -> HttpResponse:
    found, wanted = _body(visit, body), history.Wanted.of(visit.request.GET)
    everything = history.entries(visit.actor, visit.alliance, found.nation, history.Wanted())
    rows = history.entries(visit.actor, visit.alliance, found.nation, wanted)
    after = visit.request.GET.get("after", "")
    words = history.Words(visit.alliance, visit.lang, now().date())
    lines, more = history.page(visit.actor, words, rows, wanted, int(after) if after.isdigit() else None)
    return visit.render(
        "custody/history.html",
        {
            "body": body, "name": visit.names.body(found), "lines": lines, "wanted": wanted, "query": wanted.query(),
            "next": wanted.query(after=more) if more else "", "people": history.people(everything),
            "verbs": history.verbs(everything), "is_office": not found.nation,
            "turned": wanted.query(order="new" if wanted.order == "old" else "old"),
        },
    )  # fmt: skip


@require_safe
@page("journal.read")
def take_out(visit: Visit, body: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """What the page shows, whole, as a file."""
    if form not in _FORMS:
        raise NotThere(_("There is no such page, or it is not for you."))
    found, wanted = _body(visit, body), history.Wanted.of(visit.request.GET)
    rows = history.entries(visit.actor, visit.alliance, found.nation, wanted)
    write, kind = _FORMS[form]
    words = history.Words(visit.alliance, visit.lang, now().date())
    response = StreamingHttpResponse(write(history.stream(words, rows, wanted)), content_type=kind)
    name = f"history-{visit.alliance.slug}-{body}-{now():%Y-%m-%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- a name slipped in ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page("text.raise")
def raise_text(visit: Visit) -> HttpResponse:
    """Asks once more, then takes the text out of sight."""
    request = visit.request
    ref = (request.POST if request.method == "POST" else request.GET).get("ref", "")[:300]
    holder, key = holder_of(ref)
    if holder is None or not holder.may_read(visit.actor, visit.alliance.slug, key):
        raise NotThere(_("There is no such page, or it is not for you."))
    if request.method == "POST":
        why = request.POST.get("why", "")
        concern = drill.raise_concern(actor=visit.actor, alliance=visit.alliance.slug, ref=ref, why=why)
        messages.success(request, _("It is out of sight. The post that decides has been told."))
        return HttpResponseRedirect(reverse("concern", args=[visit.alliance.slug, concern.pk]))
    found = holder.find(visit.alliance.slug, key)
    return visit.render("custody/raise.html", {"ref": ref, "found": found, "reasons": Concern.Why.choices})


@require_safe
@page("concern.see")
def quarantine(visit: Visit) -> HttpResponse:
    """What waits for this person's decision, and what they raised."""
    return visit.render("custody/quarantine.html", {"concerns": keeping.concerns(visit.actor, visit.alliance)})


@require_safe
@page("concern.see", "concern.decide")
def concern(visit: Visit, concern: int) -> HttpResponse:
    found = keeping.find_concern(visit.actor, visit.alliance, concern)
    decides = visit.can("concern.decide", drill.concern_target(found))
    context = {
        "concern": found, "decides": decides, "facts": keeping.facts(found),
        "texts": keeping.texts(visit.actor, found) if decides else [], "backups": keeping.backups_with(found),
    }  # fmt: skip
    return visit.render("custody/concern.html", context)


@require_http_methods(["POST"])
@page("concern.decide")
def decide(visit: Visit, concern: int) -> HttpResponse:
    found = keeping.find_concern(visit.actor, visit.alliance, concern)
    if visit.request.POST.get("do") == "purge":
        drill.purge(actor=visit.actor, concern=found.pk)
        messages.success(visit.request, _("It was removed for good."))
    else:
        drill.release(actor=visit.actor, concern=found.pk)
        messages.success(visit.request, _("It is back where it was."))
    return HttpResponseRedirect(reverse("concern", args=[visit.alliance.slug, found.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@page("designate")
def designated(visit: Visit) -> HttpResponse:
    """The posts that decide on quarantine and keep the attestation."""
    chosen = keeping.duties(visit.actor, visit.alliance, visit.names)
    if not chosen:
        raise NotThere(_("There is no such page, or it is not for you."))
    request = visit.request
    if request.method == "POST":
        posts = [int(p) for p in request.POST.getlist("posts") if p.isascii() and p.isdigit()]
        drill.designate(
            actor=visit.actor, alliance=visit.alliance.slug, nation=request.POST.get("nation", ""),
            duty=request.POST.get("duty", ""), posts=posts,
        )  # fmt: skip
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("designated", args=[visit.alliance.slug]))
    return visit.render("custody/designated.html", {"duties": chosen, "Duty": Designated.Duty})
