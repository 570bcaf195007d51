"""Values of settings that cannot work are refused at the start, not accepted and explained later."""

import pytest

from core.config import Settings
from core.errors import InvalidSetting

ADDRESSES = [
    "http://a b",
    "https://h:99999",
    "https://h:x",
    "https://h:0",
    "https://*",
    "http://[::1",
    "https://exämple.com",
]
MORE_THAN_BARE = ["https://h?x=1", "https://h/#x", "https://ann:hush@h", "https://h/a b"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PUBLIC_URL", value) for value in (*ADDRESSES, *MORE_THAN_BARE)),
        *(("OIDC_ISSUER", value) for value in (*ADDRESSES, *MORE_THAN_BARE, "http://login.example")),
        *(("CANARIES", value) for value in ADDRESSES),
        *(("BROWSER_ENDPOINT", value) for value in ("ws://a b:3", "ws://h:0", "ws://")),
        ("SECRET_KEY", "a"),
        ("SECRET_KEY", " " * 40),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
    ],
)
def test_a_value_that_cannot_work_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WATCHWRIGHT_{name}", value)

    with pytest.raises(InvalidSetting, match=rf"^WATCHWRIGHT_{name}.* cannot be used: must "):
        Settings.load()


def test_spaces_around_a_value_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", " ::1"), ("PUBLIC_URL", "https://watch.example\n"), ("LOG_LEVEL", "debug ")):
        monkeypatch.setenv(f"WATCHWRIGHT_{name}", value)

    settings = Settings.load()

    assert (settings.host, settings.public_url, settings.log_level) == ("::1", "https://watch.example", "DEBUG")


def test_spaces_are_part_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "a key with a line break\n")

    key = Settings.load().secret_key

    assert key is not None
    assert key.get_secret_value() == "a key with a line break\n"


def test_a_trusted_network_may_be_named_by_an_address_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_TRUSTED_PROXIES", "10.0.0.1/8, 192.0.2.1")

    assert Settings.load().trusted_proxies == {"10.0.0.0/8", "192.0.2.1"}


def test_a_public_address_may_have_a_port_and_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_PUBLIC_URL", "https://xn--exmple-cua.com:8443/watch/")

    assert Settings.load().public_url == "https://xn--exmple-cua.com:8443/watch"
