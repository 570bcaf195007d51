"""What the course of a debug session writes to the store, each in one transaction."""

from typing import Any

from sqlalchemy.orm import Session

from core.debugging.session_elsewhere import expire_untaken
from core.debugging.session_owner import is_gone, lease_end, this_process
from core.debugging.visit_target import VisitTarget
from core.errors import InvalidInput, there
from core.schemas.debug_session import DebugSessionCreate, DebugSessionUpdate
from core.schemas.session_options import SessionOptions, with_kept_secrets
from core.schemas.url import normalise_url
from core.services import DebugSessionCRUD, WebsiteCRUD, session_queue
from core.services.website_secrets import is_home
from core.wording import sentence

SENT_TO_ITS_HOST = ("basic_auth", "cookies", "extra_headers")
LEFT_BEHIND = "Watchwright ended while this session ran; what had been captured until then is here."


def target_for(db: Session, website_id: int, options: SessionOptions | None, url: str | None = None) -> VisitTarget:
    """What a session of a website opens, and how; the website's own defaults where *options* are None.

    Masks in *options* stand for what the defaults hold. A *url* on another host gets none of what they keep secret.

    Raises:
        NotFound: There is no such website.
        InvalidInput: The *url* cannot be used, or a mask stands for nothing.
    """
    website = there(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
    page, stored = page_url(url) if url else website.url, website.session_defaults or {}
    if not is_home(page, website.url):
        stored = {name: value for name, value in stored.items() if name not in SENT_TO_ITS_HOST}
    try:
        given = with_kept_secrets(options.model_dump(mode="json", exclude_defaults=True), stored) if options else stored
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error
    return VisitTarget(url=page, options=SessionOptions.model_validate(given))


def page_url(url: str) -> str:
    """*url* as a session opens it.

    Raises:
        InvalidInput: It is no http or https URL.
    """
    try:
        return normalise_url(url)
    except ValueError as error:
        raise InvalidInput(f"A debug session cannot open {url[:200]}: {error}.") from error


def create_and_hold(db: Session, data: DebugSessionCreate) -> int:
    """Store a session that this process runs; its id."""
    session_id = DebugSessionCRUD.create(db, data).id
    DebugSessionCRUD.hold(db, [session_id], str(this_process()), lease_end())
    return session_id


def create_and_offer(db: Session, data: DebugSessionCreate, job: dict[str, Any]) -> int:
    """Store a session that waits for a worker, which needs *job*; its id."""
    session_id = DebugSessionCRUD.create(db, data).id
    session_queue.offer(db, session_id, job)
    return session_id


def advance(db: Session, session_id: int, update: DebugSessionUpdate) -> None:
    """Store that a session runs, or has ended."""
    DebugSessionCRUD.update(db, session_id, update)
    session_queue.forget_job(db, session_id)


def tidy_up(db: Session) -> list[int]:
    """Offer again what a worker took and never ran, and end what nobody runs or takes; the ids of what was ended."""
    if not session_queue.is_any_unfinished(db):  # nearly always, and asked for every few seconds
        return []
    session_queue.give_back(db, is_gone)
    return [*DebugSessionCRUD.fail_abandoned(db, LEFT_BEHIND, is_gone), *expire_untaken(db)]
