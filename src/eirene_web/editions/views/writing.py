"""Writing: a chapter with its blocks in every language side by side, texts saved by place, versions, suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eirene.errors import EireneError, Problem
from eirene.text import pick
from eirene_web.editions import content as c
from eirene_web.editions import figures as f
from eirene_web.editions import queries
from eirene_web.editions.forms import no_button, number
from eirene_web.editions.models import Draft, TextVersion
from eirene_web.editions.naming import titles
from eirene_web.editions.preview import Piece, Preview
from eirene_web.editions.services import drafting
from eirene_web.editions.services.drafting import WHEN, Edit
from eirene_web.editions.targets import edition_target
from eirene_web.editions.views.desk import frame, to
from eirene_web.editions.wording import told
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page


@dataclass
class Field:
    """One text of a block in its form: what stands, what was typed, which version it began from."""

    place: str
    lang: str
    text: str
    base: int
    version: TextVersion | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.place}.{self.lang}"

    @property
    def rows(self) -> int:
        return min(12, max(1, len(self.text) // 60 + 1))


@dataclass
class Form:
    """A piece with its fields, and what is said about it."""

    piece: Piece
    fields: list[list[Field]] = field(default_factory=list)
    comments: list[Any] = field(default_factory=list)
    suggestions: list[Any] = field(default_factory=list)
    open: bool = False


def fields_of(draft: Draft, node: c.Node, languages: list[str], versions: Any) -> list[list[Field]]:
    """The fields of a node: for each text one in each language, the condition of a variant before them."""
    nodes = [node]
    for part in ("text", "title"):
        if isinstance(node.get(part), list):
            nodes += node[part]
    found = []
    for one in nodes:
        for part in c.parts_of(one):
            place = f"{one['uid']}.{part}"
            langs = ([WHEN] if one["uid"].startswith("v") and "when" in one else []) + list(languages)
            value = c.text_at(draft.content, place) or {}
            row = []
            for lang in langs:
                version = versions.get((place, lang))
                row.append(Field(place, lang, value.get(lang, ""), version.number if version else 0, version))
            found.append(row)
    return found


def previewed(draft: Draft) -> Preview:
    """The draft as the office sees it; texts that cannot be meant are told and left out."""
    try:
        edition = f.edition_of(draft)
    except EireneError:
        edition = opened(draft.cycle.pack_id).summary or c.to_edition({"title": {}, "chapters": []}, _pack(draft))
    return Preview(f.composed(draft, draft.figures_id, edition, with_reports=False))


def _pack(draft: Draft) -> Any:
    return opened(draft.cycle.pack_id)


@require_safe
@page("edition.see")
def chapter(visit: Visit, cycle: str, uid: str) -> HttpResponse:
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    return _chapter(visit, draft, uid)


def _chapter(
    visit: Visit, draft: Draft, uid: str, typed: dict[str, Field] | None = None, opened_uid: str = "", status: int = 200
) -> HttpResponse:
    from eirene_web.editions.services.common import not_there

    preview = previewed(draft)
    pieces = preview.pieces(draft.content, uid)
    if not pieces and uid != "edition":
        raise not_there()
    shown = opened_uid or visit.request.GET.get("open", "")
    context = {
        **frame(visit, draft, "write"),
        "uid": uid,
        "forms": _forms(draft, pieces, preview.languages, typed or {}, shown),
        "own": fields_of(draft, draft.content, preview.languages, queries.texts_changed(draft))
        if uid == "edition" else [],
        "title": _("Title, foreword and glossary") if uid == "edition" else pieces[0].label,
        "made": _made(preview, draft, uid),
        "chapters": [(one["uid"], no, pick(one.get("title") or {}, visit.lang) or one["id"], bool(one.get("hidden")))
                     for no, one in enumerate(draft.content["chapters"], 1)],
        "figures": queries.figure_state(draft),
    }  # fmt: skip
    _insert_typed(context["own"], typed or {})
    return visit.render("editions/chapter.html", context, status=status)


def _forms(draft: Draft, pieces: list[Piece], languages: list[str], typed: dict[str, Field], shown: str) -> list[Form]:
    versions = queries.texts_changed(draft)
    talk: dict[str, list[Any]] = {}
    for one in queries.comments(draft):
        talk.setdefault(one.place, []).append(one)
    offered: dict[str, list[Any]] = {}
    for suggestion in queries.suggestions(draft):
        if suggestion.state == "open":
            offered.setdefault(suggestion.place.partition(".")[0], []).append(suggestion)
    forms = []
    for piece in pieces:
        fields = fields_of(draft, piece.node, languages, versions)
        _insert_typed(fields, typed)
        uids = {piece.uid, *(row[0].place.partition(".")[0] for row in fields)}
        ref = piece.node.get("statement") or ""
        said = [*talk.get(piece.uid, []), *(talk.get(ref, []) if ref else [])]
        forms.append(
            Form(piece, fields, said, [s for uid in uids for s in offered.get(uid, [])], open=piece.uid == shown)
        )
    return forms


def _insert_typed(fields: list[list[Field]], typed: dict[str, Field]) -> None:
    for row in fields:
        for n, one in enumerate(row):
            if one.name in typed:
                row[n] = typed[one.name]


def _made(preview: Preview, draft: Draft, uid: str) -> dict[str, str]:
    """A chapter that is made rather than written, as it will read."""
    found = c.find(draft.content, uid)
    if found is None or not found.node.get("generate") or found.node["generate"] in ("bodies", "figures"):
        return {}
    try:
        return preview.made(found.node["id"])
    except (KeyError, EireneError):
        return {}


# --- saving ---------------------------------------------------------------------------------------------------------


def _typed(visit: Visit, draft: Draft) -> list[Edit]:
    """What was typed: place.lang → text, with base.place.lang → version."""
    pack = opened(draft.cycle.pack_id)
    known = {*pack.header.languages, WHEN}
    found = []
    for name, text in visit.request.POST.items():
        place, _dot, lang = name.rpartition(".")
        if lang in known and "." in place and not name.startswith("base."):
            base = number(visit.request.POST.get(f"base.{name}"))
            found.append(Edit(place, lang, str(text), base))
    return found


@require_POST
@page("edition.write", "edition.suggest")
def save(visit: Visit, cycle: str, uid: str) -> HttpResponse:
    """Saves a block, shows how it would read, or offers it as a suggestion, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    edits = _typed(visit, draft)
    block = visit.request.POST.get("block", "")
    pressed = visit.request.POST.get("do", "save")
    if pressed == "preview":
        return _chapter(visit, _tried(draft, edits), uid, _as_fields(edits), block)
    if pressed == "suggest":
        return _suggest(visit, draft, uid, block, edits)
    outcome = drafting.save_texts(actor=visit.actor, draft=draft.pk, edits=edits)
    if outcome.conflicts:
        return _choice(visit, draft, uid, block, outcome)
    if outcome.refused:
        typed = _as_fields([edit for edit, _problem in outcome.refused])
        for edit, problem in outcome.refused:
            typed[f"{edit.place}.{edit.lang}"].problems.append(problem)
        fresh = queries.find_draft(visit.actor, visit.alliance, cycle)
        return _chapter(visit, fresh, uid, typed, block, status=422)
    if outcome.saved:
        messages.success(visit.request, _("Saved."))
    return HttpResponseRedirect(f"{reverse('edition-chapter', args=[visit.alliance.slug, cycle, uid])}#b-{block}")


