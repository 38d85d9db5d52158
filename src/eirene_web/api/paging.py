"""Lists: filtered, sorted, and a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import ConfigDict, Field

Row = TypeVar("Row")
Item = TypeVar("Item")
MOST = 500


class Part(Schema):
    """Which part of a list: `limit` items from `offset` on."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(default=100, ge=1, le=MOST)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class Page(Schema, Generic[Item]):
    items: list[Item]
    total: int = Field(description="How many there are in all.")
    next: int | None = Field(description="The offset of the next part; null at the end.")


def page(found: QuerySet[Any] | Sequence[Row], part: Part, show: Callable[[Any], Item]) -> Page[Item]:
    """The part of the list that was asked for. Two queries for a queryset, whatever its length."""
    total = found.count() if isinstance(found, QuerySet) else len(found)
    items: Iterable[Any] = found[part.offset : part.offset + part.limit]
    after = part.offset + part.limit
    return Page[Any](items=[show(one) for one in items], total=total, next=after if after < total else None)
