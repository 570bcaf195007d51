"""The content of ``/metrics``. It is imported at the first request, as Prometheus' client takes over a megabyte."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from core import tracing
from core.services import regions
from core.services.metrics import latest_of_all, open_windows, sessions_by_state, tallies
from core.workers.monitor_link import MonitorLink
from dashboard.api import probe_metrics


class _Collected(Collector):
    """A collector of metrics that were read before."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    of_websites: list[probe_metrics.Gauge]
    others: list[Metric]


def families(db: Session, monitor: MonitorLink) -> Found:
    """Read the metrics of websites, regions and Watchwright itself; a fixed number of queries."""
    ourselves = probe_metrics.of_monitor(
        open_windows=open_windows(db),
        sessions=sessions_by_state(db),
        version=version("watchwright"),
        monitors=monitor.checking,
        spans_lost=tracing.lost() + monitor.spans_lost,
    )
    by_region = probe_metrics.of_regions(regions.known(db), tallies(db))
    return Found(of_websites=list(probe_metrics.of_websites(latest_of_all(db))), others=[*by_region, *ourselves])


def written(found: Found, accepted: str) -> tuple[bytes, str]:
    """Return the metrics, with the process's, in the format for the Accept header *accepted*; and its media type.

    Call this on a thread: with thousands of websites it takes some tenths of a second.
    """
    registry = CollectorRegistry()
    registry.register(_Collected(found.others))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder(accepted)
    return "".join(gauge.written() for gauge in found.of_websites).encode() + encode(registry), media_type