def _tried(draft: Draft, edits: list[Edit]) -> Draft:
    """The draft as it would read, not saved."""
    for edit in edits:
        if c.text_at(draft.content, edit.place) is not None:
            draft.content = c.with_text(draft.content, edit.place, edit.lang, edit.text.replace("\r\n", "\n").strip())
    return draft


def _as_fields(edits: list[Edit]) -> dict[str, Field]:
    return {f"{e.place}.{e.lang}": Field(e.place, e.lang, e.text, e.base) for e in edits}


def _choice(visit: Visit, draft: Draft, uid: str, block: str, outcome: drafting.Outcome) -> HttpResponse:
    """Both texts, side by side: the actor chooses, or writes a third from both."""
    context = {**frame(visit, draft, "write"), "uid": uid, "block": block, "conflicts": outcome.conflicts,
               "saved": outcome.saved}  # fmt: skip
    return visit.render("editions/choice.html", context, status=409)


def _suggest(visit: Visit, draft: Draft, uid: str, block: str, edits: list[Edit]) -> HttpResponse:
    reason, made = visit.request.POST.get("reason", ""), 0
    for edit in edits:
        there = (c.text_at(draft.content, edit.place) or {}).get(edit.lang, "")
        if edit.text.replace("\r\n", "\n").strip() != there:
            drafting.suggest(actor=visit.actor, draft=draft.pk, place=edit.place, lang=edit.lang, text=edit.text,
                             reason=reason)  # fmt: skip
            made += 1
    messages.success(visit.request, _("Suggested.") if made else _("Nothing was changed, so nothing was suggested."))
    return HttpResponseRedirect(f"{reverse('edition-chapter', args=[visit.alliance.slug, draft.cycle.code, uid])}"
                                f"#b-{block}")  # fmt: skip


