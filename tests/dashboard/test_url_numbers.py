"""An id in an address is one that a row can have, or none."""

from datetime import UTC

import pytest
from sqlalchemy.orm import Session

from core.store_session import MAX_ID
from dashboard.queries import downtime_window, website
from dashboard.queries.website_view import View
from dashboard.url_numbers import LAST_PAGE, read_id, read_page


@pytest.mark.parametrize(("text", "read"), [("1", 1), ("77", 77), (str(MAX_ID), MAX_ID)])
def test_a_valid_id_is_returned(text: str, read: int) -> None:
    assert read_id(text) == read


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "1.0", " 1", "two", "²", "١", str(MAX_ID + 1), "9" * 5_000],
    ids=["nothing", "zero", "negative", "fraction", "blank", "word", "power", "Arabic", "too large", "endless"],
)
def test_an_impossible_id_is_none(text: str) -> None:
    assert read_id(text) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", 1),
        ("77", 77),
        ("", 1),
        ("0", 1),
        ("-1", 1),
        ("two", 1),
        ("²", 1),
        ("100001", LAST_PAGE),
        ("9" * 5_000, LAST_PAGE),
    ],
    ids=["first", "later", "nothing", "zero", "negative", "word", "power", "one too many", "endless"],
)
def test_a_page_number_is_limited(text: str, read: int) -> None:
    assert read_page(text) == read


def test_impossible_ids_never_reach_the_store(db: Session) -> None:
    assert downtime_window.load(db, 10**20) is None
    assert website.load(db, 10**20, View(), UTC) is None
