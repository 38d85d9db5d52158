"""What can go wrong, and how it is told.

    EireneError                 anything a person can put right; shown without a traceback
    ├── UsageError              the command's words are off                         exit 64
    ├── Unreadable              a file cannot be read at all                        exit 2
    ├── PackError               a pack says something it cannot mean                exit 1
    ├── Blocked                 a blocker stands in the way of what was asked       exit 1
    └── VerificationFailed      a release is not what its manifest says             exit 1

Every error says what happened, where, and what to do next. One error may carry several `Problem`s: a check never
stops at the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    what    what was found, quoting the offending value
    where   file:line, or file, sheet and cell; empty if it has no place
    remedy  what to do next; empty if `what` already says it
    """

    what: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class EireneError(Exception):
    """Base of all errors meant for people."""

    exit_code = 1

    def __init__(self, problems: str | Problem | Iterable[Problem], *, where: str = "", remedy: str = "") -> None:
        if isinstance(problems, str):
            problems = [Problem(problems, where, remedy)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class UsageError(EireneError):
    """The command was called with words that do not fit together."""

    exit_code = 64


class Unreadable(EireneError):
    """A file from outside was refused; nothing of it was taken in."""

    exit_code = 2


class PackError(EireneError):
    """A pack is not valid; every problem found in it is listed."""


class Blocked(EireneError):
    """What was asked for may not be done while a blocker stands."""


class VerificationFailed(EireneError):
    """A release does not match its manifest, or a figure cannot be recomputed from the answers beside it."""
