"""Protection: what will be hidden from each audience and why, what could be worked out, another remedy; and what others
will be able to know of one nation, for that nation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.framework import asked
from eirene.text import number as as_text
from eirene_web.editions import protection as p
from eirene_web.editions import queries
from eirene_web.editions.forms import no_button, number
from eirene_web.editions.models import Draft
from eirene_web.editions.services import protecting as services
from eirene_web.editions.services.common import not_there
from eirene_web.editions.targets import edition_target
from eirene_web.editions.views.desk import frame, to
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page


def _words(visit: Visit, draft: Draft) -> p.Words:
    return p.Words(opened(draft.cycle.pack_id), visit.lang, visit.names.nation, draft.cycle.code)


# --- the office -----------------------------------------------------------------------------------------------------


@require_safe
@page("edition.see")
def protection(visit: Visit, cycle: str) -> HttpResponse:
    """All audiences: what is hidden from each, whether anything is exposed, what it costs."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    words = _words(visit, draft)
    state = queries.protection_state(draft, visit.lang)
    return visit.render("editions/protection.html", {
        **frame(visit, draft, "protection"),
        "state": state,
        "audiences": [_audience(draft, one, words) for one in state.rows],
        "reasons": p.reason_words(),
    })  # fmt: skip


def _audience(draft: Draft, one: queries.Examined, words: p.Words) -> dict[str, Any]:
    told: dict[str, Any] = {"row": one, "found": one.found}
    found = queries.examination(draft, one.audience) if one.found is not None else None
    if found is None:
        return told
    seen = p.Protection(services.unpacked(found.content), words, draft.cycle.code)
    return told | {
        "choices": any(one["ways"] for one in seen.told["exposed"]),
        "headline": seen.headline(one.label), "exposed": seen.exposed(), "loss": _loss(seen.told["loss"], words.lang),
        "cycles": seen.by_cycle(), "reasons": seen.reasons(), "n": len(seen.told["hidden"]),
        "base": services.based_on(draft, found), "chosen": _chosen(draft, one.audience, words),
    }  # fmt: skip


def _loss(loss: dict[str, int], lang: str) -> list[tuple[str, str, str, int]]:
    """What, how many, of how many, per cent."""
    rows = [(_("Figures"), "figures"), (_("Cells of named answers"), "cells"),
            (_("Persons in those cells"), "persons"), (_("Names"), "names")]  # fmt: skip
    return [
        (word, as_text(loss[name], lang), as_text(loss[f"of_{name}"], lang), _share(loss, name)) for word, name in rows
    ]


def _share(loss: dict[str, int], name: str) -> int:
    """In per cent."""
    return round(100 * loss[name] / loss[f"of_{name}"]) if loss[f"of_{name}"] else 0


def _chosen(draft: Draft, audience: str, words: p.Words) -> list[tuple[int, str]]:
    """Choices of the coordinator for an audience, by their number among all."""
    return [(n, words.way(one)) for n, one in enumerate(draft.protection) if one["audience"] == audience]


@require_safe
@page("edition.see")
def protection_for(visit: Visit, cycle: str, audience: str) -> HttpResponse:
    """Everything that is hidden from one audience, by question and reason, with its other remedies."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    state = queries.protection_state(draft, visit.lang)
    one = next((row for row in state.rows if row.audience == audience), None)
    found = queries.examination(draft, audience) if one is not None else None
    if one is None or found is None:
        raise not_there()
    seen = p.Protection(services.unpacked(found.content), _words(visit, draft), draft.cycle.code)
    data = visit.request.GET
    question, why, at = data.get("question", "")[:200], data.get("why", "")[:40], max(1, number(data.get("page")) or 1)
    rows, n = seen.rows(question=question, why=why, page=at)
    kept = {name: value for name, value in (("question", question), ("why", why)) if value}
    return visit.render("editions/protection_for.html", {
        **frame(visit, draft, "protection"),
        "state": state, "row": one, "rows": rows, "n": n, "page": at, "pages": max(1, -(-n // p.PAGE)),
        "may_choose": any(row.ways for row in rows),
        "kept": urlencode(kept), "question": question, "why": why,
        "groups": seen.groups(), "reasons": [(code, p.reason_words().get(code, code), n) for code, n in seen.reasons()],
        "kinds": p.kind_words(), "base": services.based_on(draft, found), "back": urlencode({**kept, "page": at}),
    })  # fmt: skip


@require_safe
@page("edition.see")
def protection_state(visit: Visit, cycle: str) -> HttpResponse:
    """How far the examination is, as a piece of a page that asks again by itself."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    state = queries.protection_state(draft, visit.lang)
    return visit.render("editions/_protection_state.html", {**frame(visit, draft, "protection"), "state": state})


