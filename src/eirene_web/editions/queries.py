"""Every read of editions and of the catalogue.

The public’s ask for nothing but public releases; all others are for an actor, and what is not theirs is not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from eirene.figures import Figure
from eirene.figures.display import n_of_N, said
from eirene.framework import Pack, asked, members_on
from eirene.framework.model import Edition
from eirene.questionnaires import Report as Answers
from eirene.summary import Part, default_population, own_chapter, own_parts
from eirene.summary.refs import FigureIndex
from eirene.text import pick
from eirene_web.editions import content as c
from eirene_web.editions import figures as f
from eirene_web.editions.models import (
    Break,
    BuildStep,
    Circulation,
    Comment,
    Draft,
    Examination,
    Extension,
    FigureSet,
    Freeze,
    Position,
    Release,
    Suggestion,
    TextVersion,
)
from eirene_web.editions.protection import of_nation
from eirene_web.editions.services.figuring import KIND
from eirene_web.editions.targets import edition_target, part_target, release_target, standing
from eirene_web.organisations.models import Alliance as AllianceRow
from eirene_web.organisations.packs import audience_for, opened, pack_of
from eirene_web.policy import Actor, NotThere, Target, ask, can
from eirene_web.reports.models import Cycle, Report
from eirene_web.work.models import Job


@dataclass(frozen=True)
class Alliance:
    """An alliance and its public releases, newest cycle first, newest release of a cycle first."""

    slug: str
    releases: tuple[Release, ...]

    @property
    def latest(self) -> Release:
        return self.releases[0]

    @property
    def editions(self) -> tuple[Release, ...]:
        """The newest release of each cycle."""
        seen: dict[str, Release] = {}
        for release in self.releases:
            seen.setdefault(release.cycle, release)
        return tuple(seen.values())

    def edition(self, cycle: str) -> Release | None:
        """The newest release of a cycle; `cycle+number`: that release of it."""
        code, plus, number = cycle.partition("+")
        if not plus:
            return next((r for r in self.editions if r.cycle == code), None)
        return next((r for r in self.releases if (r.cycle, r.number) == (code, number)), None)

    def address_of(self, release: Release) -> str:
        """What stands for a release in an address: its cycle, with its number where a newer one has taken the cycle."""
        newest = self.edition(release.cycle)
        return release.cycle if newest is None or newest.pk == release.pk else f"{release.cycle}+{release.number}"

    def releases_of(self, cycle: str) -> tuple[Release, ...]:
        return tuple(r for r in self.releases if r.cycle == cycle)

    @cached_property
    def fingerprint(self) -> str:
        return ",".join(r.manifest_sha256 for r in self.releases)


def _ordered(releases: list[Release]) -> tuple[Release, ...]:
    return tuple(sorted(releases, key=lambda r: (-r.data_year, r.cycle, -r.registered.timestamp(), -r.pk)))


_WHICH = "SELECT id, manifest_sha256, path FROM editions_release WHERE public = %s AND slug = %s ORDER BY id"
_remembered: dict[str, tuple[tuple[tuple[int, str, str], ...], Alliance]] = {}


def public_alliance(slug: str) -> Alliance | None:
    """One query, of hashes and places alone: what they stand for never changes and is remembered.

    Asked at every request and therefore in SQL: putting the query together takes longer than the database does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WHICH, [True, slug])
        found = tuple(cursor.fetchall())
    if not found:
        return None
    kept = _remembered.get(slug)
    if kept is None or kept[0] != found:
        kept = _remembered[slug] = (
            found,
            Alliance(slug, _ordered(list(Release.objects.filter(public=True, slug=slug)))),
        )
    return kept[1]


def public_alliances() -> list[Alliance]:
    """Fictional ones first, so that nobody takes them for the others; one query."""
    by_slug: dict[str, list[Release]] = {}
    for release in Release.objects.filter(public=True):
        by_slug.setdefault(release.slug, []).append(release)
    found = [Alliance(slug, _ordered(releases)) for slug, releases in sorted(by_slug.items())]
    return sorted(found, key=lambda a: (not a.latest.fictional, a.slug))


