"""Calculates how long the requests of the last good session took. Pure."""

from collections.abc import Iterable

from core.diagnosis.session_facts import Key, SessionFact


def usual_ms(good: SessionFact) -> dict[Key, float]:
    """Return the longest duration of each request that ended well."""
    ended = (exchange for exchange in good.exchanges if not exchange.is_failed and not exchange.is_unfinished)
    return _longest((good.key_of(exchange), exchange.duration_ms or 0.0) for exchange in ended)


def answered_ms(good: SessionFact) -> dict[Key, float]:
    """Return the longest time to first byte of each request that was always answered."""
    left = {good.key_of(exchange) for exchange in good.exchanges if exchange.status_code is None}
    times = (
        (good.key_of(exchange), exchange.phases.total_ms - (exchange.phases.download_ms or 0.0))
        for exchange in good.exchanges
    )
    return {key: answer_ms for key, answer_ms in _longest(times).items() if key not in left}


def _longest(times: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """Return the longest time of each key: a request that was slow in a good session may be slow now, too."""
    found: dict[Key, float] = {}
    for key, took_ms in times:
        found[key] = max(took_ms, found.get(key, 0.0))
    return found
