"""The suggestions of a status page's form."""

import pytest

from dashboard.components.status_form import slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Our shop", "our-shop"),
        ("  Größe & Überblick! ", "grosse-uberblick"),
        ("状態", ""),
        ("x" * 63 + " y", "x" * 63),
    ],
    ids=["words", "marks", "no letter that fits", "long"],
)
def test_an_address_is_made_of_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug
