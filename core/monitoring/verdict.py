"""What a probe's result says of a website. Pure."""

from dataclasses import dataclass

from core.models import MonitorStatus
from core.monitoring.probe import ProbeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a website must do to be called up."""

    accepted_statuses: range = range(200, 400)
    degraded_above_ms: float | None = None
    """A slower answer is DEGRADED; None for no limit."""


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
    limit_ms = policy.degraded_above_ms
    if limit_ms is not None and result.response_time_ms > limit_ms:
        return Verdict(
            status=MonitorStatus.DEGRADED,
            reason=f"The answer took {result.response_time_ms:.0f} ms; up to {limit_ms:.0f} ms is accepted.",
        )
    return Verdict(status=MonitorStatus.UP, reason=None)
