"""The page that replaces one that failed to draw."""

import httpx
import pytest
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from sqlalchemy.exc import OperationalError

from dashboard.pages import failed


@pytest.fixture
async def broken(nicegui_loop: None, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """An application whose only page fails to draw."""
    monkeypatch.setattr(nicegui_app, "_page_exception_handler", failed.draw)

    @ui.page("/broken")
    async def broken_page() -> None:
        raise KeyError("a secret word")

    @ui.page("/without-store")
    async def page_without_store() -> None:
        raise OperationalError("SELECT a secret word", None, Exception())

    application = FastAPI()
    ui.run_with(application)
    return application


async def test_a_failed_page_shows_no_error_details(broken: FastAPI) -> None:
    answer, away = await asked(broken, "/broken"), await asked(broken, "/without-store")

    assert answer.status_code == 500
    assert "This page could not be shown" in answer.text
    assert "The fault is in Watchwright" in answer.text
    assert "The database is unavailable." in away.text
    assert "The fault is in Watchwright" not in away.text
    assert "a secret word" not in answer.text + away.text


async def asked(broken: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(broken, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path)
