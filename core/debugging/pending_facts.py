"""Collects changes of a session's exchanges and decides when to write them to the store. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.debugging.exchange_record import ExchangeRecord, end_values, request_values
from core.debugging.recorded_facts import Fact, FactKey
from core.debugging.time_axis import TimeAxis

RESPONSE_WAIT_MS = 400.0  # a response is written without its body after this time
UPDATE_WAIT_MS = 200.0  # an update of a stored request waits so long for the response, to save a write

IDENTITY = ("exchange_id", "event_type", "url", "timestamp")  # every changed fact contains these fields
PAYLOADS = ("request_payload", "response_payload")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    record: ExchangeRecord
    since_ms: float
    """When the first unwritten change happened, in ms after the session's start."""


class PendingFacts:
    """The unwritten changes of one session; true while there are any."""

    def __init__(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._changes: dict[str, _Change] = {}
        self._taken = TakenRows()

    def __bool__(self) -> bool:
        return bool(self._changes)

    def mark(self, record: ExchangeRecord) -> None:
        """Note that *record* has changed."""
        self._changes.setdefault(record.exchange_id, _Change(record=record, since_ms=self._axis.now_ms()))

    def take(self, *, is_recording: bool) -> list[Fact]:
        """Return the facts to write now: new events first, and each request before its end.

        Args:
            is_recording: Whether open exchanges may still change, so that waiting can save writes.
        """
        changes, self._changes = self._changes, {}
        now_ms = self._axis.now_ms()
        facts: list[Fact] = []
        for change in changes.values():
            facts += self._due(change, may_wait=is_recording and self._comes_soon(change, now_ms))
        return sorted(facts, key=lambda fact: not fact.is_new)

    def _due(self, change: _Change, *, may_wait: bool) -> Iterator[Fact]:
        record = change.record
        asked, ended = (FactKey(record.exchange_id, is_end=is_end) for is_end in (False, True))
        is_new = asked not in self._taken
        if is_new or not may_wait:
            yield from self._taken.changes(asked, request_values(record, self._axis))
            record.request_payload = None  # the fact holds it now; free the memory
        is_all_taken = is_new and record.outcome is None
        if may_wait and not is_all_taken:
            self._changes[record.exchange_id] = change
        elif record.outcome is not None:
            yield from self._taken.changes(ended, end_values(record, self._axis))
            record.payload = None

    def _comes_soon(self, change: _Change, now_ms: float) -> bool:
        """Whether further changes are expected so soon that one write can cover them."""
        record = change.record
        if not record.is_open:
            return False
        if record.answered_at is not None:
            return self._axis.offset_ms(record.answered_at) > now_ms - RESPONSE_WAIT_MS
        return change.since_ms > now_ms - UPDATE_WAIT_MS


class TakenRows:
    """Remembers the taken values of each row, except payloads, so that later facts contain only changes."""

    def __init__(self) -> None:
        self._values: dict[FactKey, dict[str, Any]] = {}

    def __contains__(self, key: FactKey) -> bool:
        return key in self._values

    def changes(self, key: FactKey, values: dict[str, Any]) -> Iterator[Fact]:
        """Yield a fact with those *values* that are new or changed, if any. Keeps *values*: do not reuse the dict."""
        payloads = {name: values.pop(name) for name in PAYLOADS if name in values}
        before = self._values.get(key)
        if before == values and not payloads:
            return
        self._values[key] = values
        if before is None:
            yield Fact(key=key, values=values | payloads, is_new=True)
            return
        changes = {name: value for name, value in values.items() if before.get(name) != value}
        yield Fact(key=key, values={name: values[name] for name in IDENTITY} | changes | payloads, is_new=False)
