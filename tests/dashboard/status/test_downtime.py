"""A status page's downtime in few entries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.status import downtime
from dashboard.status.view import ShownWindow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_window(key: int, start: datetime, minutes: int | None, updates: int = 0) -> ShownWindow:
    end = None if minutes is None else start + timedelta(minutes=minutes)
    return ShownWindow(
        id=key,
        website=f"Site {key}",
        started_at=start,
        ended_at=end,
        ended_in_pause=False,
        updates=[None] * updates,  # type: ignore[list-item]
    )


def ago(minutes: int) -> datetime:
    return NOON - timedelta(minutes=minutes)


def test_simultaneous_downtime_is_one_entry() -> None:
    windows = [a_window(1, NOON, 30), a_window(2, NOON + timedelta(seconds=20), 30), a_window(3, NOON, 30, updates=1)]

    [(day, entries)] = downtime.past_days(windows)

    assert day == "1 Mar 2026"
    assert [(one.websites, one.each) for one in entries] == [("Site 1 and Site 2", []), ("Site 3", [])]
    assert entries[0].span == "12:00 to 12:30 UTC · 30 min"


def test_websites_down_shortly_after_another_are_one_entry() -> None:
    windows = [a_window(1, NOON, 30), a_window(2, ago(4), 36), a_window(3, ago(9), 40), a_window(4, ago(9), 40)]
    others = [a_window(5, ago(11), 51), a_window(6, ago(11), 2)]

    [(_day, entries)] = downtime.past_days([*windows, *others])

    assert [(one.websites, one.state, one.span) for one in entries] == [
        ("Site 1, Site 2 and 2 more", "were down", "11:51 to 12:32 UTC · up to 40 min"),
        ("Site 5", "was down", "11:49 to 12:40 UTC · 51 min"),
        ("Site 6", "was down", "11:49 to 11:51 UTC · 2 min"),
    ]
    assert entries[0].each[:2] == [
        ("Site 1", "12:00 to 12:30 UTC · 30 min"),
        ("Site 2", "11:56 to 12:32 UTC · 36 min"),
    ]
    assert [window.id for window in entries[0].windows] == [1, 2, 3, 4]


def test_successive_downtime_is_not_grouped() -> None:
    [(_day, entries)] = downtime.past_days([a_window(1, NOON, 3), a_window(2, ago(6), 3)])

    assert [one.websites for one in entries] == ["Site 1", "Site 2"]


def test_repeated_downtime_is_one_entry_per_day() -> None:
    flapping = [a_window(1, ago(10 * number), 2) for number in range(downtime.OFTEN)]
    often = [replace(window, id=number + 10) for number, window in enumerate(flapping)]
    written = a_window(1, ago(180), 5, updates=1)

    [(_day, entries)] = downtime.past_days([often[0], a_window(2, NOON, 30), *often[1:], written])
    [(_day, few)] = downtime.past_days(often[1:])

    assert [(one.websites, one.state, one.span) for one in entries] == [
        ("Site 1", "was down 4 times", "11:30 to 12:02 UTC · 8 min in all"),
        ("Site 2", "was down", "12:00 to 12:30 UTC · 30 min"),
        ("Site 1", "was down", "09:00 to 09:05 UTC · 5 min"),
    ]
    assert entries[0].each[1] == ("Site 1", "11:50 to 11:52 UTC · 2 min")
    assert [one.state for one in few] == ["was down"] * 3


def test_open_downtime_is_not_in_the_past() -> None:
    lasting = [a_window(1, NOON, None), a_window(2, ago(5), None), a_window(3, ago(5), None, updates=1)]

    assert downtime.past_days(lasting) == []
    assert [(one.websites, one.state, one.span) for one in downtime.now([*lasting, a_window(4, ago(9), 3)])] == [
        ("Site 1 and Site 2", "are down", "since 1 Mar 2026, 11:55 UTC"),
        ("Site 3", "is down", "since 1 Mar 2026, 11:55 UTC"),
    ]
    assert downtime.now(lasting)[0].each == [
        ("Site 1", "since 1 Mar 2026, 12:00 UTC"),
        ("Site 2", "since 1 Mar 2026, 11:55 UTC"),
    ]


def test_an_end_by_a_pause_is_stated() -> None:
    [(_day, [one])] = downtime.past_days([replace(a_window(1, NOON, 30), ended_in_pause=True)])

    assert one.span == "12:00 to 12:30 UTC, until it was paused · 30 min"


def test_a_right_to_left_name_is_isolated() -> None:
    windows = [replace(a_window(1, NOON, 30), website="\u202eShop"), a_window(2, NOON, 30)]

    [(_day, [entry])] = downtime.past_days(windows)

    assert entry.websites == "\u2068\u202eShop\u2069 and Site 2"
