"""Finds failing responses: error statuses and their origin, bot walls, quotas, aborted responses. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from core.debugging.recorded_url import split_recorded
from core.diagnosis.cause_words import OF_FRONT
from core.diagnosis.console_words import cut
from core.diagnosis.evidence import Evidence
from core.diagnosis.failing_answer import FailingAnswer, failing_answer
from core.diagnosis.finding import Finding
from core.diagnosis.html_text import visible
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.response_marks import OWN_PAGE, Responder, cache_mark, quota_mark, responder, wall_mark
from core.diagnosis.witness import agreement
from core.diagnosis.words import listed, ms, short
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.transfer import REDIRECTS
from core.monitoring.verdict import NOT_MODIFIED, Expectation
from core.phrases import utc_minute
from core.schemas.check_options import DEFAULTS

INCOMPLETE = (
    ProbeErrorKind.CLOSED_BEFORE_ANSWER,
    ProbeErrorKind.CLOSED_IN_ANSWER,
    ProbeErrorKind.PROTOCOL,
    ProbeErrorKind.HEADERS_TOO_LARGE,
    Expectation.HTTP_VERSION,
)
LIMIT_WORDS = {
    402: "Status 402 means that payment is required",
    429: "Status 429 means too many requests (RFC 6585)",
    509: "Status 509 means that the bandwidth quota is used up",
}
RETRY_AFTER = re.compile(r"[1-9][0-9]{0,6}")  # seconds, up to some months; a date is left out
PLACE_TEXT = re.compile(r"\b(your|this|the) (country|region)\b|country or region|geo-?(block|restrict)", re.IGNORECASE)
# What a gateway says of the server behind it: RFC 9110 §15.6, and Cloudflare's own statuses.
OF_ORIGIN = {
    502: "gave no valid response",
    503: "is not available",
    504: "did not respond in time",
    520: "gave an empty or unexpected response",
    521: "refused the connection",
    522: "did not accept the connection in time",
    523: "could not be reached",
    524: "did not respond in time",
    525: "failed in the TLS handshake",
    526: "has no valid certificate",
    530: "could not be reached",
}
OF_TOKEN = re.compile(r'error_description="([^"]{1,200})"')  # why a bearer token was refused (RFC 6750 §3)
BY_PASSWORD = re.compile(r"(?:basic|digest|ntlm)\b", re.IGNORECASE)  # for these schemes a browser asks its user
NOTHING_TO_SHOW = (*REDIRECTS, NOT_MODIFIED)
WALLED = (403, 429, 503, 401, 405, 406, 418)
REPEATED = re.compile(r"\A(.{3,100}?)(?: \1)+(?!\w)")  # error pages repeat their title as the heading


def answer(evidence: Evidence) -> Iterator[Finding]:
    """Report failures in the website's response."""
    failing = failing_answer(evidence)
    if failing is not None:
        found = _status(evidence, failing)
        yield replace(found, why=found.why + _quoted_response(failing))
    yield from _wall_with_good_status(evidence)
    yield from _incomplete(evidence)


def _quoted_response(failing: FailingAnswer) -> str:
    words = REPEATED.sub(r"\1", visible(failing.text))
    if words:
        return f" The response says: “{cut(words)}”."
    return " The response is empty." if failing.is_empty else ""


def _status(evidence: Evidence, failing: FailingAnswer) -> Finding:
    if failing.status == 429 and quota_mark({}, failing.text):
        return _quota(evidence, failing)
    if _is_of_place(failing):
        return _client_error(evidence, failing)
    if failing.status in WALLED and (shown := wall_mark(failing.headers, failing.text)):
        return _wall(evidence, failing, shown)
    if _is_limit(failing):
        return _quota(evidence, failing)
    if failing.status >= 500:
        return _server_error(evidence, failing)
    return _client_error(evidence, failing)


def _is_limit(failing: FailingAnswer) -> bool:
    if failing.status in LIMIT_WORDS:
        return True
    headers = {} if failing.status == 503 else failing.headers  # servers in maintenance also send Retry-After
    return failing.status in (403, 503, 508) and quota_mark(headers, failing.text) is not None


def _wall(evidence: Evidence, failing: FailingAnswer, shown: str) -> Finding:
    sees_more = _browser_status(evidence)
    passed = f" A browser got status {sees_more} at the same time." if sees_more and sees_more < 400 else ""
    return Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} blocks Watchwright with its bot protection: status {failing.named_status}, with "
        f"{shown}.",
        confidence=failing.agreed.confidence,
        why=f"{failing.agreed.why} Recognised by {shown}.{passed} Allow Watchwright's user agent or address.",
        rows=failing.rows,
    )


