"""Spans are discarded until a collector is used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from core import tracing
from core.tracing import Facts, FinishedSpan, Kind, Span
from tests.factories import at


class Kept:
    """A collector that keeps spans, and is itself a span."""

    lost = 3

    def __init__(self) -> None:
        self.told: list[object] = []

    @contextmanager
    def span(self, name: str, kind: Kind, facts: Facts, request_headers: Mapping[str, str]) -> Iterator[Span]:
        self.told.append((name, kind, dict(facts), dict(request_headers)))
        yield self

    def tell(self, done: FinishedSpan) -> None:
        self.told.append(done.name)

    def note(self, facts: Facts) -> None:
        self.told.append(dict(facts))

    def rename(self, name: str) -> None:
        self.told.append(name)

    def fail(self, kind: str, words: str = "") -> None:
        self.told.append((kind, words))


@pytest.fixture
def kept() -> Iterator[Kept]:
    kept = Kept()
    tracing.use(kept)
    yield kept
    tracing.use(None)


DONE = FinishedSpan(name="GET", kind="client", began_at=at(0), ended_at=at(1), facts={})


def test_work_is_done_without_a_collector() -> None:
    with tracing.span("one", {"a": 1}) as span:
        span.note({"b": 2})
        span.rename("other")
        span.fail("broken")
    tracing.tell(DONE)

    assert (tracing.is_on(), tracing.lost()) == (False, 0)


def test_the_collector_receives_spans(kept: Kept) -> None:
    with tracing.span("one", {"a": 1}, kind="server", request_headers={"traceparent": "00"}) as span:
        span.fail("broken", "by us")
    tracing.tell(DONE)

    assert kept.told == [("one", "server", {"a": 1}, {"traceparent": "00"}), ("broken", "by us"), "GET"]
    assert (tracing.is_on(), tracing.lost()) == (True, 3)
