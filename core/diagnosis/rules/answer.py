"""Answers: error statuses and who said them, walls and quotas, redirects, and what is no whole answer. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from http import HTTPStatus

from core.debugging.recorded_url import split_recorded
from core.diagnosis.console_words import cut
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.marks import quota_mark, speaker, wall_mark
from core.diagnosis.refused_cookies import lost_cookie
from core.diagnosis.rules.own_words import visible
from core.diagnosis.witness import Agreement, agreement
from core.diagnosis.words import listed, ms, short
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.transfer import REDIRECTS
from core.monitoring.verdict import NOT_MODIFIED, Expectation
from core.schemas.check_options import DEFAULTS

UNWHOLE = (
    ProbeErrorKind.CLOSED_BEFORE_ANSWER,
    ProbeErrorKind.CLOSED_IN_ANSWER,
    ProbeErrorKind.PROTOCOL,
    ProbeErrorKind.HEADERS_TOO_LARGE,
    Expectation.HTTP_VERSION,
)
LIMIT_WORDS = {
    402: "Status 402 is for what has to be paid for",
    429: "Status 429 is for too many requests (RFC 6585)",
    509: "Servers answer with 509 when the bandwidth that was paid for is used up",
}
PLACE_TEXT = re.compile(r"\b(your|this|the) (country|region)\b|country or region|geo-?(block|restrict)", re.IGNORECASE)
NOTHING_TO_SHOW = (*REDIRECTS, NOT_MODIFIED)
WALLED = (403, 429, 503, 401, 405, 406, 418)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A failing answer: its status, and what else is known of it."""

    status: int
    headers: Mapping[str, str]
    text: str
    took_ms: float | None
    agreed: Agreement
    rows: tuple[Row, ...]


def answer(evidence: Evidence) -> Iterator[Finding]:
    """What the website's answer shows."""
    said = _said(evidence)
    if said is not None:
        found = _status(evidence, said)
        yield replace(found, why=found.why + _in_its_words(said))
    yield from _wall_that_smiles(evidence)
    yield from _redirects(evidence)
    yield from _unwhole(evidence)


def _in_its_words(said: Said) -> str:
    words = visible(said.text)
    return f" The answer says: “{cut(words)}”." if words else ""


def _said(evidence: Evidence) -> Said | None:
    agreed = agreement(evidence, (Expectation.STATUS,))
    if agreed is None:
        return None
    statuses = [testimony.status for testimony in agreed.seen if testimony.status]
    if not statuses:
        return None
    headers, text, took_ms = _content(evidence, statuses[0])
    return Said(status=statuses[0], headers=headers, text=text, took_ms=took_ms, agreed=agreed, rows=agreed.rows)


def _content(evidence: Evidence, status: int) -> tuple[Mapping[str, str], str, float | None]:
    """Headers, text and first byte of the failing answer, as the look or the browser got it."""
    last = evidence.look.last if evidence.look else None
    if last is not None and last.status == status:
        return last.headers, unescape(f"{last.title or ''} {last.excerpt or ''}"), last.ttfb_ms
    session = evidence.session
    document = session.document if session else None
    if session is not None and document is not None and document.status_code == status:
        return session.headers, unescape(session.text), document.phases.waiting_ms
    return {}, "", evidence.check.ttfb_ms if evidence.check else None


def _status(evidence: Evidence, said: Said) -> Finding:
    if said.status == 429 and quota_mark({}, said.text):
        return _quota(evidence, said)
    if said.status in WALLED and (shown := wall_mark(said.headers, said.text)):
        return _wall(evidence, said, shown)
    if _is_limit(said):
        return _quota(evidence, said)
    if said.status >= 500:
        return _server_error(evidence, said)
    return _client_error(evidence, said)


def _is_limit(said: Said) -> bool:
    if said.status in LIMIT_WORDS:
        return True
    headers = {} if said.status == 503 else said.headers  # a server that rests says Retry-After as well
    return said.status in (403, 503, 508) and quota_mark(headers, said.text) is not None


