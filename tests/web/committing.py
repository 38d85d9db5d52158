"""What is committed, and what is taken back.

Tests in which transactions are really committed: threads, races, what happens on commit.

Django empties the tables after such a test, which the journal's triggers refuse; they are lifted for that, and only for
that. Use it in place of `transactional_db`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

GUARDS = ("eirene_web.journal.migrations.0002_append_only", "eirene_web.reports.migrations.0002_submissions_stay")


def _all(name: str) -> None:
    with connection.schema_editor() as editor:
        for module in GUARDS:
            getattr(import_module(module), name)(apps, editor)


@pytest.fixture
def guards_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _all("guard")


@pytest.fixture
def committing(guards_again: None, transactional_db: None) -> Iterator[None]:
    yield
    _all("unguard")


@contextmanager
def taken_back(blocker: Any, home: Path) -> Iterator[None]:
    """What is laid out in here is there for a whole module, and gone after it; with an installation of its own."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "EIRENE_HOME", home)
        patch.setattr(settings, "EIRENE_API_PER_MINUTE", 1_000_000)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