@require_POST
@page("edition.see")
def preview(visit: Visit, cycle: str, uid: str) -> HttpResponse:
    """One block as it would read, in every language: a piece of the page, asked for while one types."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    edits, block = _typed(visit, draft), visit.request.POST.get("block", "")
    pack = opened(draft.cycle.pack_id)
    problems = [(edit, told(problem)) for edit in edits for problem in drafting.problems_of(edit.text, edit.lang, pack)]
    found = c.find(_tried(draft, edits).content, block)
    html: dict[str, str] = {}
    if found is not None and not problems:
        html = _one(previewed(draft), found)
    return visit.render("editions/_preview.html", {
        "html": [(lang, html.get(lang, "")) for lang in pack.header.languages], "problems": problems, "block": block,
    })  # fmt: skip


def _one(shown: Preview, found: c.Found) -> dict[str, str]:
    uid = found.node["uid"]
    if uid.startswith("b"):
        return shown.safe_block(found.node)
    texts = dict(found.node.get("title") or {}) if uid[0] in "ce" else dict(found.node.get("text") or {})
    if uid == "edition":
        more = found.node.get("subtitle") or {}
        texts = {lang: f"{text}\n{more.get(lang, '')}" for lang, text in texts.items()}
    return shown.safe_text(texts)


# --- order, versions ------------------------------------------------------------------------------------------------


@require_POST
@page("edition.write")
def arrange(visit: Visit, cycle: str, uid: str) -> HttpResponse:
    """Moves, hides, shows or adds, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    data = visit.request.POST
    node, do = data.get("block", ""), data.get("do", "")
    if do in ("up", "down"):
        drafting.move(actor=visit.actor, draft=draft.pk, uid=node, step=-1 if do == "up" else 1)
    elif do in ("hide", "show"):
        drafting.hide(actor=visit.actor, draft=draft.pk, uid=node, on=do == "hide")
    elif do == "add":
        node = drafting.add(
            actor=visit.actor, draft=draft.pk, after=node, kind=data.get("kind", "text"), ref=data.get("ref", "")
        )
        if node.startswith("v"):
            node = data.get("block", "")
        address = reverse("edition-chapter", args=[visit.alliance.slug, cycle, uid])
        return HttpResponseRedirect(f"{address}?open={node}#b-{node}")
    else:
        raise no_button()
    if uid == "contents":
        return to(visit, "draft", cycle)
    return HttpResponseRedirect(f"{reverse('edition-chapter', args=[visit.alliance.slug, cycle, uid])}#b-{node}")


