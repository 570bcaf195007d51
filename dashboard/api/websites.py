"""/api/v1/websites: websites with their checks, uptime, downtime windows and debug sessions."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import MonitorStatus, Website
from core.schemas import (
    DebugSessionListResponse,
    DowntimeWindowListResponse,
    MonitorCheckListResponse,
    UtcInstant,
    WebsiteCreate,
    WebsiteListResponse,
    WebsiteRead,
    WebsiteUpdate,
    WebsiteWithStats,
)
from core.schemas.region import RegionName
from core.schemas.url import WebsiteUrl, display_url
from core.services import DebugSessionCRUD, DowntimeWindowCRUD, MonitorCheckCRUD, TagCRUD, statistics
from core.services.rows import require_row
from dashboard.actions import websites
from dashboard.actions.websites import read_all, read_one
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Paging
from dashboard.api.time_range import Within
from dashboard.url_numbers import Id

router = noun_router("websites", "/websites")

Words = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="Text in the name or the URL.")]
ThatUrl = Annotated[WebsiteUrl | None, Query(description="The website with this URL, after normalisation.")]


class UptimeRead(BaseModel):
    """Uptime as the share of known time."""

    since: UtcInstant
    until: UtcInstant
    uptime_percentage: float | None
    """0 to 100; null where nothing is known."""
    coverage: float
    """The share of the span about which we know, 0 to 1."""
    down_seconds: float


class SeriesPointRead(BaseModel):
    """One bucket of the response-time series; null where no check got an answer."""

    started_at: UtcInstant
    checks: int
    down: int
    degraded: int
    response_ms: float | None
    slowest_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None


@router.get("")
async def list_websites(
    paging: Paging, active_only: bool = False, tag: str | None = None, q: Words = None, url: ThatUrl = None
) -> WebsiteListResponse:
    """List websites, oldest first, with their latest status. Filter by tag, name or URL."""
    read, total = await in_session(
        read_all, skip=paging.skip, limit=paging.page_size, active_only=active_only, tag=tag, words=q, url=url
    )
    return paging.of(WebsiteListResponse, read, total)


@router.post("", status_code=201)
async def add_website(data: WebsiteCreate, response: Response) -> WebsiteRead:
    """Add a website. It is checked at once."""
    website = await websites.add(data.model_dump())
    response.headers["Location"] = f"/api/v1/websites/{website.id}"
    return await in_session(read_one, website)


@router.get("/{website_id}")
async def get_website(website_id: Id) -> WebsiteWithStats:
    """Return a website with its current status."""
    return await in_session(with_stats, website_id)


@router.patch("/{website_id}")
async def change_website(website_id: Id, data: WebsiteUpdate) -> WebsiteRead:
    """Change a website. ``{"is_active": false}`` pauses it. An unchanged URL keeps its masked name and password."""
    data.refuse_nulls()
    fields = data.model_dump(exclude_unset=True)
    if fields.get("url") == display_url((await in_session(require_row, Website, website_id)).url):
        del fields["url"]
    website = await websites.change(website_id, fields)
    return await in_session(read_one, website)


@router.delete("/{website_id}", status_code=204)
async def remove_website(website_id: Id) -> None:
    """Delete a website with all its recorded data."""
    await websites.remove(website_id)


@router.get("/{website_id}/checks")
async def list_checks(
    website_id: Id,
    paging: Paging,
    within: Within,
    status: MonitorStatus | None = None,
    region: Annotated[RegionName | None, Query(description="Only checks from this region.")] = None,
) -> MonitorCheckListResponse:
    """List a website's checks, newest first. Filter by status or region."""
    await in_session(require_row, Website, website_id)
    items, total = await in_session(
        MonitorCheckCRUD.get_by_website,
        website_id,
        within.since,
        within.until,
        paging.skip,
        paging.page_size,
        status,
        region=region,
    )
    return paging.of(MonitorCheckListResponse, items, total)


@router.get("/{website_id}/uptime")
async def get_uptime(website_id: Id, within: Within) -> UptimeRead:
    """Return a website's uptime. Default: the last 24 hours."""
    first, last = within.span
    await in_session(require_row, Website, website_id)
    uptime = (await in_session(statistics.uptime, [website_id], since=first, until=last))[website_id]
    percentage = None if uptime.share is None else uptime.share * 100
    return UptimeRead(
        since=first,
        until=last,
        uptime_percentage=percentage,
        coverage=uptime.coverage,
        down_seconds=uptime.down_seconds,
    )


@router.get("/{website_id}/series")
async def get_series(
    website_id: Id,
    within: Within,
    max_points: Annotated[int, Query(ge=1, le=2_000)] = 500,
) -> list[SeriesPointRead]:
    """Return a website's response times in at most *max_points* buckets. Default: the last 24 hours."""
    first, last = within.span
    await in_session(require_row, Website, website_id)
    points = await in_session(statistics.response_series, website_id, since=first, until=last, max_points=max_points)
    return [SeriesPointRead.model_validate(point, from_attributes=True) for point in points]


@router.get("/{website_id}/downtime-windows")
async def list_downtime_windows_of_website(
    website_id: Id, paging: Paging, within: Within
) -> DowntimeWindowListResponse:
    """List a website's downtime windows within the time range, newest first."""
    await in_session(require_row, Website, website_id)
    items, total = await in_session(
        DowntimeWindowCRUD.get_by_website, website_id, within.since, within.until, paging.skip, paging.page_size
    )
    return paging.of(DowntimeWindowListResponse, items, total)


@router.get("/{website_id}/debug-sessions")
async def list_debug_sessions_of_website(website_id: Id, paging: Paging) -> DebugSessionListResponse:
    """List a website's debug sessions, newest first."""
    await in_session(require_row, Website, website_id)
    items, total = await in_session(DebugSessionCRUD.get_by_website, website_id, paging.skip, paging.page_size)
    return paging.of(DebugSessionListResponse, items, total)


def with_stats(db: Session, website_id: int) -> WebsiteWithStats:
    """Return a website with its statistics.

    Raises:
        NotFound: The website does not exist.
    """
    website = require_row(db, Website, website_id)
    now = utc_now()
    # Not the newest check, which a wrong clock may have dated in the future.
    state = statistics.current_states(db, [website_id]).get(website_id)
    stats: dict[str, Any] = {"total_checks": MonitorCheckCRUD.get_by_website(db, website_id, limit=1)[1]}
    for name, days in (("uptime_24h", 1), ("uptime_7d", 7), ("uptime_30d", 30)):
        share = statistics.uptime(db, [website_id], since=now - timedelta(days=days), until=now)[website_id].share
        stats[name] = None if share is None else share * 100
    stats |= websites.last_said(state)
    stats["tags"] = TagCRUD.names_of(db, website_id)
    return WebsiteWithStats.model_validate(website).model_copy(update=stats)
