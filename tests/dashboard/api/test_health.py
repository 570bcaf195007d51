"""/healthz and /readyz."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from core import database, signals
from core.services.fleet_state import FleetState, Waiting
from core.workers.store_refusal import DISK_FULL
from tests.factories import NOON


async def test_a_running_process_is_alive(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}


async def test_it_is_ready_when_the_store_is_at_this_versions_revision(client: httpx.AsyncClient, app: FastAPI) -> None:
    ready = await client.get("/readyz")
    app.state.runtime.regions._silent = {"eu": NOON}
    app.state.runtime.regions.state = FleetState(waiting=Waiting(sessions=1, since=NOON, seconds=600))
    cut_off = await client.get("/readyz")
    app.state.runtime.ending.set()
    ending = await client.get("/readyz")
    app.state.runtime.ending.clear()
    database.downgrade(app.state.runtime.engine, "001")
    behind = await client.get("/readyz")

    assert (ready.status_code, ready.json()["revision"]) == (200, database.latest_revision())
    assert (cut_off.status_code, cut_off.json()["silent_regions"]) == (200, ["eu"])
    assert cut_off.json()["warnings"] == ["Sessions"]
    assert (ending.status_code, ending.json()["detail"]) == (503, "This dashboard is shutting down.")
    assert behind.status_code == 503
    needed = database.latest_revision()
    assert behind.json()["detail"] == f"The database is at revision 001, this version needs {needed}."


async def test_a_full_disk_is_a_warning_and_does_not_make_it_unready(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor = app.state.runtime.monitor
    await monitor.start()
    well = await client.get("/readyz")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))
    signals.monitor_reported.send(signals.MonitorReported(monitor="a", is_checking=True, trouble=DISK_FULL))
    full = await client.get("/readyz")
    await monitor.stop()

    assert "warnings" not in well.json()
    assert (full.status_code, full.json()["status"], full.json()["warnings"]) == (200, "ready", ["Checks", "Disk"])


async def test_only_signed_in_readers_learn_the_stores_address(client: httpx.AsyncClient, app: FastAPI) -> None:
    away = database.make_engine("postgresql+psycopg://somebody@127.0.0.1:1/watch")
    app.state.runtime = replace(app.state.runtime, engine=away)
    person = await client.get("/readyz")
    del client.headers["Authorization"]
    stranger = await client.get("/readyz")

    assert (person.status_code, stranger.status_code) == (503, 503)
    assert "somebody" in person.json()["detail"]
    assert stranger.json()["detail"] == "The database is unavailable. See the server log."
