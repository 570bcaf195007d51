"""Sends spans by OTLP from its own thread. Spans that it cannot send in time are dropped and counted.

Only this module uses OpenTelemetry; `core.workers.otlp` imports it if spans are wanted.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from threading import Lock, Thread
from time import monotonic
from typing import Self

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.addresses import MayConnect
from core.confined import confined
from core.tracing import Facts, FinishedSpan, Kind, Span, Value

logger = logging.getLogger(__name__)

END_SECONDS = 3.0  # to send waiting spans at the end; an unavailable collector must not delay it further
SAY_SECONDS = 60.0  # between two log lines about an unavailable collector
MAX_CHARACTERS = 1_000  # characters per attribute
WAITING = 2_048  # spans in the queue, OpenTelemetry's default
KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
}
Mask = Callable[[str, str], str]
"""Masks the text of an attribute, given its name and text."""


class Tally:
    """Counts waiting and lost spans. Thread-safe."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = Lock()
        self._waiting = 0
        self.lost = 0

    def take(self) -> None:
        """Count a new span; if the queue is full, the oldest span is lost."""
        with self._lock:
            self.lost += self._waiting >= self._room
            self._waiting = min(self._waiting + 1, self._room)

    def hand_over(self, count: int) -> None:
        """Remove spans from the waiting count."""
        with self._lock:
            self._waiting = max(self._waiting - count, 0)

    def lose(self, count: int) -> None:
        """Count spans that the collector rejected."""
        with self._lock:
            self.lost += count


class Counting(SpanProcessor):
    """Counts the spans given to `BatchSpanProcessor`, which does not report dropped spans."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is not None and span.context.trace_flags.sampled:
            self._tally.take()


class Delivery(SpanExporter):
    """Sends batches to the collector if *may_connect* allows it, on the exporter's thread."""

    def __init__(self, exporter: SpanExporter, may_connect: MayConnect, tally: Tally) -> None:
        self._exporter, self._may_connect, self._tally = exporter, may_connect, tally
        self._said_at = float("-inf")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans; never raises, because failures count as losses."""
        self._tally.hand_over(len(spans))
        with confined(self._may_connect, "The span exporter", is_network_only=False) as confinement:
            result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._tally.lose(len(spans))
            self._log_loss(confinement.last_refusal)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def _log_loss(self, reason: str) -> None:
        if monotonic() - self._said_at >= SAY_SECONDS:
            self._said_at = monotonic()
            logger.warning("the collector accepts no spans", extra={"lost": self._tally.lost, "reason": reason})


class OtlpTracing:
    """The implementation of tracing that `core.tracing` uses when spans are sent."""

    def __init__(self, exporter: SpanExporter, may_connect: MayConnect, mask: Mask, part: str) -> None:
        room = _number("OTEL_BSP_MAX_QUEUE_SIZE", WAITING)
        self._tally = Tally(room)
        self._mask = mask
        self._exporter = exporter
        self._provider = TracerProvider(resource=_resource(part), shutdown_on_exit=False)
        self._provider.add_span_processor(Counting(self._tally))
        delivery = Delivery(exporter, may_connect, self._tally)
        self._provider.add_span_processor(BatchSpanProcessor(delivery, max_queue_size=room))
        self._tracer: Tracer = self._provider.get_tracer("watchwright", version("watchwright"))

    @classmethod
    def of(cls, may_connect: MayConnect, mask: Mask, part: str) -> Self:
        """Return tracing that is configured by OpenTelemetry's variables: endpoint, headers, timeout, certificates."""
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # we log an unavailable collector ourselves
        return cls(OTLPSpanExporter(), may_connect, mask, part)

    @property
    def lost(self) -> int:
        """The number of spans that the collector rejected or that the full queue dropped."""
        return self._tally.lost

    def stop(self) -> None:
        """Send the waiting spans, for a limited time."""
        ending = Thread(target=self._provider.shutdown, name="spans: end", daemon=True)
        ending.start()
        ending.join(END_SECONDS)
        if ending.is_alive():
            self._exporter.shutdown()  # makes the exporter give up between two attempts

    def flush(self) -> None:
        """Send the waiting spans, and wait until they are sent."""
        self._provider.force_flush()

    @contextmanager
    def span(self, name: str, kind: Kind, facts: Facts, request_headers: Mapping[str, str]) -> Iterator[Span]:
        """Record the time of the block as a span."""
        above = TraceContextTextMapPropagator().extract(request_headers) if request_headers else None
        with self._tracer.start_as_current_span(
            name, above, KINDS[kind], self._clean(facts), record_exception=False, set_status_on_exception=False
        ) as begun:
            span = _Begun(begun, self)
            try:
                yield span
            except Exception as error:
                span.fail(type(error).__name__, str(error))
                raise

    def tell(self, done: FinishedSpan) -> None:
        """Send a completed span."""
        span = self._tracer.start_span(
            done.name, None, KINDS[done.kind], self._clean(done.facts), start_time=_nanoseconds(done.began_at)
        )
        for name, moment in done.moments:
            span.add_event(name, timestamp=_nanoseconds(moment))
        if done.failure is not None:
            _Begun(span, self).fail(*done.failure)
        span.end(_nanoseconds(done.ended_at))

    def _clean(self, facts: Facts) -> dict[str, Value]:
        return {name: self.clean(name, value) for name, value in facts.items() if value is not None}

    def clean(self, name: str, value: Value) -> Value:
        """Return *value* with secrets masked, and shortened."""
        return self._mask(name, value)[:MAX_CHARACTERS] if isinstance(value, str) else value


class _Begun:
    """A span in progress."""

    def __init__(self, span: OtelSpan, tracing: OtlpTracing) -> None:
        self._span, self._tracing = span, tracing

    def note(self, facts: Facts) -> None:
        for name, value in facts.items():
            if value is not None:
                self._span.set_attribute(name, self._tracing.clean(name, value))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str, words: str = "") -> None:
        self._span.set_attribute("error.type", kind)
        description = str(self._tracing.clean("error", words)) if words else None
        self._span.set_status(Status(StatusCode.ERROR, description))


def _resource(part: str) -> Resource:
    """Return the resource from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, with our defaults."""
    given = Resource.create()
    own = {"service.version": version("watchwright"), "watchwright.part": part}
    if str(given.attributes.get("service.name", "")).startswith("unknown_service"):
        own["service.name"] = "watchwright"
    return given.merge(Resource(own))


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6) * 1_000


def _number(name: str, otherwise: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdecimal() and int(text) else otherwise
