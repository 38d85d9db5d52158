"""What one body may see of a Summary before anybody else may: its own chapter, and its own part in each statement.

Everything here is made from the body's own report alone, so that nothing can tell of another one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from eirene.disclosure import figure_questions
from eirene.documents import model as d
from eirene.figures import Figure, compute, member_value
from eirene.figures.display import unit_text
from eirene.framework import audience_rank, cycle_of
from eirene.framework.model import Chapter, Edition, Pack
from eirene.questionnaires.model import Report
from eirene.summary.build import Content, compose_body, composer_of
from eirene.text import number

Standing = Literal["named", "counted", "missing"]


@dataclass(frozen=True)
class Part:
    """A body's own part in one statement of an edition.

    chapter, label   id of the chapter in which it stands, and what it is about: nothing that was written into a draft
    standing         named: counted, and its answer is released for naming to the audience (the name may still be
                     withdrawn, to protect another); counted: without its name; missing: `reason` says why
                     (not_of_population: the statement speaks of others)
    value            what it contributes: "yes", "no", its own rate or number; '' where it does not count
    questions        ids of the questions that the statement rests on
    """

    ref: str
    key: str
    chapter: str
    label: str
    standing: Standing
    reason: str = ""
    value: str = ""
    questions: tuple[str, ...] = ()


def own_parts(
    pack: Pack, cycle: str, body: str, report: Report | None, edition: Edition, audience: str, lang: str, as_of: dt.date
) -> list[Part]:
    """The body's part in each statement of the edition, in its order. A figure is not among what is told."""
    statements = [(chapter, ref, pop) for chapter in edition.chapters for ref, pop in _statements(chapter)]
    content = _alone(pack, cycle, audience, edition, report, as_of)
    composer = composer_of(content, lang)
    found = []
    for chapter, ref, population in statements:
        key = composer.index.key(ref, population=population)
        figure = composer.index.by_key.get(key)
        id = key.partition(".")[0]
        label = composer.label(figure) if figure else pack.indicators[id].label.get(lang, id)
        questions = tuple(sorted(figure_questions(pack, id)))
        told = _standing(pack, cycle, body, report, figure, audience, questions)
        value = _value(figure, body, lang, pack) if figure is not None and told[0] != "missing" else ""
        found.append(Part(ref, key, chapter.id, label, told[0], told[1], value, questions))
    return found


def _statements(chapter: Chapter) -> Iterator[tuple[str, str | None]]:
    yield from ((b.statement, b.population) for b in chapter.blocks if b.statement is not None)
    for section in chapter.sections:
        yield from _statements(section)


def _alone(pack: Pack, cycle: str, audience: str, edition: Edition, report: Report | None, as_of: dt.date) -> Content:
    reports = {report.body: report} if report is not None else {}
    return Content(
        pack=pack,
        cycle=cycle,
        audience=audience,
        edition=edition,
        figures=compute(pack, cycle, reports.values(), as_of=as_of),
        reports=reports,
        shown=lambda body, question: _released(pack, cycle, reports.get(body), question, audience),
        reported={cycle: frozenset(reports)},
        as_of=as_of,
    )


def _released(pack: Pack, cycle: str, report: Report | None, question: str, audience: str) -> bool:
    """Whether the body itself released its answer, by name, to the audience."""
    answer = report.answers.get(question) if report is not None else None
    if answer is None or not answer.naming:
        return False
    widest = answer.releasability or cycle_of(pack, cycle).default_releasability
    return audience_rank(pack, widest) >= audience_rank(pack, audience)


def _standing(
    pack: Pack,
    cycle: str,
    body: str,
    report: Report | None,
    figure: Figure | None,
    audience: str,
    questions: tuple[str, ...],
) -> tuple[Standing, str]:
    if figure is None:
        return "missing", "not_asked"
    if body in figure.members:
        named = bool(questions) and all(_released(pack, cycle, report, q, audience) for q in questions)
        return ("named" if named else "counted"), ""
    reason = next((m.reason for m in figure.missing if body in m.bodies), "not_of_population")
    return "missing", reason


def _value(figure: Figure, body: str, lang: str, pack: Pack) -> str:
    told = figure.members.get(body)
    if isinstance(told, bool):
        return "yes" if told else "no"
    value = member_value(figure, body)
    if value is None:
        return ""
    unit = unit_text(figure, pack, lang)
    text = number(value, lang, figure.decimals)
    return f"{text}\u00a0{unit}" if unit else text


def own_chapter(
    pack: Pack, cycle: str, body: str, report: Report | None, edition: Edition, audience: str, lang: str, as_of: dt.date
) -> d.Section:
    """The body's own chapter as it stands by its own wish: every answer that it released by name to the audience. What
    compares it with others is left out, and a name may still be withdrawn to protect another."""
    content = _alone(pack, cycle, audience, edition, report, as_of)
    return compose_body(_without_figures(content), lang, body)


def _without_figures(content: Content) -> Content:
    from dataclasses import replace

    return replace(content, figures=())
