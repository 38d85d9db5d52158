"""A cycle from its opening to the published edition and its first correction: everybody at a browser of their own, a
server and a worker in processes of their own, nobody in demonstration mode, every step by the page (or file, or
command) that people use. Aland reports on the web, Bland in Excel, Cland on a closed network, Dland not at all.

What each step is stands in the modules of `whole_cycle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser.installation import Installation
from browser.whole_cycle import edition, filling, founding, keeping, way
from browser.whole_cycle.story import Story
from web.notices.smtp import Server, server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STEPS = (
    founding.the_alliance_is_founded,
    founding.everybody_takes_their_post,
    founding.the_cycle_is_opened_for_a_test_then_for_all,
    filling.aland_shares_its_report_out,
    filling.aland_types_its_numbers,
    filling.a_drafter_of_aland_fills_in_without_scripts,
    filling.aland_explains_what_the_checks_find,
    filling.bland_fills_in_in_excel,
    filling.cland_fills_in_on_a_closed_network,
    way.aland_is_sent_back_once_and_cleared,
    way.bland_and_cland_are_cleared,
    way.all_three_are_submitted_with_a_receipt,
    way.the_office_asks_aland,
    way.aland_is_returned_and_comes_back,
    way.two_pairs_of_eyes_accept_all_three,
    way.the_deadline_passes_and_dland_has_not_reported,
    edition.the_edition_is_begun,
    edition.a_sentence_is_written_with_its_figure,
    edition.a_nation_sees_its_own_part_and_nobody_elses,
    edition.a_draft_goes_out_under_silence,
    edition.aland_breaks_silence,
    edition.the_draft_is_changed_and_agreed,
    edition.it_is_signed_off_frozen_and_held,
    edition.at_the_instant_it_is_there_for_each_audience,
    keeping.history_is_whole,
    edition.bland_asks_for_a_correction,
    edition.a_new_release_says_what_changed,
    keeping.releases_verify_on_anybodys_machine,
    keeping.history_is_whole,
    keeping.the_house_is_brought_back_elsewhere,
)


@pytest.fixture
def mails() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, mails: Server) -> Iterator[Installation]:
    made = Installation(tmp_path / "home", mails)
    try:
        yield made
    finally:
        made.stop()


def test_a_whole_cycle(house: Installation, mails: Server, browser: Browser, tmp_path: Path) -> None:
    story = Story(house, mails, browser, tmp_path)
    for step in STEPS:
        step(story)
