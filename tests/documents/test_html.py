"""The stand-alone page: whole, escaped, readable without a script, a mouse or colours."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from sample import sample

from eirene.documents import model as d
from eirene.documents.drawings import Assets, draw
from eirene.documents.html import PageLinks, render_page, render_section

VOID = {"meta", "br", "input", "img", "link", "hr"}


class Page(HTMLParser):
    """Elements with their attributes; every one that opens must close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(document: d.Document, assets: Assets) -> str:
    return render_page(document, assets)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_it_fetches_nothing_and_runs_nothing(html: str, page: Page) -> None:
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("img")
    assert "@import" not in html
    assert "url(" not in html
    for tag, attrs in page.elements:
        for name in ("src", "href", "xlink:href", "data", "action"):
            assert (attrs.get(name) or "#").startswith("#"), (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")]


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs in page.all("a") if attrs.get("href")} <= set(ids)


def test_marking_notice_title_and_statement_are_read(page: Page) -> None:
    assert "Concordia unclassified · Public" in page.text
    assert "Fictional. Concordia, its nations and every figure are invented." in page.text
    assert "41 % of members (11 of 27 that answered; 1 did not report) have a policy or law" in page.text


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_and_language(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("main")) == 1
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}


def test_a_strip_says_in_words_what_it_shows_and_names_nobody(html: str, page: Page) -> None:
    strips = [a for a in page.all("svg") if a.get("class") == "roll"]
    assert strips[0]["aria-label"] == "11 yes, 16 no, 1 did not report"
    assert all(a["role"] == "img" for a in strips)
    drawn = re.search(r'<svg class="roll".*?</svg>', html, re.DOTALL)
    assert drawn
    assert "<title" not in drawn[0]
    assert drawn[0].count('class="x"') == 1  # the missing one is hatched


def test_a_chart_is_drawn_twice_in_the_colours_of_the_page(page: Page, html: str, document: d.Document) -> None:
    charts = [a for a in page.all("svg") if (a.get("class") or "").startswith("ch ")]
    assert len(charts) == 2 * html.count('class="view as-chart"')
    assert all(a["role"] == "img" and a["aria-label"] for a in charts)
    drawn = re.search(r'<svg class="ch only-l".*?</svg>', html, re.DOTALL)
    assert drawn
    assert "var(--accent)" in drawn[0]
    assert not re.search("#[0-9a-f]{6}", drawn[0])


def test_tables_keep_their_heads(page: Page) -> None:
    assert {a.get("scope") for a in page.all("th")} == {"row", "col"}
    assert all(a.get("aria-label") for a in page.all("table"))


def test_a_statement_leads_to_its_row_in_the_list_of_figures(page: Page) -> None:
    assert {"id": "figure-policies_or_laws-2016-members-share_of_bodies"}.items() <= {
        k: v for a in page.all("th") for k, v in a.items() if k == "id" and v and "policies" in v
    }.items()


HOSTILE = [
    "<script>alert(1)</script>",
    "#let x = 1",
    "=1+1",
    "שלום עולם",
    "😀 中文",
    "a" * 10_000,
    "\x00\u202etxt",
    '" onload="x',
    "",
]


def hostile(text: str, lang: str = "en") -> d.Document:
    """A document with the text in every place that a text can have."""
    run = (d.Run(text, strong=True, href="javascript:alert(1)", lang=text[:9]), d.Run(text, note=1, href="#nowhere"))
    cell = d.Cell(text, figure=text, muted=True)
    table = d.Table(
        "t" + text[:20], text, ((d.Cell(text, header=True), cell),), ((cell, cell),), text, text, text, (text,)
    )
    chart = sample(lang, bodies=0, chapters=1).sections[0].sections[0].blocks[3]
    assert isinstance(chart, d.Chart)
    chart = dataclasses.replace(chart, title=text, subtitle=text, alt=text, table=table, source=text, number=text)
    roll = d.RollCall((("yes", 1), (text or "x", 2)), text)
    blocks: tuple[d.Block, ...] = (
        d.Paragraph(run),
        d.Statement(text, text, text, run, text, roll, text, (1,)),
        table,
        chart,
        d.Note(run, "warning", text),
        d.Bullets((run,)),
        d.Terms(((text, run),)),
        d.Footnotes(((1, run),)),
    )
    section = d.Section(
        "s" + text[:20], text, text, blocks, (d.Section("b" + text[:20], text, kind="body"),), ((text, text, text),)
    )
    words = dict(sample(lang, bodies=0, chapters=1).words)
    return d.Document(
        lang,
        text,
        text,
        text,
        text,
        text,
        True,
        "2017-07-06",
        ((text, text),),
        (section,),
        words,
        text,
        text,
        text,
        text,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    document = hostile(text)
    page = Page(render_page(document, draw(document)))
    assert not page.all("script")
    assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")]
    assert all((a.get("href") or "#").startswith("#") for a in page.all("a"))
    if text == HOSTILE[0]:
        assert text in page.text
    assert "\u202e" not in page.text


def test_a_section_for_the_portal_uses_the_portals_links(document: d.Document, assets: Assets) -> None:
    class Links(PageLinks):
        def figure(self, key: str) -> str:
            return f"/concordia/2016/figures/{key}/"

        def chart(self, chart_id: str, fmt: str) -> str:
            return f"/c/{chart_id}.{fmt}"

    html = render_section(document.sections[0], document, Links(document, assets))
    page = Page(html)
    hrefs = {a.get("href") for a in page.all("a")}
    assert "/concordia/2016/figures/policies_or_laws.2016.members.share_of_bodies/" in hrefs
    assert "/c/fig-1-bars.csv" in hrefs
    assert "<html" not in html
