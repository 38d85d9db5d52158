"""The catalogue lists every rule that can speak, in words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import eirene.questionnaires
from cast import sampler, toy
from eirene.framework import load
from eirene.questionnaires import catalogue, render_catalogue
from eirene.questionnaires.builtin import BUILTIN
from eirene.text import _shipped


def test_every_code_that_a_check_can_emit_is_in_the_catalogue() -> None:
    """Codes are literals in the source: each literal that looks like one is known, and each known one is used."""
    folder = Path(eirene.questionnaires.__file__).parent
    written: set[str] = set()
    for name in ("builtin.py", "checks.py", "declared.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                written |= {
                    a.value
                    for a in node.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str) and "." in a.value
                }
    codes = {entry.code for entry in catalogue(sampler(), "2022")}
    emitted = {code for code in written if code.split(".")[0] in {c.split(".")[0] for c in BUILTIN}}
    assert emitted <= codes
    assert set(BUILTIN) - emitted <= {"number.negative", "number.over_100"}, "given by way of a variable"


def test_derived_rules_are_listed_for_each_dimension_that_adds_up() -> None:
    derived = [entry.code for entry in catalogue(sampler(), "2022") if entry.origin == "derived"]
    assert derived == [
        "parts.staff.service", "parts.staff.sex", "parts.ranks.rank", "parts.ranks.sex", "parts.cube.service",
        "parts.cube.sex",
    ]  # fmt: skip


def test_declared_rules_say_what_they_need() -> None:
    one = next(entry for entry in catalogue(toy(), "2022") if entry.code == "T-01")
    assert (one.severity, one.origin, one.needs, one.questions) == ("warning", "declared", ("previous",), ("crew",))
    assert one.text["en"] == "`crew` differs from the previous report by no more than 50 % or 10."


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_rule_has_words_in_every_language(lang: str) -> None:
    for entry in catalogue(sampler(), "2022"):
        assert entry.text[lang]
    words = _shipped(lang)
    assert {key for key in _shipped("en") if key.startswith("check_")} == {k for k in words if k.startswith("check_")}


@pytest.mark.parametrize("cycle", ["2014", "2015", "2016", "2025"])
def test_the_catalogue_of_the_shipped_pack_renders(cycle: str) -> None:
    pack = load("nato")
    for lang in pack.header.languages:
        text = render_catalogue(pack, cycle, lang)
        assert all(entry.code in text for entry in catalogue(pack, cycle))
        assert max(len(line) for line in text.splitlines()) <= 200


def test_the_text_reads_like_a_list() -> None:
    text = render_catalogue(sampler(), "2022", "fr")
    assert text.startswith("Règles de Deuxième version\n====")
    assert "number.negative  ·  blocage\n    Aucun nombre n’est négatif." in text
