"""Every form with a free text or a file says so and shows the channel; whatever is shown can be raised there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installed

from eirene_web.custody.quarantine import holders
from web.editions.stage import client_of
from web.world import World

_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_NAMES = "why|reason|answer|note|text|remarks|disclosed_by"
_BOX = re.compile(rf'<textarea\b|type="file"|<input\b(?![^>]*"radio")[^>]*name="(?:{_NAMES})\b')
_SAYS = ("{% caution %}", 'href="#channel"', '_input.html" %}')
#: Parts that stand only in pages which say it beside them, and forms whose content is not kept.
SAID_AROUND = {
    "reports/_lines.html": "in a question, which says it at its foot",
    "reports/_texts.html": "in a question, which says it at its foot",
    "reports/_thread.html": "in the talks of a question or of the report, which say it",
    "reports/check_receipt.html": "the file is compared and not kept",
}
#: Kinds that are raised in the history alone, where every change has its link.
IN_HISTORY = {"reason", "note", "cycle", "edition"}


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(installed.PACKAGE).glob("*/templates/**/*.html")):
        if path.relative_to(installed.PACKAGE).parts[0] not in ("accounts", "demo"):
            yield "/".join(path.parts[-2:]), path.read_text(encoding="utf-8")


def test_every_form_with_a_free_text_or_a_file_says_no_persons_no_cases() -> None:
    missing = []
    for name, text in templates():
        forms = _FORM.findall(text) or [text]
        boxes = [form for form in forms if _BOX.search(form)]
        if name not in SAID_AROUND and any(not any(says in form for says in _SAYS) for form in boxes):
            missing.append(name)
    assert not missing, "put {% caution %} before the button of each form in " + ", ".join(missing)


def test_whatever_somebody_wrote_can_be_raised_where_it_is_shown() -> None:
    everything = "".join(text for _name, text in templates())
    shown = set(re.findall(r'{% slipped "(\w+)"', everything))
    assert shown <= set(holders())
    missing = set(holders()) - shown - IN_HISTORY
    assert not missing, 'put {% slipped "<kind>" <key> %} where these are shown: ' + ", ".join(sorted(missing))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "ALF.rapporteur"])
def test_every_page_of_the_platform_leads_to_the_channel(harbour_world: World, settings: Any, who: str) -> None:
    settings.EIRENE_CONFIDENTIAL_CHANNEL = "Call 0800 0000."
    page = client_of(harbour_world.people[who]).get("/harbour/work/quarantine/").content.decode()
    assert page.count('id="channel"') == 1
    assert "Call 0800 0000." in page
