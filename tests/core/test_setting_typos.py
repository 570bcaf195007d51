"""Variables that look like misspelt settings are reported; other variables are ignored."""

import logging

import pytest

from core.setting_typos import likely_typos, warn_about_typos


def test_a_misspelt_setting_is_reported_with_the_likely_one() -> None:
    environment = {
        "WATCHWRIGHT_PRIVATE_NETWORK": "false",
        "WATCHWRIGHT_DATABSE_URL": "postgresql://db/x",
        "WATCHWRIGHT_PORT": "8080",
        "PORT": "1",
    }

    assert likely_typos(environment) == {
        "WATCHWRIGHT_DATABSE_URL": "WATCHWRIGHT_DATABASE_URL",
        "WATCHWRIGHT_PRIVATE_NETWORK": "WATCHWRIGHT_PRIVATE_NETWORKS",
    }


def test_variables_of_other_programs_are_ignored() -> None:
    others = ("SERVER", "TOKEN", "TEST_POSTGRES", "SERVICE_HOST", "SERVICE_PORT", "PORT_8080_TCP_ADDR", "VERSION")

    assert likely_typos({f"WATCHWRIGHT_{name}": "x" for name in others}) == {}


def test_the_warning_names_both_settings_but_no_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_SECRETKEY", "hush")

    with caplog.at_level(logging.WARNING):
        warn_about_typos()

    (told,) = caplog.records
    assert (told.__dict__["variable"], told.__dict__["perhaps"]) == ("WATCHWRIGHT_SECRETKEY", "WATCHWRIGHT_SECRET_KEY")
    assert "hush" not in str(told.__dict__)
