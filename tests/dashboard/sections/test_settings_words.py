"""Every setting has a group and a description without secrets; and the monitor's figures."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.services.workload import Workload
from dashboard.sections.settings_words import SECTIONS, description_of, load_tiles, names_of, shown

IDLE = Workload(
    checks_per_second=0.0,
    planned_per_second=0.5,
    lag_ms=None,
    worst_lag_ms=None,
    overdue=0,
    sessions_running=0,
    sessions_waiting=0,
    notifications_waiting=0,
)


def test_every_setting_is_in_one_section_with_a_description() -> None:
    placed = [name for section in SECTIONS for name in names_of(section)]

    assert sorted(placed) == sorted(Settings.model_fields)
    assert [name for name in placed if not description_of(name)] == []


def test_neither_passwords_nor_keys_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1/db")
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "hunter2-of-this-installation")
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_ENDPOINT", "ws://me:hunter2@127.0.0.1:9222/")

    words = shown(Settings.load())

    assert "hunter2" not in " ".join(words.values())
    assert words["secret_key"] == "set, not shown"
    assert "127.0.0.1" in words["database_url"]


def test_values_have_units() -> None:
    words = shown(Settings(retention_checks_days=30, retry_seconds=5, private_networks=True))

    assert (words["retention_checks_days"], words["retry_seconds"], words["private_networks"]) == ("30 d", "5 s", "yes")


def test_an_idle_monitor_has_no_lag_and_no_queue() -> None:
    well, checks, lag, queue = load_tiles(IDLE, None)

    assert (well.value, checks.value, lag.value, queue.value) == ("Well", "0.00", "–", "0")


def test_a_monitor_that_cannot_keep_up_says_so() -> None:
    busy = replace(IDLE, checks_per_second=120.4, lag_ms=310.0, worst_lag_ms=2_400.0, overdue=7, sessions_waiting=1)

    trouble, checks, lag, queue = load_tiles(busy, "The database takes no checks just now.")

    assert trouble.note == "The database takes no checks just now."
    assert (checks.value, lag.value, lag.note) == ("120", "310", "2.40 s at worst")
    assert (queue.value, queue.note, queue.tone) == ("8", "7 checks, 1 debug session", "ww-is-degraded-text")
