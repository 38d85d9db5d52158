"""Hides names, cells and figures of a release until the audit finds nothing that its audience may not know.

First what the plain cases ask for (`naming`) and what the coordinator chose; then attack, remedy, attack again: from
outside until nothing is found, at last as each body with its own answers as well.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from eirene.disclosure.auditing import Auditor, Findings, Progress, Strength, audit
from eirene.disclosure.hidden import Hidden, HiddenThing, Loss, Remedy
from eirene.disclosure.naming import Naming
from eirene.disclosure.past import without_hidden_past
from eirene.disclosure.remedies import Remedies
from eirene.disclosure.source import Source
from eirene.disclosure.strip import Strip
from eirene.figures.model import Figure
from eirene.framework.model import Pack, ProtectionChoice
from eirene.questionnaires.model import Answer, CellKey

#: Rounds of attack and remedy; what is still exposed then is told, and nothing is frozen.
_ROUNDS = 150
#: Attacks, the stronger ones only once the weaker ones find nothing: most is found by sums alone.
_STAGES = (
    Strength(orders=0, insiders=False), Strength(orders=1, insiders=False), Strength(insiders=False), Strength(),
)  # fmt: skip


@dataclass(frozen=True)
class Shielded:
    """figures: as the audience may see them; hidden: everything that is not shown, and why."""

    figures: tuple[Figure, ...]
    findings: Findings
    hidden: tuple[HiddenThing, ...]
    untold: frozenset[tuple[str, str, str]]
    loss: Loss
    steps: Counter[str]
    #: What it tells, as the attacker of another release would hold it beside.
    source: Source


class Shield:
    """One release for one audience, on its way to being safe."""

    def __init__(
        self,
        pack: Pack,
        cycle_id: str,
        audience: str,
        as_of: dt.date,
        naming: Naming,
        made: Sequence[Figure],
        beside: Sequence[Source],
        chosen: Sequence[ProtectionChoice],
    ) -> None:
        self.pack, self.cycle_id, self.audience, self.as_of = pack, cycle_id, audience, as_of
        self.naming, self.made, self.beside, self.chosen = naming, made, beside, chosen
        self.hidden = Hidden()
        self.steps: Counter[str] = Counter()
        self.own = frozenset(naming.shown)
        self.strip = Strip(pack, naming, self.hidden)
        self._strip()
        reports = {cycle.id: cycle.reports for cycle in naming.cycles.values()}
        #: What could be told, if nothing were hidden.
        self.whole = Source(
            f"{cycle_id}-{audience}", pack, cycle_id, audience, as_of, {f.key: f for f in made},
            {f.key: tuple(f.members) for f in made if f.basis == "computed"}, reports, self.own, {}, self.own,
        )  # fmt: skip
        self.remedies = Remedies(self.whole, naming, self.hidden, self.steps)

    def protect(self, progress: Progress | None) -> Shielded:
        self._choose()
        self._carry()
        self.hidden.figures |= self.naming.protect(self.made)
        found = self._until_clean(progress)
        self.naming.count_of_one_mind()
        steps = self.naming.steps + self.strip.steps + self.steps
        return Shielded(
            self.figures, found, self._told(), frozenset(self.hidden.counts), self._loss(), steps, self._source()
        )

    def _until_clean(self, progress: Progress | None) -> Findings:
        """Attack and remedy until nothing is found or nothing helps."""
        before = self._exposed_before()
        auditor = Auditor([self._source(), *self.beside], made=self.whole, beyond=before)
        stage = 0
        for turn in range(_ROUNDS):
            if progress is not None:
                progress("protecting", turn, 0)
            self._strip()
            source = self._source()
            found = auditor.audit(source, _STAGES[stage])
            while found.clean and stage + 1 < len(_STAGES):
                stage += 1
                found = auditor.audit(source, _STAGES[stage])
            if found.clean:
                break
            if not self.remedies.take(found, source):
                break
            self.hidden.figures |= self.naming.protect(self.made)
        return found

    def _exposed_before(self) -> frozenset[object]:
        """What earlier releases alone give away: it is out, and no remedy here can take it back."""
        return audit(self.beside, insiders=True).marks() if self.beside else frozenset()

    def _choose(self) -> None:
        """What the coordinator chose to hide; whatever is then not needed is not hidden by us."""
        for one in self.chosen:
            if one.audience == self.audience:
                self.remedies.apply(Remedy(0.0, one.what, tuple(one.where)), "chosen", (), ())

    def _carry(self) -> None:
        """What other releases of these readers hide stays hidden: shown here, it would leave what it hid with there
        alone (the pattern of suppression is carried forward)."""
        keys = {figure.key for figure in self.made}
        for other in self.beside:
            self.naming.elsewhere |= {named[:2] for named in other.shown}
            for named in sorted((other.own - other.shown) & self.naming.shown):
                self.naming.withdraw(*named, "carried")
            for named, cells in sorted(other.left_out.items()):
                if named in self.naming.shown:
                    for cell in sorted(cells):
                        self.naming.leave_out(named, cell, "carried")
            for key, figure in other.figures.items():
                if key in keys and figure.confidential:
                    self.hidden.figures.add(key)
                    self.naming.ledger.enter("figure", (key,), "carried")
            self.hidden.counts |= other.untold

    def _strip(self) -> None:
        """The figures as they may be seen now."""
        self.figures = without_hidden_past(self.strip.figure(figure) for figure in self.made)

    def _source(self) -> Source:
        """The release as it is now."""
        return self.whole.less(
            {f.key: f for f in self.figures}, frozenset(self.naming.shown), dict(self.naming.left_out),
            frozenset(self.hidden.counts),
        )  # fmt: skip

    # what was done

    def _told(self) -> tuple[HiddenThing, ...]:
        """What is hidden in the end: cells of an answer that lost its name as a whole are not told one by one."""
        found = []
        for (what, where), thing in sorted(self.naming.ledger.entries.items()):
            if what != "cell" or where[:3] in self.naming.shown:
                found.append(thing)
        return tuple(found)

    def _loss(self) -> Loss:
        cells = of_cells = 0
        persons = of_persons = Fraction(0)
        for named in self.own:
            answer = self.naming.cycles[named[0]].reports[named[1]].answers[named[2]]
            gone = self.naming.left_out.get(named, frozenset()) if named in self.naming.shown else None
            counts = _numbers(answer)
            persons_counted = self.naming.cycles[named[0]].questions[named[2]].unit == "persons"
            for key, value, smallest in counts:
                away = gone is None or key in gone
                of_cells, cells = of_cells + 1, cells + away
                if smallest and persons_counted:
                    of_persons += value
                    persons += value if away else 0
        valued = [f for f in self.made if f.basis == "computed" and f.value is not None]
        return Loss(
            cells, of_cells, persons, of_persons,
            sum(f.key in self.hidden.figures for f in valued), len(valued),
            len(self.own - self.naming.shown), len(self.own),
        )  # fmt: skip


def _numbers(answer: Answer) -> list[tuple[CellKey, Fraction, bool]]:
    """Key, value, and whether nothing is broken down further below it."""
    given = [(key, cell.value) for key, cell in answer.cells.items() if cell.value is not None]
    least = max((sum(code != "_T" for code in key) for key, _ in given), default=0)
    return [(key, Fraction(value), sum(c != "_T" for c in key) == least) for key, value in given]
