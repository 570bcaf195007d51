"""Invalid settings are explained without revealing a password."""

from pathlib import Path

import pytest

from core.config import Settings
from core.errors import InvalidSetting


def test_every_setting_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHWRIGHT_DATA_DIR", raising=False)

    settings = Settings.load()

    assert (settings.host, settings.port, settings.max_browsers) == ("127.0.0.1", 8080, 2)
    assert settings.store_url == f"sqlite:///{settings.data_dir / 'watchwright.sqlite3'}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "web", "WATCHWRIGHT_PORT='web' cannot be used: must be a whole number."),
        ("PORT", "70000", "WATCHWRIGHT_PORT='70000' cannot be used: must be 65535 or less."),
        ("LOG_LEVEL", "LOUD", "WATCHWRIGHT_LOG_LEVEL='LOUD' cannot be used: must be one of 'DEBUG', 'INFO'"),
        ("HOST", "here", "WATCHWRIGHT_HOST='here' cannot be used: must be an address of this machine"),
        ("PUBLIC_URL", "watch", "WATCHWRIGHT_PUBLIC_URL='watch' cannot be used: must be the address that people use"),
        ("FLEET", "true", "WATCHWRIGHT_FLEET='true' cannot be used: a fleet needs PostgreSQL. Set"),
        ("REGION", "eu", "WATCHWRIGHT_REGION='eu' cannot be used: regions need PostgreSQL. Set"),
        ("REGION", "E U", "WATCHWRIGHT_REGION='E U' cannot be used: must be a name of up to 32 small letters"),
        ("MAX_BROWSERS", "-1", "WATCHWRIGHT_MAX_BROWSERS='-1' cannot be used: must be 0 or more."),
    ],
)
def test_an_invalid_value_is_reported_with_the_allowed_ones(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"WATCHWRIGHT_{name}", value)

    with pytest.raises(InvalidSetting) as error:
        Settings.load()

    assert str(error.value).startswith(words)


def test_a_log_level_may_be_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_LOG_LEVEL", "warning")

    assert Settings.load().log_level == "WARNING"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://ann:hush@host/db"),
        ("BROWSER_ENDPOINT", "ftp://ann:hush@host"),
        ("BROWSER_ENDPOINT", "ws://ann:hush@host:port"),
    ],
)
def test_an_error_does_not_repeat_a_password(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WATCHWRIGHT_{name}", value)

    with pytest.raises(InvalidSetting) as error:
        Settings.load()

    assert "hush" not in str(error.value)
    assert f"WATCHWRIGHT_{name} cannot be used: must be" in str(error.value)


def test_an_empty_variable_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_PORT", "")

    assert Settings.load().port == 8080


@pytest.mark.parametrize("given", [None, "~/watch"], ids=["not set", "a tilde"])
def test_without_a_home_folder_the_data_folder_must_be_set(given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "WATCHWRIGHT_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    if given:
        monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", given)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # as in a container whose user has no passwd entry

    with pytest.raises(InvalidSetting, match=r"WATCHWRIGHT_DATA_DIR.*has no home folder"):
        Settings.load()


def test_a_tilde_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", "~/watch")

    assert Settings.load().data_dir == Path.home() / "watch"


def test_postgresql_urls_get_our_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", "postgresql://ann@host/db")

    assert Settings.load().store_url == "postgresql+psycopg://ann@host/db"
