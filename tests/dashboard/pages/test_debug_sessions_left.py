"""/debug-sessions draws its parts for a reader who stays, and stops for one who leaves."""

import asyncio
from pathlib import Path

from nicegui import Client
from nicegui.page import page as page_of_nicegui
from sqlalchemy import Engine

from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.pages.debug_sessions import SessionsPage
from dashboard.runtime import Runtime


async def test_nothing_is_drawn_for_a_reader_who_has_left(stored: Engine, tmp_path: Path, nicegui_loop: None) -> None:
    settings = Settings(data_dir=tmp_path)
    runtime = Runtime(settings=settings, engine=stored, monitor=MonitorLink(), sessions=DebugSessions(settings))
    listed = SessionsPage(runtime, 1, {})
    with Client(page_of_nicegui("")) as reader:
        listed.rows([], 0)
        drawing = asyncio.ensure_future(listed.show_again())
    await asyncio.sleep(0)

    reader.delete()
    await drawing

    assert not reader.elements


async def test_the_old_list_stays_while_the_new_one_is_read(stored: Engine, tmp_path: Path, nicegui_loop: None) -> None:
    settings = Settings(data_dir=tmp_path)
    runtime = Runtime(settings=settings, engine=stored, monitor=MonitorLink(), sessions=DebugSessions(settings))
    listed = SessionsPage(runtime, 1, {})
    with Client(page_of_nicegui("")) as reader:
        listed.rows([], 0)
        drawn = len(reader.elements)
        reading = asyncio.ensure_future(listed.show_again())
        await asyncio.sleep(0)

        assert not reading.done()
        assert len(reader.elements) == drawn
        await reading
    reader.delete()
