"""Contents that were taken out for as long as a concern is open may go back into their place, and nowhere else.

The database lets a change be emptied, and an empty one be filled. What is put there must have the hash that the change
has had from the beginning: `eirene audit verify` computes it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_FIXED = """
    NEW.id = OLD.id AND NEW.entry_id = OLD.entry_id AND NEW.position = OLD.position AND NEW.thing = OLD.thing
    AND NEW.field = OLD.field AND NEW.hash = OLD.hash
"""
_ALLOWED = f"""
    {_FIXED} AND ((NEW.before IS NULL AND NEW.after IS NULL AND NEW.salt IS NULL)
    OR (OLD.before IS NULL AND OLD.after IS NULL AND OLD.salt IS NULL))
"""
_SQLITE = [
    "DROP TRIGGER IF EXISTS journal_change_stays",
    f"CREATE TRIGGER journal_change_stays BEFORE UPDATE ON journal_change WHEN NOT ({_ALLOWED}) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
]
_POSTGRES = [
    f"""
    CREATE OR REPLACE FUNCTION journal_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_ALLOWED} THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'the journal is append-only';
    END $$;
    """,
]


def guard(apps, schema_editor):
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRES:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("journal", "0003_drill")]
    operations: ClassVar = [migrations.RunPython(guard, migrations.RunPython.noop)]
