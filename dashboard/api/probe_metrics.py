"""The latest checks as Prometheus metrics, under the names of its blackbox_exporter. Pure.

Each series is labelled ``instance`` (the URL), ``website`` and ``website_id``. A website without known results has no
series, and a phase that a check did not reach has none.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.models import MonitorCheck, MonitorStatus, Region
from core.monitoring.verdict import Expectation
from core.schemas.url import display_url
from core.services.metrics import Latest, RegionTally

HTTP_VERSIONS = {"http/1.0": 1.0, "http/1.1": 1.1, "h2": 2.0, "h3": 3.0}
REGEX_KINDS = frozenset({Expectation.BODY, Expectation.JSON})

Value = Callable[[MonitorCheck], float | None]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge of websites. For 100,000 samples Prometheus' client would take four times as long."""

    name: str
    text: str
    samples: list[tuple[str, float]] = field(default_factory=list)
    """Encoded labels and the value."""

    def add(self, labels: str, value: float) -> None:
        self.samples.append((labels, value))

    def written(self) -> str:
        """Return the gauge in Prometheus' text format, which is the same in OpenMetrics."""
        lines = [f"{self.name}{{{labels}}} {float(value)!r}\n" for labels, value in self.samples]
        return f"# HELP {self.name} {self.text}\n# TYPE {self.name} gauge\n{''.join(lines)}"


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


def of_websites(latest: Sequence[Latest]) -> Iterator[Gauge]:
    """Yield the metrics of websites that are not paused."""
    labelled = [(_labels(item), item) for item in latest if item.state is not None]
    yield from _of_states(labelled)
    checked = [(labels, item.check) for labels, item in labelled if item.check is not None]
    for name, text, value in PROBE:
        gauge = Gauge(name, text)
        for labels, check in checked:
            if (number := value(check)) is not None:
                gauge.add(labels, number)
        yield gauge
    yield _phases(checked)


def of_monitor(
    *,
    open_windows: int,
    sessions: dict[str, int],
    version: str,
    monitors: int,
    spans_lost: int,
) -> Iterator[Metric]:
    """Yield the metrics of Watchwright itself."""
    build = GaugeMetricFamily("watchwright_build_info", "The version of Watchwright", labels=("version",))
    build.add_metric((version,), 1)
    yield build
    yield GaugeMetricFamily("watchwright_monitors", "Running monitors", value=monitors)
    yield GaugeMetricFamily("watchwright_downtime_windows_open", "Open downtime windows", value=open_windows)
    yield CounterMetricFamily("watchwright_spans_lost", "Spans that the collector did not accept", value=spans_lost)
    family = GaugeMetricFamily("watchwright_debug_sessions", "Debug sessions by state", labels=("state",))
    for state, count in sorted(sessions.items()):
        family.add_metric((state,), count)
    yield family


def of_regions(regions: Sequence[Region], tallies: Sequence[RegionTally]) -> Iterator[Metric]:
    """Yield the metrics of regions: a few per region, however many websites it checks."""
    silent = GaugeMetricFamily(
        "watchwright_region_silent", "Whether no worker of the region reports", labels=("region",)
    )
    heartbeats = GaugeMetricFamily(
        "watchwright_region_heard_timestamp_seconds", "When a worker of the region last reported", labels=("region",)
    )
    for region in regions:
        silent.add_metric((region.name,), float(region.silent_since is not None))
        if region.heard_at is not None:
            heartbeats.add_metric((region.name,), region.heard_at.timestamp())
    found = GaugeMetricFamily(
        "watchwright_region_websites",
        "Websites by the status of the latest check from the region",
        labels=("region", "status"),
    )
    disagreeing: Counter[str] = Counter()
    for tally in tallies:
        found.add_metric((tally.region, tally.status.value.lower()), tally.websites)
        disagreeing[tally.region] += tally.disagreeing
    alone = GaugeMetricFamily(
        "watchwright_region_disagreements",
        "Websites whose status from the region differs from their overall status",
        labels=("region",),
    )
    for name, count in disagreeing.items():
        alone.add_metric((name,), count)
    yield from (silent, heartbeats, found, alone)


def _of_states(labelled: Sequence[tuple[str, Latest]]) -> Iterator[Gauge]:
    success = Gauge("probe_success", "Whether the website was available")
    status = Gauge("watchwright_website_status", "1 for the current status, else 0")
    checked = Gauge("watchwright_last_check_timestamp_seconds", "When the latest check started")
    expiry = Gauge("probe_ssl_earliest_cert_expiry", "When the certificate expires")
    secure = Gauge("probe_http_ssl", "Whether the website is checked over TLS")
    for labels, item in labelled:
        assert item.state is not None
        verdict = item.state.status
        if verdict is not MonitorStatus.UNKNOWN:  # unknown is not a failure of the website
            success.add(labels, verdict is not MonitorStatus.DOWN)
        for state in MonitorStatus:
            status.add(f'{labels},status="{state.value.lower()}"', state is verdict)
        checked.add(labels, item.state.checked_at.timestamp())
        secure.add(labels, urlsplit(item.website.url).scheme == "https")
        if item.state.certificate_expires_at is not None:
            expiry.add(labels, item.state.certificate_expires_at.timestamp())
    yield from (success, status, checked, expiry, secure)


def _phases(checked: Sequence[tuple[str, MonitorCheck]]) -> Gauge:
    gauge = Gauge("probe_http_duration_seconds", "Duration of each phase")
    for labels, check in checked:
        for phase, value in PHASES:
            if (milliseconds := value(check)) is not None:
                gauge.add(f'{labels},phase="{phase}"', milliseconds / 1000)
    return gauge


def _labels(item: Latest) -> str:
    url, name = _escaped(display_url(item.website.url)), _escaped(item.website.name)
    return f'instance="{url}",website="{name}",website_id="{item.website.id}"'


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
