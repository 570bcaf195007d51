"""Finds the failed requests of a page besides its document, which of them matter, and which are new. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urldefrag

from core.debugging.failures import BY_OPTION
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.kinds import Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.session_facts import Key, SessionFact
from core.diagnosis.unusable_answers import ACCEPTED, unusable_answers
from core.diagnosis.usual_times import UsualTimes
from core.diagnosis.waiting_requests import waiting_for_connection
from core.diagnosis.witness import net_error
from core.diagnosis.words import ms
from core.models import NetworkEventType

IGNORED = ("ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT")  # intended by the page or by the browser's user
KINDS = {
    "script": Kind.SCRIPT_FAILED,
    "stylesheet": Kind.STYLESHEET_FAILED,
    "xhr": Kind.API_FAILED,
    "fetch": Kind.API_FAILED,
    "websocket": Kind.API_FAILED,
    "eventsource": Kind.API_FAILED,
}
"""Resource types that a page needs. A failure of any other type is a blemish."""
MISSING = (404, 410)  # statuses of a file that does not exist
# A time in s or ms since 1970, which a retry adds to bypass caches. Many services have longer ids.
MOMENT = re.compile(r"(?<!\d)[12]\d{9}(?:\d{3})?(?!\d)")
UNNEEDED = ("image", "font", "media", "ping", "other", "manifest", "texttrack", "prefetch")
"""Resource types that a page does not need, even if a browser policy blocks them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRequest:
    """A failed request of the page."""

    exchange: Exchange
    kind: Kind
    is_needed: bool
    is_third_party: bool
    failed_before: bool | None
    """Whether it failed in the last good session as well; None without a good session."""
    unusable: str | None = None
    """Why the page could not use the response although it arrived; None for other failures."""
    came_later: bool = False
    """Whether a later retry of the page succeeded."""
    tells_error: bool = False
    """Whether the response contains an error message although its status is below 400."""
    is_given_up: bool = False
    """Whether the page waited for the response for a long time and then aborted the request."""
    words: str | None = None
    """The error message in its response; None without one."""
    is_stuck: bool = False
    """Whether the response began but, unlike in the good session, did not end."""
    unanswered_ms: float | None = None
    """How long the request had no response when the session ended; None if the request ended."""

    @property
    def is_harmful(self) -> bool:
        """Whether the page needs it, and it did not fail in the last good session."""
        return self.is_needed and not self.failed_before

    @property
    def may_be_meant(self) -> bool:
        """Whether the page may handle it: third-party content, 404 for no basket, or a missing optional file."""
        status = self.exchange.status_code or 0
        is_answer = self.kind is Kind.API_FAILED and 400 <= status < 500
        is_missing = self.exchange.is_code and status in MISSING
        is_elsewhere = self.kind is Kind.THIRD_PARTY_FAILED or (self.kind is Kind.CORS and self.is_third_party)
        return is_answer or is_missing or is_elsewhere

    @property
    def may_be_harmless(self) -> bool:
        """Whether a page may work without it, or may have intended it, although it did not fail before."""
        is_empty = self.exchange.decoded_bytes == 0 or self.exchange.status_code == ACCEPTED  # or "not ready yet"
        is_closed = self.exchange.resource_type == "websocket"
        is_unused = self.unusable is not None and ((self.exchange.is_call and is_empty) or is_closed)
        is_late = self.is_given_up or self.unanswered_ms is not None
        return self.is_third_party or self.tells_error or is_unused or is_late

    @property
    def reason(self) -> str:
        """How the request failed: ``status 404``, or the browser's error."""
        return self._sentence_end() + (", and loaded on a second request" if self.came_later else "")

    def _sentence_end(self) -> str:
        exchange = self.exchange
        if self.unusable is not None:
            return self.unusable
        if self.is_given_up:
            return f"no response within {ms(exchange.duration_ms)}, after which the page cancelled it"
        if self.is_stuck:
            return f"status {exchange.status_code}, but its response was not complete after {ms(exchange.duration_ms)}"
        if self.unanswered_ms is not None:
            return f"no response within {ms(self.unanswered_ms)}, when the session ended"
        if exchange.error_message and (exchange.status_code or 0) < 400:
            return exchange.error_message.rstrip(".").partition(" (")[0]
        return f"status {exchange.status_code}" + (f", “{self.words}”" if self.words else "")


