"""/acknowledge: acknowledges downtime windows by the link in a notification, without an account.

GET only shows a button. Programs that scan mail follow links, and must not acknowledge anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from core.phrases import isolated, listed, utc_second
from core.sealing import Sealer
from core.services import DowntimeWindowCRUD
from dashboard.audit import note
from dashboard.current_actor import acting_as
from dashboard.runtime import Runtime
from dashboard.status import render
from dashboard.status.public import HEADERS

router = APIRouter(include_in_schema=False)

NO_TICKET = "This link is invalid or has expired. Sign in to acknowledge on the page of the downtime window."
ASK = "{website} has been down since {since}. Acknowledge it to show others that you are working on it."
DONE = "Others now see that {website} is being worked on ({by})."
EARLIER = "{website} was already acknowledged ({by})."
ASK_MANY = "{count} websites are down: {names}. Acknowledge them to show others that you are working on them."
DONE_MANY = "Others now see that {count} websites are being worked on ({by})."
OVER_MANY = "Every website in this message was already acknowledged or is back."
MAX_NAMED = 3  # websites
OVER = "{website} is {back} since {until}, so there is nothing to acknowledge."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A downtime window that the link names."""

    window: DowntimeWindow
    website: str
    """The website's name, isolated for bidirectional text."""

    @property
    def why_not(self) -> str | None:
        """Why this window cannot be acknowledged; None if it can."""
        if self.window.acknowledged_by is not None:
            return EARLIER.format(by=self.window.acknowledged_by, website=self.website)
        if self.window.ended_at is not None:
            back = "paused" if self.window.ended_in_pause else "back"
            return OVER.format(website=self.website, back=back, until=utc_second(self.window.ended_at))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The channel and windows of a link; both are empty if the link is invalid or expired."""

    channel: str = ""
    found: Sequence[Found] = ()

    @property
    def waiting(self) -> list[Found]:
        """Return the windows that can be acknowledged."""
        return [alert for alert in self.found if alert.why_not is None]


@router.get("/acknowledge")
async def ask(request: Request, ticket: str = "") -> Response:
    """Show what the link acknowledges, and a button that does."""
    link = await _follow(request, ticket)
    if not (waiting := link.waiting):
        return _nothing(request, link.found)
    title, button = (
        ("Acknowledge downtime?", "Acknowledge") if len(waiting) == 1 else ("Acknowledge downtimes?", "Acknowledge all")
    )
    return _page(request, title, _asked(waiting), form={"action": "/acknowledge", "token": ticket, "button": button})


@router.post("/acknowledge")
async def take_up(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Acknowledge the windows in the name of the channel that sent the link."""
    link = await _follow(request, token)
    if not (waiting := link.waiting):
        return _nothing(request, link.found)
    by, address = f"{link.channel}, by link", request.client.host if request.client else None
    with acting_as(Actor(name=f"link of {link.channel}", permissions=frozenset(), address=address)):
        await in_session(_acknowledge, [alert.window.id for alert in waiting], by)
    for alert in waiting:
        signals.window_changed.send(
            signals.WindowChanged(website_id=alert.window.website_id, window_id=alert.window.id)
        )
    done = DONE.format(website=waiting[0].website, by=by)
    if len(waiting) > 1:
        done = DONE_MANY.format(count=len(waiting), by=by)
    return _page(request, "Acknowledged", done, back=_back(link.found))


async def _follow(request: Request, text: str) -> Link:
    contents = ticket.read(Sealer.of(Runtime.of(request).settings), text, utc_now())
    if contents is None:
        return Link()
    return Link(channel=contents.channel, found=await in_session(_look, contents.window_ids))


def _look(db: Session, window_ids: Sequence[int]) -> list[Found]:
    found = []
    for window_id in window_ids:
        window = DowntimeWindowCRUD.get_by_id(db, window_id)
        website = db.get(Website, window.website_id) if window else None
        if window and website:
            found.append(Found(window=window, website=isolated(website.name)))
    return found


def _asked(waiting: Sequence[Found]) -> str:
    if len(waiting) == 1:
        return ASK.format(website=waiting[0].website, since=utc_second(waiting[0].window.started_at))
    names = [alert.website for alert in waiting[:MAX_NAMED]]
    names += [f"{len(waiting) - MAX_NAMED} more"] if len(waiting) > MAX_NAMED else []
    return ASK_MANY.format(count=len(waiting), names=listed(names))


def _nothing(request: Request, found: Sequence[Found]) -> Response:
    if not found:
        return _page(request, "Nothing to acknowledge", NO_TICKET, status=404)
    words = found[0].why_not if len(found) == 1 else OVER_MANY
    return _page(request, "Nothing to acknowledge", words or "", back=_back(found))


def _acknowledge(db: Session, window_ids: Sequence[int], name: str) -> None:
    for window_id in window_ids:
        DowntimeWindowCRUD.acknowledge(db, window_id, name, utc_now())
        note(db, "downtime_window.acknowledge", f"downtime window {window_id}")


def _page(
    request: Request, title: str, words: str, *, status: int = 200, form: dict[str, str] | None = None, back: str = ""
) -> Response:
    root = str(request.scope.get("root_path", ""))
    content = render.small_page(title, words, root=root, form=form, back=back, back_words="What was down")
    headers = HEADERS | {"Cache-Control": "no-store"}
    return Response(content, status, media_type="text/html; charset=utf-8", headers=headers)


def _back(found: Sequence[Found]) -> str:
    return f"/downtime/{found[0].window.id}" if len(found) == 1 else "/downtime"
