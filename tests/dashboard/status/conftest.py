"""The public routes over a real SQLite store, requested without signing in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from core import database
from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.auth import Guard
from dashboard.runtime import Runtime
from dashboard.status import badges, public
from dashboard.status.cache import cache
from dashboard.status.domain import Domains, OwnDomain
from dashboard.web.origin import SameOrigin
from tests import sqlite


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    settings = Settings(public_url="https://watch.example.org")
    sqlite.new_store(tmp_path / "watchwright.sqlite3")
    engine = database.make_engine(settings.store_url)
    database.bind(engine)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.runtime = Runtime(
        settings=settings, engine=engine, monitor=MonitorLink(), sessions=DebugSessions(settings)
    )
    app.include_router(public.router)
    app.include_router(badges.router)
    domains = Domains()
    app.add_middleware(Guard)
    app.add_middleware(SameOrigin, settings=settings, others=domains)
    app.add_middleware(OwnDomain, domains=domains, is_ours=SameOrigin.names(settings))
    cache.forget()
    badges._cache.clear()
    yield app
    engine.dispose()


@pytest.fixture
async def anybody(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as client:
        yield client
