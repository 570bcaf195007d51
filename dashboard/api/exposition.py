"""What ``/metrics`` answers; imported by the first who asks, as Prometheus' client takes more than a megabyte."""

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
    """What one look at the store found, as a registry takes it."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is to be told."""

    of_websites: list[probe_metrics.Gauge]
    others: list[Metric]


def families(db: Session, monitor: MonitorLink) -> Found:
    """What is to be told of websites, regions and ourselves; a fixed number of queries."""
    ourselves = probe_metrics.of_ourselves(
        open_windows=open_windows(db),
        sessions=sessions_by_state(db),
        version=version("watchwright"),
        monitors=monitor.checking,
        spans_lost=tracing.lost() + monitor.spans_lost,
    )
    by_region = probe_metrics.of_regions(regions.known(db), tallies(db))
    return Found(of_websites=list(probe_metrics.of_websites(latest_of_all(db))), others=[*by_region, *ourselves])


def written(found: Found, accepted: str) -> tuple[bytes, str]:
    """*found* and what the process takes, in the format that *accepted*, an Accept header, asks for; and its type.

    Of thousands of websites this takes some tenths of a second: it is for a thread.
    """
    registry = CollectorRegistry()
    registry.register(_Collected(found.others))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder(accepted)
    return "".join(gauge.written() for gauge in found.of_websites).encode() + encode(registry), media_type
