"""A browser gets only the environment variables that it needs."""

import asyncio
import sys
from pathlib import Path

import pytest

from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.environment import browser_environment
from core.debugging.browsers.policy_proxy import PolicyProxy

SECRETS = {
    "WATCHWRIGHT_SECRET_KEY": "planted-secret-1",
    "PGPASSWORD": "planted-secret-2",
    "OTEL_EXPORTER_OTLP_HEADERS": "planted-secret-3",
    "https_proxy": "http://planted-secret-4@127.0.0.1:9",
}


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    monkeypatch.setenv("TZ", "Europe/Paris")


@pytest.mark.usefixtures("planted")
def test_paths_language_and_time_zone_are_passed_on() -> None:
    given = browser_environment()

    assert {"PATH", "LC_TIME", "TZ"} <= given.keys()
    assert not SECRETS.keys() & given.keys()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.usefixtures("planted")
async def test_no_process_of_a_browser_has_a_secret(browser_settings: Settings) -> None:
    async with PolicyProxy(browser_settings.address_policy.refusal) as guard:
        browser = await DebugBrowser.launch(find_browser(browser_settings), guard)
        try:
            told = await browser.connection.root.send("SystemInfo.getProcessInfo")
            found = await asyncio.to_thread(_environments, [process["id"] for process in told["processInfo"]])
        finally:
            await browser.close()

    assert b"TZ=Europe/Paris" in found
    assert b"planted-secret" not in found


def _environments(process_ids: list[int]) -> bytes:
    return b"\0".join(Path(f"/proc/{process_id}/environ").read_bytes() for process_id in process_ids)