def alliance_for(actor: Actor, slug: str, audience: str) -> Alliance | None:
    """The releases of an alliance for an audience that the actor reads; None: there are none that are theirs."""
    row = AllianceRow.objects.filter(slug=slug).first()
    if row is None or standing(actor, audience, pack_of(row)) == "narrower":
        return None
    pack, rows = pack_of(row), Release.objects.filter(slug=slug, audience=audience)
    found = [one for one in rows if can(actor, "release.read", release_target(actor, one, pack))]
    return Alliance(f"{slug}/for/{audience}", _ordered(found)) if found else None


def build_steps() -> list[BuildStep]:
    """One query."""
    return list(BuildStep.objects.all())


# --- drafts ---------------------------------------------------------------------------------------------------------


def _not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def find_cycle(alliance: AllianceRow, code: str) -> Cycle:
    """Raises NotThere."""
    found = Cycle.objects.filter(alliance=alliance, code=code).select_related("alliance").first()
    if found is None:
        raise _not_there()
    return found


def _draft(alliance: AllianceRow, code: str) -> Draft | None:
    rows = Draft.objects.filter(alliance=alliance, cycle__code=code)
    return rows.select_related("cycle", "alliance", "figures", "signer").defer("figures__content").first()


def find_draft(actor: Actor, alliance: AllianceRow, code: str) -> Draft:
    """The draft of a cycle, for those who read the whole of it. Raises NotThere."""
    found = _draft(alliance, code)
    if found is None:
        raise _not_there()
    ask(actor, "edition.see", edition_target(found))
    return found


def find_part(actor: Actor, alliance: AllianceRow, code: str, nation: str) -> Draft:
    """The draft of a cycle, for what a nation has to do with it. Raises NotThere."""
    found = _draft(alliance, code)
    if found is None or not Report.objects.filter(cycle=found.cycle, body__code=nation).exists():
        raise _not_there()
    ask(actor, "part.see", part_target(found, nation))
    return found


def sees_draft(actor: Actor, alliance: str) -> bool:
    return can(actor, "edition.see", edition_target(None, alliance))


@dataclass(frozen=True)
class EditionRow:
    """A cycle with its edition, as a list shows it."""

    cycle: Cycle
    draft: Draft | None
    frozen: Freeze | None = None


def editions(actor: Actor, alliance: AllianceRow) -> list[EditionRow]:
    """Cycles with their editions, newest first, for those who read drafts; [] for everybody else. Three queries."""
    if not sees_draft(actor, alliance.slug):
        return []
    cycles = Cycle.objects.filter(alliance=alliance).order_by("-opens").select_related("alliance")
    drafts = Draft.objects.filter(alliance=alliance).select_related("cycle", "figures")
    latest = Prefetch("freezes", Freeze.objects.order_by("at", "pk"), to_attr="presses")
    by_cycle = {d.cycle_id: d for d in drafts.defer("content", "figures__content").prefetch_related(latest)}
    rows = []
    for cycle in cycles:
        draft = by_cycle.get(cycle.pk)
        rows.append(EditionRow(cycle, draft, draft.presses[-1] if draft and draft.presses else None))
    return rows


def own_editions(actor: Actor, alliance: AllianceRow) -> list[tuple[Draft, str]]:
    """Editions in which one of the actor’s nations has a part, newest first. Two queries."""
    nations = actor.nations
    if not nations:
        return []
    asked_in = set(
        Report.objects.filter(cycle__alliance=alliance, body__code__in=nations).values_list("cycle", "body__code")
    )
    drafts = Draft.objects.filter(alliance=alliance).select_related("cycle").defer("content").order_by("-cycle__opens")
    return [
        (draft, nation)
        for draft in drafts
        for nation in nations
        if (draft.cycle_id, nation) in asked_in and can(actor, "part.see", part_target(draft, nation))
    ]


