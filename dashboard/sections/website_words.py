"""The state of a website, in words and figures. Pure."""

from datetime import datetime, timedelta

from core.models import MonitorStatus, WebsiteState
from core.phrases import counted, spelled
from core.schemas.check_options import CheckOptions
from core.schemas.url import display_url
from dashboard import theme
from dashboard.components.managed_notice import managed_words
from dashboard.components.tiles import Figure
from dashboard.format import coverage, duration, milliseconds, percentage
from dashboard.queries.website import ChartState, Facts
from dashboard.words.check import check_words
from dashboard.words.regions import regions_words

WHOLE = 0.995  # coverage from which the unknown rest is not mentioned
SOON_DAYS = 21  # a certificate with less validity is marked


def status(facts: Facts) -> tuple[str, str]:
    """Return the website's status, and its words with the duration."""
    now, words = _status(facts)
    return now, f"{words}, flapping" if facts.flapping_since and now != "PAUSED" else words


def spoken(facts: Facts) -> str:
    """Return the status for screen readers, without the duration, which changes with each check."""
    return f"{facts.website.name}: {status(facts)[1].partition(' for ')[0]}"


def _status(facts: Facts) -> tuple[str, str]:
    if not facts.website.is_active:
        return "PAUSED", "Paused"
    if facts.latest is None:
        return "UNKNOWN", "Waiting for the first check …"
    if facts.ongoing is not None:
        return "DOWN", f"Down for {_since(facts, facts.ongoing.started_at)}"
    now = facts.latest.status
    if now == MonitorStatus.DOWN:
        return "DEGRADED", "Failing, retrying …"
    if now == MonitorStatus.UP:
        return "UP", f"Up for {_since(facts, facts.last_ended_at or facts.website.created_at)}"
    return str(now), theme.STATUS_WORDS[now]


def since(facts: Facts) -> datetime | None:
    """Return when the current status began; None if that is unknown."""
    if facts.ongoing is not None:
        return facts.ongoing.started_at
    is_up = facts.website.is_active and facts.latest is not None and facts.latest.status == MonitorStatus.UP
    return (facts.last_ended_at or facts.website.created_at) if is_up else None


def maintenance_words(facts: Facts) -> tuple[str, datetime, bool] | None:
    """Return running or planned maintenance as words, the instant they refer to, and whether it runs now."""
    for occurrence in facts.maintenance:
        if occurrence.started_at <= facts.now < occurrence.ended_at:
            return f"In maintenance: {occurrence.name}, until", occurrence.ended_at, True
    ahead = next((occurrence for occurrence in facts.maintenance if occurrence.started_at > facts.now), None)
    return None if ahead is None else (f"Maintenance planned: {ahead.name}, from", ahead.started_at, False)


def cause_words(facts: Facts) -> tuple[str, int | None] | None:
    """Return why the website is not up, and the id of its open window, if any; None while it is up and steady."""
    if facts.ongoing is not None:
        return facts.ongoing.root_cause or "Cause not known yet.", facts.ongoing.id
    latest = facts.latest if facts.website.is_active else None
    if latest is None:
        return None
    if latest.status == MonitorStatus.UP and facts.unsteadiness is not None:
        words = f"Intermittent failures: {facts.unsteadiness.share} failed, but too few in a row to count as down."
        return f"{words} {facts.last_failed or ''}".rstrip(), None
    if latest.status not in (MonitorStatus.DEGRADED, MonitorStatus.DOWN) or not latest.error_message:
        return None
    return latest.error_message, None


def figures(facts: Facts) -> list[Figure]:
    """Return the tiles: uptime over five spans, response time, certificate."""
    tiles = []
    for name, uptime in facts.uptimes.items():
        is_known = uptime.share is not None
        down = f"{duration(uptime.down_seconds)} down" if uptime.down_seconds >= 1 else "no downtime"
        known = coverage(uptime.coverage)
        note = down if uptime.coverage >= WHOLE else f"{down}, {known}"
        tiles.append(
            Figure(
                label=f"Uptime, {name}",
                value=percentage(uptime.share),
                unit="%" if is_known else "",
                note=note if is_known else "no data yet",
                hint=f"Share of known time in which it was available ({known}). Maintenance is excluded.",
            )
        )
    return [*tiles, _response(facts), _certificate(facts)]


