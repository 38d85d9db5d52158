"""Every word of the portal is there in French, and the compiled catalogue is that of the source."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import eirene_web

LOCALE = Path(eirene_web.__file__).parent / "locale" / "fr" / "LC_MESSAGES"


def entries() -> list[str]:
    return (LOCALE / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]


def test_nothing_is_untranslated_or_fuzzy() -> None:
    empty = [e for e in entries() if re.search(r'^msgstr(\[\d\])? ""$', e, re.MULTILINE)]
    assert empty == []
    assert "fuzzy" not in (LOCALE / "django.po").read_text(encoding="utf-8")


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


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with open(LOCALE / "django.mo", "rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries():
        source = re.search(r'^msgid "(.*)"$', entry, re.MULTILINE)
        plural = re.search(r'^msgid_plural "(.*)"$', entry, re.MULTILINE)
        first = re.search(r'^msgstr(?:\[0\])? "(.*)"$', entry, re.MULTILINE)
        assert source is not None
        assert first is not None
        key = source.group(1)
        got = compiled.ngettext(key, plural.group(1), 1) if plural else compiled.gettext(key)
        assert got == first.group(1)


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_every_word_in_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    known = {m for e in entries() for m in re.findall(r'^msgid "(.*)"$', e, re.MULTILINE)}
    package = Path(eirene_web.__file__).parent
    copy = shutil.copytree(package, tmp_path / "eirene_web", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "locale" / "fr" / "LC_MESSAGES" / "django.po").unlink()
    import sys

    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-location", "--no-wrap", "-v0"],
        cwd=copy,
        check=True,
    )
    fresh = (copy / "locale" / "fr" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]
    asked = {m for e in fresh for m in re.findall(r'^msgid "(.*)"$', e, re.MULTILINE)}
    assert asked - known == set()
