"""The choice of the browser, on machines that are made of folders."""

from pathlib import Path

import pytest

from core.config import Settings
from core.debugging.browser import find_browser
from core.errors import BrowserMissing
from tests.users import nobody


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return an environment without an installed browser."""
    monkeypatch.setattr("core.debugging.browser.USUAL_PLACES", {})
    return {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "ms-playwright")}


def test_without_any_browser_one_sentence_says_how_to_get_one(machine: dict[str, str]) -> None:
    with pytest.raises(BrowserMissing, match="Run `make setup` or `playwright install chromium`"):
        find_browser(Settings(), machine)


def test_an_installed_browser_is_found_on_path(machine: dict[str, str], tmp_path: Path) -> None:
    chromium = program(tmp_path / "bin" / "chromium")

    assert find_browser(Settings(), machine).executable == chromium


def test_ubuntus_script_that_asks_for_a_snap_is_no_browser(machine: dict[str, str], tmp_path: Path) -> None:
    script = program(tmp_path / "bin" / "chromium-browser")
    script.write_text("#!/bin/sh\n\nif ! [ -x /snap/bin/chromium ]; then\n    exit 1\nfi\nexec /snap/bin/chromium\n")

    with pytest.raises(BrowserMissing):
        find_browser(Settings(), machine)


def test_a_configured_name_is_looked_for_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = program(tmp_path / "bin" / "my-chrome")
    monkeypatch.setenv("PATH", str(named.parent))
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_EXECUTABLE", "my-chrome")

    assert find_browser(Settings.load()).executable == named


def test_playwrights_newest_chromium_comes_before_an_installed_one(machine: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin" / "google-chrome")
    program(tmp_path / "ms-playwright" / "chromium-999" / "chrome-linux" / "chrome")
    newest = program(tmp_path / "ms-playwright" / "chromium-1255" / "chrome-linux64" / "chrome")

    assert find_browser(Settings(), machine).executable == newest


def test_an_inaccessible_folder_of_another_user_is_skipped(machine: dict[str, str], tmp_path: Path) -> None:
    installed = program(tmp_path / "bin" / "chromium")
    home = tmp_path / "home"
    program(home / "ms-playwright" / "chromium-1200" / "chrome-linux64" / "chrome")
    home.chmod(0)
    machine["PLAYWRIGHT_BROWSERS_PATH"] = str(home / "ms-playwright")

    with nobody(tmp_path):
        assert find_browser(Settings(data_dir=tmp_path), machine).executable == installed

    home.chmod(0o700)


def test_a_user_without_a_home_folder_is_supported(
    machine: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = program(tmp_path / "bin" / "chromium")
    del machine["PLAYWRIGHT_BROWSERS_PATH"]
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # like a container's user that is not in /etc/passwd

    assert find_browser(Settings(data_dir=tmp_path), machine).executable == installed


def test_the_configured_program_comes_first(machine: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")
    named = program(tmp_path / "my-chrome")

    choice = find_browser(Settings(browser_executable=named), machine)

    assert (choice.executable, choice.source) == (named, "WATCHWRIGHT_BROWSER_EXECUTABLE")


def test_a_configured_program_that_is_missing_is_not_replaced(machine: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")

    with pytest.raises(BrowserMissing, match="is not a program"):
        find_browser(Settings(browser_executable=tmp_path / "absent"), machine)


def test_a_configured_endpoint_comes_before_installed_browsers(machine: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")

    choice = find_browser(Settings(browser_endpoint="ws://localhost:3000/hush"), machine)

    assert (choice.executable, choice.endpoint) == (None, "ws://localhost:3000/hush")
    assert str(choice) == "ws://localhost:3000 (WATCHWRIGHT_BROWSER_ENDPOINT)"
