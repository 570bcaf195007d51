"""A dispatcher that is killed in the midst of its work loses nothing; ``python -m benchmarks.outbox`` kills 50."""

from sqlalchemy import Engine

from tests.core.notifications.mortal import outlive

KILLS = 8
CHANNELS = 12  # more than one dispatcher after the other can finish before it dies


async def test_of_what_killed_dispatchers_had_taken_nothing_is_lost(stored: Engine) -> None:
    outcome = await outlive(str(stored.url), channels=CHANNELS, kills=KILLS)

    assert len(outcome.written) == CHANNELS
    assert outcome.sent == outcome.received == outcome.written
    assert 1 <= outcome.repeated <= 2 * KILLS  # what was in the air, once more with the same key
