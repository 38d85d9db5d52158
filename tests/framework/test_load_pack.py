"""A pack is loaded whole, or refused with every problem named by file and line."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from cast import PACKS, sampler, spoil, toy
from eirene.errors import PackError
from eirene.framework import (
    asked,
    asked_bodies,
    codes,
    dimension_codes,
    load,
    pack_bytes,
    pack_from_bytes,
    pack_hash,
    population_bodies,
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A toy pack that a test may spoil."""
    return Path(shutil.copytree(PACKS / "toy", tmp_path / "toy"))


def refused(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load(folder)
    return str(caught.value)


def test_a_plain_string_is_a_text_in_the_packs_first_language() -> None:
    assert toy().questions["charter"].text == {"en": "Is there a charter on equal service?"}


def test_yes_and_no_stay_words_and_numbers_keep_their_digits() -> None:
    pack = toy()
    assert pack.bodies["ALF"].attr == {"has_crew": "yes"}
    assert pack.questionnaires["one"].version == "1"


def test_the_hash_survives_the_way_through_a_release() -> None:
    assert pack_hash(pack_from_bytes(pack_bytes(sampler()))) == pack_hash(sampler())


def test_the_hash_does_not_depend_on_the_folder(copy: Path) -> None:
    assert pack_hash(load(copy)) == pack_hash(toy())


def test_who_belonged_is_asked_of_the_date() -> None:
    pack = sampler()
    assert asked_bodies(pack, "2021") == ("AAA", "BBB", "CCC", "DDD", "EEE", "GGG")
    then = population_bodies(pack, "members", "2021", as_of=dt.date(2023, 1, 1), reported={})
    now = population_bodies(pack, "members", "2022", as_of=dt.date(2023, 1, 1), reported={})
    assert (then, now) == (("AAA", "BBB", "CCC", "DDD"), ("AAA", "BBB", "CCC", "DDD", "EEE"))


def test_a_constant_panel_holds_those_that_reported_every_time() -> None:
    reported = {"2021": frozenset({"ALF", "BRA"}), "2022": frozenset({"ALF", "CHA"})}
    panel = population_bodies(toy(), "ports_panel", "2022", as_of=dt.date(2023, 1, 1), reported=reported)
    assert panel == ("ALF",)


def test_bands_hold_their_ranks_and_titles_lead_to_codes() -> None:
    rank = codes(sampler(), "rank")
    assert rank.children("OF-6+") == ("OF-6", "OF-7")
    assert rank.alias("brigadier general") == "OF-6"
    assert dimension_codes(sampler(), sampler().questions["ranks"], "sex") == ("women", "men")


def test_a_version_may_break_a_series() -> None:
    assert asked(sampler(), "2021").questions["law"].break_ == {}
    assert "2021" in asked(sampler(), "2022").questions["law"].break_["en"]


def test_every_problem_is_told_with_its_line(copy: Path) -> None:
    spoil(copy / "questions" / "all.yaml", "type: yes_no", "type: maybe")
    spoil(copy / "cycles.yaml", "questionnaire: one", "questionnaire: two")
    told = refused(copy)
    assert "toy/questions/all.yaml:12" in told
    assert "'maybe'" in told
    assert "toy/cycles.yaml:2" in told
    assert "'two' is not defined" in told


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("rules.yaml", "severity: warning", "severty: warning", "Did you mean 'severity'"),
        ("questions/all.yaml", "- id: charter", "- id: crew", "is given twice"),
        ("questionnaires/one.yaml", "use: charter", "use: chartr", "Did you mean 'charter'"),
        ("bodies.csv", "CHA,port", "BRA,port", "is given twice"),
        ("memberships.csv", "ALF,ports,2000-01-01,", "ALF,ports,2000-01-01,1999-01-01", "ends (1999-01-01) before"),
        ("memberships.csv", "ALF,ports", "ZZZ,ports", "'ZZZ' is not defined"),
        ("units.csv", "persons,persons", "heads,persons", "'persons' is not defined"),
        ("pack.yaml", "languages: [en]", "languages: [en, fr]", "has no fr"),
        ("pack.yaml", "names_all: true", "names_all: false", "names_all"),
        ("cycles.yaml", "2021-12-31", "2021-13-31", "toy/cycles.yaml:2"),
        ("questions/all.yaml", "sex: {list: sex}", "sex: {list: sez}", "Did you mean 'sex'"),
        ("pack.yaml", "id: toy", "id: &a toy\nversion2: *a", "alias *a is not allowed"),
        ("pack.yaml", "id: toy", "id: toy\nid: toy", "given twice"),
        ("pack.yaml", "id: toy", "id: [", "not valid YAML"),
    ],
)
def test_a_wrong_pack_is_refused(copy: Path, file: str, old: str, new: str, said: str) -> None:
    spoil(copy / file, old, new)
    assert said in refused(copy)


def test_a_csv_row_with_too_many_cells_is_named(copy: Path) -> None:
    (copy / "bodies.csv").write_text("code,kind,name.en\nALF,port,Alf, the old\n", encoding="utf-8")
    assert "toy/bodies.csv:2: has 4 cells" in refused(copy)


def test_a_file_that_is_not_text_is_named(copy: Path) -> None:
    (copy / "rules.yaml").write_bytes(b"rules:\n - \xff\xfe")
    assert "toy/rules.yaml:2: is not UTF-8" in refused(copy)


def extending(tmp_path: Path, version: str = "0.1.0", parent: str = "toy") -> Path:
    shutil.copytree(PACKS / "toy", tmp_path / "toy", dirs_exist_ok=True)
    child = tmp_path / "child"
    child.mkdir()
    header = (PACKS / "toy" / "pack.yaml").read_text(encoding="utf-8").replace("id: toy", "id: child")
    (child / "pack.yaml").write_text(f"{header}extends: {{pack: {parent}, version: {version}}}\n", encoding="utf-8")
    return child


def test_a_pack_inherits_questions_but_never_bodies(tmp_path: Path) -> None:
    child = load(extending(tmp_path))
    assert set(child.questions) == {"crew", "charter"}
    assert child.bodies == {}
    assert child.cycles == {}


def test_a_pack_extends_an_exact_version(tmp_path: Path) -> None:
    assert "extends toy 9.9.9, but toy is at 0.1.0" in refused(extending(tmp_path, version="9.9.9"))


def test_packs_may_not_extend_each_other_in_a_circle(tmp_path: Path) -> None:
    child = extending(tmp_path, parent="child")
    assert "circle" in refused(child)


def test_a_name_that_is_no_pack_lists_those_that_ship() -> None:
    with pytest.raises(PackError, match="There is no pack 'nowhere'"):
        load("nowhere")
