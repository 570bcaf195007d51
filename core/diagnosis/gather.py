"""Reads the stored evidence of a downtime window or debug session for the rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.debugging.console_limits import OWN, SEVERE_LEVELS
from core.debugging.dialogs import read_dialog
from core.debugging.shown_page import SILENT, SOURCE, read_shown
from core.debugging.waterfall import Exchange, rows
from core.diagnosis.evidence import CheckFact, Evidence
from core.diagnosis.html_errors import error_in_html
from core.diagnosis.json_errors import MAX_CHARACTERS, error_in_json, error_response_text, invalid_json_start
from core.diagnosis.json_fields import filled_fields
from core.diagnosis.look import from_steps
from core.diagnosis.look_facts import LookFact
from core.diagnosis.operation import operation
from core.diagnosis.refused_cookies import refused_cookies
from core.diagnosis.session_facts import ConsoleFact, SessionFact
from core.diagnosis.stated_causes import telling_words
from core.models import (
    DebugSession,
    DowntimeWindow,
    Look,
    MonitorCheck,
    MonitorStatus,
    NetworkEvent,
    SessionTrigger,
    Website,
)
from core.schemas.check_options import DEFAULTS, stored_options
from core.schemas.url import display_url
from core.services import (
    DebugSessionCRUD,
    LookCRUD,
    MonitorCheckCRUD,
    NetworkEventCRUD,
    WebsiteCRUD,
    session_list,
)
from core.services.session_evidence import SessionEvidence

MILLISECOND = timedelta(milliseconds=1)
MAX_CHECKS = 50  # per window, from its start, because the cause is there
TEXT_CHARACTERS = 20_000
COMPRESSED = ("H4sI", "KLUv/")  # the first bytes of gzip (RFC 1952) and zstd (RFC 8878) in base64
SHOWN_LINES = 3  # console messages about what a page shows, at most so many in a session
MAX_LINES = 2_000  # console messages
MAX_NOTES = 50  # the last console messages of Watchwright itself, among them those about dialogs
MAX_ANSWERS = 200  # requests of scripts whose bodies are read
MAX_SEARCHED = 20  # different error responses that are searched for causes; each may take 0.02 s
MAX_DOCUMENTS = 30  # documents whose cookies are read, in case a page redirects endlessly


def window_evidence(db: Session, window: DowntimeWindow, *, certificate_days: int) -> Evidence | None:
    """Return all evidence about a downtime window; None if its website no longer exists."""
    website = WebsiteCRUD.get_by_id(db, window.website_id)
    if website is None:
        return None
    until = window.ended_at or utc_now()
    checks = MonitorCheckCRUD.get_failing(db, website.id, since=window.started_at, until=until, limit=MAX_CHECKS)
    look = min(LookCRUD.get_by_window(db, window.id), key=lambda look: look.is_good, default=None)
    session, good = window_sessions(db, window)
    return Evidence(
        url=display_url(website.url),
        checks=tuple(map(check_fact, checks)),
        good_check=_good_check(db, website.id, window.started_at),
        look=look_fact(look) if look else None,
        good_look=_good_look(db, website.id, window.started_at),
        session=session_fact(db, session) if session else None,
        good_session=session_fact(db, good) if good else None,
        certificate_days=certificate_days,
        accepted_statuses=_accepted(website),
    )


def window_sessions(db: Session, window: DowntimeWindow) -> tuple[DebugSession | None, DebugSession | None]:
    """Return the session that shows the window's failure, and a good one from before or after it to compare with."""
    own = DebugSessionCRUD.get_by_window(db, window.id)
    ended = [
        session
        for session in own
        if session.trigger is not SessionTrigger.RECOVERY and session.completed_at is not None
    ]
    session = min(ended, key=lambda session: session.success is True, default=None)
    if session is None:
        return None, None
    good = session_list.baseline(db, session)
    if good is None or good.window_id == window.id:  # it ran while checks failed, so it is no baseline
        recovered = (one for one in own if one.trigger is SessionTrigger.RECOVERY and one.success)
        good = next(recovered, None)
    return session, good


