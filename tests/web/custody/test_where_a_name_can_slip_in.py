"""Every column that can hold a word, a file or bytes: found by the drill, or declared to be no place for a text."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from eirene_web.custody.quarantine import covered, plain

_FREE = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def _columns() -> Iterator[str]:
    """Without those of foreign tables that only join others, and those with a fixed choice of values."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            of_file = field.remote_field is not None and field.related_model._meta.label == "files.Blob"  # type: ignore[union-attr]
            if of_file or (isinstance(field, _FREE) and not field.choices):
                yield f"{model._meta.label}.{field.name}"


def _model(column: str) -> str:
    return column.rpartition(".")[0]


def test_every_text_file_and_json_is_found_by_the_drill_or_declared_plain() -> None:
    missing = [c for c in _columns() if c not in covered() and not {c, _model(c)} & set(plain())]
    lines = [f'    "{column}": "why nobody writes there what they like",' for column in missing]
    assert not missing, "give a holder in quarantine.py of its app, or add to PLAIN there:\n" + "\n".join(lines)


def test_nothing_is_both_and_nothing_is_declared_that_is_not_there() -> None:
    columns = set(_columns())
    known = columns | {_model(column) for column in columns}
    assert set(plain()) <= known
    assert covered() <= columns
    assert not covered() & set(plain())
    assert not {_model(column) for column in covered()} & set(plain())


def test_every_reason_is_one() -> None:
    assert all(len(why) > 5 for why in plain().values())
