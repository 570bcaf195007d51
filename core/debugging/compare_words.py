"""Summarises the differences between two sessions in sentences. Pure."""

from collections.abc import Callable, Mapping, Sequence

from core.debugging.compare import Comparison, Difference, Pair
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.phrases import sized

NAMED = 3  # a sentence names up to this many requests; for more it gives the number and the most different one

MILESTONES = {
    "first_contentful_paint": "First contentful paint",
    "largest_contentful_paint": "Largest contentful paint",
    "dom_content_loaded": "DOMContentLoaded",
    "load": "Load",
}
NOTICED_MS, NOTICED_BYTES = 10, 100  # smaller totals are not mentioned: nobody notices them, and 0.0 kB says nothing
SHIFT_MS, SHIFT_SHARE = 50.0, 0.1  # both must be exceeded for a milestone to have moved


def in_words(comparison: Comparison) -> list[str]:
    """Return a sentence for each kind of difference (one sentence if nothing differs), then sentences on the totals."""
    kinds: tuple[tuple[Difference, str, str, Callable[[Sequence[Pair]], str]], ...] = (
        # Changed statuses first: they often explain why other requests are gone.
        (Difference.STATUS, "request has another status", "requests have another status", _statuses),
        (Difference.NEW, "request is new", "requests are new", _names),
        (Difference.GONE, "request is gone", "requests are gone", _names),
        (Difference.SLOWER, "request is slower", "requests are slower", _slowest),
        (Difference.BIGGER, "answer is bigger", "answers are bigger", _biggest),
    )
    sentences = [
        f"{len(pairs):,} {singular if len(pairs) == 1 else plural}{detail(pairs)}."
        for difference, singular, plural, detail in kinds
        if (pairs := comparison.of(difference))
    ]
    return [*(sentences or ["No differences in requests."]), *_totals(comparison.pairs)]


def milestones_in_words(before: Mapping[str, float] | None, after: Mapping[str, float] | None) -> list[str]:
    """Return a sentence for each milestone (ms after the session's start) that both sessions have and that moved."""
    then, now = before or {}, after or {}
    return [
        f"{words} came {_span(abs(shift))} {'later' if shift > 0 else 'earlier'}, at {_span(now[name])}."
        for name, words in MILESTONES.items()
        if name in then and name in now
        if abs(shift := now[name] - then[name]) > max(SHIFT_MS, SHIFT_SHARE * then[name])
    ]


def _names(pairs: Sequence[Pair]) -> str:
    return f": {', '.join(name_of(pair) for pair in pairs)}" if len(pairs) <= NAMED else ""


def _statuses(pairs: Sequence[Pair]) -> str:
    if len(pairs) > NAMED:
        return ""
    return f": {', '.join(f'{name_of(pair)} {_status(pair.before)} → {_status(pair.after)}' for pair in pairs)}"


def _slowest(pairs: Sequence[Pair]) -> str:
    return _most(pairs, lambda exchange: exchange.duration_ms or 0.0, _span)


def _biggest(pairs: Sequence[Pair]) -> str:
    return _most(pairs, lambda exchange: float(exchange.encoded_bytes or 0), lambda count: sized(int(count)))


def _most(pairs: Sequence[Pair], read: Callable[[Exchange], float], words: Callable[[float], str]) -> str:
    def growth(pair: Pair) -> float:
        return read(pair.after) - read(pair.before) if pair.before and pair.after else 0.0

    most = max(pairs, key=growth)
    return f"{': ' if len(pairs) == 1 else ', most of all '}{name_of(most)} by {words(growth(most))}"


def name_of(pair: Pair) -> str:
    """Return a short name of the pair's request: its method and the last part of its path."""
    name, host = name_and_host(pair.either.url)
    return f"{pair.either.method} {name or host}"[:80]


def name_and_host(url: str) -> tuple[str, str]:
    """Return the last part of the URL's path, which may be empty, and its host; a malformed URL is all name."""
    parts = split_recorded(url)
    if not parts.scheme:
        return url, ""
    return parts.path.rstrip("/").rsplit("/", 1)[-1], parts.netloc


def _status(exchange: Exchange | None) -> str:
    if exchange is None or exchange.status_code is None:
        return "no answer"
    return f"{exchange.status_code} (failed)" if broke_off(exchange) else str(exchange.status_code)


def broke_off(exchange: Exchange) -> bool:
    """Whether the exchange failed although its status is below 400."""
    return exchange.is_failed and (exchange.status_code or 0) < 400


def _totals(pairs: Sequence[Pair]) -> list[str]:
    before = [pair.before for pair in pairs if pair.before]
    after = [pair.after for pair in pairs if pair.after]
    finished = _finish(after) - _finish(before)
    moved = sum(e.encoded_bytes or 0 for e in after) - sum(e.encoded_bytes or 0 for e in before)
    words = []
    if abs(finished) >= NOTICED_MS:
        words.append(f"The last request ended {_span(abs(finished))} {'later' if finished >= 0 else 'earlier'}.")
    if abs(moved) >= NOTICED_BYTES:
        words.append(f"{sized(abs(moved))} {'more' if moved >= 0 else 'less'} crossed the network.")
    return words


def _span(ms: float) -> str:
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.0f} ms"


def _finish(exchanges: Sequence[Exchange]) -> float:
    return max((exchange.end_ms for exchange in exchanges), default=0.0)
