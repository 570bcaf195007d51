"""``/metrics``: what the latest checks found, for Prometheus; a token that may read opens it."""

from collections.abc import Iterator
from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from core import tracing
from core.database import in_session
from core.services import regions
from core.services.metrics import latest_of_all, open_windows, sessions_by_state, tallies
from core.workers.monitor_link import MonitorLink
from dashboard import metrics
from dashboard.runtime import Runtime

router = APIRouter(tags=["metrics"])


class _Collected(Collector):
    """What one look at the store found, as a registry takes it."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


@router.get("/metrics", response_class=Response, summary="Metrics for Prometheus, in blackbox_exporter's names")
async def get_metrics(request: Request) -> Response:
    """As text, or as OpenMetrics where that is asked for."""
    runtime: Runtime = request.app.state.runtime
    registry = CollectorRegistry()
    registry.register(_Collected(await in_session(_families, runtime.monitor)))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), media_type=media_type)


def _families(db: Session, monitor: MonitorLink) -> list[Metric]:
    ourselves = metrics.of_ourselves(
        open_windows=open_windows(db),
        sessions=sessions_by_state(db),
        version=version("watchwright"),
        monitors=monitor.checking,
        spans_lost=tracing.lost() + monitor.spans_lost,
    )
    by_region = metrics.of_regions(regions.known(db), tallies(db))
    return [*metrics.of_websites(latest_of_all(db)), *by_region, *ourselves]