def _quota(evidence: Evidence, failing: FailingAnswer) -> Finding:
    shown = quota_mark(failing.headers, failing.text)
    wait = RETRY_AFTER.fullmatch(failing.headers.get("retry-after", ""))
    later = f", and asks clients to retry after {int(wait[0]):,} s" if wait else ""
    what = (
        "requires a payment, perhaps for its hosting" if failing.status == 402 else "reports that a limit is exceeded"
    )
    words = failing.stated or failing.said
    said = f"; {words}" if words else ""
    return Finding(
        kind=Kind.QUOTA,
        sentence=f"{evidence.host} {what}: status {failing.named_status}{later}{said}.",
        confidence=failing.agreed.confidence,
        why=f"{failing.agreed.why} {LIMIT_WORDS.get(failing.status, 'The response says so')}"
        + (f", by {shown}." if shown else "."),
        rows=failing.rows,
    )


def _server_error(evidence: Evidence, failing: FailingAnswer) -> Finding:
    before = _server_before(evidence)
    by = responder(failing.status, failing.headers, failing.text, before)
    is_of_front = (failing.stated or "").startswith(OF_FRONT)
    is_front = by.is_proxy or is_of_front
    if is_front:
        what, proof = _front_error(evidence, failing, by, is_of_front=is_of_front)
    else:
        what, proof = _origin_error(evidence, failing, by, before)
    marks = f"It carries {listed(by.marks)}." if by.marks else "No header shows which server sent it."
    return Finding(
        kind=Kind.PROXY_ERROR if is_front else Kind.ORIGIN_ERROR,
        sentence=f"{what}{_quoted_cause(failing)}.",
        confidence=failing.agreed.confidence if by.is_sure and failing.headers else Confidence.LIKELY,
        why=f"{failing.agreed.why} {marks}{proof}",
        rows=failing.rows,
    )


def _server_before(evidence: Evidence) -> str | None:
    """Return the ``Server`` header while the website was up."""
    good = evidence.good_look.last if evidence.good_look else None
    seen = (visit.headers.get("server") for visit in (good, evidence.good_session) if visit is not None)
    return next((server for server in seen if server is not None), None)


def _front_error(evidence: Evidence, failing: FailingAnswer, by: Responder, *, is_of_front: bool) -> tuple[str, str]:
    """Return what a proxy or CDN did, and the proof; *is_of_front* says that its response blames the proxy itself."""
    who = by.name or ("The hosting or proxy" if is_of_front else "A proxy or CDN")
    what = f"{who} returned status {failing.named_status} for {evidence.host}{_at(evidence)}{_within(failing)}"
    if failing.status == 500 and OWN_PAGE.search(failing.text):  # a proxy passes on a 500 of the origin as it is
        what += ": this is its own error page, so the fault is probably in its configuration"
    elif not is_of_front:
        what += f": the proxy or CDN works, but the origin behind it {OF_ORIGIN.get(failing.status, 'failed')}"
    is_gateway = failing.status in (502, 504)
    by_rfc = " By RFC 9110 only a gateway or proxy sends this status, about the server behind it."
    return what, by_rfc if is_gateway else ""


def _origin_error(evidence: Evidence, failing: FailingAnswer, by: Responder, before: str | None) -> tuple[str, str]:
    """Return what the website's own server did, and the proof; *before* is its ``Server`` header while it was up."""
    host, now = _end_host(evidence), failing.headers.get("server", "")
    what = f"fails with status {failing.named_status}{_at(evidence)}{_within(failing)}"
    if now and before and _product(now) != _product(before):
        proof = f" Before, the server named itself {cut(before)}. Another server or a proxy may have sent this."
        return f"{host} {what}", proof
    server = f" ({by.name})" if by.name else ""
    proof = " Nothing indicates that a proxy or CDN created this response."
    return f"The origin server of {host}{server} {what}", proof


def _within(failing: FailingAnswer) -> str:
    return f" after {ms(failing.took_ms)}" if failing.took_ms is not None else ""


def _product(server: str) -> str:
    """Return the program's name in a ``Server`` header, without its version (RFC 9110 §10.2.4)."""
    return server.partition("/")[0].strip().lower()


