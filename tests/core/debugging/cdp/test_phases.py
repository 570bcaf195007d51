"""Resource timings become phases that add up."""

import pytest

from core.debugging.cdp.phases import phases_of
from core.debugging.waterfall import Phases

NEW_CONNECTION = {
    "requestTime": 100.0,
    "dnsStart": 1.0,
    "dnsEnd": 3.0,
    "connectStart": 3.0,
    "sslStart": 8.0,
    "sslEnd": 20.0,
    "connectEnd": 20.0,
    "sendStart": 20.5,
    "sendEnd": 21.0,
    "receiveHeadersEnd": 61.0,
}
REUSED = {
    "requestTime": 100.0,
    "dnsStart": -1,
    "dnsEnd": -1,
    "connectStart": -1,
    "connectEnd": -1,
    "sslStart": -1,
    "sslEnd": -1,
    "sendStart": 2.0,
    "sendEnd": 2.5,
    "receiveHeadersStart": 2.5,
    "receiveHeadersEnd": 12.5,
}


def test_a_new_connection_has_every_phase() -> None:
    phases = phases_of(NEW_CONNECTION, asked_at=99.99, ended_at=100.1)

    assert phases == Phases(
        queued_ms=10.0,
        stalled_ms=1.5,
        dns_ms=2.0,
        connect_ms=5.0,
        tls_ms=12.0,
        sent_ms=0.5,
        waiting_ms=40.0,
        download_ms=39.0,
    )


def test_phases_add_up_to_the_duration() -> None:
    phases = phases_of(NEW_CONNECTION, asked_at=99.99, ended_at=100.1)

    assert phases.total_ms == pytest.approx(110.0)


def test_a_reused_connection_has_no_dns_connect_or_tls() -> None:
    phases = phases_of(REUSED, asked_at=100.0, ended_at=100.02)

    assert (phases.dns_ms, phases.connect_ms, phases.tls_ms) == (None, None, None)
    assert (phases.stalled_ms, phases.sent_ms, phases.waiting_ms, phases.download_ms) == (2.0, 0.5, 10.0, 7.5)


def test_an_open_response_has_no_download_phase() -> None:
    assert phases_of(REUSED, asked_at=100.0, ended_at=None).download_ms is None


@pytest.mark.parametrize("timing", [None, {}, {"requestTime": 0}], ids=["none", "empty", "no start"])
def test_without_timing_there_are_no_phases(timing: dict[str, float] | None) -> None:
    assert phases_of(timing, asked_at=1.0, ended_at=2.0) == Phases()
