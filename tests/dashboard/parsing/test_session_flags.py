"""The flags of `watchwright debug`."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.schemas.session_options import SessionCookie, SessionOptions, Viewport, WatchMode
from dashboard.parsing.session_flags import OPTIONS, changed, flags_of, options_of


def test_no_flags_are_the_defaults() -> None:
    assert options_of({"device": None, "header": [], "watch": None}) == SessionOptions()


def test_flags_become_options() -> None:
    options = options_of(
        {
            "viewport": "390x844",
            "header": ["Accept-Language: de", "X-Time: 10:30"],
            "cookie": ["theme=dark"],
            "basic_auth": "ann:a:b",
            "watch": "load",
            "javascript": False,
        }
    )

    assert options.viewport == Viewport(width=390, height=844)
    assert options.extra_headers == {"Accept-Language": "de", "X-Time": "10:30"}
    assert [(cookie.name, cookie.value) for cookie in options.cookies] == [("theme", "dark")]
    assert options.basic_auth is not None
    assert (options.basic_auth.username, options.basic_auth.password) == ("ann", "a:b")
    assert (options.watch, options.is_javascript_enabled) == (WatchMode.LOAD, False)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"viewport": "wide"}, "--viewport: It must be WIDTHxHEIGHT in pixels, such as 390x844, not 'wide'."),
        ({"viewport": "0x800"}, "--viewport: Must be 1 or more."),
        ({"header": ["nonsense"]}, "--header: Each must be NAME: VALUE, such as Accept-Language: de, not 'nonsense'."),
        ({"cookie": ["=x"]}, "--cookie: Each must be NAME=VALUE, such as theme=dark, not '=x'."),
        ({"network": "5g"}, "--network: There is no network profile '5g'; there are fast-4g, slow-4g, 3g, offline."),
        ({"time_limit": 0}, "--time-limit: Must be 1 or more."),
        ({"browser": "lynx"}, "--browser: Must be one of 'chromium', 'firefox' or 'webkit'."),
        ({"watch": "load", "watch_seconds": 5}, "--watch-seconds: Seconds to watch are only for a fixed time."),
    ],
    ids=["viewport", "size", "header", "cookie", "network", "limit", "browser", "together"],
)
def test_an_invalid_flag_is_named(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        options_of(flags)

    assert str(error.value) == words


def test_a_form_keeps_hidden_options_and_unchanged_cookies() -> None:
    cookie = SessionCookie(name="theme", value="dark", domain="shop.example", path="/basket")
    options = SessionOptions(is_redacted=False, payload_limit_bytes=7, cookies=[cookie], locale="de-DE")
    kept = changed(options, {"cookie": ["theme=dark"], "locale": ""})
    other = changed(options, {"cookie": ["theme=light"], "locale": ""})

    assert kept == SessionOptions(is_redacted=False, payload_limit_bytes=7, cookies=[cookie])
    assert other.cookies == [SessionCookie(name="theme", value="light")]


def test_each_flag_sets_an_existing_option() -> None:
    assert set(OPTIONS.values()) <= set(SessionOptions.model_fields)


def test_options_survive_the_form_without_the_password() -> None:
    flags = {"viewport": "390x844", "header": ["X-A: b"], "cookie": ["c=d"], "basic_auth": "ann:hush", "watch": "load"}
    options = options_of(flags)

    shown = flags_of(options)

    assert "hush" not in str(shown)
    names = (*flags, "javascript")
    again = options_of({name: shown[name] for name in names})
    assert again == options.model_copy(update={"basic_auth": None})
