"""/api/v1/maintenance-windows: planned maintenance."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.clock import utc_at, utc_now
from core.database import in_session
from core.models import MaintenanceWindow
from core.schemas import (
    MaintenanceWindowCreate,
    MaintenanceWindowListResponse,
    MaintenanceWindowRead,
    MaintenanceWindowUpdate,
    UtcInstant,
)
from core.services import MaintenanceWindowCRUD
from core.services.maintenance_window import next_occurrences
from core.services.rows import require_row
from dashboard.actions import maintenance
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Of, Paging
from dashboard.url_numbers import Id

router = noun_router("maintenance windows", "/maintenance-windows")


class OccurrenceRead(BaseModel):
    """One occurrence of maintenance."""

    started_at: UtcInstant
    ended_at: UtcInstant


@router.get("")
async def list_maintenance_windows(
    paging: Paging, website_id: Of = None, tag_id: Of = None
) -> MaintenanceWindowListResponse:
    """List maintenance windows, latest start first. Filter by website or tag."""
    items, total = await in_session(
        MaintenanceWindowCRUD.get_all, paging.skip, paging.page_size, website_id=website_id, tag_id=tag_id
    )
    return paging.of(MaintenanceWindowListResponse, items, total)


@router.post("", status_code=201)
async def add_maintenance_window(data: MaintenanceWindowCreate, response: Response) -> MaintenanceWindowRead:
    """Plan maintenance for a website, a tag, or all websites."""
    window = await maintenance.add(data.model_dump())
    response.headers["Location"] = f"/api/v1/maintenance-windows/{window.id}"
    return MaintenanceWindowRead.model_validate(window)


@router.get("/{window_id}")
async def get_maintenance_window(window_id: Id) -> MaintenanceWindowRead:
    """Return a window."""
    return MaintenanceWindowRead.model_validate(await in_session(require_row, MaintenanceWindow, window_id))


@router.patch("/{window_id}")
async def change_maintenance_window(window_id: Id, data: MaintenanceWindowUpdate) -> MaintenanceWindowRead:
    """Change maintenance. ``{"recurrence": null}`` makes it happen once."""
    data.refuse_nulls()
    return MaintenanceWindowRead.model_validate(
        await maintenance.change(window_id, data.model_dump(exclude_unset=True))
    )


@router.delete("/{window_id}", status_code=204)
async def remove_maintenance_window(window_id: Id) -> None:
    """Delete maintenance. Downtime during it counts again."""
    await maintenance.remove(window_id)


@router.post("/{window_id}/end")
async def end_maintenance_window(window_id: Id) -> MaintenanceWindowRead:
    """End the current occurrence. Later ones stay."""
    return MaintenanceWindowRead.model_validate(await maintenance.end_now(window_id))


@router.get("/{window_id}/occurrences")
async def list_occurrences(window_id: Id, count: Annotated[int, Query(ge=1, le=100)] = 5) -> list[OccurrenceRead]:
    """List the next occurrences, the current one first."""
    spans = await in_session(_occurrences, window_id, count)
    return [OccurrenceRead(started_at=utc_at(start), ended_at=utc_at(end)) for start, end in spans]


def _occurrences(db: Session, window_id: int, count: int) -> list[tuple[float, float]]:
    return next_occurrences(require_row(db, MaintenanceWindow, window_id), after=utc_now(), count=count)
