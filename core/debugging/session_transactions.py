"""Transactions of a debug session: creating it, storing its progress, and ending abandoned ones."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from core.debugging.session_handover import expire_untaken
from core.debugging.session_owner import is_gone, lease_end, this_process
from core.debugging.visit_target import VisitTarget
from core.errors import InvalidInput
from core.input_messages import sentence
from core.models import Website
from core.schemas.debug_session import DebugSessionCreate, DebugSessionUpdate
from core.schemas.option_secrets import restore_session_options
from core.schemas.session_options import SessionOptions
from core.schemas.url import normalise_url
from core.services import DebugSessionCRUD, session_queue
from core.services.rows import require_row
from core.services.website_secrets import is_home

SENT_TO_ITS_HOST = ("basic_auth", "cookies", "extra_headers")
LEFT_BEHIND = "Watchwright stopped during this session. It contains what was captured until then."


def target_for(db: Session, website_id: int, options: SessionOptions | None, url: str | None = None) -> VisitTarget:
    """Return the page that a website's session opens, and how to open it.

    Args:
        options: None uses the website's default options. A masked secret in them is replaced by the secret that the
            defaults hold.
        url: Opened instead of the website's URL. A *url* on another host gets no secrets of the default options.

    Raises:
        NotFound: There is no such website.
        InvalidInput: *url* or an option cannot be used, or the defaults hold no secret for a mask.
    """
    website = require_row(db, Website, website_id)
    page, stored = page_url(url) if url else website.url, website.session_defaults or {}
    if not is_home(page, website.url):
        stored = {name: value for name, value in stored.items() if name not in SENT_TO_ITS_HOST}
    wanted = stored
    if options is not None:
        try:
            wanted = restore_session_options(options.model_dump(mode="json", exclude_defaults=True), stored)
        except ValueError as error:
            raise InvalidInput(sentence(error)) from error
    return VisitTarget(url=page, options=SessionOptions.checked(wanted))


def page_url(url: str) -> str:
    """Return *url* normalised, as a session opens it.

    Raises:
        InvalidInput: *url* is not an http or https URL.
    """
    try:
        return normalise_url(url)
    except ValueError as error:
        raise InvalidInput(f"A debug session cannot open {url[:200]}: {error}.") from error


def create_and_hold(db: Session, data: DebugSessionCreate) -> int:
    """Store a session that this process owns and runs, and return its id."""
    session_id = DebugSessionCRUD.create(db, data).id
    DebugSessionCRUD.hold(db, [session_id], str(this_process()), lease_end())
    return session_id


def create_and_offer(db: Session, data: DebugSessionCreate, job: dict[str, Any]) -> int:
    """Store a session and its *job*, which a worker takes and runs, and return the session's id."""
    session_id = DebugSessionCRUD.create(db, data).id
    session_queue.offer(db, session_id, job)
    return session_id


def advance(db: Session, session_id: int, update: DebugSessionUpdate) -> bool:
    """Store that a session is running or has ended, and delete its job; returns False if the session was deleted."""
    is_there = DebugSessionCRUD.update(db, session_id, update) is not None
    session_queue.forget_job(db, session_id)
    return is_there


def renew(db: Session, session_ids: Collection[int]) -> set[int]:
    """Renew the leases of sessions that this process runs; returns those that were deleted."""
    DebugSessionCRUD.hold(db, session_ids, str(this_process()), lease_end())
    return set(session_ids) - DebugSessionCRUD.existing(db, session_ids)


def tidy_up(db: Session) -> list[int]:
    """Requeue sessions that a worker took and never ran, end abandoned and expired ones, and return the ended ids."""
    if not session_queue.is_any_unfinished(db):  # the usual case, and this runs every few seconds
        return []
    session_queue.give_back(db, is_gone)
    return [*DebugSessionCRUD.fail_abandoned(db, LEFT_BEHIND, is_gone), *expire_untaken(db)]
