"""What looks like a formula stays a text: in every table (CSV or Excel) that the house hands out, whatever somebody
wrote and wherever they wrote it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from openpyxl import load_workbook  # type: ignore[import-untyped]

from eirene_web import clock
from web.security import planted
from web.security.addresses import PARTS, SPECIAL, addresses, path_of
from web.security.planted import AAA, BBB, Field, Planting
from web.security.signing_in import client_of
from web.world import IN_CYCLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]
#: With each of them a spreadsheet begins a formula, or once did.
SIGNS = ("=", "+", "-", "@", "\t=", "\r=")
READERS = ("coordinator", f"{AAA}.rapporteur", f"{BBB}.rapporteur", f"{BBB}.officer")
FORMS = ("csv", "xlsx")


@pytest.fixture(scope="module")
def field(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Every word of the planted ones begins with such a sign, and so does everybody's name."""
    plain = Planting.word
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "EIRENE_HOME", tmp_path_factory.mktemp("home"))
        patch.setattr(Planting, "word", lambda self, kind, who: f"{SIGNS[len(kind) % 6]}1+{plain(self, kind, who)}")
        with transaction.atomic():
            made = planted.build()
            for n, person in enumerate(made.world.people.values()):
                person.name = f"{SIGNS[n % 6]}zqname{n}"
                person.save()
            yield made
            transaction.set_rollback(True)


def test_no_table_holds_a_formula_that_somebody_wrote(field: Field) -> None:
    held: dict[str, int] = {}
    wrong = []
    for address, kind, body in tables(field):
        cells = list(of_csv(body) if kind == "csv" else of_excel(body))
        held[address.name] = held.get(address.name, 0) + len(cells)
        wrong += [f"{address.route}: {value!r}" for value, is_formula in cells if is_formula]
    assert not wrong, "\n".join(wrong)
    # Without this the test would have no teeth: the tables that hold what people write do hold it.
    with_words = {name for name, n in held.items() if n}
    assert with_words >= {"workbook", "report-history-csv", "history-file", "cycle-corrections-file", "submission-file"}


def tables(field: Field) -> Iterator[tuple[Any, str, bytes]]:
    """Every table that anybody of the readers is handed, by every address there is."""
    seen = set()
    with clock.at(IN_CYCLE):
        for who in READERS:
            client = client_of(field.world, who)
            for stage in field.stages.values():
                for address in addresses():
                    for form in FORMS:
                        path = path_with(stage, address, form)
                        if path is None or (who, path) in seen:
                            continue
                        seen.add((who, path))
                        kind, body = handed_out(client, path)
                        if kind:
                            yield address, kind, body


def path_with(stage: Any, address: Any, form: str) -> str | None:
    if "/work/" not in address.route or "logout" in address.route:
        return None
    with pytest.MonkeyPatch.context() as patch:
        for name in ("form", "ending"):
            patch.setitem(PARTS, name, lambda s: form)
        patch.setitem(SPECIAL, ("submission-file", "name"), lambda s: f"report.{form}")
        try:
            return path_of(stage, address)
        except KeyError:
            return None


def handed_out(client: Client, path: str) -> tuple[str, bytes]:
    """The table that an address hands out, by a link or by a button, and of which kind it is; '' if it is none."""
    with transaction.atomic():
        response: Any = client.get(path)
        if response.status_code == 405:
            response = client.post(path, {"filled": "1"})
        kind = kind_of(response)
        body = b"".join(response.streaming_content) if response.streaming else response.content if kind else b""
        transaction.set_rollback(True)
    return kind, body


def kind_of(response: HttpResponseBase) -> str:
    told = response.headers.get("Content-Type", "")
    return "csv" if told.startswith("text/csv") else "xlsx" if "spreadsheetml" in told else ""


def of_csv(body: bytes) -> Iterator[tuple[str, bool]]:
    """What somebody wrote, cell by cell, and whether a spreadsheet would compute it."""
    for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
        yield from ((cell, cell.startswith(("=", "+", "-", "@", "\t", "\r"))) for cell in row if "zq" in cell)


def of_excel(body: bytes) -> Iterator[tuple[str, bool]]:
    for sheet in load_workbook(io.BytesIO(body)).worksheets:
        for row in sheet.iter_rows():
            yield from ((str(c.value), c.data_type == "f") for c in row if "zq" in str(c.value))
