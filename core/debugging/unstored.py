"""What is known of a session's exchanges and not handed on to the store yet, and when it is worth a write. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.debugging.exchange_record import ExchangeRecord, end_values, request_values
from core.debugging.recorded_facts import Fact, FactKey
from core.debugging.time_axis import TimeAxis

ANSWER_AGE_MS = 400.0  # an answer whose body has not come after this long is shown without
UPDATE_AGE_MS = 200.0  # what is new of a request that is stored waits so long for its answer: one write for both

IDENTITY = ("exchange_id", "event_type", "url", "timestamp")  # a change says what it is a change of
PAYLOADS = ("request_payload", "response_payload")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    record: ExchangeRecord
    since_ms: float
    """When the first of what is new came, ms after the session's start."""


class Unstored:
    """Of one session. It is true while something waits to be taken."""

    def __init__(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._changes: dict[str, _Change] = {}
        self._given = Given()

    def __bool__(self) -> bool:
        return bool(self._changes)

    def mark(self, record: ExchangeRecord) -> None:
        """Something is new of *record*."""
        self._changes.setdefault(record.exchange_id, _Change(record=record, since_ms=self._axis.now_ms()))

    def take(self, *, is_recording: bool) -> list[Fact]:
        """What is due: first what a page does not show yet, requests before their answers.

        Args:
            is_recording: Whether more may come of open exchanges, so that it is worth waiting for.
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
        is_new = asked not in self._given
        if is_new or not may_wait:
            yield from self._given.news(asked, request_values(record, self._axis))
            record.request_payload = None  # on its way to the store; memory is for what is not
        is_all_given = is_new and record.outcome is None
        if may_wait and not is_all_given:
            self._changes[record.exchange_id] = change
        elif record.outcome is not None:
            yield from self._given.news(ended, end_values(record, self._axis))
            record.payload = None

    def _comes_soon(self, change: _Change, now_ms: float) -> bool:
        """Whether more comes so soon that it is better written with what there is now."""
        record = change.record
        if not record.is_open:
            return False
        if record.answered_at is not None:
            return self._axis.offset_ms(record.answered_at) > now_ms - ANSWER_AGE_MS
        return change.since_ms > now_ms - UPDATE_AGE_MS


class Given:
    """What has been handed on of each row, but for payloads, so that only what is new is handed on."""

    def __init__(self) -> None:
        self._values: dict[FactKey, dict[str, Any]] = {}

    def __contains__(self, key: FactKey) -> bool:
        return key in self._values

    def news(self, key: FactKey, values: dict[str, Any]) -> Iterator[Fact]:
        """The fact that *values*, which become ours, make; none when nothing of them is new."""
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
