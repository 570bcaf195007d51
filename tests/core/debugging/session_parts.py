"""Parts of a recorded session without a browser: an exchange, a page, and a clock that stands still."""

from typing import Any

from core.clock import utc_now
from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.time_axis import TimeAxis

ORIGIN = 1_000.0
"""When a session starts whose clock is a `StillAxis`, on the browser's monotonic clock in seconds."""


class StillAxis(TimeAxis):
    """Started at `ORIGIN`; its time is what a test sets `now` to."""

    def __init__(self) -> None:
        super().__init__(started_at=utc_now(), origin=ORIGIN, wall_origin=0.0)
        self.now = 0.0

    def now_ms(self) -> float:
        return self.now


def make_exchange_record(**overrides: Any) -> ExchangeRecord:
    """A page's GET that was just asked for."""
    given: dict[str, Any] = {"exchange_id": "7", "request_id": "7", "session": None, "url": "http://a.example/"}
    return ExchangeRecord(**(given | {"method": "GET", "asked_at": ORIGIN, "target": "page"} | overrides))


def make_target(kind: str = "page", target_id: str = "1") -> CdpSession:
    """A page, frame or worker of a browser that never answers."""
    return CdpSession(CdpConnection(lambda _data: None), kind, TargetInfo(id=target_id, type=kind))
