"""What many tests begin with is built once by the services of the platform, and after that laid out from its rows.

Only within a test's own transaction and into empty tables; elsewhere it is built anew.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

T = TypeVar("T")
#: Filled by migrations, and the same in every test.
FRAMEWORK = frozenset({"contenttypes", "auth", "sites"})


@dataclass(frozen=True)
class Remembered:
    """What was built, the rows of each table that were there afterwards, and the files of the installation."""

    built: Any
    rows: dict[type[Model], list[Model]]
    files: dict[str, bytes]


_KNOWN: dict[Hashable, Remembered] = {}


def remembered(key: Hashable, build: Callable[[], T]) -> T:
    """What `build` gives and leaves in the database, taken from memory if it was built before in this process."""
    if not connection.in_atomic_block or _rows():
        return build()
    if key not in _KNOWN:
        built = build()
        _KNOWN[key] = Remembered(_copy(built), _rows(), _files())
        return built
    known = _KNOWN[key]
    for model, rows in known.rows.items():
        model._base_manager.bulk_create(rows)
    for name, content in known.files.items():
        path = Path(settings.EIRENE_HOME) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return _copy(known.built)


def _rows() -> dict[type[Model], list[Model]]:
    """Every table of the platform that is not empty."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in FRAMEWORK:
            rows = list(model._base_manager.all())
            if rows:
                found[model] = rows
    return found


def _files() -> dict[str, bytes]:
    home = Path(settings.EIRENE_HOME)
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def _copy(built: T) -> T:
    """Its own rows for each test; the pack is read only."""
    pack = getattr(getattr(built, "world", built), "pack", None)
    return copy.deepcopy(built, {id(pack): pack})
