"""Exports the exchanges of a session as CSV (RFC 4180), with the columns of the waterfall's export. Pure."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from core.debugging.waterfall import PHASE_NAMES, Exchange
from core.models import NetworkEventType

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet treats text that starts with one of these as a formula; `cell` puts an apostrophe before it.

Some spreadsheets also take the full-width forms of these characters, which come last.
"""

_WITHOUT_STATUS = {
    NetworkEventType.REQUEST: "pending",
    NetworkEventType.ERROR: "failed",
    NetworkEventType.TIMEOUT: "timeout",
}

FIELDS: dict[str, Callable[[Exchange], Any]] = {
    "url": lambda exchange: exchange.url,
    "method": lambda exchange: exchange.method,
    "status": lambda exchange: exchange.status_code or _WITHOUT_STATUS.get(exchange.outcome, ""),
    "type": lambda exchange: exchange.resource_type,
    "protocol": lambda exchange: exchange.protocol,
    "mime_type": lambda exchange: exchange.mime_type,
    "started_ms": lambda exchange: _tenths(exchange.started_ms),
    "duration_ms": lambda exchange: _tenths(exchange.duration_ms),
    "transferred_bytes": lambda exchange: exchange.encoded_bytes,
    "decoded_bytes": lambda exchange: exchange.decoded_bytes,
    "from_cache": lambda exchange: exchange.from_cache,
    "priority": lambda exchange: exchange.priority,
    "remote_address": lambda exchange: exchange.remote_address,
    "error": lambda exchange: exchange.error_message,
}


def to_csv(exchanges: Iterable[Exchange]) -> str:
    """Return a header line and one line for each of *exchanges*."""
    text = io.StringIO()
    writer = csv.writer(text)  # the default dialect ends lines with CRLF, as RFC 4180 requires
    writer.writerow([*FIELDS, *PHASE_NAMES])
    for exchange in exchanges:
        phases = (_tenths(getattr(exchange.phases, name)) for name in PHASE_NAMES)
        writer.writerow([*(cell(read(exchange)) for read in FIELDS.values()), *phases])
    return text.getvalue()


def cell(value: Any) -> Any:
    """Return *value*, with an apostrophe before text that a spreadsheet would treat as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS_FORMULA) else value


def _tenths(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 1)
