"""Disclosure classes at work: how small a count may be shown, and how closely a hidden value may be known."""

from __future__ import annotations

from dataclasses import dataclass

from eirene.framework import class_in_force
from eirene.framework.model import Pack, Question
from eirene.questionnaires.model import Answer


@dataclass(frozen=True, slots=True)
class Protection:
    """What a class asks for.

    threshold   smallest count that may be shown
    width       least width of the interval in which an attacker may place a protected value, in its unit
    percent     the same, in per cent of the value
    """

    threshold: int = 0
    width: int = 1
    percent: float = 5.0

    def enough(self, low: float, high: float, *, counted: bool = True) -> bool:
        """Whether a value known to lie between these is protected. counted: it is a number of persons, posts, cases;
        of a rate or an age only the relative width counts."""
        if high == float("inf") or low == float("-inf"):
            return True
        least = self.percent / 100 * abs(low + high) / 2
        return high - low >= max(least, float(self.width) if counted else 1e-4) - 1e-6

    @property
    def strictness(self) -> tuple[int, int, float]:
        return self.threshold, self.width, self.percent


NONE = Protection()


def protection_of(pack: Pack, question: Question | None, answer: Answer | None = None) -> Protection:
    """The protection of a question’s answers; of one answer, if its body chose a tighter class for it."""
    if question is None:
        return NONE
    found = class_in_force(pack, question, answer.disclosure if answer else None)
    if found is None:
        return NONE
    return Protection(found.threshold, max(1, found.least_width), float(found.percent))
