"""The edition of a cycle, for the office: its texts, silence, sign-off and freezing; and the catalogue of releases."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from eirene.errors import EireneError
from eirene.text import pick
from eirene_web.api.frame import Call, CodeOf, IdOf, In, Nothing, download, not_there, operation
from eirene_web.api.operations.shapes import Code, Day, Instant, Json, PersonOut, Reason, Text, Words
from eirene_web.api.paging import Page, Part, page
from eirene_web.editions import content, queries
from eirene_web.editions.models import Circulation, Comment, Draft, Freeze, Release, Suggestion
from eirene_web.editions.services import catalogue, drafting, publishing, silence
from eirene_web.editions.targets import edition_target

_PLACE = "/{alliance}/cycles/{cycle}/edition"
Place = Annotated[str, Field(min_length=1, max_length=60)]
Ref = Annotated[str, Field(min_length=1, max_length=200)]
Lang = Annotated[str, Field(pattern=r"^[a-z]{2,5}$")]


class EditionOut(Schema):
    cycle: str
    state: str
    number: str
    version: int
    as_of: dt.date
    audiences: list[str]
    release_list: list[str]
    disclosed_by: str
    disclosed_on: dt.date | None
    embargo: dt.datetime | None
    signed: dt.datetime | None
    figures: dt.datetime | None = Field(description="When they were last computed.")


def _edition(draft: Draft) -> EditionOut:
    return EditionOut(
        cycle=draft.cycle.code, state=draft.state, number=draft.number, version=draft.version, as_of=draft.as_of,
        audiences=draft.audiences, release_list=draft.release_list, disclosed_by=draft.disclosed_by,
        disclosed_on=draft.disclosed_on, embargo=draft.embargo, signed=draft.signed,
        figures=draft.figures.made if draft.figures else None,
    )  # fmt: skip


def _find(call: Call, cycle: str) -> Draft:
    return queries.find_draft(call.actor, call.here, cycle)


def _again(call: Call, cycle: str) -> EditionOut:
    return _edition(_find(call, cycle))


@operation("GET", "/{alliance}/editions", "edition.see")
def editions(call: Call, query: Query[Part]) -> Page[EditionOut]:
    """Editions that are begun, newest first. For the office."""
    call.ask("edition.see", edition_target(None, call.slug))
    begun = [row.draft for row in queries.editions(call.actor, call.here) if row.draft is not None]
    return page(begun, query, _edition)


@operation("GET", _PLACE, "edition.see")
def edition(call: Call, cycle: CodeOf) -> EditionOut:
    """The edition of a cycle: how far it is on its way to a release."""
    return _again(call, cycle)


@operation("POST", _PLACE, "edition.see", "edition.begin", status=201)
def begin_edition(call: Call, cycle: CodeOf, data: Nothing) -> EditionOut:
    """Begins the edition of a cycle, from the pack’s."""
    call.ask("edition.see", edition_target(None, call.slug))
    drafting.begin(actor=call.actor, cycle=queries.find_cycle(call.here, cycle).pk)
    return _again(call, cycle)


# --- texts ----------------------------------------------------------------------------------------------------------


class TextOut(Schema):
    place: str
    text: dict[str, str]
    versions: dict[str, int] = Field(description="Language → what `base` must be for the next change.")


@operation("GET", f"{_PLACE}/texts", "edition.see")
def edition_texts(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[TextOut]:
    """Every text of the draft, by its place."""
    draft = _find(call, cycle)
    changed = queries.texts_changed(draft)
    found = [
        (place, dict(node.get(place.partition(".")[2]) or {}))
        for place, node in content.places(draft.content)
        if isinstance(node.get(place.partition(".")[2]) or {}, dict)
    ]
    return page(
        found, query,
        lambda one: TextOut(
            place=one[0], text={k: str(v) for k, v in one[1].items()},
            versions={lang: row.number for (place, lang), row in changed.items() if place == one[0]},
        ),
    )  # fmt: skip


class TextIn(In):
    place: Place
    lang: Lang
    text: Words
    base: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class TextsIn(In):
    edits: Annotated[list[TextIn], Field(min_length=1, max_length=1_000)]


class TextSaved(Schema):
    place: str
    lang: str
    version: int


class TextRefused(Schema):
    place: str
    lang: str
    message: str
    remedy: str


class TextsOut(Schema):
    saved: list[TextSaved]
    conflicts: list[TextSaved] = Field(description="Somebody changed it meanwhile: the version that stands now.")
    refused: list[TextRefused]


@operation("PATCH", f"{_PLACE}/texts", "edition.see", "edition.write")
def save_texts(call: Call, cycle: CodeOf, data: TextsIn) -> TextsOut:
    """Saves texts; a digit stands in a placeholder or is marked as literal, anything else is refused."""
    draft = _find(call, cycle)
    edits = [drafting.Edit(e.place, e.lang, e.text, e.base) for e in data.edits]
    came = drafting.save_texts(actor=call.actor, draft=draft.pk, edits=edits)
    return TextsOut(
        saved=[TextSaved(place=p, lang=lang, version=n) for p, lang, n in came.saved],
        conflicts=[TextSaved(place=c.place, lang=c.lang, version=c.version) for c in came.conflicts],
        refused=[TextRefused(place=e.place, lang=e.lang, message=p.what, remedy=p.remedy) for e, p in came.refused],
    )


# --- comments and suggestions ---------------------------------------------------------------------------------------


class CommentOut(Schema):
    id: int
    place: str
    nation: str
    text: str
    at: dt.datetime
    person: PersonOut | None
    settled: dt.datetime | None


def comment_out(one: Comment) -> CommentOut:
    return CommentOut(
        id=one.pk, place=one.place, nation=one.nation, text=one.text, at=one.at, person=PersonOut.of(one.person),
        settled=one.settled,
    )  # fmt: skip


class SuggestionOut(Schema):
    id: int
    place: str
    lang: str
    nation: str
    before: str
    text: str
    reason: str
    state: str
    answer: str
    at: dt.datetime


def suggestion_out(one: Suggestion) -> SuggestionOut:
    return SuggestionOut(
        id=one.pk, place=one.place, lang=one.lang, nation=one.nation, before=one.before, text=one.text,
        reason=one.reason, state=one.state, answer=one.answer, at=one.at,
    )  # fmt: skip


@operation("GET", f"{_PLACE}/comments", "edition.see")
def edition_comments(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[CommentOut]:
    """All comments on the draft. For the office."""
    return page(queries.comments(_find(call, cycle)), query, comment_out)


@operation("GET", f"{_PLACE}/suggestions", "edition.see")
def edition_suggestions(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[SuggestionOut]:
    """All suggestions for the draft. For the office."""
    return page(queries.suggestions(_find(call, cycle)), query, suggestion_out)


class CommentIn(In):
    place: Ref
    text: Words


@operation("POST", f"{_PLACE}/comments", "edition.see", "edition.comment", status=201)
def comment_on_edition(call: Call, cycle: CodeOf, data: CommentIn) -> CommentOut:
    """Comments on a place of the draft."""
    draft = _find(call, cycle)
    return comment_out(drafting.comment(actor=call.actor, draft=draft.pk, place=data.place, text=data.text))


@operation("POST", f"{_PLACE}/comments/{{comment}}/settle", "edition.see", "edition.comment")
def settle_comment(call: Call, cycle: CodeOf, comment: IdOf, data: Nothing) -> CommentOut:
    """The comment is dealt with."""
    draft = _find(call, cycle)
    return comment_out(drafting.settle_comment(actor=call.actor, draft=draft.pk, comment=comment))


class SuggestionIn(In):
    place: Place
    lang: Lang
    text: Words
    reason: Words = ""


@operation("POST", f"{_PLACE}/suggestions", "edition.see", "edition.suggest", status=201)
def suggest_wording(call: Call, cycle: CodeOf, data: SuggestionIn) -> SuggestionOut:
    """Suggests another wording."""
    draft = _find(call, cycle)
    return suggestion_out(drafting.suggest(actor=call.actor, draft=draft.pk, **data.model_dump()))


class SuggestionDecision(In):
    accept: bool
    answer: Words = ""


@operation("POST", f"{_PLACE}/suggestions/{{suggestion}}/decide", "edition.see", "edition.decide_suggestion")
def decide_suggestion(call: Call, cycle: CodeOf, suggestion: IdOf, data: SuggestionDecision) -> SuggestionOut:
    """Takes a suggestion over, or declines it."""
    draft = _find(call, cycle)
    made = drafting.decide_suggestion(
        actor=call.actor, draft=draft.pk, suggestion=suggestion, accept=data.accept, answer=data.answer
    )
    return suggestion_out(made)


# --- silence --------------------------------------------------------------------------------------------------------


class BreakOut(Schema):
    id: int
    nation: str
    on: str
    reason: str
    wording: Text
    at: dt.datetime


class ExtensionOut(Schema):
    id: int
    nation: str
    reason: str
    until: dt.datetime
    state: str
    answer: str


class CirculationOut(Schema):
    id: int
    number: int
    state: str
    outcome: str
    opened: dt.datetime | None
    expires: dt.datetime
    ended: dt.datetime | None
    breaks: list[BreakOut]
    extensions: list[ExtensionOut]


def circulation_out(one: Circulation, breaks: list[Json], extensions: list[Json]) -> CirculationOut:
    return CirculationOut(
        id=one.pk, number=one.number, state=one.state, outcome=one.outcome, opened=one.opened, expires=one.expires,
        ended=one.ended,
        breaks=[
            BreakOut(id=b.pk, nation=b.nation, on=b.on, reason=b.reason, wording=b.wording, at=b.at) for b in breaks
        ],
        extensions=[
            ExtensionOut(id=e.pk, nation=e.nation, reason=e.reason, until=e.until, state=e.state, answer=e.answer)
            for e in extensions
        ],
    )  # fmt: skip


@operation("GET", f"{_PLACE}/circulations", "edition.see")
def circulations(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[CirculationOut]:
    """Drafts that went out under silence, newest first, with who broke it. For the office alone."""
    found = queries.circulations(_find(call, cycle))
    return page(found, query, lambda one: circulation_out(one, list(one.breaks.all()), list(one.extensions.all())))


class CirculateIn(In):
    expires: Instant
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(description="Of the draft, as you saw it.")


def _circulated(call: Call, cycle: str, pk: int) -> CirculationOut:
    one = next((c for c in queries.circulations(_find(call, cycle)) if c.pk == pk), None)
    if one is None:
        raise not_there()
    return circulation_out(one, list(one.breaks.all()), list(one.extensions.all()))


@operation("POST", f"{_PLACE}/circulations", "edition.see", "edition.circulate", status=201)
def circulate(call: Call, cycle: CodeOf, data: CirculateIn) -> CirculationOut:
    """Sends the draft out under silence until an instant."""
    draft = _find(call, cycle)
    made = silence.circulate(actor=call.actor, draft=draft.pk, expires=data.expires, version=data.version)
    return _circulated(call, cycle, made.pk)


class RecallIn(In):
    why: Reason


@operation("POST", f"{_PLACE}/circulations/{{circulation}}/recall", "edition.see", "edition.circulate")
def recall_circulation(call: Call, cycle: CodeOf, circulation: IdOf, data: RecallIn) -> CirculationOut:
    """Takes a draft back that is under silence."""
    draft = _find(call, cycle)
    silence.recall(actor=call.actor, draft=draft.pk, circulation=circulation, why=data.why)
    return _circulated(call, cycle, circulation)


class ExtendIn(In):
    until: Instant
    why: Reason


@operation("POST", f"{_PLACE}/circulations/{{circulation}}/extend", "edition.see", "edition.extend_silence")
def extend_silence(call: Call, cycle: CodeOf, circulation: IdOf, data: ExtendIn) -> CirculationOut:
    """Gives everybody more time."""
    draft = _find(call, cycle)
    silence.extend(actor=call.actor, draft=draft.pk, circulation=circulation, until=data.until, why=data.why)
    return _circulated(call, cycle, circulation)


class ExtensionDecision(In):
    grant: bool
    until: Instant | None = None
    answer: Words = ""


@operation("POST", f"{_PLACE}/extensions/{{extension}}/decide", "edition.see", "edition.extend_silence")
def decide_extension(call: Call, cycle: CodeOf, extension: IdOf, data: ExtensionDecision) -> CirculationOut:
    """Grants a nation the time that it asked for, or declines."""
    draft = _find(call, cycle)
    made = silence.decide_extension(
        actor=call.actor, draft=draft.pk, extension=extension, grant=data.grant, until=data.until, answer=data.answer
    )
    return _circulated(call, cycle, made.circulation_id)


class OutcomeIn(In):
    outcome: Literal["agreed", "reservation", "deleted", "noted", "not_published"]
    why: Reason


@operation("POST", f"{_PLACE}/circulations/{{circulation}}/decide", "edition.see", "edition.decide_outcome")
def decide_outcome(call: Call, cycle: CodeOf, circulation: IdOf, data: OutcomeIn) -> CirculationOut:
    """How a broken silence ends."""
    draft = _find(call, cycle)
    silence.decide(actor=call.actor, draft=draft.pk, circulation=circulation, outcome=data.outcome, why=data.why)
    return _circulated(call, cycle, circulation)


# --- to a release ---------------------------------------------------------------------------------------------------


class PrepareIn(In):
    audiences: Annotated[list[Code], Field(min_length=1, max_length=20)]
    release_list: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)] = Field(default=[])
    as_of: Day
    embargo: Instant | None = None


@operation("PUT", f"{_PLACE}/preparation", "edition.see", "edition.prepare")
def prepare_edition(call: Call, cycle: CodeOf, data: PrepareIn) -> EditionOut:
    """Sets audiences, release list, date and embargo."""
    draft = _find(call, cycle)
    publishing.prepare(actor=call.actor, draft=draft.pk, **data.model_dump())
    return _again(call, cycle)


class DiscloseIn(In):
    authority: Annotated[str, Field(max_length=200)] = Field(description="Who decided; empty takes it back.")
    on: Day | None = None


@operation("PUT", f"{_PLACE}/disclosure", "edition.see", "edition.disclose")
def disclose_edition(call: Call, cycle: CodeOf, data: DiscloseIn) -> EditionOut:
    """Records the decision to disclose it publicly, apart from marking and release list."""
    draft = _find(call, cycle)
    publishing.disclose(actor=call.actor, draft=draft.pk, authority=data.authority, on=data.on)
    return _again(call, cycle)


@operation("POST", f"{_PLACE}/sign-off", "edition.see", "edition.sign_off")
def sign_off_edition(call: Call, cycle: CodeOf, data: Nothing) -> EditionOut:
    """Signs the edition off."""
    draft = _find(call, cycle)
    publishing.sign_off(actor=call.actor, draft=draft.pk)
    return _again(call, cycle)


@operation("POST", f"{_PLACE}/revise", "edition.see", "edition.decide_outcome", "edition.sign_off")
def revise_edition(call: Call, cycle: CodeOf, data: RecallIn) -> EditionOut:
    """Opens the text again for changes: a changed draft goes out under new silence."""
    draft = _find(call, cycle)
    drafting.revise(actor=call.actor, draft=draft.pk, why=data.why)
    return _again(call, cycle)


@operation("POST", f"{_PLACE}/renew", "edition.see", "edition.renew")
def renew_edition(call: Call, cycle: CodeOf, data: RecallIn) -> EditionOut:
    """Begins the next release."""
    draft = _find(call, cycle)
    drafting.renew(actor=call.actor, draft=draft.pk, why=data.why)
    return _again(call, cycle)


class FreezeOut(Schema):
    id: int
    number: str
    state: str = Field(description="building, held, published, failed or recalled.")
    audiences: list[str]
    embargo: dt.datetime | None
    at: dt.datetime
    published: dt.datetime | None
    error: str


def _freeze(one: Freeze) -> FreezeOut:
    return FreezeOut(
        id=one.pk, number=one.number, state=one.state, audiences=list(one.audiences), embargo=one.embargo, at=one.at,
        published=one.published, error=str(one.error.get("what", "")),
    )  # fmt: skip


@operation("GET", f"{_PLACE}/freezes", "edition.see")
def freezes(call: Call, cycle: CodeOf, query: Query[Part]) -> Page[FreezeOut]:
    """Presses of this edition, newest first, and how far each is."""
    return page(queries.presses(_find(call, cycle)), query, _freeze)


@operation("POST", f"{_PLACE}/freezes", "edition.see", "edition.freeze", status=201)
def freeze_edition(call: Call, cycle: CodeOf, data: Nothing) -> FreezeOut:
    """Freezes the edition: a release for each audience, made in the background, shown when its embargo ends."""
    draft = _find(call, cycle)
    return _freeze(publishing.freeze(actor=call.actor, draft=draft.pk))


@operation("POST", f"{_PLACE}/freezes/{{freeze}}/recall", "edition.see", "edition.freeze")
def recall_freeze(call: Call, cycle: CodeOf, freeze: IdOf, data: RecallIn) -> FreezeOut:
    """Takes a release back before it is published."""
    draft = _find(call, cycle)
    return _freeze(publishing.recall(actor=call.actor, draft=draft.pk, freeze=freeze, why=data.why))


# --- releases -------------------------------------------------------------------------------------------------------


class ReleaseOut(Schema):
    id: int
    cycle: str
    number: str
    audience: str
    title: str
    marking: str
    published: dt.date | None
    manifest_sha256: str
    changes: dict[str, list[str]] = Field(description="What is different from the release before, by language.")


def _release(call: Call, one: Release) -> ReleaseOut:
    return ReleaseOut(
        id=one.pk, cycle=one.cycle, number=one.number, audience=one.audience, title=pick(one.title, call.lang),
        marking=pick(one.marking, call.lang), published=one.published, manifest_sha256=one.manifest_sha256,
        changes=one.changes,
    )  # fmt: skip


class ReleaseFilter(Part):
    cycle: Annotated[str, Field(max_length=40)] | None = None
    audience: Annotated[str, Field(max_length=64)] | None = None


@operation("GET", "/{alliance}/releases", "release.list")
def releases(call: Call, query: Query[ReleaseFilter]) -> Page[ReleaseOut]:
    """Releases that I may read, newest first."""
    call.ask("release.list")
    found = [
        one
        for one in queries.releases(call.actor, call.here)
        if query.cycle in (None, one.cycle) and query.audience in (None, one.audience)
    ]
    return page(found, query, lambda one: _release(call, one))


class ReleaseFile(Schema):
    path: str
    size: int
    sha256: str


class WholeRelease(ReleaseOut):
    files: list[ReleaseFile]


@operation("GET", "/{alliance}/releases/{release}", "release.read")
def release(call: Call, release: IdOf) -> WholeRelease:
    """One release with its files, as its manifest lists them."""
    found = queries.find_release(call.actor, call.here, release)
    return WholeRelease(**_release(call, found).model_dump(), files=release_files(found))


def release_files(found: Release) -> list[ReleaseFile]:
    try:
        told = json.loads((found.folder / catalogue.MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise EireneError("The release is not where it was put.") from None
    return [
        ReleaseFile(path=str(f["path"]), size=int(f.get("bytes") or f.get("size") or 0), sha256=str(f["sha256"]))
        for f in told["files"]
    ]


class FileFilter(Schema):
    path: Annotated[str, Field(min_length=1, max_length=300)]


@operation("GET", "/{alliance}/releases/{release}/file", "release.read", media="application/octet-stream")
def release_file(call: Call, release: IdOf, query: Query[FileFilter]) -> HttpResponse:
    """A file of a release. Only what the manifest lists is there."""
    found = queries.find_release(call.actor, call.here, release)
    if query.path not in {f.path for f in release_files(found)}:
        raise not_there()
    file = (found.folder / query.path).resolve()
    if not file.is_relative_to(found.folder.resolve()) or not file.is_file():
        raise not_there()
    return download(file.read_bytes(), file.name, "application/octet-stream")


class WantedOut(Schema):
    job: int


@operation("POST", "/{alliance}/releases/{release}/verify", "release.read", "release.verify", status=202)
def verify_release(call: Call, release: IdOf, data: Nothing) -> WantedOut:
    """Has a release checked against itself, in the background."""
    found = queries.find_release(call.actor, call.here, release)
    return WantedOut(job=catalogue.want_check(actor=call.actor, release=found.pk).pk)
