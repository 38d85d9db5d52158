"""Every change of the catalogue: one function a verb."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eirene.apart import run_apart
from eirene.errors import EireneError, Problem, VerificationFailed
from eirene.framework import cycle_of, pack_from_bytes
from eirene.framework.model import Edition, Pack
from eirene.release import verify
from eirene_web.clock import now
from eirene_web.editions.models import BuildStep, Release
from eirene_web.editions.targets import release_target
from eirene_web.journal.services import change, record
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.queries import alliance_of
from eirene_web.policy import Actor, NotThere, ask
from eirene_web.work.models import Job
from eirene_web.work.services import start

MANIFEST = "manifest.json"
_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
#: First parts of addresses that mean something else.
RESERVED_SLUGS = frozenset({"fr", "en", "static", "healthz", "embed", "search", "progress", "robots"})
_CHUNK = 1 << 20


def register_release(path: Path) -> Release:
    """Enters a release folder into the catalogue; entering it again changes nothing.

    Its files are compared with its manifest first. Raises VerificationFailed with every difference, EireneError if it
    is no release or cannot have an address here.
    """
    digest, fields = described(path)
    with transaction.atomic():
        release, _made = Release.objects.update_or_create(manifest_sha256=digest, defaults=fields)
    return release


def described(path: Path) -> tuple[str, dict[str, Any]]:
    """(hash of its manifest, what the catalogue says of it), its files compared with its manifest first."""
    folder = path.resolve()
    manifest, digest = _manifest(folder)
    _compare(folder, manifest)
    pack = pack_from_bytes((folder / "pack.json").read_bytes())
    return digest, _fields(folder, manifest, pack)


@change
def want_check(*, actor: Actor, release: int) -> Job:
    """Has a release checked against itself, in the background."""
    from eirene_web.editions.tasks import verify_release

    row = Release.objects.filter(pk=release).first()
    if row is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    ask(actor, "release.verify", release_target(actor, row, pack_of(alliance_of(row.slug))))
    record(actor, "release.verify", chain=f"{row.slug}/", subject=f"release:{row.pk}")
    return start(
        verify_release, kind="release.verify", alliance=row.slug, person=actor.person, subject=f"release:{row.pk}",
        release=row.pk,
    )  # fmt: skip


def check_release(*, release: int) -> dict[str, Any]:
    """Checks a release against itself and keeps what was found beside it."""
    row = Release.objects.get(pk=release)
    try:
        done = run_apart(verify, folder=row.folder)
        told = {"ok": done.ok, "summary": done.summary(), "problems": [str(p) for p in done.problems()][:20]}
    except EireneError as error:
        told = {"ok": False, "summary": "", "problems": [str(problem) for problem in error.problems][:20]}
    told["at"] = now().isoformat()
    Release.objects.filter(pk=release).update(verified=told)
    return told


def forget_release(release: Release) -> None:
    """Takes a release out of the catalogue; the folder stays."""
    release.delete()


def _manifest(folder: Path) -> tuple[dict[str, Any], str]:
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = json.loads(data)
    except OSError:
        raise EireneError(
            "There is no release here.", where=str(folder), remedy="Name the folder that holds manifest.json."
        ) from None
    except ValueError as error:
        raise EireneError(f"The manifest cannot be read: {error}.", where=str(folder / MANIFEST)) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
        raise EireneError("This is not the manifest of a release.", where=str(folder / MANIFEST))
    return manifest, hashlib.sha256(data).hexdigest()


def _compare(folder: Path, manifest: dict[str, Any]) -> None:
    problems = []
    for entry in manifest["files"]:
        name = str(entry.get("path", ""))
        file = (folder / name).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            problems.append(Problem("The manifest lists a file that is not there.", f"{folder}: {name}"))
        elif _sha256(file) != entry.get("sha256"):
            problems.append(Problem("The file is not the one that was released.", f"{folder}: {name}"))
    if problems:
        raise VerificationFailed(problems)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fields(folder: Path, manifest: dict[str, Any], pack: Pack) -> dict[str, Any]:
    head = pack.header
    if not _SLUG.match(head.slug) or head.slug in RESERVED_SLUGS:
        raise EireneError(
            f"The alliance's slug {head.slug!r} cannot begin an address here.",
            where=str(folder / "pack.json"),
            remedy="Give the pack another slug: lower case letters, digits and hyphens.",
        )
    cycle = cycle_of(pack, str(manifest.get("cycle", "")))
    edition, told = edition_of(folder, pack, cycle.id), manifest.get("edition") or {}
    audience = next((a for a in head.audiences if a.code == manifest.get("audience")), None)
    if audience is None:
        raise EireneError(f"The pack knows no audience {manifest.get('audience')!r}.", where=str(folder / MANIFEST))
    return {
        "slug": head.slug,
        "alliance": head.short_title,
        "cycle": cycle.id,
        "data_year": cycle.data_year,
        "kind": cycle.kind,
        "audience": audience.code,
        "public": audience.code == head.audiences[-1].code,
        "number": str(told.get("number") or (edition.number if edition else "1.0")),
        "path": str(folder),
        "pack_sha256": hashlib.sha256((folder / "pack.json").read_bytes()).hexdigest(),
        "fictional": head.fictional,
        "title": told.get("title") or head.title,
        "notice": head.notice,
        "marking": audience.marking,
        "languages": head.languages,
        "published": _published(manifest, cycle.publication_date),
    }


def _published(manifest: dict[str, Any], default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(str(manifest.get("as_of")))
    except ValueError:
        return default


def edition_of(folder: Path, pack: Pack, cycle: str) -> Edition | None:
    """The edition file inside the release; else the one that the pack declares for the cycle."""
    import yaml

    file = folder / "edition.yaml"
    if file.is_file():
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Edition.model_validate(data, context={"language": pack.header.languages[0]})
    return pack.editions.get(cycle) or pack.summary


# --- building -------------------------------------------------------------------------------------------------------


def queue_step(*, key: str, position: int, **fields: Any) -> BuildStep:
    """Announces what will be built. A step that was running belongs to a builder that is gone: it starts again."""
    with transaction.atomic():
        step, made = BuildStep.objects.get_or_create(key=key, defaults={"position": position, **fields})
        if not made:
            changed = step.pack_sha256 != fields.get("pack_sha256", step.pack_sha256)
            for name, value in {"position": position, **fields}.items():
                setattr(step, name, value)
            if changed or step.state != BuildStep.State.DONE:
                step.state, step.phase, step.done, step.of, step.message = BuildStep.State.QUEUED, "", 0, 0, ""
                step.started = step.finished = None
            step.save()
    return step


def start_step(step: BuildStep) -> None:
    step.state, step.started, step.message = BuildStep.State.RUNNING, timezone.now(), ""
    step.save()


def advance_step(step: BuildStep, *, phase: str, done: int, of: int) -> None:
    BuildStep.objects.filter(pk=step.pk).update(phase=phase[:40], done=done, of=of)


def finish_step(step: BuildStep, *, error: str = "") -> None:
    step.state = BuildStep.State.FAILED if error else BuildStep.State.DONE
    step.finished, step.message = timezone.now(), error
    step.save(update_fields=["state", "finished", "message"])
