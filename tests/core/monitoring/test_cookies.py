"""Cookies of a probe are sent only to matching URLs, and invalid ones are ignored."""

import pytest

from core.monitoring.cookies import MAX_CHARACTERS, MAX_COOKIES, Cookies

HOST = "http://shop.example.com/a/b"


def kept(*lines: str, url: str = HOST) -> Cookies:
    cookies = Cookies()
    cookies.take(url, [("content-type", "a=b"), *(("set-cookie", line) for line in lines)])
    return cookies


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("seen=1", "http://shop.example.com/a"),
        ("seen=1", "http://shop.example.com/a/c?d"),
        ("seen=1; Path=/", "http://shop.example.com/"),
        ("seen=1; Path=/", "http://shop.example.com"),
        ("seen=1; Path=/x", "http://shop.example.com:8080/x/y"),
        ("seen=1; path=/; DOMAIN=.example.com", "http://www.example.com/"),
        ("seen=1; path=/; domain=shop.example.com", "http://eu.shop.example.com/"),
        ("seen=1; Path=/; Secure; HttpOnly; SameSite=Lax", "https://shop.example.com/"),
    ],
)
def test_a_cookie_is_sent_to_matching_urls(line: str, url: str) -> None:
    assert kept(line).line_for(url) == "seen=1"


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("seen=1", "http://shop.example.com/"),
        ("seen=1; Path=/a", "http://shop.example.com/ab"),
        ("seen=1; Path=/", "http://eu.shop.example.com/"),
        ("seen=1; Path=/", "http://example.com/"),
        ("seen=1; Path=/; Secure", "http://shop.example.com/"),
        ("seen=1; Path=/; Domain=com", "http://www.example.com/"),
        ("seen=1; Path=/; Domain=other.example", "http://other.example/"),
        ("seen=1; Path=/; Domain=hop.example.com", "http://shop.example.com/"),
        ("seen=1; Path=/; Max-Age=0", "http://shop.example.com/"),
        ("seen=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://shop.example.com/"),
        ("seen; Path=/", "http://shop.example.com/"),
        ("=1; Path=/", "http://shop.example.com/"),
        ("se\ten=1; Path=/", "http://shop.example.com/"),
        ("seen=" + "1" * MAX_CHARACTERS + "; Path=/", "http://shop.example.com/"),
    ],
)
def test_a_cookie_is_not_sent_to_other_urls(line: str, url: str) -> None:
    assert kept(line).line_for(url) is None


def test_a_later_cookie_of_the_same_name_replaces_an_earlier_one() -> None:
    cookies = kept("a=1; Path=/", "b=2; Path=/", "a=3; Path=/", "b=; Path=/; Max-Age=0", "c=4; Path=/")

    assert cookies.line_for(HOST) == "a=3; c=4"


def test_an_ip_address_does_not_match_a_domain_of_its_last_numbers() -> None:
    cookies = kept("a=1; Path=/; Domain=0.0.1", "b=1; Path=/; Domain=127.0.0.1", url="http://127.0.0.1/")

    assert cookies.line_for("http://127.0.0.1:81/") == "b=1"


def test_the_number_of_cookies_is_limited() -> None:
    line = kept(*(f"c{number}=1; Path=/" for number in range(MAX_COOKIES + 5))).line_for(HOST)

    assert line is not None
    assert line.count("=") == MAX_COOKIES
