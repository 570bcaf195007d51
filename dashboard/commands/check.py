"""Implements `watchwright check`: probes a URL once, without a store."""

import asyncio
import dataclasses
import json
from datetime import datetime

from core.config import Settings
from core.errors import InvalidInput
from core.input_messages import sentence
from core.models import MonitorStatus
from core.monitoring.probe import Prober, ProbeResult, ProbeTarget
from core.monitoring.verdict import Policy, Verdict, judge
from core.schemas.check_options import CheckOptions
from core.schemas.url import as_typed, normalise_url
from dashboard.commands.terminal import plain
from dashboard.format import milliseconds


def run(url: str, *, timeout_seconds: int, options: CheckOptions, as_json: bool) -> int:
    """Probe *url* with *options* and print the result. Return 0 if it is up or degraded, else 1.

    Raises:
        InvalidInput: *url* is not an http or https URL, or the timeout is not 1 to 300 seconds.
    """
    if not 1 <= timeout_seconds <= 300:
        raise InvalidInput(f"The timeout must be between 1 and 300 seconds, not {timeout_seconds}.")
    target = ProbeTarget(url=url_of(url), timeout_seconds=timeout_seconds, options=options)
    settings = Settings.load()
    result = asyncio.run(_probe(target, settings))
    verdict = judge(result, Policy(certificate_days=settings.certificate_days).of(target.url, options))
    print(_as_json(result, verdict) if as_json else _as_text(result, verdict))
    return 0 if verdict.status in (MonitorStatus.UP, MonitorStatus.DEGRADED) else 1


def url_of(text: str) -> str:
    """Return *text* as a normalised URL; a bare host is accepted.

    Raises:
        InvalidInput: It is not an http or https URL with a host.
    """
    try:
        return normalise_url(as_typed(text))
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error


async def _probe(target: ProbeTarget, settings: Settings) -> ProbeResult:
    async with Prober(settings.address_policy.refusal) as prober:
        return await prober.probe(target)


def _as_json(result: ProbeResult, verdict: Verdict) -> str:
    facts = dataclasses.asdict(result.without_content())
    for content in ("headers", "body", "is_body_cut"):
        del facts[content]
    facts |= {
        "status": verdict.status,
        "reason": verdict.reason,
        "unmet": [dataclasses.asdict(unmet) for unmet in verdict.unmet],
    }
    return json.dumps(facts, indent=2, default=_written)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _sentences(verdict: Verdict) -> list[str]:
    """Return a line for each expectation that failed, or the verdict's reason."""
    if verdict.unmet:
        return [f"{unmet.status}: {unmet.sentence}" for unmet in verdict.unmet]
    return [verdict.reason] if verdict.reason else []


def _as_text(result: ProbeResult, verdict: Verdict) -> str:
    head = f"{verdict.status}  {plain(result.final_url)}"
    if result.http_status_code:
        head += f"  {result.http_status_code} {result.http_version}"
    lines = [head]
    lines += [plain(sentence) for sentence in _sentences(verdict)]
    lines += [f"  redirected by {plain(url)}" for url in result.redirects]
    phases = (
        ("DNS", result.dns_ms),
        ("Connect", result.connect_ms),
        ("TLS", result.tls_ms),
        ("First byte", result.ttfb_ms),
        ("Download", result.download_ms),
        ("Total", result.response_time_ms),
    )
    lines += [f"  {name:<11}{milliseconds(value):>10}" for name, value in phases]
    if result.remote_address:
        lines.append(f"  from {result.remote_address}, {result.body_bytes:,} bytes")
    if result.certificate_expires_at:
        lines.append(f"  certificate until {result.certificate_expires_at:%Y-%m-%d}")
    return "\n".join(lines)
