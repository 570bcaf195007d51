"""A judged check on its way into the store, and the result of storing it."""

from dataclasses import dataclass
from datetime import datetime

from core.models import MonitorStatus
from core.monitoring.downtime import Transition
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import Verdict
from core.schemas.check_options import CheckOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedResult:
    """A probe's result with its verdict, not yet stored as a `MonitorCheck`."""

    website_id: int
    result: ProbeResult
    verdict: Verdict
    lag_ms: float | None = None
    """How late the check started; None for a check that was not planned."""
    due_at: datetime | None = None
    """The slot that the check was made for, in a fleet. The store accepts one check per slot."""
    region: str | None = None
    """The region that made the check; None if the website names no region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A stored check, and what it changed."""

    website_id: int
    check_id: int
    checked_at: datetime
    is_up: bool
    """Whether the check's status is UP (not DEGRADED)."""
    window_id: int | None
    """The downtime window that the check opened, extended or closed."""
    transition: Transition | None
    is_failing: bool
    """Whether the website is down, or has failed checks that may still be confirmed. It is then checked more often."""
    is_news_elsewhere: bool = False
    """Whether the other regions of the website should check it soon, because the failure is new in this region."""


ABANDONED_REASON = (
    "Workers crashed whenever they checked it, so checks are suspended for an hour. See the workers' logs. To check it "
    "sooner, pause and resume it."
)


def abandoned_check(
    website_id: int, url: str, options: CheckOptions, due_at: datetime, region: str | None
) -> JudgedResult:
    """Return an UNKNOWN check for a website that workers have stopped checking, because its checks killed them."""
    return JudgedResult(
        website_id=website_id,
        result=ProbeResult(
            url=url,
            method=options.method.value,
            started_at=due_at,
            final_url=url,
            redirects=(),
            http_status_code=None,
            http_version=None,
            remote_address=None,
            response_time_ms=0.0,
            dns_ms=None,
            connect_ms=None,
            tls_ms=None,
            ttfb_ms=None,
            download_ms=None,
            body_bytes=0,
            certificate_expires_at=None,
            error=ABANDONED_REASON,
            error_kind=None,
        ),
        verdict=Verdict(status=MonitorStatus.UNKNOWN, reason=ABANDONED_REASON),
        due_at=due_at,
        region=region,
    )
