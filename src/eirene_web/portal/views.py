"""Pages: look up, put together, render. Whatever an address names is looked up in the release; nothing else exists."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eirene.documents import model as d
from eirene.figures import figure_row
from eirene_web.accounts.models import Person
from eirene_web.config.middleware import EMBED_POLICY, FILE_POLICY
from eirene_web.editions import queries
from eirene_web.editions.models import BuildStep, Release
from eirene_web.organisations.queries import actor_for, alliance_of
from eirene_web.organisations.visit import is_strong, not_there, to_sign_in
from eirene_web.portal import pages
from eirene_web.portal.figurepage import figure_page
from eirene_web.portal.http import FRESH, base_url, not_modified, serve_bytes, serve_page
from eirene_web.portal.reading import Edition, opened
from eirene_web.portal.series import alt_text, draw, finding, points_of
from eirene_web.portal.words import label_of

Made = tuple[str, dict[str, Any]]


class Reading:
    """What a request is about: an alliance, one of its editions, and the language of the content."""

    def __init__(self, request: HttpRequest, alliance: queries.Alliance, release: Release) -> None:
        self.request, self.alliance, self.release = request, alliance, release

    @property
    def address(self) -> str:
        """What stands for the release in addresses."""
        return self.alliance.address_of(self.release)

    @property
    def edition(self) -> Edition:
        return opened(self.release).standing_at((self.alliance.slug, self.address))

    @property
    def shown(self) -> Release:
        """The release as templates know it: its addresses are its own, also where it is not the newest."""
        if self.address == self.release.cycle:
            return self.release
        shown = copy.copy(self.release)
        shown.cycle = self.address
        return shown

    @property
    def editions(self) -> list[Edition]:
        """One for each cycle, newest first."""
        return [opened(release) for release in self.alliance.editions]

    @property
    def lang(self) -> str:
        """The language of the content: the reader's, if the release has it."""
        return self.edition.language(translation.get_language() or "en")

    def context(self, **more: Any) -> dict[str, Any]:
        frame = pages.frame(self.request, self.alliance, self.shown, self.edition, self.lang)
        newest = self.alliance.edition(self.release.cycle)
        newer = newest if newest is not None and newest.pk != self.release.pk else None
        return {**frame, "newer": newer, "newer_cycle": self.release.cycle, **more}


def of_alliance(make: Callable[..., Made]) -> Callable[..., HttpResponse]:
    """A page of an alliance's newest edition: one query, then memory."""

    @require_safe
    @wraps(make)
    def view(request: HttpRequest, slug: str, **names: str) -> HttpResponse:
        reading = _reading(request, slug, None)
        if isinstance(reading, HttpResponse):
            return reading
        return serve_page(request, reading.alliance.fingerprint, lambda: make(reading, **names))

    return kept_private(view)


def of_edition(make: Callable[..., Made]) -> Callable[..., HttpResponse]:
    """A page of one edition: one query, then memory."""

    @require_safe
    @wraps(make)
    def view(request: HttpRequest, slug: str, cycle: str, **names: str) -> HttpResponse:
        reading = _reading(request, slug, cycle)
        if isinstance(reading, HttpResponse):
            return reading
        return serve_page(request, reading.alliance.fingerprint, lambda: make(reading, **names))

    return kept_private(view)


def kept_private(view: Callable[..., Any]) -> Callable[..., Any]:
    """What is read under an audience's address stays with its reader: no cache keeps it, no validator names it."""

    @wraps(view)
    def serve(request: HttpRequest, slug: str, **names: str) -> Any:
        response = view(request, slug=slug, **names)
        if "/" in slug:
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["Vary"] = "Cookie, Accept-Encoding"
            response.headers.pop("ETag", None)
        return response

    return serve


