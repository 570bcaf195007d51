"""Server-Timing headers explain slow responses."""

import pytest

from core.diagnosis.server_timing import main_part


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ('app;dur=12, db;dur=8988;desc="SELECT orders"', "9.0 s of it to db (SELECT orders)"),
        ("db ; dur = 8800", "8.8 s of it to db"),
        ('total;dur=9000, cache;desc="a, b; c";dur=20, db;dur=5000', "5.0 s of it to db"),
        ("total;dur=9000", None),
        ("db;dur=100, view;dur=200", None),
        ("db;dur=90000", None),
        ("db;dur=soon, miss", None),
        ("", None),
    ],
    ids=["described", "spaced", "beside the whole", "the whole", "little", "more than there was", "no time", "none"],
)
def test_the_part_that_took_most_of_the_time_is_named(header: str, part: str | None) -> None:
    assert main_part(header, 9_000.0) == part


def test_a_long_description_is_shortened() -> None:
    named = main_part(f'db;dur=8000;desc="{"SELECT " * 500}"', 9_000.0)

    assert named is not None
    assert len(named) < 100


def test_a_long_header_is_parsed_quickly() -> None:
    assert main_part("a;" * 100_000, 9_000.0) is None
