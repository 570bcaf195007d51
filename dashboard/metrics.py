"""What the latest checks found as Prometheus' metrics, under the names that its blackbox_exporter gives. Pure.

Each series is labelled ``instance`` (the URL), ``website`` and ``website_id``; a website of which nothing is known
has no series, and neither has a phase that its check did not come to.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.models import MonitorCheck, MonitorStatus, Region
from core.monitoring.verdict import Expectation
from core.schemas.website import display_url
from core.services.metrics import Latest, RegionTally

LABELS = ("instance", "website", "website_id")
HTTP_VERSIONS = {"http/1.0": 1.0, "http/1.1": 1.1, "h2": 2.0, "h3": 3.0}
REGEX_KINDS = frozenset({Expectation.BODY, Expectation.JSON})

Value = Callable[[MonitorCheck], float | None]


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _ip_protocol(check: MonitorCheck) -> float | None:
    return None if check.remote_address is None else 6.0 if check.remote_address.startswith("[") else 4.0


PROBE: tuple[tuple[str, str, Value], ...] = (
    ("probe_duration_seconds", "How long the check took in all", lambda check: _seconds(check.response_time_ms)),
    ("probe_dns_lookup_time_seconds", "How long resolving the name took", lambda check: _seconds(check.dns_time_ms)),
    ("probe_http_status_code", "The status code of the final answer", lambda check: check.http_status_code),
    ("probe_http_redirects", "How many redirects were followed", lambda check: check.redirect_count),
    ("probe_http_content_length", "Bytes of the body as they were sent", lambda check: check.body_bytes),
    ("probe_http_version", "The version of HTTP", lambda check: HTTP_VERSIONS.get(check.http_version or "")),
    ("probe_ip_protocol", "Whether IPv4 or IPv6 was used", _ip_protocol),
    (
        "probe_failed_due_to_regex",
        "Whether the body was not as expected",
        lambda check: float(check.error_kind in REGEX_KINDS),
    ),
    ("watchwright_check_lag_seconds", "By how much the check started late", lambda check: _seconds(check.lag_ms)),
)
PHASES: tuple[tuple[str, Value], ...] = (
    ("resolve", lambda check: check.dns_time_ms),
    ("connect", lambda check: check.connect_time_ms),
    ("tls", lambda check: check.tls_time_ms),
    ("processing", lambda check: check.ttfb_ms),
    ("transfer", lambda check: check.download_time_ms),
)


def of_websites(latest: Sequence[Latest]) -> Iterator[Metric]:
    """The metrics of websites that are not paused."""
    yield from _of_states(latest)
    checked = [(_labels(item), item.check) for item in latest if item.check is not None]
    for name, text, value in PROBE:
        family = GaugeMetricFamily(name, text, labels=LABELS)
        for labels, check in checked:
            if (number := value(check)) is not None:
                family.add_metric(labels, number)
        yield family
    yield _phases(checked)


def of_ourselves(
    *,
    open_windows: int,
    sessions: dict[str, int],
    version: str,
    monitors: int,
    spans_lost: int,
) -> Iterator[Metric]:
    """The metrics of Watchwright itself."""
    build = GaugeMetricFamily("watchwright_build_info", "Which version serves this", labels=("version",))
    build.add_metric((version,), 1)
    yield build
    yield GaugeMetricFamily("watchwright_monitors", "How many monitors check websites", value=monitors)
    yield GaugeMetricFamily("watchwright_downtime_windows_open", "How many websites are down", value=open_windows)
    yield CounterMetricFamily("watchwright_spans_lost", "Spans that the collector did not take", value=spans_lost)
    family = GaugeMetricFamily("watchwright_debug_sessions", "Debug sessions by state", labels=("state",))
    for state, count in sorted(sessions.items()):
        family.add_metric((state,), count)
    yield family


def of_regions(regions: Sequence[Region], tallies: Sequence[RegionTally]) -> Iterator[Metric]:
    """The metrics of regions: a handful for each, however many websites they check."""
    silent = GaugeMetricFamily("watchwright_region_silent", "Whether no worker of it is heard", labels=("region",))
    heard = GaugeMetricFamily(
        "watchwright_region_heard_timestamp_seconds", "When a worker of it was heard last", labels=("region",)
    )
    for region in regions:
        silent.add_metric((region.name,), float(region.silent_since is not None))
        if region.heard_at is not None:
            heard.add_metric((region.name,), region.heard_at.timestamp())
    found = GaugeMetricFamily(
        "watchwright_region_websites", "Websites by what its latest check says", labels=("region", "status")
    )
    disagreeing: Counter[str] = Counter()
    for tally in tallies:
        found.add_metric((tally.region, tally.status.value.lower()), tally.websites)
        disagreeing[tally.region] += tally.disagreeing
    alone = GaugeMetricFamily(
        "watchwright_region_disagreements", "Websites of which it does not say what all say", labels=("region",)
    )
    for name, count in disagreeing.items():
        alone.add_metric((name,), count)
    yield from (silent, heard, found, alone)


def _of_states(latest: Sequence[Latest]) -> Iterator[Metric]:
    success = GaugeMetricFamily("probe_success", "Whether the website was available", labels=LABELS)
    status = GaugeMetricFamily("watchwright_website_status", "1 for the verdict it has", labels=(*LABELS, "status"))
    checked = GaugeMetricFamily("watchwright_last_check_timestamp_seconds", "When the check began", labels=LABELS)
    expiry = GaugeMetricFamily("probe_ssl_earliest_cert_expiry", "When its certificate expires", labels=LABELS)
    secure = GaugeMetricFamily("probe_http_ssl", "Whether it is asked over TLS", labels=LABELS)
    for item in latest:
        if item.state is None:
            continue
        labels, verdict = _labels(item), item.state.status
        if verdict is not MonitorStatus.UNKNOWN:  # what we could not see is no failure of theirs
            success.add_metric(labels, float(verdict is not MonitorStatus.DOWN))
        for one in MonitorStatus:
            status.add_metric((*labels, one.value.lower()), float(one is verdict))
        checked.add_metric(labels, item.state.checked_at.timestamp())
        secure.add_metric(labels, float(urlsplit(item.website.url).scheme == "https"))
        if item.state.certificate_expires_at is not None:
            expiry.add_metric(labels, item.state.certificate_expires_at.timestamp())
    yield from (success, status, checked, expiry, secure)


def _phases(checked: Sequence[tuple[tuple[str, str, str], MonitorCheck]]) -> Metric:
    family = GaugeMetricFamily("probe_http_duration_seconds", "How long each phase took", labels=(*LABELS, "phase"))
    for labels, check in checked:
        for phase, value in PHASES:
            if (milliseconds := value(check)) is not None:
                family.add_metric((*labels, phase), milliseconds / 1000)
    return family


def _labels(item: Latest) -> tuple[str, str, str]:
    return display_url(item.website.url), item.website.name, str(item.website.id)
