"""Checks everything that a pack says: shapes and references, then rules, indicators and the Summary's texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from eirene.errors import EireneError, PackError, Problem, UsageError
from eirene.figures import compile_indicators
from eirene.framework import Pack, cycle_of, load, locate
from eirene.questionnaires import compile_rules, load_report
from eirene.questionnaires.model import Report
from eirene.summary import check_edition


def check_pack(name_or_path: str | Path) -> Pack:
    """The pack, if all of it is valid. Raises PackError with every problem of every part."""
    pack = load(name_or_path)
    place = locate(pack.origin)
    problems: list[Problem] = []
    for questionnaire in pack.questionnaires:
        problems += _problems(partial(compile_rules, pack, questionnaire))
    for id, cycle in pack.cycles.items():
        if cycle.kind == "collected":
            problems += _problems(partial(compile_indicators, pack, id))
    problems = [_placed(problem, place) for problem in problems]
    if pack.summary is not None:
        problems += check_edition(pack, pack.summary, partial(place, "summary", "summary"))
    for id, edition in pack.editions.items():
        problems += check_edition(pack, edition, partial(place, "editions", id))
    if problems:
        raise PackError(list(dict.fromkeys(problems)))
    return pack


#: How the compilers name what an expression belongs to: "rule T-01, value", "indicator women_share", "question crew".
_NAMED = re.compile(r"^(rule|indicator|question) ([\w-]+)(?:, (\w+))?")


def _placed(problem: Problem, place: Callable[[str, str, tuple[str | int, ...]], str]) -> Problem:
    """The problem with the file and line of the item that it names."""
    match = _NAMED.match(problem.where)
    if match is None:
        return problem
    found = place(f"{match[1]}s", match[2], (match[3],) if match[3] else ())
    return replace(problem, where=f"{found} ({problem.where})") if found else problem


def _problems(compile_part: Callable[[], object]) -> list[Problem]:
    try:
        compile_part()
    except EireneError as error:
        return list(error.problems)
    return []


def demo_reports(pack: Pack, cycle_id: str) -> list[Report]:
    """The made-up reports that a fictional pack carries for a cycle, in the order of their bodies' codes."""
    cycle_of(pack, cycle_id)
    folder = Path(pack.origin) / "reports" / cycle_id
    paths = sorted(folder.glob("*.json")) if pack.header.fictional else []
    if not paths:
        raise UsageError(
            f"The pack {pack.header.id} carries no made-up reports for {cycle_id}.",
            remedy="Only fictional packs do: try --pack concordia --cycle 2016.",
        )
    return [load_report(path.read_bytes(), pack, place=path.name) for path in paths]