def _wall(evidence: Evidence, said: Said, shown: str) -> Finding:
    sees_more = _browser_status(evidence)
    passed = f" A browser got status {sees_more} meanwhile." if sees_more and sees_more < 400 else ""
    return Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} turns us away with a bot wall: status {_named(said.status)}, with {shown}.",
        confidence=Confidence.HIGH if not said.agreed.well else Confidence.LIKELY,
        why=f"{said.agreed.why} It is a wall by {shown}.{passed} Let Watchwright's user agent or address through.",
        rows=said.rows,
    )


def _quota(evidence: Evidence, said: Said) -> Finding:
    shown = quota_mark(said.headers, said.text)
    until = said.headers.get("retry-after")
    later = f", and asks to come back after {until} s" if until and until.isdigit() else ""
    return Finding(
        kind=Kind.QUOTA,
        sentence=f"{evidence.host} says that a limit is used up: status {_named(said.status)}{later}.",
        confidence=said.agreed.confidence,
        why=f"{said.agreed.why} {LIMIT_WORDS.get(said.status, 'The answer says so itself')}"
        + (f", by {shown}." if shown else "."),
        rows=said.rows,
    )


def _server_error(evidence: Evidence, said: Said) -> Finding:
    good = evidence.good_look.last if evidence.good_look else None
    good_server = good.headers.get("server") if good else None
    if good_server is None and evidence.good_session is not None:
        good_server = evidence.good_session.headers.get("server")
    by = speaker(said.status, said.headers, said.text, good_server)
    within = f" after {ms(said.took_ms)}" if said.took_ms is not None else ""
    marks = f" It bears {listed(by.marks)}." if by.marks else " No header tells who said it."
    confidence = said.agreed.confidence if by.is_sure and said.headers else Confidence.LIKELY
    if by.is_proxy:
        who = by.name or "A proxy or CDN"
        sentence = (
            f"{who} answers for {evidence.host} with status {_named(said.status)}{_at(evidence)}{within}: "
            "the proxy or CDN is there, and the origin behind it does not do its work."
        )
        why = f"{said.agreed.why}{marks}"
        if said.status in (502, 504):
            why += " By RFC 9110 only a gateway or proxy says so of what stands behind it."
        return Finding(kind=Kind.PROXY_ERROR, sentence=sentence, confidence=confidence, why=why, rows=said.rows)
    server = f" ({by.name})" if by.name else ""
    return Finding(
        kind=Kind.ORIGIN_ERROR,
        sentence=f"The origin server of {_end_host(evidence)}{server} fails with status {_named(said.status)}"
        f"{_at(evidence)}{within}.",
        confidence=confidence,
        why=f"{said.agreed.why}{marks} Nothing shows that a proxy or CDN made this answer itself.",
        rows=said.rows,
    )


def _client_error(evidence: Evidence, said: Said) -> Finding:
    what = {
        401: "it asks for a sign-in",
        403: "access is refused, by changed permissions, a firewall or a bot wall",
        404: "the page is gone",
        405: "the method is not allowed any more",
        410: "the page is gone for good",
        451: "it is withheld for legal reasons",
    }.get(said.status, "the request is refused" if said.status >= 400 else _unwanted(evidence, said.status))
    if said.status in (403, 451) and PLACE_TEXT.search(said.text):
        what = "it refuses the country or region that we ask from, by its own words"
    before = evidence.good_check
    was = before.http_status_code if before else None
    changed = f"; it answered with {was} until {before.checked_at:%Y-%m-%d %H:%M} UTC" if before and was else ""
    look = evidence.good_session.document if evidence.good_session and not changed else None
    if look is not None and look.status_code:
        changed = f"; it answered with {look.status_code} in the last good session"
    return Finding(
        kind=Kind.CLIENT_ERROR if said.status >= 400 else Kind.BROKEN_ANSWER,
        sentence=f"{evidence.host} answers with status {_named(said.status)}{_at(evidence)}: {what}{changed}.",
        confidence=said.agreed.confidence,
        why=f"{said.agreed.why} "
        + ("Since it was good before, something was changed on the website." if changed else "No good answer is kept."),
        rows=said.rows + ((Row(of="check", id=before.id),) if before else ()),
    )


