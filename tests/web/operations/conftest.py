from __future__ import annotations

from pathlib import Path

import pytest

from web.operations.house import House, new_house


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Laid out once; nobody changes it."""
    return new_house(tmp_path_factory.mktemp("house") / "home").lay_out("name")


@pytest.fixture
def house(laid_out: House, tmp_path: Path) -> House:
    return laid_out.copy(tmp_path / "home")
