"""Gives all facts of a session times on one monotonic clock, which is aligned with UTC once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import monotonic_ms, utc_now
from core.debugging.cdp.connection import CdpError, CdpSession

TRIES = 3  # the quickest answer is the most precise; each try costs about a millisecond


@dataclass(slots=True, kw_only=True)
class TimeAxis:
    """Converts times of the browser's clocks into ms after the session's start; start it before recording."""

    started_at: datetime = field(default_factory=utc_now)
    """The session's start in UTC, by our clock."""
    origin: float = 0.0
    """The same instant on the browser's monotonic clock, in seconds."""
    wall_origin: float = 0.0
    """The same instant on the browser's wall clock, in seconds since 1970; a remote browser's clock may be wrong."""
    own_origin_ms: float = field(default_factory=monotonic_ms)
    """The same instant on our own monotonic clock."""

    def start(self, *, origin: float = 0.0, ago_ms: float = 0.0) -> None:
        """Set the session's start to *ago_ms* ago, when the browser's monotonic clock showed *origin* seconds."""
        self.started_at = utc_now() - timedelta(milliseconds=ago_ms)
        self.origin = origin
        self.wall_origin = self.started_at.timestamp()
        self.own_origin_ms = monotonic_ms() - ago_ms

    async def start_with(self, session: CdpSession) -> None:
        """Set the session's start to now, and read the monotonic clock of the browser behind *session*.

        Raises:
            CdpError: The page is gone.
        """
        await session.send("Performance.enable", {"timeDomain": "timeTicks"})
        quickest_ms = float("inf")
        for _ in range(TRIES):
            asked_ms = monotonic_ms()
            metrics = (await session.send("Performance.getMetrics"))["metrics"]
            took_ms = monotonic_ms() - asked_ms
            stamp = next((metric["value"] for metric in metrics if metric["name"] == "Timestamp"), None)
            if stamp is None:
                raise CdpError("The browser does not tell its clock.")
            if took_ms < quickest_ms:
                quickest_ms = took_ms
                self.start(origin=stamp, ago_ms=took_ms / 2)
        session.post("Performance.disable")

    def correct_wall(self, *, monotonic: float, wall: float) -> None:
        """Align the browser's wall clock with its monotonic one, from readings of both at one instant."""
        self.wall_origin = wall - (monotonic - self.origin)

    def offset_ms(self, monotonic: float) -> float:
        """Convert an instant on the browser's monotonic clock to ms after the start."""
        return round((monotonic - self.origin) * 1000, 3)

    def monotonic(self, offset_ms: float) -> float:
        """Convert ms after the start to an instant on the browser's monotonic clock."""
        return self.origin + offset_ms / 1000

    def wall_offset_ms(self, seconds: float) -> float:
        """Convert an instant on the browser's wall clock to ms after the start."""
        return round((seconds - self.wall_origin) * 1000, 3)

    def moment(self, offset_ms: float) -> datetime:
        """Convert ms after the start to an instant in UTC."""
        return self.started_at + timedelta(milliseconds=offset_ms)

    def now_ms(self) -> float:
        """Return the current time in ms after the start, by our own monotonic clock."""
        return monotonic_ms() - self.own_origin_ms
