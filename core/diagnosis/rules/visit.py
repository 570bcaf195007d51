"""Finds problems of a visit: reload loops, hanging pages, endless requests, and no page at all. Pure."""

from collections.abc import Iterator

from core.debugging.compare import normalise
from core.debugging.failures import NO_PAGE
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import Evidence
from core.diagnosis.failed_requests import KINDS, FailedRequest, failed_requests
from core.diagnosis.finding import Finding
from core.diagnosis.html_text import first_words
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.refused_cookies import rejected_cookie
from core.diagnosis.rules.page import NOT_LOADED
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import ms, short
from core.models import NetworkEventType
from core.monitoring.transfer import REDIRECTS
from core.monitoring.verdict import NOT_MODIFIED, Expectation
from core.phrases import counted, sized

LOOP_FACTOR = 50  # times as many requests as in the good session; polling does not become more frequent
MIN_LOADS = 4  # a page with a sign-in loads at most three times
THROTTLED = "Throttling navigation to prevent the browser from hanging"  # Chromium's message


def visit(evidence: Evidence) -> Iterator[Finding]:
    """Report problems of the browser's visit."""
    session = evidence.session
    if session is None or not session.documents:
        return
    loads = _loads(session)
    if len(loads) >= MIN_LOADS and len(loads) > len(_loads(evidence.good_session)) + 1:
        yield _reload_loop(evidence, session, loads)
    elif session.is_busy:
        yield _busy(session)
    elif _hangs(session):
        yield _hang(evidence, session)
    yield from _navigation_loop(evidence.good_session, session)
    yield from _endless_requests(evidence.good_session, session)
    yield from _no_page(evidence, session)
    yield from _no_content(evidence, session)
    yield from _empty(evidence, session)
    yield from _leads_nowhere(evidence, session)
    if session.is_compressed and session.document is not None and session.document.is_html:
        yield _compressed(evidence, session, session.document)


def _loads(session: SessionFact | None) -> list[Exchange]:
    """Return the documents with which the browser opened the page's URL again, by script, refresh or redirect."""
    if session is None or not session.documents:
        return []
    first = session.documents[0].url.partition("#")[0].partition("?")[0]
    again = session.documents[1:]  # pure redirects, which another rule reports
    return [
        exchange
        for exchange in session.exchanges
        if exchange.is_page_document
        and exchange.url.partition("#")[0].partition("?")[0] == first
        and exchange not in again
    ]


def _reload_loop(evidence: Evidence, session: SessionFact, loads: list[Exchange]) -> Finding:
    span = loads[-1].started_ms - loads[0].started_ms
    cause = _failure_of_each_load(session, evidence.good_page, len(loads))
    by = f"; each time {short(cause.exchange.url, session.url)} fails ({cause.reason})" if cause else ""
    return Finding(
        kind=Kind.REDIRECT_LOOP,
        sentence=f"The page reloads itself repeatedly: {short(loads[0].url, session.url)} came {len(loads)} times "
        f"within {ms(span)}{by or rejected_cookie(session, evidence.good_session)}.",
        confidence=Confidence.HIGH if evidence.good_session else Confidence.LIKELY,
        why="Each response is fine, but a script or a refresh in it returns to an earlier page."
        + (" In the last good session it did not." if evidence.good_session else ""),
        rows=session.rows_of(*([cause.exchange] if cause else []), *loads[:MIN_LOADS]),
    )


def _failure_of_each_load(session: SessionFact, good: SessionFact | None, loads: int) -> FailedRequest | None:
    """Return a new failure that occurs with each load, such as a missing script that makes the page reload itself."""
    failing = [
        failure
        for failure in failed_requests(session, good)
        if failure.kind in KINDS.values() and not failure.failed_before
    ]
    by_url: dict[str, list[FailedRequest]] = {}
    for failure in failing:
        by_url.setdefault(failure.exchange.url, []).append(failure)
    often = [group for group in by_url.values() if len(group) >= loads - 1]  # the last load may be incomplete
    return often[0][0] if often else None


