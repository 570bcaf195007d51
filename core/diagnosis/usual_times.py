"""Calculates how long the requests of the last good session took. Pure."""

from collections.abc import Iterable

from core.diagnosis.session_facts import Key, SessionFact


def usual_ms(good: SessionFact) -> dict[Key, float]:
    """Return the longest duration of each request that ended well."""
    ended = (one for one in good.exchanges if not one.is_failed and not one.is_unfinished)
    return _longest((good.key_of(one), one.duration_ms or 0.0) for one in ended)


def answered_ms(good: SessionFact) -> dict[Key, float]:
    """Return the longest time to first byte of each request that was always answered."""
    left = {good.key_of(one) for one in good.exchanges if one.status_code is None}
    times = ((good.key_of(one), one.phases.total_ms - (one.phases.download_ms or 0.0)) for one in good.exchanges)
    return {key: answer_ms for key, answer_ms in _longest(times).items() if key not in left}


def _longest(times: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """Return the longest time of each key: a request that was slow in a good session may be slow now, too."""
    found: dict[Key, float] = {}
    for key, took_ms in times:
        found[key] = max(took_ms, found.get(key, 0.0))
    return found
