"""Finds where a slow website spends its time: connecting, until the first byte, or downloading. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.debugging.compare import Difference, compare
from core.debugging.long_tasks import BusyScript
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import CheckFact, Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.growth import NEEDED, has_grown
from core.diagnosis.rules.main_thread import grown_scripts
from core.diagnosis.server_timing import main_part
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.witness import agreement
from core.diagnosis.words import ms, short
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.verdict import Expectation
from core.phrases import sized

SLOW_MS, SLOWER_FACTOR = 2_000.0, 3.0  # noticeable for visitors, and more than normal variation
PAINFUL_MS = 5_000.0  # certainly not intended, even without a good session to compare with
TIMEOUTS = {
    ProbeErrorKind.TIMEOUT_ANSWER: Kind.SLOW_FIRST_BYTE,
    ProbeErrorKind.TIMEOUT_DOWNLOAD: Kind.SLOW_DOWNLOAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The time of a request, in three parts with different causes."""

    connect_ms: float
    """DNS, connecting and TLS."""
    first_byte_ms: float
    download_ms: float

    def slowest(self, before: "Shares | None") -> "SlowPart":
        """Return the part that grew most since *before*."""
        parts = (
            SlowPart(Kind.SLOW_CONNECT, self.connect_ms, before.connect_ms if before else None),
            SlowPart(Kind.SLOW_FIRST_BYTE, self.first_byte_ms, before.first_byte_ms if before else None),
            SlowPart(Kind.SLOW_DOWNLOAD, self.download_ms, before.download_ms if before else None),
        )
        return max(parts, key=lambda part: part.took_ms - (part.usual_ms or 0.0))


@dataclass(frozen=True, slots=True)
class SlowPart:
    """A slow part of a request."""

    kind: Kind
    took_ms: float
    usual_ms: float | None
    """Its time when the website worked; None if it is unknown."""

    def sentence(self, subject: str, total_ms: float | None, *, cause: str | None = None, then: str = "") -> str:
        """Say how long the part of a request to *subject* took.

        Args:
            total_ms: The time of the whole request.
            cause: The server's own explanation.
            then: The consequence, as the end of the sentence.
        """
        what = {
            Kind.SLOW_CONNECT: f"Slow connect: it took {ms(self.took_ms)} to reach {subject}",
            Kind.SLOW_FIRST_BYTE: f"Slow first byte: {subject} took {ms(self.took_ms)} to start its response",
            Kind.SLOW_DOWNLOAD: f"Slow download: the response of {subject} took {ms(self.took_ms)} to arrive after its "
            "first byte",
        }[self.kind]
        of_total = f", of {ms(total_ms)} in all" if total_ms is not None else ""
        before = f"; when it worked, it took {ms(self.usual_ms)}" if self.usual_ms is not None else ""
        return what + of_total + before + (f"; its own Server-Timing gives {cause}" if cause else "") + then + "."


def slowness(evidence: Evidence) -> Iterator[Finding]:
    """Report where a slow website spends its time."""
    yield from _timed_out(evidence)
    yield from _slow_check(evidence)
    yield from _slow_session(evidence)
    needed = list(_slow_request(evidence))
    yield from needed
    if not needed:
        yield from _slow_load(evidence)


def _timed_out(evidence: Evidence) -> Iterator[Finding]:
    for error_kind, kind in TIMEOUTS.items():
        agreed = agreement(evidence, (error_kind,))
        if agreed is None:
            continue
        waited, before = _waited(evidence, error_kind), evidence.good_check
        if kind is Kind.SLOW_FIRST_BYTE:
            what = f"Slow first byte: {evidence.host} did not start to respond within {waited}"
            what += _reached(evidence.check)
            usual = before.ttfb_ms if before else None
        else:
            what = f"Slow download: {evidence.host} started to respond, but the response did not finish within {waited}"
            usual = before.download_ms if before else None
        yield Finding(
            kind=kind,
            sentence=f"{what}.",
            confidence=agreed.confidence,
            why=agreed.why + (f" When it worked, this took {ms(usual)}." if usual is not None else ""),
            rows=agreed.rows,
        )


