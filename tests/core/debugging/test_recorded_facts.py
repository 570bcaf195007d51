"""What is handed on of a row: all of it once, then what has changed."""

from typing import Any

from core.debugging.recorded_facts import FactKey, Taken

KEY = FactKey("1.1", is_end=True)


def values(**others: Any) -> dict[str, Any]:
    return {"exchange_id": "1.1", "event_type": "RESPONSE", "url": "http://a/", "timestamp": 1, **others}


def test_a_row_is_told_whole_at_first_and_then_by_what_changed() -> None:
    taken = Taken()

    (first,) = taken.news(KEY, values(status_code=200, mime_type="text/html"))
    (second,) = taken.news(KEY, values(status_code=200, mime_type="text/css"))

    assert first.is_new and first.values == values(status_code=200, mime_type="text/html")
    assert not second.is_new and second.values == values(mime_type="text/css")


def test_what_is_known_already_is_no_news() -> None:
    taken = Taken()
    list(taken.news(KEY, values(response_payload="body")))

    assert list(taken.news(KEY, values())) == []
    assert KEY in taken


def test_a_body_that_comes_later_is_told_even_when_nothing_else_is_new() -> None:
    taken = Taken()
    list(taken.news(KEY, values()))

    (late,) = taken.news(KEY, values(response_payload="body"))

    assert late.values == values(response_payload="body")
