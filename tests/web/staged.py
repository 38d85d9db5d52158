"""One stage (see `security/stage.py`) for a whole module: a fixture that every test under `web/` has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from eirene_web.api import auth
from web.committing import taken_back
from web.security import stage


@pytest.fixture(scope="module")
def staged(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[stage.Stage]:
    """One stage for a module: whatever a test does to it within a test's own transaction is taken back."""
    with taken_back(django_db_blocker, tmp_path_factory.mktemp("home")):
        auth.forget_draws()
        yield stage.build()
