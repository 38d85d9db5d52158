"""A release can be checked by anybody who has the folder, and by nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from cast import toy_report
from eirene.errors import Unreadable, VerificationFailed
from eirene.release.read import Release
from eirene.release.verify import verify
from release.making import make


def reports(**answer: Any) -> list[dict[str, Any]]:
    return [
        toy_report("ALF", 40, 160, "yes", **answer),
        toy_report("BRA", 30, 70, "no", **answer),
        toy_report("CHA", 5, 45, "yes", **answer),
    ]


def seal(release: Release, name: str) -> None:
    """Lists a file's present hash in the manifest, as a forger would."""
    path = release.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    data = (release.folder / name).read_bytes()
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    path.write_text(json.dumps(manifest))


def forge(release: Release, name: str, old: str, new: str) -> None:
    path = release.folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_offices_release_is_recomputed_whole(tmp_path: Path) -> None:
    done = verify(make(tmp_path / "r", reports(), audience="secretariat").folder)
    assert done.ok, done.problems()
    assert len(done.recomputed.same) == done.recomputed.n > 10
    assert done.checked == 6


def test_a_public_release_is_recomputed_as_far_as_its_answers_are_inside(tmp_path: Path) -> None:
    given = reports()
    given[0] = toy_report("ALF", 40, 160, "yes", naming=True)
    done = verify(make(tmp_path / "r", given, audience="everyone").folder)
    assert done.ok, done.problems()
    assert 0 < len(done.recomputed.same) < done.recomputed.n
    assert "charter_share.2022.ports.share_of_bodies" in done.recomputed.same
    assert done.recomputed.not_here["hidden_answers"] > 0
    assert sum(done.recomputed.not_here.values()) + len(done.recomputed.same) == done.recomputed.n


def test_a_release_with_history_is_recomputed_with_the_answers_it_embeds(tmp_path: Path) -> None:
    before = make(
        tmp_path / "old",
        [toy_report("ALF", 20, 180, "no", cycle="2021"), toy_report("BRA", 30, 70, "no", cycle="2021")],
        audience="secretariat",
        cycle="2021",
    )
    release = make(tmp_path / "new", reports(), audience="secretariat", history=[before])
    done = verify(release.folder)
    assert done.ok, done.problems()
    assert len(done.recomputed.same) == done.recomputed.n
    assert {f.cycle for f in release.figures.values()} == {"2021", "2022"}
    assert release.manifest["history"] == [
        {"id": "harbour-2021-secretariat-1.0", "cycle": "2021", "manifest_sha256": before.manifest_sha256}
    ]


def test_a_changed_file_is_told(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="secretariat")
    forge(release, "answers.csv", "160", "161")
    done = verify(release.folder)
    assert any(p.what.startswith("answers.csv: is not the file that was released") for p in done.problems())
    with pytest.raises(VerificationFailed) as failed:
        done.require()
    assert failed.value.exit_code == 1


def test_a_missing_and_an_added_file_are_told(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="secretariat")
    (release.folder / "datapackage.json").unlink()
    (release.folder / "charts").mkdir()
    (release.folder / "charts" / "extra.svg").write_text("<svg/>")
    done = verify(release.folder)
    assert (done.missing, done.extra) == (("datapackage.json",), ("charts/extra.svg",))
    assert not done.ok


def test_a_forged_figure_is_caught_by_computing_it_again(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="secretariat")
    for name in ("figures.json", "figures.csv"):
        forge(release, name, "21.4", "24.1")
        seal(release, name)
    done = verify(release.folder)
    assert not done.mismatches
    assert "value is 24.1, from the answers 21.4" in done.recomputed.differences["women_on_board.2022.ports.pooled"]


def test_a_forged_figure_that_cannot_be_recomputed_contradicts_the_other_tables(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    forge(release, "figures.json", "21.4", "24.1")
    seal(release, "figures.json")
    done = verify(release.folder)
    told = " ".join(done.disagreements)
    assert "figures.csv: women_on_board.2022.ports.pooled: value is 21.4, in figures.json 24.1" in told
    assert "figures.parquet" in told


def test_forged_answers_no_longer_give_the_figures(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    forge(
        release, "answers.csv", "2022,ports,,charter,,,,answered,no,,,,1,", "2022,ports,,charter,,,,answered,no,,,,2,"
    )
    seal(release, "answers.csv")
    assert not verify(release.folder).ok


def test_another_pack_is_told(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="secretariat")
    forge(release, "pack.json", "Charlhaven", "Charlheaven")
    seal(release, "pack.json")
    assert any("the manifest states the pack" in text for text in verify(release.folder).disagreements)


def test_an_overstated_manifest_is_told(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    path = release.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["figures"]["recomputable"] += 1
    path.write_text(json.dumps(manifest))
    assert any("figures can be recomputed" in text for text in verify(release.folder).disagreements)


# --- folders that nobody should trust -------------------------------------------------------------------------------


def test_what_is_no_release_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for place, told in (("nowhere", "no such folder"), ("file", "not a release folder"), ("empty", "no manifest.json")):
        with pytest.raises(Unreadable, match=told) as error:
            verify(tmp_path / place)
        assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no JSON of ours"),
        ("[" * 100_000, "nests too deeply"),
        ('{"format": "eirene.release/1", "format": 1}', "twice"),
        ('{"format": NaN}', "no number"),
        ('{"format": 1e400}', "out of bounds"),
        ('{"format": ' + "9" * 5000 + "}", "out of bounds"),
        ('{"format": "something"}', "no manifest of a release"),
        ('{"format": "eirene.release/1", "files": [1]}', "list of files"),
    ],
)
def test_a_manifest_that_is_none_is_unreadable(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Unreadable, match=told):
        verify(tmp_path)


def test_nothing_outside_the_folder_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    release = make(tmp_path / "r", reports(), audience="secretariat")
    path = release.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    digest = hashlib.sha256(b"secret").hexdigest()
    (release.folder / "link").symlink_to(secret)
    (release.folder / "linked").symlink_to(tmp_path)
    for name in ("../secret", "link", "linked/secret", str(secret)):
        manifest["files"].append({"path": name, "sha256": digest, "bytes": 6})
    path.write_text(json.dumps(manifest))
    done = verify(release.folder)
    assert done.checked == 6
    told = " ".join(done.mismatches)
    assert told.count("it was not opened") == 2
    assert told.count("A release holds no links") == 2
    assert "linked" in done.extra


def test_a_crafted_pack_ends_in_a_message(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="secretariat")
    path = release.folder / "pack.json"
    pack = json.loads(path.read_bytes())
    del pack["questions"]["crew"]
    pack["cycles"]["2022"]["questionnaire"] = "nowhere"
    path.write_text(json.dumps(pack))
    seal(release, "pack.json")
    assert not verify(release.folder).ok
