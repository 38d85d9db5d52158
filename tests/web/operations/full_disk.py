"""What becomes of a house whose disk is full; test_full_disk runs it in a home on a small disk. Prints JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

PAGE = "/harbour/work/2022/BRA/"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
    import django

    django.setup()
    from django.test import Client

    from eirene_web import clock
    from eirene_web.accounts.models import Person
    from web.world import IN_CYCLE

    with clock.at(IN_CYCLE):
        client = Client(HTTP_HOST="localhost", raise_request_exception=False)
        client.force_login(Person.objects.get(email="bra.rapporteur@bra.example"))
        told: dict[str, Any] = {"before": save(client, "11", 0), "read before": read(client)}
        filler = fill_up(Path(os.environ["EIRENE_HOME"]))
        told |= {"full": [save(client, str(n) * 2000, 1, "comment.en") for n in range(2)], "file": hand_in(client),
                 "page": read(client), "files": files(), "waiting": work()}  # fmt: skip
        filler.unlink()
        told |= {"after": save(client, "12", 1), "file after": hand_in(client), "files after": files(),
                 "worked": work()}  # fmt: skip
    json.dump(told, sys.stdout)


def fill_up(home: Path) -> Path:
    """Writes until there is not one byte left."""
    filler = home / "filler"
    with open(filler, "wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError:
                continue
    return filler


def save(client: Any, value: str, base: int, part: str = "cells.women") -> tuple[int, str]:
    """A save as the page does it: its status, and what it says."""
    from eirene_web.reports.models import Cell

    section = "s1"
    edit = {"question": "crew", "part": part, "typed": value, "base": base if part.startswith("cells") else 0}
    answer = client.post(
        f"{PAGE}section/{section}/save", json.dumps({"edits": [edit]}), content_type="application/json"
    )
    kept = Cell.objects.filter(report__body__code="BRA", question="crew", part=part).values_list("value", flat=True)
    return answer.status_code, f"{answer.content.decode()} kept: {list(kept)}"


def read(client: Any) -> tuple[int, str]:
    answer = client.get(PAGE)
    return answer.status_code, answer.content.decode()


def hand_in(client: Any) -> tuple[int, str]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("report.xlsx", b"PK\x03\x04" + b"x" * 300_000)
    answer = client.post(f"{PAGE}files/upload", {"file": file})
    return answer.status_code, answer.content.decode()


def files() -> int:
    return sum(one.is_file() for one in (Path(os.environ["EIRENE_HOME"]) / "files").rglob("*"))


def work() -> str:
    """What the worker comes to; what it cannot do now it does later."""
    from eirene_web.work.worker import work_off

    try:
        return str(work_off(["default"]))
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    main()
