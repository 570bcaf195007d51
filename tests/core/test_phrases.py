"""Numbers, sizes, times and lists are formatted for sentences."""

from datetime import datetime, timedelta, timezone

import pytest

from core.phrases import (
    counted,
    isolated,
    listed,
    named_status,
    shortened,
    sized,
    spelled,
    utc_millisecond,
    utc_minute,
    utc_second,
)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 checks"), (1, "1 check"), (3, "3 checks"), (12_345, "12,345 checks")], ids=str
)
def test_counted_forms_the_plural(count: int, said: str) -> None:
    assert counted(count, "check") == said


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")], ids=str
)
def test_listed_joins_the_last_item_with_and(words: list[str], said: str) -> None:
    assert listed(words) == said


def test_listed_takes_another_joint_and_spelled_drops_underscores() -> None:
    assert listed(["A", "B", "C"], "or") == "A, B or C"
    assert spelled("http_status_5xx") == "http status 5xx"


def test_a_status_is_named_where_it_has_a_name() -> None:
    assert [named_status(404), named_status(599)] == ["404 (Not Found)", "599"]


def test_times_are_written_in_utc() -> None:
    moment = datetime(2026, 11, 24, 3, 49, 14, tzinfo=timezone(timedelta(hours=1)))

    assert utc_minute(moment) == "2026-11-24 02:49 UTC"
    assert utc_second(moment) == "2026-11-24 02:49:14 UTC"
    assert utc_millisecond(moment + timedelta(milliseconds=5)) == "2026-11-24 02:49:14.005 UTC"


def test_shortened_ends_with_an_ellipsis_within_the_limit() -> None:
    assert [shortened(text, 4) for text in ("", "1234", "12345")] == ["", "1234", "123…"]


SIZES = [
    (None, ""), (0, "0 B"), (999, "999 B"), (3_400, "3.4 kB"), (123_456, "123 kB"), (999_700, "1.0 MB"),
    (87_000_000, "87.0 MB"), (1_240_000_000, "1.2 GB"), (2_000_000_000_000, "2,000 GB"),
]  # fmt: skip


@pytest.mark.parametrize(("count", "said"), SIZES, ids=str)
def test_sized_uses_decimal_units(count: int | None, said: str) -> None:
    assert sized(count) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Shop <b>", "Shop <b>"),
        ("\u05d7\u05e0\u05d5\u05ea 2", "\u2068\u05d7\u05e0\u05d5\u05ea 2\u2069"),
        ("\u202eShop", "\u2068\u202eShop\u2069"),
        ("\u2069\u202eShop", "\u2068\u202eShop\u2069"),
        ("\u2067Shop", "\u2068Shop\u2069"),
    ],
    ids=["left to right", "Hebrew", "an override", "that ends what holds it", "that takes its end"],
)
def test_isolated_wraps_right_to_left_names(name: str, said: str) -> None:
    assert isolated(name) == said
