"""Answers of a kind (yes, no, one of several, a reason why there is none): certain or not, by published counts.

Two attackers. One does not know who answered: each body has one of the answers or reasons that the pack allows, and the
counts by population, with what stands by name, must come out. The other knows who answered and finds the answers alone,
over all cycles and releases at once, with those gained and lost. Bodies that no count tells apart are one class; it
is certain of an answer if no whole numbers that fit the counts have one of it otherwise (integer programmes, scipy).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from attack.expressions import condition
from attack.facts import Reader
from attack.reading import Folder, Question, exact
from attack.sheets import Book

_CHOICES = ("yes_no", "single_choice", "multiple_choice")
_MISSING = ("no_data", "withheld", "not_answered", "no_report")
State = Hashable


@dataclass(frozen=True)
class Count:
    """A published count: of these bodies, how many are in one of the states that `counts` says yes to."""

    of: Mapping[str, frozenset[State]]
    low: int
    high: int


@dataclass(frozen=True)
class Certain:
    body: str
    state: State


def certain(states: Mapping[str, Sequence[State]], counts: Sequence[Count], facets: int = 1) -> list[Certain] | None:
    """What bodies are certain of. states: those that each may have; tuples of `facets` parts, each looked at alone
    (a state is then (part, its value)). None if nothing fits the counts."""
    classes: dict[Hashable, list[str]] = defaultdict(list)
    for body, may in states.items():
        signs = tuple(tuple(state in count.of.get(body, ()) for count in counts) for state in may)
        classes[tuple(may), signs].append(body)
    columns = [
        (k, state, signs[i]) for k, ((may, signs), _) in enumerate(classes.items()) for i, state in enumerate(may)
    ]  # type: ignore[misc]
    if not columns:
        return []
    sizes = [len(bodies) for bodies in classes.values()]
    rows = [[float(sign[i]) for _, _, sign in columns] for i in range(len(counts))]
    rows += [[float(k == number) for k, _, _ in columns] for number in range(len(sizes))]
    low = [c.low for c in counts] + sizes
    high = [c.high for c in counts] + sizes
    limits = LinearConstraint(np.array(rows), np.array(low, float), np.array(high, float))
    seen = np.zeros(len(columns), bool)

    def reach(direction: np.ndarray) -> bool:
        found = milp(
            -direction,
            constraints=limits,
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(columns)),
            options={"time_limit": 20.0},
        )
        if found.x is None:
            return False
        np.logical_or(seen, found.x > 0.5, out=seen)
        return True

    if not reach(np.zeros(len(columns))):
        return None
    found = []
    for number, bodies in enumerate(classes.values()):
        mine = [i for i, (k, _, _) in enumerate(columns) if k == number]
        for facet in range(facets):
            for value in dict.fromkeys(_part(columns[i][1], facet, facets) for i in mine):
                others = [i for i in mine if _part(columns[i][1], facet, facets) != value]
                direction = np.zeros(len(columns))
                direction[others] = 1
                if others and not seen[others].any():
                    reach(direction)
                if not seen[others].any() and len({_part(columns[i][1], facet, facets) for i in mine}) > 1:
                    found += [Certain(b, (facet, value) if facets > 1 else value) for b in bodies]
    return found


def _part(state: Any, facet: int, facets: int) -> State:
    return state[facet] if facets > 1 else state


class Weak:
    """Who does not know who answered; one question of one cycle in one or more releases that rest on one answer."""

    def __init__(self, book: Book, places: Sequence[int], cycle: str) -> None:
        self.book, self.places, self.cycle = book, places, cycle
        self.readers = [Reader(book, place) for place in places]
        folder = self.readers[0].folder
        self.pack, self.questions = folder.pack, folder.pack.questions(cycle)
        self.bodies = frozenset(
            b for p in self.pack.data["cycles"][cycle]["asked"] for b in self._population(folder, p)
        )
        self.reported = {b for r in self.readers for c, b, _ in r.folder.named if c == cycle} | book.knows

    def _population(self, folder: Folder, code: str) -> frozenset[str]:
        return folder.population(code, self.cycle, {})

    def named(self, body: str, question: str) -> str | None:
        for reader in self.readers:
            one = reader.folder.named.get((self.cycle, body, question))
            if one is not None:
                return one.value if one.status == "answered" else one.status
        if body in self.book.knows and self.book.truths is not None:
            answer = self.book.truths[self.places[0]].get(self.cycle, {}).get(body, {}).get(question)
            if answer is None:
                return None
            value = answer.get("value", "")
            return value if answer["status"] == "answered" and isinstance(value, str) else str(answer["status"])
        return None

    def states(self, question: Question) -> dict[str, list[State]]:
        codes = list(question.codes) if question.type in ("yes_no", "single_choice") else ["answered"]
        found: dict[str, list[State]] = {}
        for body in sorted(self.bodies):
            known = self.named(body, question.id)
            gate = self._gate(question, body)
            if not self.pack.applies(question, body) or gate is False:
                found[body] = ["not_applicable"]
            elif known is not None:
                found[body] = [known if known in codes or known in _MISSING else codes[0]]
            else:
                may = [*codes, "no_data", "withheld", "not_answered"]
                if gate is None or not question.gate:
                    may.append("not_applicable")
                found[body] = may if body in self.reported else [*may, "no_report"]
        return found

    def _gate(self, question: Question, body: str) -> bool | None:
        words = question.gate.split()
        if len(words) != 3 or words[1] != "==":
            return None
        known = self.named(body, words[0])
        return None if known is None or known not in self.questions[words[0]].codes else known == words[2]

    def counts(self, question: Question, states: Mapping[str, Sequence[State]]) -> Iterator[Count]:
        for reader in self.readers:
            for (cycle, population, id), rows in reader.folder.counted.items():
                if (cycle, id) == (self.cycle, question.id):
                    bodies = self._population(reader.folder, population) & set(states)
                    unnamed = [b for b in bodies if (cycle, b, id) not in reader.folder.named]
                    yield from self._rows(rows, unnamed, question)
            yield from self._missing(reader.folder, question, states)

    def _rows(self, rows: Mapping[tuple[str, str], int], bodies: Sequence[str], question: Question) -> Iterator[Count]:
        hidden = rows.get(("hidden", ""), 0)
        told: dict[str, int] = dict.fromkeys((*_MISSING, "not_applicable", *question.codes), 0)
        for (status, value), n in rows.items():
            if status != "hidden":
                told[value if status == "answered" else status] = n
        if sum(rows.values()) != len(bodies):
            return
        for state, n in told.items():
            yield Count({b: frozenset([state]) for b in bodies}, n, n + hidden)

    def _missing(self, folder: Folder, question: Question, states: Mapping[str, Sequence[State]]) -> Iterator[Count]:
        """Figures of this question alone tell how many are missing, by reason."""
        for figure in folder.figures:
            indicator = self.pack.data["indicators"].get(figure["id"], {})
            yes = condition(indicator.get("yes") or "")
            if figure["cycle"] != self.cycle or yes is None or yes.gate or yes.question != question.id:
                continue
            one = next(p for p in self.pack.data["header"]["populations"] if p["code"] == figure["population"])
            if one.get("basis", "as_at") == "constant_panel":
                continue
            bodies = self._population(folder, figure["population"]) & set(states)
            if len(bodies) != figure["n_bodies"]:
                continue
            told = {m["reason"]: m["n"] for m in figure["missing"]}
            for state in (*_MISSING, "not_applicable"):
                n = told.get(state, 0)
                yield Count({b: frozenset([state]) for b in bodies}, n, n)
            if figure["numerator"] is not None:
                n = figure["numerator"]
                yield Count({b: frozenset([yes.code]) for b in bodies}, n, n)

    def found(self) -> Iterator[tuple[str, str, str]]:
        """(body, question, answer or status) that are certain."""
        for question in self.questions.values():
            states = self.states(question)
            told = certain(states, list(self.counts(question, states)))
            if told is None:
                self.book.notes[f"no answers fit: {self.cycle} {question.id}"] += 1
            for one in told or ():
                yield one.body, question.id, str(one.state)


class Strong:
    """Who knows who answered one question, in all cycles and releases; `code` or not is what he finds."""

    def __init__(self, book: Book, readers: Sequence[Reader], question: str, code: str) -> None:
        self.book, self.readers, self.question, self.code = book, readers, question, code
        self.bits: dict[str, dict[tuple[str, int], bool | None]] = defaultdict(dict)
        for place, reader in enumerate(readers):
            for cycle, sheet in reader.sheets.items():
                if question in sheet.questions:
                    for body, answers in (sheet.truth or {}).items():
                        answer = answers.get(question)
                        if answer and answer["status"] == "answered" and sheet.put(body, question):
                            self._take(place, cycle, body)

    def _take(self, place: int, cycle: str, body: str) -> None:
        coordinate = (cycle, self.book.version(place, cycle, body, self.question))
        named = self.readers[place].folder.named.get((cycle, body, self.question))
        known = None if named is None else self.code in named.value.split("|")
        if known is None and body in self.book.knows:
            known = self.true(cycle, body, coordinate[1])
        self.bits[body][coordinate] = known if known is not None else self.bits[body].get(coordinate)

    def true(self, cycle: str, body: str, version: int) -> bool | None:
        for place, reader in enumerate(self.readers):
            if cycle in reader.sheets and self.book.version(place, cycle, body, self.question) == version:
                value = (reader.sheets[cycle].truth or {})[body][self.question].get("value", ())
                return self.code == value if isinstance(value, str) else self.code in value
        return None

    def states(self) -> dict[str, list[State]]:
        return {
            body: list(product(*([bit] if bit is not None else [False, True] for bit in bits.values())))
            for body, bits in self.bits.items()
        }

    def _at(self, place: int, cycle: str, body: str) -> int | None:
        """The place of a body's answer in its states, in a cycle of a release."""
        coordinate = (cycle, self.book.version(place, cycle, body, self.question))
        return list(self.bits.get(body, {})).index(coordinate) if coordinate in self.bits.get(body, {}) else None

    def counts(self, states: Mapping[str, Sequence[State]]) -> Iterator[Count]:
        for place, reader in enumerate(self.readers):
            for figure in reader.folder.figures:
                if figure["basis"] == "computed" and figure["cycle"] in reader.sheets and self._about(figure, reader):
                    yield from self._figure(place, reader, figure, states)
            for (cycle, population, id), rows in reader.folder.counted.items():
                if id == self.question and self.code in reader.folder.pack.questions(cycle)[id].codes:
                    bodies = reader.population(population, cycle)
                    unnamed = [b for b in bodies if (cycle, b, id) not in reader.folder.named]
                    told, hidden = rows.get(("answered", self.code), 0), rows.get(("hidden", ""), 0)
                    if reader.folder.pack.questions(cycle)[id].type != "multiple_choice":
                        yield self._count(place, cycle, unnamed, states, told, told + hidden)

    def _about(self, figure: Mapping[str, Any], reader: Reader) -> bool:
        indicator = reader.folder.pack.data["indicators"].get(figure["id"], {})
        if indicator.get("family") == "distribution":
            return bool(indicator["question"] == self.question and self.code in figure["dimensions"].values())
        yes = condition(indicator.get("yes") or "")
        return yes is not None and (yes.question, yes.code) == (self.question, self.code)

    def _count(
        self, place: int, cycle: str, bodies: Iterable[str], states: Mapping[str, Sequence[State]], low: int, high: int
    ) -> Count:
        of = {}
        for body in bodies:
            at = self._at(place, cycle, body)
            if at is not None:
                of[body] = frozenset(s for s in states[body] if s[at])  # type: ignore[index]
        return Count(of, low, high)

    def _figure(
        self, place: int, reader: Reader, figure: Mapping[str, Any], states: Mapping[str, Sequence[State]]
    ) -> Iterator[Count]:
        now = reader.population(figure["population"], figure["cycle"])
        if figure["numerator"] is not None:
            yield self._count(place, figure["cycle"], now, states, figure["numerator"], figure["numerator"])
        elif figure["value"] is not None:
            yield self._count(
                place, figure["cycle"], now, states, *_of_share(figure, figure["value"], figure["n_answered"])
            )
        change = figure["change"]
        if not change or change["since"] not in reader.sheets or change["gained"] is None:
            return
        before = reader.population(figure["population"], change["since"])
        places = {b: (self._at(place, figure["cycle"], b), self._at(place, change["since"], b)) for b in now & before}
        both = {b: (int(i), int(j)) for b, (i, j) in places.items() if i is not None and j is not None}
        if len(both) != change["panel_n"]:
            return
        for told, is_now in (("gained", True), ("lost", False)):
            n = change[told]
            yield Count(
                {
                    b: frozenset(s for s in states[b] if s[i] is is_now and s[j] is not is_now)  # type: ignore[index]
                    for b, (i, j) in both.items()
                },
                n,
                n,
            )

    def found(self) -> Iterator[tuple[str, str, str]]:
        """(cycle, body, yes or no to the code) that are certain; of a choice among several only what it is."""
        states = self.states()
        counts = list(self.counts(states))
        widest = max(map(len, self.bits.values()), default=0)
        padded = {b: [(*s, *[None] * (widest - len(s))) for s in may] for b, may in states.items()}  # type: ignore[misc]
        wide = [
            Count(
                {b: frozenset((*s, *[None] * (widest - len(s))) for s in of) for b, of in c.of.items()}, c.low, c.high
            )  # type: ignore[misc]
            for c in counts
        ]
        told = certain(padded, wide, facets=widest) if widest > 1 else certain(states, counts)
        if told is None:
            self.book.notes[f"no answers fit: {self.question} {self.code}"] += 1
        for one in told or ():
            facet, value = one.state if widest > 1 else (0, one.state[0])  # type: ignore[misc,index]
            cycle, _ = list(self.bits[one.body])[facet]
            yield cycle, one.body, "yes" if value else "no"


def _of_share(figure: Mapping[str, Any], value: Any, n: int) -> tuple[int, int]:
    half = Fraction(1, 2 * 10 ** figure["decimals"])
    scale = 100 if figure["unit"] == "percent" else 1
    low, high = (exact(value) - half) * n / scale, (exact(value) + half) * n / scale
    return math.ceil(low), math.floor(high)


def choices(book: Book) -> list[Any]:
    from attack.attacker import Recovered

    found: dict[tuple[str, str, str], Recovered] = {}
    shown = {where for folder in book.folders for where in folder.named}
    readers = [Reader(book, place) for place in range(len(book.folders))]
    if book.truths is not None:
        for question, code in sorted(_asked(book)):
            strong = Strong(book, readers, question, code)
            for cycle, body, told in strong.found():
                if (cycle, body, question) not in shown:
                    cell = "" if code == "yes" else code
                    said = told if code == "yes" else f"{'' if told == 'yes' else 'not '}{code}"
                    found[cycle, body, question + cell] = Recovered(
                        "answer",
                        cycle,
                        body,
                        question,
                        (cell,) if cell else (),
                        told=said,
                        truth=_true(book, cycle, body, question),
                    )
    for places, cycle in _groups(book):
        for body, question, told in Weak(book, places, cycle).found():
            if (cycle, body, question) not in shown and told not in ("answered", "not_applicable"):
                kind = "status" if told in _MISSING else "answer"
                truth = _true(book, cycle, body, question)
                found[cycle, body, question] = Recovered(
                    kind, cycle, body, question, told=told, truth=truth, strong=False
                )
    return list(found.values())