def _waited(evidence: Evidence, error_kind: ProbeErrorKind) -> str:
    """Return how long the check, or without one the browser, waited."""
    check, waited_ms = evidence.check, None
    if check is not None:
        waited_ms = check.response_time_ms if check.error_kind == error_kind else None
    elif evidence.session is not None and evidence.session.document is not None:
        waited_ms = evidence.session.document.duration_ms
    return ms(waited_ms) if waited_ms is not None else "the time limit"


def _reached(check: CheckFact | None) -> str:
    if check is None or check.connect_ms is None:
        return ""
    return f", though connecting took only {ms(check.connect_ms + (check.tls_ms or 0.0))}"


def _slow_check(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, (Expectation.RESPONSE_TIME,))
    check = evidence.check
    if agreed is None or check is None:
        return
    now, before = _of_check(check), _of_check(evidence.good_check) if evidence.good_check else None
    slow = now.slowest(before)
    share = slow.took_ms / check.response_time_ms if check.response_time_ms else 1.0
    yield Finding(
        kind=slow.kind,
        sentence=slow.sentence(evidence.host, check.response_time_ms, cause=_server_cause(evidence, slow)),
        confidence=Confidence.HIGH if share >= 0.5 else Confidence.LIKELY,
        why=f"{check.error_message or agreed.why} This phase takes {share * 100:.0f}% of the time.",
        rows=agreed.rows + evidence.good_check_rows,
    )


def _slow_session(evidence: Evidence) -> Iterator[Finding]:
    """Report a slow document in the browser, unless a check has failed."""
    session = evidence.session
    now = _of_session(session) if session else None
    if session is None or now is None or evidence.check is not None or _continued(session):
        return
    if session.is_busy:  # the browser reports no end of the document then
        return
    before = _of_session(evidence.good_session) if evidence.good_session else None
    slow = now.slowest(before)
    document, is_compared = session.document, slow.usual_ms is not None
    assert document is not None
    if slow.took_ms < SLOW_MS or slow.took_ms < (slow.usual_ms or 0.0) * SLOWER_FACTOR:
        return
    if session.was_held_up(document, _reported_scripts(evidence)):
        return
    yield Finding(
        kind=slow.kind,
        sentence=slow.sentence(evidence.host, document.duration_ms, cause=_server_cause(evidence, slow)),
        confidence=Confidence.LIKELY if is_compared or slow.took_ms >= PAINFUL_MS else Confidence.NOTE,
        why="The browser measured it on the document's own connection"
        + (", and the last good session beside it." if is_compared else "; no good session exists to compare with."),
        rows=session.rows_of(document),
    )


def _continued(session: SessionFact) -> bool:
    """Whether the page navigated away before its document was complete, so that its duration means nothing."""
    document = session.document
    return (
        document is not None
        and document.is_failed
        and any(
            exchange.is_page_document and exchange.started_ms > document.started_ms for exchange in session.exchanges
        )
    )


def _reported_scripts(evidence: Evidence) -> list[BusyScript]:
    """Return the scripts that rule `main_thread` reports; what they held up is not slow itself."""
    return [busy for busy, _was in grown_scripts(evidence)]


def _slow_request(evidence: Evidence) -> Iterator[Finding]:
    """Report the slowest request that the page needs and that was much faster in the good session."""
    session, good = evidence.session, evidence.good_session
    if session is None or good is None or not session.documents:
        return
    own = {exchange.exchange_id for exchange in session.documents}
    scripts = _reported_scripts(evidence)
    slower = [
        (pair.before, pair.after)
        for pair in compare(good.exchanges, session.exchanges).of(Difference.SLOWER)
        if pair.before and pair.after and pair.after.exchange_id not in own and _is_slower(pair.before, pair.after)
        if not session.was_held_up(pair.after, scripts)
    ]
    if not slower:
        return
    before, after = max(slower, key=lambda pair: pair[1].duration_ms or 0.0)
    slow = _shares(after).slowest(_shares(before))
    more = f" {len(slower) - 1} more requests became as slow." if len(slower) > 1 else ""
    yield Finding(
        kind=slow.kind,
        sentence=slow.sentence(short(after.url, session.url), after.duration_ms, then=_delayed(after, session, good)),
        confidence=Confidence.LIKELY,
        why=f"The document is as fast as before. This {after.resource_type}, which the page needs, is slower.{more}",
        rows=session.rows_of(*(exchange for _, exchange in slower[:5])),
    )


