"""Judges how a visit ended and whether the page worked."""

from dataclasses import dataclass, field

from core.debugging.cdp.page_facts import ANSWER_SECONDS
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import ABORTED, BUSY, FAILED, NAVIGATED, is_failed
from core.models import DebugSessionState
from core.schemas.session_options import WatchMode

UNSUCCESSFUL_STATES = frozenset(DebugSessionState) - {DebugSessionState.COMPLETED, DebugSessionState.CANCELLED}
"""A visit in one of these states has not succeeded, even if its document arrived."""
NO_RESPONSE = "No response to the page had arrived when the session ended."
HANGS = "The browser did not respond any more, so the session was ended."
STILL_LOADING = "The page was still loading when the session ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a visit ended."""

    state: DebugSessionState
    success: bool
    """Whether the document had a status below 400 and loaded."""
    reason: str | None = None
    title: str | None = None
    milestones: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why the watching of a page ended."""

    state: DebugSessionState
    reason: str | None = None
    is_hasty: bool = False
    """Whether to leave the page without further questions, because it keeps sending requests to its server."""


def failed(reason: str, *, is_hasty: bool = False) -> End:
    """Return the end of a visit that failed for *reason*."""
    return End(state=DebugSessionState.FAILED, reason=reason, is_hasty=is_hasty)


BEFORE_IT_BEGAN = End(state=DebugSessionState.CANCELLED, reason="Stopped before it started.")


def no_response_reason(ended_ms: float) -> str:
    """Return the error message of a request without a response when the session timed out."""
    return f"No response arrived before the session ended after {ended_ms / 1000:.1f} s."


def end_by_stop(watch: WatchMode) -> End:
    """Return the end of a visit that the user stopped: COMPLETED if the mode asks for that, else CANCELLED."""
    if watch is WatchMode.UNTIL_STOPPED:
        return End(state=DebugSessionState.COMPLETED)
    return End(state=DebugSessionState.CANCELLED, reason="Stopped before the page was done.")


def broke_off(document: ExchangeRecord) -> bool:
    """Whether the response began and then failed, for another reason than a navigation of the page."""
    is_left = document.details.get("net_error") == ABORTED
    return document.outcome in FAILED and document.answered_at is not None and not document.is_open and not is_left


def judge(
    end: End,
    document: ExchangeRecord | None,
    *,
    has_loaded: bool,
    last: ExchangeRecord | None = None,
    is_busy: bool = False,
) -> tuple[bool, str | None]:
    """Return whether the visit succeeded and, if not, why: the document must answer, load and still work at the end.

    Args:
        document: The response to the URL that was opened.
        last: The document that the page showed at the end, after navigations by scripts and refreshes.
        is_busy: Whether a script kept the page from answering at the end.
    """
    if end.state in UNSUCCESSFUL_STATES:
        return False, None
    if document is None or document.status_code is None:
        if document is None and has_loaded:  # a page without a request, such as about:blank
            return True, None
        return False, (document and document.error_message) or NO_RESPONSE
    if document.outcome in FAILED:
        return False, document.error_message
    if document.status_code >= 400:
        return False, f"The document returned {_status(document)}."
    if last is not None and is_failed(last.outcome, last.status_code):
        how = last.error_message if last.outcome in FAILED else f"It returned {_status(last)}."
        return False, f"{NAVIGATED} {last.url}. {how}"
    if is_busy:
        return False, f"{BUSY}: at the end it did not respond for {ANSWER_SECONDS:g} s."
    return has_loaded, None if has_loaded else STILL_LOADING


def _status(document: ExchangeRecord) -> str:
    return f"{document.status_code} {document.status_text or ''}".rstrip()
