"""Finds failures of a page whose document loaded: failed requests, blocked content, blank pages, errors. Pure."""

import re
from collections.abc import Iterator, Sequence

from core.debugging.failures import ICON
from core.debugging.recorded_url import split_recorded
from core.diagnosis.address_change import address_change
from core.diagnosis.console_words import short_error
from core.diagnosis.evidence import Evidence
from core.diagnosis.failed_requests import FailedRequest, failed_requests
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.response_marks import cache_mark
from core.diagnosis.rules.page_errors import (
    is_third_party_error,
    logged_errors,
    new_exceptions,
    thrown_error,
)
from core.diagnosis.rules.policies import POLICIES, policies
from core.diagnosis.session_facts import ConsoleFact, SessionFact
from core.diagnosis.words import listed, ms, short
from core.models import NetworkEventType

NOT_LOADED = "had not loaded"  # in the message of `core.debugging.watch` for a visit that timed out
LONG_MS = 4_000.0  # wait for a response to a script that counts as long if its usual duration is unknown
MIN_SHARE = 0.5  # missing pictures matter if they are at least this share of all pictures …
MIN_PICTURES = 3  # … and at least so many
MIN_CODE = 2  # a page may live with one missing file
PARTS = {"document": "A frame", "media": "A film or sound"}
NAME = re.compile(r"\w{1,60}")  # the name of an operation, not a complete query
REQUESTED_AS = {
    "script": "a script",
    "stylesheet": "a style sheet",
    "document": "a frame",
    "websocket": "a WebSocket",
    "eventsource": "an event stream",
    "fetch": "data for a script",
    "xhr": "data for a script",
}
SILENT_SCRIPTS = (
    " Its scripts report no error. A router without a route for this address, or an element that the script looks for "
    "and the page lacks, behaves like this."
)
INSTEAD = "HTML instead of a "  # what `core.diagnosis.unusable_answers` says of scripts and style sheets
PROBLEMS = {
    Kind.SCRIPT_FAILED: "a script of the page fails",
    Kind.STYLESHEET_FAILED: "a style sheet of the page fails",
    Kind.API_FAILED: "an API call of the page fails",
    Kind.THIRD_PARTY_FAILED: "a request to a third party fails",
    **POLICIES,
}


def page(evidence: Evidence) -> Iterator[Finding]:
    """Report failures of a page whose document loaded."""
    session, good = evidence.page, evidence.good_page
    if session is None:
        return
    failed = list(failed_requests(session, good))
    errors, new = session.exceptions, new_exceptions(session, good)
    harm = [line for line in new if not is_third_party_error(line, session)]
    is_blank = _is_blank(session, good)
    yield from _needed(session, good, failed, harm, is_blank=is_blank)
    yield from policies(session, good, failed, is_harmed=is_blank or bool(harm))
    yield from _blemishes(session, failed)
    if good is None:
        yield from _waiting(session)
    if is_blank and "load" in session.milestones:
        is_silent = session.is_silent and not errors
        yield _unresponsive(session, good) if good and is_silent else _blank(session, good, failed, errors)
        return
    if errors:
        yield thrown_error(session, good, new or errors)
    if good is not None and not new:
        yield from logged_errors(session, good)


def _needed(
    session: SessionFact,
    good: SessionFact | None,
    failed: Sequence[FailedRequest],
    errors: Sequence[ConsoleFact],
    *,
    is_blank: bool,
) -> Iterator[Finding]:
    has_own = any(failure.is_harmful and not failure.is_third_party for failure in failed)
    for kind, what in PROBLEMS.items():
        of_kind = [failure for failure in failed if failure.kind is kind and failure.is_needed]
        new = [failure for failure in of_kind if not failure.failed_before]
        chosen = new or of_kind
        if not chosen:
            continue
        is_old = not new
        # The website's own failure explains more.
        is_aside = has_own and all(failure.is_third_party for failure in chosen)
        confidence = Confidence.NOTE if is_old else _confidence(chosen, session, good, errors, is_blank=is_blank)
        if is_aside and confidence is Confidence.HIGH:
            confidence = Confidence.LIKELY
        consequence = ", so the page stays blank" if is_blank and not (is_old or is_aside) else ""
        named = _named(session, chosen)
        yield Finding(
            kind=kind,
            sentence=f"The document is fine, but {what}: {named}{consequence}.",
            confidence=confidence,
            why=_why_needed(chosen, session, good, errors, is_old=is_old),
            rows=session.rows_of(*(failure.exchange for failure in chosen[:5])) + session.console_rows(errors[:1]),
        )


