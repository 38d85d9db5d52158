"""The catalogue takes in whole releases, shows public ones, and is told the same thing twice without harm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.test import Client

from eirene.errors import EireneError, VerificationFailed
from eirene_web.editions.models import Release
from eirene_web.editions.services import register_release

pytestmark = pytest.mark.one_engine


@pytest.mark.django_db
def test_registering_twice_is_registering_once(harbour_folder: Path) -> None:
    first, second = register_release(harbour_folder), register_release(harbour_folder)
    assert first.pk == second.pk
    assert Release.objects.count() == 1
    assert (first.slug, first.cycle, first.audience, first.public, first.fictional) == (
        "harbour",
        "2022",
        "everyone",
        True,
        True,
    )


@pytest.mark.django_db
def test_a_release_with_a_changed_file_is_refused_and_every_change_is_told(
    harbour_folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(harbour_folder, tmp_path / "copy")
    (copy / "figures.csv").write_text("changed")
    (copy / "answers.csv").unlink()
    with pytest.raises(VerificationFailed) as told:
        register_release(copy)
    assert {"figures.csv", "answers.csv"} == {p.where.split(": ")[1] for p in told.value.problems}
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_a_manifest_cannot_lead_out_of_its_folder(harbour_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(harbour_folder, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"].append({"path": "../../etc/passwd", "sha256": "0", "bytes": 1, "media_type": "text/plain"})
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(VerificationFailed):
        register_release(copy)


@pytest.mark.django_db
def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EireneError, match="no release here"):
        register_release(tmp_path)


def test_a_release_for_another_audience_is_nowhere_on_the_portal(db: None, office_folder: Path, client: Client) -> None:
    register_release(office_folder)
    assert b"harbour" not in client.get("/").content
    for address in ("/harbour/", "/harbour/2022/", "/harbour/2022/figures/", "/harbour/2022/files/answers.csv"):
        assert client.get(address).status_code == 404, address


def test_the_office_release_does_not_mix_with_the_public_one(
    harbour: Path, office_folder: Path, client: Client
) -> None:
    register_release(office_folder)
    answers = client.get("/harbour/2022/files/answers.csv")
    assert b"".join(answers.streaming_content) == (harbour / "answers.csv").read_bytes()
    assert b"Compact restricted" not in client.get("/harbour/2022/").content
