"""The names of websites where one is chosen among many."""

from core.services.website import WebsiteName
from dashboard.words.website_names import distinct_names


def test_a_unique_name_is_unchanged() -> None:
    websites = [
        WebsiteName(id=1, name="Shop", url="https://shop.example/"),
        WebsiteName(id=2, name="blog", url="https://b/"),
    ]

    assert list(distinct_names(websites).items()) == [(2, "blog"), (1, "Shop")]


def test_names_are_sorted_by_their_numbers() -> None:
    websites = [
        WebsiteName(id=number, name=name, url=f"https://{number}.example")
        for number, name in enumerate(["Shop 10", "Shop 2", "2nd shop", "Shop", "Shop \u00b2"])
    ]

    assert list(distinct_names(websites).values()) == ["2nd shop", "Shop", "Shop 2", "Shop 10", "Shop \u00b2"]


def test_equal_names_get_their_address() -> None:
    websites = [
        WebsiteName(id=1, name="shop.example", url="https://ann:secret@shop.example:8443/cart"),
        WebsiteName(id=2, name="shop.example", url="https://shop.example/"),
        WebsiteName(id=3, name="Shop", url="https://shop.example/de"),
        WebsiteName(id=4, name="Shop", url="https://shop.example/fr"),
    ]

    assert distinct_names(websites) == {
        1: "shop.example:8443/cart",
        2: "shop.example/",
        3: "Shop · shop.example/de",
        4: "Shop · shop.example/fr",
    }
