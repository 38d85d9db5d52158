"""Reads of accounts."""

from __future__ import annotations

from eirene_web.accounts.models import Person


def demo_people() -> list[Person]:
    """The made-up people of a demonstration, by name."""
    return list(Person.objects.filter(demo=True, is_active=True).order_by("name"))