def releases(actor: Actor, alliance: AllianceRow) -> list[Release]:
    """The catalogue as the actor may see it, newest first. One query, and the pack."""
    found = Release.objects.filter(slug=alliance.slug).select_related("freeze").order_by("-data_year", "-registered")
    pack = pack_of(alliance)
    return [one for one in found if can(actor, "release.read", release_target(actor, one, pack))]


def find_release(actor: Actor, alliance: AllianceRow, pk: int) -> Release:
    found = Release.objects.filter(slug=alliance.slug, pk=pk).first()
    if found is None:
        raise _not_there()
    ask(actor, "release.read", release_target(actor, found, pack_of(alliance)))
    return found


def audience_read(actor: Actor, alliance: AllianceRow) -> str:
    """The audience whose releases the actor reads under their own address; '' if there are none but the public’s."""
    pack = pack_of(alliance)
    there = set(Release.objects.filter(slug=alliance.slug, public=False).values_list("audience", flat=True).distinct())
    for audience in pack.header.audiences:
        if audience.code in there:
            target = Target("release", alliance.slug, state=standing(actor, audience.code, pack))
            if can(actor, "release.read", target):
                return audience.code
    return ""


# --- the office’s desk ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FigureState:
    """How far figures are: what there is, whether it is still right, what is being done about it."""

    newest: FigureSet | None
    stale: bool
    reported: int
    job: Job | None

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == Job.State.FAILED


def figure_state(draft: Draft) -> FigureState:
    """Four queries."""
    from eirene_web.editions.services.figuring import is_stale

    sources = f.sources_of(draft)
    job = Job.objects.filter(kind=KIND, subject=f"edition:{draft.pk}").order_by("-pk").first()
    return FigureState(draft.figures, is_stale(draft, sources), len(sources.submissions), job)


def job_of(draft: Draft, kind: str) -> Job | None:
    return Job.objects.filter(kind=kind, subject=f"edition:{draft.pk}").order_by("-pk").first()


def texts_changed(draft: Draft) -> dict[tuple[str, str], TextVersion]:
    """(place, lang) → the newest version of every text that was ever changed. One query."""
    found = TextVersion.objects.filter(draft=draft).select_related("person").defer("text").order_by("number")
    return {(one.place, one.lang): one for one in found}


def versions(actor: Actor, draft: Draft, place: str) -> list[TextVersion]:
    """Every version of a text, newest first."""
    ask(actor, "edition.see", edition_target(draft))
    found = TextVersion.objects.filter(draft=draft, place=place).select_related("person")
    return sorted(found, key=lambda one: (one.at, one.number), reverse=True)


def comments(draft: Draft, nation: str | None = None) -> list[Comment]:
    """All of them for the office; a nation’s own for the nation. One query."""
    found = draft.comments.select_related("person", "settler")
    return list(found if nation is None else found.filter(nation=nation))


def suggestions(draft: Draft, nation: str | None = None) -> list[Suggestion]:
    found = draft.suggestions.select_related("person", "decider")
    return list(found if nation is None else found.filter(nation=nation))


def positions(draft: Draft, nation: str | None = None) -> list[Position]:
    found = draft.positions.select_related("person", "withdrawer")
    return list(found if nation is None else found.filter(nation=nation))


def circulations(draft: Draft) -> list[Circulation]:
    """Every draft that went out, newest first, for the office: with breaks and requests. Three queries."""
    return list(
        draft.circulations.order_by("-number")
        .defer("content", "figures__content")
        .prefetch_related(
            Prefetch("breaks", Break.objects.select_related("person")),
            Prefetch("extensions", Extension.objects.select_related("person", "decider")),
        )
    )


def presses(draft: Draft) -> list[Freeze]:
    return list(draft.freezes.select_related("person").defer("edition").order_by("-at", "-pk"))


# --- what readers could work out ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Examined:
    """How far the examination for one audience is; `found` without its content."""

    audience: str
    label: str
    found: Examination | None
    fresh: bool

    @property
    def state(self) -> str:
        """unexamined, stale, exposed, clean"""
        if self.found is None:
            return "unexamined"
        return ("clean" if self.found.clean else "exposed") if self.fresh else "stale"


