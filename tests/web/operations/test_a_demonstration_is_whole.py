"""A demonstration as it is laid out: the audit finds nothing, and then everything that somebody does to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from web.operations.house import BASE, House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.one_engine,
    pytest.mark.skipif(bool(BASE), reason="its database is a file that is copied"),
]
SEED = "import django; django.setup(); from eirene_web.demo.seed import seed; seed()"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
#: A chain of a nation that is long enough to be harmed in its middle.
LONG = "(SELECT chain FROM journal_entry WHERE chain <> 'concordia/' GROUP BY chain ORDER BY count(*) DESC LIMIT 1)"
MIDDLE = f"(SELECT id FROM journal_entry WHERE chain = {LONG} ORDER BY sequence LIMIT 1 OFFSET 3)"


def statement(*statements: str) -> Callable[[Path], None]:
    def run(home: Path) -> None:
        with sqlite3.connect(home / "eirene.sqlite3") as database:
            for (name,) in database.execute(TRIGGERS).fetchall():
                database.execute(f"DROP TRIGGER {name}")
            for one in statements:
                assert database.execute(one).rowcount, one
        database.close()

    return run


def a_file(home: Path) -> None:
    next(path for path in sorted((home / "files").rglob("*")) if path.is_file()).write_bytes(b"another")


HARM = {
    "an answer": ("value", statement(
        "UPDATE reports_cell SET value = '99' WHERE id = "
        "(SELECT id FROM reports_cell WHERE part LIKE 'cells.%' AND value <> '99' LIMIT 1)")),
    "the words of a thread": ("value", statement(
        "UPDATE reports_message SET text = 'Other words.' WHERE id = (SELECT min(id) FROM reports_message)")),
    "a step of clearance": ("value", statement(
        "UPDATE reports_clearancestep SET state = 'dropped' WHERE id = "
        "(SELECT id FROM reports_clearancestep WHERE state = 'cleared' LIMIT 1)")),
    "what was submitted": ("bytes", statement(
        "UPDATE reports_submission SET document = CAST(document || ' ' AS BLOB) WHERE id = "
        "(SELECT min(id) FROM reports_submission)")),
    "the content behind evidence": ("bytes", a_file),
    "an entry deleted": ("gap", statement(
        f"DELETE FROM journal_change WHERE entry_id = {MIDDLE}", f"DELETE FROM journal_entry WHERE id = {MIDDLE}")),
    "two entries swapped": ("order", statement(
        f"UPDATE journal_entry SET sequence = 100004 WHERE chain = {LONG} AND sequence = 4",
        f"UPDATE journal_entry SET sequence = 4 WHERE chain = {LONG} AND sequence = 5",
        f"UPDATE journal_entry SET sequence = 5 WHERE chain = {LONG} AND sequence = 100004")),
    "the head replaced": ("head", statement(
        f"UPDATE journal_chain SET head = '{'0' * 64}' WHERE key = {LONG}")),
}  # fmt: skip


def laid_out(home: Path) -> House:
    house = House(home, more={"EIRENE_DEMO": "1"})
    house.home.mkdir()
    house.python("-m", "django", "migrate", "--settings=eirene_web.config.settings", "-v0")
    house.python("-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'eirene_web.config.settings'; {SEED}")
    return house


def audited(house: House) -> tuple[int, str]:
    done = house.eirene("audit", "verify", ok=False)
    return done.returncode, done.stdout


def test_what_somebody_does_to_it_is_found_and_said_and_nothing_else_is(tmp_path: Path) -> None:
    """One test, because laying it out takes most of its time."""
    seeded = laid_out(tmp_path / "home")
    code, told = audited(seeded)
    assert code == 0, told[-3000:]
    assert "no difference" in told
    unseen = []
    for what, (kind, harm) in HARM.items():
        house = House(tmp_path / what.replace(" ", "-"), more=seeded.more)
        shutil.copytree(seeded.home, house.home)
        harm(house.home)
        code, told = audited(house)
        if code != 1 or f"{kind:9}" not in told:
            unseen.append(f"{what}: {code} {told[-1500:]}")
        shutil.rmtree(house.home)
    assert not unseen, "\n".join(unseen)
