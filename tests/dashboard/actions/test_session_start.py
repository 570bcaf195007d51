"""Finding the website that a debug session of any address belongs to."""

import pytest
from sqlalchemy.orm import Session

from dashboard.actions.session_start import nearest
from tests.factories import make_website


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://shop.example/health", "health"),
        ("https://shop.example", "root"),
        ("https://shop.example/basket?item=3", "root"),
        ("http://shop.example/", None),
        ("https://shop.example:8443/", "port"),
        ("https://not-shop.example/", None),
        ("https://shop.example.org/", None),
    ],
)
def test_a_page_of_a_watched_host_belongs_to_its_oldest_website(store: Session, url: str, name: str | None) -> None:
    make_website(store, name="root", url="https://ann:hush@shop.example/")
    make_website(store, name="health", url="https://shop.example/health")
    make_website(store, name="port", url="https://shop.example:8443/deep")

    found = nearest(store, url)

    assert (found.name if found else None) == name
