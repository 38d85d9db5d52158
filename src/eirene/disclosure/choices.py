"""Answers by choice, and whether there is one at all: what the published counts determine of single bodies.

Bodies of which an attacker knows the same (who belongs to the same populations, to whom the question applies, whose
answers to the question before it he knows) are alike to him: swapping what two of them said changes nothing that is
published. So an answer is determined only where all of them said the same and the counts leave no other way; whether
they do is asked of a small programme over the numbers of bodies by what is known of them and what they said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from eirene.disclosure.naming import questions_in
from eirene.disclosure.programme import Programme
from eirene.disclosure.source import Source

_CHOICES = ("yes_no", "single_choice", "multiple_choice")
#: What a body said, in each of the releases that tell of the cycle.
State = tuple[str, ...]
#: What is known of a body: the sets that it is in, whether the question before it was answered so that this one is
#: asked, and whether it answered in each release, where a correction changed that.
Alike = tuple[frozenset["Place"], bool | None, tuple[str, ...] | None]
#: A set of bodies of which it is told how many said what: number of the release, population.
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Determined:
    """What a body answered (`said`: a code, or the reason why there is no answer) follows from the published counts.
    question '': whether it reported. code: of several choices, the one of which it follows. by: the attacker, if he
    must be a body himself. populations: those of the release at hand of which it need only not be told, any of them
    alone, how many gave which answer. corrected: it follows from a correction, which names of others do not hide."""

    cycle: str
    body: str
    question: str
    said: str
    code: str = ""
    by: str = ""
    populations: tuple[str, ...] = field(default=(), compare=False)
    corrected: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class _Asked:
    """One question of one cycle, one view of it."""

    cycle: str
    question: str
    code: str
    states: Mapping[str, State]
    #: What the attacker knows of a body besides; those of which he knows the answer are not in it.
    alike: Mapping[str, Alike]
    #: What must not follow: bodies that did not release it for naming.
    targets: frozenset[str]
    sets: tuple[tuple[Place, tuple[str, ...]], ...]

    def without(self, place: Place) -> _Asked:
        """As if it were not told how many of this set said what."""
        alike = {body: (known[0] - {place}, *known[1:]) for body, known in self.alike.items()}
        return replace(self, alike=alike, sets=tuple(one for one in self.sets if one[0] != place))


def determined(
    sources: Sequence[Source],
    knows: frozenset[str] = frozenset(),
    *,
    insiders: bool = False,
    known: dict[object, list[Determined]] | None = None,
) -> list[Determined]:
    """What follows of whom. insiders: each body in turn attacks with its own answers as well. known: what was found
    before of the same releases; of what is told as it was then, nothing is sought anew."""
    before: dict[object, list[Determined]] = {} if known is None else known
    told = [_by_question(source) for source in sources]
    found: list[Determined] = []
    for cycle in dict.fromkeys(c for source in sources for c in source.reports):
        telling = [n for n, source in enumerate(sources) if cycle in source.reports]
        of_cycle = [sources[n] for n in telling]
        for question in ["", *dict.fromkeys(q for source in of_cycle for q in source.questions(cycle))]:
            same = (cycle, question, insiders, *(_same(sources[n], told[n], cycle, question) for n in telling))
            if same not in before:
                views = _views(cycle, question, of_cycle, knows) if question else [_reported(cycle, of_cycle, knows)]
                before[same] = [one for view in views for one in _determined(view, insiders)]
            found += before[same]
    return found


def _determined(asked: _Asked, insiders: bool) -> list[Determined]:
    return [*_outside(asked), *(_inside(asked) if insiders and asked.question else ())]


_ByQuestion = Mapping[tuple[str, str], frozenset[str]]


def _by_question(source: Source) -> _ByQuestion:
    """cycle, question → who is named in it; question '': who is named at all."""
    found: dict[tuple[str, str], set[str]] = {}
    for cycle, body, question in source.shown:
        found.setdefault((cycle, question), set()).add(body)
        found.setdefault((cycle, ""), set()).add(body)
    return {where: frozenset(bodies) for where, bodies in found.items()}


def _same(source: Source, told: _ByQuestion, cycle: str, question: str) -> object:
    """Equal as long as a release tells the same of a question."""
    asked = source.questions(cycle).get(question)
    gates = sorted(questions_in(asked.asked_if, source.pack)) if asked is not None else []
    named = tuple(told.get((cycle, q)) for q in (question, *gates))
    return named, tuple(code for code, _ in source.counted(cycle, question))


def _outside(asked: _Asked) -> list[Determined]:
    found = []
    for group in _groups(asked):
        follows = _follows(asked, group, None)
        if follows:
            frees = tuple(place[1] for place, _ in asked.sets if place[0] == 0 and _frees(asked, place, group[0]))
            found += [_told(asked, body, populations=frees) for body in follows]
    return found


def _frees(asked: _Asked, place: Place, body: str) -> bool:
    """Whether nothing follows of a body any more if one set is not told."""
    less = asked.without(place)
    return not any(_follows(less, group, None) for group in _groups(less) if body in group)


def _inside(asked: _Asked) -> Iterator[Determined]:
    """Only a body that is alike to those that it attacks tells them apart by its own answer."""
    for group in _groups(asked):
        if len(group) < 2:
            continue
        said = Counter(asked.states[body] for body in group)
        for state, n in said.items():
            # Without one body of this state the others are of one mind, if there are two states and it is the last.
            if n == 1 and len(said) == 2 and len(group) > 1:
                by = next(b for b in group if asked.states[b] == state)
                for body in _follows(asked, [b for b in group if b != by], by):
                    yield _told(asked, body, by)


def _groups(asked: _Asked) -> list[list[str]]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for body, alike in asked.alike.items():
        groups.setdefault(alike, []).append(body)
    return list(groups.values())


def _told(asked: _Asked, body: str, by: str = "", populations: tuple[str, ...] = ()) -> Determined:
    said = asked.states[body][-1] or next((s for s in asked.states[body] if s), "")
    corrected = asked.alike[body][2] is not None
    return Determined(asked.cycle, body, asked.question, said, asked.code, by, populations, corrected)


def _follows(asked: _Asked, group: Sequence[str], by: str | None) -> list[str]:
    """The bodies of a group whose answer follows."""
    targets = [body for body in group if body in asked.targets]
    if not targets or len({asked.states[body] for body in group}) > 1 or _harmless(asked, group[0]):
        return []
    return targets if _only_way(asked, group, by) else []


def _harmless(asked: _Asked, body: str) -> bool:
    """That a body reported, or answered a question for a number or a text, tells none of its answers; nor does what is
    known of a correction anyway."""
    said = set(asked.states[body])
    return said <= {"answered", "reported"} or (
        asked.alike[body][2] is not None and said == {_standing(one) for one in said}
    )


def _only_way(asked: _Asked, group: Sequence[str], by: str | None) -> bool:
    """Whether the counts allow no body of the group to have said anything else."""
    cells: dict[tuple[object, ...], list[str]] = {}
    for body, alike in asked.alike.items():
        if body != by:
            cells.setdefault((alike, body in group), []).append(body)
    states = _states(asked)
    programme, place = Programme(), {}
    for cell in cells:
        for state in states:
            place[cell, state] = programme.column(0, len(cells[cell]) if _possible(cell, state) else 0)
        n = len(cells[cell])
        programme.row([place[cell, s] for s in states], [1.0] * len(states), n, n)
    for (number, _), bodies in asked.sets:
        inside = [cell for cell, members in cells.items() if members[0] in bodies]
        for kind in sorted({state[number] for state in states}):
            n = sum(asked.states[b][number] == kind for cell in inside for b in cells[cell])
            columns = [place[cell, s] for cell in inside for s in states if s[number] == kind]
            if columns:
                programme.row(columns, [1.0] * len(columns), n, n)
    own = next(cell for cell, members in cells.items() if members[0] in group)
    said = asked.states[group[0]]
    other = {place[own, s]: 1.0 for s in states if s != said}
    if not other:
        return True
    solution = programme.maximise(other)
    return solution.status == "optimal" and solution.objective < 1 - 1e-6


def _states(asked: _Asked) -> list[State]:
    """Everything that a body may have said: what some body said, and what one whose answer was corrected could have."""
    found = {asked.states[body] for body in asked.alike}
    answers = {one for state in asked.states.values() for one in state if _standing(one) != one}
    for _, _, moved in asked.alike.values():
        if moved is not None:
            found |= {tuple(a if one == "answered" else one for one in moved) for a in answers or {"answered"}}
    return sorted(found)


def _possible(cell: tuple[object, ...], state: State) -> bool:
    """Who is known to have said yes to the question before is not one to whom this one does not apply."""
    alike = cell[0]
    assert isinstance(alike, tuple)
    if alike[2] is not None and alike[2] != tuple(map(_standing, state)):
        return False
    return not (alike[1] is True and "not_applicable" in state)


def _standing(said: str) -> str:
    """Whether there was an answer, and if not, why."""
    return "answered" if said.startswith("=") or said in ("chosen", "not_chosen") else said


# --- what is asked --------------------------------------------------------------------------------------------------


def _reported(cycle: str, sources: Sequence[Source], knows: frozenset[str]) -> _Asked:
    bodies = _all(cycle, sources)
    named = {b for source in sources for c, b, _ in source.shown if c == cycle}
    states = {b: tuple("reported" if b in s.reports[cycle] else "no_report" for s in sources) for b in bodies}
    sets = _sets(cycle, "", sources)
    alike = {b: (_where(sets, b), None, None) for b in bodies if b not in named and b not in knows}
    silent = frozenset(b for b in bodies if "no_report" in states[b])
    return _Asked(cycle, "", "", states, alike, silent, sets)


def _views(cycle: str, question: str, sources: Sequence[Source], knows: frozenset[str]) -> Iterator[_Asked]:
    type_ = next(s.questions(cycle)[question] for s in sources if question in s.questions(cycle))
    codes: tuple[str, ...] = ("",)
    if type_.type == "multiple_choice" and type_.choices:
        codes = tuple(code.code for code in sources[0].pack.code_lists[type_.choices].codes)
    for code in codes:
        yield _view(cycle, question, code, sources, knows)


def _view(cycle: str, question: str, code: str, sources: Sequence[Source], knows: frozenset[str]) -> _Asked:
    states: dict[str, State] = {}
    alike: dict[str, Alike] = {}
    sets = _sets(cycle, question, sources)
    targets = set()
    for body in _all(cycle, sources):
        states[body] = tuple(_said(s, cycle, body, question, code) for s in sources)
        if body in knows or any((cycle, body, question) in s.shown for s in sources):
            continue
        gate = _gate(sources, cycle, body, question)
        if any(not s.answers[cycle].applies(question, body) for s in sources) or gate is False:
            continue  # everybody knows that it does not apply
        standing = tuple(map(_standing, states[body]))
        alike[body] = _where(sets, body), gate, standing if len(set(standing)) > 1 else None
        if not any((cycle, body, question) in s.own for s in sources):
            targets.add(body)
    return _Asked(cycle, question, code, states, alike, frozenset(targets), sets)


def _said(source: Source, cycle: str, body: str, question: str, code: str) -> str:
    answers = source.answers[cycle]
    standing = answers.standing(question, body)
    if standing != "answered":
        return standing
    answer = source.reports[cycle][body].answers[question]
    if code:
        if not isinstance(answer.value, tuple):
            return "answered"
        return "chosen" if code in answer.value else "not_chosen"
    asked = source.questions(cycle)[question]
    return f"={answer.value}" if asked.type in _CHOICES and not isinstance(answer.value, tuple) else "answered"


def _gate(sources: Sequence[Source], cycle: str, body: str, question: str) -> bool | None:
    """Whether the question before this one was answered so that this one is asked; None: that is not known."""
    for source in sources:
        asked = source.questions(cycle).get(question)
        if asked is None or asked.asked_if is None:
            continue
        needed = questions_in(asked.asked_if, source.pack)
        if all((cycle, body, q) in source.shown for q in needed):
            return source.answers[cycle].standing(question, body) != "not_applicable"
    return None


def _all(cycle: str, sources: Sequence[Source]) -> list[str]:
    return list(dict.fromkeys(b for s in sources for bodies in s.populations[cycle].values() for b in bodies))


def _where(sets: Iterable[tuple[Place, tuple[str, ...]]], body: str) -> frozenset[Place]:
    return frozenset(place for place, bodies in sets if body in bodies)


def _sets(cycle: str, question: str, sources: Iterable[Source]) -> tuple[tuple[Place, tuple[str, ...]], ...]:
    return tuple(
        ((n, code), bodies) for n, source in enumerate(sources) for code, bodies in source.counted(cycle, question)
    )
