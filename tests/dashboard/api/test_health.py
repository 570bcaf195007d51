"""/healthz and /readyz."""

from dataclasses import replace

import httpx
from fastapi import FastAPI

from core import database
from core.services.fleet_state import FleetState, Waiting
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
    assert behind.json()["detail"] == f"The store is at revision 001, this version needs {database.latest_revision()}."


async def test_only_signed_in_readers_learn_the_stores_address(client: httpx.AsyncClient, app: FastAPI) -> None:
    away = database.make_engine("postgresql+psycopg://somebody@127.0.0.1:1/watch")
    app.state.runtime = replace(app.state.runtime, engine=away)
    person = await client.get("/readyz")
    del client.headers["Authorization"]
    stranger = await client.get("/readyz")

    assert (person.status_code, stranger.status_code) == (503, 503)
    assert "somebody" in person.json()["detail"]
    assert stranger.json()["detail"] == "The database is unavailable. See the server log."
