"""Commands for whoever runs the system: audit, backup, restore, doctor, purge."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


def _ready() -> None:
    """Django, on the database of the environment, brought up to this version."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
    import django

    django.setup()


def _said(text: str) -> None:
    click.echo(text)


# --- the journal ----------------------------------------------------------------------------------------------------


@click.group()
def audit() -> None:
    """Is history whole, and do the tables hold what it says?"""


@audit.command()
@click.option("--alliance", default="", help="Only this one, by its slug.")
@click.option("--head", "heads", type=_PATH, multiple=True, help="An attestation, as it was mailed. May be repeated.")
@click.option("--attestation", "folders", type=_PATH, multiple=True, help="A release with an attestation beside it.")
def verify(alliance: str, heads: tuple[Path, ...], folders: tuple[Path, ...]) -> None:
    """Computes every hash anew, and compares every field of every table with what the journal says it should be.

    Attestations kept here are looked at as well; only one that was kept elsewhere tells of a history that was rewritten
    by somebody who could also change them. Exit code 1 if there is a difference; each is told with its place.
    """
    _ready()
    import time

    from eirene_web.journal import attestation
    from eirene_web.journal.verify import Audit

    told = [attestation.read(path) for path in (*heads, *folders)]
    sources = {one.source for one in told}
    told += [one for one in attestation.known(alliance) if one.source not in sources]
    run, found, started = Audit(alliance, tuple(told)), 0, time.monotonic()
    for difference in run.differences():
        found += 1
        _said(f"{difference.kind:9} {difference}")
    count = run.count
    _said(
        f"{count.chains} chains, {count.entries:,} entries, {count.changes:,} changes ({count.emptied} purged or in "
        f"quarantine), {count.things:,} things in the tables, {count.attested} attested ends: "
        f"{found or 'no'} difference{'' if found == 1 else 's'} ({time.monotonic() - started:.1f} s)"
    )
    sys.exit(1 if found else 0)


@audit.command()
@click.option("--alliance", required=True, help="Slug of the alliance.")
@click.option("-o", "--out", type=_PATH, required=True, help="Folder to put attestation.json into.")
def attest(alliance: str, out: Path) -> None:
    """Write down where every chain ends now. Keep the file where nobody who runs this system can change it."""
    _ready()
    from eirene_web.journal import attestation

    out.mkdir(parents=True, exist_ok=True)
    attestation.write(out, alliance)
    _said(f"{out / attestation.NAME}: root {attestation.root(attestation.heads_of(alliance))}")


# --- backups --------------------------------------------------------------------------------------------------------


@click.command()
@click.option("-o", "--out", type=_PATH, help="File to write; without it, one in the folder of the nightly backups.")
@click.option("--with-key", is_flag=True, help="Put the key of the installation into it: then it opens everything.")
@click.option("--no-check", is_flag=True, help="Do not bring it back to see whether it can be.")
@click.option("--list", "listed", is_flag=True, help="List the nightly backups, and when each will be removed.")
def backup(out: Path | None, with_key: bool, no_check: bool, listed: bool) -> None:
    """Back up database, files and releases while people work; bring it back elsewhere, and audit it there."""
    _ready()
    from django.conf import settings
    from django.utils import timezone

    from eirene_web.files.nightly import kept, nightly_name
    from eirene_web.operations import backups, restoring, tasks

    if listed:
        for made, path in kept():
            _said(
                f"{path}  {path.stat().st_size / 1e6:.1f} MB  kept for {settings.EIRENE_BACKUP_KEEP} days "
                f"from {made:%Y-%m-%d}"
            )
        return
    if out is None and not with_key and not no_check:
        told = tasks.back_up()
        _said(f"{Path(settings.EIRENE_BACKUPS) / told['file']}: {told['rows']:,} rows, brought back and checked")
        return
    target = out or Path(settings.EIRENE_BACKUPS) / nightly_name(timezone.now())
    written = backups.write(target, with_key=with_key)
    _said(
        f"{written.path}: {written.size / 1e6:.1f} MB, {written.rows:,} rows, {written.files} files, "
        f"{written.seconds:.1f} s"
    )
    if written.left_out_key:
        _said("The key of the installation is not in it: keep a copy of secret_key in another place.")
    else:
        click.echo(
            "The key is in it: whoever has this file can be anybody. Keep it as you would keep the key.", err=True
        )
    if not no_check:
        found = restoring.check(written.path, database_url=os.environ.get("DATABASE_URL", ""))
        _said(
            f"Brought back and checked: {found['rows']:,} rows, {found['entries']:,} entries of the journal, "
            "no difference."
        )


@click.command()
@click.argument("file", type=_PATH)
@click.option("--into", type=_PATH, help="Home folder to bring it back into; without it, EIRENE_HOME.")
@click.option("--replace", is_flag=True, help="What is there is moved aside first.")
@click.option("--purges", type=_PATH, multiple=True, help="A ledger of purges (purges.jsonl) from elsewhere.")
def restore(file: Path, into: Path | None, replace: bool, purges: tuple[Path, ...]) -> None:
    """Bring a backup back: checked, brought up to this version, and purged again of what was purged since."""
    _ready()
    from eirene_web.config.home import home
    from eirene_web.operations import restoring

    target = into or home()
    found = restoring.restore(
        file, target, replace=replace, database_url=os.environ.get("DATABASE_URL", ""), ledgers=purges
    )
    _said(
        f"{target}: as of {found['at']}, {found['rows']:,} rows, {found['entries']:,} entries of the journal, "
        "no difference"
    )
    if found["purged_again"]:
        _said(f"{found['purged_again']} purged again, as it was decided since.")
    if found["aside"]:
        _said(f"What was there is in {found['aside']}; remove it when you are sure.")
    if not found["key"]:
        click.echo(
            f"There is no secret_key in {target}: put your copy there, else everybody must sign in anew.", err=True
        )


# --- looking after it -----------------------------------------------------------------------------------------------


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.option("--strict", is_flag=True, help="Exit code 1 for a warning too.")
def doctor(as_json: bool, strict: bool) -> None:
    """Is there anything that could keep this from working, or from being there tomorrow? Exit code 1 if so."""
    _ready()
    from dataclasses import asdict

    from eirene_web.operations.doctor import examine, worst

    lines = examine()
    if as_json:
        _said(json.dumps([asdict(line) for line in lines], indent=1))
    else:
        for line in lines:
            _said(f"{line.state:4}  {line.code}: {line.what}" + (f"\n      → {line.remedy}" if line.remedy else ""))
    state = worst(lines)
    sys.exit(1 if state == "fail" or (strict and state == "warn") else 0)


@click.command()
def scrub() -> None:
    """Write the database anew without what was overwritten or deleted: after a purge. Others wait for some seconds."""
    _ready()
    from eirene_web.custody.drill import scrub as run

    run()
    _said("Done. Backups made before a purge are removed on their day: eirene backup --list.")
