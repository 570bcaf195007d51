"""The span of a check has its request, its result and the end of each phase."""

from dataclasses import replace

from core.workers.check_span import span_of
from tests.factories import at
from tests.probe_results import BAD, GOOD, judged_check


def test_a_good_check_is_a_client_span_with_its_phases() -> None:
    span = span_of(judged_check(7, result=replace(GOOD, http_version="HTTP/1.1"), lag_ms=3.0))

    assert (span.name, span.kind, span.failure) == ("GET", "client", None)
    assert (span.began_at, span.ended_at) == (at(0), at(0.12))
    assert span.facts["url.full"] == GOOD.url
    assert span.facts["http.response.status_code"] == 200
    assert span.facts["network.protocol.version"] == "1.1"
    assert (span.facts["watchwright.website.id"], span.facts["watchwright.status"]) == (7, "up")
    assert (span.facts["watchwright.phase.ttfb_ms"], span.facts["watchwright.phase.tls_ms"]) == (100.0, None)
    assert span.moments == (("dns", at(0.001)), ("connect", at(0.003)), ("first byte", at(0.103)))


def test_a_span_of_a_down_website_fails_with_its_reason() -> None:
    finding = judged_check(7, result=BAD)

    span = span_of(finding)

    assert span.failure == (str(finding.verdict.kind), finding.verdict.reason)


def test_a_span_with_redirects_has_sums_and_no_events() -> None:
    span = span_of(judged_check(7, result=replace(GOOD, redirects=("http://shop.example/",))))

    assert (span.facts["watchwright.redirects"], span.moments) == (1, ())
