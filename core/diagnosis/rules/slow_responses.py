"""Finds a server that starts many responses late, none of which is very slow alone. Pure."""

from collections.abc import Iterator, Sequence

from core.debugging.compare import Pair, compare
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.growth import NEEDED
from core.diagnosis.rules.slowness import SLOW_MS, SLOWER_FACTOR
from core.diagnosis.words import listed, ms, short
from core.services.spans import Span, union

LATER_MS = 500.0  # more than a busy machine delays a response


def slow_responses(evidence: Evidence) -> Iterator[Finding]:
    """Report responses, also of redirects, that each start a little later and together make it slow."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None or evidence.check is not None:
        return
    pairs = [
        pair
        for pair in compare(good.exchanges, session.exchanges).pairs
        if pair.after and pair.after.resource_type in NEEDED and _later_ms(pair) >= LATER_MS
    ]
    if len(pairs) < 2 or max(map(_later_ms, pairs)) >= SLOW_MS:  # rule `slowness` reports one
        return
    late = [pair.after for pair in pairs if pair.after]
    waited_ms = _waited_ms(late)
    usual_ms = _waited_ms([pair.before for pair in pairs if pair.before])
    if waited_ms - usual_ms < SLOW_MS or waited_ms < usual_ms * SLOWER_FACTOR:
        return
    named = listed([f"{short(e.url, session.url)} ({ms(e.phases.waiting_ms)})" for e in late])
    yield Finding(
        kind=Kind.SLOW_FIRST_BYTE,
        sentence=f"Slow first bytes: the page waited {ms(waited_ms)} in all for the starts of {len(late)} responses: "
        f"{named}. When it worked, it waited {ms(usual_ms)} for them.",
        confidence=Confidence.LIKELY,
        why="None of them is very slow alone. A slow server, or redirects and requests that follow each other, "
        "behave like this.",
        rows=session.rows_of(*late[:5]),
    )


def _waited_ms(exchanges: Sequence[Exchange]) -> float:
    return sum(end - start for start, end in union(map(_wait, exchanges)))  # some may wait at the same time


def _wait(exchange: Exchange) -> Span:
    """Return when *exchange* waited for its first byte, in ms after the session's start."""
    phases = exchange.phases
    earlier = (phases.queued_ms, phases.stalled_ms, phases.dns_ms, phases.connect_ms, phases.tls_ms, phases.sent_ms)
    before = sum(filter(None, earlier))
    start = exchange.started_ms + before
    return start, start + (phases.waiting_ms or 0.0)


def _later_ms(pair: Pair) -> float:
    now, was = ((exchange.phases.waiting_ms or 0.0) if exchange else 0.0 for exchange in (pair.after, pair.before))
    return now - was
