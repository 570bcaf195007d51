"""What a result earns, and the words for what is wrong with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.models import MonitorStatus
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import Policy, judge
from tests.factories import NOON

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


@pytest.mark.parametrize("code", [200, 204, 301, 399])
def test_an_accepted_status_is_up(code: int) -> None:
    verdict = judge(replace(GOOD, http_status_code=code))

    assert (verdict.status, verdict.reason) == (MonitorStatus.UP, None)


@pytest.mark.parametrize("code", [199, 400, 404, 500, 503])
def test_any_other_status_is_down_and_says_what_came_and_what_was_expected(code: int) -> None:
    verdict = judge(replace(GOOD, http_status_code=code))

    assert verdict.status == MonitorStatus.DOWN
    assert verdict.reason == f"The server answered with status {code}; 200 to 399 is accepted."


def test_no_answer_is_down_with_the_probes_own_words() -> None:
    words = "a.example refused the connection on port 80."
    result = replace(GOOD, http_status_code=None, error=words, error_kind=ProbeErrorKind.CONNECT)

    verdict = judge(result)

    assert (verdict.status, verdict.reason) == (MonitorStatus.DOWN, words)


def test_a_slow_answer_is_degraded_only_beyond_the_limit() -> None:
    policy = Policy(degraded_above_ms=120.0)

    assert judge(GOOD, policy).status == MonitorStatus.UP
    slow = judge(replace(GOOD, response_time_ms=120.6), policy)
    assert slow.status == MonitorStatus.DEGRADED
    assert slow.reason == "The answer took 121 ms; up to 120 ms is accepted."


@pytest.mark.parametrize(
    ("left", "status"),
    [
        (timedelta(days=14), MonitorStatus.UP),
        (timedelta(days=14, seconds=-1), MonitorStatus.DEGRADED),
        (timedelta(hours=1), MonitorStatus.DEGRADED),
        (timedelta(), MonitorStatus.DOWN),
        (timedelta(days=-3), MonitorStatus.DOWN),
    ],
    ids=str,
)
def test_a_certificate_degrades_a_website_two_weeks_ahead_and_downs_it_when_expired(
    left: timedelta, status: MonitorStatus
) -> None:
    assert judge(replace(GOOD, certificate_expires_at=NOON + left)).status == status


def test_a_certificate_about_to_expire_is_told_with_its_date_and_what_is_expected() -> None:
    soon = judge(replace(GOOD, certificate_expires_at=NOON + timedelta(days=2, hours=1)))
    today = judge(replace(GOOD, certificate_expires_at=NOON + timedelta(hours=1)))

    assert soon.reason is not None
    assert today.reason is not None
    assert soon.reason.endswith("UTC, in less than 3 days; at least 14 are expected.")
    assert f"{NOON + timedelta(days=2, hours=1):%Y-%m-%d %H:%M}" in soon.reason
    assert today.reason.startswith("The certificate expires within a day")


def test_certificates_are_judged_only_once_expired_where_no_days_are_asked_for() -> None:
    policy = Policy(certificate_days=0)

    assert judge(replace(GOOD, certificate_expires_at=NOON + timedelta(hours=1)), policy).status == MonitorStatus.UP
    assert judge(replace(GOOD, certificate_expires_at=NOON - timedelta(hours=1)), policy).status == MonitorStatus.DOWN
