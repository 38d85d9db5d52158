"""Lays out a house: the Harbour Compact with a report on its way. `name`: a name slips in, and is backed up with it."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from pathlib import Path

    from django.conf import settings

    from cast import toy
    from eirene_web import clock
    from eirene_web.custody.tasks import attest_all
    from eirene_web.editions.services import register_release
    from eirene_web.reports.services import discussing, evidence, filling, submitting
    from eirene_web.reports.services.filling import Edit
    from web import releases, world
    from web.operations.house import NAME

    str(settings.SECRET_KEY)
    built = world.build(toy(), "2022", ("ALF", "BRA"))
    with clock.at(world.IN_CYCLE):
        edits = [
            Edit("crew", "cells.women", 12), Edit("crew", "cells.men", 30), Edit("crew", "cells._T", 42),
            Edit("charter", "value", "no"),
        ]  # fmt: skip
        if "name" in sys.argv:
            edits.append(Edit("crew", "comment.en", f"Captain {NAME} was not promoted."))
        report = built.report("ALF")
        filling.save_answers(actor=built.actor("ALF.rapporteur"), report=report.pk, edits=edits)
        word = NAME if "name" in sys.argv else "nobody"
        rapporteur = built.actor("ALF.rapporteur")
        discussing.open_thread(
            actor=rapporteur, report=report.pk, kind="question", question="crew", text=f"About {word}."
        )
        evidence.add_evidence(
            actor=rapporteur, report=report.pk, question="crew", name=f"{word}.txt",
            content=f"The file on {word}".encode(),
        )  # fmt: skip
        submitting.submit(actor=built.actor("ALF.officer"), report=report.pk, version=1)
        attest_all()
    register_release(releases.harbour(Path(settings.EIRENE_HOME) / "releases" / "harbour" / "2022"))


if __name__ == "__main__":
    main()
