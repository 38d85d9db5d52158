"""What the places of an edition are called in a language: chapters, statements, questions, nations, never by code."""

from __future__ import annotations

from eirene.framework import Pack, asked
from eirene.text import pick
from eirene_web.editions import content as c
from eirene_web.editions.models import Draft
from eirene_web.organisations.packs import opened
from eirene_web.organisations.queries import Names


def titles(draft: Draft, names: Names, lang: str) -> dict[str, str]:
    """Reference of a statement, id of a question or chapter, code of a nation → how it is called."""
    pack = opened(draft.cycle.pack_id)
    found = {node["statement"]: indicator_title(pack, node["statement"], lang)
             for _chapter, node in c.statements_of(draft.content)}  # fmt: skip
    for found_ in c.walk(draft.content):
        if found_.node["uid"].startswith("c"):
            found.setdefault(found_.node["id"], pick(found_.node.get("title") or {}, lang) or found_.node["id"])
    for id, question in asked(pack, draft.cycle.code).questions.items():
        found.setdefault(id, f"{question.number} {pick(question.question.text, lang)}")
    for code in pack.bodies:
        found.setdefault(code, names.nation(code))
    return found


def indicator_title(pack: Pack, ref: str, lang: str) -> str:
    """What a reference such as women_share.mean_of_bodies is about."""
    indicator = pack.indicators.get(ref.partition(".")[0].partition("[")[0])
    return pick(indicator.label, lang) if indicator else ref