def _delayed(request: Exchange, session: SessionFact, good: SessionFact) -> str:
    """Return the end of a sentence if the first paint waited for *request*, as for a script in the head."""
    paint, usual = (visit.milestones.get("first_contentful_paint") for visit in (session, good))
    if usual is None or usual * SLOWER_FACTOR > request.end_ms or (paint is not None and paint < request.end_ms):
        return ""
    return "; the page stays blank until it arrives"


def _slow_load(evidence: Evidence) -> Iterator[Finding]:
    """Report what delayed the load of the page if no needed request did, such as a large picture."""
    session, good = evidence.session, evidence.good_session
    load, usual = (visit.milestones.get("load") if visit else None for visit in (session, good))
    if session is None or load is None or usual is None or load < SLOW_MS or load < usual * SLOWER_FACTOR:
        return
    ended = [exchange for exchange in session.exchanges if exchange.end_ms <= load and not exchange.is_failed]
    held = max(ended, key=lambda exchange: exchange.end_ms, default=None)
    if held is None or (held.duration_ms or 0.0) < max(SLOW_MS, load / 2) or held in session.documents:
        return
    if session.was_held_up(held, _reported_scripts(evidence)):
        return
    size = f" of {sized(held.encoded_bytes)}" if (held.encoded_bytes or 0) >= 1e6 else ""
    yield Finding(
        kind=_shares(held).slowest(None).kind,
        sentence=f"The page loads slowly: it took {ms(load)}, of which {ms(held.duration_ms)} went to the "
        f"{held.resource_type} {short(held.url, session.url)}{size}; when it worked, it took {ms(usual)}.",
        confidence=Confidence.LIKELY,
        why="It was the last resource to arrive before the page loaded, and took more than half of that time.",
        rows=session.rows_of(held),
    )


def _is_slower(before: Exchange, after: Exchange) -> bool:
    now, was = after.duration_ms or 0.0, before.duration_ms or 0.0
    if has_grown(before, after):  # rule `growth` reports it
        return False
    is_whole = not (before.is_failed or after.is_failed or before.is_unfinished or after.is_unfinished)
    return is_whole and after.resource_type in NEEDED and now >= SLOW_MS and now > was * SLOWER_FACTOR


def _server_cause(evidence: Evidence, slow: SlowPart) -> str | None:
    """Return the server's own explanation of the wait for the first byte (Server-Timing); None without one."""
    if slow.kind is not Kind.SLOW_FIRST_BYTE:
        return None
    seen = [evidence.session.headers if evidence.session else {}]
    seen += [evidence.look.last.headers] if evidence.look and evidence.look.last else []
    return next((part for headers in seen if (part := main_part(headers.get("server-timing", ""), slow.took_ms))), None)


def _of_check(check: CheckFact) -> Shares:
    return Shares(
        connect_ms=sum(part or 0.0 for part in (check.dns_ms, check.connect_ms, check.tls_ms)),
        first_byte_ms=check.ttfb_ms or 0.0,
        download_ms=check.download_ms or 0.0,
    )


def _of_session(session: SessionFact) -> Shares | None:
    document = session.document
    if document is None or document.status_code is None:
        return None
    return _shares(document)


def _shares(exchange: Exchange) -> Shares:
    phases = exchange.phases
    return Shares(
        connect_ms=sum(part or 0.0 for part in (phases.dns_ms, phases.connect_ms, phases.tls_ms)),
        first_byte_ms=phases.waiting_ms or 0.0,
        download_ms=phases.download_ms or 0.0,
    )