def _named(session: SessionFact, failed: Sequence[FailedRequest]) -> str:
    """List the failed requests without duplicates, with their operation if they name one."""
    names = [
        f"{short(failure.exchange.url, session.url)}{_asked(session, failure)} ({failure.reason})" for failure in failed
    ]
    return listed(list(dict.fromkeys(names)), limit=2)


def _asked(session: SessionFact, failure: FailedRequest) -> str:
    asked = session.operations.get(failure.exchange.exchange_id, "")
    return f" “{asked}”" if NAME.fullmatch(asked) else ""


def _confidence(
    chosen: Sequence[FailedRequest],
    session: SessionFact,
    good: SessionFact | None,
    errors: Sequence[ConsoleFact],
    *,
    is_blank: bool,
) -> Confidence:
    """Return the confidence that new failures harm the page: HIGH if it is blank or throws new errors."""
    if is_blank or (good is not None and errors):
        return Confidence.HIGH
    if good is None:
        may_be_meant = all(failure.may_be_meant for failure in chosen) and not _lacks_own_code(session)
        is_lived_with = may_be_meant and not errors
        return Confidence.NOTE if is_lived_with else Confidence.LIKELY
    if all(_is_aside(failure, session, good) for failure in chosen):
        return Confidence.NOTE
    return Confidence.LIKELY if all(failure.may_be_harmless for failure in chosen) else Confidence.HIGH


def _lacks_own_code(session: SessionFact) -> bool:
    """Whether all scripts and style sheets of the page's own host fail, as after a deploy without them."""
    host = split_recorded(session.url).hostname
    own = [one for one in session.exchanges if one.is_code and split_recorded(one.url).hostname == host]
    return len(own) >= MIN_CODE and all(exchange.is_failed for exchange in own)


def _is_aside(failure: FailedRequest, session: SessionFact, good: SessionFact) -> bool:
    """Whether it is a third party that a working page does without, such as a blocked tracker or an advertisement."""
    if not failure.is_third_party:
        return False
    before = [call for call in good.exchanges if good.key_of(call) == session.key_of(failure.exchange)]
    is_blocked = failure.kind in (Kind.CSP, Kind.CORS)
    if failure.exchange.is_call:
        gave_data = any(call.method == "GET" and call.exchange_id in good.json for call in before)
        return is_blocked and bool(before) and not gave_data
    is_file = failure.exchange.is_code
    is_extra = failure.exchange.resource_type in ("script", "document") and not before
    return (is_blocked and is_file) or is_extra


def _why_needed(
    chosen: Sequence[FailedRequest],
    session: SessionFact,
    good: SessionFact | None,
    errors: Sequence[ConsoleFact],
    *,
    is_old: bool,
) -> str:
    if is_old:
        return "It failed in the last good session as well, so it does not explain this failure."
    first = chosen[0].exchange
    words = f"The browser requested it as {REQUESTED_AS.get(first.resource_type or '', 'a part of the page')}. "
    if good is None:
        words += "No good session exists to compare with."
    else:
        is_new = session.key_of(first) not in map(good.key_of, good.exchanges)
        was = "the page did not request it" if is_new else "it did not fail"
        words += address_change(first, session, good) or f"In the last good session {was}."
    cached = cache_mark(session.headers)
    if cached and chosen[0].kind in (Kind.SCRIPT_FAILED, Kind.STYLESHEET_FAILED):
        words += f" A cache sent the document ({cached}), so it may name files of an earlier deploy."
    if INSTEAD in chosen[0].reason:
        words += " Some servers send the start page in place of a file that is missing."
    if errors:
        words += f" Then the page threw: {short_error(errors[0])}."
    return words


