"""Spans reach a collector on loopback complete and without secrets. An unavailable collector loses only spans."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from core import tracing
from core.addresses import FOR_THE_OPERATOR, AddressPolicy
from core.config import Settings
from core.tracing import FinishedSpan
from core.workers.otlp import masks_of
from core.workers.otlp_spans import OtlpTracing, Tally
from tests.factories import at
from tests.otlp_collector import Collector, attributes, collecting

ANYWHERE = FOR_THE_OPERATOR.refusal


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        yield collector


@pytest.fixture
def sending(collector: Collector) -> Iterator[OtlpTracing]:
    sending = OtlpTracing.of(ANYWHERE, masks_of(Settings()), "monitor")
    tracing.use(sending)
    yield sending
    tracing.use(None)
    sending.stop()


def test_a_completed_span_has_its_times_and_its_child(sending: OtlpTracing, collector: Collector) -> None:
    with tracing.span("store checks", {"watchwright.checks": 2, "unknown": None}) as span:
        span.note({"watchwright.late": True})
        tracing.tell(
            FinishedSpan(
                name="GET",
                kind="client",
                began_at=at(0),
                ended_at=at(1.25),
                facts={"http.response.status_code": 503},
                moments=[("connect", at(0.5))],
                failure=("status", "It answered 503."),
            )
        )
    sending.flush()

    outer, inner = collector.named("store checks"), collector.named("GET")
    assert attributes(outer.attributes) == {"watchwright.checks": 2, "watchwright.late": True}
    assert (inner.trace_id, inner.parent_span_id) == (outer.trace_id, outer.span_id)
    assert timedelta(microseconds=(inner.end_time_unix_nano - inner.start_time_unix_nano) / 1_000) == at(1.25) - at(0)
    assert [(one.name, one.time_unix_nano) for one in inner.events] == [("connect", round(at(0.5).timestamp() * 1e9))]
    assert attributes(inner.attributes) == {"http.response.status_code": 503, "error.type": "status"}
    assert (inner.status.code, inner.status.message) == (2, "It answered 503.")
    assert collector.headers[0]["path"] == "/v1/traces"
    assert collector.resource["service.name"] == "watchwright"
    assert collector.resource["watchwright.part"] == "monitor"


def test_an_exception_fails_the_span_and_is_raised(sending: OtlpTracing, collector: Collector) -> None:
    with pytest.raises(ValueError, match="no"), tracing.span("send message", kind="producer"):
        raise ValueError("no, with password=hunter2hunter2")
    sending.flush()

    span = collector.named("send message")
    assert attributes(span.attributes)["error.type"] == "ValueError"
    assert span.status.message.startswith("no, with password=[redacted:")


def test_spans_contain_no_secret(collector: Collector) -> None:
    settings = Settings(secret_key="the key of this installation", oidc_client_secret="the client's own secret")
    sending = OtlpTracing.of(ANYWHERE, masks_of(settings), "serve")

    with sending.span("one", "internal", {}, {}) as span:
        span.note({"url.full": "https://ada:pass-of-ada@shop.example/?token=t0ken-of-ada&page=2"})
        span.note({"words": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnop the client's own secret"})
        span.fail("TypeError", "the key of this installation")
    sending.stop()

    sent = b"".join(collector.bodies)
    assert b"page=2" in sent
    for secret in (b"pass-of-ada", b"t0ken-of-ada", b"eyJhbGci", b"the client's own", b"the key of this"):
        assert secret not in sent


def test_the_trace_of_the_caller_is_continued(sending: OtlpTracing, collector: Collector) -> None:
    request_headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

    with tracing.span("GET", kind="server", request_headers=request_headers) as span:
        span.rename("GET /api/v1/websites")
    sending.flush()

    span = collector.named("GET /api/v1/websites")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (
        request_headers["traceparent"][3:35],
        request_headers["traceparent"][36:52],
    )


def test_rejected_spans_are_counted_and_logged_once(
    sending: OtlpTracing, collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 400

    for _number in range(2):
        with tracing.span("one"):
            pass
        sending.flush()

    assert (tracing.lost(), collector.spans) == (2, [])
    (said,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert said.getMessage() == "the collector accepts no spans"


def test_an_endpoint_at_cloud_metadata_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[fd00:ec2::254]/")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    sending = OtlpTracing.of(AddressPolicy().for_the_operator().refusal, lambda _name, text: text, "serve")

    with sending.span("one", "internal", {}, {}):
        pass
    sending.flush()
    sending.stop()

    assert sending.lost == 1
    assert "clouds keep a machine's credentials" in str(caplog.records[-1].__dict__["reason"])


class Stuck(SpanExporter):
    """A collector that accepts a batch and answers only after `goes_on` is set."""

    def __init__(self) -> None:
        self.has_begun, self.goes_on = Event(), Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.has_begun.set()
        self.goes_on.wait(10)
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.goes_on.set()


def test_sending_a_span_never_blocks_and_dropped_spans_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10")
    stuck = Stuck()
    sending = OtlpTracing(stuck, ANYWHERE, lambda _name, text: text, "serve")

    def tell(count: int) -> None:
        for _number in range(count):
            with sending.span("one", "internal", {}, {}):
                pass

    began = monotonic()
    tell(10)
    assert stuck.has_begun.wait(5)
    tell(25)
    took = monotonic() - began

    assert sending.lost == 15  # ten are stuck, ten wait
    assert took < 5
    stuck.goes_on.set()
    sending.stop()
    assert sending.lost == 35


def test_a_tally_counts_spans_that_a_full_queue_drops() -> None:
    tally = Tally(room=2)

    for _number in range(3):
        tally.take()
    tally.hand_over(2)
    tally.take()

    assert tally.lost == 1
