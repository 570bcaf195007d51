"""Finds responses that a page could not use in spite of a good status, such as HTML instead of JSON. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag

from core.debugging.failures import NO_PAGE, is_not_event_stream
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.response_marks import SIGN_IN
from core.diagnosis.session_facts import Key, SessionFact
from core.diagnosis.words import ms
from core.models import NetworkEventType
from core.monitoring.verdict import NOT_MODIFIED

SEEN = ("image", "font")
NAMES = {"script": "script", "stylesheet": "style sheet", "image": "picture", "font": "font"}
PARTS = ("xhr", "fetch", "document")  # content that a script inserts into the page, and frames
STYLES = ("text/css", "application/x-unknown-content-type", "")  # types that browsers accept for style sheets
END_OF_JSON = "Unexpected end of JSON input"  # V8's message for an empty body instead of JSON
ACCEPTED = 202  # the request is not completed yet (RFC 9110, 15.3.3)
MIN_POLLS = 3  # a script that polls for a job sends at least so many requests
NO_JSON = re.compile(r"Unexpected token '?<'?,? .*JSON", re.DOTALL)  # V8's message for markup instead of JSON
SOON_FACTOR = 2  # a WebSocket closed early if it was open at least twice as long in the good session
DOCTYPE = re.compile(r"\s*(<!--.*?-->\s*)*<!doctype html", re.IGNORECASE | re.DOTALL)
# Chromium's messages (Blink ScriptLoader, SubresourceIntegrity); they contain the URL or have it as their position.
REFUSALS = (
    (re.compile(r"^Failed to load module script: .*MIME type"), "its type is {type}, not that of a script"),
    (re.compile(r"^Refused to execute script from '([^']+)'"), "its type is {type}, not that of a script"),
    (re.compile(r"^Refused to apply style from '([^']+)'"), "its type is {type}, not that of a style sheet"),
    (
        re.compile(r"^Failed to find a valid digest .* for resource '([^']+)'"),
        "its content does not match the integrity hash",
    ),
)

MIME_TYPE = re.compile(r"MIME type (?:of )?\(?[\"']([^\"']+)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """Properties of exchanges in the good session, as sets of keys."""

    data: frozenset[Key]
    """Responses to scripts with a JSON type; includes all exchanges if a script now fails to parse markup as JSON."""
    json: frozenset[Key] = frozenset()
    """Responses to scripts that were valid JSON every time."""
    fine: frozenset[Key] = frozenset()
    """JSON and HTML responses to scripts, and frames, without an error message."""
    let_in: frozenset[Key] = frozenset()
    """Responses to scripts and frames without a redirect, such as to a sign-in."""
    seen: frozenset[Key] = frozenset()
    """Pictures and fonts that were not HTML; trackers request pixels that are."""
    had_content: frozenset[Key] = frozenset()
    """Scripts, style sheets and responses to scripts that were not empty."""


def unusable_answers(session: SessionFact, good: SessionFact | None) -> dict[str, str]:
    """Return the reason for each unusable response by exchange id; *good* shows what responses scripts expect."""
    refused, before, first_hops = dict(_refused(session)), _before(session, good), _first_hops(session)
    found = {}
    for exchange in session.exchanges:
        reasons = _reasons(exchange, first_hops[exchange.exchange_id], session, before, refused.get(exchange.url))
        if (reason := next(filter(None, reasons), None)) is not None:
            found[exchange.exchange_id] = reason
    return found | (_closed(session, good) | _never_done(session, good) if good else {})


def _before(session: SessionFact, good: SessionFact | None) -> _Before:
    is_parsed = any(line.source == "exception" and NO_JSON.search(line.text) for line in session.console)
    parsed = frozenset(map(session.key_of, session.exchanges if is_parsed else ()))
    if good is None:
        return _Before(data=parsed)

    def keys(exchanges: Iterable[Exchange]) -> frozenset[Key]:
        return frozenset(map(good.key_of, exchanges))

    fine = [exchange for exchange in good.exchanges if not exchange.is_failed]
    parts = [exchange for exchange in fine if exchange.resource_type in PARTS]
    data = keys(exchange for exchange in fine if exchange.is_call and "json" in (exchange.mime_type or ""))
    documents = good.documents
    direct = [e for e in parts if e.outcome is NetworkEventType.RESPONSE and not e.redirected_from]
    return _Before(
        data=data | parsed,
        json=_keys(good, good.json) - _keys(good, good.invalid_json),
        fine=(data | keys(exchange for exchange in parts if exchange.is_html))
        - _keys(good, good.json_errors)
        - _keys(good, good.html_errors),
        let_in=keys(exchange for exchange in direct if exchange not in documents),
        seen=keys(exchange for exchange in fine if exchange.resource_type in SEEN and not exchange.is_html),
        had_content=keys(e for e in fine if (e.is_call or e.is_code) and e.decoded_bytes),
    )


def _arrived(exchange: Exchange, *, is_refused: bool) -> bool:
    """Whether a response arrived for the page to use: a successful one, or one that the browser aborted for its type.

    Browsers abort an EventSource with another type, and with ``nosniff`` a style sheet with another type.
    """
    if exchange.status_code is None or exchange.outcome is NetworkEventType.REDIRECT:
        return False
    is_aborted = exchange.status_code < 400 and (is_refused or _not_event_stream(exchange) is not None)
    return not exchange.is_failed or is_aborted


def _reasons(
    exchange: Exchange, first_hop: Exchange, session: SessionFact, before: _Before, refused: str | None
) -> Iterator[str | None]:
    """Yield possible reasons why *exchange* was unusable, the clearest first; None for one that does not apply.

    *first_hop* is the first hop of its redirect chain.
    """
    key = session.key_of(first_hop)
    if key in before.let_in:
        yield _withheld(exchange, first_hop)
    if _arrived(exchange, is_refused=refused is not None):
        for reason in filter(None, _faults(exchange, first_hop, session, before, refused)):
            yield f"status {exchange.status_code}, but {reason}"


def _faults(
    exchange: Exchange, first_hop: Exchange, session: SessionFact, before: _Before, refused: str | None
) -> Iterator[str | None]:
    """Yield what is wrong with a response that arrived."""
    key = session.key_of(first_hop)
    is_data = bool({session.key_of(exchange), key} & before.data)
    yield _html_instead(exchange, first_hop, is_data=is_data, is_file=key in before.seen)
    yield refused
    yield _not_event_stream(exchange)
    yield _unstyled(exchange, session)
    if key in before.let_in:
        yield _sign_in_instead(exchange, first_hop)
    if key in before.had_content:
        yield _empty(exchange, session, is_data=is_data)
    if key in before.json and exchange.exchange_id in session.invalid_json:
        yield f"its response is no longer JSON: “{session.invalid_json[exchange.exchange_id]}”"
    if key in before.fine and exchange.exchange_id in session.json_errors:
        yield f"its response reports an error: “{session.json_errors[exchange.exchange_id]}”"
    if key in before.fine and exchange.exchange_id in session.html_errors:
        yield session.html_errors[exchange.exchange_id]


def _refused(session: SessionFact) -> Iterator[tuple[str, str]]:
    """Yield each URL whose content the browser refused to use according to the console, with the reason."""
    for line in session.console:
        for pattern, reason in REFUSALS:
            if (found := pattern.search(line.text)) is not None:
                url = found.group(1) if pattern.groups else line.url or ""
                told = MIME_TYPE.search(line.text)
                yield urldefrag(url).url, reason.format(type=told.group(1) if told else "another one")


def _keys(session: SessionFact, exchange_ids: Collection[str]) -> frozenset[Key]:
    return frozenset(session.key_of(e) for e in session.exchanges if e.exchange_id in exchange_ids)


def _first_hops(session: SessionFact) -> dict[str, Exchange]:
    """Return the first hop of each exchange's redirect chain by exchange id; without a redirect the exchange itself."""
    first: dict[str, Exchange] = {}
    for exchange in session.exchanges:  # sorted by time, so each hop follows its predecessor
        first[exchange.exchange_id] = first.get(exchange.redirected_from or "", exchange)
    return first


