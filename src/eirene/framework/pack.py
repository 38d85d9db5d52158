"""Questions one asks of a pack: what is asked in a cycle, who belonged then, how codes nest, what a body is called."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from eirene.errors import PackError, UsageError
from eirene.framework import model as m
from eirene.framework.references import with_changes
from eirene.text import Text, pick

T = TypeVar("T")
_memo: dict[int, dict[object, object]] = {}


def _remember(pack: m.Pack, key: object, make: Callable[[], T]) -> T:
    """Kept as long as the pack itself: packs are frozen, so what follows from one never changes."""
    if id(pack) not in _memo:
        _memo[id(pack)] = {}
        weakref.finalize(pack, _memo.pop, id(pack), None)
    kept = _memo[id(pack)]
    if key not in kept:
        kept[key] = make()
    return kept[key]  # type: ignore[return-value]


# --- identity -------------------------------------------------------------------------------------------------------


def pack_bytes(pack: m.Pack) -> bytes:
    """Canonical JSON of the resolved pack: UTF-8, no spaces, defaults left out; what its hash is over.

    Keys stand in the pack's own order, for it means something: of dimensions, of bodies, of questions.
    """
    return _remember(pack, "bytes", lambda: _canonical(pack))


def _canonical(pack: m.Pack) -> bytes:
    data = pack.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def pack_hash(pack: m.Pack) -> str:
    """SHA-256 of `pack_bytes`, hexadecimal."""
    return _remember(pack, "hash", lambda: hashlib.sha256(pack_bytes(pack)).hexdigest())


def pack_from_bytes(data: bytes) -> m.Pack:
    """The pack that a release carries. Raises PackError if it is none."""
    try:
        return m.Pack.model_validate_json(data)
    except ValueError as error:
        raise PackError(f"pack.json does not hold a pack: {error}") from None


# --- what is asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as one questionnaire version asks it."""

    id: str
    number: str
    section: str
    question: m.Question
    break_: Text
    continues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedSection:
    id: str
    title: Text
    intro: Text
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True, slots=True)
class AskedQuestionnaire:
    id: str
    version: str
    title: Text
    intro: Text
    sections: tuple[AskedSection, ...]
    questions: Mapping[str, AskedQuestion] = field(default_factory=dict)


def cycle_of(pack: m.Pack, cycle_id: str) -> m.Cycle:
    """The cycle; UsageError with the known ones if there is none."""
    if cycle_id not in pack.cycles:
        raise UsageError(
            f"The pack {pack.header.id} has no cycle {cycle_id!r}.", remedy=f"It has: {', '.join(pack.cycles)}."
        )
    return pack.cycles[cycle_id]


def asked(pack: m.Pack, cycle_or_questionnaire: str) -> AskedQuestionnaire:
    """The questionnaire of a cycle (or of that id), each question with what this version changes."""
    if cycle_or_questionnaire in pack.questionnaires:
        name = cycle_or_questionnaire
    else:
        cycle = cycle_of(pack, cycle_or_questionnaire)
        if cycle.questionnaire is None:
            raise UsageError(f"The cycle {cycle.id} is compiled from what others published; nobody is asked in it.")
        name = cycle.questionnaire
    return _remember(pack, ("asked", name), lambda: _asked(pack, pack.questionnaires[name]))


def _asked(pack: m.Pack, questionnaire: m.Questionnaire) -> AskedQuestionnaire:
    sections = []
    for section in questionnaire.sections:
        questions = tuple(
            AskedQuestion(
                use.use,
                use.number,
                section.id,
                with_changes(pack.questions[use.use], use, pack.header.languages[0]),
                use.break_,
                tuple(use.continues),
            )
            for use in section.questions
        )
        sections.append(AskedSection(section.id, section.title, section.intro, questions))
    by_id = {q.id: q for section in sections for q in section.questions}
    return AskedQuestionnaire(
        questionnaire.id, questionnaire.version, questionnaire.title, questionnaire.intro, tuple(sections), by_id
    )


# --- codes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeTree:
    """A code list with its nesting; order is the list's own."""

    id: str
    codes: tuple[str, ...]
    _codes: Mapping[str, m.Code]
    _children: Mapping[str, tuple[str, ...]]
    _aliases: Mapping[str, str]

    def label(self, code: str, lang: str) -> str:
        return pick(self._codes[code].label, lang)

    def labels(self, code: str) -> Text:
        return self._codes[code].label

    def parent(self, code: str) -> str | None:
        return self._codes[code].parent

    def children(self, code: str) -> tuple[str, ...]:
        return self._children.get(code, ())

    def roots(self) -> tuple[str, ...]:
        return tuple(c for c in self.codes if self._codes[c].parent is None)

    def leaves(self) -> tuple[str, ...]:
        return tuple(c for c in self.codes if c not in self._children)

    def alias(self, text: str) -> str | None:
        """The code that a title, an alias or a label in any language stands for."""
        return self._aliases.get(text.strip().casefold())

    def __contains__(self, code: object) -> bool:
        return code in self._codes


def codes(pack: m.Pack, list_id: str) -> CodeTree:
    return _remember(pack, ("codes", list_id), lambda: _tree(pack.code_lists[list_id]))


def _tree(code_list: m.CodeList) -> CodeTree:
    by_code = {code.code: code for code in code_list.codes}
    children: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, str] = {}
    for code in code_list.codes:
        if code.parent is not None:
            children[code.parent] = (*children.get(code.parent, ()), code.code)
        for text in (*code.aliases, *code.label.values()):
            aliases.setdefault(text.strip().casefold(), code.code)
    for code in code_list.codes:
        aliases[code.code.casefold()] = code.code
    return CodeTree(code_list.id, tuple(by_code), by_code, children, aliases)


