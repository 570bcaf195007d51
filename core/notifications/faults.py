"""Notifies about faults that debug sessions find on pages of available websites, once, and once when they are gone."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from core.models import DebugSession, DebugSessionState, NotificationEvent, SessionTrigger, Website, WebsiteFault
from core.notifications.outbox import Change, announce
from core.schemas.option_secrets import mask_session_options
from core.schemas.session_options import SessionOptions
from core.schemas.url import display_url
from core.services import WebsiteFaultCRUD
from core.services.website_fault import found_in, says_how_it_is

RECORDING = frozenset(
    {"watch", "time_limit_seconds", "watch_seconds", "is_scrolled", "is_cache_enabled", "is_redacted"}
    | {"has_screenshots", "has_filmstrip", "has_trace", "captures_data_urls"}
    | {"payload_limit_bytes", "max_exchanges", "max_bytes"}
)
"""Options that do not change which page is opened."""
FIGURES = re.compile(r"[\w.-]*\d[\w.-]*")
"""Counts, times and hashed names, which differ with each visit or deployment."""
RECHECK_AFTER = timedelta(seconds=30)  # from a fault to the next session: a deployment or restart is over by then
SECOND_LOOK = timedelta(minutes=5)  # how long a fault waits for a session that confirms it, if there can be one
PAGE_TRIGGERS = (SessionTrigger.BASELINE, SessionTrigger.RECOVERY)
"""Triggers of sessions that open the website's own page with its usual options."""
MAX_FAULTS = 50  # faults per session that are compared; more faults have one cause


class Fault(Protocol):
    """The parts of a fault that comparing needs, whether it is stored or just found."""

    @property
    def kind(self) -> str: ...
    @property
    def sentence(self) -> str: ...


Known = TypeVar("Known", bound=Fault)
Found = TypeVar("Found", bound=Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultChanges(Generic[Known, Found]):
    """How the faults of a page have changed with a session."""

    lasting: list[tuple[Known, Found]]
    """Known faults that were found again, with the new finding."""
    gone: list[Known]
    new: Found | None
    """The cause, if it is a new fault; its consequences are not reported separately."""


def update_faults(db: Session, session: DebugSession, now: datetime) -> None:
    """Update the known faults of the page that the finished *session* opened, and announce the changes."""
    if not says_how_it_is(db, session, now):
        return
    _follow_page(db, session)
    known, found = WebsiteFaultCRUD.open_of(db, session.website_id, page_of(session)), found_in(db, session.id)
    dropped = [fault for fault in known if WebsiteFaultCRUD.is_dropped(db, fault)]
    changed = compare([fault for fault in known if fault not in dropped], found, is_whole=is_whole(session))
    for fault in (*dropped, *changed.gone):
        fault.gone_at = now
    for fault, seen in changed.lasting:
        fault.sentence, fault.session_id = seen.sentence, session.id
    lasting = [fault for fault, _seen in changed.lasting]
    if (cause := changed.new) is not None:
        page, kind, sentence = page_of(session), cause.kind, cause.sentence
        lasting.append(WebsiteFaultCRUD.begin(db, session, page, kind=kind, sentence=sentence, found_at=now))
    changes = [_change(NotificationEvent.FAULT, fault, now) for fault in lasting]  # for rules that are newer
    announce(db, [*changes, *(_change(NotificationEvent.MENDED, fault, now) for fault in changed.gone)], now)


def compare(known: Sequence[Known], found: Sequence[Found], *, is_whole: bool) -> FaultChanges[Known, Found]:
    """Compare the *known* faults of a page with those *found* now, the cause first.

    A new cause replaces a missing fault of the same kind, because it is the same fault in other words.

    Args:
        known: The stored faults.
        found: The faults of the session.
        is_whole: Whether a fault that was not found is gone.
    """
    lasting = [(fault, seen) for fault in known for seen in found[:MAX_FAULTS] if is_same(fault, seen)]
    lasting = list({id(fault): (fault, seen) for fault, seen in lasting}.values())
    kept = {id(fault) for fault, _seen in lasting}
    missing = [fault for fault in known if id(fault) not in kept]
    cause = found[0] if found and not any(is_same(fault, found[0]) for fault in known) else None
    reworded = next((fault for fault in missing if cause is not None and fault.kind == cause.kind), None)
    if cause is not None and reworded is not None:
        lasting.append((reworded, cause))
        missing.remove(reworded)
        cause = None
    return FaultChanges(lasting=lasting, gone=missing if is_whole else [], new=cause)


def is_same(one: Fault, other: Fault) -> bool:
    """Whether both are the same fault, apart from figures."""
    return one.kind == other.kind and FIGURES.sub("#", one.sentence) == FIGURES.sub("#", other.sentence)


def is_whole(session: DebugSession) -> bool:
    """Whether faults that *session* did not find are gone."""
    return session.state is DebugSessionState.COMPLETED and session.success is True


def awaits_second_look(db: Session, website: Website, fault: WebsiteFault, now: datetime) -> bool:
    """Whether another session is about to confirm *fault*: one that disappears by itself must alert nobody."""
    last = db.get(DebugSession, fault.session_id)
    if last is None or last.completed_at is None or last.completed_at > fault.found_at:
        return False
    return now < fault.found_at + SECOND_LOOK and website.auto_debug is not False and _is_usual(website, last)


def due_again(db: Session, baselines: Mapping[int, datetime], now: datetime) -> list[int]:
    """Return the websites whose page must be opened again because of a fault, the newest fault first.

    The interval is as long as the fault had lasted at the previous session: short at first, to confirm the fault, and
    longer the longer it lasts.

    Args:
        db: The session.
        baselines: When each website's last baseline session began, even if it found nothing.
        now: The current time.
    """
    due: dict[int, None] = {}
    for fault, website, last in WebsiteFaultCRUD.open_and_announced(db):
        looked_at = max(last.completed_at or fault.found_at, baselines.get(website.id, fault.found_at))
        if _is_usual(website, last) and now >= looked_at + max(RECHECK_AFTER, looked_at - fault.found_at):
            due[website.id] = None
    return list(due)


def _follow_page(db: Session, session: DebugSession) -> None:
    """Move the faults of the website's own page to its present URL and options, which may have changed."""
    website, page = db.get(Website, session.website_id), page_of(session)
    if website is None or page != _usual_page(website):
        return
    for fault, last in WebsiteFaultCRUD.open_elsewhere(db, website.id, page):
        if last.trigger in PAGE_TRIGGERS:
            fault.page = page
    db.flush()


def _is_usual(website: Website, session: DebugSession) -> bool:
    """Whether *session* opened the website's own page, as a baseline does."""
    return session.trigger in PAGE_TRIGGERS or page_of(session) == _usual_page(website)


def _usual_page(website: Website) -> str:
    return _page(display_url(website.url), mask_session_options(website.session_defaults or {}))


def page_of(session: DebugSession) -> str:
    """Return an identifier of the page that *session* opened and of the options that affect it."""
    return _page(session.url, session.options or {})


def _page(url: str | None, given: Mapping[str, object]) -> str:
    usual = SessionOptions().model_dump(mode="json")
    options = {name: value for name, value in (usual | dict(given)).items() if name not in RECORDING}
    return sha256(json.dumps([url, options], sort_keys=True).encode()).hexdigest()


def _change(event: NotificationEvent, fault: WebsiteFault, now: datetime) -> Change:
    return Change(
        event=event,
        website_id=fault.website_id,
        happened_at=fault.found_at if event is NotificationEvent.FAULT else now,
        episode=str(fault.id),
        detail=fault.sentence,
        kind=fault.kind,
        fault_id=fault.id,
    )
