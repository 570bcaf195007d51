"""What a probe's result says of a website. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from core.models import MonitorStatus
from core.monitoring.probe import ProbeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a website must do to be called up."""

    accepted_statuses: range = range(200, 400)
    degraded_above_ms: float | None = None
    """A slower answer is DEGRADED; None for no limit."""
    certificate_days: int = 14
    """A certificate that expires sooner makes a website DEGRADED; 0 to hear of it only once it has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    status: MonitorStatus
    reason: str | None
    """Which expectation failed and what came instead; None when up."""


def judge(result: ProbeResult, policy: Policy | None = None) -> Verdict:
    """The status that *result* earns under *policy*, and why."""
    policy = policy or Policy()
    if result.error is not None:
        return Verdict(status=MonitorStatus.DOWN, reason=result.error)
    if result.http_status_code not in policy.accepted_statuses:
        accepted = f"{policy.accepted_statuses.start} to {policy.accepted_statuses.stop - 1}"
        return Verdict(
            status=MonitorStatus.DOWN,
            reason=f"The server answered with status {result.http_status_code}; {accepted} is accepted.",
        )
    return _certificate(result, policy) or _slowness(result, policy) or Verdict(status=MonitorStatus.UP, reason=None)


def _certificate(result: ProbeResult, policy: Policy) -> Verdict | None:
    expires_at = result.certificate_expires_at
    if expires_at is None:
        return None
    left = expires_at - result.started_at
    if left <= timedelta():  # only where TLS is not verified: libcurl refuses an expired certificate otherwise
        return Verdict(status=MonitorStatus.DOWN, reason=f"The certificate expired on {expires_at:%Y-%m-%d %H:%M} UTC.")
    if left >= timedelta(days=policy.certificate_days):
        return None
    return Verdict(
        status=MonitorStatus.DEGRADED,
        reason=f"The certificate expires on {expires_at:%Y-%m-%d %H:%M} UTC, in less than {left.days + 1} days; "
        f"at least {policy.certificate_days} are expected."
        if left.days
        else f"The certificate expires within a day, on {expires_at:%Y-%m-%d %H:%M} UTC; "
        f"at least {policy.certificate_days} days are expected.",
    )


def _slowness(result: ProbeResult, policy: Policy) -> Verdict | None:
    limit_ms = policy.degraded_above_ms
    if limit_ms is not None and result.response_time_ms > limit_ms:
        return Verdict(
            status=MonitorStatus.DEGRADED,
            reason=f"The answer took {result.response_time_ms:.0f} ms; up to {limit_ms:.0f} ms is accepted.",
        )
    return None
