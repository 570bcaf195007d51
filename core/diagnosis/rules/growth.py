"""Finds responses that became far larger than in the last good session. Pure."""

from collections.abc import Iterator

from core.debugging.compare import compare
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.words import ms, short
from core.phrases import sized

MIN_BYTES = 5_000_000  # takes 4 s at 10 Mbit/s
FACTOR = 10  # more than a list that grows by new entries
NEEDED = ("script", "stylesheet", "xhr", "fetch", "document")


def growth(evidence: Evidence) -> Iterator[Finding]:
    """Report the response that grew most, if visitors with a usual connection wait for it."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None:
        return
    pairs = [(pair.before, pair.after) for pair in compare(good.exchanges, session.exchanges).pairs]
    grown = [(before, after) for before, after in pairs if before and after and has_grown(before, after)]
    if not grown:
        return
    before, after = max(grown, key=lambda pair: pair[1].encoded_bytes or 0)
    yield Finding(
        kind=Kind.SLOW_DOWNLOAD,
        sentence=f"The response of {short(after.url, session.url)} has grown to {sized(after.encoded_bytes)} and took "
        f"{ms(after.duration_ms)}; when it worked, it had {sized(before.encoded_bytes)} and took "
        f"{ms(before.duration_ms)}.",
        confidence=Confidence.LIKELY,
        why="Visitors with a slow connection wait for it much longer than this machine. Debug data in the response, "
        "a missing limit or a missing compression behave like this.",
        rows=session.rows_of(after),
    )


def has_grown(before: Exchange, after: Exchange) -> bool:
    """Whether a response that the page needs is many times as large as before, and large enough to be slow."""
    was, now = before.encoded_bytes or 0, after.encoded_bytes or 0
    is_fine = not (before.is_failed or after.is_failed or before.from_cache)
    is_whole = was > 0 and not (before.is_unfinished or before.is_left)
    return is_fine and is_whole and after.resource_type in NEEDED and now >= MIN_BYTES and now >= was * FACTOR
