"""How things are called on the pages: names of codes, bodies, kinds and populations in the reader's language."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from eirene.figures.model import Figure
from eirene.framework import Pack, body_name, codes
from eirene.text import Phrases, pick
from eirene_web.portal.reading import Edition


def phrases(pack: Pack, lang: str) -> Phrases:
    return Phrases(lang, pack.phrases)


def kind_name(pack: Pack, kind: str, lang: str) -> str:
    return _said(pack, f"kind_{kind}", lang) or kind.replace("_", " ")


def kind_method(pack: Pack, kind: str, lang: str) -> str:
    """How a kind of figure is made; '' if the catalogue does not say."""
    return _said(pack, f"explain_{kind}", lang)


def reason_name(pack: Pack, reason: str, lang: str) -> str:
    return _said(pack, f"reason_{reason}", lang) or reason.replace("_", " ")


def _said(pack: Pack, phrase: str, lang: str) -> str:
    try:
        return phrases(pack, lang)(phrase)
    except KeyError:
        return ""


def population_label(pack: Pack, code: str, lang: str) -> str:
    """ "members of Concordia" """
    return next((pick(p.label, lang) for p in pack.header.populations if p.code == code), code)


def population_many(pack: Pack, code: str, lang: str, n: int = 2) -> str:
    """ "members"; "member" for one."""
    for one in pack.header.populations:
        if one.code == code:
            return pick(one.one if n == 1 else one.many, lang)
    return code


def dimension_list(pack: Pack, dimension: str) -> str:
    """The code list behind a dimension's name, '' if it is none of the pack's."""
    if dimension in pack.code_lists:
        return dimension
    return next((q.dimensions[dimension].list for q in pack.questions.values() if dimension in q.dimensions), "")


def code_label(edition: Edition, dimension: str, code: str, lang: str) -> str:
    if dimension == "body":
        return name_of_body(edition, code, lang)
    if dimension == "year":
        return _said(edition.pack, "undated", lang) if code == "undated" else code
    if dimension == "scope":
        return code.replace("-", " ")
    listed = dimension_list(edition.pack, dimension)
    tree = codes(edition.pack, listed) if listed else None
    return tree.label(code, lang) if tree is not None and code in tree else code


def code_order(edition: Edition, dimension: str) -> dict[str, int]:
    """Place of each code along a dimension."""
    if dimension == "body":
        return {code: n for n, code in enumerate(edition.pack.bodies)}
    listed = dimension_list(edition.pack, dimension)
    return {code: n for n, code in enumerate(codes(edition.pack, listed).codes)} if listed else {}


def dimension_name(edition: Edition, dimension: str, lang: str) -> str:
    return _dimension_words(lang).get(dimension, dimension.replace("_", " "))


@lru_cache(maxsize=8)
def _dimension_words(lang: str) -> dict[str, str]:
    from django.utils import translation
    from django.utils.translation import gettext as _

    with translation.override(lang):
        return {
            "service": _("service"), "rank": _("rank"), "sex": _("sex"), "year": _("year"), "body": _("nation"),
            "scope": _("what is counted"), "operation_lead": _("who leads the operation"),
            "personnel_category": _("category of personnel"), "leaving_reason": _("reason for leaving"),
            "adviser_kind": _("kind of adviser"), "adviser_level": _("level"), "case_stage": _("stage"),
            "course_level": _("level of the course"), "work_life_measure": _("measure"),
        }  # fmt: skip


def name_of_body(edition: Edition, body: str, lang: str) -> str:
    return body_name(edition.pack, body, lang, edition.cycle.reference_date)


def label_of(edition: Edition, figure: Figure, lang: str) -> str:
    """The figure's label with its break-down: "Share of women, army"."""
    parts = [code_label(edition, d, c, lang) for d, c in sorted(figure.dimensions.items())]
    return ", ".join([pick(figure.label, lang), *parts])


def cycle_label(pack: Pack, cycle: str, lang: str) -> str:
    """A cycle by its data year, or by its title where the year alone could mean another one."""
    found = pack.cycles.get(cycle)
    if found is None:
        return cycle
    same = [c for c in pack.cycles.values() if c.data_year == found.data_year and c.kind == found.kind]
    return str(found.data_year) if len(same) == 1 else pick(found.title, lang)


def folded(text: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def population_short(pack: Pack, code: str, lang: str) -> str:
    """ "members"; the whole label where the population is one built on another."""
    plain = any(p.code == code and p.of is None and p.basis == "as_at" for p in pack.header.populations)
    return population_many(pack, code, lang) if plain else population_label(pack, code, lang)
