"""A judged check on its way into the store, and what became of it there."""

from dataclasses import dataclass
from datetime import datetime

from core.models import MonitorStatus
from core.monitoring.downtime import Transition
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import Verdict
from core.schemas.check_options import CheckOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedResult:
    """How a website answered and what that earns it, still to be stored as a `MonitorCheck`."""

    website_id: int
    result: ProbeResult
    verdict: Verdict
    lag_ms: float | None = None
    """By how much the check started late; None where nobody had planned it."""
    due_at: datetime | None = None
    """The slot for which it was made, where workers share them; it is stored once."""
    region: str | None = None
    """The region that made it, where its website names some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was stored, by id."""

    website_id: int
    check_id: int
    checked_at: datetime
    is_up: bool
    """Whether the check says UP; a degraded website is not."""
    window_id: int | None
    """The downtime window that the check opened, extended or closed."""
    transition: Transition | None
    is_failing: bool
    """Whether the website is down, or may turn out to be: it is then checked more often."""
    is_news_elsewhere: bool = False
    """Whether other regions check it too and had better look soon: this one has only begun to find it failing."""


ABANDONED_REASON = (
    "Workers died whenever they checked it, so it is left alone for an hour; their logs may say why. To have it "
    "checked sooner, pause and resume it."
)


def abandoned_check(
    website_id: int, url: str, options: CheckOptions, due_at: datetime, region: str | None
) -> JudgedResult:
    """A check that nobody makes any more: it says nothing of the website but that."""
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