def session_evidence(db: Session, session: DebugSession, *, certificate_days: int) -> Evidence:
    """Return the evidence of one session, with the failing check and the look that triggered it, if any."""
    good = session_list.baseline(db, session)
    website = WebsiteCRUD.get_by_id(db, session.website_id)
    check = MonitorCheckCRUD.get_by_id(db, session.check_id) if session.check_id else None
    if check is not None and check.status not in (MonitorStatus.DOWN, MonitorStatus.DEGRADED):
        check = None
    look = LookCRUD.get_by_check(db, session.website_id, check.id) if check else None
    return Evidence(
        url=session.url or "",
        checks=(check_fact(check),) if check else (),
        good_check=_good_check(db, session.website_id, check.checked_at) if check else None,
        look=look_fact(look) if look else None,
        good_look=_good_look(db, session.website_id, session.started_at),
        session=session_fact(db, session),
        good_session=session_fact(db, good) if good else None,
        certificate_days=certificate_days,
        accepted_statuses=_accepted(website) if website else DEFAULTS.accepted_statuses,
    )


def _accepted(website: Website) -> str:
    return stored_options(website.check_options).accepted_statuses


def check_fact(check: MonitorCheck) -> CheckFact:
    """Copy a check for the rules."""
    return CheckFact(
        id=check.id,
        status=check.status,
        checked_at=check.checked_at,
        http_status_code=check.http_status_code,
        response_time_ms=check.response_time_ms,
        dns_ms=check.dns_time_ms,
        connect_ms=check.connect_time_ms,
        tls_ms=check.tls_time_ms,
        ttfb_ms=check.ttfb_ms,
        download_ms=check.download_time_ms,
        final_url=check.final_url,
        remote_address=check.remote_address,
        error_kind=check.error_kind,
        error_message=check.error_message,
    )


def look_fact(look: Look) -> LookFact:
    """Copy a look for the rules."""
    return from_steps(look.steps, id=look.id, began_at=look.began_at, is_good=look.is_good)


def session_fact(db: Session, session: DebugSession) -> SessionFact:
    """Copy a session, its exchanges, its console and the parts of its bodies that rules need."""
    shown = SessionEvidence.console_of(db, session.id, SOURCE, limit=SHOWN_LINES)
    fact = SessionFact(
        id=session.id,
        started_at=session.started_at,
        url=session.url or "",
        success=session.success,
        error_message=session.error_message,
        title=session.title,
        milestones=session.milestones or {},
        ended_ms=(session.completed_at - session.started_at) / MILLISECOND if session.completed_at else None,
        dialogs=tuple(filter(None, map(read_dialog, SessionEvidence.console_of(db, session.id, OWN, limit=MAX_NOTES)))),
        shown_page=read_shown(shown),
        is_silent=SILENT in shown,
        exchanges=tuple(rows(SessionEvidence.row_events(db, session.id))),
        console=tuple(
            ConsoleFact(**{field.name: getattr(line, field.name) for field in fields(ConsoleFact)})
            for line in SessionEvidence.console(db, session.id, levels=SEVERE_LEVELS, limit=MAX_LINES)
        ),
    )
    sockets = any(exchange.resource_type == "websocket" for exchange in fact.exchanges)
    more = replace(
        _with_answers(db, fact),
        operations=_operations(db, fact),
        refused_cookies=_refused_cookies(db, fact),
        open_sockets=frozenset(NetworkEventCRUD.open_sockets(db, fact.id)) if sockets else frozenset(),
    )
    return _with_document(db, more)


