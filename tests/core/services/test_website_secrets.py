"""Masked secrets are kept, and sent only to their own host."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.models import Website
from core.schemas.option_secrets import mask_session_options
from core.schemas.session_options import SessionOptions
from core.services.website_secrets import masked_url, with_secrets

STORED = {"bearer_token": "hush", "method": "POST"}
SHOWN = {"bearer_token": "[redacted]", "method": "POST"}


def website(url: str = "https://ann:pass%3A@a.example/x") -> Website:
    return Website(id=1, url=url, name="a", check_options=STORED)


SESSION = {
    "basic_auth": {"username": "ann"},
    "cookies": [{"name": "a", "value": "1"}, {"name": "a", "value": "2", "path": "/b"}, {"name": "c"}],
    "extra_headers": {"X-Key": "hush"},
    "proxy": "http://ann:hush@proxy.example:3128",
}


def test_a_masked_password_in_a_url_is_replaced_by_the_stored_one() -> None:
    shown = masked_url(website().url)

    assert shown == "https://ann:redacted@a.example/x"
    assert with_secrets({"url": shown.replace("/x", "/y")}, website())["url"] == "https://ann:pass%3A@a.example/y"


def test_a_new_password_replaces_the_stored_one() -> None:
    assert with_secrets({"url": "https://ann:new@a.example/"}, website())["url"] == "https://ann:new@a.example/"


def test_masks_are_replaced_by_stored_secrets() -> None:
    assert with_secrets({"check_options": SHOWN}, website())["check_options"] == STORED


def test_masks_of_session_options_are_replaced_by_stored_secrets() -> None:
    stored = Website(id=1, url="https://a.example/", name="a", session_defaults=SESSION)
    shown = mask_session_options(SESSION)
    assert "hush" not in str(shown)

    kept = with_secrets({"session_defaults": shown | {"locale": "de-DE"}}, stored)["session_defaults"]

    assert SessionOptions.model_validate(kept) == SessionOptions.model_validate(SESSION | {"locale": "de-DE"})


@pytest.mark.parametrize("name", ["basic_auth", "cookies", "extra_headers"])
def test_a_mask_without_a_stored_secret_is_rejected(name: str) -> None:
    with pytest.raises(InvalidInput, match="none is stored"):
        with_secrets({"session_defaults": {name: mask_session_options(SESSION)[name]}}, website())


def test_secrets_of_session_options_are_not_sent_to_a_new_host() -> None:
    stored = Website(id=1, url="https://a.example/", name="a", session_defaults=SESSION)

    with pytest.raises(InvalidInput, match="debug sessions' headers and cookies are not sent"):
        with_secrets({"url": "https://b.example/"}, stored)


@pytest.mark.parametrize("url", ["https://b.example/", "http://a.example/"], ids=["another host", "without TLS"])
@pytest.mark.parametrize("changes", [{}, {"check_options": SHOWN}], ids=["left alone", "masked"])
def test_stored_secrets_are_not_sent_to_a_new_host(url: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"has another host than https://a\.example/x"):
        with_secrets({"url": url, **changes}, website())


def test_newly_given_secrets_are_accepted_for_any_host() -> None:
    changes = {"url": "https://b.example/", "check_options": {"bearer_token": "other"}}

    assert with_secrets(changes, website()) == changes


def test_a_stored_password_is_not_sent_to_a_new_host() -> None:
    plain = Website(id=1, url="https://ann:hush@a.example/", name="a")

    with pytest.raises(InvalidInput, match="none is stored for this host"):
        with_secrets({"url": "https://ann:redacted@b.example/"}, plain)


def test_secrets_are_kept_when_a_url_changes_to_https() -> None:
    stored = website("http://a.example/")

    assert with_secrets({"url": "https://a.example/"}, stored) == {"url": "https://a.example/"}
