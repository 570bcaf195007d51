"""The requests of a page that failed, apart from the document: which of them matter, and whether that is new. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urldefrag

from core.debugging.exchange_endings import LEFT
from core.debugging.failures import BY_OPTION
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.kinds import Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.session_facts import Key, SessionFact
from core.diagnosis.unusable_answers import ACCEPTED, unusable_answers
from core.diagnosis.usual_times import answered_ms, usual_ms
from core.diagnosis.waiting_requests import waiting_for_connection
from core.diagnosis.witness import net_error
from core.diagnosis.words import ms
from core.models import NetworkEventType

IGNORED = ("ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT")  # the page, or the browser of its visitor, wanted it so
KINDS = {
    "script": Kind.SCRIPT_FAILED,
    "stylesheet": Kind.STYLESHEET_FAILED,
    "xhr": Kind.API_FAILED,
    "fetch": Kind.API_FAILED,
    "websocket": Kind.API_FAILED,
    "eventsource": Kind.API_FAILED,
}
"""What a page needs; anything else that fails is a blemish."""
CALLS = ("xhr", "fetch")
GIVEN_UP_MS, GIVEN_UP_FACTOR = 2_000.0, 3.0  # both must be reached
FILES = ("script", "stylesheet")  # known by their paths: what tries again may add a query
# s or ms since 1970, as what tries again adds to pass by caches; ids of many a service are longer
MOMENT = re.compile(r"(?<!\d)[12]\d{9}(?:\d{3})?(?!\d)")
UNSEEN = ("image", "font", "media", "ping", "other", "manifest", "texttrack", "prefetch")
"""What a page can do without even where it is a rule of the browser that keeps it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRequest:
    """One request of the page that failed."""

    exchange: Exchange
    kind: Kind
    is_needed: bool
    is_third_party: bool
    failed_before: bool | None
    """Whether it failed in the last good session as well; None where there is none."""
    unusable: str | None = None
    """Why its answer was of no use to the page, though it came."""
    came_later: bool = False
    """Whether it came when the page asked for it again."""
    tells_error: bool = False
    """Whether nothing else is wrong with its answer than that it tells of an error."""
    is_given_up: bool = False
    """Whether the page waited for it long, and then no more."""
    is_stuck: bool = False
    """Whether its answer began and did not go on to its end, as it did before."""
    unanswered_ms: float | None = None
    """How long nothing had come of it when the session was over; None where it came to an end."""

    @property
    def may_be_meant(self) -> bool:
        """Whether the page may live with it: what others add, or an answer that says no, as 404 of an empty basket."""
        is_answer = self.kind is Kind.API_FAILED and 400 <= (self.exchange.status_code or 0) < 500
        return is_answer or self.kind is Kind.THIRD_PARTY_FAILED or (self.kind is Kind.CORS and self.is_third_party)

    @property
    def is_doubtful(self) -> bool:
        """Whether its answer says no more than that it is not there yet, or is nothing, which may be meant."""
        is_little = self.exchange.decoded_bytes == 0 or self.exchange.status_code == ACCEPTED
        return is_little and self.unusable is not None and self.exchange.resource_type in CALLS

    @property
    def is_socket_closed(self) -> bool:
        """Whether it is a WebSocket that was closed, be it by the server or by the page itself."""
        return self.exchange.resource_type == "websocket" and self.unusable is not None

    @property
    def reason(self) -> str:
        """How it failed: ``status 404``, or the browser's words."""
        return self._how() + (", and came when it was asked for again" if self.came_later else "")

    def _how(self) -> str:
        exchange = self.exchange
        if self.unusable is not None:
            return self.unusable
        if self.is_given_up:
            return f"no answer within {ms(exchange.duration_ms)}, after which the page gave it up"
        if self.is_stuck:
            return f"status {exchange.status_code}, but its answer had not come whole after {ms(exchange.duration_ms)}"
        if self.unanswered_ms is not None:
            return f"no answer within {ms(self.unanswered_ms)}, when the session was over"
        if exchange.error_message and (exchange.status_code or 0) < 400:
            return exchange.error_message.rstrip(".").partition(" (")[0]
        return f"status {exchange.status_code}"


