"""Protection of nation × sex × rank × service with all margins (5,535 cells), beside what one would do by hand.

    python benchmarks/protect.py

Made-up forces of 2,500 to 1,000,000. Exit code 1 if a hidden cell can be worked out, or it takes more than 30 s, or
more than 15 % of the cells or 2 % of the persons are hidden.
"""

from __future__ import annotations

import random
import sys
import time

from eirene.disclosure.tables import Sheet, Spec, audit_protected, primary, protect, read_table, resolve
from eirene.disclosure.tables.attack import EVERYBODY, Attack, Witnesses, exposed
from eirene.disclosure.tables.model import Table
from eirene.disclosure.tables.protect import plan_for
from eirene.disclosure.tables.rules import SECONDARY

Cells = dict[tuple[str, str, str, str], int]
NATIONS = 40
RANKS = {"OF-6+": 0.0015, "OF-3..5": 0.06, "OF-1..2": 0.09, "OR": 0.8485}
SERVICES = {"army": 0.45, "navy": 0.17, "air": 0.19, "gendarmerie": 0.09, "medical": 0.05, "joint": 0.03,
            "coast": 0.015, "cyber": 0.005}  # fmt: skip
COLUMNS = ("nation", "sex", "rank", "service")
SEED = 5535


def made_up(seed: int = SEED) -> Cells:
    """Counts of leaf cells by (nation, sex, rank, service): forces of very different size, made up."""
    draw = random.Random(seed)
    sizes = sorted((int(1_300_000 * (0.83**i) * draw.uniform(0.8, 1.2)) + 2500 for i in range(NATIONS)), reverse=True)
    cells: Cells = {}
    for number, size in enumerate(sizes):
        share = draw.uniform(0.07, 0.2)
        lacks = set(draw.sample([s for s in SERVICES if s not in ("army",)], draw.choice((0, 1, 1, 2, 2, 3))))
        for rank, of_rank in RANKS.items():
            if rank == "OF-6+":  # small forces have more generals to a soldier
                of_rank = 0.0008 * (1_000_000 / size) ** 0.25
            women = share * (0.5 if rank == "OF-6+" else 0.9 if rank == "OF-3..5" else 1.0)
            for service, of_service in SERVICES.items():
                mean = 0 if service in lacks else size * of_rank * of_service
                for sex, part in (("F", women), ("M", 1 - women)):
                    cells[f"N{number + 1:02}", sex, rank, service] = _drawn(draw, mean * part)
    return cells


def _drawn(draw: random.Random, mean: float) -> int:
    if mean > 20:
        return max(0, round(draw.gauss(mean, mean**0.5)))
    return sum(1 for _ in range(200) if draw.random() < mean / 200)


def main() -> int:
    cells = made_up()
    rows = tuple((*key, str(count)) for key, count in cells.items())
    sheet = Sheet("made-up.csv", (*COLUMNS, "persons"), rows, tuple(range(2, len(rows) + 2)))
    dimensions = [{"column": column, "total": "_T"} for column in COLUMNS]
    worst = 0
    for named, protection in (("a small count may be 3 or more", {}), ("a count is not known exactly", {"width": 1})):
        given = {"value": "persons", "dimensions": dimensions, "threshold": 3, "totals": "made"}
        loaded = resolve(Spec.model_validate({**given, "protection": protection}))
        table = read_table(sheet, loaded)
        small = primary(table, loaded)
        print(f"-- {named}: {len(table):,} cells, {len(small)} small ({100 * len(small) / len(table):.1f} %)")
        began = time.perf_counter()
        protected = protect(table, loaded)
        took = time.perf_counter() - began
        began = time.perf_counter()
        left = audit_protected(protected)
        audited = time.perf_counter() - began
        loss = protected.loss
        share, persons = loss.hidden / loss.cells, loss.persons / loss.of_persons
        print(f"protected  {took:5.1f} s; attacked from scratch {audited:.1f} s; {len(left)} exposed")
        print(f"hidden     {loss.hidden} cells ({100 * share:.1f} %), {100 * persons:.2f} % of persons")
        worst = max(worst, int(bool(left or protected.exposed) or took > 30 or share > 0.15 or persons > 0.02))
    _beside(table, loaded, set(small))
    return worst


def _beside(table: Table, loaded: object, small: set[int]) -> None:
    """What one does without a program, and how many of the cells that it hides are worked out exactly."""
    for named, hidden in (("small cells only", small), ("by hand, line by line", by_hand(table, small))):
        plan = plan_for(table, loaded)  # type: ignore[arg-type]
        began = time.perf_counter()
        attack = Attack(plan.frame, {cell: plan.room(cell) for cell in hidden}, plan.reach)
        known = list(exposed(attack, Witnesses(plan.frame, (EVERYBODY,)), dict.fromkeys(hidden, SECONDARY)))
        of_small = sum(one.cell in small for one in known)
        print(
            f"{named}: {len(hidden)} cells hidden ({100 * len(hidden) / len(table):.1f} %), {len(known)} worked out "
            f"exactly, {of_small} of them small ({time.perf_counter() - began:.1f} s)"
        )


def by_hand(table: Table, small: set[int]) -> set[int]:
    """Line by line, once through: where one cell alone is hidden the next smallest that is not zero goes with it."""
    hidden = set(small)
    for equation in table.equations:
        gone = [cell for cell in equation.cells if cell in hidden]
        others = [cell for cell in equation.cells[1:] if cell not in hidden and table.values[cell]]
        if len(gone) == 1 and others:
            hidden.add(min(others, key=lambda cell: (table.values[cell], cell)))
    return hidden


if __name__ == "__main__":
    sys.exit(main())
