"""Messages are cut to a service's limits."""

import pytest

from core.notifications.truncation import Measure, octets, truncate, truncate_message, units

LINK = "https://watch.example/downtime/7"
TICKET = f"Acknowledge: https://watch.example/acknowledge?ticket={'t' * 150}"
MANY = "\n".join(["The causes differ.", *(f"• Shop {number}: It burns." for number in range(20)), LINK])


def test_a_short_message_is_unchanged() -> None:
    assert truncate_message("Shop is down", MANY, title_limit=250, text_limit=2_000) == ("Shop is down", MANY)


def test_the_last_lines_are_dropped_and_the_link_is_kept() -> None:
    _title, text = truncate_message("20 websites are down", MANY, title_limit=250, text_limit=200)

    lines = text.splitlines()
    assert units(text) <= 200
    assert (lines[0], lines[-2:]) == ("The causes differ.", ["…", LINK])
    assert len(lines) > 6


def test_a_title_in_the_text_counts_towards_its_limit() -> None:
    title, text = truncate_message("t" * 300, MANY, title_limit=0, text_limit=400)

    assert units(title) == 200 and units(f"{title}\r\n{text}") <= 400


def test_a_link_with_a_ticket_is_dropped_before_the_plain_link() -> None:
    title, text = truncate_message(
        "Shop is down", f"It burns, {'and burns, ' * 30}\n{LINK}\n{TICKET}", title_limit=0, text_limit=160
    )

    assert units(f"{title}\r\n{text}") <= 160
    assert text.startswith("It burns, and burns") and text.endswith(f"…\n{LINK}")


def test_a_single_line_is_cut() -> None:
    _title, text = truncate_message("Shop", "x" * 500, title_limit=250, text_limit=100)

    assert text == "x" * 99 + "…"


@pytest.mark.parametrize(("measure", "most"), [(units, 3), (octets, 2)], ids=["units", "octets"])
def test_characters_are_never_split(measure: Measure, most: int) -> None:
    words = truncate("😀" * 10, 8 if measure is units else 12, measure)

    assert words == "😀" * most + "…"
