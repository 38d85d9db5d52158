"""Oversight of a cycle: where every report is, what is stuck and with whom, how this year compares, what it costs.

Reads only, and always a constant number of queries, however many nations there are. What the office sees of a report
that is still being worked on is that it is there and how far it is; never what it says.
"""

from __future__ import annotations

from eirene_web.reports.oversight.comparison import Pace, pace
from eirene_web.reports.oversight.cost import Burden, burden
from eirene_web.reports.oversight.counts import answered_counts, asked_counts
from eirene_web.reports.oversight.dates import Moment, moments
from eirene_web.reports.oversight.timeliness import Years, years
from eirene_web.reports.oversight.where import IN, Board, Line, board

__all__ = [
    "IN", "Board", "Burden", "Line", "Moment", "Pace", "Years", "answered_counts", "asked_counts", "board", "burden",
    "moments", "pace", "years",
]  # fmt: skip
