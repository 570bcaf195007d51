"""What the running application is made of, as `dashboard.app` joined it and hands it to pages and API."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from core.workers.region_watch import RegionWatch

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.accounts.oidc import Provider
    from core.config import Settings
    from core.debugging.session import DebugSessions
    from core.workers.monitor_link import MonitorLink


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

    @property
    def trouble(self) -> str | None:
        """What every page says in a line: what is wrong with the checking of websites; None when all is well."""
        return " ".join(filter(None, (self.monitor.trouble, self.regions.trouble))) or None