@dataclass(frozen=True)
class ProtectionState:
    """How far the examination of a draft is, for each audience, the narrowest first, and what is being done."""

    rows: tuple[Examined, ...]
    job: Job | None

    @property
    def at_work(self) -> bool:
        return self.job is not None and self.job.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == Job.State.FAILED

    @property
    def clean(self) -> bool:
        """Whether nothing stands in the way of signing off."""
        return all(one.state == "clean" for one in self.rows)


def protection_state(draft: Draft, lang: str) -> ProtectionState:
    """Seven queries, whatever the number of audiences."""
    from eirene_web.editions.services.protecting import KIND as EXAMINING
    from eirene_web.editions.services.protecting import current_fingerprint, examined_for

    pack = opened(draft.cycle.pack_id)
    labels = {a.code: pick(a.label, lang) for a in pack.header.audiences}
    wanted = current_fingerprint(draft)
    there = {one.audience: one for one in draft.examinations.defer("content")}
    rows = []
    for audience in examined_for(draft, pack):
        found = there.get(audience)
        fresh = found is not None and bool(wanted) and found.fingerprint == wanted
        rows.append(Examined(audience, labels[audience], found, fresh))
    return ProtectionState(tuple(rows), job_of(draft, EXAMINING))


def examination(draft: Draft, audience: str) -> Examination | None:
    """With what was found. One query."""
    return draft.examinations.filter(audience=audience).first()


def known_of(draft: Draft, nation: str, audience: str) -> dict[str, Any] | None:
    """What an audience will be able to know of one nation, and nothing of any other; None: not examined. One query."""
    from eirene_web.editions.services.protecting import unpacked

    found = examination(draft, audience)
    return of_nation(unpacked(found.content), nation) if found is not None else None


