"""The composition root: the only place that joins settings, store, monitor, debug sessions, pages and API."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import core as nicegui_core
from nicegui import run as nicegui_run
from nicegui import ui

from core import database, sealing
from core.accounts.actor import Actor
from core.config import Settings
from core.connection_aborter import ConnectionAborter
from core.debugging.session import DebugSessions
from core.notifications.channels import Sender
from core.notifications.condition_watch import ConditionWatch
from core.notifications.dispatch import Dispatcher
from core.notifications.incident_ends import IncidentEnder
from core.notifications.status_mailer import StatusMailer
from core.sealing import Sealer
from core.services import WebsiteCRUD, older_store, sealed
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
from dashboard.web import acknowledge_link, login, nicegui_log_filter, nicegui_speedups, oidc_login, socket_messages
from dashboard.web.compression import Compression
from dashboard.web.middleware import add_middleware

if TYPE_CHECKING:
    from core.accounts.oidc import Provider


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
        setup_code=None if settings.is_loopback else secrets.token_hex(8),
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
    nicegui_run.process_pool_start_method = "fork"  # nothing uses the pool; Python 3.14 would start a process for it
    socket_messages.install()
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
    nicegui_core.sio.eio.cors_allowed_origins = []  # no CORS headers; `SameOrigin` refuses others
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
