"""The page in place of one that could not be drawn, served as any other."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import core, ui

from dashboard.pages import failed


@pytest.fixture
async def broken(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """An application whose only page cannot be drawn."""
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())  # as NiceGUI's own start sets it
    monkeypatch.setattr(nicegui_app, "_page_exception_handler", failed.draw)

    @ui.page("/broken")
    async def broken_page() -> None:
        raise KeyError("a secret word")

    application = FastAPI()
    ui.run_with(application)
    return application


async def test_page_that_cannot_be_drawn_says_so_without_the_error(broken: FastAPI) -> None:
    transport = httpx.ASGITransport(broken, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/broken")

    assert answer.status_code == 500
    assert "This page could not be drawn" in answer.text
    assert "a secret word" not in answer.text