def _with_answers(db: Session, fact: SessionFact) -> SessionFact:
    """Add facts about the response bodies of scripts' requests and of frames."""
    calls = [exchange for exchange in fact.exchanges if exchange.is_call and not exchange.is_unfinished]
    bodies = _bodies(db, fact, [call for call in calls if not call.is_failed])
    refused = {call.exchange_id: call.status_code for call in calls if call.is_failed and call.status_code is not None}
    refusals = _bodies(db, fact, [call for call in calls if call.exchange_id in refused])
    data = {call.exchange_id for call in calls if _is_of(call, "json")}
    html = {call.exchange_id for call in calls if _is_of(call, "html")}
    frames = [exchange for exchange in fact.exchanges if exchange.target == "iframe" and not exchange.is_failed]
    in_html = {name: body for name, body in bodies.items() if name in html}
    in_html |= _bodies(db, fact, [frame for frame in frames if frame.resource_type == "document"])
    invalid_json = _read(bodies, invalid_json_start)
    valid = {name: body for name, body in bodies.items() if name in data and body and name not in invalid_json}
    told = cache(telling_words)  # the same error response often comes many times
    searched = frozenset(islice(dict.fromkeys(refusals.values()), MAX_SEARCHED))
    return replace(
        fact,
        json_errors=_read({name: body for name, body in bodies.items() if name in data}, error_in_json),
        html_errors=_read(in_html, error_in_html),
        error_responses={
            name: words
            for name, body in refusals.items()
            if (words := error_response_text(body) or (told(body, refused[name]) if body in searched else None))
        },
        invalid_json=invalid_json,
        json=frozenset(valid),
        json_fields={name: filled_fields(body) for name, body in valid.items()},
    )


def _is_of(exchange: Exchange, kind: str) -> bool:
    return kind in (exchange.mime_type or "")


def _bodies(db: Session, fact: SessionFact, exchanges: Sequence[Exchange]) -> dict[str, str]:
    wanted = [exchange.exchange_id for exchange in exchanges[:MAX_ANSWERS]]
    return dict(SessionEvidence.text_bodies(db, fact.id, wanted, max_length=MAX_CHARACTERS))


def _read(bodies: Mapping[str, str], reader: Callable[[str], str | None]) -> dict[str, str]:
    """Return what *reader* found, without the bodies in which it found nothing."""
    return {name: found for name, body in bodies.items() if (found := reader(body))}


def _refused_cookies(db: Session, fact: SessionFact) -> dict[str, str]:
    documents = [exchange.exchange_id for exchange in fact.exchanges if exchange.resource_type == "document"]
    return refused_cookies(NetworkEventCRUD.blocked_cookies(db, fact.id, documents[:MAX_DOCUMENTS]))


def _operations(db: Session, fact: SessionFact) -> dict[str, str]:
    calls = (exchange for exchange in fact.exchanges if exchange.is_call and exchange.method == "POST")
    wanted = [call.exchange_id for call in calls]
    bodies = SessionEvidence.sent_bodies(db, fact.id, wanted[:MAX_ANSWERS], max_length=MAX_CHARACTERS)
    return {exchange_id: asked for exchange_id, body in bodies if (asked := operation(body)) is not None}


def _with_document(db: Session, fact: SessionFact) -> SessionFact:
    if fact.document is None:
        return fact
    events: Sequence[NetworkEvent] = NetworkEventCRUD.get_by_exchange(db, fact.id, fact.document.exchange_id)
    headers = next((event.response_headers for event in reversed(events) if event.response_headers), None) or {}
    is_text = not any(event.response_payload_encoding for event in events)
    text = next((event.response_payload for event in reversed(events) if event.response_payload), None) or ""
    return replace(
        fact,
        headers={name.lower(): value for name, value in headers.items()},
        text=text[:TEXT_CHARACTERS] if is_text else "",
        is_compressed=not is_text and text.startswith(COMPRESSED),
    )


def _good_check(db: Session, website_id: int, before: datetime) -> CheckFact | None:
    found = MonitorCheckCRUD.last_good(db, website_id, before)
    return check_fact(found) if found else None


def _good_look(db: Session, website_id: int, before: datetime) -> LookFact | None:
    found = LookCRUD.last_good(db, website_id, before)
    return look_fact(found) if found else None
