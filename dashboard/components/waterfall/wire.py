"""Encodes exchanges as compact batches for one browser. Each fact is sent once. Pure.

A batch is ``{"t": strings, "o": opened, "a": answered}``. Repeated strings (methods, types, hosts of initiators …)
are sent once in ``t`` and then referred to by their position, with 0 for none. Times are whole tenths of a
millisecond. -1 stands for an unknown number. ``view/model.js`` decodes batches.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from core.debugging.waterfall import PHASE_NAMES, Exchange
from core.models import NetworkEventType

Batch = dict[str, list[Any]]

FIRST_BATCH = 80  # rows, as part of the page: enough for a tall screen
LATER_BATCHES = 2_500  # rows, about 350 kB: small enough not to delay the socket's heartbeat

OUTCOMES = {
    NetworkEventType.REQUEST: 0,
    NetworkEventType.RESPONSE: 1,
    NetworkEventType.REDIRECT: 2,
    NetworkEventType.ERROR: 3,
    NetworkEventType.TIMEOUT: 4,
}


class Wire:
    """What one browser has received, and the next batches for it."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._ids: list[str] = []
        self._sent_hashes: dict[tuple[int, str], int] = {}

    def key_of(self, exchange_id: str) -> int:
        """Return the exchange's number for the browser, from 1. It never changes."""
        key = self._keys.get(exchange_id)
        if key is None:
            self._ids.append(exchange_id)
            key = self._keys[exchange_id] = len(self._ids)
        return key

    def exchange_id_of(self, key: int) -> str | None:
        """Return the exchange with a number; None if there is none."""
        return self._ids[key - 1] if 0 < key <= len(self._ids) else None

    def batches(self, exchanges: Iterable[Exchange]) -> Iterator[Batch]:
        """Yield what is new or changed in *exchanges* (possibly not all): a short batch first, then long ones."""
        remaining = iter(exchanges)
        size = LATER_BATCHES if self._ids else FIRST_BATCH
        while chunk := list(islice(remaining, size)):
            if batch := self._batch(chunk):
                yield batch
            size = LATER_BATCHES

    def _batch(self, exchanges: list[Exchange]) -> Batch | None:
        words_before = len(self._words)
        opened = [row for exchange in exchanges if (row := self._news("o", self._opened(exchange)))]
        answered = [
            row
            for exchange in exchanges
            if exchange.outcome is not NetworkEventType.REQUEST or exchange.status_code
            if (row := self._news("a", self._answered(exchange)))
        ]
        if not opened and not answered:
            return None
        batch: Batch = {"t": list(self._words)[words_before:], "o": opened, "a": answered}
        return {part: rows for part, rows in batch.items() if rows}

    def _news(self, part: str, row: list[Any]) -> list[Any] | None:
        """Return *row*, or None if the browser has it unchanged."""
        sent, now = self._sent_hashes.get((row[0], part)), hash(tuple(row))
        if sent == now:
            return None
        self._sent_hashes[row[0], part] = now
        return row

    def _opened(self, exchange: Exchange) -> list[Any]:
        return [
            self.key_of(exchange.exchange_id),
            exchange.url,
            self._word(exchange.method),
            self._word(exchange.resource_type),
            tenths(exchange.started_ms),
            self._word(exchange.priority),
            self._word(initiator_text(exchange.initiator)),
            self._word(exchange.target),
            self.key_of(exchange.redirected_from) if exchange.redirected_from else 0,
            self.key_of(exchange.preflight_for) if exchange.preflight_for else 0,
        ]

    def _answered(self, exchange: Exchange) -> list[Any]:
        phases = [tenths(getattr(exchange.phases, name)) for name in PHASE_NAMES]
        return [
            self.key_of(exchange.exchange_id),
            0 if exchange.duration_ms is None else OUTCOMES[exchange.outcome],
            exchange.status_code or 0,
            tenths(exchange.duration_ms),
            _count(exchange.encoded_bytes),
            _count(exchange.decoded_bytes),
            self._word(exchange.from_cache),
            self._word(exchange.mime_type),
            self._word(exchange.protocol),
            self._word(exchange.remote_address),
            self._word(exchange.error_message),
            *(phases if any(phase >= 0 for phase in phases) else ()),
        ]

    def _word(self, text: str | None) -> int:
        return self._words.setdefault(text, len(self._words) + 1) if text else 0


def tenths(milliseconds: float | None) -> int:
    """Return whole tenths of a millisecond; -1 for None."""
    return -1 if milliseconds is None else max(0, round(milliseconds * 10))


def initiator_text(initiator: dict[str, Any] | None) -> str | None:
    """Return ``type url:line`` of a CDP ``Network.Initiator``; a script's place is the top frame of its stack."""
    if not initiator:
        return None
    place = initiator if initiator.get("url") else (_top_frame(initiator.get("stack")) or {})
    url, line = place.get("url"), place.get("lineNumber")
    where = f" {url}" + (f":{int(line) + 1}" if line is not None else "") if url else ""
    return f"{initiator.get('type', 'other')}{where}"


def _top_frame(stack: Any) -> dict[str, Any] | None:
    while isinstance(stack, dict):
        for frame in stack.get("callFrames") or []:
            if frame.get("url"):
                return dict(frame)
        stack = stack.get("parent")
    return None


def _count(number: int | None) -> int:
    return -1 if number is None else number
