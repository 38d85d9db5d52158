"""Checks everything that a pack says: shapes and references, then rules, indicators and the Summary's texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from eirene.errors import EireneError, PackError, Problem, UsageError
from eirene.figures import compile_indicators
from eirene.framework import Pack, cycle_of, load
from eirene.questionnaires import compile_rules, load_report
from eirene.questionnaires.model import Report
from eirene.summary import check_edition


def check_pack(name_or_path: str | Path) -> Pack:
    """The pack, if all of it is valid. Raises PackError with every problem of every part."""
    pack = load(name_or_path)
    problems: list[Problem] = []
    for questionnaire in pack.questionnaires:
        problems += _problems(partial(compile_rules, pack, questionnaire))
    for id, cycle in pack.cycles.items():
        if cycle.kind == "collected":
            problems += _problems(partial(compile_indicators, pack, id))
    for edition in (pack.summary, *pack.editions.values()):
        if edition is not None:
            problems += check_edition(pack, edition)
    if problems:
        raise PackError(list(dict.fromkeys(problems)))
    return pack


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
