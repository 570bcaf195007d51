"""Hosts of the website's owner are distinguished from third parties."""

import pytest

from core.diagnosis.registrable_domain import registrable_domain


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://www.shop.example/", "https://api.shop.example/items", True),
        ("https://shop.example/", "https://cdn.example/a.js", False),
        ("https://www.shop.co.uk/", "https://shop.co.uk/a.js", True),
        ("https://www.shop.co.uk/", "https://widgets.co.uk/a.js", False),
        ("https://shop.com.au/", "https://api.shop.com.au/items", True),
        ("http://localhost:1/", "http://localhost:2/", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://[::1]/", "http://[::1]/a.js", True),
    ],
)
def test_hosts_of_one_owner_share_a_registrable_domain(one: str, other: str, is_same: bool) -> None:
    assert (registrable_domain(one) == registrable_domain(other)) is is_same
