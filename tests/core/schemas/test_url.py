"""URLs of websites are parsed as typed, normalised for storing, and shown without credentials."""

import pytest
from pydantic import ValidationError

from core.schemas import WebsiteCreate, explain
from core.schemas.url import as_typed, display_url, origin_of


@pytest.mark.parametrize(
    "typed",
    ["example.com", "example.com:8080", "bücher.example?q=a:b", "127.0.0.1:443", "grafana:443/a", "a b[", "a:99999"],
)
def test_a_bare_host_becomes_https(typed: str) -> None:
    assert as_typed(f" {typed}\n") == f"https://{typed}"


@pytest.mark.parametrize(
    "typed",
    ["localhost:3000/a", "shop.localhost", "127.0.0.1:80", "10.0.0.7", "[::1]:8080", "grafana:3000", "intranet"],
)
def test_a_bare_local_host_becomes_http(typed: str) -> None:
    assert as_typed(f" {typed}\n") == f"http://{typed}"


@pytest.mark.parametrize(
    "typed", ["", "http://example.com", "ftp://a", "htp:/a", "https:example.com", "mailto:me@a.example"]
)
def test_text_with_a_scheme_is_not_changed(typed: str) -> None:
    assert as_typed(typed) == typed


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://example.com", "https://example.com"),
        ("  HTTPS://Example.COM/Path?q=A#part ", "https://example.com/Path?q=A"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("http://[::1]:81/", "http://[::1]:81/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://-a_.b-.example.", "https://-a_.b-.example."),
        ("https://https/", "https://https/"),
        ("https://user:p%40ss@example.com/", "https://user:p%40ss@example.com/"),
        ("https://user:p@ss@example.com/a@b", "https://user:p%40ss@example.com/a@b"),
    ],
)
def test_a_url_is_stored_in_one_spelling(given: str, stored: str) -> None:
    assert WebsiteCreate(url=given).url == stored


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("javascript:alert(1)", "must start with http:// or https://"),
        ("file:///etc/passwd", "must start with http:// or https://"),
        ("ftp://example.com", "must start with http:// or https://"),
        ("example.com", "must start with http:// or https://"),
        ("", "must start with http:// or https://"),
        ("https://", "has no host"),
        ("https:///path", "has no host"),
        ("https://user@/", "has no host"),
        ("https://example.com:99999", "host or port is malformed"),
        ("https://example.com:0", "port must be between 1 and 65535"),
        ("http://[::1", "host or port is malformed"),
        ("https://exam ple.com", "contains a space or a control character"),
        ("https://example.com/\r\nX: y", "contains a space or a control character"),
        ("https://example.com/" + "a" * 2048, "longer than 2048 characters"),
        ("https://-", "- is not a host name"),
        ("https://./x", ". is not a host name"),
        ("https://a..b", "he host a..b is not a host name"),
        (f"https://{'a' * 64}.example", "aaa.example is not a host name"),
        (f"https://{'a.' * 130}b", " is not a host name"),
        ("https://https://example.com", "begins with a scheme twice"),
        ("https://example.com,Shop", "has a character that is not allowed in host names"),
        ("https://a\u2024\u2024b.example", "not a valid internationalised name"),
    ],
)
def test_an_invalid_url_is_refused_in_one_sentence(given: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate(url=given)

    sentence = explain(refused.value)
    assert says in sentence
    assert sentence.endswith(".") and "\n" not in sentence and "Value error" not in sentence


def test_a_url_is_shown_without_name_and_password() -> None:
    assert display_url("https://user:a@b@example.com/") == "https://example.com/"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("https://shop.example:443/other?page=2", True),
        ("https://user:password@SHOP.example/", True),
        ("http://shop.example/", False),
        ("https://shop.example:8443/", False),
        ("https://shop.example.org/", False),
    ],
    ids=["its port named", "a name before it, in capitals", "another scheme", "another port", "another host"],
)
def test_an_origin_is_scheme_host_and_port(other: str, is_same: bool) -> None:
    assert (origin_of("https://shop.example/") == origin_of(other)) is is_same
