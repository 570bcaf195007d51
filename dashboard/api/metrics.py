"""``/metrics``: what the latest checks found, for Prometheus; a token that may read opens it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core.database import in_session
from dashboard.runtime import Runtime

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=Response, summary="Metrics for Prometheus, in blackbox_exporter's names")
async def get_metrics(request: Request) -> Response:
    """As text, or as OpenMetrics where that is asked for."""
    from dashboard import exposition

    runtime: Runtime = request.app.state.runtime
    found = await in_session(exposition.families, runtime.monitor)
    content, media_type = exposition.written(found, request.headers.get("accept", ""))
    return Response(content, media_type=media_type)
