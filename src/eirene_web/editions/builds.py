"""Builds the editions that ship, in the background: the one that readers want first, first.

Run as `python -m eirene_web.editions.builds`. One builder at a time holds the lock of the installation. What a killed
builder left is begun again; what is finished is not touched. The builder ends with the server that started it.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eirene.framework import Pack
    from eirene.questionnaires import Report


@dataclass(frozen=True)
class Wanted:
    """An edition to build. `shown` false: an office's own release of an earlier cycle, kept for comparison."""

    pack: str
    cycle: str
    shown: bool = True
    history: tuple[str, ...] = ()


#: In the order in which they are made.
SHIPPED = (
    Wanted("concordia", "2014", shown=False),
    Wanted("concordia", "2015", shown=False, history=("2014",)),
    Wanted("concordia", "2016", history=("2014", "2015")),
    Wanted("nato", "compiled-2025"),
    Wanted("concordia", "2015", history=("2014",)),
    Wanted("concordia", "2014"),
)


def audience_of(pack: Pack, wanted: Wanted) -> str:
    """The widest for what is shown, the narrowest for what is compared with."""
    return pack.header.audiences[-1 if wanted.shown else 0].code


def key_of(pack: Pack, wanted: Wanted) -> str:
    return f"{pack.header.slug}/{wanted.cycle}/{audience_of(pack, wanted)}"


def place_of(home: Path, pack: Pack, wanted: Wanted) -> Path:
    """Releases lie by the hash of their pack, so that a newer pack makes a new release and leaves the old one whole."""
    from eirene.framework import pack_hash

    folder = "releases" if wanted.shown else "history"
    name = f"{wanted.cycle}-{audience_of(pack, wanted)}-{pack_hash(pack)[:12]}"
    return home / folder / pack.header.slug / name


def shipped_reports(pack: Pack, cycle: str) -> list[Report]:
    """The made-up reports that a fictional pack ships for a cycle, by body."""
    from eirene.questionnaires import parse_report

    folder = Path(pack.origin) / "reports" / cycle
    return [
        parse_report(json.loads(file.read_text(encoding="utf-8")), pack, place=file.name)
        for file in sorted(folder.glob("*.json"))
    ]


@contextmanager
def only_builder(home: Path) -> Iterator[bool]:
    """Whether this process is the one builder of the installation."""
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "build.lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


class Teller:
    """Writes progress to the database, at most a few times a second."""

    def __init__(self, step: Any) -> None:
        self.step, self.last, self.phase = step, 0.0, ""

    def __call__(self, phase: str, done: int, of: int) -> None:
        now = time.monotonic()
        if phase == self.phase and done < of and now - self.last < 0.4:
            return
        from eirene_web.editions.services import advance_step

        self.last, self.phase = now, phase
        advance_step(self.step, phase=phase, done=done, of=of)


def build_all(home: Path, wanted: tuple[Wanted, ...] = SHIPPED, *, say: Callable[[str], None]) -> int:
    """Builds what is not there yet; the number of steps that failed. One that fails does not hold up the others."""
    from eirene.framework import load

    packs = {name: load(name) for name in dict.fromkeys(w.pack for w in wanted)}
    steps = [(_queue(home, packs[w.pack], w, n), w) for n, w in enumerate(wanted, 1)]
    failed = 0
    for step, one in steps:
        if step.state == "done":
            continue
        failed += not _build_step(home, packs[one.pack], one, step, f"{step.position}/{len(steps)}", say)
    return failed


def _queue(home: Path, pack: Pack, wanted: Wanted, position: int) -> Any:
    from eirene.framework import cycle_of, pack_hash
    from eirene_web.editions import services
    from eirene_web.editions.models import BuildStep

    cycle = cycle_of(pack, wanted.cycle)
    step = services.queue_step(
        key=key_of(pack, wanted),
        position=position,
        slug=pack.header.slug,
        cycle=cycle.id,
        title={
            lang: f"{pack.header.short_title.get(lang, pack.header.slug)} {cycle.title.get(lang, cycle.id)}"
            for lang in pack.header.languages
        },
        fictional=pack.header.fictional,
        shown=wanted.shown,
        pack_sha256=pack_hash(pack),
    )
    place = place_of(home, pack, wanted)
    if (place / "manifest.json").is_file() != (step.state == BuildStep.State.DONE):
        _mend(step, place, wanted)
    return step


def _mend(step: Any, place: Path, wanted: Wanted) -> None:
    """Database and disk disagree: a finished folder is taken in, a lost one is made again."""
    from eirene_web.editions import services

    if (place / "manifest.json").is_file():
        if wanted.shown:
            services.register_release(place)
        services.finish_step(step)
    else:
        step.state = step.State.QUEUED
        step.save()


def _build_step(home: Path, pack: Pack, wanted: Wanted, step: Any, count: str, say: Callable[[str], None]) -> bool:
    from eirene.errors import EireneError
    from eirene_web.editions import services

    title = next(iter(step.title.values()))
    begun = time.monotonic()
    say(f"Building {count}: {title} ({audience_of(pack, wanted)})")
    services.start_step(step)
    try:
        place = _release(home, pack, wanted, Teller(step))
        if wanted.shown:
            services.register_release(place)
    except EireneError as error:
        services.finish_step(step, error=str(error))
        say(f"Not built {count}: {title}: {error}")
        return False
    except Exception as error:  # told on the page, in full in the log alone (paths, data); the next may still succeed
        services.finish_step(step, error=f"{type(error).__name__}; the log of the server says more.")
        traceback.print_exc()
        return False
    services.finish_step(step)
    say(f"Built {count}: {title} in {time.monotonic() - begun:.0f} s")
    return True


def _release(home: Path, pack: Pack, wanted: Wanted, progress: Callable[[str, int, int], None]) -> Path:
    from eirene.release.build import build_release, history_of
    from eirene.release.read import open_release

    place = place_of(home, pack, wanted)
    earlier = [place_of(home, pack, Wanted(wanted.pack, cycle, shown=False)) for cycle in wanted.history]
    history = [history_of(open_release(folder)) for folder in earlier]
    # What is only compared with needs its data, no documents.
    options: dict[str, Any] = {} if wanted.shown else {"formats": ()}
    reports = [] if pack.cycles[wanted.cycle].kind == "compiled" else shipped_reports(pack, wanted.cycle)
    build_release(
        pack,
        wanted.cycle,
        reports,
        audience=audience_of(pack, wanted),
        history=history,
        out=place,
        progress=progress,
        **options,
    )
    return place


def _end_with(parent: int) -> None:
    """Ends this process and its children as soon as the server that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eirene_web.config.settings")
    django.setup()
    from django.conf import settings

    if os.environ.get("EIRENE_PARENT") == str(os.getppid()):
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    os.nice(5)
    with only_builder(settings.EIRENE_HOME) as mine:
        if not mine:
            return 0
        return 1 if build_all(settings.EIRENE_HOME, say=lambda text: print(text, flush=True)) else 0


if __name__ == "__main__":
    sys.exit(main())
