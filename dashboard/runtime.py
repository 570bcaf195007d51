"""The parts of the running application, as `dashboard.app` creates them and pages and API use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from core.database import store_file
from core.owned_files import path_exists
from core.workers.region_watch import RegionWatch

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.requests import HTTPConnection

    from core.accounts.oidc import Provider
    from core.config import Settings
    from core.debugging.session import DebugSessions
    from core.workers.monitor_link import MonitorLink

STORE_GONE = (
    "The database file has been moved or deleted, so no website is checked. Put it back, or restart Watchwright to use "
    "an empty database."
)
"""Shown when the store's file is missing. The monitor's sockets are in its folder, so both may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The parts of one running application. Only `dashboard.app` starts and stops them."""

    settings: Settings
    engine: Engine
    monitor: MonitorLink
    sessions: DebugSessions
    regions: RegionWatch = field(default_factory=RegionWatch)
    oidc: Provider | None = None
    """The OpenID Connect provider; None where people sign in by password only."""
    ending: Event = field(default_factory=Event)
    """Set when the server is about to stop; `/readyz` then answers that it is not ready."""
    setup_code: str | None = None
    """The code needed to create the first account, where the server listens beyond loopback; else None."""

    @staticmethod
    def of(request: HTTPConnection) -> Runtime:
        """Return the runtime of the application that received *request*."""
        runtime: Runtime = request.app.state.runtime
        return runtime

    @property
    def trouble(self) -> str | None:
        """What is wrong with checking websites, as a line for every page; None when nothing is."""
        file = store_file(self.engine.url)
        is_gone = file is not None and not self.monitor.checking and not path_exists(file)
        return " ".join(filter(None, (STORE_GONE if is_gone else self.monitor.trouble, self.regions.trouble))) or None
