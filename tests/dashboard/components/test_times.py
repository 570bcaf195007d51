"""Times are written in the browser's time zone, without repeating the date of a range within one day."""

import pytest
from playwright.sync_api import Browser, Page

from dashboard.components.times import SCRIPT

EVENING = "2025-11-28T20:12:31+00:00"  # 21:12:31 in Berlin


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page(timezone_id="Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2025-11-28T20:39:31+00:00", "21:39:31"),
        ("2025-11-28T23:10:00+00:00", "29 Nov 2025, 00:10:00"),
    ],
    ids=["the same day", "the next one by the reader's clocks"],
)
def test_an_end_has_a_date_only_if_it_differs_from_the_start(page: Page, at: str, words: str) -> None:
    page.goto("about:blank")
    page.set_content(f'{SCRIPT}<time datetime="{at}" data-since="{EVENING}"></time>')

    assert page.locator("time").text_content() == words


@pytest.mark.parametrize(
    ("at", "words"),
    [("2025-11-28T20:30:00+00:00", "28 Nov 2025, 21:30"), ("2025-11-28T20:30:07+00:00", "28 Nov 2025, 21:30:07")],
    ids=["a plan", "ended before"],
)
def test_planned_times_have_no_seconds(page: Page, at: str, words: str) -> None:
    page.goto("about:blank")
    page.set_content(f'{SCRIPT}<time datetime="{at}" data-planned></time>')

    assert page.locator("time").text_content() == words


def test_a_time_by_itself_has_its_date_unless_it_is_today(page: Page) -> None:
    page.goto("about:blank")
    page.set_content(f'{SCRIPT}<time datetime="{EVENING}"></time>')

    assert page.locator("time").text_content() == "28 Nov 2025, 21:12:31"
