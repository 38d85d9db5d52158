"""What guides and README say is there: pages, names of buttons and links, other pages of docs; and they stay short.

In README and guides **bold** within a line is a name that pages show; at the beginning of a line it opens a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GUIDES = DOCS / "guides"
#: English guide → its French one.
PAIRS = {
    "coordinator": "coordination", "rapporteur": "rapport-national", "clearance": "validation", "reader": "lecture",
    "administrator": "administration-des-postes",
}  # fmt: skip
LANGUAGES = {**dict.fromkeys(PAIRS, "en"), **dict.fromkeys(PAIRS.values(), "fr")}
ADDRESS = re.compile(r"`(?:http://127\.0\.0\.1:8000)?(/[^`\s…]*)`")
NAME = re.compile(r"\*\*([^*\n]+)\*\*")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
#: One page has some 550 words.
TWO_PAGES = 1100


def said(name: str) -> str:
    return (GUIDES / f"{name}.md").read_text(encoding="utf-8")


# --- pages ------------------------------------------------------------------------------------------------------------


def addresses() -> Iterator[tuple[str, str]]:
    for page in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]:
        for match in ADDRESS.finditer(page.read_text(encoding="utf-8")):
            if re.match(r"/(fr/)?(<alliance>|concordia|account|healthz)", match[1]):
                yield page.relative_to(ROOT).as_posix(), match[1]


@pytest.mark.parametrize(("page", "address"), sorted(set(addresses())))
def test_the_address_of_a_page_leads_to_one(page: str, address: str) -> None:
    try:
        resolve(address.removeprefix("/fr").replace("<alliance>", "concordia"))
    except Resolver404:
        pytest.fail(f"{page}: there is no page {address}")


# --- names ------------------------------------------------------------------------------------------------------------


@cache
def shown(language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """All texts of the platform's pages, those with a value in them as patterns."""
    texts: set[str] = set()
    for file in (ROOT / "src").rglob("locale/fr/LC_MESSAGES/*.po"):
        with file.open("rb") as held:
            for message in read_po(held):
                found = message.id if language == "en" else message.string
                texts |= {plain(one) for one in ([found] if isinstance(found, str) else found or ())}
    texts |= {"EN", "FR"}
    value = r"%(\(\w+\))?[sd]"
    filled = [one for one in texts if re.search(value, one) and len(re.sub(rf"{value}|\W", "", one)) > 4]
    patterns = (re.compile(re.sub(r"%(\\\(\w+\\\))?[sd]", r"\\S+( \\S+){0,3}", re.escape(one))) for one in filled)
    return frozenset(texts), tuple(patterns)


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text).replace("'", "’").strip()


def names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        point = re.sub(r"^\s*([-*]|\d+\.)\s+", "", line)
        for match in NAME.finditer(point):
            if match.start() > 0:
                yield match[1]


def guides_names() -> Iterator[tuple[str, str, str]]:
    for name, language in LANGUAGES.items():
        yield from ((name, language, one) for one in names(said(name)))
    walk = (ROOT / "README.md").read_text(encoding="utf-8").split("## A cycle, as each role")[1].split("\n## ")[0]
    yield from (("README", "en", one) for one in names(walk))


@pytest.mark.parametrize(("page", "language", "name"), sorted(set(guides_names())))
def test_a_name_in_a_guide_is_one_that_pages_show(page: str, language: str, name: str) -> None:
    texts, patterns = shown(language)
    wanted = plain(name)
    assert wanted in texts or any(one.fullmatch(wanted) for one in patterns), f"{page}: no page shows {name!r}"


def test_a_name_that_nothing_shows_is_found() -> None:
    texts, patterns = shown("en")
    assert list(names("- press **Frobnicate the report**")) == ["Frobnicate the report"]
    assert "Frobnicate the report" not in texts
    assert not any(one.fullmatch("Frobnicate the report") for one in patterns)


# --- both languages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("english", "french"), PAIRS.items())
def test_a_guide_says_the_same_in_both_languages(english: str, french: str) -> None:
    one, other = said(english), said(french)
    assert f"]({french}.md)" in one
    assert f"]({english}.md)" in other
    assert one.count("\n## ") == other.count("\n## ")
    assert len(re.findall(r"^\d+\. ", one, re.MULTILINE)) == len(re.findall(r"^\d+\. ", other, re.MULTILINE))
    told = [{found.removeprefix("/fr") for found in ADDRESS.findall(text)} for text in (one, other)]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_guide_has_two_pages_at_most(name: str) -> None:
    assert len(said(name).split()) <= TWO_PAGES


# --- links ------------------------------------------------------------------------------------------------------------


def links() -> Iterator[tuple[str, str]]:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]:
        for match in LINK.finditer(page.read_text(encoding="utf-8")):
            target = match[1] or match[2]
            if not re.match(r"[a-z]+:", target):
                yield page.relative_to(ROOT).as_posix(), target


def anchors(page: Path) -> set[str]:
    """Anchors of headings as forges make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in titles}


@pytest.mark.parametrize(("page", "target"), sorted(set(links())))
def test_a_link_between_pages_leads_somewhere(page: str, target: str) -> None:
    path, _hash, anchor = target.partition("#")
    found = (ROOT / page).parent / path if path else ROOT / page
    assert found.exists(), f"{page}: {target}"
    if anchor:
        assert anchor in anchors(found), f"{page}: {target}"


# --- glossary, decisions, pictures ------------------------------------------------------------------------------------


def test_a_word_of_the_code_in_the_glossary_stands_in_the_code() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "src").rglob("*")
        if file.suffix in {".py", ".yaml", ".csv"} and file.is_file()
    )
    missing = []
    for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6:
            words = re.findall(r"`([\w./]+?)(?:_?…)?`", cells[3])
            missing += [(cells[1], word) for word in words if word.rsplit("/")[-1] not in source]
    assert not missing


def test_decisions_are_numbered_once() -> None:
    numbers = [file.name[:4] for file in sorted((DOCS / "decisions").glob("*.md"))]
    assert len(numbers) == len(set(numbers))
    for file in (DOCS / "decisions").glob("*.md"):
        assert file.read_text(encoding="utf-8").startswith(f"# {int(file.name[:4])}. "), file.name


def test_pictures_are_small() -> None:
    for file in (DOCS / "pictures").glob("*.png"):
        assert file.stat().st_size <= 200_000, file.name
