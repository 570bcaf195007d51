"""Parts of a recorded session without a browser: an exchange, a page and a stopped clock."""

from typing import Any

from core.clock import utc_now
from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.time_axis import TimeAxis

ORIGIN = 1_000.0
"""Start of a session with a `StillAxis`, in seconds on the browser's monotonic clock."""


class StillAxis(TimeAxis):
    """A time axis that started at `ORIGIN`; a test sets its current time with `now`."""

    def __init__(self) -> None:
        super().__init__(started_at=utc_now(), origin=ORIGIN, wall_origin=0.0)
        self.now = 0.0

    def now_ms(self) -> float:
        return self.now


def make_exchange_record(**overrides: Any) -> ExchangeRecord:
    """Return the record of a GET request that a page has just sent."""
    given: dict[str, Any] = {"exchange_id": "7", "request_id": "7", "session": None, "url": "http://a.example/"}
    return ExchangeRecord(**(given | {"method": "GET", "asked_at": ORIGIN, "target": "page"} | overrides))


def make_target(kind: str = "page", target_id: str = "1") -> CdpSession:
    """Return a page, frame or worker of a browser that never answers."""
    return CdpSession(CdpConnection(lambda _data: None), kind, TargetInfo(id=target_id, type=kind))
