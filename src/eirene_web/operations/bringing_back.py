"""The half of restoring that runs in the restored home itself, in a process of its own: EIRENE_HOME and DATABASE_URL
say where. Prints what it found as JSON.

    python -m eirene_web.operations.bringing_back FOLDER [--ledger FILE]… [--check]

FOLDER holds an unpacked backup. Rows are counted before anything else is done; then the database is brought to this
version, places of releases are set right, what was purged since is purged again, and the audit looks at all of it.
`--check`: a rehearsal; on PostgreSQL in a schema of its own, which is dropped afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

MOST_TOLD = 50


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ledger", type=Path, action="append", default=[])
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
    import django

    django.setup()
    manifest = json.loads((given.folder / "manifest.json").read_text())
    print(json.dumps(bring_back(given.folder, manifest, given.ledger)))
    return 0


def bring_back(folder: Path, manifest: dict[str, Any], ledgers: list[Path]) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection, transaction

    from eirene.errors import EireneError
    from eirene_web.custody.drill import noted, purge_again, scrub
    from eirene_web.files.services import settle
    from eirene_web.journal.verify import Audit

    if manifest["engine"] != connection.vendor:
        return {"error": f"The backup is of {manifest['engine']}; this installation is on {connection.vendor}."}
    unknown = _unknown(manifest)
    if unknown:
        return {"error": f"The backup was made by a newer version of Eirene ({manifest['eirene']}): {unknown[0]}."}
    if connection.vendor == "postgresql":
        _load(folder / "database", manifest)
    counted = _counted(manifest)
    wrong = [f"{t}: {counted.get(t)} instead of {n}" for t, n in manifest["rows"].items() if counted.get(t) != n]
    call_command("migrate", interactive=False, verbosity=0)
    _places(manifest["home"])
    again = 0
    for stub in noted(*ledgers):
        again += purge_again(stub=stub)
    settle()
    if again:
        scrub()
    try:
        with transaction.atomic():
            heads = _heads_differ(manifest)
    except EireneError as error:
        heads = [str(error)]
    audit = Audit()
    told, differences = [], 0
    for difference in audit.differences():
        differences += 1
        if len(told) < MOST_TOLD:
            told.append(str(difference))
    return {
        "rows": sum(counted.values()), "wrong": wrong + (heads if not again else []), "purged_again": again,
        "differences": differences, "told": told, "entries": audit.count.entries,
    }  # fmt: skip


def _unknown(manifest: dict[str, Any]) -> list[str]:
    """Migrations in the backup that this version does not know."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    known = set(MigrationLoader(connection, ignore_no_migrations=True).disk_migrations)
    return [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]


def _is_of_this_version(manifest: dict[str, Any]) -> bool:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return {tuple(m) for m in manifest["migrations"]} >= set(MigrationLoader(connection).graph.nodes)


def _counted(manifest: dict[str, Any]) -> dict[str, int]:
    from django.db import connection

    there = set(connection.introspection.table_names())
    found = {}
    with connection.cursor() as cursor:
        for table in manifest["rows"]:
            if table in there:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
                found[table] = cursor.fetchone()[0]
    return found


def _heads_differ(manifest: dict[str, Any]) -> list[str]:
    from eirene_web.journal.models import Chain

    there = {key: [length, head] for key, length, head in Chain.objects.values_list("key", "length", "head")}
    return [f"chain {key} ends elsewhere" for key, end in manifest["chains"].items() if there.get(key) != end]


def _places(old: str) -> None:
    """Releases lie in this home now."""
    from django.conf import settings

    from eirene_web.editions.models import Release

    home = Path(settings.EIRENE_HOME)
    for release in Release.objects.all():
        path = Path(release.path)
        if path.is_relative_to(home):
            continue
        parts = path.relative_to(old).parts if path.is_relative_to(old) else path.parts[1:]
        for start in range(len(parts)):
            there = home.joinpath(*parts[start:])
            if (there / "manifest.json").is_file():
                Release.objects.filter(pk=release.pk).update(path=str(there))
                break


def _load(folder: Path, manifest: dict[str, Any]) -> None:
    """PostgreSQL: the tables as they were then, then the rows, in one transaction."""
    from django.apps import apps
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection, transaction

    if _is_of_this_version(manifest):
        call_command("migrate", interactive=False, verbosity=0)
    else:
        last = dict(manifest["migrations"])
        for app, name in last.items():
            call_command("migrate", app, name, interactive=False, verbosity=0)
    names = {table: connection.ops.quote_name(table) for table in manifest["rows"]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"TRUNCATE {', '.join(names.values())} CASCADE")
        for table, name in names.items():
            columns = ", ".join(connection.ops.quote_name(c) for c in manifest["columns"][table])
            with (
                open(folder / f"{table}.copy", "rb") as rows,
                cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy,
            ):
                while chunk := rows.read(1 << 20):
                    copy.write(chunk)
        models = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table in names]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
