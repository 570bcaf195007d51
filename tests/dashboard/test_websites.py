"""Which URL a person means."""

import pytest

from dashboard.websites import as_typed


@pytest.mark.parametrize(
    "typed", ["example.com", "localhost:8080/a", "127.0.0.1:80", "bücher.example?q=a:b", "[::1]:80"]
)
def test_a_bare_host_is_meant_to_be_https(typed: str) -> None:
    assert as_typed(f" {typed}\n") == f"https://{typed}"


@pytest.mark.parametrize(
    "typed", ["http://example.com", "ftp://a", "htp:/a", "https:example.com", "mailto:me@a.example"]
)
def test_what_begins_with_a_scheme_is_left_to_be_judged(typed: str) -> None:
    assert as_typed(typed) == typed
