"""A whole installation in a folder of its own, on SQLite or in a PostgreSQL database of its own, as commands see it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[3]
BASE = os.environ.get("DATABASE_URL", "")
#: A name that nobody has, to be looked for afterwards.
NAME = "Zerlindaquux"


@dataclass
class House:
    home: Path
    database_url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EIRENE_", "DJANGO_")) and k != "DATABASE_URL"}
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
        return {
            **kept, "PYTHONPATH": path, "EIRENE_HOME": str(self.home), "DATABASE_URL": self.database_url,
            "EIRENE_BACKUPS": str(self.home.parent / f"{self.home.name}-backups"), **self.more,
        }  # fmt: skip

    def python(self, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    def eirene(self, *words: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        command = f"from eirene_web.operations import commands as c; c.{words[0]}.main({list(words[1:])!r})"
        wrapped = (
            "import sys\nfrom eirene.errors import EireneError\n"
            f"try:\n    {command}\n"
            "except EireneError as error:\n    print(error, file=sys.stderr); sys.exit(error.exit_code)"
        )
        return self.python("-c", wrapped, ok=ok)

    def lay_out(self, *words: str) -> House:
        self.home.mkdir(parents=True, exist_ok=True)
        self.python("-m", "web.operations.lay_out", *words)
        return self

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        if self.database_url:
            import psycopg

            with psycopg.connect(**connect_to(self.database_url), autocommit=True) as session:
                done = session.execute(statement)  # type: ignore[call-overload]
                return done.fetchall() if done.description else []
        import sqlite3

        with sqlite3.connect(self.home / "eirene.sqlite3") as session:
            found = session.execute(statement).fetchall()
        session.close()
        return found

    def copy(self, home: Path) -> House:
        """The same once more; on PostgreSQL in a database made from it."""
        shutil.copytree(self.home, home)
        if not self.database_url:
            return House(home, more=dict(self.more))
        return House(home, new_database(self.database_url), dict(self.more))


def connect_to(url: str) -> dict[str, str]:
    told = urlsplit(url)
    return {"host": unquote(told.hostname or ""), "user": told.username or "", "dbname": told.path.lstrip("/")}


def new_database(template: str = "") -> str:
    """Address of a new database beside the tests' own."""
    import psycopg

    name = f"house_{secrets.token_hex(4)}"
    source = f' TEMPLATE "{connect_to(template)["dbname"]}"' if template else ""
    with psycopg.connect(**connect_to(BASE), autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{name}"{source}')  # type: ignore[call-overload]
    return f"{BASE.rpartition('/')[0]}/{name}"


def new_house(home: Path) -> House:
    return House(home, new_database() if BASE else "")
