"""How an installation begins: an alliance, and its first administrator by a link."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from django.test import Client

from eirene.errors import UsageError
from eirene_web.accounts.models import Person
from eirene_web.organisations import commands, queries
from eirene_web.organisations.models import Alliance, Body, Post
from eirene_web.work.models import Job

TOY = str(Path(__file__).parents[2] / "packs" / "toy")


def run(command: Any, *arguments: str) -> str:
    return CliRunner().invoke(command, arguments, catch_exceptions=False).output


@pytest.mark.django_db
def test_from_a_pack_to_an_administrator_who_signs_in(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert run(commands.alliance, TOY, "--time-zone", "Europe/Brussels").startswith("harbour: founded from toy")
    assert run(commands.alliance, TOY).startswith("harbour: follows toy")
    assert Alliance.objects.get().time_zone == "Europe/Brussels"
    link = run(commands.administrator, "clerk@office.example", "--alliance", "harbour", "--name", "Clerk").strip()
    assert not Job.objects.exists()
    again = run(commands.administrator, "clerk@office.example", "--alliance", "harbour").strip()
    assert client.get(urlsplit(link).path).status_code == 410
    path = urlsplit(again).path
    given = {"name": "Clerk", "language": "en", "password": "a heron by the grey lake"}
    assert client.post(path, given).headers["Location"].startswith("/account/second-factor/")
    actor = queries.actor_for(Person.objects.get(), Alliance.objects.get())
    assert actor.holds("administrator")
    assert actor.in_office
    run(commands.administrator, "second@office.example", "--alliance", "harbour")
    assert Post.objects.count() == 1


@pytest.mark.django_db
def test_a_nation_that_continues_another_is_named_on_the_command_line() -> None:
    run(commands.alliance, TOY)
    run(commands.alliance, TOY, "--succeeds", "BRA=ALF")
    assert Body.objects.get(code="BRA").succeeds == Body.objects.get(code="ALF")


@pytest.mark.django_db
def test_what_is_wrong_is_said() -> None:
    with pytest.raises(UsageError, match="eirene alliance PACK"):
        run(commands.administrator, "clerk@office.example", "--alliance", "nowhere")
    with pytest.raises(UsageError, match="NEW=OLD"):
        run(commands.alliance, TOY, "--succeeds", "BRA")
