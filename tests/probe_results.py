"""Results of probes, and judged results, for tests of code that stores or evaluates them."""

from dataclasses import replace
from typing import Any

from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.judged_result import JudgedResult
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import judge
from tests.factories import NOON, at

GOOD = ProbeResult(
    url="http://a.example/",
    method="GET",
    started_at=NOON,
    final_url="http://a.example/",
    redirects=(),
    http_status_code=200,
    http_version="http/1.1",
    remote_address="127.0.0.1:80",
    response_time_ms=120.0,
    dns_ms=1.0,
    connect_ms=2.0,
    tls_ms=None,
    ttfb_ms=100.0,
    download_ms=17.0,
    body_bytes=10,
    certificate_expires_at=None,
    error=None,
    error_kind=None,
)
"""A probe of a website that is up."""

BAD = replace(GOOD, http_status_code=503)
"""A probe of a website that is down."""

PUBLIC = ProbeResult(
    url="https://shop.example/",
    method="GET",
    started_at=NOON,
    final_url="https://shop.example/",
    redirects=(),
    http_status_code=200,
    http_version="h2",
    remote_address="203.0.113.7:443",
    address="203.0.113.7",
    response_time_ms=20.0,
    dns_ms=1.0,
    connect_ms=2.0,
    tls_ms=3.0,
    ttfb_ms=4.0,
    download_ms=1.0,
    body_bytes=2,
    certificate_expires_at=None,
    error=None,
    error_kind=None,
)
"""A probe of a website with a public address."""


def failed(kind: ProbeErrorKind, address: str | None = None) -> ProbeResult:
    """Return a failed probe of the public website."""
    return replace(PUBLIC, http_status_code=None, address=address, error="It failed.", error_kind=kind)


def judged_check(website_id: int, seconds: float = 0, result: ProbeResult = GOOD, **fields: Any) -> JudgedResult:
    """Return *result* judged by the default policy, as a check that began *seconds* after `NOON`."""
    result = replace(result, started_at=at(seconds))
    return JudgedResult(website_id=website_id, result=result, verdict=judge(result), **fields)
