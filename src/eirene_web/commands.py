"""Commands that the platform adds to `eirene`."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

import click

from eirene_web.work.keeper import Keeper


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to answer on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to answer on.")
@click.option("--no-build", is_flag=True, help="Serve what is there; build nothing in the background.")
@click.option("--demo", is_flag=True, help="A demonstration office with one-click accounts; all of it made up.")
@click.option("--workers", type=click.IntRange(0, 16), default=1, show_default=True,
              help="Processes for work in the background; 0: they are run by `eirene worker`.")  # fmt: skip
def serve(port: int, host: str, no_build: bool, demo: bool, workers: int) -> None:
    """Serve portal and platform, and build the editions that ship while they are running."""
    if demo:
        os.environ["EIRENE_DEMO"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
    os.environ["EIRENE_COLLECTED_STATIC"] = "1"
    # Builder and workers end with this process, however it ends.
    os.environ["EIRENE_PARENT"] = str(os.getpid())
    _prepare()
    if demo:
        _lay_out_demo()
    free = free_port(host, port)
    if free != port:
        click.echo(f"Port {port} is taken; using {free}.")
    builder = None if no_build else start_builder()
    keeper = Keeper(workers).start()
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving at http://{shown}:{free}/  (Ctrl-C to stop)")
    if demo:
        _say_who(f"http://{shown}:{free}")
    try:
        run_server(host, free)
    finally:
        keeper.stop()
        if builder is not None:
            stop(builder)


@click.command()
@click.option("--processes", type=click.IntRange(1, 16), default=1, show_default=True,
              help="How many work side by side. One on SQLite; two on PostgreSQL with two cores.")  # fmt: skip
def worker(processes: int) -> None:
    """Do the work in the background: files, mails, reminders. Beside `eirene serve --workers 0`, or on another machine
    that reaches the same PostgreSQL."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
    keeper = Keeper(processes)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, frame: keeper.leave())
    click.echo(f"Working with {processes} process{'es' if processes > 1 else ''}  (Ctrl-C to stop)")
    keeper.start()
    try:
        keeper.wait()
    finally:
        keeper.stop()


def _prepare() -> None:
    """Database and static files; both are quick and change nothing on a second run."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.EIRENE_HOME.mkdir(parents=True, exist_ok=True)
    django.setup()
    click.echo(f"Home: {settings.EIRENE_HOME}")
    call_command("migrate", interactive=False, verbosity=0)
    click.echo("Database ready.")
    call_command("collectstatic", interactive=False, verbosity=0)
    click.echo("Style sheets ready.")
    _take_in(settings.EIRENE_HOME / "releases")
    from django.db import connections

    # The server's workers and the builder open their own.
    connections.close_all()


def _lay_out_demo() -> None:
    """The demonstration office, whole or not at all; on a second run it is there already."""
    from django.db import connections, transaction

    from eirene_web.demo.seed import seed

    # Looking for garbage among so much that is new takes a sixth of the time.
    gc.disable()
    try:
        with transaction.atomic():
            seed(say=click.echo)
    finally:
        gc.enable()
    connections.close_all()


def _say_who(address: str) -> None:
    """One account for each role, with where one click signs in as it."""
    from django.db import connections

    from eirene_web.demo import people

    click.echo("Demonstration; everybody in it is made up. One click signs in as")
    for one in people.first(people.everybody("en")):
        click.echo(f"  {one.title:<20} {one.holding.person.name:<24} {address}/account/demo/#{one.anchor}")
    click.echo(f"  {'everybody else':<20} {'':<24} {address}/account/demo/")
    connections.close_all()


def _take_in(folder: object) -> None:
    """Releases that were put into the folder by hand are shown too; those that are gone are forgotten."""
    from pathlib import Path

    from eirene.errors import EireneError
    from eirene_web.editions import services
    from eirene_web.editions.models import Release

    known = {release.path: release for release in Release.objects.all()}
    for path, release in known.items():
        if not (Path(path) / services.MANIFEST).is_file():
            services.forget_release(release)
    root = Path(str(folder))
    # One deeper lie the releases of an edition, one for each audience.
    found = [*root.glob(f"*/*/{services.MANIFEST}"), *root.glob(f"*/*/*/{services.MANIFEST}")]
    for manifest in sorted(found):
        if str(manifest.parent.resolve()) in known:
            continue
        try:
            release = services.register_release(manifest.parent)
            click.echo(f"Release found: {release}")
        except EireneError as error:
            click.echo(f"Release refused: {error}", err=True)


def free_port(host: str, port: int) -> int:
    """`port`, or the next one on which nobody answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + 200, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise click.ClickException(f"No port between {port} and {min(port + 199, 65535)} is free on {host}.")


def start_builder() -> subprocess.Popen[bytes]:
    """The builder in a process group of its own, so that it can be ended with everything that it started."""
    return subprocess.Popen([sys.executable, "-m", "eirene_web.editions.builds"], start_new_session=True)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and its group; the group is still there when the process itself is gone."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def run_server(host: str, port: int) -> None:
    """Two processes that serve, until this one is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    _load()

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGHUP, leave)
    Granian(
        "eirene_web.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=4,
        backlog=512,
        log_access=False,
        log_level="warning",
    ).serve()


def _load() -> None:
    """All code of the platform, before the processes that serve part from this one: they share it in memory."""
    from importlib import import_module

    import django
    from django.conf import settings

    django.setup()
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
