from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from eirene_web import clock
from web.editions.stage import WRITING, Stage, accept_all
from web.world import World


@pytest.fixture
def stage(harbour_world: World, settings: Any) -> Iterator[Stage]:
    """Three accepted reports; the day on which the office begins to write. Releases hold their data, no documents."""
    settings.EIRENE_FORMATS = ()
    with clock.at(WRITING):
        accept_all(harbour_world)
        yield Stage(harbour_world)