def dimension_codes(pack: m.Pack, question: m.Question, dimension: str) -> tuple[str, ...]:
    """Codes asked along a dimension, in order, without the total."""
    asked_dimension = question.dimensions[dimension]
    return tuple(asked_dimension.codes) or codes(pack, asked_dimension.list).codes


def dimension_name(pack: m.Pack, question: m.Question, dimension: str, lang: str) -> str:
    """What a dimension is called: the pack's phrase `list_<code list>`, else its own name with spaces."""
    list_id = question.dimensions[dimension].list
    return pack.phrases.get(lang, {}).get(f"list_{list_id}") or dimension.replace("_", " ")


# --- bodies ---------------------------------------------------------------------------------------------------------


def _sorted_bodies(pack: m.Pack, found: set[str]) -> tuple[str, ...]:
    """In the pack's order: `order` where given, else the order of bodies.csv."""

    def place() -> dict[str, tuple[int, int]]:
        return {code: (b.order if b.order is not None else i, i) for i, (code, b) in enumerate(pack.bodies.items())}

    places = _remember(pack, "places", place)
    return tuple(sorted(found, key=lambda code: places.get(code, (10**9, 0))))


def _on(valid_from: dt.date | None, valid_to: dt.date | None, date: dt.date) -> bool:
    return (valid_from is None or valid_from <= date) and (valid_to is None or date <= valid_to)


def members_on(pack: m.Pack, population: str, date: dt.date) -> tuple[str, ...]:
    """Bodies that belonged to a population, by its memberships, on a date."""

    def found() -> tuple[str, ...]:
        return _sorted_bodies(
            pack,
            {x.body for x in pack.memberships if x.population == population and _on(x.valid_from, x.valid_to, date)},
        )

    return _remember(pack, ("members", population, date), found)


def population(pack: m.Pack, code: str) -> m.Population:
    for one in pack.header.populations:
        if one.code == code:
            return one
    known = ", ".join(p.code for p in pack.header.populations)
    raise UsageError(f"The pack {pack.header.id} has no population {code!r}.", remedy=f"It has: {known}.")


def population_bodies(
    pack: m.Pack,
    code: str,
    cycle_id: str,
    *,
    as_of: dt.date,
    reported: Mapping[str, frozenset[str]],
) -> tuple[str, ...]:
    """Bodies of a population for a cycle, in the pack's order (practice 7).

    reported   cycle → bodies that reported in it, for this cycle and the earlier ones that are compared
    as_of      date of the edition: whom "today's members" means
    """
    wanted = population(pack, code)
    cycle = cycle_of(pack, cycle_id)
    base = wanted.of or wanted.code
    if wanted.basis == "today":
        return members_on(pack, base, as_of)
    then = members_on(pack, base, cycle.reference_date)
    if wanted.basis == "as_at":
        return then
    return tuple(body for body in then if all(body in bodies for bodies in reported.values()))


def asked_bodies(pack: m.Pack, cycle_id: str) -> tuple[str, ...]:
    """Bodies that are asked to report in a cycle: who belonged, on its reference date, to a population asked."""
    cycle = cycle_of(pack, cycle_id)
    return _sorted_bodies(pack, {b for p in cycle.asked for b in members_on(pack, p, cycle.reference_date)})


def body_name(pack: m.Pack, body: str, lang: str, on: dt.date) -> str:
    """What a body is called in a language on a date; its code if the pack does not know it."""
    for dated in pack.names:
        if dated.body == body and dated.name and _on(dated.valid_from, dated.valid_to, on):
            return pick(dated.name, lang)
    return pick(pack.bodies[body].name, lang) if body in pack.bodies else body


def naming_footnote(pack: m.Pack, body: str, lang: str, on: dt.date) -> str:
    """The footnote that goes with a body's name on a date, '' if there is none."""
    for dated in pack.names:
        if dated.body == body and dated.footnote and _on(dated.valid_from, dated.valid_to, on):
            return pick(dated.footnote, lang)
    return ""


def audience_rank(pack: m.Pack, code: str) -> int:
    """0 for the narrowest audience. An answer released to rank r is seen by audiences of rank ≤ r."""
    for rank, audience in enumerate(pack.header.audiences):
        if audience.code == code:
            return rank
    known = ", ".join(a.code for a in pack.header.audiences)
    raise UsageError(f"The pack {pack.header.id} has no audience {code!r}.", remedy=f"It has: {known}.")


# --- disclosure -----------------------------------------------------------------------------------------------------


def disclosure_class(pack: m.Pack, code: str | None) -> m.DisclosureClass | None:
    """The class of that code; None for none, and for one that the pack does not know."""
    return next((found for found in pack.header.disclosure_classes if found.code == code), None)


def tighter_classes(pack: m.Pack, question: m.Question) -> tuple[m.DisclosureClass, ...]:
    """The classes that a body is offered for its own answer in place of the question's, in the pack's order; none where
    the question has no class, for there is nothing to tighten."""
    own = disclosure_class(pack, question.disclosure)
    classes = pack.header.disclosure_classes if own is not None else []
    return tuple(one for one in classes if one != own and one.at_least_as_tight_as(own))


def class_in_force(pack: m.Pack, question: m.Question, chosen: str | None = None) -> m.DisclosureClass | None:
    """The class under which an answer is protected: the one that its body chose, if it is at least as tight as the
    question's, else the question's. None: nothing is protected but who is named."""
    own, other = disclosure_class(pack, question.disclosure), disclosure_class(pack, chosen)
    return other if other is not None and other.at_least_as_tight_as(own) else own
