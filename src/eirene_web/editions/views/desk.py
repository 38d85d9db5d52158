"""The list of editions and releases, and one edition: how far it is, and what to do next."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.framework import audience_rank
from eirene.text import pick
from eirene_web.editions import content as c
from eirene_web.editions import queries
from eirene_web.editions.figures import more_of
from eirene_web.editions.models import Draft
from eirene_web.editions.naming import titles
from eirene_web.editions.services import catalogue, drafting, publishing
from eirene_web.editions.services.figuring import want_figures
from eirene_web.editions.targets import edition_target
from eirene_web.editions.wording import told
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page


def to(visit: Visit, name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=[visit.alliance.slug, *args]))


def frame(visit: Visit, draft: Draft, here: str) -> dict[str, Any]:
    """What every page of an edition shows: its state, its steps, the way between its pages."""
    pack = opened(draft.cycle.pack_id)
    may = {verb: visit.can(verb, edition_target(draft)) for verb in _VERBS}
    return {
        "draft": draft,
        "pack": pack,
        "cycle_title": pick(pack.cycles[draft.cycle.code].title, visit.lang),
        "here": here,
        "may": {verb.removeprefix("edition."): allowed for verb, allowed in may.items()},
        "languages": pack.header.languages,
    }


_VERBS = (
    "edition.write", "edition.suggest", "edition.comment", "edition.decide_suggestion", "edition.circulate",
    "edition.extend_silence", "edition.decide_outcome", "edition.prepare", "edition.protect", "edition.disclose",
    "edition.sign_off", "edition.freeze", "edition.renew",
)  # fmt: skip


@require_safe
@page("release.list")
def editions(visit: Visit) -> HttpResponse:
    visit.ask("release.list")
    pack = visit.pack
    shown = queries.releases(visit.actor, visit.alliance)
    shown.sort(key=lambda r: (-r.data_year, r.number, audience_rank(pack, r.audience) if _known(pack, r) else 99))
    return visit.render("editions/editions.html", {
        "rows": queries.editions(visit.actor, visit.alliance),
        "own": queries.own_editions(visit.actor, visit.alliance),
        "releases": shown,
        "labels": {a.code: pick(a.label, visit.lang) for a in pack.header.audiences},
        "office": queries.sees_draft(visit.actor, visit.alliance.slug),
    })  # fmt: skip


def _known(pack: Any, release: Any) -> bool:
    return any(a.code == release.audience for a in pack.header.audiences)


@require_POST
@page("edition.begin")
def begin(visit: Visit, cycle: str) -> HttpResponse:
    row = queries.find_cycle(visit.alliance, cycle)
    draft = drafting.begin(actor=visit.actor, cycle=row.pk)
    want_figures(draft)
    return to(visit, "draft", cycle)


@require_safe
@page("edition.see", "part.see")
def draft(visit: Visit, cycle: str) -> HttpResponse:
    """The edition’s own page; a nation is led to its part."""
    if not queries.sees_draft(visit.actor, visit.alliance.slug):
        nation = next(iter(visit.actor.nations), "")
        queries.find_part(visit.actor, visit.alliance, cycle, nation)
        return to(visit, "edition-part", cycle, nation)
    found = queries.find_draft(visit.actor, visit.alliance, cycle)
    pack = opened(found.cycle.pack_id)
    given = queries.positions(found)
    talk, offered = queries.comments(found), queries.suggestions(found)
    return visit.render("editions/draft.html", {
        **frame(visit, found, "draft"),
        "figures": queries.figure_state(found),
        "moved": queries.moved(found, visit.lang),
        "troubles": [(told(one.problem), one.chapter, one.uid)
                     for one in c.troubles(found.content, pack, more_of(found, given))],
        "chapters": _contents(found, visit.lang),
        "positions": [one for one in given if one.withdrawn is None],
        "labels": titles(found, visit.names, visit.lang) if given else {},
        "n_comments": sum(one.settled is None for one in talk),
        "n_suggestions": sum(one.state == "open" for one in offered),
        "circulation": next(iter(queries.circulations(found)), None),
        "press": next(iter(queries.presses(found)), None),
        "new_because": _reasons(visit, found),
    })  # fmt: skip


def _contents(found: Draft, lang: str) -> list[dict[str, Any]]:
    return [
        {"uid": one["uid"], "no": no, "title": pick(one.get("title") or {}, lang) or one["id"],
         "hidden": bool(one.get("hidden")), "made": one.get("generate", ""),
         "n": sum(1 for f in c.walk(found.content) if f.above and f.above[0] is one and f.node["uid"].startswith("b"))}
        for no, one in enumerate(found.content["chapters"], 1)
    ]  # fmt: skip


def _reasons(visit: Visit, found: Draft) -> list[dict[str, Any]]:
    """Why the edition needs a new release, for the office."""
    if found.state != Draft.State.PUBLISHED:
        return []
    words = {
        "accepted": _("a report was accepted"), "corrected": _("an accepted report was corrected"),
        "redacted": _("a text was removed in which somebody was named"),
        "withheld": _("an answer was withheld"), "counted_again": _("a withheld answer counts again"),
    }  # fmt: skip
    return [
        {**one, "words": words[one["why"]], "name": visit.names.nation(one["nation"])}
        for one in publishing.why_new(found)
    ]


@require_safe
@page("edition.see")
def figure_state(visit: Visit, cycle: str) -> HttpResponse:
    """How far the figures are, as a piece of a page that asks again by itself."""
    found = queries.find_draft(visit.actor, visit.alliance, cycle)
    context = {**frame(visit, found, "draft"), "figures": queries.figure_state(found)}
    return visit.render("editions/_figures.html", context)


@require_POST
@page("edition.write")
def recompute(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_draft(visit.actor, visit.alliance, cycle)
    visit.ask("edition.prepare" if found.state != "drafting" else "edition.write", edition_target(found))
    want_figures(found)
    messages.success(visit.request, _("The figures are being computed again."))
    return to(visit, "draft", cycle)


@require_POST
@page("edition.renew")
def renew(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_draft(visit.actor, visit.alliance, cycle)
    made = drafting.renew(actor=visit.actor, draft=found.pk, why=visit.request.POST.get("why", ""))
    messages.success(visit.request, _("Release %(number)s is begun.") % {"number": made.number})
    return to(visit, "draft", cycle)


@require_POST
@page("release.verify")
def verify(visit: Visit, release: int) -> HttpResponse:
    found = queries.find_release(visit.actor, visit.alliance, release)
    catalogue.want_check(actor=visit.actor, release=found.pk)
    messages.success(visit.request, _("The release is being checked. Load the page again in a moment."))
    return to(visit, "editions")


@require_safe
@page("release.read")
def download(visit: Visit, release: int) -> Any:
    """All files of a release in one archive, as they were frozen."""
    found = queries.find_release(visit.actor, visit.alliance, release)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(p for p in found.folder.rglob("*") if p.is_file() and not p.is_symlink()):
            entry = zipfile.ZipInfo(file.relative_to(found.folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, file.read_bytes())
    target.seek(0)
    name = f"{found.slug}-{found.cycle}-{found.audience}-{found.number}.zip"
    response = FileResponse(target, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("editions/", editions, name="editions"),
    path("editions/release/<int:release>/verify/", verify, name="release-verify"),
    path("editions/release/<int:release>/all.zip", download, name="release-zip"),
    path("editions/<code:cycle>/", draft, name="draft"),
    path("editions/<code:cycle>/begin/", begin, name="edition-begin"),
    path("editions/<code:cycle>/renew/", renew, name="edition-renew"),
    path("editions/<code:cycle>/figure-state/", figure_state, name="edition-figure-state"),
    path("editions/<code:cycle>/recompute/", recompute, name="edition-recompute"),
]
