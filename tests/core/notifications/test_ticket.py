"""Tickets grant one permission for a limited time, and cannot be forged."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from core.notifications.ticket import LIFETIME, MAX_CHARACTERS, MAX_WINDOWS, Ticket, issue, read
from core.sealing import PREFIX, Sealer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS, THEIRS = Sealer(b"a key that is long enough"), Sealer(b"another key, long enough, too")
TICKET = Ticket(window_ids=(7,), channel="On call")


def test_a_ticket_is_read_as_it_was_issued() -> None:
    text = issue(OURS, TICKET, NOW)

    assert read(OURS, text, NOW + LIFETIME - timedelta(seconds=1)) == TICKET
    assert text.replace("-", "").replace("_", "").isalnum()


def test_a_ticket_expires() -> None:
    assert read(OURS, issue(OURS, TICKET, NOW), NOW + LIFETIME) is None


def test_a_forged_or_altered_ticket_is_refused() -> None:
    text = issue(OURS, TICKET, NOW)
    altered = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]

    assert read(THEIRS, text, NOW) is None
    assert read(OURS, altered, NOW) is None


@pytest.mark.parametrize("sealed", ["shop:hash", "[]", '["other", 7, "On call", 9999999999]', "7"])
def test_a_text_sealed_for_another_purpose_is_refused(sealed: str) -> None:
    data = bytes.fromhex(OURS.seal(sealed).removeprefix(PREFIX))

    assert read(OURS, base64.urlsafe_b64encode(data).decode(), NOW) is None


@pytest.mark.parametrize("text", ["", "a", "é", "not a ticket", "A" * (MAX_CHARACTERS + 1), "A" * 40], ids=range(6))
def test_nonsense_is_refused(text: str) -> None:
    assert read(OURS, text, NOW) is None


@pytest.mark.parametrize(
    "channel", ["On call", "ж" * 255, "🔔" * 255, '"' * 255], ids=["short", "long", "4 B", "quotes"]
)
def test_a_ticket_for_many_windows_fits_into_a_link(channel: str) -> None:
    many = Ticket(window_ids=tuple(range(2**31 - MAX_WINDOWS, 2**31)), channel=channel)

    text = issue(OURS, many, NOW)

    assert len(text) < MAX_CHARACTERS and read(OURS, text, NOW) == many


def test_a_ticket_of_an_earlier_version_is_accepted() -> None:
    until = int((NOW + LIFETIME).timestamp())
    data = bytes.fromhex(OURS.seal(f'["acknowledge", 7, "On call", {until}]').removeprefix(PREFIX))

    assert read(OURS, base64.urlsafe_b64encode(data).decode(), NOW) == TICKET
