"""Having it agreed: silence from the office’s side, and a draft that went out as its readers see it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.text import pick
from eirene_web.clock import now
from eirene_web.editions import queries
from eirene_web.editions.forms import local, no_button, number, owed_instant
from eirene_web.editions.models import Circulation
from eirene_web.editions.naming import titles
from eirene_web.editions.preview import circulated, section_html, section_of, stub
from eirene_web.editions.services import drafting, silence
from eirene_web.editions.targets import edition_target
from eirene_web.editions.views.desk import frame, to
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere


@require_safe
@page("edition.see")
def office(visit: Visit, cycle: str) -> HttpResponse:
    """Silence as the office runs it: what is out, who asked for time, who broke it and why, how drafts ended."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    sent = queries.circulations(draft)
    labels = {one["ref"]: pick(one["label"], visit.lang) for row in sent for one in row.statements}
    return visit.render("editions/silence.html", {
        **frame(visit, draft, "silence"),
        "circulations": sent,
        "out": next((one for one in sent if one.state in ("preparing", "open")), None),
        "broken": next((one for one in sent if one.state == "broken" and not one.outcome), None),
        "labels": {**titles(draft, visit.names, visit.lang), **labels},
        "names": visit.names,
        "outcomes": [o for o in Circulation.Outcome.choices if o[0] != "agreed"],
        "job": queries.job_of(draft, "edition.circulate"),
        "zone": visit.time_zone(),
        "suggested": local(now().replace(minute=0), visit.time_zone()),
        "over": [one.pk for one in sent if one.state == "open" and one.expires <= now()],
    })  # fmt: skip


@require_POST
@page("edition.circulate", "edition.extend_silence", "edition.decide_outcome", "edition.sign_off")
def act(visit: Visit, cycle: str) -> HttpResponse:
    """Sends out, recalls, extends, decides, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    data, actor, zone = visit.request.POST, visit.actor, visit.time_zone()
    circulation, why = number(data.get("circulation")), data.get("why", "")
    match data.get("do"):
        case "circulate":
            made = silence.circulate(
                actor=actor, draft=draft.pk, expires=owed_instant(data.get("expires", ""), zone),
                version=number(data.get("version")),
            )  # fmt: skip
            messages.success(visit.request, _("Draft %(n)s goes out under silence.") % {"n": made.number})
        case "recall":
            silence.recall(actor=actor, draft=draft.pk, circulation=circulation, why=why)
        case "extend":
            until = owed_instant(data.get("until", ""), zone)
            silence.extend(actor=actor, draft=draft.pk, circulation=circulation, until=until, why=why)
        case "grant" | "decline":
            silence.decide_extension(
                actor=actor, draft=draft.pk, extension=number(data.get("extension")), grant=data.get("do") == "grant",
                answer=data.get("answer", ""),
            )  # fmt: skip
        case "outcome":
            silence.decide(
                actor=actor, draft=draft.pk, circulation=circulation, outcome=data.get("outcome", ""), why=why
            )
        case "revise":
            drafting.revise(actor=actor, draft=draft.pk, why=why)
            return to(visit, "draft", cycle)
        case _:
            raise no_button()
    visit.ask("edition.see", edition_target(draft))
    return to(visit, "edition-silence", cycle)


@require_safe
@page("edition.see", "part.see")
def out(visit: Visit, cycle: str, number: int) -> HttpResponse:
    """A draft that went out, as the reader’s audience sees it; a partner sees its own chapter alone."""
    nation = next(iter(visit.actor.nations), "")
    if queries.sees_draft(visit.actor, visit.alliance.slug):
        draft = queries.find_draft(visit.actor, visit.alliance, cycle)
        pack = opened(draft.cycle.pack_id)
        chosen = visit.request.GET.get("for", "")
        codes = [a.code for a in pack.header.audiences]
        audience, whole = (chosen if chosen in codes else codes[0]), True
    else:
        draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
        pack = opened(draft.cycle.pack_id)
        own = queries.own_part(visit.actor, draft, nation)
        audience, whole = own.audience, own.common
    sent = queries.find_circulation(draft, number)
    if sent.opened is None or (sent.state == Circulation.State.RECALLED and nation):
        raise NotThere(_("There is no such page, or it is not for you."))
    documents = {lang: circulated(sent.pk, audience, lang) for lang in pack.header.languages}
    document = documents.get(visit.lang) or next(iter(documents.values()))
    if document is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    wanted = visit.request.GET.get("chapter", "") if whole else f"body-{nation}"
    wanted = wanted or document.sections[0].id
    columns = []
    for lang, one in documents.items():
        section = section_of(one, wanted) if one is not None else None
        if section is not None:
            columns.append((lang, section_html(section, stub(pack, lang), lang)))
    if not columns:
        raise NotThere(_("There is no such page, or it is not for you."))
    return visit.render("editions/out.html", {
        **frame(visit, draft, "silence"),
        "sent": sent, "columns": columns, "wanted": wanted, "whole": whole, "document": document, "nation": nation,
        "chapters": [(s.id, s.number, s.title) for s in document.sections] if whole else [],
        "bodies": [(b.id, b.title) for s in document.sections for b in s.sections if b.kind == "body"]
        if whole and wanted == next((s.id for s in document.sections if any(b.kind == "body" for b in s.sections)), "")
        else [],
        "audience": next(a for a in pack.header.audiences if a.code == audience),
        "audiences": pack.header.audiences if not nation else [],
    })  # fmt: skip


urlpatterns = [
    path("editions/<code:cycle>/silence/", office, name="edition-silence"),
    path("editions/<code:cycle>/silence/act/", act, name="edition-silence-act"),
    path("editions/<code:cycle>/out/<int:number>/", out, name="edition-out"),
]
