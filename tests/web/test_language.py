"""Every word of the pages is there in French, and each compiled catalogue is that of its source."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import eirene_web

pytestmark = pytest.mark.one_engine
PACKAGE = Path(eirene_web.__file__).parent
#: The common catalogue and that of each app.
CATALOGUES = sorted(PACKAGE.glob("**/locale/fr/LC_MESSAGES/django.po"))


def entries(*catalogues: Path) -> list[str]:
    return [e for c in catalogues or CATALOGUES for e in c.read_text(encoding="utf-8").strip().split("\n\n")[1:]]


def test_nothing_is_untranslated_or_fuzzy() -> None:
    empty = [e for e in entries() if re.search(r'^msgstr(\[\d\])? ""$', e, re.MULTILINE)]
    assert empty == []
    assert not [c for c in CATALOGUES if "fuzzy" in c.read_text(encoding="utf-8")]


def test_french_has_its_spaces_and_its_apostrophes() -> None:
    for entry in entries():
        for text in re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', entry, re.MULTILINE):
            assert not re.search(r"(?<![\u00a0\u202f]) ?[;?!»]|\w [:]|\w:", text.replace("%%", "")), text
            assert "'" not in text, text


def test_what_a_text_holds_open_is_held_open_in_french() -> None:
    for entry in entries():
        source = re.search(r'^msgid "(.*)"$', entry, re.MULTILINE)
        assert source is not None
        for text in re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', entry, re.MULTILINE):
            assert sorted(re.findall(r"%\(\w+\)s", source.group(1))) == sorted(re.findall(r"%\(\w+\)s", text)), text


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda c: c.parents[3].name)
def test_the_compiled_catalogue_is_that_of_the_source(catalogue: Path) -> None:
    with open(catalogue.with_suffix(".mo"), "rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries(catalogue):
        source = re.search(r'^msgid "(.*)"$', entry, re.MULTILINE)
        plural = re.search(r'^msgid_plural "(.*)"$', entry, re.MULTILINE)
        first = re.search(r'^msgstr(?:\[0\])? "(.*)"$', entry, re.MULTILINE)
        assert source is not None
        assert first is not None
        context = re.search(r'^msgctxt "(.*)"$', entry, re.MULTILINE)
        key = f"{context.group(1)}\x04{source.group(1)}" if context else source.group(1)
        got = compiled.ngettext(key, plural.group(1), 1) if plural else compiled.gettext(key)
        assert got == first.group(1)


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_every_word_in_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    known = {m for e in entries() for m in re.findall(r'^msgid "(.*)"$', e, re.MULTILINE)}
    copy = shutil.copytree(PACKAGE, tmp_path / "eirene_web", ignore=shutil.ignore_patterns("__pycache__"))
    for catalogue in copy.glob("**/django.po"):
        catalogue.unlink()
    import sys

    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-location", "--no-wrap", "-v0"],
        cwd=copy,
        check=True,
    )
    fresh = entries(*copy.glob("**/django.po"))
    asked = {m for e in fresh for m in re.findall(r'^msgid "(.*)"$', e, re.MULTILINE)}
    assert asked - known == set()