def _quoted_cause(failing: FailingAnswer) -> str:
    """Return the cause that the response states, and whether a cache sent it, as the end of a sentence."""
    said = failing.stated or failing.said
    return (f": {said}" if said else "") + _cached(failing)


def _cached(failing: FailingAnswer) -> str:
    marks = cache_mark(failing.headers)
    return f"; a cache sent this response ({marks}), so the origin may work again" if marks else ""


def _client_error(evidence: Evidence, failing: FailingAnswer) -> Finding:
    realm = cut(failing.headers.get("www-authenticate", ""))
    by_password, of_token = BY_PASSWORD.match(realm), OF_TOKEN.search(failing.headers.get("www-authenticate", ""))
    said = f"its server says “{of_token.group(1)}”" if of_token else failing.said
    no_index = " a folder without an index page," if split_recorded(evidence.end_url).path.endswith("/") else ""
    what = {
        401: f"its server asks for a user name and password ({realm})" if by_password else "it requires a sign-in",
        403: f"access is refused, by changed permissions,{no_index} a firewall or bot protection",
        404: "the page is missing",
        405: "the method is no longer allowed",
        410: "the page was removed permanently",
        451: "it is withheld for legal reasons",
    }.get(failing.status, "the request is refused" if failing.status >= 400 else _unwanted(evidence, failing.status))
    if _is_of_place(failing):
        what = "its response says that it blocks the country or region of this machine"
    else:
        what = failing.stated or ", and ".join(filter(None, (what, said)))
    before = evidence.good_check
    document = evidence.good_session.document if evidence.good_session else None
    changed = ""
    if before and before.http_status_code:
        changed = f"; it returned {before.http_status_code} until {utc_minute(before.checked_at)}"
    elif document and document.status_code:
        changed = f"; it returned {document.status_code} in the last good session"
    return Finding(
        kind=Kind.CLIENT_ERROR if failing.status >= 400 else Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} returns status {failing.named_status}{_at(evidence)}: {what}{changed}"
        f"{_cached(failing)}.",
        confidence=failing.agreed.confidence,
        why=f"{failing.agreed.why} "
        + ("It worked before, so the website has changed." if changed else "No good response is stored."),
        rows=failing.rows + evidence.good_check_rows,
    )


def _is_of_place(failing: FailingAnswer) -> bool:
    return failing.status in (403, 451) and PLACE_TEXT.search(failing.text) is not None


def _unwanted(evidence: Evidence, status: int) -> str:
    """Explain why a check rejects a status that is no error."""
    if status not in NOTHING_TO_SHOW or evidence.accepted_statuses != DEFAULTS.accepted_statuses:
        return "expected another one"
    return "a redirect without a Location header" if status in REDIRECTS else "the client has no copy of the page"


def _wall_with_good_status(evidence: Evidence) -> Iterator[Finding]:
    """Report a bot wall with a good status, which violated an expectation of the body."""
    agreed = agreement(evidence, (Expectation.BODY, Expectation.JSON))
    last = evidence.look.last if evidence.look else None
    if (
        agreed is None
        or last is None
        or not (shown := wall_mark(last.headers, f"{last.title or ''} {last.excerpt or ''}"))
    ):
        return
    yield Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} shows a bot challenge instead of the page: {shown}, with status {last.status}.",
        confidence=Confidence.HIGH,
        why=f"{agreed.why} The expected content is missing. The response is a bot challenge, recognised by {shown}.",
        rows=agreed.rows,
    )


def _incomplete(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, INCOMPLETE)
    if agreed is None:
        return
    yield Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=agreed.own_words
        or f"{evidence.host} gave no complete response: {agreed.seen[0].words or 'it broke off'}",
        confidence=agreed.confidence,
        why=f"{agreed.why} The connection was established, so the fault is in the server that responds there.",
        rows=agreed.rows,
    )


def _end_host(evidence: Evidence) -> str:
    return split_recorded(evidence.end_url).hostname or evidence.host


def _at(evidence: Evidence) -> str:
    """Return the URL of the response as part of a sentence; "" if it is the website's own URL."""
    if evidence.end_url == evidence.url:
        return ""
    return f" at {short(evidence.end_url, evidence.url)} (to which it redirects)"


def _browser_status(evidence: Evidence) -> int | None:
    document = evidence.session.document if evidence.session else None
    return document.status_code if document else None
