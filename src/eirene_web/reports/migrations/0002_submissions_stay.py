"""What was submitted stays as it was sent, with one exception: a text in which somebody is named is replaced.

Then the row says so (`redacted_sha256`, which the journal knows), and the hash of what was sent stays beside it. On
PostgreSQL the database also asks that the bytes are those of the hash that speaks for them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_FIXED = ("id", "report_id", "number", "sha256", "version", "origin", "at", "receipt")
_SAME = " AND ".join(f"NEW.{name} = OLD.{name}" for name in _FIXED)
_SQLITE = [
    "CREATE TRIGGER submission_kept BEFORE DELETE ON reports_submission "
    "BEGIN SELECT RAISE(ABORT, 'a submission stays as it was sent'); END",
    f"CREATE TRIGGER submission_stays BEFORE UPDATE ON reports_submission WHEN NOT ({_SAME} AND "
    "(NEW.document = OLD.document OR NEW.redacted_sha256 IS NOT NULL OR OLD.redacted_sha256 IS NOT NULL)) "
    "BEGIN SELECT RAISE(ABORT, 'a submission stays as it was sent'); END",
]
_POSTGRES = [
    f"""
    CREATE FUNCTION submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {_SAME} AND (NEW.document = OLD.document OR (
                (NEW.redacted_sha256 IS NOT NULL OR OLD.redacted_sha256 IS NOT NULL)
                AND encode(sha256(NEW.document), 'hex') = COALESCE(NEW.redacted_sha256, NEW.sha256)
            )) THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'a submission stays as it was sent';
    END $$;
    """,
    "CREATE TRIGGER submission_stays BEFORE UPDATE OR DELETE ON reports_submission "
    "FOR EACH ROW EXECUTE FUNCTION submission_stays()",
]
_UNDO = {
    "sqlite": ["DROP TRIGGER submission_kept", "DROP TRIGGER submission_stays"],
    "postgresql": ["DROP TRIGGER submission_stays ON reports_submission", "DROP FUNCTION submission_stays()"],
}


def guard(apps, schema_editor):
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRES:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in _UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reports", "0001_initial")]
    operations: ClassVar = [
        migrations.RunPython(guard, unguard),
    ]