def _blemishes(session: SessionFact, failed: Sequence[FailedRequest]) -> Iterator[Finding]:
    small = [failure for failure in failed if not failure.is_needed]
    if not small:
        return
    named = _named(session, small)
    pictures = [
        failure for failure in small if failure.exchange.resource_type == "image" and failure.failed_before is not True
    ]
    of_all = sum(exchange.resource_type == "image" for exchange in session.exchanges)
    are_gone = len(pictures) >= MIN_PICTURES and len(pictures) >= of_all * MIN_SHARE
    is_new = are_gone and any(failure.failed_before is False for failure in pictures)
    parts = [failure for failure in small if failure.exchange.resource_type in PARTS and failure.failed_before is False]
    if are_gone:
        sentence = f"{len(pictures)} of the page's {of_all} pictures fail: {named}."
    elif parts:
        small, is_new = parts, True
        what = PARTS[parts[0].exchange.resource_type or ""]
        sentence = f"{what} of the page fails, so part of the page is missing for visitors: {_named(session, parts)}."
    else:
        sentence = f"Non-essential resources of the page fail: {named}."
    yield Finding(
        kind=Kind.RESOURCE_FAILED,
        sentence=sentence,
        confidence=Confidence.LIKELY if is_new else Confidence.NOTE,
        why="No script, style sheet or script response is missing."
        + (" They loaded in the last good session." if is_new else ""),
        rows=session.rows_of(*(failure.exchange for failure in small[:5])),
    )


def _waiting(session: SessionFact) -> Iterator[Finding]:
    """Note requests of scripts without a response; many are intended, such as long polling."""
    waiting = [
        exchange
        for exchange in session.exchanges
        if exchange.is_call
        and exchange.status_code is None
        and exchange.outcome in (NetworkEventType.TIMEOUT, NetworkEventType.REQUEST)
        and session.lasted_ms(exchange) >= LONG_MS
    ]
    if waiting:
        names = [
            f"{short(exchange.url, session.url)} (after {ms(session.lasted_ms(exchange))})" for exchange in waiting
        ]
        named = listed(names, limit=2)
        yield Finding(
            kind=Kind.API_FAILED,
            sentence=f"A response that a script waits for had not arrived when the session ended: {named}.",
            confidence=Confidence.NOTE,
            why="No good session shows whether this is intended, as with long polling.",
            rows=session.rows_of(*waiting[:5]),
        )


def _is_blank(session: SessionFact, good: SessionFact | None) -> bool:
    document = session.document
    has_painted = good is not None and "first_contentful_paint" in good.milestones
    documents = (exchange for exchange in session.exchanges if exchange.resource_type == "document")
    if not has_painted and any(frame.target == "iframe" and not frame.is_failed for frame in documents):
        return False  # paint milestones exclude frames, so content may be visible in a frame
    is_page = document is not None and document.is_html and not session.is_empty  # which rule `visit` reports
    has_ended = "load" in session.milestones or NOT_LOADED in (session.error_message or "")
    return is_page and has_ended and "first_contentful_paint" not in session.milestones


def _unresponsive(session: SessionFact, good: SessionFact) -> Finding:
    """Report a page that did not respond at the end, so that nobody knows whether it would have stayed blank."""
    return Finding(
        kind=Kind.SLOW_SCRIPT,
        sentence=f"The page had painted nothing after {ms(session.ended_ms)} and did not respond then, so something "
        "kept its main thread busy.",
        confidence=Confidence.LIKELY,
        why="A script, or style and layout of a very long page, behaves like this. In the last good session something "
        f"was painted after {ms(good.milestones.get('first_contentful_paint'))}.",
        rows=(Row(of="session", id=session.id),),
    )


def _blank(
    session: SessionFact, good: SessionFact | None, failed: Sequence[FailedRequest], errors: Sequence[ConsoleFact]
) -> Finding:
    painted = good.milestones.get("first_contentful_paint") if good else None
    reasons = [line for line in session.console if line.level == "error" and not ICON.search(line.url or "")]
    first = (errors or reasons)[:1]
    has_scripts = any(exchange.resource_type == "script" for exchange in session.exchanges)
    is_caused = bool(errors) or any(failure.is_harmful for failure in failed)
    after = f" First in the console: {short_error(first[0])}." if first else ""
    waited = ms(session.milestones.get("load"))
    if painted is not None:
        confidence = Confidence.HIGH
        proof = f"In the last good session something was painted after {ms(painted)}."
    else:
        confidence = Confidence.HIGH if is_caused else Confidence.NOTE
        proof = "No good session exists in which something was painted."
    return Finding(
        kind=Kind.BLANK_PAGE,
        sentence=f"The page stays blank: nothing was painted, although it loaded after {waited}.{after}",
        confidence=confidence,
        why=f"The browser reported no first contentful paint. {proof}"
        + (SILENT_SCRIPTS if has_scripts and not is_caused and not first else ""),
        rows=(*session.console_rows(first), Row(of="session", id=session.id)),
    )
