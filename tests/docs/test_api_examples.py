"""The examples of docs/api.md are run as they stand there: the walk through a report, and the lines for curl."""

from __future__ import annotations

import email.message
import io
import re
import shlex
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from eirene.framework import load
from eirene_web import clock
from eirene_web.api import auth
from web import world
from web.calling import token_for
from web.world import IN_CYCLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8")
EIRENE = "http://testserver/api/v1/concordia"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Came(io.BytesIO):
    """What urllib gives back."""

    headers: email.message.Message


def answer(request: urllib.request.Request) -> Came:
    headers = {name.lower(): value for name, value in request.header_items()}
    response = Client(raise_request_exception=False).generic(
        request.get_method(), request.full_url.removeprefix("http://testserver"), request.data or b"",
        content_type=headers.pop("content-type", "application/json"), headers=headers,
    )  # fmt: skip
    came = Came(response.content)
    came.headers = email.message.Message()
    for name, value in response.headers.items():
        came.headers[name] = value
    if response.status_code >= 400:
        raise urllib.error.HTTPError(
            request.full_url, response.status_code, response.content.decode(), came.headers, came
        )
    return came


@pytest.fixture
def tokens(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    settings.EIRENE_HOME = tmp_path
    monkeypatch.setattr(urllib.request, "urlopen", answer)
    auth.forget_draws()
    made = world.build(load("concordia"), "2017", ("BMA",))
    with clock.at(IN_CYCLE):
        yield {"TOKEN": token_for(made, "BMA.rapporteur"), "HEAD": token_for(made, "BMA.head")}


def test_the_walk_through_a_report_works_as_it_stands(tokens: dict[str, str]) -> None:
    report = Path(str(load("concordia").origin)) / "reports" / "2017" / "BMA.json"
    names: dict[str, Any] = {**tokens, "EIRENE": EIRENE, "REPORT": report, "print": lambda *_words: None}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), names)


def curls() -> list[str]:
    return [line.strip() for line in PAGE.splitlines() if line.startswith("    curl ")]


@pytest.mark.parametrize("line", curls())
def test_a_line_for_curl_works_as_it_stands(tokens: dict[str, str], line: str) -> None:
    words = shlex.split(line.replace("$TOKEN", tokens["TOKEN"]).replace("$EIRENE", EIRENE))[1:]
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    answer(urllib.request.Request(words[-1], headers=headers))


def test_every_code_of_an_error_is_in_the_table() -> None:
    from eirene_web.api.refusals import CODES

    for code, status in CODES.items():
        assert f"`{code}`" in PAGE, code
        assert str(status) in PAGE
