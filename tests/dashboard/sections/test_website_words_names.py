"""What websites are called where one is chosen among many."""

from core.services.website import WebsiteName
from dashboard.words.website_names import told_apart


def test_a_name_that_is_the_only_one_is_enough() -> None:
    websites = [
        WebsiteName(id=1, name="Shop", url="https://shop.example/"),
        WebsiteName(id=2, name="blog", url="https://b/"),
    ]

    assert list(told_apart(websites).items()) == [(2, "blog"), (1, "Shop")]


def test_websites_of_one_name_are_told_apart_by_their_address() -> None:
    websites = [
        WebsiteName(id=1, name="shop.example", url="https://ann:secret@shop.example:8443/cart"),
        WebsiteName(id=2, name="shop.example", url="https://shop.example/"),
        WebsiteName(id=3, name="Shop", url="https://shop.example/de"),
        WebsiteName(id=4, name="Shop", url="https://shop.example/fr"),
    ]

    assert told_apart(websites) == {
        1: "shop.example:8443/cart",
        2: "shop.example/",
        3: "Shop · shop.example/de",
        4: "Shop · shop.example/fr",
    }