def _navigation_loop(good: SessionFact | None, session: SessionFact) -> Iterator[Finding]:
    """Report a script that changes the page's address endlessly; the browser then refuses further changes."""
    told, before = ([line for line in one.console if THROTTLED in line.text] if one else [] for one in (session, good))
    if told and not before:
        yield Finding(
            kind=Kind.REDIRECT_LOOP,
            sentence="A script of the page changes its address so often that the browser stops it, as when two routes "
            "of an application lead to each other.",
            confidence=Confidence.HIGH if good else Confidence.LIKELY,
            why="The browser reports it in the console." + (" In the last good session it did not." if good else ""),
            rows=session.console_rows(told[:1]),
        )


def _endless_requests(good: SessionFact | None, session: SessionFact) -> Iterator[Finding]:
    """Report a script that repeats a request endlessly, such as a component that sends one on each render."""
    if good is None:
        return
    before, now = _calls(good), _calls(session)
    asked, several = max(now.items(), key=lambda pair: len(pair[1]), default=("", []))
    usual = len(before.get(asked, ()))
    if not usual or len(several) < usual * LOOP_FACTOR:
        return
    span = ms(several[-1].started_ms - several[0].started_ms)
    path = short(several[0].url.partition("?")[0], session.url)
    yield Finding(
        kind=Kind.PAGE_ERROR,
        sentence=f"A script requests {path} repeatedly: {len(several)} times within {span}.",
        confidence=Confidence.LIKELY,
        why=f"In the last good session it requested it {counted(usual, 'time')}. A component that fetches on each "
        "render and re-renders on each response behaves like this.",
        rows=session.rows_of(*several[:MIN_LOADS]),
    )


def _calls(session: SessionFact) -> dict[str, list[Exchange]]:
    """Return the requests of scripts by method and path, without the query, which may only bypass caches."""
    calls: dict[str, list[Exchange]] = {}
    for exchange in session.exchanges:
        if exchange.is_call and exchange.preflight_for is None:
            calls.setdefault(f"{exchange.method} {normalise(exchange.url.partition('?')[0])}", []).append(exchange)
    return calls


def _busy(session: SessionFact) -> Finding:
    script = _last_script(session)
    return Finding(
        kind=Kind.PAGE_ERROR,
        sentence="The page hangs: a script keeps it busy, so it does not respond"
        + (f". The last script that loaded is {short(script.url, session.url)}." if script else "."),
        confidence=Confidence.HIGH,
        why="The browser responded at once, but the page did not for seconds.",
        rows=session.rows_of(script or _last(session)),
    )


def _hangs(session: SessionFact) -> bool:
    """Whether all responses had arrived but the page never finished loading."""
    if NOT_LOADED not in (session.error_message or "") or "load" in session.milestones:
        return False
    own = session.documents
    others = [exchange for exchange in session.exchanges if exchange not in own]
    if others and own[-1].end_ms > max(exchange.end_ms for exchange in others):
        return False  # the document may still be loading
    return not any(
        exchange.outcome in (NetworkEventType.REQUEST, NetworkEventType.TIMEOUT) or exchange.is_unfinished
        for exchange in session.exchanges
    )


def _hang(evidence: Evidence, session: SessionFact) -> Finding:
    last, script = _last(session), _last_script(session)
    good = evidence.good_session.milestones.get("load") if evidence.good_session else None
    by = f", the last script of which is {short(script.url, session.url)}" if script else ""
    return Finding(
        kind=Kind.PAGE_ERROR,
        sentence=f"The page hangs: all its requests had finished after {ms(last.end_ms)}, but it has not loaded "
        f"since{by}.",
        confidence=Confidence.LIKELY,
        why="No request was running any more. A script that keeps the page busy, or a very large page, behaves so."
        + (f" In the last good session it had loaded after {ms(good)}." if good is not None else ""),
        rows=session.rows_of(script or last),
    )


def _last(session: SessionFact) -> Exchange:
    return max(session.exchanges, key=lambda exchange: exchange.end_ms)


def _last_script(session: SessionFact) -> Exchange | None:
    return next((exchange for exchange in reversed(session.exchanges) if exchange.resource_type == "script"), None)


