"""Decides which requests took too long, by how long they took in the last good session. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from core.debugging.waterfall import Exchange
from core.diagnosis.session_facts import Key, SessionFact
from core.diagnosis.witness import net_error
from core.models import NetworkEventType

GIVEN_UP_MS, GIVEN_UP_FACTOR = 2_000.0, 3.0  # both must be reached; a page that polls always has an open request


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualTimes:
    """The requests of *session*, compared with the times in the good session; all are fine without one."""

    session: SessionFact
    durations_ms: Mapping[Key, float] = field(default_factory=dict)
    """The longest duration of each request that ended well in the good session."""
    answers_ms: Mapping[Key, float] = field(default_factory=dict)
    """The longest time to first byte of each request that was always answered there."""

    @classmethod
    def of(cls, session: SessionFact, good: SessionFact | None) -> Self:
        if good is None:
            return cls(session=session)
        ended = (exchange for exchange in good.exchanges if not exchange.is_failed and not exchange.is_unfinished)
        left = {good.key_of(exchange) for exchange in good.exchanges if exchange.status_code is None}
        answers = _longest(
            (good.key_of(one), one.phases.total_ms - (one.phases.download_ms or 0.0)) for one in good.exchanges
        )
        return cls(
            session=session,
            durations_ms=_longest((good.key_of(exchange), exchange.duration_ms or 0.0) for exchange in ended),
            answers_ms={key: answer_ms for key, answer_ms in answers.items() if key not in left},
        )

    def ended_well(self, exchange: Exchange) -> bool:
        """Whether the request ended well in the good session."""
        return self.session.key_of(exchange) in self.durations_ms

    def may_stay_open(self, exchange: Exchange) -> bool:
        """Whether the request may be open at the session's end, as one of a page that polls."""
        return self.session.is_busy or not self._is_overdue(exchange)

    def is_stuck(self, exchange: Exchange) -> bool:
        """Whether a response to a script stopped before its end, although it ended in the good session."""
        is_stopped = exchange.is_call and exchange.is_unfinished and not self.session.is_busy
        return is_stopped and self._is_overdue(exchange)

    def is_unanswered(self, exchange: Exchange) -> bool:
        """Whether the request had no response for a long time, although it always got one in the good session."""
        usual_ms = self.answers_ms.get(self.session.key_of(exchange))
        if usual_ms is None or self.session.is_busy or exchange.outcome is not NetworkEventType.REQUEST:
            return False
        return self.session.lasted_ms(exchange) >= _patience_ms(usual_ms)

    def is_given_up(self, exchange: Exchange) -> bool:
        """Whether a script aborted the request after its own timeout. An earlier abort is intended, as while typing."""
        is_aborted = exchange.is_call and exchange.status_code is None and net_error(exchange) == "ERR_ABORTED"
        return is_aborted and not exchange.is_left and self._is_overdue(exchange)

    def _is_overdue(self, exchange: Exchange) -> bool:
        usual_ms = self.durations_ms.get(self.session.key_of(exchange))
        return usual_ms is not None and (exchange.duration_ms or 0.0) >= _patience_ms(usual_ms)


def _patience_ms(usual_ms: float) -> float:
    return max(GIVEN_UP_MS, usual_ms * GIVEN_UP_FACTOR)


def _longest(times: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """Return the longest time of each key: a request that was slow in a good session may be slow now, too."""
    found: dict[Key, float] = {}
    for key, took_ms in times:
        found[key] = max(took_ms, found.get(key, 0.0))
    return found
