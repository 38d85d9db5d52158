"""A nation’s own part of an edition: where it appears, what it says of it, silence from its side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.text import pick
from eirene_web.clock import now
from eirene_web.editions import content as c
from eirene_web.editions import queries
from eirene_web.editions.forms import by_language, no_button, number, owed_instant
from eirene_web.editions.models import Circulation
from eirene_web.editions.naming import titles
from eirene_web.editions.preview import circulated, section_html, stub
from eirene_web.editions.queries import OwnPart
from eirene_web.editions.services import drafting, positions, silence
from eirene_web.editions.targets import part_target
from eirene_web.editions.views.desk import frame, to
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page

_VERBS = ("part.comment", "part.suggest", "part.withhold", "part.reserve", "silence.break", "silence.ask_time")


@require_safe
@page("part.see")
def part(visit: Visit, cycle: str, nation: str) -> HttpResponse:
    draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
    own = queries.own_part(visit.actor, draft, nation)
    pack = opened(draft.cycle.pack_id)
    audience = next(a for a in pack.header.audiences if a.code == own.audience)
    sent = own.circulation
    return visit.render("editions/part.html", {
        **frame(visit, draft, "part"),
        "own": own,
        "labels": titles(draft, visit.names, visit.lang) if own.positions or own.breaks else {},
        "nation": nation,
        "name": visit.names.nation(nation),
        "audience": pick(audience.label, visit.lang),
        "chapter": [
            (lang, section_html(own.chapter(lang), stub(pack, lang), lang, level=3)) for lang in pack.header.languages
        ],
        "parts": _told(own, visit.lang),
        "questions": own.questions(visit.lang),
        "exposed_to": queries.exposed_to(draft, nation, visit.lang),
        "reservable": _reservable(own, visit.lang) if sent is not None else [],
        "may": {verb.partition(".")[2]: visit.can(verb, part_target(draft, nation)) for verb in _VERBS},
        "sent": sent,
        "in_silence": sent is not None and sent.state in ("open", "broken") and now() < sent.expires,
        "over": sent is not None and sent.state == Circulation.State.OPEN and now() >= sent.expires,
        "statements": _statements(own, visit.lang),
        "zone": visit.time_zone(),
    })  # fmt: skip


def _told(own: OwnPart, lang: str) -> list[dict[str, object]]:
    """The nation’s part in each statement, each figure once."""
    reasons = {
        "not_asked": _("not asked in this cycle"), "no_report": _("your report is not accepted yet"),
        "no_data": _("you have no data"), "withheld": _("withheld by you"),
        "not_applicable": _("does not apply to you"), "not_answered": _("not answered"),
        "unusable": _("a check stands against the answer"), "zero_denominator": _("no rate over nobody"),
    }  # fmt: skip
    seen: dict[str, dict[str, object]] = {}
    said = {"yes": _("yes"), "no": _("no")}
    for one in own.parts(lang):
        if one.key not in seen and one.reason != "not_of_population":
            seen[one.key] = {
                "ref": one.ref, "label": one.label, "standing": one.standing, "value": said.get(one.value, one.value),
                "reason": reasons.get(one.reason, one.reason), "questions": one.questions,
                "comments": [m for m in own.comments if m.place == one.ref],
            }  # fmt: skip
    return list(seen.values())


def _statements(own: OwnPart, lang: str) -> list[tuple[str, str]]:
    """What the nation may break silence on: its own chapter, and as a member every statement."""
    if own.circulation is None:
        return []
    mine = [(own.nation, _("our own chapter"))]
    return mine + ([(one["ref"], pick(one["label"], lang)) for one in own.circulation.statements] if own.common else [])


def _reservable(own: OwnPart, lang: str) -> list[tuple[str, str]]:
    """Statements and chapters of the draft that went out to the nation."""
    assert own.circulation is not None
    found = [(one["ref"], pick(one["label"], lang)) for one in own.circulation.statements]
    document = circulated(own.circulation.pk, own.audience, lang if lang in own.pack.header.languages else
                          own.pack.header.languages[0])  # fmt: skip
    if own.common and document is not None:
        found += [(one.id, one.title) for one in document.sections if one.id != "foreword"]
    return found


@require_POST
@page("part.comment", "part.suggest", "part.withhold", "part.reserve", "silence.break", "silence.ask_time")
def act(visit: Visit, cycle: str, nation: str) -> HttpResponse:
    """What the nation says, by the button that was pressed."""
    draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
    data, actor = visit.request.POST, visit.actor
    languages = opened(draft.cycle.pack_id).header.languages
    text = by_language(data, "text", languages)
    whose = {"actor": actor, "draft": draft.pk, "nation": nation}
    match data.get("do"):
        case "withhold":
            positions.withhold(**whose, question=data.get("question", ""), reason=text)
            messages.success(visit.request, _("The answer is withheld; the figures are being computed without it."))
        case "footnote":
            positions.footnote(**whose, text=text)
        case "reserve":
            positions.reserve(**whose, on=data.get("on", ""), text=text)
        case "withdraw":
            positions.withdraw(**whose, position=number(data.get("position")))
        case "comment":
            drafting.comment(**whose, place=data.get("place", ""), text=data.get("comment", ""))
        case "break":
            silence.break_silence(
                **whose, circulation=number(data.get("circulation")), on=data.get("on", ""),
                reason=data.get("reason", ""), wording=by_language(data, "wording", languages),
            )  # fmt: skip
            messages.success(visit.request, _("Silence is broken. The office knows; no other nation is told by whom."))
        case "ask_time":
            silence.ask_time(
                **whose, circulation=number(data.get("circulation")), reason=data.get("reason", ""),
                until=owed_instant(data.get("until", ""), visit.time_zone()),
            )  # fmt: skip
            messages.success(visit.request, _("The office was asked for more time."))
        case _:
            raise no_button()
    visit.ask("part.see", part_target(draft, nation))
    return to(visit, "edition-part", cycle, nation)


@require_POST
@page("part.suggest")
def suggest(visit: Visit, cycle: str, nation: str) -> HttpResponse:
    """Another wording for a text of the draft that went out, offered by a nation that speaks on common text."""
    from eirene_web.editions.services.common import not_there

    draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
    own = queries.own_part(visit.actor, draft, nation)
    if own.circulation is None or not own.common:
        raise not_there()
    data = visit.request.POST
    drafting.suggest(
        actor=visit.actor, draft=draft.pk, nation=nation, place=data.get("place", ""), lang=data.get("lang", ""),
        text=data.get("text", ""), reason=data.get("reason", ""),
    )  # fmt: skip
    messages.success(visit.request, _("Suggested."))
    return to(visit, "edition-part-texts", cycle, nation)


@require_safe
@page("part.see", "part.suggest")
def wordings(visit: Visit, cycle: str, nation: str) -> HttpResponse:
    """The texts of the draft that went out, each with a way to suggest another wording."""
    from eirene_web.editions.services.common import not_there

    draft = queries.find_part(visit.actor, visit.alliance, cycle, nation)
    own = queries.own_part(visit.actor, draft, nation)
    if own.circulation is None or not own.common:
        raise not_there()
    content = Circulation.objects.values_list("content", flat=True).get(pk=own.circulation.pk)
    lang = visit.lang if visit.lang in own.pack.header.languages else own.pack.header.languages[0]
    rows = []
    for found in c.walk(content):
        if c.is_hidden(found) or found.node["uid"][0] not in "bv":
            continue
        for name in c.parts_of(found.node):
            text = (found.node.get(name) or {}).get(lang, "")
            if text:
                title = pick(found.chapter.get("title") or {}, lang)
                rows.append({"place": f"{found.node['uid']}.{name}", "text": text, "chapter": title})
    return visit.render("editions/wordings.html", {
        **frame(visit, draft, "part"), "own": own, "nation": nation, "name": visit.names.nation(nation), "rows": rows,
        "lang_here": lang, "may_suggest": visit.can("part.suggest", part_target(draft, nation)),
    })  # fmt: skip


urlpatterns = [
    path("editions/<code:cycle>/part/<code:nation>/", part, name="edition-part"),
    path("editions/<code:cycle>/part/<code:nation>/act/", act, name="edition-part-act"),
    path("editions/<code:cycle>/part/<code:nation>/texts/", wordings, name="edition-part-texts"),
    path("editions/<code:cycle>/part/<code:nation>/suggest/", suggest, name="edition-part-suggest"),
]
