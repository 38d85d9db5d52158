"""What must be said beside a figure: justified warnings, errors nobody explained, differing definitions, breaks.

A note belongs to the answer of one body to one question; a figure carries the notes of the bodies that are in it. No
text names a body: `Footnote.body` does, and whoever publishes decides whether it may be shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eirene.figures.model import Footnote
from eirene.framework import AskedQuestionnaire, Pack
from eirene.framework.model import Code, DefinitionGrid
from eirene.questionnaires import Definition, Finding, Report
from eirene.text import Phrases, Text, pick

#: Options of a definition grid: "counted apart", and "does not exist", which is no way of counting (practice 3).
APART, ABSENT = "apart", "none"


@dataclass(frozen=True, slots=True)
class Note:
    question: str
    body: str
    footnote: Footnote
    #: Dimension → code, where the note is about one cell.
    cell: Mapping[str, str] = field(default_factory=dict)

    def about(self, line: Mapping[str, str], related: Mapping[str, frozenset[str]]) -> bool:
        """Whether it concerns a line of a break-down. related: dimension → codes above, below or equal to its own."""
        return all(self.cell.get(d, "_T") == "_T" or self.cell[d] in related[d] for d in line)


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes of one cycle by question, and the bodies whose definition changed since the cycle before."""

    of_question: Mapping[str, tuple[Note, ...]]
    changed: Mapping[str, frozenset[str]]

    def on(self, questions: Iterable[str]) -> tuple[Note, ...]:
        return tuple(note for question in questions for note in self.of_question.get(question, ()))

    def changed_on(self, questions: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.changed.get(q, frozenset()) for q in questions))


def notes_of(
    pack: Pack,
    asked: AskedQuestionnaire,
    reports: Mapping[str, Report],
    findings: Mapping[str, Sequence[Finding]],
    before: Mapping[str, Report],
    since: str,
) -> Notes:
    """before   reports of the cycle `since` that this one is compared with, if there is one"""
    found: dict[str, list[Note]] = defaultdict(list)
    changed: dict[str, frozenset[str]] = {}
    for body in reports:
        for note in _warnings(pack, reports[body], findings.get(body, ())):
            found[note.question].append(note)
    for id, question in asked.questions.items():
        if question.question.definition is None:
            continue
        grid = pack.definitions[question.question.definition]
        now, then = _definitions(id, reports), _definitions(id, before)
        found[id] += _differing(pack, grid, id, now)
        changes = list(_changes(pack, grid, id, now, then, since))
        found[id] += changes
        changed[id] = frozenset(note.body for note in changes)
    return Notes({id: tuple(_once(notes)) for id, notes in found.items()}, changed)


def _once(notes: Iterable[Note]) -> list[Note]:
    kept: list[Note] = []
    seen = set()
    for note in notes:
        same = (note.body, note.footnote.kind, tuple(sorted(note.footnote.text.items())), tuple(note.cell.items()))
        if same not in seen:
            seen.add(same)
            kept.append(note)
    return kept


# --- warnings and errors --------------------------------------------------------------------------------------------


def _warnings(pack: Pack, report: Report, findings: Sequence[Finding]) -> Iterable[Note]:
    for finding in findings:
        if finding.outcome != "found" or finding.severity not in ("error", "warning"):
            continue
        answer = report.answers.get(finding.place.question)
        if finding.justified:
            text = _justified(pack, finding.message, answer.justification if answer else {})
            footnote = Footnote("justified_warning", text, report.body)
        elif finding.severity == "error":
            footnote = Footnote("unjustified_error", dict(finding.message), report.body)
        else:
            continue
        yield Note(finding.place.question, report.body, footnote, dict(finding.place.cell))


def _justified(pack: Pack, message: Text, why: Text) -> Text:
    if not why:
        return dict(message)
    return {
        lang: Phrases(lang, pack.phrases)("note_justified", message=pick(message, lang), why=pick(why, lang))
        for lang in pack.header.languages
    }


# --- definitions ----------------------------------------------------------------------------------------------------


