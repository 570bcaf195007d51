"""How a visit ended, and whether the page was well: what is known then, judged."""

from dataclasses import dataclass, field

from core.debugging.cdp.page_facts import ANSWER_SECONDS
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import BUSY, FAILED, LED_ON, is_failed
from core.models import DebugSessionState
from core.schemas.session_options import WatchMode

GRAVE = frozenset(DebugSessionState) - {DebugSessionState.COMPLETED, DebugSessionState.CANCELLED}
"""States of a visit that cannot have gone well, whatever the document said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a visit ended."""

    state: DebugSessionState
    success: bool
    """Whether the document answered, below 400, and loaded."""
    reason: str | None = None
    title: str | None = None
    milestones: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why a page is looked at no longer."""

    state: DebugSessionState
    reason: str | None = None
    is_hasty: bool = False
    """Whether the page goes on asking its server, so that nothing more is asked of it."""


def failed(reason: str, *, is_hasty: bool = False) -> End:
    """The end of a visit in which the page, or its browser, was lost."""
    return End(state=DebugSessionState.FAILED, reason=reason, is_hasty=is_hasty)


BEFORE_IT_BEGAN = End(state=DebugSessionState.CANCELLED, reason="Stopped before it began.")


def end_by_stop(watch: WatchMode) -> End:
    """The end of a visit that somebody stopped, who may have been asked to."""
    if watch is WatchMode.UNTIL_STOPPED:
        return End(state=DebugSessionState.COMPLETED)
    return End(state=DebugSessionState.CANCELLED, reason="Stopped before the page was done.")


def broke_off(document: ExchangeRecord) -> bool:
    """Whether its answer began and ended badly by itself, not because the page went elsewhere meanwhile."""
    is_left = document.details.get("net_error") == "net::ERR_ABORTED"
    return document.outcome in FAILED and document.answered_at is not None and not document.is_open and not is_left


def judge(
    end: End,
    document: ExchangeRecord | None,
    *,
    has_loaded: bool,
    last: ExchangeRecord | None = None,
    is_busy: bool = False,
) -> tuple[bool, str | None]:
    """Whether the *document* answered and loaded, and whether all was well to the end; and if not, why.

    Args:
        last: Where scripts and refreshes led from there.
        is_busy: Whether the page answered to nothing in the end.
    """
    if end.state in GRAVE:
        return False, None
    if document is None or document.status_code is None:
        return has_loaded and document is None, None
    if document.outcome in FAILED:
        return False, document.error_message
    if document.status_code >= 400:
        return False, f"The document was answered with {_status(document)}."
    if last is not None and is_failed(last.outcome, last.status_code):
        how = last.error_message if last.outcome in FAILED else f"That was answered with {_status(last)}."
        return False, f"{LED_ON} {last.url}. {how}"
    if is_busy:
        return False, f"{BUSY}: in the end it did not answer for {ANSWER_SECONDS:g} s."
    return has_loaded, None


def _status(document: ExchangeRecord) -> str:
    return f"{document.status_code} {document.status_text or ''}".rstrip()
