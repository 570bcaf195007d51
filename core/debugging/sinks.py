"""Writes a session's recorded facts to the store or into memory, with secrets masked."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from core import signals
from core.batches import batched
from core.database import in_session
from core.debugging.recorded_facts import Batch, FactKey
from core.debugging.recorder import Recorder
from core.debugging.redaction.masking import Masks
from core.errors import NotFound
from core.models import ConsoleMessage, NetworkEvent, SessionArtifact
from core.services.event_months import month_of
from core.services.session_recording import RecordedBatch, SessionRecording

FLUSH_SECONDS = 0.05  # facts that arrive within this time share a transaction
EVENTS_PER_WRITE = 150  # larger batches are split, so that pages see a part early and other writers wait less


class Sink(Protocol):
    """Accepts batches in order; the caller awaits each write before the next."""

    async def write(self, batch: Batch) -> None: ...


class StoreSink:
    """Writes a session's facts to the store and signals which rows are new or changed.

    If the session is deleted meanwhile, *on_deleted* is called, and its further facts are dropped.
    """

    def __init__(self, session_id: int, masks: Masks, on_deleted: Callable[[], None]) -> None:
        self._session_id = session_id
        self._masks = masks
        self._on_deleted = on_deleted
        self._is_deleted = False
        self._ids: dict[FactKey, int] = {}
        self._month: date | None = None

    async def write(self, batch: Batch) -> None:
        """Store *batch*, in one transaction per `EVENTS_PER_WRITE` events, and send `event_captured` after each."""
        if self._is_deleted:
            return
        try:
            await self._store(batch)
        except NotFound:
            self._is_deleted = True
            self._on_deleted()

    async def _store(self, batch: Batch) -> None:
        if not self._ids:
            self._month = await in_session(month_of, self._session_id)
        for part in _parts(batch):
            recorded = await asyncio.to_thread(self._masked, part)
            new_ids = await in_session(SessionRecording.store, self._session_id, recorded)
            self._ids.update(zip((fact.key for fact in part.facts if fact.is_new), new_ids, strict=True))
            touched = dict.fromkeys(self._ids[fact.key] for fact in part.facts)
            if touched:
                signals.event_captured.send(
                    signals.EventCaptured(session_id=self._session_id, event_ids=tuple(touched))
                )

    def _masked(self, batch: Batch) -> RecordedBatch:
        return RecordedBatch(
            new_events=[self._masks.fields(fact.values) for fact in batch.facts if fact.is_new],
            changed_events=[
                {"id": self._ids[fact.key], **self._masks.fields(fact.values)}
                for fact in batch.facts
                if not fact.is_new
            ],
            console=[masked_message(message, self._masks) for message in batch.console],
            artifacts=[self._masks.artifact(values) for values in batch.artifacts],
            month=self._month,
        )


class MemorySink:
    """Keeps a session's facts in memory, as model instances that are not stored."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._events: dict[FactKey, dict[str, Any]] = {}
        self.console: list[ConsoleMessage] = []
        self.artifacts: list[SessionArtifact] = []

    @property
    def events(self) -> list[NetworkEvent]:
        """All events so far, sorted by time; built on each access."""
        in_order = sorted(self._events.values(), key=lambda values: values["timestamp"])
        return [NetworkEvent(**values) for values in in_order]

    async def write(self, batch: Batch) -> None:
        for fact in batch.facts:
            self._events.setdefault(fact.key, {}).update(self._masks.fields(fact.values))
        self.console += [ConsoleMessage(**masked_message(message, self._masks)) for message in batch.console]
        self.artifacts += [SessionArtifact(**self._masks.artifact(values)) for values in batch.artifacts]


async def pump(recorder: Recorder, sink: Sink) -> None:
    """Write what *recorder* captures to *sink*, until cancelled."""
    while True:
        await recorder.wakened.wait()
        await asyncio.sleep(FLUSH_SECONDS)
        await drain(recorder, sink)


async def drain(recorder: Recorder, sink: Sink) -> None:
    """Write everything that *recorder* has now to *sink*; a cancellation waits until the batch is written."""
    batch = recorder.take()
    if not batch:
        return
    writing = asyncio.ensure_future(sink.write(batch))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):  # the cancellation matters more than a failed write
            await writing
        raise


def masked_message(message: dict[str, Any], masks: Masks) -> dict[str, Any]:
    """Return all fields of a console message, masked; missing fields are None."""
    return {
        **_EMPTY_MESSAGE,
        **message,
        "text": masks.text(message["text"]),
        "url": masks.url(message["url"]) if message.get("url") else None,
        "stack": masks.stack(message.get("stack")),
    }


# All rows of one insert need the same columns.
_EMPTY_MESSAGE: dict[str, Any] = {
    "url": None,
    "line_number": None,
    "column_number": None,
    "stack": None,
    "exchange_id": None,
}


def _parts(batch: Batch) -> list[Batch]:
    """Split *batch* into one part per transaction. The order stays: each request before its end."""
    first, *rest = list(batched(batch.facts, EVENTS_PER_WRITE)) or [[]]
    return [
        Batch(facts=first, console=batch.console, artifacts=batch.artifacts),
        *(Batch(facts=facts) for facts in rest),
    ]