def _response(facts: Facts) -> Figure:
    label = "Response, 24 h"
    found = facts.responses
    if found.p50_ms is None:
        return Figure(label=label, value="–", note="no response yet" if not facts.beats else "no response in 24 h")
    value, unit = milliseconds(found.p50_ms).split()
    hint = f"Median of {counted(found.checks, 'check')} with a response. 95% of them were at or below the p95."
    return Figure(label=label, value=value, unit=unit, note=f"p95 {milliseconds(found.p95_ms)}", hint=hint)


def _certificate(facts: Facts) -> Figure:
    label = "Certificate"
    if not facts.website.url.startswith("https:"):
        return Figure(label=label, value="–", note="not https")
    expires_at, issuer = _certificate_of(facts.state)
    if expires_at is None:
        return Figure(label=label, value="–", note="not checked yet")
    days = (expires_at - facts.now) / timedelta(days=1)
    on = f"{expires_at.day} {expires_at:%b %Y}"
    by = f"{issuer}, " if issuer else ""
    if days < 0:
        return Figure(label=label, value="expired", note=f"{by}{on}", tone="ww-is-down-text")
    tone = "ww-is-degraded-text" if days < SOON_DAYS else ""
    return Figure(label=label, value=str(int(days)), unit="days", note=f"{by}until {on}", tone=tone)


def _certificate_of(state: WebsiteState | None) -> tuple[datetime | None, str | None]:
    return (state.certificate_expires_at, state.certificate_issuer) if state else (None, None)


def chart_label(facts: Facts, chart: ChartState) -> str:
    """Describe the uptime chart for screen readers."""
    known = [point.p50_ms for point in chart.points if point.p50_ms is not None]
    span = chart.name or duration((chart.resolution.until - chart.resolution.since).total_seconds())
    if not known:
        return f"Response time over {span}: nothing is known."
    windows = counted(len(chart.windows), "downtime window")
    return (
        f"Response time of {facts.website.name} over {span}: between {milliseconds(min(known))} and "
        f"{milliseconds(max(known))}, at last {milliseconds(known[-1])}; {windows}."
    )


def settings(facts: Facts) -> list[tuple[str, str]]:
    """Return the website's settings as names and values."""
    website = facts.website
    options = website.check_options or {}
    rows = [
        ("URL", display_url(website.url)),
        ("Description", website.description or "none"),
        ("Tags", ", ".join(facts.tags) or "none"),
        ("Checked", f"every {duration(website.check_interval)}, gives up after {duration(website.timeout)}"),
        ("Method", str(options.get("method", "GET"))),
        ("Accepted status", str(options.get("accepted_statuses", "200-399"))),
        *check_words(options, only=CheckOptions.model_fields.keys() - {"method", "accepted_statuses"}),
    ]
    if website.depends_on:
        rows.append(("Depends on", website.depends_on))
    if website.regions:
        rows.append(("Regions", regions_words(website.regions, website.quorum)))
    if website.auto_debug is False:
        rows.append(("Evidence", "not started automatically"))
    if website.session_defaults:
        rows.append(("Debug sessions", ", ".join(spelled(name) for name in sorted(website.session_defaults))))
    if website.is_public:
        paths = (f"/badge/{website.id}/{name}.svg" for name in ("status", "uptime", "response-time"))
        rows.append(("Badges", ", ".join(paths)))
    if website.managed_by:
        rows.append(("Managed", managed_words(website.managed_by)))
    return rows


def _since(facts: Facts, moment: datetime) -> str:
    return duration(max((facts.now - moment).total_seconds(), 0))