def _definitions(question: str, reports: Mapping[str, Report]) -> dict[str, Definition]:
    found = {}
    for body, report in reports.items():
        answer = report.answers.get(question)
        if answer is not None and answer.status == "answered" and answer.definition is not None:
            found[body] = answer.definition
    return found


def _choices(grid: DefinitionGrid, definition: Definition) -> dict[tuple[str, str], str]:
    """(category, '') or ('', field) → option. Not compared: fields without a list of choices (dates), and categories
    that a body does not have."""
    options = {c.code: definition.categories.get(c.code, ABSENT) for c in grid.categories}
    chosen = {(category, ""): option for category, option in options.items() if option != ABSENT}
    return chosen | {("", f): definition.fields[f] for f in grid.fields if grid.fields[f] and f in definition.fields}


def _differing(pack: Pack, grid: DefinitionGrid, question: str, given: Mapping[str, Definition]) -> Iterable[Note]:
    """Bodies that count otherwise than more than half of those that say how they count; and what is counted apart."""
    chosen = {body: _choices(grid, definition) for body, definition in given.items()}
    usual = _usual(chosen.values())
    for body, choices in chosen.items():
        apart = [what for what, option in choices.items() if option == APART and what[0]]
        other = [w for w, option in choices.items() if w in usual and option != usual[w] and w not in apart]
        if apart:
            yield Note(question, body, Footnote("counted_apart", _text(pack, "note_counted_apart", {
                lang: [_category(grid, what, lang) for what in apart] for lang in pack.header.languages
            }), body))  # fmt: skip
        if other:
            items = {
                lang: [_item(pack, grid, lang, "note_definition", w, choices[w], usual[w]) for w in other]
                for lang in pack.header.languages
            }
            yield Note(question, body, Footnote("definition", _text(pack, "note_definition_differs", items), body))


def _usual(chosen: Iterable[Mapping[tuple[str, str], str]]) -> dict[tuple[str, str], str]:
    """What more than half of the bodies chose, for every category and field where there is such a choice."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for choices in chosen:
        for what, option in choices.items():
            counts[what][option] += 1
    most = {what: options.most_common(1)[0] for what, options in counts.items()}
    return {what: option for what, (option, n) in most.items() if 2 * n > counts[what].total()}


def _changes(
    pack: Pack,
    grid: DefinitionGrid,
    question: str,
    now: Mapping[str, Definition],
    then: Mapping[str, Definition],
    since: str,
) -> Iterable[Note]:
    for body in now:
        if body not in then:
            continue
        after, before = _choices(grid, now[body]), _choices(grid, then[body])
        other = [what for what in after if what in before and after[what] != before[what]]
        if other:
            items = {
                lang: [_item(pack, grid, lang, "note_definition_change", w, after[w], before[w]) for w in other]
                for lang in pack.header.languages
            }
            text = _text(pack, "note_definition_changed", items, cycle=since)
            yield Note(question, body, Footnote("definition", text, body))


def _text(pack: Pack, phrase: str, items: Mapping[str, Sequence[str]], **values: str) -> Text:
    texts = {}
    for lang in pack.header.languages:
        say = Phrases(lang, pack.phrases)
        texts[lang] = say(phrase, items=say("semicolon").join(items[lang]), **values)
    return texts


def _item(
    pack: Pack, grid: DefinitionGrid, lang: str, phrase: str, what: tuple[str, str], option: str, other: str
) -> str:
    say = Phrases(lang, pack.phrases)
    options = grid.fields[what[1]] if what[1] else grid.options
    words = {"option": _label(options, option, lang), "other": _label(options, other, lang)}
    if what[0]:
        return say(f"{phrase}_category", category=_category(grid, what, lang), **words)
    return say(f"{phrase}_field", **words)


def _category(grid: DefinitionGrid, what: tuple[str, str], lang: str) -> str:
    return _label(grid.categories, what[0], lang)


def _label(codes: Sequence[Code], code: str, lang: str) -> str:
    return next((pick(c.label, lang) for c in codes if c.code == code), code)
