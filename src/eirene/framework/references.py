"""Checks what refers to what inside a pack, once each item is valid by itself."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from eirene.framework import model as m

Tell = Callable[..., None]


def check_references(pack: m.Pack, tell: Tell) -> None:
    """Calls `tell(part, id, what, remedy, path)` for every reference that leads nowhere."""
    for check in (_header, _texts, _code_lists, _members, _cycles, _questions, _questionnaires, _rules, _indicators,
                  _elements, _published):  # fmt: skip
        check(pack, tell)


def _near(name: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: what it may have meant, or what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(names[:12])}{' …' if len(names) > 12 else ''}." if names else "None is defined."


def _known(tell: Tell, part: str, id: str, what: str, name: str, known: Iterable[str], path: tuple[Any, ...]) -> bool:
    if name in (known := set(known)):
        return True
    tell(part, id, f"{what} {name!r} is not defined.", _near(name, known), path)
    return False


def _header(pack: m.Pack, tell: Tell) -> None:
    h = pack.header
    codes = [p.code for p in h.populations]
    for name, found in (("population", codes), ("audience", [a.code for a in h.audiences])):
        if not found:
            tell("header", h.id, f"no {name} is defined.", "At least one is needed.")
        _once(tell, h, name, f"{name}s", found)
    _once(tell, h, "disclosure class", "disclosure_classes", [c.code for c in h.disclosure_classes])
    for index, population in enumerate(h.populations):
        at = ("populations", index)
        if population.of is not None and _known(tell, "header", h.id, "population", population.of, codes, at):
            base = next(p for p in h.populations if p.code == population.of)
            if base.of is not None:
                tell("header", h.id, f"{population.code!r} is built on {base.code!r}, itself built on another.", "", at)
        if population.of is None and population.basis != "as_at":
            tell("header", h.id, f"{population.code!r} needs `of`: the population it is built on.", "", at)
    if h.audiences and not h.audiences[0].names_all:
        tell("header", h.id, "the first audience must have names_all: true.", "It is the office that answers for all.")


def _once(tell: Tell, header: m.PackHeader, name: str, field: str, found: list[str]) -> None:
    for code, n in Counter(found).items():
        if n > 1:
            tell("header", header.id, f"the {name} {code!r} is given twice.", "", (field,))


def _texts(pack: m.Pack, tell: Tell) -> None:
    """Every text stands in every language of the pack."""
    languages = pack.header.languages
    parts: list[tuple[str, Mapping[str, m.Model]]] = [
        ("bodies", pack.bodies), ("elements", pack.elements), ("cycles", pack.cycles), ("units", pack.units),
        ("definitions", pack.definitions), ("questions", pack.questions), ("questionnaires", pack.questionnaires),
        ("rules", pack.rules), ("indicators", pack.indicators), ("editions", pack.editions),
    ]  # fmt: skip
    for part, items in parts:
        for id, item in items.items():
            _text_languages(item, languages, tell, part, id, ())
    _text_languages(pack.header, languages, tell, "header", pack.header.id, ())
    for list_id, codes in pack.code_lists.items():
        for code in codes.codes:
            _text_languages(code, languages, tell, f"code:{list_id}", code.code, ())
    if pack.summary is not None:
        _text_languages(pack.summary, languages, tell, "summary", "summary", ())


def _text_languages(item: m.Model, languages: list[str], tell: Tell, part: str, id: str, path: tuple[Any, ...]) -> None:
    for name, info in type(item).model_fields.items():
        value = getattr(item, name)
        at = (*path, info.alias or name)
        if isinstance(value, m.Model):
            _text_languages(value, languages, tell, part, id, at)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, m.Model):
                    _text_languages(one, languages, tell, part, id, (*at, index))
        if isinstance(value, dict) and value and _is_text(info):
            missing = [lang for lang in languages if not value.get(lang)]
            if missing:
                tell(part, id, f"the text {name!r} has no {' or '.join(missing)}.", "", at)


def _is_text(info: Any) -> bool:
    return any(getattr(meta, "func", None) is m._text for meta in info.metadata)


def _code_lists(pack: m.Pack, tell: Tell) -> None:
    for list_id, codes in pack.code_lists.items():
        parents = {code.code: code.parent for code in codes.codes}
        for code in codes.codes:
            part = f"code:{list_id}"
            if code.parent is not None and not _known(tell, part, code.code, "parent", code.parent, parents, ()):
                continue
            seen, at = {code.code}, code.parent
            while at is not None and at in parents:
                if at in seen:
                    tell(part, code.code, f"{code.code!r} is its own ancestor.", "Break the circle of parents.")
                    break
                seen.add(at)
                at = parents[at]


def _members(pack: m.Pack, tell: Tell) -> None:
    populations = {p.code for p in pack.header.populations if p.of is None}
    for index, membership in enumerate(pack.memberships):
        at = ("memberships", str(index))
        _known(tell, *at, "body", membership.body, pack.bodies, ())
        _known(tell, *at, "population", membership.population, populations, ())
        if membership.valid_from and membership.valid_to and membership.valid_from > membership.valid_to:
            tell(*at, f"ends ({membership.valid_to}) before it begins ({membership.valid_from}).")
    for index, name in enumerate(pack.names):
        _known(tell, "names", str(index), "body", name.body, pack.bodies, ())


def _cycles(pack: m.Pack, tell: Tell) -> None:
    audiences = {a.code for a in pack.header.audiences}
    populations = {p.code for p in pack.header.populations if p.of is None}
    for id, cycle in pack.cycles.items():
        if cycle.kind == "collected":
            if cycle.questionnaire is None:
                tell("cycles", id, "a collected cycle needs a questionnaire.")
            else:
                _known(
                    tell, "cycles", id, "questionnaire", cycle.questionnaire, pack.questionnaires, ("questionnaire",)
                )
            if not cycle.asked:
                tell("cycles", id, "nobody is asked.", "Name the populations that report, in `asked`.")
        for population in cycle.asked:
            _known(tell, "cycles", id, "population", population, populations, ("asked",))
        for other in cycle.compares_with:
            _known(tell, "cycles", id, "cycle", other, pack.cycles, ("compares_with",))
        if "default_releasability" in cycle.model_fields_set or "members" in audiences:
            _known(tell, "cycles", id, "audience", cycle.default_releasability, audiences, ("default_releasability",))
    for id in pack.editions:
        _known(tell, "editions", id, "cycle", id, pack.cycles, ())


def _questions(pack: m.Pack, tell: Tell) -> None:
    for id, question in pack.questions.items():
        _question(pack, tell, "questions", id, question, ())


def _question(pack: m.Pack, tell: Tell, part: str, id: str, q: m.Question, path: tuple[Any, ...]) -> None:
    lists = pack.code_lists
    if q.type in ("single_choice", "multiple_choice"):
        if q.choices is None:
            tell(part, id, f"{q.id!r} is a choice and needs `choices`.", "Name a code list.", path)
        else:
            _known(tell, part, id, "code list", q.choices, lists, (*path, "choices"))
    if q.type == "matrix" and not 1 <= len(q.dimensions) <= 3:
        tell(part, id, f"{q.id!r} is a matrix and needs one to three dimensions.", "", (*path, "dimensions"))
    if q.type != "matrix" and q.dimensions:
        tell(part, id, f"{q.id!r} has dimensions but is no matrix.", "", (*path, "dimensions"))
    if (q.type == "rows") != bool(q.columns):
        tell(part, id, f"{q.id!r}: `columns` belong to the type rows, and rows need them.", "", path)
    for name, dimension in q.dimensions.items():
        at = (*path, "dimensions", name)
        if _known(tell, part, id, "code list", dimension.list, lists, at):
            codes = {c.code for c in lists[dimension.list].codes}
            for code in dimension.codes:
                _known(tell, part, id, "code", code, codes, (*at, "codes"))
    for column in (*q.columns, *q.particulars):
        if column.type == "choice":
            _known(tell, part, id, "code list", column.list or "", lists, path)
    if q.unit is not None:
        _known(tell, part, id, "unit", q.unit, pack.units, (*path, "unit"))
    if q.definition is not None:
        _known(tell, part, id, "definition", q.definition, pack.definitions, (*path, "definition"))
    _disclosure(pack, tell, part, id, q.disclosure, path)


def _disclosure(pack: m.Pack, tell: Tell, part: str, id: str, code: str | None, path: tuple[Any, ...]) -> None:
    if code is not None:
        known = {c.code for c in pack.header.disclosure_classes}
        _known(tell, part, id, "disclosure class", code, known, (*path, "disclosure"))


def _questionnaires(pack: m.Pack, tell: Tell) -> None:
    for id, questionnaire in pack.questionnaires.items():
        numbers: Counter[str] = Counter()
        used: Counter[str] = Counter()
        for s, section in enumerate(questionnaire.sections):
            for q, use in enumerate(section.questions):
                at = ("sections", s, "questions", q)
                numbers[use.number] += 1
                used[use.use] += 1
                for earlier in use.continues:
                    _known(tell, "questionnaires", id, "question", earlier, pack.questions, at)
                if not _known(tell, "questionnaires", id, "question", use.use, pack.questions, at):
                    continue
                try:
                    question = with_changes(pack.questions[use.use], use, pack.header.languages[0])
                except ValidationError as error:
                    for detail in error.errors(include_url=False):
                        name = ".".join(str(part) for part in detail["loc"])
                        tell("questionnaires", id, f"set.{name} is not valid: {detail['msg']}.", "", (*at, "set"))
                    continue
                if use.set:
                    _question(pack, tell, "questionnaires", id, question, at)
        for number, n in numbers.items():
            if n > 1:
                tell("questionnaires", id, f"the number {number!r} is given to {n} questions.")
        for question_id, n in used.items():
            if n > 1:
                tell("questionnaires", id, f"the question {question_id!r} is asked {n} times.")


def with_changes(question: m.Question, use: m.Use, language: str) -> m.Question:
    """The question as one questionnaire version asks it. Raises ValidationError for a `set` that does not fit."""
    if not use.set:
        return question
    data = {**question.model_dump(by_alias=True), **use.set, "id": question.id}
    return m.Question.model_validate(data, context={"language": language})


def _rules(pack: m.Pack, tell: Tell) -> None:
    for id, rule in pack.rules.items():
        if rule.question is not None and _known(tell, "rules", id, "question", rule.question, pack.questions, ()):
            dimensions = _all_dimensions(pack, rule.question)
            for name in (*rule.for_each, *([rule.dimension] if rule.dimension else [])):
                _known(tell, "rules", id, "dimension", name, dimensions, ())
        needs = {
            "sum_of_parts": ("question", "dimension"), "at_most": ("left", "right"), "assert": ("that",),
            "required_if": ("question", "when"), "change": ("value",), "same_as_before": ("question",),
            "outlier": ("value", "factor"), "definition_changed": ("question",),
        }[rule.kind]  # fmt: skip
        for name in needs:
            if getattr(rule, name) is None:
                tell("rules", id, f"a rule of kind {rule.kind} needs {name!r}.")


def _all_dimensions(pack: m.Pack, question: str) -> set[str]:
    found = set(pack.questions[question].dimensions)
    for questionnaire in pack.questionnaires.values():
        for section in questionnaire.sections:
            for use in section.questions:
                if use.use == question and isinstance(use.set.get("dimensions"), dict):
                    found |= set(use.set["dimensions"])
    return found


def _indicators(pack: m.Pack, tell: Tell) -> None:
    populations = {p.code for p in pack.header.populations}
    for id, indicator in pack.indicators.items():
        for element in indicator.measures:
            _known(tell, "indicators", id, "framework element", element, pack.elements, ("measures",))
        for population in indicator.populations:
            _known(tell, "indicators", id, "population", population, populations, ("populations",))
        _known(tell, "indicators", id, "unit", indicator.unit, pack.units, ("unit",))
        if indicator.question is not None:
            _known(tell, "indicators", id, "question", indicator.question, pack.questions, ("question",))
        _disclosure(pack, tell, "indicators", id, indicator.disclosure, ())


def _elements(pack: m.Pack, tell: Tell) -> None:
    for id, element in pack.elements.items():
        for other in element.related:
            _known(tell, "elements", id, "framework element", other, pack.elements, ("related",))
        if element.source:
            _known(tell, "elements", id, "source", element.source, pack.sources, ("source",))


def _published(pack: m.Pack, tell: Tell) -> None:
    for index, figure in enumerate(pack.published):
        at = ("published", str(index))
        _known(tell, *at, "indicator", figure.indicator, pack.indicators, ())
        _known(tell, *at, "source", figure.source, pack.sources, ())
        if figure.body:
            _known(tell, *at, "body", figure.body, pack.bodies, ())
