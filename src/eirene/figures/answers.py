"""The answers of one cycle, made ready to be counted: what each body contributes to a line, or why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from eirene.errors import Problem, UsageError
from eirene.figures.aggregate import Contribution, amount, gap, rate
from eirene.figures.arithmetic import Exact, exact, half_even, pair
from eirene.figures.indicators import Compiled, compile_indicators, compile_size
from eirene.framework import Pack, asked, asked_bodies
from eirene.questionnaires import Answer, Cells, Context, Expression, Finding, Report, applies, compile_expression
from eirene.questionnaires.model import Status
from eirene.questionnaires.rules import report_scope

#: An expression that is a cell and nothing else: personnel, personnel[sex=women, rank=OF-6+]
_REFERENCE = re.compile(r"\s*(?!reported\b)([a-z]\w*)\s*(?:\[([^\[\]()']*)\])?\s*")
_NAMED = re.compile(r"(\w+)\s*=\s*([\w+-]+)")
#: Of several questions that a figure speaks of, the first of these reasons is the one that is told.
_WEIGHT = ("not_applicable", "unusable", "withheld", "no_data", "not_answered")


class Answers:
    """One cycle's reports.

    Answers to questions that do not apply to a body, or that a blocker makes unusable, are out before anything is
    counted. Everything is worked out once and kept.

    reports   body → its report, in the order of bodies' codes
    earlier   the cycles before, oldest first: sizes that a report does not give are the latest known
    also_asked  bodies that were asked though the pack does not know them (a release's unnamed ones)
    """

    def __init__(
        self,
        pack: Pack,
        cycle_id: str,
        reports: Iterable[Report],
        findings: Mapping[str, Sequence[Finding]],
        earlier: Sequence[Answers],
        also_asked: Iterable[str] = (),
    ) -> None:
        self.pack, self.cycle_id, self.findings, self.earlier = pack, cycle_id, findings, earlier
        self.asked = asked(pack, cycle_id)
        self.reports = _one_for_each(cycle_id, reports)
        self.asked_bodies = frozenset((*asked_bodies(pack, cycle_id), *also_asked))
        self.indicators = compile_indicators(pack, cycle_id)
        self._asked_if = self._guards()
        self._applies: dict[tuple[str, str], bool] = {}
        self._out: dict[str, dict[str, str]] = {}
        self._contexts: dict[str, Context] = {}
        for body, report in self.reports.items():
            self._take_in(body, report)
        self._values: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Any]] = {}
        self._given: dict[tuple[str, int], Mapping[str, Contribution]] = {}
        self._matrices: dict[str, Mapping[str, Cells]] = {}
        self._reasons: dict[tuple[str, int, str], str] = {}
        self._of_cells: dict[tuple[str, str], Mapping[tuple[int, str], set[Status]]] = {}
        self._only_total: dict[tuple[str, int], frozenset[str]] = {}

    # what may be counted

    def _guards(self) -> dict[str, Expression]:
        scope = report_scope(self.pack, self.asked)
        return {
            id: compile_expression(q.question.asked_if, scope, expect="bool", where=f"question {id}, asked_if")
            for id, q in self.asked.questions.items()
            if q.question.asked_if is not None
        }

    def _take_in(self, body: str, report: Report) -> None:
        """Notes why an answer is not there to be counted, and keeps the others."""
        blocked = {
            f.place.question for f in self.findings.get(body, ()) if f.severity == "blocker" and f.outcome == "found"
        }
        out: dict[str, str] = {}
        for id in self.asked.questions:
            answer = report.answers.get(id)
            if not self.applies(id, body):
                out[id] = "not_applicable"
            elif id in blocked or "" in blocked:
                out[id] = "unusable"
            elif answer is None:
                out[id] = "not_answered"
            elif answer.status != "answered":
                out[id] = answer.status
        usable = {id: a for id, a in report.answers.items() if id in self.asked.questions and id not in out}
        context = self._context(report, body, usable)
        for id, guard in self._asked_if.items():
            put = guard.evaluate(context)
            if put is False:
                out[id] = "not_applicable"
                usable.pop(id, None)
            elif put is None and out.get(id) == "not_answered":
                out[id] = _heaviest([out[q] for q in sorted(guard.questions) if q in out])
        self._out[body] = out
        self._contexts[body] = self._context(report, body, usable)

    def _context(self, report: Report, body: str, usable: Mapping[str, Answer]) -> Context:
        before = self.earlier[-1].reports.get(body) if self.earlier else None
        return Context(self.pack, self.asked, replace(report, answers=dict(usable)), body, previous=before)

    def applies(self, question: str, body: str) -> bool:
        key = (question, body)
        if key not in self._applies:
            self._applies[key] = applies(self.pack, self.asked.questions[question].question, body)
        return self._applies[key]

    # sizes

    @cached_property
    def _own_sizes(self) -> Mapping[str, int]:
        size = compile_size(self.pack, self.asked)
        if size is None:
            return {}
        sizes = {b: half_even(*pair(v)) for b, v in self._evaluated(size, {}).items() if v is not None}
        # A body without the forces that the question is about is known to have none of them.
        for body in (*self.reports, *self.pack.bodies):
            if body not in sizes and any(self.standing(q, body) == "not_applicable" for q in size.questions):
                sizes[body] = 0
        return sizes

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Persons of each body: of this cycle's report, else of its latest earlier one."""
        sizes: dict[str, int] = {}
        for answers in (*self.earlier, self):
            sizes.update(answers._own_sizes)
        return sizes

    @cached_property
    def sizes_from_earlier(self) -> frozenset[str]:
        return frozenset(self.sizes) - frozenset(self._own_sizes)

    # contributions

    def given(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        """What each body contributes to a line; a body that is not in it contributes nothing."""
        key = (compiled.id, index)
        if key not in self._given:
            self._given[key] = _CONTRIBUTIONS[compiled.form.family](self, compiled, index)
        return self._given[key]

    def _evaluated(self, expression: Expression, bound: Mapping[str, str], everyone: bool = False) -> dict[str, Any]:
        """The value of an expression for each body that reported; for all that were asked, if `everyone`."""
        key = (expression.text, tuple(sorted(bound.items())))
        if key not in self._values:
            reference = _REFERENCE.fullmatch(expression.text)
            if reference is not None and self.asked.questions[reference[1]].question.type == "matrix":
                self._values[key] = self._looked_up(reference[1], reference[2], bound)
                return self._values[key]
            found: dict[str, Any] = {}
            evaluate, before = expression.evaluate, expression.uses_previous
            for body, context in self._contexts.items():
                if before:
                    found[body] = evaluate(context.bind(bound))
                else:
                    # These contexts are ours alone; binding them in place spares a copy for every line.
                    context.bound = bound
                    found[body] = evaluate(context)
            if everyone:
                for body in sorted(self.asked_bodies - set(self.reports)):
                    found[body] = evaluate(Context(self.pack, self.asked, None, body, bound))
            self._values[key] = found
        return self._values[key]

    def _looked_up(self, question: str, named: str | None, bound: Mapping[str, str]) -> dict[str, Any]:
        """The value of an expression that is a single cell, without evaluating it: most numerators and denominators
        are one, and this is half of the time."""
        cell = {**bound, **dict(_NAMED.findall(named or ""))}
        if question not in self._matrices:
            matrices = {body: context.cells(question) for body, context in self._contexts.items()}
            self._matrices[question] = {body: cells for body, cells in matrices.items() if cells is not None}
        found: dict[str, Any] = dict.fromkeys(self._contexts)
        place: tuple[str, ...] | None = None
        for body, cells in self._matrices[question].items():
            place = place or cells.shape.key(cell)
            value = cells.value(place)
            found[body] = value if value is None or type(value) is int else exact(value)
        return found

    def _shares(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        line = compiled.lines[index]
        values = self._evaluated(compiled.expressions["yes"], line.cell, compiled.everyone)
        return {body: value for body, value in values.items() if value is not None and not self._beyond(compiled, body)}

    def _beyond(self, compiled: Compiled, body: str) -> bool:
        """Whether none of the questions applies to a body: `answered(…)` is then no answer of no."""
        return bool(compiled.questions) and not any(self.applies(q, body) for q in compiled.questions)

    def _rates(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        bound = compiled.lines[index].cell
        numerators = self._evaluated(compiled.expressions["numerator"], bound)
        denominators = self._evaluated(compiled.expressions["denominator"], bound)
        return {
            body: rate(numerator, denominators[body])
            for body, numerator in numerators.items()
            if numerator is not None and denominators[body] is not None
        }

    def _gaps(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        place = compiled.lines[index].place
        terms: list[Mapping[str, Any]] = [self.given(term, term.places[place]) for term in compiled.terms]
        both = [body for body in terms[0] if all(body in term for term in terms)]
        return {body: gap(tuple(term[body] for term in terms), compiled.form.signs) for body in both}

    def _amounts(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        values = self._evaluated(compiled.expressions["value"], compiled.lines[index].cell)
        return {body: amount(value) for body, value in values.items() if value is not None}

    def _choices(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        question = compiled.indicator.question
        assert question is not None
        (code,) = compiled.lines[index].dimensions.values()
        found: dict[str, Contribution] = {}
        for body, context in self._contexts.items():
            answer = context.answer(question)
            if answer is not None:
                found[body] = code in answer.value if isinstance(answer.value, tuple) else answer.value == code
        return found

    def _completeness(self, compiled: Compiled, index: int) -> Mapping[str, Contribution]:
        """Persons whose break-down along the dimension is known, of all. Known is what stands at a code of it, or at
        the parts of one that does not stand itself; more than the total is for the checks to tell, and counts as it."""
        question, dimension = compiled.indicator.question, compiled.indicator.dimension
        assert question is not None
        assert dimension is not None
        found: dict[str, Contribution] = {}
        for body, context in self._contexts.items():
            cells = context.cells(question)
            if cells is None:
                continue
            place = cells.shape.names.index(dimension)
            total = cells.value(cells.shape.key({}))
            if total is not None:
                found[body] = rate(min(_known(cells, place), exact(total)), exact(total))
        return found

    # why not

    def reason(self, compiled: Compiled, index: int, body: str) -> str:
        """Why a body is not in a line."""
        key = (compiled.id, index, body)
        if key not in self._reasons:
            self._reasons[key] = self._reason(compiled, index, body)
        return self._reasons[key]

    def _reason(self, compiled: Compiled, index: int, body: str) -> str:
        if body not in self.reports:
            if any(not self.applies(q, body) for q in compiled.questions):
                return "not_applicable"
            return "no_report" if body in self.asked_bodies or body not in self.pack.bodies else "not_asked"
        out = self._out[body]
        found = [out[q] for q in compiled.questions if q in out]
        if found:
            return _heaviest(found)
        line = compiled.lines[index]
        return _heaviest([r for q in compiled.questions for r in self._cell_reasons(q, line.cell, body)])

    def _cell_reasons(self, question: str, bound: Mapping[str, str], body: str) -> list[str]:
        """Why cells of a line are not there. One that does not apply says so only if all of the line's do not."""
        cells = self._contexts[body].cells(question)
        answer = self._contexts[body].answer(question)
        if cells is None or answer is None:
            return []
        wanted = [(place, bound[name]) for place, name in enumerate(cells.shape.names) if name in bound]
        if len(wanted) > 1:
            line = (cell for key, cell in answer.cells.items() if all(key[place] == code for place, code in wanted))
            statuses = {cell.status for cell in line}
        else:
            statuses = self._statuses(question, body, answer).get(wanted[0] if wanted else (-1, ""), set())
        if statuses == {"not_applicable"}:
            return ["not_applicable"]
        return [status for status in ("withheld", "no_data") if status in statuses]

    def _statuses(self, question: str, body: str, answer: Answer) -> Mapping[tuple[int, str], set[Status]]:
        """(place of a dimension, code) → statuses of the cells with that code; (-1, "") → of all cells."""
        key = (question, body)
        if key not in self._of_cells:
            found: dict[tuple[int, str], set[Status]] = {}
            for codes, cell in answer.cells.items():
                for where in ((-1, ""), *enumerate(codes)):
                    found.setdefault(where, set()).add(cell.status)
            self._of_cells[key] = found
        return self._of_cells[key]

    def standing(self, question: str, body: str) -> str:
        """`answered`, or the reason why a body's answer to a question is not there to be counted."""
        if body in self.reports:
            return self._out[body].get(question, "answered")
        if not self.applies(question, body):
            return "not_applicable"
        return "no_report" if body in self.asked_bodies or body not in self.pack.bodies else "not_asked"

    def only_total(self, compiled: Compiled, index: int) -> frozenset[str]:
        """Bodies that are not in a line because they gave the total, and not its break-down."""
        key = (compiled.id, index)
        if key not in self._only_total:
            given = self.given(compiled, index)
            self._only_total[key] = frozenset(
                body for body in self.reports if body not in given and self._gave_total(compiled, index, body)
            )
        return self._only_total[key]

    def _gave_total(self, compiled: Compiled, index: int, body: str) -> bool:
        if self.reason(compiled, index, body) not in ("not_answered", "no_data"):
            return False
        for question in compiled.questions:
            cells = self._contexts[body].cells(question)
            if cells is not None and cells.value(cells.shape.key({})) is not None and len(cells.shape.names):
                return True
        return False


_CONTRIBUTIONS = {
    "share_of_bodies": Answers._shares,
    "rate": Answers._rates,
    "gap": Answers._gaps,
    "count": Answers._amounts,
    "measure": Answers._amounts,
    "distribution": Answers._choices,
    "completeness": Answers._completeness,
}


def _known(cells: Cells, place: int) -> Exact:
    """The sum of what is known along one dimension, the others being totals."""

    def of(code: str) -> Exact:
        key = tuple(code if at == place else "_T" for at in range(len(cells.shape.names)))
        value = cells.counted(key)
        if value is not None:
            return exact(value)
        return sum((of(part) for part in cells.shape.parts[place].get(code, ())), 0)

    return sum((of(code) for code in cells.shape.parts[place]["_T"]), 0)


def _heaviest(reasons: Sequence[str]) -> str:
    return next((reason for reason in _WEIGHT if reason in reasons), "not_answered")


def _one_for_each(cycle_id: str, reports: Iterable[Report]) -> dict[str, Report]:
    found: dict[str, Report] = {}
    problems: list[Problem] = []
    for report in sorted(reports, key=lambda r: (r.body, r.place)):
        if report.cycle != cycle_id:
            what = f"The report of {report.body} is of the cycle {report.cycle!r}, not {cycle_id!r}."
            problems.append(Problem(what, report.place, "Leave it out, or name its cycle."))
        elif report.body in found:
            other = f" The other is {found[report.body].place}." if found[report.body].place else ""
            problems.append(Problem(f"There are two reports of {report.body}.", report.place, f"Keep one.{other}"))
        else:
            found[report.body] = report
    if problems:
        raise UsageError(problems)
    return found
