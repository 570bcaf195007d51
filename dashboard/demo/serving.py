"""Serves the demo: its site, then Watchwright on a store of its own with generated history."""

import argparse
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic, sleep

import httpx
import uvicorn

from core import database, sealing
from core.accounts.actor import Actor, Permission
from core.clock import utc_now
from core.config import Settings
from core.errors import WatchwrightError
from dashboard.demo.cast import DAYS
from dashboard.demo.history import fill
from dashboard.demo.site import Deploy, make_site
from dashboard.demo.staff import add_staff
from dashboard.server import listen, serve

SHOWN_WEBSITES = ("Storefront", "Payments API", "Dashboard", "Legacy SOAP", "Checkout")
"""Websites that get a debug session at the start; the last one becomes the newest."""
ROLLED_BACK_SECONDS = 90
"""From the bad deploy to its rollback: long enough for checks, evidence and a reader."""
VISITOR = Actor(name="visitor", permissions=frozenset(Permission))
"""The actor of every request: the store is created at each start, and only this machine can reach it."""
READY_SECONDS = 60
SESSION_SECONDS = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal; return the exit code. The command takes no *arguments* but --help."""
    description = (
        "Serves demo data, separate from your own database. Configure it with settings such as WATCHWRIGHT_PORT."
    )
    argparse.ArgumentParser(prog="python -m dashboard.demo", description=description).parse_args(arguments)
    try:
        settings = _demo_settings(Settings.load())
        with listen("127.0.0.1", 0) as listener:
            deploy = Deploy()
            site = uvicorn.Server(uvicorn.Config(make_site(deploy), log_config=None, access_log=False))
            threading.Thread(target=site.run, kwargs={"sockets": [listener]}, daemon=True, name="demo site").start()
            _make_store(settings, port=listener.getsockname()[1])
            threading.Thread(target=_start_sessions, args=[settings, deploy], daemon=True, name="demo sessions").start()
            serve(settings, everybody=VISITOR)
    except WatchwrightError as error:
        print(f"watchwright: {error}", file=sys.stderr)
        return 3
    return 0


def _demo_settings(settings: Settings) -> Settings:
    """Return the settings with the demo's own folder and store, so that no real store is touched."""
    days = DAYS + 1  # keep the whole history
    retention = {"retention_checks_days": days, "retention_sessions_days": days}
    return settings.model_copy(update={"data_dir": settings.data_dir / "demo", "database_url": "", **retention})


def _make_store(settings: Settings, *, port: int) -> None:
    print("Making 90 days of history for 24 websites …", flush=True)
    shutil.rmtree(settings.data_dir, ignore_errors=True)  # an earlier demo's site had another port
    engine = database.make_engine(settings.store_url)
    sealer = sealing.Sealer.of(settings)
    sealing.use(sealer)
    database.upgrade(engine)
    database.bind(engine)
    now = utc_now()
    database.run_in_session(fill, now=now, port=port)
    database.run_in_session(add_staff, now=now, port=port, sealer=sealer)
    engine.dispose()


def _start_sessions(settings: Settings, deploy: Deploy) -> None:
    """Start debug sessions through the API, then break a website. Without a browser, only break it."""
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=10, trust_env=False) as client,
        suppress(httpx.HTTPError, KeyError),
    ):
        _wait_until(lambda: client.get("/readyz").is_success, READY_SECONDS)
        websites = client.get("/api/v1/websites", params={"page_size": 100}).json()["items"]
        ids = {website["name"]: website["id"] for website in websites}
        for name in SHOWN_WEBSITES:
            answer = client.post("/api/v1/debug-sessions", json={"website_id": ids[name]}).raise_for_status().json()
            address = f"/api/v1/debug-sessions/{answer['id']}"
            _wait_until(partial(_has_ended, client, address), SESSION_SECONDS)
    deploy.go_live()
    sleep(ROLLED_BACK_SECONDS)
    deploy.roll_back()


def _has_ended(client: httpx.Client, address: str) -> bool:
    return client.get(address).json()["completed_at"] is not None


def _wait_until(holds: Callable[[], object], seconds: float) -> None:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        with suppress(httpx.TransportError):
            if holds():
                return
        sleep(0.2)