def failed_requests(session: SessionFact, good: SessionFact | None) -> Iterator[FailedRequest]:
    """Yield the failed requests of *session*, sorted by time."""
    own = {exchange.exchange_id for exchange in session.documents}
    urls_of_page = {exchange.url for exchange in session.exchanges if not _is_workers(exchange)}
    compared = _SessionComparison.of(session, good)
    for exchange in session.exchanges:
        is_covered = exchange.exchange_id in own or (_is_workers(exchange) and exchange.url in urls_of_page)
        if not is_covered and compared.is_failure(exchange):
            yield compared.failed_request(exchange)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SessionComparison:
    """The requests of a session, compared with those of the last good one."""

    session: SessionFact
    domain: str
    unusable: Mapping[str, str]
    """Exchange id → why the page could not use the response."""
    last_success_ms: Mapping[Key, float]
    """`_request_key` → start of the last successful request."""
    last_success_ms_before: Mapping[Key, float]
    """The same for the good session."""
    failed_before: Collection[Key] | None
    """Requests that failed in the good session; None without a good session."""
    waiting: Collection[str]
    """Exchange ids of requests that only waited for a connection."""
    usual: UsualTimes

    @classmethod
    def of(cls, session: SessionFact, good: SessionFact | None) -> Self:
        document = session.document
        unusable = unusable_answers(session, good)
        unusable_before = unusable_answers(good, None) if good else {}
        return cls(
            session=session,
            domain=registrable_domain(document.url if document else session.url),
            unusable=unusable,
            last_success_ms=_last_success_ms(session, unusable),
            last_success_ms_before=_last_success_ms(good, unusable_before) if good else {},
            failed_before=_failed(good, unusable_before) if good else None,
            waiting=waiting_for_connection(session),
            usual=UsualTimes.of(session, good),
        )

    def is_failure(self, exchange: Exchange) -> bool:
        """Whether the page did not get what it requested, and nobody intended that."""
        is_useless = self._is_unusable(exchange) or self.usual.is_stuck(exchange) or self._is_unanswered(exchange)
        if not (exchange.is_failed or is_useless) or exchange.exchange_id in self.waiting:
            return False
        if exchange.preflight_for is not None:  # the request that it belongs to fails as well, and gives the reason
            return False
        if _is_intended(exchange) and not is_useless and not self.usual.is_given_up(exchange):
            return False
        return not (_is_open(exchange) and self.usual.may_stay_open(exchange))

    def failed_request(self, exchange: Exchange) -> FailedRequest:
        """Describe the failure of *exchange*."""
        key, request_key = self.session.key_of(exchange), _request_key(self.session, exchange)
        is_foreign = registrable_domain(exchange.url) != self.domain
        # A request of the page itself keeps its kind even if it is redirected to a third party's sign-in.
        is_redirected = exchange.redirected_from and self._is_unusable(exchange)
        redirected_kind = KINDS.get(exchange.resource_type or "") if is_redirected else None
        kind = redirected_kind or _kind(exchange, is_foreign=is_foreign)
        # A 401 is normal unless the request succeeded before.
        is_let_in = exchange.status_code != 401 or self.usual.ended_well(exchange)
        came_later = self.last_success_ms.get(request_key, 0.0) > exchange.started_ms
        before = self.failed_before
        return FailedRequest(
            exchange=exchange,
            kind=kind,
            is_needed=kind is not Kind.RESOURCE_FAILED and is_let_in and not came_later,
            is_third_party=is_foreign and redirected_kind is None,
            failed_before=None if before is None else key in before and request_key not in self.last_success_ms_before,
            came_later=came_later,
            unusable=self.unusable.get(exchange.exchange_id),
            tells_error=exchange.exchange_id in self.session.json_errors
            or exchange.exchange_id in self.session.html_errors,
            words=self.session.error_responses.get(exchange.exchange_id),
            is_given_up=self.usual.is_given_up(exchange),
            is_stuck=self.usual.is_stuck(exchange),
            unanswered_ms=self.session.lasted_ms(exchange) if self._is_unanswered(exchange) else None,
        )

    def _is_unusable(self, exchange: Exchange) -> bool:
        return exchange.exchange_id in self.unusable

    def _is_unanswered(self, exchange: Exchange) -> bool:
        return exchange.resource_type in KINDS and self.usual.is_unanswered(exchange)


