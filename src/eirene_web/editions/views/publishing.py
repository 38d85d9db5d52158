"""Publishing: for whom, by whose decision, when; signed off; frozen with one press; how releases differ."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.errors import UsageError
from eirene.text import pick
from eirene_web.editions import figures as f
from eirene_web.editions import queries
from eirene_web.editions.forms import day, instant, local, no_button, number
from eirene_web.editions.services import publishing
from eirene_web.editions.services.silence import refuse_changed
from eirene_web.editions.targets import edition_target
from eirene_web.editions.views.desk import frame, to
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page


@require_safe
@page("edition.see")
def publish(visit: Visit, cycle: str) -> HttpResponse:
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    pack = opened(draft.cycle.pack_id)
    office, widest = f.office_of(pack), pack.header.audiences[-1].code
    return visit.render("editions/publish.html", {
        **frame(visit, draft, "publish"),
        "audiences": [
            {"code": a.code, "label": pick(a.label, visit.lang), "marking": pick(a.marking, visit.lang),
             "on": a.code in draft.audiences or a.code == office, "fixed": a.code == office,
             "public": a.code == widest}
            for a in pack.header.audiences
        ],
        "built_for": ", ".join(
            pick(a.label, visit.lang) for a in pack.header.audiences if a.code in draft.audiences or a.code == office
        ),
        "release_list": "\n".join(draft.release_list),
        "embargo": local(draft.embargo, visit.time_zone()),
        "zone": visit.time_zone(),
        "presses": [(one, _sizes(one, pack, visit.lang)) for one in queries.presses(draft)],
        "job": queries.job_of(draft, "edition.freeze"),
        "protection": queries.protection_state(draft, visit.lang),
        "not_agreed": _why_not(draft) if draft.state in ("agreed", "signed") else "",
    })  # fmt: skip


def _sizes(one: object, pack: object, lang: str) -> list[dict[str, object]]:
    labels = {a.code: pick(a.label, lang) for a in pack.header.audiences}  # type: ignore[attr-defined]
    return [
        {"label": labels.get(code, code), **told, "words": told["changes"].get(lang, [])}
        for code, told in one.built.items()  # type: ignore[attr-defined]
    ]


def _why_not(draft: object) -> str:
    """Why what was agreed is not what stands any more; '' if it is."""
    try:
        refuse_changed(draft)  # type: ignore[arg-type]
    except UsageError as error:
        return str(error)
    return ""


@require_POST
@page("edition.prepare", "edition.disclose", "edition.sign_off", "edition.freeze")
def act(visit: Visit, cycle: str) -> HttpResponse:
    """Prepares, discloses, signs off, freezes, recalls, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    data, actor = visit.request.POST, visit.actor
    match data.get("do"):
        case "prepare":
            publishing.prepare(
                actor=actor, draft=draft.pk, audiences=data.getlist("audience"),
                release_list=data.get("release_list", "").splitlines(), as_of=day(data.get("as_of", "")) or draft.as_of,
                embargo=instant(data.get("embargo", ""), visit.time_zone()),
            )  # fmt: skip
            messages.success(visit.request, _("Saved."))
        case "disclose":
            on: dt.date | None = day(data.get("disclosed_on", ""))
            publishing.disclose(actor=actor, draft=draft.pk, authority=data.get("disclosed_by", ""), on=on)
            messages.success(visit.request, _("Saved."))
        case "sign_off":
            publishing.sign_off(actor=actor, draft=draft.pk)
        case "freeze":
            publishing.freeze(actor=actor, draft=draft.pk)
            messages.success(visit.request, _("The edition is being frozen. You can leave this page."))
        case "recall":
            publishing.recall(actor=actor, draft=draft.pk, freeze=number(data.get("freeze")), why=data.get("why", ""))
        case _:
            raise no_button()
    visit.ask("edition.see", edition_target(draft))
    return to(visit, "edition-publish", cycle)


urlpatterns = [
    path("editions/<code:cycle>/publish/", publish, name="edition-publish"),
    path("editions/<code:cycle>/publish/act/", act, name="edition-publish-act"),
]
