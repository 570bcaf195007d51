"""/badge/{id}/…: SVG badges with the status, uptime or response time of public websites."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import Website
from core.services import DowntimeWindowCRUD, WebsiteCRUD, statistics
from core.services.maintenance_window import in_maintenance
from dashboard.format import percentage
from dashboard.status.public_status import public_status
from dashboard.status.render import WORDS
from dashboard.status.xml import as_xml
from dashboard.theme import LIGHT
from dashboard.url_numbers import Id

router = APIRouter(include_in_schema=False)

Days = Annotated[int, Query(ge=1, le=90)]
FRESH_SECONDS = 10.0  # how long a badge is cached, as anybody may request it at any rate
MAX_CACHED = 10_000
CHARACTER = 6.6  # average width of a character in pixels at 11 px
GREY = "#667085"
COLOURS = {"up": "#0f8a45", "degraded": "#a85a04", "down": LIGHT["down"], "maintenance": LIGHT["info"]}
BadgeParts = tuple[str, str, str]
"""Label, value and colour of a badge."""
_cache: dict[tuple[object, ...], tuple[float, BadgeParts | None]] = {}


@router.api_route("/badge/{website_id}/status.svg", methods=["GET", "HEAD"])
async def status_badge(website_id: Id) -> Response:
    """Show the current status."""
    return _answer(await _cached(_status, website_id))


@router.api_route("/badge/{website_id}/uptime.svg", methods=["GET", "HEAD"])
async def uptime_badge(website_id: Id, days: Days = 30) -> Response:
    """Show the uptime of the last *days*."""
    return _answer(await _cached(_uptime, website_id, days))


@router.api_route("/badge/{website_id}/response-time.svg", methods=["GET", "HEAD"])
async def response_badge(website_id: Id, days: Days = 1) -> Response:
    """Show the median response time of the last *days*."""
    return _answer(await _cached(_response, website_id, days))


def badge(label: str, value: str, colour: str) -> str:
    """Return an SVG with *label* on the left and *value* on *colour*."""
    left, right = round(len(label) * CHARACTER + 14), round(len(value) * CHARACTER + 14)
    words = f"{label}: {value}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{as_xml(words)}"><title>{as_xml(words)}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="4"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#344054"/><rect x="{left}" width="{right}" height="20" '
        f'fill="{colour}"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11"><text x="{left / 2}" y="14">{as_xml(label)}</text>'
        f'<text x="{left + right / 2}" y="14">{as_xml(value)}</text></g></svg>'
    )


async def _cached(read: Callable[..., BadgeParts | None], *arguments: int) -> BadgeParts | None:
    key, now = (read.__name__, *arguments), time.monotonic()
    known = _cache.get(key)
    if known is None or now - known[0] > FRESH_SECONDS:
        if len(_cache) >= MAX_CACHED:
            _cache.clear()
        known = _cache[key] = now, await in_session(read, *arguments)
    return known[1]


def _answer(found: BadgeParts | None) -> Response:
    if found is None:  # the same answer for unknown and private websites
        svg, status = badge("website", "not public", GREY), 404
    else:
        svg, status = badge(*found), 200
    headers = {"Cache-Control": "public, max-age=60", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(svg, status, media_type="image/svg+xml", headers=headers)


def _public(db: Session, website_id: int) -> Website | None:
    website = WebsiteCRUD.get_by_id(db, website_id)
    return website if website is not None and website.is_public else None


def _status(db: Session, website_id: int) -> BadgeParts | None:
    website = _public(db, website_id)
    if website is None:
        return None
    now = utc_now()
    status = public_status(
        statistics.current_states(db, [website_id]).get(website_id),
        is_active=website.is_active,
        is_down=DowntimeWindowCRUD.get_ongoing_downtime(db, website_id) is not None,
        is_resting=bool(in_maintenance(db, [website_id], now)),
        now=now,
    )
    word = WORDS[status].lower()
    return website.name, word, COLOURS.get(word, GREY)


def _uptime(db: Session, website_id: int, days: int) -> BadgeParts | None:
    if _public(db, website_id) is None:
        return None
    now = utc_now()
    share = statistics.uptime(db, [website_id], since=now - timedelta(days=days), until=now)[website_id].share
    if share is None:
        return f"uptime {days}d", "no data", GREY
    colour = COLOURS["up" if share >= 0.999 else "degraded" if share >= 0.95 else "down"]
    return f"uptime {days}d", f"{percentage(share)}%", colour


def _response(db: Session, website_id: int, days: int) -> BadgeParts | None:
    if _public(db, website_id) is None:
        return None
    now = utc_now()
    median = statistics.percentiles(db, website_id, since=now - timedelta(days=days), until=now).p50_ms
    if median is None:
        return "response time", "no data", GREY
    return "response time", f"{median:,.0f} ms", COLOURS["up" if median < 1_000 else "degraded"]
