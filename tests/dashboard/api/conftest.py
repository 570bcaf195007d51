"""The routers over a real SQLite store; what needs a running monitor or browser is in tests/e2e."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from core import database
from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.api import include_api
from dashboard.auth import Guard
from dashboard.origin import SameOrigin
from dashboard.runtime import Runtime
from tests.accounts import HEADERS, let_in


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    settings = Settings(public_url="https://watch.example.org")
    engine = database.make_engine(settings.store_url)
    database.upgrade(engine)
    database.bind(engine)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.runtime = Runtime(
        settings=settings, engine=engine, monitor=MonitorLink(), sessions=DebugSessions(settings)
    )
    include_api(app)
    database.run_in_session(let_in)
    app.add_middleware(Guard)
    app.add_middleware(SameOrigin, settings=settings)
    yield app
    engine.dispose()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        yield client
