"""A disclosure class says how far values are protected; a pack with a class that makes no sense is refused whole."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from cast import PACKS, spoil, toy
from eirene.errors import PackError
from eirene.framework import Pack, class_in_force, disclosure_class, load, pack_bytes, pack_from_bytes, tighter_classes
from eirene.framework.model import DisclosureClass, Dominance


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A toy pack that a test may spoil."""
    return Path(shutil.copytree(PACKS / "toy", tmp_path / "toy"))


def nato() -> Pack:
    return load("nato")


def refused(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load(folder)
    return str(caught.value).splitlines()


def a_class(**fields: object) -> DisclosureClass:
    return DisclosureClass.model_validate({"code": "x", "label": "X", **fields})


def test_the_width_is_the_threshold_unless_the_pack_says_so_and_at_least_one() -> None:
    assert a_class(threshold=10).least_width == 10
    assert a_class(threshold=0).least_width == 1
    assert a_class(threshold=10, width=4).least_width == 4
    assert a_class().percent == Decimal(5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": -1}, {"width": -1}, {"percent": 101}, {"percent": -1}, {"bands": [10, 1]}, {"bands": [1, 1]},
        {"bands": [-5, 1]}, {"dominance": {}}, {"dominance": {"n": 2}}, {"dominance": {"k": 80}},
        {"dominance": {"percent": 0}}, {"dominance": {"n": 0, "k": 80}}, {"dominance": {"n": 1, "k": 101}},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_no_class(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_class(**wrong)


def test_everything_wrong_in_a_pack_is_told_at_once_with_file_and_line(copy: Path) -> None:
    spoil(
        copy / "pack.yaml",
        "  - {code: workforce, label: workforce, threshold: 3}\n",
        "  - {code: workforce, label: Workforce, threshold: -3}\n"
        "  - {code: banded, label: Banded, bands: [10, 1]}\n"
        "  - {code: sensitive, label: Sensitive, percent: 110, dominance: {n: 2}}\n"
        "  - {code: sensitive, label: Again, thershold: 3}\n",
    )
    spoil(copy / "questions" / "all.yaml", "disclosure: workforce", "disclosure: workfroce")
    indicators = copy / "indicators" / "all.yaml"
    first = indicators.read_text().splitlines()[1]
    assert first.startswith("  - id: ")
    spoil(indicators, first, f"{first}\n    disclosure: sensitiv")
    told = refused(copy)
    text = "\n".join(told)
    line = next(n for n, one in enumerate((copy / "pack.yaml").read_text().splitlines(), 1) if "threshold: -3" in one)
    for place, what in (
        (f"toy/pack.yaml:{line}", "disclosure_classes.0.threshold '-3' is not valid"),
        (f"toy/pack.yaml:{line + 1}", "bands ascend, each lower bound above the one before"),
        (f"toy/pack.yaml:{line + 2}", "disclosure_classes.2.percent '110' is not valid"),
        (f"toy/pack.yaml:{line + 2}", "a dominance rule has `percent`, or both `n` and `k`"),
        (f"toy/pack.yaml:{line + 3}", "Did you mean 'threshold'?"),
        ("toy/pack.yaml", "the disclosure class 'sensitive' is given twice."),
        ("toy/questions/all.yaml", "disclosure class 'workfroce' is not defined. Did you mean 'workforce'?"),
        ("toy/indicators/all.yaml", "disclosure class 'sensitiv' is not defined. Did you mean 'sensitive'?"),
    ):
        assert any(place in one and what in one for one in told), text


def test_a_header_that_cannot_do_without_what_is_wrong_is_refused_alone(copy: Path) -> None:
    spoil(copy / "pack.yaml", "{code: workforce, ", "{code: 'Work Force', ")
    assert any("disclosure_classes.0.code" in one for one in refused(copy))


def test_a_class_is_tighter_if_no_number_of_it_is_milder() -> None:
    mild, strict = a_class(threshold=3), a_class(threshold=10, percent=10)
    assert strict.at_least_as_tight_as(mild)
    assert not mild.at_least_as_tight_as(strict)
    assert mild.at_least_as_tight_as(mild)
    assert mild.at_least_as_tight_as(None)
    wide = a_class(threshold=3, width=20)
    assert not wide.at_least_as_tight_as(strict)
    assert not strict.at_least_as_tight_as(wide)
    assert not a_class(threshold=10, percent=1).at_least_as_tight_as(mild)


def test_bands_make_a_class_neither_tighter_nor_milder() -> None:
    banded, plain = a_class(threshold=3, bands=[1, 10]), a_class(threshold=3)
    assert banded.at_least_as_tight_as(plain)
    assert plain.at_least_as_tight_as(banded)


def test_a_dominance_rule_is_tighter_if_it_holds_whenever_the_other_does() -> None:
    ten, twenty = Dominance(percent=Decimal(10)), Dominance(percent=Decimal(20))
    assert twenty.at_least_as_tight_as(ten)
    assert not ten.at_least_as_tight_as(twenty)
    one, two = Dominance(n=1, k=Decimal(80)), Dominance(n=2, k=Decimal(75))
    assert two.at_least_as_tight_as(one)
    assert not one.at_least_as_tight_as(two)
    assert not ten.at_least_as_tight_as(one)
    assert not one.at_least_as_tight_as(ten)
    with_rule = DisclosureClass(code="x", label={"en": "X"}, dominance=ten)
    assert not a_class().at_least_as_tight_as(with_rule)
    assert with_rule.at_least_as_tight_as(a_class())


def test_a_body_may_choose_what_is_tighter_and_what_is_milder_does_not_come_into_force() -> None:
    pack = nato()
    workforce, sensitive = pack.questions["personnel"], pack.questions["harassment_reports"]
    assert workforce.disclosure == "workforce"
    assert sensitive.disclosure == "sensitive"
    assert [c.code for c in tighter_classes(pack, workforce)] == ["sensitive", "operational"]
    assert [c.code for c in tighter_classes(pack, sensitive)] == []
    in_force = class_in_force(pack, workforce, "sensitive")
    assert in_force is not None
    assert in_force.code == "sensitive"
    assert class_in_force(pack, sensitive, "workforce") == disclosure_class(pack, "sensitive")
    assert class_in_force(pack, workforce, "no_such") == disclosure_class(pack, "workforce")
    assert class_in_force(toy(), toy().questions["charter"]) is None


def test_the_nato_pack_shows_small_counts_of_sensitive_questions_in_bands() -> None:
    found = disclosure_class(nato(), "sensitive")
    assert found is not None
    assert found.bands == [1, 10, 50, 100]
    assert found.threshold == found.least_width == 10


def test_classes_survive_the_way_through_a_release() -> None:
    back = pack_from_bytes(pack_bytes(nato()))
    assert back.header.disclosure_classes == nato().header.disclosure_classes