def _reading(request: HttpRequest, slug: str, cycle: str | None) -> Reading | HttpResponse:
    """What is asked for; the page that says it is being built; or Http404."""
    if "/" in slug:
        return _reading_for(request, *slug.split("/for/", 1), cycle)
    alliance = queries.public_alliance(slug)
    release = (alliance.latest if cycle is None else alliance.edition(cycle)) if alliance else None
    if alliance is not None and release is not None:
        return Reading(request, alliance, release)
    steps = [s for s in queries.build_steps() if s.slug == slug and s.shown and cycle in (None, s.cycle)]
    if any(step.state in (BuildStep.State.QUEUED, BuildStep.State.RUNNING) for step in steps):
        return _being_built(request)
    raise Http404(_("There is no such edition."))


def _reading_for(request: HttpRequest, slug: str, audience: str, cycle: str | None) -> Reading | HttpResponse:
    """The same for the releases of an audience: for people signed in whom the policy lets read them. To everybody else
    there is nothing; who is not signed in is asked to, whether there is something or not."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    actor = actor_for(cast(Person, request.user), alliance_of(slug), strong=is_strong(request))
    alliance = queries.alliance_for(actor, slug, audience) if actor.grants else None
    release = (alliance.latest if cycle is None else alliance.edition(cycle)) if alliance else None
    if alliance is None or release is None:
        raise Http404(_("There is no such edition."))
    return Reading(request, alliance, release)


# --- the first page, and what is being built ------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    alliances, steps = queries.public_alliances(), queries.build_steps()
    context = pages.home(request, alliances, steps)
    if context["building"]:
        response = render(request, "portal/home.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response
    state = ",".join(f"{s.key}:{s.state}" for s in steps)
    print_of = "|".join([state, *(a.fingerprint for a in alliances)])
    return serve_page(request, print_of, lambda: ("portal/home.html", context))


def _being_built(request: HttpRequest) -> HttpResponse:
    context = pages.home(request, queries.public_alliances(), queries.build_steps())
    response = render(request, "portal/building.html", context, status=503)
    response.headers["Retry-After"] = "5"
    # Not a fault of the server: nothing for its log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /*/search/\n", content_type="text/plain")


# --- an alliance ----------------------------------------------------------------------------------------------------


@of_alliance
def alliance(reading: Reading) -> Made:
    return "portal/alliance.html", reading.context(**pages.alliance(reading.edition, reading.editions, reading.lang))


@of_alliance
def search(reading: Reading) -> Made:
    words = reading.request.GET.get("q", "")[:200].strip()
    found = pages.search(reading.edition, reading.lang, words) if words else []
    return "portal/search.html", reading.context(words=words, found=found, n_found=sum(len(g[1]) for g in found))


@of_alliance
def indicators(reading: Reading) -> Made:
    return "portal/indicators.html", reading.context(groups=pages.indicators(reading.edition, reading.lang))


@of_alliance
def indicator(reading: Reading, id: str) -> Made:
    context = pages.indicator(reading.editions, id, reading.lang)
    if context is None:
        raise Http404(_("There is no such indicator."))
    return "portal/indicator.html", reading.context(**context)


@of_alliance
def framework(reading: Reading) -> Made:
    return "portal/framework.html", reading.context(**pages.framework(reading.edition, reading.lang))


@of_alliance
def method(reading: Reading) -> Made:
    return "portal/method.html", reading.context(**pages.method(reading.edition, reading.lang))


@of_alliance
def glossary(reading: Reading) -> Made:
    section = reading.edition.walk(reading.lang).chapter("glossary")
    if section is None:
        raise Http404(_("This edition has no glossary."))
    return "portal/glossary.html", reading.context(
        html=pages.rendered(reading.edition, section, reading.lang), section=section
    )


# --- an edition -----------------------------------------------------------------------------------------------------


@of_edition
def edition(reading: Reading) -> Made:
    older = [(r, reading.alliance.address_of(r)) for r in reading.alliance.releases_of(reading.release.cycle)]
    return "portal/edition.html", reading.context(
        **pages.edition(reading.edition, reading.lang),
        older=[one for one in older if one[0].pk != reading.release.pk],
        changes=reading.release.changes.get(reading.lang, []),
    )


@of_edition
def chapter(reading: Reading, chapter: str) -> Made:
    context = pages.chapter(reading.edition, chapter, reading.lang)
    if context is None:
        raise Http404(_("This edition has no such chapter."))
    return "portal/chapter.html", reading.context(**context)


@of_edition
def figures(reading: Reading) -> Made:
    return "portal/figures.html", reading.context(**pages.figures(reading.edition, reading.request.GET, reading.lang))


@of_edition
def figure(reading: Reading, key: str) -> Made:
    found = _figure(reading, key)
    context = figure_page(reading.edition, reading.editions, found, reading.lang)
    embed = ""
    if not pages.edition_is_kept(reading.edition):
        embed = base_url(reading.request) + reverse("embed", args=[reading.alliance.slug, reading.release.cycle, key])
    here = base_url(reading.request) + reading.request.path
    history = pages.corrections(reading.alliance, reading.release, found, reading.lang)
    return "portal/figure.html", reading.context(**context, embed_url=embed, here_url=here, corrections=history)


def _figure(reading: Reading, key: str) -> Any:
    found = reading.edition.figures.get(key)
    if found is None or found.cycle != reading.release.cycle:
        raise Http404(_("This edition has no such figure."))
    return found


@of_edition
def nations(reading: Reading) -> Made:
    return "portal/nations.html", reading.context(**pages.nations(reading.edition, reading.lang))


@of_edition
def nation(reading: Reading, body: str) -> Made:
    context = pages.nation(reading.edition, reading.editions, body, reading.lang)
    if context is None:
        raise Http404(_("This edition has no such nation."))
    return "portal/nation.html", reading.context(**context)


@of_edition
def data(reading: Reading) -> Made:
    return "portal/data.html", reading.context(**pages.data(reading.alliance, reading.release, reading.edition))


# --- to take away ---------------------------------------------------------------------------------------------------


@kept_private
@require_safe
def release_file(request: HttpRequest, slug: str, cycle: str, name: str) -> Any:
    """A file that the manifest lists, under the hash that the manifest gives it."""
    reading = _reading(request, slug, cycle)
    if isinstance(reading, HttpResponse):
        return reading
    opened_edition = reading.edition
    if name == "manifest.json":
        data = (opened_edition.folder / name).read_bytes()
        return serve_bytes(request, data, content_type="application/json", sha256=opened_edition.sha256)
    path = opened_edition.file_path(name)
    if path is None or not path.is_file():
        raise Http404(_("This release has no such file."))
    entry = opened_edition.files[name]
    etag = f'"{entry["sha256"]}"'
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    inline = path.suffix in (".html", ".svg", ".png", ".json", ".pdf")
    filename = f"{slug.replace('/', '-')}-{cycle}-{name.replace('/', '-')}"
    response = FileResponse(
        path.open("rb"), content_type=entry["media_type"], as_attachment=not inline, filename=filename
    )
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FRESH
    # The browser's own reader of PDF does not work in a sandbox.
    response.content_policy = (
        FILE_POLICY if path.suffix != ".pdf" else "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    )
    return response


@kept_private
@require_safe
def figure_data(request: HttpRequest, slug: str, cycle: str, key: str, ending: str) -> HttpResponse:
    """One figure as a row of open data."""
    reading = _reading(request, slug, cycle)
    if isinstance(reading, HttpResponse):
        return reading
    row = figure_row(_figure(reading, key))
    release = {"release": reading.edition.manifest["id"], "manifest_sha256": reading.edition.sha256}
    stem = f"{slug.replace('/', '-')}-{key}"
    if ending == "json":
        text = json.dumps({**row, **release}, ensure_ascii=False, indent=2) + "\n"
        return serve_bytes(request, text.encode(), content_type="application/json", filename=f"{stem}.json")
    if ending == "csv":
        flat = {name: _flat(value, reading.lang) for name, value in {**row, **release}.items()}
        return serve_bytes(
            request,
            _csv([list(flat), list(flat.values())]),
            content_type="text/csv; charset=utf-8",
            filename=f"{stem}.csv",
        )
    raise Http404(_("There is no such format."))


@kept_private
@require_safe
def figure_series(request: HttpRequest, slug: str, cycle: str, key: str, ending: str) -> HttpResponse:
    """A figure over the cycles, as table or drawing."""
    reading = _reading(request, slug, cycle)
    if isinstance(reading, HttpResponse):
        return reading
    found = _figure(reading, key)
    points = points_of(found, reading.edition, reading.editions, reading.lang)
    stem = f"{slug.replace('/', '-')}-{key}-series"
    head = [
        "cycle",
        "year",
        "key",
        "value",
        "unit",
        "numerator",
        "denominator",
        "n_bodies",
        "comparable_with_previous",
        "note",
        "conf_status",
    ]
    rows = [_series_row(point) for point in points]
    if ending == "csv":
        return serve_bytes(request, _csv([head, *rows]), content_type="text/csv; charset=utf-8", filename=f"{stem}.csv")
    if ending == "json":
        text = json.dumps([dict(zip(head, row, strict=True)) for row in rows], ensure_ascii=False, indent=2) + "\n"
        return serve_bytes(request, text.encode(), content_type="application/json", filename=f"{stem}.json")
    if ending not in ("svg", "png"):
        raise Http404(_("There is no such format."))
    title = f"{label_of(reading.edition, found, reading.lang)}"
    svg = draw(
        points,
        f"{title}. {finding(points, reading.edition, reading.lang)}. {alt_text(points)}",
        for_file=True,
        title=title,
    )
    if ending == "svg":
        return serve_bytes(
            request, svg.encode(), content_type="image/svg+xml", filename=f"{stem}.svg", policy=FILE_POLICY
        )
    return serve_bytes(request, pages.png(svg), content_type="image/png", filename=f"{stem}.png")


def _series_row(point: Any) -> list[Any]:
    row = figure_row(point.figure)
    values = [row[name] for name in ("key", "value", "unit", "numerator", "denominator", "n_bodies")]
    return [point.cycle, point.label, *values, "yes" if point.joined else "no", point.why, row["conf_status"]]


def _flat(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping) and lang in value:
        return value[lang]
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else value


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows([[_inert(cell) for cell in row] for row in rows])
    return target.getvalue().encode("utf-8-sig")


def _inert(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula stays text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


# --- in somebody else's page ----------------------------------------------------------------------------------------


@require_safe
def embed(request: HttpRequest, slug: str, cycle: str, key: str) -> HttpResponse:
    """A figure to stand in anybody's page: no cookie, no script needed, its source said."""
    reading = _reading(request, slug, cycle)
    if isinstance(reading, HttpResponse):
        return reading

    def make() -> Made:
        found = _figure(reading, key)
        return "portal/embed.html", reading.context(
            **figure_page(reading.edition, reading.editions, found, reading.lang)
        )

    return serve_page(request, reading.alliance.fingerprint, make, policy=EMBED_POLICY)