def exposed_to(draft: Draft, nation: str, lang: str) -> list[str]:
    """Audiences that could work out something of one nation, as the draft was last examined. One query."""
    from eirene_web.editions.services.protecting import unpacked

    labels = {a.code: pick(a.label, lang) for a in opened(draft.cycle.pack_id).header.audiences}
    return [
        labels[one.audience]
        for one in draft.examinations.filter(clean=False).order_by("audience")
        if one.audience in labels and of_nation(unpacked(one.content), nation)["exposed"]
    ]


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A figure that can be put into a text: how it is written there, and what it is now."""

    ref: str
    label: str
    value: str
    ratio: str
    kind: str


def choices(draft: Draft, lang: str, words: str = "", limit: int = 40) -> list[Choice]:
    """The undivided figures of the cycle, first population first, that fit the words."""
    if draft.figures_id is None:
        return []
    pack = opened(draft.cycle.pack_id)
    wanted = words.casefold().split()
    found = []
    for figure in f.figures_of(draft.figures_id):
        if figure.cycle != draft.cycle.code or figure.dimensions or figure.population != default_population(pack):
            continue
        label = pick(figure.label, lang)
        ref = reference(pack, figure)
        if all(word in f"{label} {ref}".casefold() for word in wanted):
            found.append(Choice(ref, label, said(figure, pack, lang), n_of_N(figure, pack, lang), figure.kind))
    order = {id: n for n, id in enumerate(pack.indicators)}
    found.sort(key=lambda one: (order.get(one.ref.partition(".")[0], 0), "." in one.ref, one.ref))
    return found[:limit]


def reference(pack: Pack, figure: Figure) -> str:
    """The shortest reference to a figure of the first population."""
    from eirene.summary.refs import default_kind

    return figure.id if figure.kind == default_kind(pack.indicators[figure.id]) else f"{figure.id}.{figure.kind}"


@dataclass(frozen=True)
class Moved:
    """A statement whose figure is not what it was."""

    ref: str
    label: str
    before: str
    now: str


def moved(draft: Draft, lang: str) -> list[Moved]:
    """Statements of the draft that changed with the newest figures."""
    if draft.figures is None or draft.figures.previous_id is None:
        return []
    pack = opened(draft.cycle.pack_id)
    index = {
        set_id: FigureIndex(pack, f.figures_of(set_id), draft.cycle.code, default_population(pack))
        for set_id in (draft.figures.previous_id, draft.figures.pk)
    }
    found: dict[str, Moved] = {}
    for _chapter, node in c.statements_of(draft.content):
        ref, population = node["statement"], node.get("population")
        then, now = (one.find(ref, population=population) for one in index.values())
        if _told(then, pack, lang) != _told(now, pack, lang):
            label = pick((now or then).label, lang) if now or then else ref
            found[ref] = Moved(ref, label, _told(then, pack, lang), _told(now, pack, lang))
    return list(found.values())


def _told(figure: Figure | None, pack: Pack, lang: str) -> str:
    return f"{said(figure, pack, lang)} ({n_of_N(figure, pack, lang)})" if figure is not None else "–"


# --- a nation’s part ------------------------------------------------------------------------------------------------


@dataclass
class OwnPart:
    """Everything that one nation may see of an edition, and nothing of any other nation."""

    draft: Draft
    nation: str
    audience: str
    #: Speaks on the common text; a partner on its own chapter alone.
    common: bool
    report: Answers | None
    positions: list[Position] = field(default_factory=list)
    circulation: Circulation | None = None
    breaks: list[Break] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    frozen: Freeze | None = None

    @property
    def pack(self) -> Pack:
        return opened(self.draft.cycle.pack_id)

    def _edition(self) -> Edition:
        """The edition with the nation’s own positions, and no other nation’s."""
        return f.edition_of(self.draft, self.positions)

    def _answers(self) -> Answers | None:
        from eirene.release.build import withheld

        return None if self.report is None else next(iter(withheld([self.report], self._edition())))

    def parts(self, lang: str) -> list[Part]:
        pack, code = self.pack, self.draft.cycle.code
        return own_parts(
            pack, code, self.nation, self._answers(), self._edition(), self.audience, lang, self.draft.as_of
        )

    def chapter(self, lang: str) -> Any:
        pack, code = self.pack, self.draft.cycle.code
        return own_chapter(
            pack, code, self.nation, self._answers(), self._edition(), self.audience, lang, self.draft.as_of
        )

    def questions(self, lang: str) -> list[tuple[str, str]]:
        """(id, number and text) of the questions that the nation answered."""
        given = self.report.answers if self.report is not None else {}
        return [
            (q.id, f"{q.number} {pick(q.question.text, lang)}")
            for q in asked(self.pack, self.draft.cycle.code).questions.values()
            if q.id in given
        ]


def own_part(actor: Actor, draft: Draft, nation: str) -> OwnPart:
    """Ten queries, whatever the number of nations."""
    ask(actor, "part.see", part_target(draft, nation))
    pack = opened(draft.cycle.pack_id)
    day = pack.cycles[draft.cycle.code].reference_date
    found = f.accepted_of(draft.alliance_id, [draft.cycle.code]).get(draft.cycle.code, {}).get(nation)
    out = draft.circulations.exclude(state__in=["preparing"]).order_by("-number").defer("content").first()
    if out is not None and (out.opened is None or out.state == Circulation.State.RECALLED):
        out = None
    return OwnPart(
        draft=draft,
        nation=nation,
        audience=audience_for(pack, nation, day),
        common=nation in members_on(pack, default_population(pack), day),
        report=f.answers_of(found[0], found[1], draft.cycle.pack_id) if found else None,
        positions=positions(draft, nation),
        circulation=out,
        breaks=list(out.breaks.filter(nation=nation)) if out else [],
        extensions=list(out.extensions.filter(nation=nation)) if out else [],
        comments=comments(draft, nation),
        suggestions=suggestions(draft, nation),
    )


def find_circulation(draft: Draft, number: int) -> Circulation:
    found = draft.circulations.filter(number=number).defer("content").first()
    if found is None:
        raise _not_there()
    return found


def nations_of(rows: Iterable[Any]) -> list[str]:
    return sorted({row.nation for row in rows if row.nation})
