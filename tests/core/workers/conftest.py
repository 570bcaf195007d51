"""Fixtures for monitors and check writers under test."""

import pytest

from core.workers import disk_reserve


@pytest.fixture(autouse=True)
def small_disk_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each reserve small, because the folders of tests stay on the disk for a while."""
    monkeypatch.setattr(disk_reserve, "BYTES", 4_096)