def failed_requests(session: SessionFact, good: SessionFact | None) -> Iterator[FailedRequest]:
    """The failed requests of *session*, in order of time."""
    own = {exchange.exchange_id for exchange in session.documents}
    asked = {exchange.url for exchange in session.exchanges if not _is_workers(exchange)}
    compared = _SessionComparison.of(session, good)
    for exchange in session.exchanges:
        is_told = exchange.exchange_id in own or (_is_workers(exchange) and exchange.url in asked)
        if not is_told and compared.is_failure(exchange):
            yield compared.failed_request(exchange)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SessionComparison:
    """A session's requests beside those of the last good one."""

    session: SessionFact
    site: str
    of_no_use: Mapping[str, str]
    """Why an answer was of no use, by exchange id."""
    came: Mapping[Key, float]
    """When what came was asked for last, by `_asked`; so of the good session."""
    came_before: Mapping[Key, float]
    failed_before: Collection[Key] | None
    """None where there is no good session."""
    waiting: Collection[str]
    """What only waited for a connection, by exchange id."""
    usual_ms: Mapping[Key, float]
    """How long each request took at most while all was good, of those that came to an end."""
    answered_ms: Mapping[Key, float]
    """After how long at most each was answered then, of those of which none was left without."""

    @classmethod
    def of(cls, session: SessionFact, good: SessionFact | None) -> Self:
        document = session.document
        of_no_use = unusable_answers(session, good)
        was_of_no_use = unusable_answers(good, None) if good else {}
        return cls(
            session=session,
            site=registrable_domain(document.url if document else session.url),
            of_no_use=of_no_use,
            came=_came(session, of_no_use),
            came_before=_came(good, was_of_no_use) if good else {},
            failed_before=_failed(good, was_of_no_use) if good else None,
            waiting=waiting_for_connection(session),
            usual_ms=usual_ms(good) if good else {},
            answered_ms=answered_ms(good) if good else {},
        )

    def is_failure(self, exchange: Exchange) -> bool:
        """Whether the page did not get what it asked for, and not as somebody meant it."""
        is_of_no_use = self._is_useless(exchange) or self._is_stuck(exchange)
        is_of_no_use = is_of_no_use or self._is_unanswered(exchange)
        if not (exchange.is_failed or is_of_no_use):
            return False
        if exchange.exchange_id in self.waiting:
            return False
        if exchange.preflight_for is not None:  # the request that it was for fails as well, and says why
            return False
        if _is_wanted(exchange) and not is_of_no_use and not self._is_given_up(exchange):
            return False
        return not (_is_open(exchange) and self._is_open_by_design(exchange))

    def failed_request(self, exchange: Exchange) -> FailedRequest:
        """What is to be said of a failure."""
        key, asked = self.session.key_of(exchange), _asked(self.session, exchange)
        is_foreign = registrable_domain(exchange.url) != self.site
        # A call of the page's own is one also where it leads to somebody else's sign-in.
        led = (
            KINDS.get(exchange.resource_type or "") if exchange.redirected_from and self._is_useless(exchange) else None
        )
        kind = led or _kind(exchange, is_foreign=is_foreign)
        is_let_in = exchange.status_code != 401 or key in self.usual_ms  # elsewhere it asks visitors who they are
        came_later = self.came.get(asked, 0.0) > exchange.started_ms
        before = self.failed_before
        return FailedRequest(
            exchange=exchange,
            kind=kind,
            is_needed=kind is not Kind.RESOURCE_FAILED and is_let_in and not came_later,
            is_third_party=is_foreign,
            failed_before=None if before is None else key in before and asked not in self.came_before,
            came_later=came_later,
            unusable=self.of_no_use.get(exchange.exchange_id),
            tells_error=exchange.exchange_id in self.session.json_errors,
            is_given_up=self._is_given_up(exchange),
            is_stuck=self._is_stuck(exchange),
            unanswered_ms=self.session.lasted_ms(exchange) if self._is_unanswered(exchange) else None,
        )

    def _is_useless(self, exchange: Exchange) -> bool:
        return exchange.exchange_id in self.of_no_use

    def _is_open_by_design(self, exchange: Exchange) -> bool:
        usual_ms = self.usual_ms.get(self.session.key_of(exchange))
        return usual_ms is None or self.session.is_busy or _is_early(exchange, usual_ms)

    def _is_stuck(self, exchange: Exchange) -> bool:
        """Whether an answer to a script stopped on its way; where it never ended it is meant so, as of a feed."""
        usual_ms = self.usual_ms.get(self.session.key_of(exchange))
        is_call = exchange.resource_type in CALLS and exchange.is_unfinished and not self.session.is_busy
        return is_call and usual_ms is not None and not _is_early(exchange, usual_ms)

    def _is_unanswered(self, exchange: Exchange) -> bool:
        """Whether nothing came of it for long; what polls is left without an answer while all is good, too."""
        usual_ms = self.answered_ms.get(self.session.key_of(exchange))
        is_open = exchange.outcome is NetworkEventType.REQUEST and exchange.resource_type in KINDS
        is_heard = usual_ms is not None and not self.session.is_busy
        return is_open and is_heard and self.session.lasted_ms(exchange) >= _patience_ms(usual_ms or 0.0)

    def _is_given_up(self, exchange: Exchange) -> bool:
        """Whether a script waited for it to a limit of its own; withdrawn sooner it is meant, as while one types."""
        usual_ms = self.usual_ms.get(self.session.key_of(exchange))
        is_pending = exchange.resource_type in CALLS and exchange.status_code is None
        is_long = usual_ms is not None and not _is_early(exchange, usual_ms)
        return is_pending and is_long and net_error(exchange) == "ERR_ABORTED" and exchange.error_message != LEFT


