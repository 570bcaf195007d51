"""Aggregates the checks of a span. Pure; `core.models.rollup` documents the columns."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from core.models import MonitorStatus
from core.services import sketch as sketches
from core.services.sketch import Sketch


class Measured(NamedTuple):
    """The columns of a stored check that are aggregated."""

    website_id: int
    checked_at: Any
    status: MonitorStatus
    http_status_code: int | None
    response_time_ms: float | None
    dns_time_ms: float | None
    connect_time_ms: float | None
    tls_time_ms: float | None
    ttfb_ms: float | None
    download_time_ms: float | None


@dataclass(slots=True, kw_only=True)
class Tally:
    """The values of a row of `core.models.rollup.Rollup`, to which checks and rows can be added."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    unknown: int = 0
    answered: int = 0
    response_ms: float = 0.0
    fastest_ms: float | None = None
    slowest_ms: float | None = None
    dns_ms: float = 0.0
    dns_checks: int = 0
    connect_ms: float = 0.0
    connect_checks: int = 0
    tls_ms: float = 0.0
    tls_checks: int = 0
    ttfb_ms: float = 0.0
    ttfb_checks: int = 0
    download_ms: float = 0.0
    download_checks: int = 0
    sketch: Sketch = field(default_factory=Counter)

    @property
    def checks(self) -> int:
        """The number of checks."""
        return self.up + self.degraded + self.down + self.unknown

    def add(self, check: Measured) -> None:
        """Add a check."""
        _, _, status, code, response, dns, connect, tls, ttfb, download = check
        if status == MonitorStatus.UP:
            self.up += 1
        elif status == MonitorStatus.DOWN:
            self.down += 1
        elif status == MonitorStatus.DEGRADED:
            self.degraded += 1
        else:
            self.unknown += 1
        if code is None or response is None:
            return
        self.answered += 1
        self.response_ms += response
        self.fastest_ms = response if self.fastest_ms is None else min(self.fastest_ms, response)
        self.slowest_ms = response if self.slowest_ms is None else max(self.slowest_ms, response)
        sketches.note(self.sketch, response)
        if dns is not None:
            self.dns_ms, self.dns_checks = self.dns_ms + dns, self.dns_checks + 1
        if connect is not None:
            self.connect_ms, self.connect_checks = self.connect_ms + connect, self.connect_checks + 1
        if tls is not None:
            self.tls_ms, self.tls_checks = self.tls_ms + tls, self.tls_checks + 1
        if ttfb is not None:
            self.ttfb_ms, self.ttfb_checks = self.ttfb_ms + ttfb, self.ttfb_checks + 1
        if download is not None:
            self.download_ms, self.download_checks = self.download_ms + download, self.download_checks + 1

    def merge(self, row: Mapping[Any, Any]) -> None:
        """Add a stored row; a row without a sketch adds none."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + row[name])
        self.fastest_ms = _of_both(min, self.fastest_ms, row["fastest_ms"])
        self.slowest_ms = _of_both(max, self.slowest_ms, row["slowest_ms"])
        if "sketch" in row:
            sketches.add(self.sketch, row["sketch"])

    def quantile(self, share: float) -> float | None:
        """Return the response time that *share* of the answered checks did not exceed; None without answers."""
        value = sketches.quantile(self.sketch, share)
        if value is None or self.fastest_ms is None or self.slowest_ms is None:
            return None
        return min(max(value, self.fastest_ms), self.slowest_ms)  # exact for a single value

    def row(self) -> dict[str, Any]:
        """Return the columns to store."""
        return {name: getattr(self, name) for name in PLAIN} | {"sketch": sketches.pack(self.sketch)}


PLAIN = tuple(field.name for field in fields(Tally) if field.name != "sketch")
SUMS = tuple(name for name in PLAIN if name not in ("fastest_ms", "slowest_ms"))
"""The columns that are summed when two spans are merged."""


def _of_both(choose: Any, one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    chosen: float = choose(one, other)
    return chosen