def _asked(book: Book) -> set[tuple[str, str]]:
    return {
        (q.id, code)
        for folder in book.folders
        for cycle in folder.cycles
        for q in folder.pack.questions(cycle).values()
        if q.type in _CHOICES
        for code in (("yes",) if q.type == "yes_no" else q.codes)
    }


def _groups(book: Book) -> Iterator[tuple[list[int], str]]:
    """Releases that rest on the same answers of a cycle are looked at together."""
    for cycle in sorted({c for f in book.folders for c in f.cycles}):
        groups: list[list[int]] = []
        for place, folder in enumerate(book.folders):
            if cycle not in folder.cycles:
                continue
            for group in groups:
                if book.truths is not None and book.truths[group[0]].get(cycle) == book.truths[place].get(cycle):
                    group.append(place)
                    break
            else:
                groups.append([place])
        yield from ((group, cycle) for group in groups)


def _true(book: Book, cycle: str, body: str, question: str) -> str:
    for truth in book.truths or ():
        if cycle in truth:
            answer = truth[cycle].get(body, {}).get(question)
            if body not in truth[cycle]:
                return "no_report"
            if answer is None:
                return "not_answered"
            value = answer.get("value", "")
            return value if answer["status"] == "answered" and isinstance(value, str) else str(answer["status"])
    return ""