def _failed(session: SessionFact, unusable: Mapping[str, str]) -> set[Key]:
    return {session.key_of(e) for e in session.exchanges if e.is_failed or e.exchange_id in unusable}


def _last_success_ms(session: SessionFact, unusable: Mapping[str, str]) -> dict[Key, float]:
    """Return the start of the last successful request by `_request_key`."""
    return {
        _request_key(session, e): e.started_ms
        for e in session.exchanges
        if not (e.is_failed or e.status_code is None or _is_workers(e) or e.exchange_id in unusable)
    }


def _is_workers(exchange: Exchange) -> bool:
    """Whether a service worker sent the request, to fill its cache or to answer a request of the page."""
    return exchange.target == "service_worker" and exchange.is_call


def _request_key(session: SessionFact, exchange: Exchange) -> Key:
    """Return the key that identifies a retry of *exchange* in the same session.

    Stricter than `SessionFact.key_of`: ``/items/1`` and ``/items/2`` differ, as do files named only by their hashes.
    A script or style sheet counts without its query, because a retry may add one.
    """
    address, _mark, query = urldefrag(exchange.url).url.partition("?")
    query = "" if exchange.is_code else MOMENT.sub("", query)
    return exchange.method, f"{address}?{query}", session.operations.get(exchange.exchange_id, "")


def _is_open(exchange: Exchange) -> bool:
    """Whether a script's request was open when the session ended, which is normal for long polling."""
    has_none = exchange.status_code is None or exchange.is_unfinished
    is_pending = exchange.outcome is NetworkEventType.TIMEOUT and has_none
    return is_pending and KINDS.get(exchange.resource_type or "") is Kind.API_FAILED


def _kind(exchange: Exchange, *, is_foreign: bool) -> Kind:
    if _is_workers(exchange):
        return Kind.RESOURCE_FAILED
    policy = _policy(exchange)
    if policy is not None:
        return Kind.RESOURCE_FAILED if exchange.resource_type in UNNEEDED else policy
    kind = KINDS.get(exchange.resource_type or "", Kind.RESOURCE_FAILED)
    is_frame = exchange.resource_type == "document"
    is_needed = kind is not Kind.RESOURCE_FAILED or is_frame
    return Kind.THIRD_PARTY_FAILED if is_foreign and is_needed else kind


def _is_intended(exchange: Exchange) -> bool:
    """Whether the failure is normal: an abort, a block by the session's options, or the favicon."""
    is_icon = split_recorded(exchange.url).path == "/favicon.ico"
    is_option = (exchange.error_message or "").endswith(tuple(f"({reason})." for reason in BY_OPTION))
    return is_icon or is_option or (net_error(exchange) in IGNORED and (exchange.status_code or 0) < 400)


def _policy(exchange: Exchange) -> Kind | None:
    """Return the browser policy that blocked the request, read from the message of `core.debugging.failures`."""
    message = exchange.error_message or ""
    if message.startswith("Blocked by CORS"):  # with an error status, the error matters, not its missing CORS header
        return Kind.CORS if (exchange.status_code or 0) < 400 else None
    if "(mixed-content)" in message:
        return Kind.MIXED_CONTENT
    if "(csp)" in message or "ERR_BLOCKED_BY_CSP" in message:
        return Kind.CSP
    return None
