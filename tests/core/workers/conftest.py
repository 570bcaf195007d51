"""What monitors and keepers of checks under test do without."""

import pytest

from core.workers import ballast


@pytest.fixture(autouse=True)
def little_ballast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each keeps room on the disk, and a test's folder stays for a while."""
    monkeypatch.setattr(ballast, "BYTES", 4_096)
