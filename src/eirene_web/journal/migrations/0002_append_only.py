"""The database itself refuses to change or delete history; contents and their salts may be emptied, and put back.

What was taken out for as long as a concern is open may go back into its place and nowhere else: it must have the hash
that the change has had from the beginning, which `eirene audit verify` computes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_ALLOWED = """
    NEW.id = OLD.id AND NEW.entry_id = OLD.entry_id AND NEW.position = OLD.position AND NEW.thing = OLD.thing
    AND NEW.field = OLD.field AND NEW.hash = OLD.hash AND (
        (NEW.before IS NULL AND NEW.after IS NULL AND NEW.salt IS NULL)
        OR (OLD.before IS NULL AND OLD.after IS NULL AND OLD.salt IS NULL)
    )
"""
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
_SQLITE = [
    f"CREATE TRIGGER journal_entry_stays BEFORE UPDATE ON journal_entry {_REFUSE}",
    f"CREATE TRIGGER journal_entry_kept BEFORE DELETE ON journal_entry {_REFUSE}",
    f"CREATE TRIGGER journal_change_kept BEFORE DELETE ON journal_change {_REFUSE}",
    f"CREATE TRIGGER journal_change_stays BEFORE UPDATE ON journal_change WHEN NOT ({_ALLOWED}) {_REFUSE}",
]
_FUNCTIONS = f"""
CREATE FUNCTION journal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE FUNCTION journal_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_ALLOWED} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the journal is append-only';
END $$;
"""
_TRIGGER = "CREATE TRIGGER {} BEFORE {} FOR EACH ROW EXECUTE FUNCTION {}()"
_POSTGRES = [
    _FUNCTIONS,
    _TRIGGER.format("journal_entry_stays", "UPDATE OR DELETE ON journal_entry", "journal_stays"),
    _TRIGGER.format("journal_change_kept", "DELETE ON journal_change", "journal_stays"),
    _TRIGGER.format("journal_change_stays", "UPDATE ON journal_change", "journal_change_stays"),
]
_UNDO = {
    "sqlite": [
        f"DROP TRIGGER {name}"
        for name in ("journal_entry_stays", "journal_entry_kept", "journal_change_kept", "journal_change_stays")
    ],
    "postgresql": [
        "DROP TRIGGER journal_entry_stays ON journal_entry",
        "DROP TRIGGER journal_change_kept ON journal_change",
        "DROP TRIGGER journal_change_stays ON journal_change",
        "DROP FUNCTION journal_stays()",
        "DROP FUNCTION journal_change_stays()",
    ],
}


def _run(statements, schema_editor):
    for statement in statements:
        schema_editor.execute(statement)


def guard(apps, schema_editor):
    _run(_SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRES, schema_editor)


def unguard(apps, schema_editor):
    _run(_UNDO[schema_editor.connection.vendor], schema_editor)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("journal", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(guard, unguard)]
