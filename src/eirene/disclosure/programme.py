"""A linear programme that is solved again and again with other objectives: what attacks and protection are made of.

HiGHS (https://highs.dev), primal simplex, one thread, no presolve: only the objective changes from solve to solve, so
the last basis stays feasible and the next solve starts there (a hundred times faster than the dual simplex here). The
same programme with the same objectives in the same order gives the same results. Numbers are doubles; whoever
fills a programme subtracts what is known exactly first, so that only small residuals are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

Status = Literal["optimal", "infeasible", "unbounded", "stopped"]
INFINITY = float(highspy.kHighsInf)
#: Rows and bounds hold to this, absolutely.
TOLERANCE = 1e-7
_STATUS: Mapping[Any, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded",
}


@dataclass(frozen=True)
class Solution:
    """values: of every column; duals: of every row (how much the objective moves with the row's side). Both empty
    unless `optimal`."""

    status: Status
    objective: float
    values: NDArray[np.float64]
    duals: NDArray[np.float64]


class _Solver(highspy.Highs):
    """Without the callbacks of highspy, which we do not use: switching them on prints a banner on standard output."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


class Programme:
    """minimise or maximise c·x, where lower ≤ x ≤ upper and every row lies within its bounds.

    Columns and rows are numbered from 0 in the order in which they are added. `integer` columns make it a mixed
    integer programme: no duals, and `nodes` limits the search (never a clock: a result must not depend on the machine).
    """

    def __init__(self, *, nodes: int | None = None) -> None:
        self._solver = _Solver()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
            ("solver", "simplex"), ("simplex_strategy", 4), ("presolve", "off"),
            ("primal_feasibility_tolerance", TOLERANCE), ("dual_feasibility_tolerance", TOLERANCE),
        ):  # fmt: skip
            self._solver.setOptionValue(name, value)
        if nodes is not None:
            self._solver.setOptionValue("mip_max_nodes", nodes)
            self._solver.setOptionValue("solver", "choose")
            self._solver.setOptionValue("presolve", "on")
        self.columns = self.rows = 0
        self._costs: tuple[int, ...] = ()
        self._integers = 0

    def column(self, lower: float = 0.0, upper: float = INFINITY, *, integer: bool = False) -> int:
        """A further column; its number."""
        self._solver.addVar(lower, upper)
        if integer:
            self._solver.changeColIntegrality(self.columns, highspy.HighsVarType.kInteger)
            self._integers += 1
        self.columns += 1
        return self.columns - 1

    def row(self, columns: Sequence[int], coefficients: Sequence[float], lower: float, upper: float) -> int:
        """A further row, lower ≤ Σ coefficient × column ≤ upper; its number. A column stands in it once."""
        self._solver.addRow(
            lower, upper, len(columns), np.asarray(columns, np.int32), np.asarray(coefficients, np.float64)
        )
        self.rows += 1
        return self.rows - 1

    def bound(self, column: int, lower: float, upper: float) -> None:
        self._solver.changeColBounds(column, lower, upper)

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """Other bounds for a row; (-INFINITY, INFINITY) takes it out."""
        self._solver.changeRowBounds(row, lower, upper)

    def minimise(self, costs: Mapping[int, float]) -> Solution:
        return self._solve(costs, 1.0)

    def maximise(self, costs: Mapping[int, float]) -> Solution:
        return self._solve(costs, -1.0)

    def _run(self) -> Status:
        self._solver.run()
        return _STATUS.get(self._solver.getModelStatus(), "stopped")

    def _solve(self, costs: Mapping[int, float], sign: float) -> Solution:
        if self._costs:
            places = np.asarray(self._costs, np.int32)
            self._solver.changeColsCost(len(places), places, np.zeros(len(places)))
        self._costs = tuple(costs)
        if costs:
            places = np.asarray(self._costs, np.int32)
            self._solver.changeColsCost(len(places), places, sign * np.fromiter(costs.values(), np.float64, len(costs)))
        status = self._run()
        if status == "infeasible":
            # From a basis many objectives old that may be a matter of rounding: once more from the start.
            self._solver.clearSolver()
            status = self._run()
        if status != "optimal":
            empty = np.empty(0)
            return Solution(status, float("nan"), empty, empty)
        found = self._solver.getSolution()
        values = np.asarray(found.col_value, np.float64)
        duals = np.empty(0) if self._integers else sign * np.asarray(found.row_dual, np.float64)
        return Solution("optimal", sign * float(self._solver.getInfo().objective_function_value), values, duals)