@require_safe
@page("edition.see")
def versions(visit: Visit, cycle: str, uid: str, place: str) -> HttpResponse:
    """Every version of a text, with who and when, to read and to restore."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    found = queries.versions(visit.actor, draft, place)
    newest = {one.lang: one.number for one in sorted(found, key=lambda one: one.number)}
    return visit.render("editions/versions.html", {
        **frame(visit, draft, "write"), "uid": uid, "place": place,
        "versions": [(one, newest[one.lang] == one.number, newest[one.lang]) for one in found],
    })  # fmt: skip


@require_POST
@page("edition.write")
def restore(visit: Visit, cycle: str, uid: str, place: str) -> HttpResponse:
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    data = visit.request.POST
    outcome = drafting.restore_text(
        actor=visit.actor, draft=draft.pk, place=place, lang=data.get("lang", ""), number=number(data.get("number")),
        base=number(data.get("base")),
    )  # fmt: skip
    if outcome.conflicts:
        return _choice(visit, draft, uid, place.partition(".")[0], outcome)
    messages.success(visit.request, _("That version stands again."))
    return to(visit, "edition-versions", cycle, uid, place)


@require_safe
@page("edition.see")
def picker(visit: Visit, cycle: str) -> HttpResponse:
    """The figures that can be put into a text, with what they are now."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    words = visit.request.GET.get("q", "")[:100]
    context = {**frame(visit, draft, "write"), "choices": queries.choices(draft, visit.lang, words), "q": words}
    partial = bool(getattr(visit.request, "htmx", False))
    return visit.render("editions/_choices.html" if partial else "editions/picker.html", context)


# --- talk -----------------------------------------------------------------------------------------------------------


@require_safe
@page("edition.see")
def talk(visit: Visit, cycle: str) -> HttpResponse:
    """All suggestions and comments, the open ones first."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    labels = {found.node["uid"]: (c.label_of(found.node, visit.lang), found.chapter["uid"])
              for found in c.walk(draft.content)}  # fmt: skip
    called = titles(draft, visit.names, visit.lang)
    for _chapter_node, node in c.statements_of(draft.content):
        title = called[node["statement"]], labels[node["uid"]][1]
        labels.setdefault(node["statement"], title)
        labels[node["uid"]] = title

    def where(place: str) -> tuple[str, str]:
        return labels.get(place) or labels.get(place.partition(".")[0]) or (place, "edition")

    offered = sorted(queries.suggestions(draft), key=lambda one: (one.state != "open", -one.pk))
    said = sorted(queries.comments(draft), key=lambda one: (one.settled is not None, -one.pk))
    return visit.render("editions/talk.html", {
        **frame(visit, draft, "talk"),
        "suggestions": [(one, *where(one.place)) for one in offered],
        "comments": [(one, *where(one.place)) for one in said],
        "called": called,
    })  # fmt: skip


@require_POST
@page("edition.comment", "edition.decide_suggestion")
def say(visit: Visit, cycle: str) -> HttpResponse:
    """A comment made or settled, a suggestion decided, by the button that was pressed."""
    draft = queries.find_draft(visit.actor, visit.alliance, cycle)
    data = visit.request.POST
    match data.get("do"):
        case "comment":
            drafting.comment(actor=visit.actor, draft=draft.pk, place=data.get("place", ""), text=data.get("text", ""))
        case "settle":
            drafting.settle_comment(actor=visit.actor, draft=draft.pk, comment=number(data.get("comment")))
        case "accept" | "decline":
            drafting.decide_suggestion(
                actor=visit.actor, draft=draft.pk, suggestion=number(data.get("suggestion")),
                accept=data.get("do") == "accept", answer=data.get("answer", ""),
            )  # fmt: skip
        case _:
            raise no_button()
    visit.ask("edition.see", edition_target(draft))
    uid = data.get("uid", "")
    if uid:
        address = reverse("edition-chapter", args=[visit.alliance.slug, cycle, uid])
        return HttpResponseRedirect(f"{address}#b-{data.get('place', '')}")
    return to(visit, "edition-talk", cycle)


urlpatterns = [
    path("editions/<code:cycle>/talk/", talk, name="edition-talk"),
    path("editions/<code:cycle>/say/", say, name="edition-say"),
    path("editions/<code:cycle>/figures/", picker, name="edition-picker"),
    path("editions/<code:cycle>/write/<code:uid>/", chapter, name="edition-chapter"),
    path("editions/<code:cycle>/write/<code:uid>/save/", save, name="edition-save"),
    path("editions/<code:cycle>/write/<code:uid>/preview/", preview, name="edition-preview"),
    path("editions/<code:cycle>/write/<code:uid>/arrange/", arrange, name="edition-arrange"),
    path("editions/<code:cycle>/write/<code:uid>/versions/<code:place>/", versions, name="edition-versions"),
    path("editions/<code:cycle>/write/<code:uid>/versions/<code:place>/restore/", restore, name="edition-restore"),
]
