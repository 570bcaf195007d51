"""What was left masked is kept, and goes nowhere but where it belongs."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.models import Website
from core.services.website_secrets import masked_url, with_secrets

STORED = {"bearer_token": "hush", "method": "POST"}
SHOWN = {"bearer_token": "[redacted]", "method": "POST"}


def website(url: str = "https://ann:pass%3A@a.example/x") -> Website:
    return Website(id=1, url=url, name="a", check_options=STORED)


def test_a_url_is_shown_without_its_password_and_comes_back_with_it() -> None:
    shown = masked_url(website().url)

    assert shown == "https://ann:redacted@a.example/x"
    assert with_secrets({"url": shown.replace("/x", "/y")}, website())["url"] == "https://ann:pass%3A@a.example/y"


def test_a_new_password_replaces_the_stored_one() -> None:
    assert with_secrets({"url": "https://ann:new@a.example/"}, website())["url"] == "https://ann:new@a.example/"


def test_masks_become_what_is_stored() -> None:
    assert with_secrets({"check_options": SHOWN}, website())["check_options"] == STORED


@pytest.mark.parametrize("url", ["https://b.example/", "http://a.example/"], ids=["another host", "without TLS"])
@pytest.mark.parametrize("changes", [{}, {"check_options": SHOWN}], ids=["left alone", "masked"])
def test_stored_secrets_do_not_follow_an_address(url: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"leads to another host than https://a\.example/x"):
        with_secrets({"url": url, **changes}, website())


def test_secrets_that_are_given_anew_go_anywhere() -> None:
    changes = {"url": "https://b.example/", "check_options": {"bearer_token": "other"}}

    assert with_secrets(changes, website()) == changes


def test_a_password_does_not_follow_an_address_either() -> None:
    plain = Website(id=1, url="https://ann:hush@a.example/", name="a")

    with pytest.raises(InvalidInput, match="none is stored for this host"):
        with_secrets({"url": "https://ann:redacted@b.example/"}, plain)


def test_an_address_may_move_to_tls_and_keep_its_secrets() -> None:
    stored = website("http://a.example/")

    assert with_secrets({"url": "https://a.example/"}, stored) == {"url": "https://a.example/"}
