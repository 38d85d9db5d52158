"""From a file to a file: what the command `eirene disclosure protect` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eirene.disclosure.tables.earlier import read_before
from eirene.disclosure.tables.protect import Protected, protect, remedies
from eirene.disclosure.tables.reading import few, read_sheet, read_table
from eirene.disclosure.tables.spec import read_spec
from eirene.disclosure.tables.writing import protected_csv, report
from eirene.errors import Blocked


@dataclass(frozen=True)
class Done:
    """The file to write, and what is told of it."""

    protected: Protected
    data: bytes
    told: str


def protect_file(path: Path, spec: Path, *, lang: str = "en") -> Done:
    """Reads, protects and attacks the table at `path` as the specification at `spec` says. Writes nothing.

    Raises EireneError for what is wrong in either file, and Blocked, naming each cell and what would help, where
    something would stay exposed.
    """
    loaded = read_spec(spec)
    sheet = read_sheet(path)
    table = read_table(sheet, loaded)
    protected = protect(table, loaded, [read_before(earlier, table, loaded) for earlier in loaded.earlier])
    if protected.exposed:
        raise Blocked(few(remedies(protected)))
    return Done(protected, protected_csv(protected, sheet, lang), report(protected, lang))
