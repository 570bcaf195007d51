"""What the running application is made of, as `dashboard.app` joined it and hands it to pages and API."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from core.database import store_file
from core.own_files import is_there
from core.workers.region_watch import RegionWatch

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.requests import HTTPConnection

    from core.accounts.oidc import Provider
    from core.config import Settings
    from core.debugging.session import DebugSessions
    from core.workers.monitor_link import MonitorLink

STORE_GONE = (
    "The store's file is not where it was, so that no website is checked. "
    "Put it back, or restart Watchwright to go on with an empty store."
)
"""With its folder, by whose sockets the monitor is heard, the file may be away too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Each part is started and ended by `dashboard.app` alone."""

    settings: Settings
    engine: Engine
    monitor: MonitorLink
    sessions: DebugSessions
    regions: RegionWatch = field(default_factory=RegionWatch)
    oidc: Provider | None = None
    """Who vouches for people beside passwords."""
    ending: Event = field(default_factory=Event)
    """Set once this is to end soon: nobody new had better be sent here."""
    setup_code: str | None = None
    """What creating the first account asks for where the server listens beyond loopback."""

    @staticmethod
    def of(request: HTTPConnection) -> Runtime:
        """The one of the application to which *request* came."""
        runtime: Runtime = request.app.state.runtime
        return runtime

    @property
    def trouble(self) -> str | None:
        """What every page says in a line: what is wrong with the checking of websites; None when all is well."""
        file = store_file(self.engine.url)
        is_gone = file is not None and not self.monitor.checking and not is_there(file)
        return " ".join(filter(None, (STORE_GONE if is_gone else self.monitor.trouble, self.regions.trouble))) or None
