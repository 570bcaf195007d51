"""What may be said of a website at every border, and the one sentence for what may not."""

import pytest
from pydantic import ValidationError

from core.schemas import WebsiteCreate, WebsiteRead, WebsiteUpdate, explain
from core.schemas.website import as_typed, display_url
from tests.factories import NOON


@pytest.mark.parametrize(
    "typed",
    ["example.com", "example.com:8080", "bücher.example?q=a:b", "127.0.0.1:443", "grafana:443/a", "a b[", "a:99999"],
)
def test_a_bare_host_is_meant_to_be_https(typed: str) -> None:
    assert as_typed(f" {typed}\n") == f"https://{typed}"


@pytest.mark.parametrize(
    "typed",
    ["localhost:3000/a", "shop.localhost", "127.0.0.1:80", "10.0.0.7", "[::1]:8080", "grafana:3000", "intranet"],
)
def test_a_bare_host_that_seldom_has_a_certificate_is_meant_to_be_http(typed: str) -> None:
    assert as_typed(f" {typed}\n") == f"http://{typed}"


@pytest.mark.parametrize(
    "typed", ["", "http://example.com", "ftp://a", "htp:/a", "https:example.com", "mailto:me@a.example"]
)
def test_what_begins_with_a_scheme_is_left_to_be_judged(typed: str) -> None:
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
        ("https://user:p%40ss@example.com/", "https://user:p%40ss@example.com/"),
    ],
)
def test_url_is_stored_in_one_spelling(given: str, stored: str) -> None:
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
        ("https://example.com,Shop", "has a character that no host name has"),
        ("https://a\u2024\u2024b.example", "not a valid internationalised name"),
    ],
)
def test_url_that_cannot_be_checked_is_refused_in_one_sentence(given: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate(url=given)

    sentence = explain(refused.value)
    assert says in sentence
    assert sentence.endswith(".") and "\n" not in sentence and "Value error" not in sentence


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"check_interval": 4}, "between 5 and 86400 seconds, not 4"),
        ({"check_interval": 86_401}, "between 5 and 86400 seconds, not 86401"),
        ({"timeout": 0}, "at least 1 second, not 0"),
        ({"check_interval": 20, "timeout": 21}, "The timeout (21 s) must not be longer than the check interval (20 s)"),
        ({"check_interval": "often"}, "check_interval: give a whole number."),
        ({"is_active": "perhaps"}, "is_active: give true or false."),
        ({"name": "x" * 256}, "name: give at most 255 characters."),
    ],
)
def test_value_out_of_bounds_is_refused_in_one_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate.model_validate({"url": "https://example.com", **given})

    assert says in explain(refused.value)


def test_missing_url_is_said_to_be_missing() -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate.model_validate({})

    assert explain(refused.value) == "url is missing."


@pytest.mark.parametrize(("interval", "timeout"), [(5, 5), (9, 9), (10, 10), (60, 10), (86_400, 10)])
def test_timeout_fits_the_interval_when_it_is_not_given(interval: int, timeout: int) -> None:
    assert WebsiteCreate(url="https://example.com", check_interval=interval).timeout == timeout


def test_name_is_the_host_when_it_is_not_given() -> None:
    assert WebsiteCreate(url="https://u:p@shop.example:8443/x").name == "shop.example"
    assert WebsiteCreate(url="https://shop.example", name="  Shop ").name == "Shop"


def test_update_holds_only_what_was_given() -> None:
    assert WebsiteUpdate(name="Shop").model_dump(exclude_unset=True) == {"name": "Shop"}
    with pytest.raises(ValidationError):
        WebsiteUpdate(url="file:///etc/passwd")


def test_credentials_are_never_read_back() -> None:
    row = {"id": 1, "name": "n", "description": None, "check_interval": 60, "timeout": 10, "is_active": True}
    read = WebsiteRead.model_validate(
        {**row, "url": "https://user:s3cret@example.com:81/p", "created_at": NOON, "updated_at": NOON}
    )

    assert read.url == "https://example.com:81/p"
    assert "s3cret" not in read.model_dump_json()
    assert display_url("https://user:a@b@example.com/") == "https://example.com/"