@require_POST
@page("edition.protect")
def act(visit: Visit, cycle: str) -> HttpResponse:
    """Has the draft examined, or chooses, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    visit.ask("edition.see", edition_target(draft))
    data = visit.request.POST
    match data.get("do"):
        case "examine":
            services.examine(actor=visit.actor, draft=draft.pk)
            messages.success(visit.request, _("The draft is being examined. You can leave this page."))
        case "choose":
            services.choose(
                actor=visit.actor, draft=draft.pk, audience=data.get("audience", ""), base=data.get("base", ""),
                picks=_picks(data), dropped=[number(one) for one in data.getlist("drop")],
            )  # fmt: skip
            messages.success(visit.request, _("Saved. The draft is being examined again with what you chose."))
        case _:
            raise no_button()
    return to(visit, "edition-protection", cycle)


def _picks(data: QueryDict) -> dict[str, int]:
    """way.h3=1 → {"h3": 1}; what stays as it is says nothing."""
    return {
        name.removeprefix("way."): number(value)
        for name, value in data.items()
        if name.startswith("way.") and str(value).isascii() and str(value).isdigit()
    }


# --- the nation -----------------------------------------------------------------------------------------------------


@require_safe
@page("part.see")
def known(visit: Visit, cycle: str, nation: str) -> HttpResponse:
    """What others will be able to know of a nation, through the eyes of one audience."""
    draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
    own = queries.own_part(visit.actor, draft, nation)
    state = queries.protection_state(draft, visit.lang)
    chosen = visit.request.GET.get("as", state.rows[-1].audience if state.rows else "")
    row = next((one for one in state.rows if one.audience == chosen), None)
    if state.rows and row is None:
        raise not_there()
    mine = queries.known_of(draft, nation, chosen) if row is not None else None
    seen = p.Seen(mine, _words(visit, draft), draft.cycle.code, nation) if mine is not None else None
    given = own.report.answers if own.report is not None else {}
    order = [q for q in asked(own.pack, draft.cycle.code).questions if q in given]
    return visit.render("editions/known.html", {
        **frame(visit, draft, "part"),
        "nation": nation, "name": visit.names.nation(nation), "state": state, "row": row,
        "answers": seen.answers(order) if seen else [], "figures": seen.figures() if seen else [],
        "exposed": seen.exposed() if seen else [], "checked": mine["checked"] if mine else 0,
        "counts": _counts(mine, order, draft.cycle.code) if mine else {},
    })  # fmt: skip


def _counts(mine: dict[str, Any], order: list[str], cycle: str) -> dict[str, int]:
    named, counted = set(mine["named"]) & set(order), set(mine["counted"]) & set(order)
    cells = [one["where"] for one in mine["hidden"] if one["what"] == "cell"]
    now = sum(where[0] == cycle and where[2] in order for where in cells)
    earlier = sum(where[0] != cycle for where in cells)
    hidden = len(order) - len(named | counted)
    return {"named": len(named), "counted": len(counted), "hidden": hidden, "cells": now, "earlier": earlier}


urlpatterns = [
    path("editions/<code:cycle>/protection/", protection, name="edition-protection"),
    path("editions/<code:cycle>/protection/act/", act, name="edition-protection-act"),
    path("editions/<code:cycle>/protection/state/", protection_state, name="edition-protection-state"),
    path("editions/<code:cycle>/protection/for/<code:audience>/", protection_for, name="edition-protection-for"),
    path("editions/<code:cycle>/part/<code:nation>/known/", known, name="edition-part-known"),
]
