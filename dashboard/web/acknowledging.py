"""/acknowledge: taking up a downtime window by the link in a message, without an account.

The link asks and a button acts: programs that look into mails follow links, and must not take anything up.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Actor
from core.clock import utc_now
from core.database import in_session
from core.models import DowntimeWindow, Website
from core.notifications import ticket
from core.notifications.ticket import Ticket
from core.sealing import Sealer
from core.services import DowntimeWindowCRUD
from dashboard.acting import acting_as
from dashboard.audit import note
from dashboard.format import utc
from dashboard.runtime import Runtime
from dashboard.status import render
from dashboard.status.public import HEADERS

router = APIRouter(include_in_schema=False)

NO_TICKET = "This link is not, or no longer, good. The page of the downtime window can be used by who signs in."
ASK = "{website} is down since {since}. Take it up: others see that somebody is at it, and are not called as well."
DONE = "Others see that somebody is at {website} ({by})."
EARLIER = "{website} was taken up before ({by})."
OVER = "{website} is {back} since {until}; there is nothing to take up."


@router.get("/acknowledge")
async def ask(request: Request, ticket: str = "") -> Response:
    """What it is about, and a button."""
    given = _read(request, ticket)
    window = await in_session(_look, given.window_id) if given else None
    if window is None:
        return _page(request, "Nothing to take up", NO_TICKET, status=404)
    told = _told(*window)
    if told is not None:
        return _page(request, "Nothing to take up", told, back=_back(window[0]))
    words = ASK.format(website=window[1], since=utc(window[0].started_at))
    form = {"action": "/acknowledge", "token": ticket, "button": "I take it up"}
    return _page(request, "Take it up?", words, form=form)


@router.post("/acknowledge")
async def take_up(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Note it, under the name of the channel that the link went through."""
    given = _read(request, token)
    window = await in_session(_look, given.window_id) if given else None
    if given is None or window is None:
        return _page(request, "Nothing to take up", NO_TICKET, status=404)
    told = _told(*window)
    if told is None:
        told = DONE.format(website=window[1], by=_name(given))
        address = request.client.host if request.client else None
        with acting_as(Actor(name=f"link of {given.channel}", permissions=frozenset(), address=address)):
            await in_session(_acknowledge, given)
        signals.window_changed.send(signals.WindowChanged(website_id=window[0].website_id, window_id=window[0].id))
        return _page(request, "Taken up", told, back=_back(window[0]))
    return _page(request, "Nothing to take up", told, back=_back(window[0]))


def _read(request: Request, text: str) -> Ticket | None:
    return ticket.read(Sealer.of(Runtime.of(request).settings), text, utc_now())


def _look(db: Session, window_id: int) -> tuple[DowntimeWindow, str] | None:
    window = DowntimeWindowCRUD.get_by_id(db, window_id)
    website = db.get(Website, window.website_id) if window else None
    return (window, website.name) if window and website else None


def _told(window: DowntimeWindow, website: str) -> str | None:
    """Why there is nothing to take up; None where there is."""
    if window.acknowledged_by is not None:
        return EARLIER.format(by=window.acknowledged_by, website=website)
    if window.ended_at is not None:
        back = "paused" if window.ended_in_pause else "back"
        return OVER.format(website=website, back=back, until=utc(window.ended_at))
    return None


def _acknowledge(db: Session, given: Ticket) -> None:
    DowntimeWindowCRUD.acknowledge(db, given.window_id, _name(given), utc_now())
    note(db, "downtime_window.acknowledge", f"downtime window {given.window_id}")


def _name(given: Ticket) -> str:
    return f"{given.channel}, by link"


def _page(
    request: Request, title: str, told: str, *, status: int = 200, form: dict[str, str] | None = None, back: str = ""
) -> Response:
    root = str(request.scope.get("root_path", ""))
    content = render.small_page(title, told, root=root, form=form, back=back, back_words="The downtime window")
    headers = HEADERS | {"Cache-Control": "no-store"}
    return Response(content, status, media_type="text/html; charset=utf-8", headers=headers)


def _back(window: DowntimeWindow) -> str:
    return f"/downtime/{window.id}"
