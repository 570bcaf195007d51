"""Forwards signals between this process and the other processes on the store."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from secrets import token_hex
from typing import Any

import orjson

from core import signals
from core.background import Background
from core.workers.message_bus import MessageBus

logger = logging.getLogger(__name__)

MESSAGE_BYTES = 7_900  # facts per message; PostgreSQL rejects notifications of 8,000 bytes

Fact = tuple[str, Any]
"""A signal's name, and the fact that was sent with it."""


class Bridge:
    """Forwards the signals of `signals.CROSSING` between `start` and `stop`. One per process."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._name = token_hex(8)
        self._queued: list[Fact] = []
        self._is_repeating = False
        self._background = Background()

    async def start(self) -> None:
        """Start to receive and to send."""
        await self._bus.start(self._on_message)
        for signal in signals.CROSSING:
            self._background.subscribe(signal, partial(self._queue, signal.name))

    async def stop(self) -> None:
        """Send the signals so far, then stop."""
        await self._background.stop()
        self._send_queued()
        await self._bus.stop()

    def _queue(self, name: str, fact: Any) -> None:
        if self._is_repeating:
            return
        if not self._queued:
            asyncio.get_running_loop().call_soon(self._send_queued)  # batches the signals of this loop turn
        self._queued.append((name, fact))

    def _send_queued(self) -> None:
        queued, self._queued = self._queued, []
        for message in messages(self._name, queued):
            self._bus.send(message)

    def repeat(self, signal: signals.Signal[Any], fact: Any) -> None:
        """Send a signal of another process to listeners in this process only."""
        self._is_repeating = True
        try:
            signal.send(fact)
        finally:
            self._is_repeating = False

    def _on_message(self, message: bytes) -> None:
        for signal, fact in facts(message, besides=self._name):
            self.repeat(signal, fact)


def messages(sender: str, queued: Sequence[Fact]) -> Iterator[bytes]:
    """Encode facts into as few messages as possible. A fact that is too large for a message is left out."""
    batch: list[bytes] = []
    room = MESSAGE_BYTES
    for name, fact in queued:
        encoded = orjson.dumps([name, fact])
        if len(encoded) >= room and batch:
            yield _message(sender, batch)
            batch, room = [], MESSAGE_BYTES
        if len(encoded) < room:
            batch.append(encoded)
            room -= len(encoded) + 1
    if batch:
        yield _message(sender, batch)


def _message(sender: str, encoded: Sequence[bytes]) -> bytes:
    return b'{"by":"%s","facts":[%s]}' % (sender.encode(), b",".join(encoded))


def facts(message: bytes, *, besides: str) -> list[tuple[signals.Signal[Any], Any]]:
    """Decode a message, without facts that this version does not know; empty for messages of *besides*."""
    try:
        content = orjson.loads(message)
        if content["by"] == besides:
            return []
        known = {signal.name: signal for signal in signals.CROSSING}
        return [(known[name], _fact(known[name], fields)) for name, fields in content["facts"] if name in known]
    except (ValueError, KeyError, TypeError) as error:  # of another version, or not a message of Watchwright
        logger.debug("a message could not be decoded", extra={"reason": str(error)})
        return []


def _fact(signal: signals.Signal[Any], fields: dict[str, Any]) -> Any:
    return signal.fact(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
