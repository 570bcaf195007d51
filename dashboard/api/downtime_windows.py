"""/api/v1/downtime-windows: the downtime windows of all websites."""

from fastapi import Request, Response
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.errors import require_found
from core.models import DowntimeWindow
from core.schemas import (
    DowntimeWindowListResponse,
    DowntimeWindowRead,
    DowntimeWindowUpdate,
    FindingListResponse,
    LookListResponse,
)
from core.schemas.base import Given
from core.services import FindingCRUD, LookCRUD, downtime_list
from core.services.downtime_list import WindowFilter
from core.services.rows import require_row
from core.services.session_evidence import SessionEvidence
from dashboard.actions import downtime_notes
from dashboard.actions.notifications import links
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Of, Paging
from dashboard.api.time_range import Within
from dashboard.queries.downtime_window import WindowState, load
from dashboard.reports.postmortem import POLICY, to_html, to_markdown
from dashboard.runtime import Runtime
from dashboard.url_numbers import Id

router = noun_router("downtime windows", "/downtime-windows")


class DowntimeWindowWords(Given):
    """The texts that people add to a window. Its start and end come from checks."""

    root_cause: str | None = None
    notes: str | None = None


@router.get("")
async def list_downtime_windows(
    paging: Paging,
    within: Within,
    website_id: Of = None,
    tag: str | None = None,
    is_open: bool | None = None,
) -> DowntimeWindowListResponse:
    """List downtime windows within the time range, newest first. Filter by website, tag or open state."""
    wanted = WindowFilter(since=within.since, until=within.until, website_id=website_id, tag=tag, is_open=is_open)
    found, total = await in_session(
        downtime_list.windows, wanted, now=utc_now(), skip=paging.skip, limit=paging.page_size
    )
    return paging.of(DowntimeWindowListResponse, [window for window, _name in found], total)


@router.get("/{window_id}")
async def get_downtime_window(window_id: Id) -> DowntimeWindowRead:
    """Return a window."""
    return DowntimeWindowRead.model_validate(await in_session(require_row, DowntimeWindow, window_id))


@router.get("/{window_id}/findings")
async def list_findings_of_downtime_window(window_id: Id, paging: Paging) -> FindingListResponse:
    """List a downtime window's findings, the cause first."""
    await get_downtime_window(window_id)
    items, total = await in_session(FindingCRUD.get_by_window, window_id, paging.skip, paging.page_size)
    return paging.of(FindingListResponse, items, total)


@router.get("/{window_id}/looks")
async def list_looks(window_id: Id, paging: Paging) -> LookListResponse:
    """List the extra measurements taken while it was down, oldest first, with milliseconds per step."""
    await get_downtime_window(window_id)
    looks = await in_session(LookCRUD.get_by_window, window_id)
    return paging.cut(LookListResponse, looks)


@router.patch("/{window_id}")
async def change_downtime_window(window_id: Id, data: DowntimeWindowWords) -> DowntimeWindowRead:
    """Change a downtime window's root cause or notes."""
    change = DowntimeWindowUpdate(**data.model_dump(exclude_unset=True))
    return DowntimeWindowRead.model_validate(await downtime_notes.write_down(window_id, change))


@router.post("/{window_id}/acknowledge")
async def acknowledge_downtime_window(window_id: Id) -> DowntimeWindowRead:
    """Acknowledge a downtime window. The first acknowledgement stays."""
    return DowntimeWindowRead.model_validate(await downtime_notes.acknowledge(window_id))


@router.get("/{window_id}/report", response_class=Response, responses={200: {"content": {"text/html": {}}}})
async def get_report(window_id: Id, request: Request) -> Response:
    """Export a downtime window as one self-contained HTML page without scripts."""
    text = await in_session(_report, window_id, links(Runtime.of(request).settings).window(window_id))
    headers = {
        "Content-Disposition": f'attachment; filename="downtime-{window_id}.html"',
        "Content-Security-Policy": f"{POLICY}; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, media_type="text/html", headers=headers)


@router.get("/{window_id}/postmortem", response_class=Response, responses={200: {"content": {"text/markdown": {}}}})
async def get_postmortem(window_id: Id, request: Request) -> Response:
    """Export a downtime window as Markdown for a post-mortem."""
    text = await in_session(_postmortem, window_id, links(Runtime.of(request).settings).window(window_id))
    return Response(text, media_type="text/markdown")


def _state(db: Session, window_id: int) -> WindowState:
    return require_found(load(db, window_id), f"downtime window {window_id}")


def _postmortem(db: Session, window_id: int, link: str) -> str:
    return to_markdown(_state(db, window_id), link)


def _report(db: Session, window_id: int, link: str) -> str:
    state = _state(db, window_id)
    good, bad = (
        SessionEvidence.artifact(db, picture.session_id, picture.artifact_id) if picture else None
        for picture in (state.good_picture, state.bad_picture)
    )
    return to_html(state, link, good=good, bad=bad)
