"""The composition root: the only place that joins settings, store, monitor, debug sessions, pages and API."""

import asyncio
import gc
import secrets
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import core as nicegui_core
from nicegui import ui

from core import database, sealing
from core.accounts.actor import Actor
from core.addresses import bracketed
from core.config import Settings
from core.connection_aborter import ConnectionAborter
from core.database import in_session
from core.debugging.session import DebugSessions
from core.errors import CannotServe
from core.notifications.channels import Sender
from core.notifications.condition_watch import ConditionWatch
from core.notifications.dispatch import Dispatcher
from core.notifications.incident_ends import IncidentEnder
from core.notifications.status_mailer import StatusMailer
from core.sealing import Sealer
from core.services import UserCRUD, WebsiteCRUD, older_store, sealed
from core.upgrading import upgrade_apart
from core.workers import otlp
from core.workers.bridge import Bridge
from core.workers.disk_reserve import DiskReserve
from core.workers.evidence import EvidenceWorker
from core.workers.follower import Follower
from core.workers.forked_monitor import ForkedMonitor
from core.workers.housekeeping import Housekeeping, Keeps
from core.workers.leased_monitor import LeasedMonitor
from core.workers.monitor_link import MonitorLink
from core.workers.monitor_process import MonitorProcess
from core.workers.partitions import PartitionMaker
from core.workers.store_bus import bus_of
from core.workers.worker import make_leased_monitor
from dashboard import frame, theme
from dashboard.actions.notifications import links
from dashboard.api import include_api
from dashboard.pages import register_pages
from dashboard.reports.monthly_mailer import MonthlyMailer
from dashboard.runtime import Runtime
from dashboard.status import badges, public
from dashboard.web import acknowledge_link, login, nicegui_log_filter, nicegui_speedups, oidc_login
from dashboard.web.compression import Compression
from dashboard.web.limited_http import LimitedHttp
from dashboard.web.middleware import add_middleware
from dashboard.web.path_prefix import PathPrefix

if TYPE_CHECKING:
    from core.accounts.oidc import Provider


GC_THRESHOLD = 5_000  # new objects between two garbage collections; a page makes 20,000 and frees them much later
GRACE_SECONDS = 5  # for open connections at a stop; every open page has one