def _unwanted(evidence: Evidence, status: int) -> str:
    """Why a check takes no such status, which is none of an error."""
    if status not in NOTHING_TO_SHOW or evidence.accepted_statuses != DEFAULTS.accepted_statuses:
        return "another one is accepted"
    return "it leads on, but says not where" if status in REDIRECTS else "nobody has a copy of the page"


def _wall_that_smiles(evidence: Evidence) -> Iterator[Finding]:
    """A wall that answers with a good status, and that an expectation of the body stumbles over."""
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
        sentence=f"{evidence.host} shows us a bot wall instead of the page: {shown}, with status {last.status}.",
        confidence=Confidence.HIGH,
        why=f"{agreed.why} The expected content is gone, and what came instead is a wall by {shown}.",
        rows=agreed.rows,
    )


def _redirects(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, (ProbeErrorKind.REDIRECT_LOOP,))
    if agreed is not None:
        path = _path(evidence)
        is_proven = len(set(path)) < len(path)
        shown = " → ".join(short(url, evidence.url) for url in _once_around(path)[:6])
        yield Finding(
            kind=Kind.REDIRECT_LOOP,
            sentence=f"{evidence.host} redirects {'in a loop' if is_proven or not path else 'without end'}"
            + (f": {shown}" if path else "")
            + f"{lost_cookie(evidence.session, evidence.good_session)}.",
            confidence=agreed.confidence if is_proven or not path else Confidence.LIKELY,
            why=f"{agreed.why} " + (f"{len(path)} hops came back to where they had been." if is_proven else ""),
            rows=agreed.rows,
        )
    agreed = agreement(evidence, (ProbeErrorKind.REDIRECT_REFUSED,))
    if agreed is not None:
        words = next((testimony.words for testimony in agreed.seen if testimony.words), None)
        yield Finding(
            kind=Kind.REDIRECT_REFUSED,
            sentence=words or f"{evidence.host} redirects where nobody can follow.",
            confidence=agreed.confidence,
            why=agreed.why,
            rows=agreed.rows,
        )


def _path(evidence: Evidence) -> list[str]:
    if evidence.look and len(evidence.look.hops) > 1:
        return [hop.url for hop in evidence.look.hops]
    return [hop.url for hop in evidence.session.documents] if evidence.session else []


def _once_around(path: list[str]) -> list[str]:
    """From the first URL that comes twice until it comes again; all of it where none does."""
    for position, url in enumerate(path):
        if url in path[position + 1 :]:
            return path[position : path.index(url, position + 1) + 1]
    return path


def _unwhole(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, UNWHOLE)
    if agreed is None:
        return
    words = next((one.words for one in agreed.seen if one.words and one.witness != "browser"), None)
    yield Finding(
        kind=Kind.BROKEN_ANSWER,
        sentence=words or f"{evidence.host} gave no whole answer: {agreed.seen[0].words or 'it broke off'}",
        confidence=agreed.confidence,
        why=f"{agreed.why} The connection had been made, so that the fault is with what answers there.",
        rows=agreed.rows,
    )


def _end_host(evidence: Evidence) -> str:
    return split_recorded(evidence.end_url).hostname or evidence.host


def _at(evidence: Evidence) -> str:
    """Where the answer came from, if that is not the website's own address."""
    if evidence.end_url == evidence.url:
        return ""
    return f" at {short(evidence.end_url, evidence.url)} (to which it redirects)"


def _browser_status(evidence: Evidence) -> int | None:
    document = evidence.session.document if evidence.session else None
    return document.status_code if document else None


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
