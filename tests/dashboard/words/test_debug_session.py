"""The status of a debug session has the same words everywhere."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import DebugSession, DebugSessionState
from dashboard.words.debug_session import FAULT_FOUND, STATE_WORDS, badge_words, elapsed_words, name_of, state_words

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def a_session(
    state: DebugSessionState | None = DebugSessionState.COMPLETED, *, took_seconds: float | None = 2.5
) -> DebugSession:
    completed_at = None if took_seconds is None else NOW + timedelta(seconds=took_seconds)
    return DebugSession(id=7, state=state, started_at=NOW, completed_at=completed_at)


def test_every_state_has_its_words() -> None:
    assert STATE_WORDS.keys() == set(DebugSessionState)


@pytest.mark.parametrize(
    ("state", "fault", "words"),
    [
        (DebugSessionState.COMPLETED, None, "Finished"),
        (DebugSessionState.COMPLETED, "A script is gone.", FAULT_FOUND.words),
        (DebugSessionState.FAILED, "A script is gone.", "Failed"),
        (None, None, "Finished"),
    ],
    ids=["well", "a fault", "a failure is graver", "of an older version"],
)
def test_only_a_completed_session_shows_its_fault(
    state: DebugSessionState | None, fault: str | None, words: str
) -> None:
    assert state_words(a_session(state), fault).words == words


@pytest.mark.parametrize(
    ("took_seconds", "after_seconds", "words"),
    [(2.5, 60, "2.5 s"), (None, 4.7, "4 s"), (125, 600, "2 min 5 s"), (None, -3, "0 s")],
    ids=["ended", "runs", "long", "clock set back"],
)
def test_elapsed_time_is_described(took_seconds: float | None, after_seconds: float, words: str) -> None:
    session = a_session(took_seconds=took_seconds)

    assert elapsed_words(session, NOW + timedelta(seconds=after_seconds)) == words


def test_badge_and_name_contain_the_state() -> None:
    session = a_session(DebugSessionState.TIMED_OUT)

    assert badge_words(session, None, NOW) == "Timed out, 2.5 s"
    assert name_of(session) == "Session 7, 2026-11-25 03:00:00 UTC, timed out"
