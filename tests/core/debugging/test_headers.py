"""Headers are found regardless of the case of their names."""

import pytest

from core.debugging.headers import header_lines, header_value


@pytest.mark.parametrize("headers", [{"content-type": "text/css"}, {"Content-Type": "text/css"}], ids=["HTTP/2", "1.1"])
def test_a_header_is_found_regardless_of_case(headers: dict[str, str]) -> None:
    assert header_value(headers, "content-type") == "text/css"


@pytest.mark.parametrize("headers", [None, {}, {"content-type": "text/css"}])
def test_a_header_that_was_not_sent_is_empty(headers: dict[str, str] | None) -> None:
    assert header_value(headers, "location") == ""


def test_each_line_of_a_repeated_header_is_one() -> None:
    assert header_lines({"set-cookie": "a=1\nb=2", "etag": "x"}) == [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("etag", "x"),
    ]
    assert header_lines(None) == []
