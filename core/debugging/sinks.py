"""Where a session's facts go: into the store, or into a list in memory. Secrets are masked on the way."""

import asyncio
import contextlib
import logging
from datetime import date
from typing import Any, Protocol

from core import signals
from core.database import in_session
from core.debugging.recorded_facts import Batch, FactKey
from core.debugging.recorder import Recorder
from core.debugging.redaction.masking import Masks
from core.models import ConsoleMessage, NetworkEvent, SessionArtifact
from core.services.event_months import month_of
from core.services.session_recording import RecordedBatch, SessionRecording

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.05  # facts are gathered for so long: one transaction for all of them
EVENTS_PER_WRITE = 150  # a burst is readable part by part, and a second writer need not wait for all of it


class Sink(Protocol):
    """Takes batches in order; the next one comes when the last has been written."""

    async def write(self, batch: Batch) -> None:
        """Keep *batch*."""


class StoreSink:
    """Writes a session's facts to the store and announces the rows."""

    def __init__(self, session_id: int, masks: Masks) -> None:
        self._session_id = session_id
        self._masks = masks
        self._ids: dict[FactKey, int] = {}
        self._month: date | None = None

    async def write(self, batch: Batch) -> None:
        """Store *batch* in one transaction, then tell the pages."""
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
    """Keeps a session's facts as rows that belong to no store."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._events: dict[FactKey, dict[str, Any]] = {}
        self.console: list[ConsoleMessage] = []
        self.artifacts: list[SessionArtifact] = []

    @property
    def events(self) -> list[NetworkEvent]:
        """In order of time; made anew at each call."""
        in_order = sorted(self._events.values(), key=lambda values: values["timestamp"])
        return [NetworkEvent(**values) for values in in_order]

    async def write(self, batch: Batch) -> None:
        for fact in batch.facts:
            self._events.setdefault(fact.key, {}).update(self._masks.fields(fact.values))
        self.console += [ConsoleMessage(**masked_message(message, self._masks)) for message in batch.console]
        self.artifacts += [SessionArtifact(**self._masks.artifact(values)) for values in batch.artifacts]


async def pump(recorder: Recorder, sink: Sink) -> None:
    """Carry what *recorder* hears to *sink*, until cancelled."""
    while True:
        await recorder.wakened.wait()
        await asyncio.sleep(FLUSH_SECONDS)
        await drain(recorder, sink)


async def drain(recorder: Recorder, sink: Sink) -> None:
    """Carry what there is. A batch that was taken is written, even when this is cancelled meanwhile."""
    batch = recorder.take()
    if not batch:
        return
    writing = asyncio.ensure_future(sink.write(batch))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):  # the caller is leaving for another reason, which it knows
            await writing
        raise


def masked_message(message: dict[str, Any], masks: Masks) -> dict[str, Any]:
    """The fields of a console message, masked; what is not known of it is None."""
    return {
        **_EMPTY_MESSAGE,
        **message,
        "text": masks.text(message["text"]),
        "url": masks.url(message["url"]) if message.get("url") else None,
        "stack": masks.stack(message.get("stack")),
    }


# All rows of one insert have the same columns.
_EMPTY_MESSAGE: dict[str, Any] = {
    "url": None,
    "line_number": None,
    "column_number": None,
    "stack": None,
    "exchange_id": None,
}


def _parts(batch: Batch) -> list[Batch]:
    """*batch* in pieces that a transaction holds well; a request is never after its answer."""
    first = Batch(facts=batch.facts[:EVENTS_PER_WRITE], console=batch.console, artifacts=batch.artifacts)
    rest = [
        Batch(facts=batch.facts[start : start + EVENTS_PER_WRITE])
        for start in range(EVENTS_PER_WRITE, len(batch.facts), EVENTS_PER_WRITE)
    ]
    return [first, *rest]
