"""A process of its own for the trials of kills and races: prepares a world, presses freeze, works, tells.

python child.py prepare | begin | session WHO | press | work | due | tell      with EIRENE_HOME, and KILL=where to die
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")


def die(*_args: Any, **_names: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(where: str) -> None:
    """Dies at one point of the way, as a process does that is killed there."""
    from eirene.release import freeze as core
    from eirene_web.editions.services import publishing

    match where:
        case "in the middle of writing":
            count = iter(range(1000))
            write = core._write
            core._write = lambda path, content: die() if next(count) == 5 else write(path, content)
        case "after the first release":
            build = publishing._build_one
            first: list[int] = []
            publishing._build_one = lambda *a: die() if first else (first.append(1), build(*a))[1]
        case "before it is held":
            publishing._hold = die
        case "before the move":
            publishing._move = die
        case "after the move":
            publishing._enter = die


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from cast import toy
    from eirene_web import clock
    from eirene_web.editions import tasks
    from eirene_web.editions.models import Draft, Freeze, Release
    from eirene_web.editions.services import publishing
    from eirene_web.organisations.models import Alliance
    from eirene_web.organisations.queries import actor_for
    from web import world as worlds
    from web.editions.stage import AFTER, EMBARGO, WRITING, Stage, accept_all

    settings.EIRENE_FORMATS = ()
    set_trap(os.environ.get("KILL", ""))
    verb = sys.argv[1]
    if verb == "prepare":
        call_command("migrate", interactive=False, verbosity=0)
        world = worlds.build(toy(), "2022", ("ALF", "BRA", "CHA"))
        stage = Stage(world)
        with clock.at(WRITING):
            accept_all(world)
            stage.begin()
            stage.agree()
        with clock.at(AFTER):
            stage.prepare(embargo=EMBARGO)
            publishing.sign_off(actor=world.actor("coordinator"), draft=stage.draft.pk)
    elif verb == "begin":
        call_command("migrate", interactive=False, verbosity=0)
        world = worlds.build(toy(), "2022", ("ALF", "BRA", "CHA"))
        accept_all(world)
        Stage(world).begin()
    elif verb == "session":
        from eirene_web.accounts.models import Person
        from web.editions.stage import client_of

        print(client_of(Person.objects.get(email=sys.argv[2])).session.session_key)
    elif verb == "press":
        from eirene_web.accounts.models import Person

        alliance = Alliance.objects.get()
        actor = actor_for(Person.objects.get(email="coordinator@office.example"), alliance, strong=True)
        with clock.at(AFTER):
            print(publishing.freeze(actor=actor, draft=Draft.objects.get().pk).pk)
    elif verb == "work":
        with clock.at(AFTER):
            freeze = Freeze.objects.filter(state="building").first()
            if freeze is not None:
                publishing.build(freeze.pk)
    elif verb == "due":
        with clock.at(EMBARGO):
            print(json.dumps(tasks.do_due()))
    elif verb == "tell":
        home = Path(settings.EIRENE_HOME)
        told = {
            "state": Draft.objects.get().state,
            "freezes": Freeze.objects.count(),
            "releases": sorted(Release.objects.values_list("audience", flat=True)),
            "held": sorted(p.relative_to(home).as_posix() for p in (home / "held").glob("*/*/*/manifest.json")),
            "public": sorted(p.relative_to(home).as_posix() for p in (home / "releases").glob("*/*/*/manifest.json")),
            "left": [p.name for p in home.rglob(".*partial*")],
        }
        print(json.dumps(told))


if __name__ == "__main__":
    main()