def _failed(session: SessionFact, of_no_use: Mapping[str, str]) -> set[Key]:
    return {session.key_of(e) for e in session.exchanges if e.is_failed or e.exchange_id in of_no_use}


def _came(session: SessionFact, of_no_use: Mapping[str, str]) -> dict[Key, float]:
    """When what came was asked for last, by `_asked`."""
    fine = [e for e in session.exchanges if not (e.is_failed or e.status_code is None or _is_workers(e))]
    return {_asked(session, one): one.started_ms for one in fine if one.exchange_id not in of_no_use}


def _is_workers(exchange: Exchange) -> bool:
    """Return whether a service worker fetched it, to cache it or to answer a request that the page made itself."""
    return exchange.target == "service_worker" and exchange.resource_type in CALLS


def _asked(session: SessionFact, exchange: Exchange) -> Key:
    """By what *exchange* is known again where it is asked for another time: not by what it has in common with others.

    Of ``/items/1`` and ``/items/2``, and of two chunks that are named by their hashes alone, the one is not the other.
    """
    address, _mark, query = urldefrag(exchange.url).url.partition("?")
    query = "" if exchange.resource_type in FILES else MOMENT.sub("", query)
    return exchange.method, f"{address}?{query}", session.operations.get(exchange.exchange_id, "")


def _is_open(exchange: Exchange) -> bool:
    """Whether a script had no answer yet as the session ended, or a part of one: many are meant so, as long polling."""
    has_none = exchange.status_code is None or exchange.is_unfinished
    is_pending = exchange.outcome is NetworkEventType.TIMEOUT and has_none
    return is_pending and KINDS.get(exchange.resource_type or "") is Kind.API_FAILED


def _is_early(exchange: Exchange, usual_ms: float) -> bool:
    """Whether it had not waited for so long that it tells anything: what polls always has one under way."""
    return (exchange.duration_ms or 0.0) < _patience_ms(usual_ms)


def _patience_ms(usual_ms: float) -> float:
    return max(GIVEN_UP_MS, usual_ms * GIVEN_UP_FACTOR)


def _kind(exchange: Exchange, *, is_foreign: bool) -> Kind:
    if _is_workers(exchange):
        return Kind.RESOURCE_FAILED
    policy = _policy(exchange)
    if policy is not None:
        return Kind.RESOURCE_FAILED if exchange.resource_type in UNSEEN else policy
    kind = KINDS.get(exchange.resource_type or "", Kind.RESOURCE_FAILED)
    is_frame = exchange.resource_type == "document"
    is_needed = kind is not Kind.RESOURCE_FAILED or is_frame
    return Kind.THIRD_PARTY_FAILED if is_foreign and is_needed else kind


def _is_wanted(exchange: Exchange) -> bool:
    """Whether it is nobody's failure: aborted, as an option wants it, or the icon that browsers ask every site for."""
    is_icon = split_recorded(exchange.url).path == "/favicon.ico"
    is_option = (exchange.error_message or "").endswith(tuple(f"({reason})." for reason in BY_OPTION))
    return is_icon or is_option or (net_error(exchange) in IGNORED and (exchange.status_code or 0) < 400)


def _policy(exchange: Exchange) -> Kind | None:
    """The browser's own rule that stopped it, from the words of `core.debugging.failures`."""
    message = exchange.error_message or ""
    if message.startswith("Blocked by CORS"):  # an error page that lacks the header is an error in the first place
        return Kind.CORS if (exchange.status_code or 0) < 400 else None
    if "(mixed-content)" in message:
        return Kind.MIXED_CONTENT
    if "(csp)" in message or "ERR_BLOCKED_BY_CSP" in message:
        return Kind.CSP
    return None
