"""The routers over a real SQLite store; tests that need a running monitor or browser are in tests/e2e."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import nicegui.core
import pytest
from fastapi import FastAPI

from core import database
from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.api import include_api
from dashboard.auth import Guard
from dashboard.runtime import Runtime
from dashboard.web.origin import SameOrigin
from dashboard.web.store_unavailable import StoreUnavailable
from tests import sqlite
from tests.accounts import HEADERS, let_in

PUBLIC_URL = "https://watch.example.org"


@pytest.fixture
async def nicegui_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let NiceGUI run on the test's loop, as its own startup does."""
    monkeypatch.setattr(nicegui.core, "loop", asyncio.get_running_loop())


@pytest.fixture
def own_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder for the processes that the test starts."""
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def routes() -> FastAPI:
    """All routers, created once because that takes half a second and some megabytes."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    include_api(app)
    app.add_middleware(Guard)
    app.add_middleware(SameOrigin, settings=Settings(public_url=PUBLIC_URL))
    app.add_middleware(StoreUnavailable)
    return app


@pytest.fixture
def app(routes: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    settings = Settings(public_url=PUBLIC_URL)
    sqlite.new_store(tmp_path / "watchwright.sqlite3")
    engine = database.make_engine(settings.store_url)
    database.bind(engine)
    routes.state.runtime = Runtime(
        settings=settings, engine=engine, monitor=MonitorLink(), sessions=DebugSessions(settings)
    )
    database.run_in_session(let_in)
    yield routes
    engine.dispose()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        yield client
