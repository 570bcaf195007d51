"""Exchanges as compact batches for one reader's browser: each fact crosses the socket once. Pure.

A batch is ``{"t": strings, "o": opened, "a": answered}``. Words that repeat (methods, types, hosts of
initiators …) are sent once in ``t`` and afterwards named by their position, 0 being "none". Times are
whole tenths of a millisecond, and -1 stands for a number that is not known. ``view/model.js`` reads it.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from core.debugging.waterfall import PHASE_NAMES, Exchange
from core.models import NetworkEventType

Batch = dict[str, list[Any]]

FIRST_BATCH = 80  # rows: a tall screen's worth, which goes with the page itself
LATER_BATCHES = 2_500  # rows: about 350 kB, far below what would hold up the socket's heartbeat


OUTCOMES = {
    NetworkEventType.REQUEST: 0,
    NetworkEventType.RESPONSE: 1,
    NetworkEventType.REDIRECT: 2,
    NetworkEventType.ERROR: 3,
    NetworkEventType.TIMEOUT: 4,
}


class Wire:
    """What one reader has been told, and the next batch to tell."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._ids: list[str] = []
        self._told: dict[tuple[int, str], int] = {}

    def key_of(self, exchange_id: str) -> int:
        """The small number, from 1, by which the reader knows the exchange; the same for ever."""
        key = self._keys.get(exchange_id)
        if key is None:
            self._ids.append(exchange_id)
            key = self._keys[exchange_id] = len(self._ids)
        return key

    def exchange_id_of(self, key: int) -> str | None:
        """The exchange behind a number that the reader sent; None when there is no such row."""
        return self._ids[key - 1] if 0 < key <= len(self._ids) else None

    def batches(self, exchanges: Iterable[Exchange]) -> Iterator[Batch]:
        """What is new or changed in *exchanges* (which need not be all): a short batch first, then long ones."""
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
        """*row*, or None when the reader has it just so."""
        told, now = self._told.get((row[0], part)), hash(tuple(row))
        if told == now:
            return None
        self._told[row[0], part] = now
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
    """Whole tenths of a millisecond; -1 for None."""
    return -1 if milliseconds is None else max(0, round(milliseconds * 10))


def initiator_text(initiator: dict[str, Any] | None) -> str | None:
    """``type url:line`` of a CDP ``Network.Initiator``; a script's place is the topmost frame of its stack."""
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
