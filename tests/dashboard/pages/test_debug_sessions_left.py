"""What /debug-sessions draws for a reader who leaves while it reads."""

import asyncio
from pathlib import Path

import pytest
from nicegui import Client, core
from nicegui.page import page as page_of_nicegui
from sqlalchemy import Engine

from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.pages.debug_sessions import SessionsPage
from dashboard.runtime import Runtime


async def test_nothing_is_drawn_for_a_reader_who_has_left(
    stored: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())  # as NiceGUI's own start sets it
    settings = Settings(data_dir=tmp_path)
    runtime = Runtime(settings=settings, engine=stored, monitor=MonitorLink(), sessions=DebugSessions(settings))
    listed = SessionsPage(runtime, 1, {})
    with Client(page_of_nicegui("")) as reader:
        drawing = asyncio.ensure_future(listed.rows())
    await asyncio.sleep(0)

    reader.delete()
    await drawing

    assert not reader.elements
