"""Each page of the portal: what it says, what it costs, and that it says it in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from eirene.framework import members_on
from eirene.release import open_release
from eirene.text import pick
from eirene_web.editions.services import register_release
from web import releases

pytestmark = pytest.mark.one_engine

FIGURE = "/concordia/2016/figures/policies_or_laws.2016.members.share_of_bodies/"
PAGES = [
    "/", "/concordia/", "/concordia/2016/", "/concordia/2016/main_findings/", "/concordia/2016/figures/",
    FIGURE, "/concordia/2016/figures/women_share.2016.members.pooled/", "/concordia/2016/nations/",
    "/concordia/2016/data/", "/concordia/indicators/", "/concordia/indicators/women_share/", "/concordia/framework/",
    "/concordia/method/",
    "/concordia/glossary/", "/concordia/search/?q=women",
    "/embed/concordia/2016/policies_or_laws.2016.members.share_of_bodies/",
]  # fmt: skip


def text_of(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return response.content.decode()


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_page_answers_in_both_languages_and_says_that_it_is_fictional(
    concordia: Path, client: Client, address: str, prefix: str
) -> None:
    html = text_of(client, prefix + address)
    assert ("Fictif" if prefix else "Fictional") in html
    assert f'<html lang="{"fr" if prefix else "en"}"' in html


@pytest.mark.parametrize("address", PAGES)
def test_every_page_costs_the_same_few_queries(
    concordia: Path, client: Client, address: str, django_assert_num_queries: Any
) -> None:
    client.get(address)
    with django_assert_num_queries(2 if address == "/" else 1):
        client.get(address)


def test_a_figure_says_who_is_in_who_is_missing_and_how_it_was_made(concordia: Path, client: Client) -> None:
    said = plain(text_of(client, FIGURE))
    assert "11 of 27 members that answered" in said
    assert "Yes, 11" in said
    assert "No, 16" in said
    assert "Not applicable, 1" in said
    assert "eirene figure show concordia-2016-public-1.0 policies_or_laws.2016.members.share_of_bodies" in said
    assert "11 ÷ 27 = 0.407407" in said
    assert "From 8 of 27 in 2014 to 11 of 27 in 2016" in said


def test_a_figure_of_persons_has_its_mean_median_and_coverage_in_personnel(concordia: Path, client: Client) -> None:
    said = plain(text_of(client, "/concordia/2016/figures/women_share.2016.members.pooled/"))
    assert "10.9" in said
    assert "mean of the bodies" in said.lower()
    assert "median of the bodies" in said.lower()
    assert "without the largest" in said
    assert "personnel" in said


def test_a_name_stands_only_where_it_was_released_for_naming(harbour: Path, concordia: Path, client: Client) -> None:
    pages = ["", "data.json", "data.csv", "series.csv", "series.svg"]
    key = "/harbour/2022/figures/charter_share.2022.ports.share_of_bodies/"
    for end in pages:
        said = client.get(key + end).content.decode()
        for port in releases.UNNAMED:
            assert port not in said, (end, port)
    release, question = open_release(concordia), FIGURE.rstrip("/").rsplit("/", 1)[1].split(".")[0]
    members = members_on(release.pack, "members", release.pack.cycles["2016"].reference_date)
    reports = release.answers.reports["2016"]
    named = [b for b, report in reports.items() if question in report.answers and b in members]
    assert named
    said = client.get(FIGURE).content.decode()
    for body in named:
        assert pick(release.pack.bodies[body].name, "en") in said


def test_a_nation_without_a_released_answer_has_a_page_that_says_what_is_not_public_and_why(
    harbour: Path, client: Client
) -> None:
    said = plain(text_of(client, "/harbour/2022/nations/BRA/"))
    assert "Nothing stands here under this nation’s name" in said
    assert "counted in the figures" in said


def test_an_alliance_in_one_language_is_shown_to_everybody_with_its_language_marked(
    harbour: Path, client: Client
) -> None:
    html = text_of(client, "/fr/harbour/2022/")
    assert '<html lang="fr"' in html
    assert 'lang="en"' in html


def test_the_switch_of_language_keeps_the_place_and_the_choice(concordia: Path, client: Client) -> None:
    english = text_of(client, "/concordia/2016/figures/?kind=pooled")
    assert 'href="/fr/concordia/2016/figures/?kind=pooled"' in english
    french = text_of(client, "/fr/concordia/2016/figures/?kind=pooled")
    assert 'href="/concordia/2016/figures/?kind=pooled"' in french


def test_figures_are_filtered_by_text_chapter_principle_kind_and_population(concordia: Path, client: Client) -> None:
    def found(choice: str) -> int:
        said = re.search(r'id="found">([\d,]+) figure', text_of(client, f"/concordia/2016/figures/?{choice}"))
        return int(said.group(1).replace(",", "")) if said else 0

    everything = found("")
    for choice in (
        "q=harassment",
        "chapter=retention",
        "element=integrity",
        "kind=median_of_bodies",
        "population=partners",
    ):
        assert 0 < found(choice) != everything, choice
    assert found("q=harassment&population=partners") < found("q=harassment") < everything
    assert found("parts=1") > everything
    nothing = plain(text_of(client, "/concordia/2016/figures/?q=zebra"))
    assert "No figure fits" in nothing


def test_the_framework_shows_what_nothing_measures(concordia: Path, client: Client) -> None:
    said = plain(text_of(client, "/concordia/framework/"))
    assert "Nothing measures it" in said
    assert "Resolution 1325" in said


def test_a_compiled_figure_names_its_source_and_derives_nothing(nato: Path, client: Client) -> None:
    listed = text_of(client, "/nato/compiled-2025/figures/?kind=published")
    address = re.search(r'href="(/nato/compiled-2025/figures/women_share\.[^"]+)"', listed)
    assert address is not None
    said = plain(text_of(client, address.group(1)))
    assert "Published elsewhere, not computed here" in said
    assert "never derived here" in said
    assert "Confidence" in said
    assert "Unofficial compilation" in said


def test_sources_that_clash_are_all_listed_and_none_is_chosen(nato: Path, client: Client) -> None:
    from eirene_web.editions.models import Release
    from eirene_web.portal.reading import opened

    clashing = [f for f in opened(Release.objects.get()).figures.values() if f.suppressed == "clash"]
    assert clashing
    html = text_of(client, f"/nato/compiled-2025/figures/{clashing[0].key}/")
    assert "Sources differ: no value is chosen" in html
    assert html.count('<th scope="row" class="num">') == len(clashing[0].extra["alternatives"])


def test_no_page_mixes_two_alliances(concordia: Path, nato: Path, client: Client) -> None:
    for address in ("/concordia/", "/concordia/2016/figures/", "/concordia/search/?q=Norway", "/concordia/2016/data/"):
        assert "/nato/" not in text_of(client, address), address
    assert client.get("/concordia/2016/nations/NOR/").status_code == 404


def test_what_is_new_after_a_correction_is_told_on_the_figure(db: None, tmp_path: Path, client: Client) -> None:
    register_release(releases.harbour(tmp_path / "a"))
    register_release(releases.harbour(tmp_path / "b", women=44))
    said = plain(text_of(client, "/harbour/2022/figures/women_on_board.2022.ports.pooled/"))
    assert "Corrections" in said


def test_the_first_page_without_any_release_says_what_to_do(db: None, client: Client) -> None:
    assert "No edition is here yet" in text_of(client, "/")


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.add(str(found["href"]))
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if "style" in found or any(name.startswith("on") for name in found):
            self.bad.append(f"<{tag} {found}>")


@pytest.mark.slow
def test_every_link_leads_somewhere_and_nothing_is_styled_in_line(concordia: Path, client: Client) -> None:
    seen: dict[str, Reader] = {}
    waiting = ["/concordia/2016/", "/concordia/", FIGURE, "/concordia/2016/nations/", "/concordia/2016/data/"]
    while waiting and len(seen) < 150:
        address = waiting.pop(0)
        if address in seen:
            continue
        response = client.get(address)
        assert response.status_code == 200, address
        reader = seen[address] = Reader()
        if response.headers["Content-Type"].startswith("text/html") and "/files/" not in address:
            reader.feed(response.content.decode())
            assert not reader.bad, (address, reader.bad[:3])
        for _chunk in response:  # to its end, so that a file is closed and the test's connection is not
            pass
        if len(seen) < 40:
            waiting += sorted(
                link.split("#")[0] for link in reader.links if link.startswith("/") and link.split("#")[0]
            )
    for address, reader in seen.items():
        for link in reader.links:
            target, _, anchor = link.partition("#")
            page = seen.get(target or address)
            if anchor and page is not None and page.ids:
                assert anchor in page.ids, (address, link)
