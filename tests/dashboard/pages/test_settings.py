"""The page that shows what Watchwright was told, without what must stay secret."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.config import Settings
from dashboard.pages.settings import shown
from tests.e2e.server import Server


def test_every_setting_is_shown_with_its_variable(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    for name in Settings.model_fields:
        expect(page.get_by_text(f"WATCHWRIGHT_{name.upper()}", exact=True)).to_be_visible()


def test_health_names_what_was_looked_at(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    for name in ("Store", "Migrations", "Browser", "Clock", "Disk"):
        expect(page.get_by_role("term").filter(has_text=name).first).to_be_visible()


def test_neither_passwords_nor_keys_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1/db")
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "hunter2")
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_ENDPOINT", "ws://me:hunter2@127.0.0.1:9222/")

    words = shown(Settings.load())

    assert "hunter2" not in " ".join(words.values())
    assert words["WATCHWRIGHT_SECRET_KEY"] == "set, not shown"
    assert "127.0.0.1" in words["WATCHWRIGHT_DATABASE_URL"]
