"""What was submitted stays as it was sent, with one exception: a text in which somebody is named is replaced.

Then the row says so (`redacted_sha256`, which the journal knows), and the hash of what was sent stays beside it. On
PostgreSQL the database also asks that the bytes are those of the hash that speaks for them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_FIXED = ("id", "report_id", "number", "sha256", "version", "origin", "at", "receipt")
_SAME = " AND ".join(f"NEW.{name} = OLD.{name}" for name in _FIXED)
_DROP_SQLITE = ["DROP TRIGGER IF EXISTS submission_kept", "DROP TRIGGER IF EXISTS submission_stays"]
_SQLITE = [
    *_DROP_SQLITE,
    "CREATE TRIGGER submission_kept BEFORE DELETE ON reports_submission "
    "BEGIN SELECT RAISE(ABORT, 'a submission stays as it was sent'); END",
    f"CREATE TRIGGER submission_stays BEFORE UPDATE ON reports_submission WHEN NOT ({_SAME} AND "
    "(NEW.document = OLD.document OR NEW.redacted_sha256 IS NOT NULL OR OLD.redacted_sha256 IS NOT NULL)) "
    "BEGIN SELECT RAISE(ABORT, 'a submission stays as it was sent'); END",
]
_POSTGRES = [
    f"""
    CREATE OR REPLACE FUNCTION submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
]


def guard(apps, schema_editor):
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRES:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reports", "0003_paper_scan")]
    operations: ClassVar = [
        migrations.AddField("submission", "redacted_sha256", models.CharField(max_length=64, null=True)),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
