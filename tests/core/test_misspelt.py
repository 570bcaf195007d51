"""A variable that is nearly a setting is told; what is like none is somebody else's."""

import logging

import pytest

from core.misspelt import misspelt, warn


def test_what_is_nearly_a_setting_is_told_with_the_one_that_is_meant() -> None:
    environment = {
        "WATCHWRIGHT_PRIVATE_NETWORK": "false",
        "WATCHWRIGHT_DATABSE_URL": "postgresql://db/x",
        "WATCHWRIGHT_PORT": "8080",
        "PORT": "1",
    }

    assert misspelt(environment) == {
        "WATCHWRIGHT_DATABSE_URL": "WATCHWRIGHT_DATABASE_URL",
        "WATCHWRIGHT_PRIVATE_NETWORK": "WATCHWRIGHT_PRIVATE_NETWORKS",
    }


def test_what_others_name_alike_is_left_alone() -> None:
    others = ("SERVER", "TOKEN", "TEST_POSTGRES", "SERVICE_HOST", "SERVICE_PORT", "PORT_8080_TCP_ADDR", "VERSION")

    assert misspelt({f"WATCHWRIGHT_{name}": "x" for name in others}) == {}


def test_a_warning_names_both_and_no_value(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("WATCHWRIGHT_SECRETKEY", "hush")

    with caplog.at_level(logging.WARNING):
        warn()

    (told,) = caplog.records
    assert (told.__dict__["variable"], told.__dict__["perhaps"]) == ("WATCHWRIGHT_SECRETKEY", "WATCHWRIGHT_SECRET_KEY")
    assert "hush" not in str(told.__dict__)
