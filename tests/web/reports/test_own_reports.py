"""A nation finds its own: its reports year by year, notices in words, and pages that are not there for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eirene_web import clock
from eirene_web.reports.services import assigning
from eirene_web.reports.services.transfer import out
from eirene_web.reports.services.transfer.printing import local_instant
from web.reports import filling
from web.reports.filling import address, browser
from web.world import IN_CYCLE, World

sampler_world = filling.sampler_world
pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


def read(world: World, who: str, path: str, status: int = 200) -> str:
    with clock.at(IN_CYCLE):
        answer = browser(world, who).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_reports_of_all_years_stand_on_one_page_with_their_receipts(sampler_world: World) -> None:
    text = read(sampler_world, "AAA.rapporteur", "/sampler/work/cycles/")
    assert "National report 2022" in text
    assert "/sampler/work/2021/AAA/submission/1/" in text
    assert "BBB" not in text


def test_a_contributor_sees_the_years_without_receipts(sampler_world: World) -> None:
    text = read(sampler_world, "AAA.drafter", "/sampler/work/cycles/")
    assert "National report 2022" in text
    assert "/submission/" not in text


def test_the_list_asks_as_much_for_one_year_as_for_two(sampler_world: World) -> None:
    counts = []
    read(sampler_world, "AAA.rapporteur", "/sampler/work/cycles/")
    for who in ("BBB.rapporteur", "AAA.rapporteur"):
        with CaptureQueriesContext(connection) as asked:
            read(sampler_world, who, "/sampler/work/cycles/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_frame_leads_a_nation_to_its_reports_notices_and_work(sampler_world: World) -> None:
    text = read(sampler_world, "AAA.rapporteur", address(sampler_world))
    assert '<a href="/sampler/work/cycles/" aria-current="page">Our reports</a>' in text
    for path in ("notices", "jobs", "receipts"):
        assert f'href="/sampler/work/{path}/"' in text
    assert text.split('aria-label="Main"')[1].split("</nav>")[0].count("<a ") <= 7


def test_a_page_that_is_not_ones_own_keeps_the_way_back(sampler_world: World) -> None:
    for path in (address(sampler_world, "BBB"), "/sampler/work/2022/nowhere/at/all/"):
        text = read(sampler_world, "AAA.rapporteur", path, 404)
        assert "There is no such page for you" in text
        assert "BBB" not in text.split("<main")[1]


def test_the_history_names_posts_and_days_never_numbers(sampler_world: World) -> None:
    world = sampler_world
    post = world.posts["AAA.drafter"]
    with clock.at(IN_CYCLE):
        assigning.assign_section(
            actor=world.actor("AAA.rapporteur"), report=world.report("AAA").pk, section="2", post=post.pk,
            due=IN_CYCLE.date(),
        )  # fmt: skip
    text = read(world, "AAA.rapporteur", address(world, rest="history/"))
    assert "section 2, assigned to" in text
    assert f"<td>{post.title['en']}</td>" in text
    assert f"<td>{IN_CYCLE.date().isoformat()}</td>" not in text


def test_a_city_is_named_in_the_language_of_the_page_and_of_the_paper(sampler_world: World) -> None:
    sampler_world.alliance.time_zone = "Europe/Brussels"
    sampler_world.alliance.save()
    assert "(Bruxelles)" in read(sampler_world, "AAA.rapporteur", "/fr" + address(sampler_world))
    assert "(Brussels)" in read(sampler_world, "AAA.rapporteur", address(sampler_world))
    report = sampler_world.report("AAA")
    assert local_instant(IN_CYCLE, report, "fr").endswith("(Bruxelles)")


def test_an_empty_workbook_is_not_named_like_a_filled_one(sampler_world: World) -> None:
    actor, report = sampler_world.actor("AAA.rapporteur"), sampler_world.report("AAA").pk
    with clock.at(IN_CYCLE):
        names = [out.workbook(actor=actor, report=report, lang="en", filled=f).file.name for f in (True, False)]
    assert names == ["AAA-2022-en.xlsx", "AAA-2022-empty-en.xlsx"]


def test_an_address_that_only_takes_a_form_says_so(sampler_world: World) -> None:
    text = read(sampler_world, "AAA.rapporteur", address(sampler_world, rest="talk/"), 405)
    assert "only takes what a form sends" in text
