"""One monotonic clock for all that a session records, tied once to UTC."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import monotonic_ms, utc_now
from core.debugging.cdp.connection import CdpError, CdpSession

TRIES = 3  # the quickest answer is the most exact; a second or third try costs a millisecond each


@dataclass(slots=True, kw_only=True)
class TimeAxis:
    """Turns the browser's clocks into ms after the session's start."""

    started_at: datetime
    """The session's start in UTC, by our clock."""
    origin: float
    """The same instant on the browser's monotonic clock, in seconds."""
    wall_origin: float
    """… and on the browser's wall clock, in seconds since 1970: a remote browser's may be wrong."""
    own_origin_ms: float = field(default_factory=monotonic_ms)
    """… and on our own monotonic clock."""

    @classmethod
    async def tie(cls, session: CdpSession) -> "TimeAxis":
        """Ask the browser for its clocks; the axis starts now.

        Raises:
            CdpError: The page is gone.
        """
        await session.send("Performance.enable", {"timeDomain": "timeTicks"})
        best: tuple[float, TimeAxis] | None = None
        for _ in range(TRIES):
            asked = monotonic_ms()
            metrics = (await session.send("Performance.getMetrics"))["metrics"]
            took_ms = monotonic_ms() - asked
            stamp = next((metric["value"] for metric in metrics if metric["name"] == "Timestamp"), None)
            if stamp is None:
                raise CdpError("The browser does not tell its clock.")
            if best is None or took_ms < best[0]:
                moment = utc_now() - timedelta(milliseconds=took_ms / 2)
                axis = cls(
                    started_at=moment,
                    origin=stamp,
                    wall_origin=moment.timestamp(),
                    own_origin_ms=asked + took_ms / 2,
                )
                best = (took_ms, axis)
        session.post("Performance.disable")
        assert best is not None
        return best[1]

    def correct_wall(self, *, monotonic: float, wall: float) -> None:
        """Take a pair of the browser's own readings of one instant, as a request has them."""
        self.wall_origin = wall - (monotonic - self.origin)

    def offset_ms(self, monotonic: float) -> float:
        """An instant on the browser's monotonic clock, in ms after the start."""
        return round((monotonic - self.origin) * 1000, 3)

    def wall_offset_ms(self, seconds: float) -> float:
        """An instant on the browser's wall clock, in ms after the start."""
        return round((seconds - self.wall_origin) * 1000, 3)

    def moment(self, offset_ms: float) -> datetime:
        """The UTC instant that lies *offset_ms* after the start."""
        return self.started_at + timedelta(milliseconds=offset_ms)

    def now_ms(self) -> float:
        """Now, in ms after the start, by our own monotonic clock."""
        return monotonic_ms() - self.own_origin_ms