def _html_instead(exchange: Exchange, first_hop: Exchange, *, is_data: bool, is_file: bool) -> str | None:
    """Return a reason for HTML instead of a file or data, such as an error page or a sign-in."""
    if not exchange.is_html or exchange.status_code in NO_PAGE:
        return None  # a 204 response has no content and may declare any type
    led = f"; {split_recorded(first_hop.url).path} redirects to it" if first_hop is not exchange else ""
    name = NAMES.get(exchange.resource_type or "")
    if name and (exchange.is_code or is_file):
        return f"HTML instead of a {name}{led}"
    return f"HTML instead of JSON{led}" if exchange.is_call and is_data else None


def _empty(exchange: Exchange, session: SessionFact, *, is_data: bool) -> str | None:
    """Return a reason for an empty body instead of content; for 204 only if a script failed because of it."""
    is_whole = exchange.outcome is NetworkEventType.RESPONSE and not exchange.is_unfinished
    if exchange.decoded_bytes != 0 or exchange.from_cache or exchange.method == "HEAD" or not is_whole:
        return None
    if exchange.status_code == NOT_MODIFIED:  # with a cached copy, decoded_bytes would be its size
        return "the browser has no copy of it"
    is_missed = any(line.source == "exception" and END_OF_JSON in line.text for line in session.console)
    if exchange.status_code in NO_PAGE and not is_missed:
        return None
    if exchange.is_code:
        return "it is empty, which it was not before"
    return "an empty response instead of JSON" if is_data else None