def create_app(
    settings: Settings,
    *,
    everybody: Actor | None = None,
    is_monitor_apart: bool = False,
    forked: ForkedMonitor | None = None,
) -> FastAPI:
    """Migrate the store and return the application. The application starts and stops its own parts.

    Args:
        settings: The settings, as read from the environment.
        everybody: The actor of requests that are not signed in. Only the demo gives one: its store is public.
        is_monitor_apart: Check websites in a separate process, so that the dashboard's work does not distort timings.
        forked: That process, if it was forked already and waits for its settings.

    Raises:
        StoreError: The store cannot be used.
    """
    DiskReserve(settings.data_dir).make_room()
    engine = database.make_engine(settings.store_url)
    connection_aborter = ConnectionAborter(engine)
    upgrade_apart(engine)
    database.bind(engine)
    sealing.use(sealed.sealer_of(settings, engine))
    database.run_in_session(WebsiteCRUD.check_key)
    older_store.learn_known_time()
    post = bus_of(engine, "dashboard")
    runtime = Runtime(
        settings=settings,
        engine=engine,
        monitor=MonitorLink(is_reached=lambda: post.is_open),
        sessions=DebugSessions(settings),
        oidc=_provider(settings),
        setup_code=None if settings.is_loopback else secrets.token_hex(4),
    )
    app = FastAPI(title="Watchwright", lifespan=_lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.runtime = runtime
    app.state.connection_aborter = connection_aborter
    app.state.bridge = bridge = Bridge(post)
    app.state.follower = Follower(engine, bridge.repeat, is_told=lambda: post.is_open)
    app.state.monitor = _monitor(runtime, is_apart=is_monitor_apart, forked=forked)
    frame.set_trouble_source(lambda: runtime.trouble)
    for part in (login, oidc_login, acknowledge_link, public, badges):
        app.router.routes += part.router.routes  # include_router would copy each route at the first request
    include_api(app)
    nicegui_app.add_static_files("/static", theme.STATIC)
    nicegui_app.add_middleware(Compression)
    nicegui_speedups.install()
    nicegui_log_filter.install()
    register_pages(runtime)
    ui.run_with(
        app,
        title="Watchwright",
        language="en-US",  # also sets the document's lang, which screen readers need
        favicon=theme.STATIC / "favicon.svg",
        dark=None,
        tailwind=False,
        reconnect_timeout=30,
        gzip_middleware_factory=None,  # NiceGUI would leave it out in tests
        show_welcome_message=False,
    )
    add_middleware(app, settings, everybody)
    nicegui_core.sio.eio.cors_allowed_origins = []  # refuse other origins: NiceGUI allows all
    return app


def _provider(settings: Settings) -> "Provider | None":
    if settings.oidc_issuer is None:
        return None
    from core.accounts.oidc import Provider  # late: imports cryptography and an HTTP client, 15 MB

    return Provider.of(settings)


def _monitor(
    runtime: Runtime, *, is_apart: bool, forked: ForkedMonitor | None
) -> LeasedMonitor | MonitorProcess | None:
    """Return the part that checks websites; None if the settings leave that to workers."""
    settings = runtime.settings
    if not settings.monitor:
        return None
    if is_apart:
        return MonitorProcess(settings, fell=runtime.monitor.fell, first=forked)
    return make_leased_monitor(settings, runtime.engine)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    runtime: Runtime = app.state.runtime
    await runtime.sessions.recover()
    async with AsyncExitStack() as ending:
        ending.push_async_callback(asyncio.to_thread, otlp.start(runtime.settings, "serve"))
        ending.callback(runtime.engine.dispose)
        keeps = Keeps.of(runtime.settings)
        is_on_postgresql = runtime.engine.dialect.name == "postgresql"
        on_postgresql = (PartitionMaker(keeps.checks), runtime.regions) if is_on_postgresql else ()
        for part in (app.state.bridge, app.state.follower, runtime.monitor, app.state.monitor, *on_postgresql):
            if part is not None:
                await part.start()
                ending.push_async_callback(part.stop)
        ending.push_async_callback(runtime.sessions.close)
        for sending in _senders(runtime.settings):
            await sending.start()
            ending.push_async_callback(sending.stop)
        evidence = EvidenceWorker(runtime.settings, runtime.sessions)
        await evidence.start()
        ending.push_async_callback(evidence.stop)
        housekeeping = Housekeeping(keeps)
        housekeeping.start()
        ending.push_async_callback(housekeeping.stop)
        yield


def _senders(settings: Settings) -> tuple[Dispatcher, IncidentEnder, StatusMailer, MonthlyMailer, ConditionWatch]:
    sealer, addresses = Sealer.of(settings), links(settings)
    send = Sender(settings.address_policy.refusal)
    mailers = StatusMailer(sealer, addresses, send.deliver), MonthlyMailer(sealer, send.deliver)
    confirms_faults = bool(settings.baseline_hours and settings.auto_sessions_per_hour)
    dispatcher = Dispatcher(sealer, addresses, send, confirms_faults=confirms_faults)
    return dispatcher, IncidentEnder(sealer, send), *mailers, ConditionWatch()


def serve(settings: Settings, *, everybody: Actor | None = None, forked: ForkedMonitor | None = None) -> None:
    """Serve until SIGTERM or SIGINT; checks and debug sessions are ended before it returns.

    Args:
        settings: What was read from the environment.
        everybody: As for `create_app`.
        forked: As for `create_app`.

    Raises:
        CannotServe: The port is taken, or the address is not this machine's.
        StoreError: The store cannot be used.
    """
    listener = listen(settings.host, settings.port)
    with listener:
        app = create_app(settings, everybody=everybody, is_monitor_apart=True, forked=forked)
        path = urlsplit(settings.public_url or "").path
        config = uvicorn.Config(
            PathPrefix(app, path),
            http=LimitedHttp,
            lifespan="on",  # by default, an error in middleware would serve pages without anything started behind them
            log_config=None,
            access_log=False,
            date_header=False,  # `SecurityHeaders` sets it; uvicorn would wake up every second to update its own
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=True,
            forwarded_allow_ips=",".join(sorted(settings.trusted_proxies)),
            root_path=path,
        )
        _Server(config, app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Prints the address once it accepts connections, and drains before it stops."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._runtime: Runtime = app.state.runtime
        self._connection_aborter: ConnectionAborter = app.state.connection_aborter
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_signalled = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at SIGTERM and SIGINT with exit code 0. uvicorn would raise the signal again at the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop after the drain period, in which a load balancer can notice. A second signal stops at once."""
        seconds = self._runtime.settings.drain_seconds
        if seconds and self._loop is not None and not self._runtime.ending.is_set():
            self._runtime.ending.set()
            self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._end, sig, frame)
        else:
            self._end(sig, frame)

    def _end(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._connection_aborter.abort_if_unresponsive()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._is_signalled.set)

    async def main_loop(self) -> None:
        """Wait for a signal. uvicorn polls for one ten times a second."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):  # at 0, it also sets the default headers of responses
            await self._is_signalled.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Watchwright is running at {self._runtime.settings.local_url} (Ctrl+C to stop)", flush=True)
            # A daemon thread: a stop right after the start does not wait for it.
            threading.Thread(target=_tune_garbage_collection, daemon=True, name="garbage-collection").start()
            code = self._runtime.setup_code
            if code and not await in_session(UserCRUD.are_there):
                print(f"To create the administrator account, use the code {code}", flush=True)


def _tune_garbage_collection() -> None:
    """Collect garbage once after the start, so that no request waits for it."""
    gc.collect()
    gc.set_threshold(GC_THRESHOLD, 10, 10)
    gc.freeze()  # imported objects stay; without this a full collection delays a page by 0.2 s now and then


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on *host*. With port 0 the system chooses the port.

    Raises:
        CannotServe: The port is taken, or the address is not this machine's.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        raise CannotServe(
            f"Cannot listen on {bracketed(host)}:{port}: {error.strerror or error}. "
            "Choose another port with WATCHWRIGHT_PORT, or stop the process that uses this one."
        ) from error
