"""Takes signals to the other processes on the store, and theirs to whoever listens in this one."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from secrets import token_hex
from typing import Any

import orjson

from core import signals
from core.background import Background
from core.workers.post import Post

logger = logging.getLogger(__name__)

MESSAGE_BYTES = 7_900  # of facts in a message; PostgreSQL refuses notifications of 8,000

Fact = tuple[str, Any]
"""A signal's name and what was sent through it."""


class Bridge:
    """One for a process; from `start` to `stop` the signals of `signals.CROSSING` cross."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._name = token_hex(8)
        self._said: list[Fact] = []
        self._is_repeating = False
        self._background = Background()

    async def start(self) -> None:
        """Begin to hear and to tell."""
        await self._post.start(self._hear)
        for signal in signals.CROSSING:
            self._background.hear(signal, partial(self._note, signal.name))

    async def stop(self) -> None:
        """Tell what was said until now, and end."""
        await self._background.stop()
        self._tell()
        await self._post.stop()

    def _note(self, name: str, fact: Any) -> None:
        if self._is_repeating:
            return
        if not self._said:
            asyncio.get_running_loop().call_soon(self._tell)  # with whatever else is said in this turn of the loop
        self._said.append((name, fact))

    def _tell(self) -> None:
        said, self._said = self._said, []
        for message in messages(self._name, said):
            self._post.send(message)

    def repeat(self, signal: signals.Signal[Any], fact: Any) -> None:
        """Send what another process found to whoever listens in this one, and to no other."""
        self._is_repeating = True
        try:
            signal.send(fact)
        finally:
            self._is_repeating = False

    def _hear(self, message: bytes) -> None:
        for signal, fact in facts(message, besides=self._name):
            self.repeat(signal, fact)


def messages(sender: str, said: Sequence[Fact]) -> Iterator[bytes]:
    """What goes over the wire: as few messages as hold it; a fact that is too large for one is left out."""
    batch: list[bytes] = []
    room = MESSAGE_BYTES
    for name, fact in said:
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
    """What another process said; nothing of what *besides* did, and nothing that this version does not know."""
    try:
        told = orjson.loads(message)
        if told["by"] == besides:
            return []
        known = {signal.name: signal for signal in signals.CROSSING}
        return [(known[name], _fact(known[name], fields)) for name, fields in told["facts"] if name in known]
    except (ValueError, KeyError, TypeError) as error:  # of another version, or no message of ours
        logger.debug("a message was not understood", extra={"reason": str(error)})
        return []


def _fact(signal: signals.Signal[Any], fields: dict[str, Any]) -> Any:
    return signal.fact(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
