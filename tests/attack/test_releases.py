"""Releases of the Concordia pack under attack: nothing may be recovered, alone or put together, by anybody.

Built by the product, its protection included, and attacked by the independent attacker of this folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from attack.attacker import Recovered, attack
from attack.reading import Truth, read_truth, with_answer
from eirene.disclosure import Source
from eirene.framework import Pack, asked, load
from eirene.framework.model import Edition, Withholding
from eirene.questionnaires import Report, parse_report
from eirene.release import build_release
from eirene.release.inputs import History, history_of
from eirene.release.read import open_release
from eirene.release.told import read_sources
from eirene.summary import edition_of

pytestmark = pytest.mark.soak  # each builds and attacks whole releases: minutes
REPORTS = Path(__file__).parents[2] / "src/eirene/packs/concordia/reports"
#: Answers that are counted and not named; each is withheld in the correction.
WITHHELD = (("NVL", "reserves"), ("RVL", "leavers"), ("SMK", "crsv_provisions"))
AUDIENCES = ("office", "members", "partners", "public")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load("concordia")


@pytest.fixture(scope="module")
def truth() -> Truth:
    return read_truth([REPORTS / year for year in ("2014", "2015", "2016")])


@pytest.fixture(scope="module")
def after(truth: Truth) -> Truth:
    """The truth that the correction rests on."""
    for body, question in WITHHELD:
        truth = with_answer(truth, "2016", body, question, {"status": "withheld"})
    return truth


class House:
    """Builds each release once."""

    def __init__(self, pack: Pack, folder: Path) -> None:
        self.pack, self.folder = pack, folder

    def reports(self, cycle: str) -> list[Report]:
        import json

        files = sorted((REPORTS / cycle).glob("*.json"))
        return [parse_report(json.loads(file.read_bytes()), self.pack) for file in files]

    def release(
        self, audience: str, cycle: str = "2016", history: Sequence[str] = (), correction: bool = False
    ) -> Path:
        out = self.folder / "-".join((cycle, audience, *history, *(("corrected",) if correction else ())))
        if not out.exists():
            earlier = [self._history(one) for one in history]
            edition = self._corrected(cycle) if correction else None
            beside = self._beside(audience, cycle, history, correction)
            build_release(
                self.pack, cycle, self.reports(cycle), out=out, audience=audience, history=earlier, edition=edition,
                formats=(), beside=beside,
            )  # fmt: skip
        return out

    def _beside(self, audience: str, cycle: str, history: Sequence[str], correction: bool) -> Sequence[Source]:
        """What readers of the audience hold besides: releases for wider ones, and of what is corrected here."""
        if audience == "office":
            return ()
        wider = AUDIENCES[AUDIENCES.index(audience) + 1 :]
        held = [self.release(one, cycle, history, correction) for one in wider]
        if correction:
            held += [self.release(one, cycle, history) for one in (audience, *wider)]
        held += [self.release(audience, one, history[:n]) for n, one in enumerate(history) if one != "2014"]
        # The office's releases say whose answers are in which figures.
        office = [self.release("office", cycle, history)] if held else []
        office += [self.release("office", one, history[:n]) for n, one in enumerate(history)] if history else []
        return read_sources([str(one) for one in (*held, *office)])

    def _history(self, cycle: str) -> History:
        return history_of(open_release(self.release("office", cycle)))

    def _corrected(self, cycle: str) -> Edition:
        withholdings = [Withholding(body=b, question=q) for b, q in WITHHELD]
        return edition_of(self.pack, cycle, None).model_copy(update={"number": "1.1", "withholdings": withholdings})


@pytest.fixture(scope="module")
def house(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(pack, tmp_path_factory.mktemp("releases"))


def told(found: Iterable[Recovered]) -> str:
    """What was recovered, for whoever reads a failed test."""
    found = list(found)
    counts = Counter((r.kind, r.cycle, r.question) for r in found)
    return "\n".join([f"{len(found)} recovered: {counts.most_common(12)}", *map(str, found[:20])])


def nothing(found: list[Recovered], truth: Truth | None = None) -> None:
    """Nothing was recovered that is protected, and nothing that only hides others was counted out.

    What its body released for naming, and is not small, is no secret: it is hidden so that a small number beside it, or
    somebody else's, does not follow. It may be guessed as closely as that number is small (the men of a total beside
    one to nine women), but not told exactly.
    """
    lost = [one for one in found if truth is None or _secret(one, truth) or _counted_out(one)]
    assert not lost, told(lost)


def _secret(one: Recovered, truth: Truth) -> bool:
    answer: Any = truth[one.cycle].get(one.body, {}).get(one.question)
    if one.kind != "value" or not answer or not answer.get("naming"):
        return True
    return 0 < float(one.truth) < _threshold(one.cycle, one.question)


@cache
def _threshold(cycle: str, question: str) -> int:
    pack = load("concordia")
    classes = {one.code: one.threshold for one in pack.header.disclosure_classes}
    asked_question = asked(pack, cycle).questions[question].question
    return classes.get(asked_question.disclosure or "", 0) if asked_question.integer else 0


def _counted_out(one: Recovered) -> bool:
    return one.interval is not None and one.interval[1] - one.interval[0] < 1 - 1e-6 and _whole(one)


def _whole(one: Recovered) -> bool:
    """A rate or an age is told by its rounding alone, which is no counting."""
    return float(one.truth) == int(float(one.truth)) and len(one.cell) > 0


@pytest.mark.parametrize("audience", ["members", "partners", "public"])
def test_a_release_alone_gives_nothing_away(house: House, truth: Truth, audience: str) -> None:
    nothing(attack([house.release(audience)], truth), truth)


def test_a_release_gives_nothing_away_to_one_who_knows_nothing_else(house: House) -> None:
    nothing(attack([house.release("public")]))


@pytest.mark.parametrize("pair", [("members", "public"), ("partners", "public"), ("members", "partners")])
def test_two_audiences_together_give_nothing_away(house: House, truth: Truth, pair: Sequence[str]) -> None:
    nothing(attack([house.release(audience) for audience in pair], truth), truth)


def test_a_release_and_its_correction_give_nothing_away(house: House, truth: Truth, after: Truth) -> None:
    """Three answers are withheld in the correction; each would be the difference of two sums."""
    releases = [house.release("public"), house.release("public", correction=True)]
    nothing(attack(releases, [truth, after]), truth)


def test_earlier_cycles_in_a_release_give_nothing_away(house: House, truth: Truth) -> None:
    nothing(attack([house.release("public", history=("2014", "2015"))], truth), truth)


def test_an_edition_that_tells_earlier_cycles_again_gives_nothing_away(house: House, truth: Truth) -> None:
    releases = [house.release("public", "2015", ("2014",)), house.release("public", history=("2014", "2015"))]
    nothing(attack(releases, truth), truth)


@pytest.mark.parametrize("body", ["CLV", "FIO", "NVL", "ALM"])
def test_a_nation_finds_nothing_of_another(house: House, truth: Truth, body: str) -> None:
    """CLV is the largest; FIO one of few partners that are not named; NVL and ALM are among many members."""
    nothing(attack([house.release("public")], truth, knows=[body]), truth)


def test_what_is_recovered_is_true(house: House, truth: Truth) -> None:
    """However much it is: an attacker that found what is not so would be no measure."""
    for found in (attack([house.release("public")], truth), attack([house.release("public")])):
        wrong = [r for r in found if not _right(r, truth)]
        assert not wrong, told(wrong)


def _right(one: Recovered, truth: Truth) -> bool:
    answer: Any = truth[one.cycle].get(one.body, {}).get(one.question)
    if one.kind == "status":
        return one.told == (
            answer["status"] if answer else "no_report" if one.body not in truth[one.cycle] else "not_answered"
        )
    if one.kind == "answer":
        value = (answer or {}).get("value", ())
        chosen = [value] if isinstance(value, str) else list(value)
        return (one.cell[0] not in chosen) if one.told.startswith("not ") else one.told in chosen
    if one.truth:
        assert one.interval is not None
        return one.interval[0] - 1e-3 <= float(one.truth) <= one.interval[1] + 1e-3
    return True
