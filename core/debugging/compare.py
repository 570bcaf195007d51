"""Compares two sessions of a website: matches their exchanges and names each difference. Pure."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange

SLOWER_FACTOR, SLOWER_MS = 1.5, 100.0  # both must be exceeded, because network times vary
BIGGER_FACTOR, BIGGER_BYTES = 1.1, 10_000  # both must be exceeded, because headers vary
OPEN_ENDED = ("websocket", "eventsource")  # resource types that stay open until their page is left

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# A build's content hash in a file name: letters and digits mixed, delimited by other characters.
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{6,64}(?![0-9a-z])", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9a-z])\d+(?![0-9a-z])", re.IGNORECASE)


class Difference(StrEnum):
    """How an exchange differs from its counterpart; the first applicable value in this order."""

    NEW = "new"
    GONE = "gone"
    STATUS = "changed status"
    SLOWER = "slower"
    BIGGER = "bigger"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An exchange of the earlier session and its counterpart in the later one; one of them may be None."""

    difference: Difference
    before: Exchange | None
    after: Exchange | None

    @property
    def either(self) -> Exchange:
        exchange = self.after or self.before
        assert exchange is not None
        return exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All pairs, sorted by the start of the later exchange, or of the earlier one where that is missing."""

    pairs: list[Pair]

    def of(self, difference: Difference) -> list[Pair]:
        """Return the pairs with this *difference*."""
        return [pair for pair in self.pairs if pair.difference is difference]


def compare(before: Iterable[Exchange], after: Iterable[Exchange]) -> Comparison:
    """Match exchanges by method and URL: identical URLs first, then normalised URLs in the order of their starts."""
    left, later = list(before), list(after)
    found = _matched(left, later, lambda exchange: (exchange.method, exchange.url))
    taken = {id(exchange) for exchange in found.values()}
    found |= _matched(
        [exchange for exchange in left if id(exchange) not in taken],
        [exchange for exchange in later if id(exchange) not in found],
        lambda exchange: (exchange.method, normalise(exchange.url)),
    )
    taken = {id(exchange) for exchange in found.values()}
    pairs = [_pair(found.get(id(exchange)), exchange) for exchange in later]
    gone = [_pair(exchange, None) for exchange in left if id(exchange) not in taken]
    return Comparison(pairs=sorted(pairs + gone, key=lambda pair: pair.either.started_ms))


def normalise(url: str) -> str:
    """Return *url* without parts that change between visits: identifiers, content hashes and query values."""
    parts = split_recorded(url)
    if not parts.scheme:  # a malformed URL of an imported file
        return url
    path = _NUMBER.sub("{n}", _HASH.sub("{hash}", _UUID.sub("{uuid}", parts.path)))
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{'&'.join(names)}" if names else "")


def _matched(
    before: Iterable[Exchange], after: Iterable[Exchange], key: Callable[[Exchange], tuple[str, str]]
) -> dict[int, Exchange]:
    """Map the `id` of each exchange in *after* to its counterpart; equal keys are matched in order."""
    waiting: dict[tuple[str, str], deque[Exchange]] = defaultdict(deque)
    for exchange in before:
        waiting[key(exchange)].append(exchange)
    return {id(exchange): several.popleft() for exchange in after if (several := waiting.get(key(exchange)))}


def _pair(before: Exchange | None, after: Exchange | None) -> Pair:
    return Pair(difference=_difference(before, after), before=before, after=after)


def _difference(before: Exchange | None, after: Exchange | None) -> Difference:
    if before is None or after is None:
        return Difference.NEW if before is None else Difference.GONE
    if (before.status_code, before.is_failed) != (after.status_code, after.is_failed):
        return Difference.STATUS
    if _is_cut_by_session(before):
        return Difference.SAME
    if _grew(before.duration_ms, after.duration_ms, SLOWER_FACTOR, SLOWER_MS):
        return Difference.SLOWER
    if _grew(before.encoded_bytes, after.encoded_bytes, BIGGER_FACTOR, BIGGER_BYTES):
        return Difference.BIGGER
    return Difference.SAME


def _is_cut_by_session(exchange: Exchange) -> bool:
    """Whether its time and size depend on how long the session or the page lasted."""
    return exchange.resource_type in OPEN_ENDED or exchange.is_unfinished or exchange.is_left


def _grew(before: float | None, after: float | None, factor: float, least: float) -> bool:
    return before is not None and after is not None and after > before * factor and after - before > least
