from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from web.custody import stage
from web.world import World


@pytest.fixture
def named(harbour_world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world in which a name slipped into everything. What waits for the end of the transaction is done at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda function, **_how: function())
    settings.EIRENE_FORMATS = ()
    stage.build(harbour_world)
    return harbour_world