def _no_page(evidence: Evidence, session: SessionFact) -> Iterator[Finding]:
    """Report a document that became another type, such as plain text or a download."""
    before = evidence.good_session
    now, good = session.document, before.document if before else None
    if before is None or now is None or good is None or (now.status_code or 0) >= 400 or not good.is_html:
        return
    if _is_download(session) and not _is_download(before):
        what, by = "is a download, by its header “Content-Disposition: attachment”", "Content-Disposition"
        then = "so browsers do not show it"
    elif now.mime_type and not now.is_html:
        what, by = f"is {now.mime_type}, and was {good.mime_type} in the last good session", "Content-Type"
        words = first_words(session.text, None)
        then = "so browsers show its source or save it as a file" + (f"; it begins with {words}" if words else "")
    else:
        return
    yield Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} no longer sends a page: the document {what}, {then}.",
        confidence=Confidence.HIGH,
        why=f"The browser follows the {by} of the response. The status and the address are unchanged.",
        rows=session.rows_of(now),
    )


def _is_download(session: SessionFact) -> bool:
    """Whether browsers download the document instead of showing it (RFC 6266)."""
    return session.headers.get("content-disposition", "").strip().lower().startswith("attachment")


def _no_content(evidence: Evidence, session: SessionFact) -> Iterator[Finding]:
    document = session.document
    if document is None or document.status_code not in NO_PAGE:
        return
    good = evidence.good_session.document if evidence.good_session else None
    was_page = good is not None and good.status_code not in NO_PAGE
    yield Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} returns status {document.status_code}, which means no content: browsers stay on the "
        "page they show.",
        confidence=Confidence.HIGH if was_page else Confidence.NOTE,
        why="A check accepts it like any status below 400 (RFC 9110 §15.3.5)"
        + (". The last good session got a page." if was_page else ". It may be intended, as for an API."),
        rows=session.rows_of(document),
    )


def _empty(evidence: Evidence, session: SessionFact) -> Iterator[Finding]:
    """Report an empty document with a success status, unless it was empty in the good session."""
    document = session.document
    good = evidence.good_page.document if evidence.good_page else None
    if evidence.page is None or document is None or not session.is_empty or (good and not good.decoded_bytes):
        return
    if good is not None:
        confidence, proof = Confidence.HIGH, f"In the last good session it had {sized(good.decoded_bytes)}."
    else:
        confidence, proof = Confidence.NOTE, "No good session exists to compare with; for an API, it may be intended."
    yield Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} returns status {document.status_code} with an empty response, so the page is blank.",
        confidence=confidence,
        why=f"The response has no body. {proof} A program that ends early, or a cache that stored an empty response, "
        "behaves like this.",
        rows=session.rows_of(document),
    )


def _leads_nowhere(evidence: Evidence, session: SessionFact) -> Iterator[Finding]:
    """Report a redirect without a target, or a 304 although the browser has no copy."""
    document = session.document
    status = document.status_code if document else None
    check = evidence.check
    is_told = check is not None and check.error_kind == Expectation.STATUS  # rule `answer` reports it then
    if document is None or status is None or is_told:
        return
    has_target = document.outcome is NetworkEventType.REDIRECT or "location" in session.headers
    if status in REDIRECTS and not has_target:
        what = f"status {status}, a redirect without a Location header"
        why = "Browsers show the body of such a response, which is usually empty"
    elif status == NOT_MODIFIED and document.is_failed:
        what = (
            f"status {status} (Not Modified), although the browser has no copy of the page and sent no conditional "
            "header"
        )
        why = "Browsers then have nothing to show. A cache or the application sends it in place of the page"
    else:
        return
    good = evidence.good_session.document if evidence.good_session else None
    was_page = good is not None and good.status_code != status
    yield Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} returns {what}.",
        confidence=Confidence.HIGH if was_page else Confidence.LIKELY,
        why=why + (". The last good session got a page." if was_page else "."),
        rows=session.rows_of(document),
    )


def _compressed(evidence: Evidence, session: SessionFact, document: Exchange) -> Finding:
    encoding = session.headers.get("content-encoding")
    how = (
        f"compressed twice, although its header “Content-Encoding: {encoding}” names one compression"
        if encoding
        else ("compressed without a Content-Encoding header")
    )
    return Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} sends its page {how}, so browsers show unreadable characters.",
        confidence=Confidence.HIGH,
        why="The page starts like compressed data. A cache, a proxy or the application compresses it a second time, or "
        "drops the header.",
        rows=session.rows_of(document),
    )
