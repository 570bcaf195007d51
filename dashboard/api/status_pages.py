"""/api/v1/status-pages, and updates on downtime windows for their readers."""

from fastapi import Response
from sqlalchemy.orm import Session

from core.database import in_session
from core.models import DowntimeWindow, StatusSubscriber, WindowUpdate
from core.schemas.status_page import (
    StatusPageCreate,
    StatusPageListResponse,
    StatusPageRead,
    StatusPageUpdate,
    StatusSubscriberListResponse,
    WindowUpdateCreate,
    WindowUpdateListResponse,
    WindowUpdateRead,
)
from core.services import StatusSubscriberCRUD, WindowUpdateCRUD
from core.services.rows import require_row
from dashboard.actions import downtime_notes, status_pages
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Paging
from dashboard.url_numbers import Id

router = noun_router("status pages")


@router.get("/status-pages")
async def list_status_pages(paging: Paging) -> StatusPageListResponse:
    """List status pages by title, with their content."""
    items, total = await in_session(status_pages.read_all, skip=paging.skip, limit=paging.page_size)
    return paging.of(StatusPageListResponse, items, total)


@router.post("/status-pages", status_code=201)
async def add_status_page(data: StatusPageCreate, response: Response) -> StatusPageRead:
    """Add a status page, served at ``/status/SLUG``."""
    page = await status_pages.add(data.model_dump())
    response.headers["Location"] = f"/api/v1/status-pages/{page.id}"
    return page


@router.get("/status-pages/{page_id}")
async def get_status_page(page_id: Id) -> StatusPageRead:
    """Return a status page."""
    return await in_session(status_pages.read_one, page_id)


@router.patch("/status-pages/{page_id}")
async def change_status_page(page_id: Id, data: StatusPageUpdate) -> StatusPageRead:
    """Change a status page. Groups are replaced as a whole. ``{"password": null}`` removes the password."""
    data.refuse_nulls()
    return await status_pages.change(page_id, data.model_dump(exclude_unset=True))


@router.delete("/status-pages/{page_id}", status_code=204)
async def remove_status_page(page_id: Id) -> None:
    """Delete a status page with its subscribers."""
    await status_pages.remove(page_id)


@router.get("/status-pages/{page_id}/subscribers")
async def list_subscribers(page_id: Id, paging: Paging) -> StatusSubscriberListResponse:
    """List subscribers, confirmed and unconfirmed."""
    items, total = await in_session(_subscribers, page_id, paging.skip, paging.page_size)
    return paging.of(StatusSubscriberListResponse, items, total)


@router.delete("/status-pages/{page_id}/subscribers/{subscriber_id}", status_code=204)
async def remove_subscriber(page_id: Id, subscriber_id: Id) -> None:
    """Delete a subscriber."""
    await status_pages.remove_subscriber(page_id, subscriber_id)


@router.get("/downtime-windows/{window_id}/updates")
async def list_updates(window_id: Id, paging: Paging) -> WindowUpdateListResponse:
    """List a downtime window's status page updates, newest first."""
    found = await in_session(_updates, window_id)
    return paging.cut(WindowUpdateListResponse, found)


@router.post("/downtime-windows/{window_id}/updates", status_code=201)
async def write_update(window_id: Id, data: WindowUpdateCreate) -> WindowUpdateRead:
    """Publish an update. Subscribers get an e-mail."""
    written = await downtime_notes.write_update(window_id, data.model_dump())
    return WindowUpdateRead.model_validate(written)


def _updates(db: Session, window_id: int) -> list[WindowUpdate]:
    require_row(db, DowntimeWindow, window_id)
    return WindowUpdateCRUD.get_by_windows(db, [window_id]).get(window_id, [])


def _subscribers(db: Session, page_id: int, skip: int, limit: int) -> tuple[list[StatusSubscriber], int]:
    status_pages.read_one(db, page_id)
    return StatusSubscriberCRUD.get_by_page(db, page_id, skip, limit)