@require_safe
def embed_chart(request: HttpRequest, slug: str, cycle: str, chart: str) -> HttpResponse:
    """A chart of the Summary with its title, table and source."""
    reading = _reading(request, slug, cycle)
    if isinstance(reading, HttpResponse):
        return reading

    def make() -> Made:
        found = reading.edition.walk(reading.lang).charts.get(chart)
        if found is None:
            raise Http404(_("This edition has no such chart."))
        one = d.Section(chart, "", "", (found[0],))
        html = pages.rendered(reading.edition, one, reading.lang)
        return "portal/embed_chart.html", reading.context(chart=found[0], place=found[1], html=html)

    return serve_page(request, reading.alliance.fingerprint, make, policy=EMBED_POLICY)


# --- when it is not there -------------------------------------------------------------------------------------------


def _sorry(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    response = render(request, template, {"switch": pages.switch(request), **context}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
    return not_there(request) or _sorry(request, "404.html", 404, said=said)


def not_public(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _sorry(request, "403.html", 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        said = _("More was sent than can be taken at once. Nothing was changed.")
        do = _("Go back with your browser: what you typed is still there. Shorten it, or attach it as a file.")
        return HttpResponse(f"{said} {do}", status=413, content_type="text/plain; charset=utf-8")
    return HttpResponse("Bad request.", status=400, content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    return _sorry(request, "500.html", 500)
