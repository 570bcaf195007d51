"""Tells what debug sessions find wrong with pages of websites that are up: once, and once more when it is gone."""

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
from core.schemas.session_options import SessionOptions, without_secrets
from core.schemas.url import display_url
from core.services import WebsiteFaultCRUD
from core.services.website_fault import found_in, says_how_it_is

RECORDING = frozenset(
    {"watch", "time_limit_seconds", "watch_seconds", "is_scrolled", "is_cache_enabled", "is_redacted"}
    | {"has_screenshots", "has_filmstrip", "has_trace", "captures_data_urls"}
    | {"payload_limit_bytes", "max_exchanges", "max_bytes"}
)
"""Options by which no other page is opened."""
FIGURES = re.compile(r"[\w.-]*\d[\w.-]*")
"""Counts, times, and names made of hashes, which change with each visit and each deploy."""
AGAIN = timedelta(seconds=30)  # from a fault to the next look: what a deploy or a restart breaks is over by then
SECOND_LOOK = timedelta(minutes=5)  # so long a fault waits for the session that confirms it, if there can be one
OF_THE_PAGE = (SessionTrigger.BASELINE, SessionTrigger.RECOVERY)
"""What starts sessions that open the website's own page as usual."""
MOST = 50  # faults of a session that are looked at; more is one cause that shows everywhere


class Fault(Protocol):
    """What is asked of a fault, be it found now or before."""

    @property
    def kind(self) -> str: ...
    @property
    def sentence(self) -> str: ...


Known = TypeVar("Known", bound=Fault)
Found = TypeVar("Found", bound=Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Generic[Known, Found]):
    """What a session changes in what is known of a page."""

    lasting: list[tuple[Known, Found]]
    """What is there still, and how it was found now."""
    gone: list[Known]
    new: Found | None
    """The cause, where that was not known: what follows from it is not told beside it."""


def tell(db: Session, session: DebugSession, now: datetime) -> None:
    """Fold what *session* found, which has ended, into what is known of its page, and announce what that changes."""
    if not says_how_it_is(db, session, now):
        return
    _move(db, session)
    known, found = WebsiteFaultCRUD.open_of(db, session.website_id, page_of(session)), found_in(db, session.id)
    dropped = [one for one in known if WebsiteFaultCRUD.is_dropped(db, one)]
    turned = turn([one for one in known if one not in dropped], found, is_whole=is_whole(session))
    for fault in (*dropped, *turned.gone):
        fault.gone_at = now
    for fault, seen in turned.lasting:
        fault.sentence, fault.session_id = seen.sentence, session.id
    lasting = [fault for fault, _seen in turned.lasting]
    if (cause := turned.new) is not None:
        page, kind, sentence = page_of(session), cause.kind, cause.sentence
        lasting.append(WebsiteFaultCRUD.begin(db, session, page, kind=kind, sentence=sentence, found_at=now))
    changes = [_change(NotificationEvent.FAULT, fault, now) for fault in lasting]  # a newer rule may be to tell of it
    announce(db, [*changes, *(_change(NotificationEvent.MENDED, fault, now) for fault in turned.gone)], now)


def turn(known: Sequence[Known], found: Sequence[Found], *, is_whole: bool) -> Turn[Known, Found]:
    """What changes with what was *found*, the cause first; nothing is gone where the session was not *whole*.

    Where a cause comes as another of its kind goes, it is the same one in other words.
    """
    lasting = [(one, seen) for one in known for seen in found[:MOST] if is_same(one, seen)]
    lasting = list({id(one): (one, seen) for one, seen in lasting}.values())
    kept = {id(one) for one, _seen in lasting}
    missing = [one for one in known if id(one) not in kept]
    cause = found[0] if found and not any(is_same(one, found[0]) for one in known) else None
    reworded = next((one for one in missing if cause is not None and one.kind == cause.kind), None)
    if cause is not None and reworded is not None:
        lasting.append((reworded, cause))
        missing.remove(reworded)
        cause = None
    return Turn(lasting=lasting, gone=missing if is_whole else [], new=cause)


def is_same(one: Fault, other: Fault) -> bool:
    """Whether both have one cause, whatever the figures."""
    return one.kind == other.kind and FIGURES.sub("#", one.sentence) == FIGURES.sub("#", other.sentence)


def is_whole(session: DebugSession) -> bool:
    """Whether what *session* did not find is gone."""
    return session.state is DebugSessionState.COMPLETED and session.success is True


def awaits_second_look(db: Session, website: Website, fault: WebsiteFault, now: datetime) -> bool:
    """Whether another session is about to find *fault* too, or not: what is over by itself is to wake nobody."""
    last = db.get(DebugSession, fault.session_id)
    if last is None or last.completed_at is None or last.completed_at > fault.found_at:
        return False
    return now < fault.found_at + SECOND_LOOK and website.auto_debug is not False and _is_usual(website, last)


def due_again(db: Session, baselines: Mapping[int, datetime], now: datetime) -> list[int]:
    """The websites that are to be opened again, as somebody is told of their fault; the newest fault first.

    That is so long after the last look as the fault had lasted by then: soon at first, which confirms it, and ever
    rarer while it stays.

    Args:
        baselines: When each website's last baseline began, which may have seen nothing.
    """
    due: dict[int, None] = {}
    for fault, website, last in WebsiteFaultCRUD.open_and_told(db):
        looked_at = max(last.completed_at or fault.found_at, baselines.get(website.id, fault.found_at))
        if _is_usual(website, last) and now >= looked_at + max(AGAIN, looked_at - fault.found_at):
            due[website.id] = None
    return list(due)


def _move(db: Session, session: DebugSession) -> None:
    """Have what the website's page had go on where that is now: its URL, or how it is opened, may have changed."""
    website, page = db.get(Website, session.website_id), page_of(session)
    if website is None or page != _usual_page(website):
        return
    for fault, last in WebsiteFaultCRUD.open_elsewhere(db, website.id, page):
        if last.trigger in OF_THE_PAGE:
            fault.page = page
    db.flush()


def _is_usual(website: Website, session: DebugSession) -> bool:
    """Whether *session* opened the website's own page, as a baseline does."""
    return session.trigger in OF_THE_PAGE or page_of(session) == _usual_page(website)


def _usual_page(website: Website) -> str:
    return _page(display_url(website.url), without_secrets(website.session_defaults or {}))


def page_of(session: DebugSession) -> str:
    """What names the page that *session* opened, and how it did."""
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
