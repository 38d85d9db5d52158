"""Building in the background: in order, once, begun again where it was cut off, and told on the page meanwhile."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
from django.test import Client

from cast import PACKS, toy_report
from eirene_web.commands import free_port
from eirene_web.editions import services
from eirene_web.editions.builds import Teller, Wanted, build_all, only_builder
from eirene_web.editions.models import BuildStep, Release

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def pack(tmp_path: Path) -> str:
    """The toy pack, shipping the reports of two cycles."""
    folder = shutil.copytree(PACKS / "toy", tmp_path / "pack" / "toy")
    for cycle in ("2021", "2022"):
        reports = folder / "reports" / cycle
        reports.mkdir(parents=True)
        for body, women in (("ALF", 40), ("BRA", 30), ("CHA", 20)):
            (reports / f"{body}.json").write_text(json.dumps(toy_report(body, women, 60, cycle=cycle)))
    return str(folder)


def wanted(pack: str) -> tuple[Wanted, ...]:
    return (Wanted(pack, "2021", shown=False), Wanted(pack, "2022", history=("2021",)))


def states() -> list[str]:
    return list(BuildStep.objects.values_list("state", flat=True))


def test_what_is_wanted_is_built_and_shown_and_not_built_a_second_time(pack: str, home: Path, client: Client) -> None:
    said: list[str] = []
    assert build_all(home, wanted(pack), say=said.append) == 0
    assert states() == ["done", "done"]
    assert [r.audience for r in Release.objects.all()] == ["everyone"]
    assert client.get("/harbour/2022/").status_code == 200
    first = len(said)
    assert build_all(home, wanted(pack), say=said.append) == 0
    assert len(said) == first


def test_a_killed_build_is_begun_again(pack: str, home: Path) -> None:
    build_all(home, wanted(pack)[:1], say=lambda text: None)
    BuildStep.objects.update(state=BuildStep.State.RUNNING)
    shutil.rmtree(next((home / "history" / "harbour").iterdir()))
    assert build_all(home, wanted(pack), say=lambda text: None) == 0
    assert states() == ["done", "done"]


def test_a_finished_release_that_the_catalogue_lost_is_taken_in_without_building(pack: str, home: Path) -> None:
    build_all(home, wanted(pack), say=lambda text: None)
    Release.objects.all().delete()
    BuildStep.objects.all().delete()
    said: list[str] = []
    build_all(home, wanted(pack), say=said.append)
    assert said == []
    assert Release.objects.count() == 1


def test_one_edition_that_fails_does_not_hold_up_the_others_and_the_page_says_why(
    pack: str, home: Path, client: Client
) -> None:
    broken = Path(pack) / "reports" / "2021" / "ALF.json"
    broken.write_text(json.dumps({**toy_report("ALF", 1, 1, cycle="2021"), "body": "ZZZ"}))
    steps = (Wanted(pack, "2021"), Wanted(pack, "2022"))
    assert build_all(home, steps, say=lambda text: None) == 1
    assert states() == ["failed", "done"]
    page = client.get("/").content.decode()
    assert "Some editions could not be built" in page
    assert "ZZZ" in page


def test_what_is_being_built_says_so_and_the_page_renews_itself(db: None, client: Client) -> None:
    step = services.queue_step(
        key="harbour/2022/everyone", position=1, slug="harbour", cycle="2022", title={"en": "Harbour 2022"}
    )
    services.start_step(step)
    Teller(step)("computing the figures", 2, 6)
    first = client.get("/")
    assert b"Being built: Harbour 2022 (step 1 of 1)" in first.content
    assert b"computing the figures (2 of 6)" in first.content
    assert b'http-equiv="refresh"' in first.content
    assert first.headers["Cache-Control"] == "no-store"
    page = client.get("/harbour/2022/")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert client.get("/healthz").json()["building"][0]["phase"] == "computing the figures"


def test_there_is_one_builder_at_a_time(home: Path) -> None:
    with only_builder(home) as first, only_builder(home) as second:
        assert (first, second) == (True, False)


def test_a_port_that_is_taken_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
