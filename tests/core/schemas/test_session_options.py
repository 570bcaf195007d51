"""Options of debug sessions are validated with clear messages."""

import pytest
from pydantic import ValidationError

from core.schemas import explain
from core.schemas.session_options import SessionOptions
from core.schemas.website import WebsiteCreate, WebsiteRead


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"timezone": "Moon/Crater"}, "There is no time zone 'Moon/Crater'; give one such as Europe/Berlin."),
        (
            {"network_profile": "5g"},
            "There is no network profile '5g'; there are fast-4g, slow-4g, 3g, offline.",
        ),
        ({"proxy": "ftp://x"}, "The proxy must be http://HOST:PORT, https://…, socks4://… or socks5://…."),
        ({"watch": "load", "watch_seconds": 3}, "Seconds to watch are only for a fixed time."),
        ({"watch": "fixed", "watch_seconds": 90}, "A fixed time cannot be longer than a session lasts at most."),
        ({"locale": "German"}, "'German' is not a locale such as de-DE."),
        ({"colour": "red"}, "colour: there is no such field."),
        ({"basic_auth": {"username": "a", "pasword": "b"}}, "basic_auth.pasword: there is no such field."),
        ({"cookies": [{"name": "a", "valu": "b"}]}, "cookies.0.valu: there is no such field."),
        ({"device": ""}, "device is required."),
        ({"extra_headers": {"a b": "x"}}, "'a b' is not a header name such as X-Api-Key."),
        ({"extra_headers": {"A": "x\ny"}}, "The header A contains a line break or a control character."),
        ({"user_agent": "a\0b"}, "The user agent contains a line break or a control character."),
        ({"block_patterns": [""]}, "block_patterns.0 is required."),
        ({"viewport": {"heigth": 7}}, "viewport.heigth: there is no such field."),
    ],
)
def test_invalid_values_are_rejected_in_one_sentence(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SessionOptions.model_validate(given)

    assert explain(refused.value) == words


def test_a_default_fixed_time_fits_into_the_maximum_time() -> None:
    assert SessionOptions.model_validate({"watch": "fixed", "time_limit_seconds": 5}).fixed_seconds == 5


def test_stored_options_that_are_refused_now_are_left_out() -> None:
    stored = {"user_agent": "", "block_patterns": ["", "*.png"], "locale": "de-DE"}

    assert SessionOptions.usable(stored) == SessionOptions(locale="de-DE")


def test_a_websites_defaults_contain_only_what_differs() -> None:
    website = WebsiteCreate(url="http://a.example", session_defaults={"locale": "de-DE", "watch": "network_idle"})

    assert website.session_defaults == {"locale": "de-DE"}


def test_a_websites_defaults_are_shown_without_secrets() -> None:
    fields = dict.fromkeys(WebsiteRead.model_fields.keys() - {"tags"})
    shown = WebsiteRead.model_validate(
        {
            **fields,
            "id": 1,
            "url": "http://a/",
            "name": "a",
            "check_interval": 60,
            "timeout": 10,
            "is_active": True,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "session_defaults": {"extra_headers": {"X-Own": "secret"}},
        }
    )

    assert shown.session_defaults == {"extra_headers": {"X-Own": "[redacted]"}}
