"""A server that saves answers through the service that people use, to be killed under load.

    python -m web.operations.killed_server PORT

/save/<nation>/<question>/<n> answers when it is saved. With TOO_EARLY=1 it answers before: what the test must notice.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
import django

django.setup()

from django.db import close_old_connections  # noqa: E402

from eirene_web import clock  # noqa: E402
from eirene_web.accounts.models import Person  # noqa: E402
from eirene_web.organisations.models import Alliance  # noqa: E402
from eirene_web.organisations.queries import actor_for  # noqa: E402
from eirene_web.reports.models import Cell, Report  # noqa: E402
from eirene_web.reports.services import filling  # noqa: E402
from eirene_web.reports.services.filling import Edit  # noqa: E402
from web.world import IN_CYCLE  # noqa: E402

PART = "comment.en"


def save(nation: str, question: str, n: str) -> bool:
    alliance = Alliance.objects.get()
    actor = actor_for(Person.objects.get(name=f"{nation}.rapporteur"), alliance, strong=True)
    report = Report.objects.get(body__code=nation)
    base = Cell.objects.filter(report=report, question=question, part=PART).values_list("version", flat=True).first()
    with clock.at(IN_CYCLE):
        edits = [Edit(question, PART, f"number {n}", base or 0)]
        return bool(filling.save_answers(actor=actor, report=report.pk, edits=edits).saved)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    parts = environ["PATH_INFO"].strip("/").split("/")
    done = True
    if parts[0] == "save":
        if os.environ.get("TOO_EARLY"):
            threading.Thread(target=lambda: (time.sleep(0.05), save(*parts[1:]))).start()
        else:
            try:
                done = save(*parts[1:])
            finally:
                close_old_connections()
    start_response("200 OK" if done else "409 Conflict", [("Content-Type", "text/plain")])
    return [b"saved" if done else b"conflict"]


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "web.operations.killed_server:application", address="127.0.0.1", port=int(sys.argv[1]),
        interface=Interfaces.WSGI, workers=2, blocking_threads=4, log_access=False, log_level="error",
    ).serve()  # fmt: skip
