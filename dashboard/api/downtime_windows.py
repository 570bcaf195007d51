"""/api/v1/downtime-windows: what was down, across all websites."""

from typing import Annotated

from fastapi import APIRouter, Path

from core.database import in_session
from core.errors import NotFound
from core.schemas import DowntimeWindowListResponse, DowntimeWindowRead, DowntimeWindowUpdate
from core.schemas.base import Schema
from core.services import DowntimeWindowCRUD
from dashboard import downtime_notes
from dashboard.api.paging import Paging
from dashboard.api.problems import RESPONSES
from dashboard.api.websites import Since, Until

router = APIRouter(prefix="/downtime-windows", tags=["downtime windows"], responses=RESPONSES)

WindowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class DowntimeWindowWords(Schema):
    """What people add to a window; its edges are what the checks say."""

    root_cause: str | None = None
    notes: str | None = None


@router.get("")
async def list_downtime_windows(paging: Paging, since: Since = None, until: Until = None) -> DowntimeWindowListResponse:
    """The windows that touch the span, newest first."""
    items, total = await in_session(
        DowntimeWindowCRUD.get_by_website, None, since, until, paging.skip, paging.page_size
    )
    read = [DowntimeWindowRead.model_validate(item) for item in items]
    return DowntimeWindowListResponse(items=read, total=total, page=paging.page, page_size=paging.page_size)


@router.get("/{window_id}")
async def get_downtime_window(window_id: WindowId) -> DowntimeWindowRead:
    """One window."""
    window = await in_session(DowntimeWindowCRUD.get_by_id, window_id)
    if window is None:
        raise NotFound(f"There is no downtime window {window_id}.")
    return DowntimeWindowRead.model_validate(window)


@router.patch("/{window_id}")
async def change_downtime_window(window_id: WindowId, data: DowntimeWindowWords) -> DowntimeWindowRead:
    """Write down its root cause or notes."""
    change = DowntimeWindowUpdate(**data.model_dump(exclude_unset=True))
    return DowntimeWindowRead.model_validate(await downtime_notes.write_down(window_id, change))


@router.post("/{window_id}/acknowledge")
async def acknowledge_downtime_window(window_id: WindowId) -> DowntimeWindowRead:
    """Say that you have taken it up; whoever was first stays."""
    return DowntimeWindowRead.model_validate(await downtime_notes.acknowledge(window_id))
