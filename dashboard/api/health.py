"""``/healthz``: the process is alive; ``/readyz``: it can do its work."""

import asyncio
import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from core import database
from core.accounts.actor import NOBODY
from core.doctor_disk import diagnose_disk
from core.doctor_fleet import diagnose_fleet
from core.errors import StoreError
from dashboard.api.noun_router import operation_id
from dashboard.current_actor import current_actor
from dashboard.problems import RESPONSES, problem
from dashboard.runtime import Runtime

logger = logging.getLogger(__name__)

UNUSABLE = "The database is unavailable. See the server log."
CHECKS = "Checks"
"""The warning that websites are not checked, or that checks are not stored yet."""

router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)


@router.get("/healthz", summary="Alive")
def healthz() -> dict[str, str]:
    """Respond while the process runs."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Ready: the database is reachable and at this version's revision",
    responses={503: RESPONSES[503]},
)
async def readyz(request: Request) -> Response:
    """Return 503 with the reason while the database is unavailable or the dashboard is shutting down.

    Where the store is, and who signs in there, is for those who are signed in.
    """
    runtime = Runtime.of(request)
    if runtime.ending.is_set():
        return problem(503, "This dashboard is shutting down.")
    try:
        revision = await asyncio.to_thread(database.current, runtime.engine)
    except StoreError as error:
        logger.warning("not ready: the database cannot be used", extra={"reason": str(error)})
        return problem(503, UNUSABLE if current_actor() == NOBODY else str(error))
    if revision != database.latest_revision():
        return problem(503, f"The database is at revision {revision}, this version needs {database.latest_revision()}.")
    # These do not make the dashboard unready: without it, nobody could see them, and a restart does not mend them.
    # Everybody may read this, so only names are given.
    lines = [await asyncio.to_thread(diagnose_disk, runtime.settings.data_dir), *diagnose_fleet(runtime.regions.state)]
    wrong = {line.name for line in lines if not line.is_ok} | ({CHECKS} if runtime.monitor.trouble else set())
    facts = {"silent_regions": sorted(runtime.regions.silent), "warnings": sorted(wrong)}
    return JSONResponse(
        {"status": "ready", "revision": revision} | {name: said for name, said in facts.items() if said}
    )