def _never_done(session: SessionFact, good: SessionFact) -> dict[str, str]:
    """Return the requests that a script repeats and that only get 202, although they got 200 in the good session."""
    was_done = {
        good.key_of(exchange) for exchange in good.exchanges if exchange.status_code == 200 and not exchange.is_failed
    }
    statuses: dict[Key, list[Exchange]] = {}
    for exchange in session.exchanges:
        if exchange.is_call and exchange.status_code is not None:
            statuses.setdefault(session.key_of(exchange), []).append(exchange)
    return {
        several[-1].exchange_id: f"status {ACCEPTED} all {len(several)} times: the operation never completes"
        for key, several in statuses.items()
        if key in was_done
        and len(several) >= MIN_POLLS
        and {exchange.status_code for exchange in several} == {ACCEPTED}
    }


def _sign_in_instead(exchange: Exchange, first_hop: Exchange) -> str | None:
    """Return a reason for a redirect to a sign-in instead of a part of the page; both are HTML."""
    is_led = first_hop is not exchange and exchange.resource_type in PARTS
    path = split_recorded(exchange.url).path
    return f"a sign-in, to which {split_recorded(first_hop.url).path} led" if is_led and SIGN_IN.search(path) else None


def _withheld(exchange: Exchange, first_hop: Exchange) -> str | None:
    """Return a reason for a redirect to another origin that does not allow the request (CORS)."""
    if first_hop is exchange or not (exchange.error_message or "").startswith("Blocked by CORS"):
        return None
    what = "a sign-in" if SIGN_IN.search(split_recorded(exchange.url).path) else "another origin"
    path = split_recorded(first_hop.url).path
    return f"{what}, to which {path} redirects now; the browser withholds its response (CORS)"


def _not_event_stream(exchange: Exchange) -> str | None:
    if not is_not_event_stream(exchange.resource_type, exchange.status_code, exchange.mime_type):
        return None
    return f"{exchange.mime_type} instead of an event stream"


def _closed(session: SessionFact, good: SessionFact) -> dict[str, str]:
    """Return the WebSockets that closed early, were not reopened, and stayed open in the good session."""
    is_open = {
        session.key_of(exchange) for exchange in session.exchanges if exchange.exchange_id in session.open_sockets
    }
    stayed_ms = {
        good.key_of(exchange): exchange.duration_ms or 0.0
        for exchange in good.exchanges
        if exchange.exchange_id in good.open_sockets
    }
    return {
        exchange.exchange_id: f"it was closed after {ms(exchange.duration_ms)}, and had stayed open before"
        for exchange in session.exchanges
        if exchange.resource_type == "websocket" and not exchange.is_failed and exchange.duration_ms is not None
        if (key := session.key_of(exchange)) not in is_open
        and exchange.duration_ms * SOON_FACTOR < stayed_ms.get(key, 0.0)
    }


def _unstyled(exchange: Exchange, session: SessionFact) -> str | None:
    """Return a reason for a style sheet with another type: pages with a doctype ignore it (HTML, ``stylesheet``)."""
    is_other = exchange.resource_type == "stylesheet" and (exchange.mime_type or "") not in STYLES
    return (
        f"its type is {exchange.mime_type}, not that of a style sheet"
        if is_other and DOCTYPE.match(session.text)
        else None
    )
