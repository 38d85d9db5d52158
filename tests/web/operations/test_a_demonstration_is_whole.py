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


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("demo") / "home", more={"EIRENE_DEMO": "1"})
    house.home.mkdir()
    house.python("-m", "django", "migrate", "--settings=eirene_web.config.settings", "-v0")
    house.python("-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'eirene_web.config.settings'; {SEED}")
    return house


@pytest.fixture
def house(seeded: House, tmp_path: Path) -> House:
    """A copy to be harmed."""
    shutil.copytree(seeded.home, tmp_path / "home")
    return House(tmp_path / "home", more=seeded.more)


def test_what_was_just_laid_out_has_no_difference(seeded: House) -> None:
    done = seeded.eirene("audit", "verify", ok=False)
    assert "no difference" in done.stdout, done.stdout[-3000:] + done.stderr
    assert done.returncode == 0


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


@pytest.mark.parametrize("what", HARM)
def test_what_somebody_does_to_it_is_found_and_said_where(house: House, what: str) -> None:
    kind, harm = HARM[what]
    harm(house.home)
    done = house.eirene("audit", "verify", ok=False)
    assert done.returncode == 1
    assert f"{kind:9}" in done.stdout, done.stdout[-3000:] + done.stderr
