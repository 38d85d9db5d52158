"""Every read of the catalogue. What the public may not see is not found here at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from eirene_web.editions.models import BuildStep, Release


@dataclass(frozen=True)
class Alliance:
    """An alliance and its public releases, newest cycle first, newest release of a cycle first."""

    slug: str
    releases: tuple[Release, ...]

    @property
    def latest(self) -> Release:
        return self.releases[0]

    @property
    def editions(self) -> tuple[Release, ...]:
        """The newest release of each cycle."""
        seen: dict[str, Release] = {}
        for release in self.releases:
            seen.setdefault(release.cycle, release)
        return tuple(seen.values())

    def edition(self, cycle: str) -> Release | None:
        return next((r for r in self.editions if r.cycle == cycle), None)

    def releases_of(self, cycle: str) -> tuple[Release, ...]:
        return tuple(r for r in self.releases if r.cycle == cycle)

    @cached_property
    def fingerprint(self) -> str:
        return ",".join(r.manifest_sha256 for r in self.releases)


def _ordered(releases: list[Release]) -> tuple[Release, ...]:
    return tuple(sorted(releases, key=lambda r: (-r.data_year, r.cycle, -r.registered.timestamp(), -r.pk)))


_WHICH = "SELECT id, manifest_sha256, path FROM editions_release WHERE public = %s AND slug = %s ORDER BY id"
_remembered: dict[str, tuple[tuple[tuple[int, str, str], ...], Alliance]] = {}


def public_alliance(slug: str) -> Alliance | None:
    """One query, of hashes and places alone: what they stand for never changes and is remembered.

    Asked at every request and therefore in SQL: putting the query together takes longer than the database does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WHICH, [True, slug])
        found = tuple(cursor.fetchall())
    if not found:
        return None
    kept = _remembered.get(slug)
    if kept is None or kept[0] != found:
        kept = _remembered[slug] = (
            found,
            Alliance(slug, _ordered(list(Release.objects.filter(public=True, slug=slug)))),
        )
    return kept[1]


def public_alliances() -> list[Alliance]:
    """Fictional ones first, so that nobody takes them for the others; one query."""
    by_slug: dict[str, list[Release]] = {}
    for release in Release.objects.filter(public=True):
        by_slug.setdefault(release.slug, []).append(release)
    found = [Alliance(slug, _ordered(releases)) for slug, releases in sorted(by_slug.items())]
    return sorted(found, key=lambda a: (not a.latest.fictional, a.slug))


def build_steps() -> list[BuildStep]:
    """One query."""
    return list(BuildStep.objects.all())
