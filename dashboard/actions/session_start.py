"""Starts a debug session of any URL, even of a website that is not watched."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.database import in_session
from core.debugging.session import DebugSessions
from core.errors import InvalidInput
from core.input_messages import sentence
from core.models import Website
from core.schemas.url import as_typed, display_url, normalise_url
from core.services import WebsiteCRUD
from dashboard.actions import sessions as facade
from dashboard.actions import websites


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A session that was started, and a notice if a website was added for it."""

    session_id: int
    notice: str | None


async def start_for_url(sessions: DebugSessions, typed: str) -> Started:
    """Start a session of the URL that a person typed.

    A URL on a watched host belongs to that host's website. Otherwise a paused website is added, so that the session can
    be found; it is not checked.

    Raises:
        InvalidInput: *typed* is not an http or https URL.
        BrowserMissing: No browser was found; nothing was added.
    """
    try:
        url = normalise_url(as_typed(typed))
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error
    website = await in_session(nearest, url)
    if website is not None:
        return Started(session_id=await facade.start(sessions, website.id, url=url), notice=None)
    sessions.require_browser()
    website = await websites.add({"url": url, "is_active": False})
    notice = f"{display_url(url)} was not monitored yet. It was added as a paused website that holds this session."
    return Started(session_id=await facade.start(sessions, website.id), notice=notice)


def nearest(db: Session, url: str) -> Website | None:
    """Return the website with this URL, else the oldest with the same scheme, host and port; None if none matches."""
    if exact := WebsiteCRUD.get_by_url(db, url):
        return exact
    return WebsiteCRUD.get_by_origin(db, *urlsplit(url)[:2])
