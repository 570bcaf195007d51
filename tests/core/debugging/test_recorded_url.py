"""Any recorded URL can be split."""

import pytest

from core.debugging.recorded_url import split_recorded


def test_a_mask_before_the_host_is_removed() -> None:
    parts = split_recorded("http://[redacted:ac777bf3]@shop.example:81/cart?a=1")

    assert (parts.hostname, parts.port, parts.path, parts.query) == ("shop.example", 81, "/cart", "a=1")


def test_an_at_sign_in_the_path_stays() -> None:
    parts = split_recorded("http://shop.example/@ann?to=b@c")

    assert (parts.netloc, parts.path, parts.query) == ("shop.example", "/@ann", "to=b@c")


@pytest.mark.parametrize("url", ["http://[x]/", "http://a:port/", "http://a:99999/", "no address"])
def test_a_malformed_url_becomes_a_path(url: str) -> None:
    parts = split_recorded(url)

    assert (parts.netloc, parts.port, parts.path) == ("", None, url)
