"""A collector on loopback: takes spans by OTLP/HTTP as OpenTelemetry's own does, and may be told to refuse them."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from tests.serving import serving


@dataclass
class Collector:
    """What it was sent, and what it answers."""

    url: str
    status: int = 200
    headers: list[dict[str, str]] = field(default_factory=list)
    spans: list[Any] = field(default_factory=list)
    """As OTLP has them (opentelemetry.proto.trace.v1.Span)."""
    resource: dict[str, Any] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    def named(self, name: str) -> Any:
        """The one span of this name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def take(self, body: bytes) -> None:
        for batch in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resource = attributes(batch.resource.attributes)
            self.spans += [span for scope in batch.scope_spans for span in scope.spans]


def attributes(pairs: Any) -> dict[str, Any]:
    """The attributes of a span or resource, by name."""
    return {pair.key: _value(pair) for pair in pairs}


def _value(pair: KeyValue) -> Any:
    return getattr(pair.value, str(pair.value.WhichOneof("value")))


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            collector.headers.append({"path": self.path} | {key.lower(): value for key, value in self.headers.items()})
            collector.bodies.append(plain)
            if collector.status == 200:
                collector.take(plain)
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

    with serving(Handler) as port:
        collector = Collector(url=f"http://127.0.0.1:{port}")
        yield collector
