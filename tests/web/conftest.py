from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cast import toy
from eirene_web.editions.services import register_release
from eirene_web.portal.http import forget_pages
from web import releases, world
from web.staged import staged  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def harbour_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return releases.harbour(tmp_path_factory.mktemp("harbour") / "2022")


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return releases.harbour(tmp_path_factory.mktemp("office") / "2022", audience="secretariat")


@pytest.fixture(scope="session")
def concordia_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return releases.concordia(tmp_path_factory.mktemp("concordia") / "2016", formats=())


@pytest.fixture(scope="session")
def compiled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return releases.compiled(tmp_path_factory.mktemp("nato") / "compiled-2025")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: object) -> Iterator[Path]:
    """Every test has an installation of its own and nothing in memory: numbers of rows come again."""
    settings.EIRENE_HOME = tmp_path  # type: ignore[attr-defined]
    settings.EIRENE_BACKUPS = tmp_path / "backups"  # type: ignore[attr-defined]
    forget_pages()
    yield tmp_path
    forget_pages()


@pytest.fixture
def harbour(db: None, harbour_folder: Path) -> Path:
    register_release(harbour_folder)
    return harbour_folder


@pytest.fixture
def concordia(db: None, concordia_folder: Path) -> Path:
    register_release(concordia_folder)
    return concordia_folder


@pytest.fixture
def nato(db: None, compiled_folder: Path) -> Path:
    register_release(compiled_folder)
    return compiled_folder


@pytest.fixture
def harbour_world(db: None) -> world.World:
    """The Harbour Compact on the morning of its cycle 2022: three ports, everybody in their posts."""
    return world.build(toy(), "2022", ("ALF", "BRA", "CHA"))
