"""Builds the Summary as a document, one for each language of the pack, from the figures that an audience may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from eirene.documents import model as d
from eirene.documents.words import words
from eirene.figures.model import Figure
from eirene.framework import asked_bodies, cycle_of, members_on
from eirene.framework.model import Chapter, Edition, Pack
from eirene.questionnaires.model import Report
from eirene.summary.annexes import annex
from eirene.summary.bodies import body_chapter
from eirene.summary.chapters import Composer, LeftOut, _nothing
from eirene.summary.confidential import with_legends
from eirene.summary.refs import FigureIndex
from eirene.summary.texts import Writer
from eirene.text import Phrases, date, number, pick


@dataclass(frozen=True)
class Content:
    """What a Summary is built from: all of it is already cut to what the audience may see.

    figures   of this cycle and of the earlier ones that its series need
    shown     (body, question) → may the body's answer be shown under its name?
    reported  cycle → bodies whose report is in
    facts     counts for the method chapter: answers shown by name, hidden
    """

    pack: Pack
    cycle: str
    audience: str
    edition: Edition
    figures: Sequence[Figure]
    reports: Mapping[str, Report]
    shown: Callable[[str, str], bool]
    reported: Mapping[str, frozenset[str]]
    as_of: dt.date
    release_id: str = ""
    #: (body, question) → cells of an answer that is shown which are left out for protection
    left_out: LeftOut = _nothing
    facts: Mapping[str, int] = field(default_factory=dict)


def build_documents(content: Content) -> dict[str, d.Document]:
    """language → Document, for every language of the pack."""
    return {lang: _document(content, lang) for lang in content.pack.header.languages}


def default_population(pack: Pack) -> str:
    """What a reference means that names no population: the first one of the pack."""
    return pack.header.populations[0].code


def composer_of(content: Content, lang: str) -> Composer:
    """What composes the texts of an edition in one language."""
    pack = content.pack
    cycle = cycle_of(pack, content.cycle)
    earlier = cycle.compares_with[-1] if cycle.compares_with else ""
    facts = {
        "cycle": pick(cycle.title, lang),
        "previous_cycle": pick(pack.cycles[earlier].title, lang) if earlier else "",
        "alliance": pick(pack.header.short_title, lang),
        "year": str(cycle.data_year),
    }
    index = FigureIndex(pack, content.figures, content.cycle, default_population(pack))
    return Composer(Writer(index, lang, facts), content.edition, content.left_out)


def compose_chapter(content: Content, lang: str, id: str) -> d.Section | None:
    """One chapter of the edition alone, as a draft is looked at; that of the bodies without them. None: no such one."""
    composer = composer_of(content, lang)
    for no, chapter in enumerate(content.edition.chapters, 1):
        if chapter.id != id:
            continue
        if chapter.generate == "bodies":
            return with_legends(composer.chapter(chapter, str(no)), composer)
        made = partial(annex, composer, chapter.generate, content.facts, content.reported)
        return with_legends(composer.chapter(chapter, str(no), made), composer)
    return None


def compose_body(content: Content, lang: str, body: str) -> d.Section:
    """The chapter of one body alone."""
    names_all = next(a.names_all for a in content.pack.header.audiences if a.code == content.audience)
    report = content.reports.get(body)
    composer = composer_of(content, lang)
    return with_legends(body_chapter(composer, body, report, content.shown, "", names_all), composer)


def _document(content: Content, lang: str) -> d.Document:
    pack, edition = content.pack, content.edition
    cycle = cycle_of(pack, content.cycle)
    say = Phrases(lang, pack.phrases)
    composer = composer_of(content, lang)
    writer = composer.w
    sections = tuple(with_legends(section, composer) for section in _sections(content, composer))
    audience = next(a for a in pack.header.audiences if a.code == content.audience)
    title = writer.plain(edition.title)
    return d.Document(
        lang=lang,
        title=title,
        subtitle=writer.plain(edition.subtitle) if edition.subtitle else "",
        kicker=say("compiled_kicker" if cycle.kind == "compiled" else "summary_kicker"),
        marking=pick(audience.marking, lang),
        notice=pick(pack.header.notice, lang),
        fictional=pack.header.fictional,
        date=content.as_of.isoformat(),
        facts=tuple(_facts(content, say, lang)),
        sections=sections,
        words=words(lang, pack.phrases),
        running_head=say("running", title=writer.facts["alliance"], cycle=title),
        identifier=content.release_id,
        cite=say(
            "cite",
            alliance=writer.facts["alliance"],
            title=title,
            number=edition.number,
            date=date(content.as_of, lang),
        ),
        licence=pack.header.licence,
    )


def _facts(content: Content, say: Phrases, lang: str) -> Iterable[tuple[str, str]]:
    """The facts of the cover: edition, who reported, how many figures, the release."""
    pack, cycle = content.pack, cycle_of(content.pack, content.cycle)
    yield say("cover_edition"), say("edition_on", number=content.edition.number, date=date(content.as_of, lang))
    for code in cycle.asked:
        asked = members_on(pack, code, cycle.reference_date)
        came = [b for b in asked if b in content.reported.get(cycle.id, frozenset())]
        many = next(pick(p.many, lang) for p in pack.header.populations if p.code == code)
        ratio = say("n_of_N", n=number(len(came), lang), N=number(len(asked), lang))
        yield say("cover_reported", population=many[:1].upper() + many[1:]), ratio
    own = [f for f in content.figures if f.cycle == cycle.id]
    yield say("cover_figures"), number(len(own), lang)
    if content.release_id:
        yield say("cover_release"), content.release_id
    audience = next(a for a in pack.header.audiences if a.code == content.audience)
    yield say("cover_audience"), pick(audience.label, lang)


def _sections(content: Content, composer: Composer) -> Iterable[d.Section]:
    if content.edition.foreword:
        runs = [d.Paragraph(composer.w.runs(text)) for text in content.edition.foreword]
        yield d.Section("foreword", composer.say("foreword"), "", tuple(runs))
    no = 0
    for chapter in content.edition.chapters:
        no += 1
        if chapter.generate == "bodies":
            yield _bodies(content, composer, chapter, str(no))
            continue
        made = partial(annex, composer, chapter.generate, content.facts, content.reported)
        section = composer.chapter(chapter, str(no), made)
        yield d.Section(
            section.id,
            section.title,
            section.number,
            section.blocks,
            section.sections,
            section.tags,
            "annex" if chapter.generate else "chapter",
        )


def _bodies(content: Content, composer: Composer, chapter: Chapter, no: str) -> d.Section:
    """The chapter of chapters: one for each body asked, in the order of the populations (members first)."""
    intro = (d.Paragraph((d.Run(composer.say("bodies_intro")),)),)
    opening = composer.chapter(chapter, no, lambda: () if chapter.blocks else intro)
    names_all = next(a.names_all for a in content.pack.header.audiences if a.code == content.audience)
    bodies = _in_order(content)
    sections = [
        body_chapter(composer, body, content.reports.get(body), content.shown, f"{no}.{i}", names_all)
        for i, body in enumerate(bodies, 1)
    ]
    return d.Section(
        opening.id, opening.title, no, opening.blocks, (*opening.sections, *sections), opening.tags, "chapter"
    )


def _in_order(content: Content) -> list[str]:
    cycle = cycle_of(content.pack, content.cycle)
    found: dict[str, None] = {}
    if cycle.kind == "compiled":
        # Members without a single public value have a chapter too: that nothing is public is what it says.
        members = members_on(content.pack, default_population(content.pack), cycle.reference_date)
        values = {f.dimensions["body"] for f in content.figures if "body" in f.dimensions}
        return [*members, *(body for body in content.pack.bodies if body in values and body not in members)]
    for population in cycle.asked:
        found.update(dict.fromkeys(members_on(content.pack, population, cycle.reference_date)))
    return [*found, *(b for b in asked_bodies(content.pack, cycle.id) if b not in found)]
