"""A killed dispatcher loses no notification; ``python -m benchmarks.outbox`` kills 50."""

from sqlalchemy import Engine

from tests.core.notifications.killable_dispatcher import outlive

KILLS = 8
CHANNELS = 12  # more than the killed dispatchers can finish


async def test_notifications_of_killed_dispatchers_are_sent(stored: Engine) -> None:
    outcome = await outlive(str(stored.url), channels=CHANNELS, kills=KILLS)

    assert len(outcome.written) == CHANNELS
    assert outcome.sent == outcome.received == outcome.written
    assert 1 <= outcome.repeated <= 2 * KILLS  # interrupted messages arrive again, with the same key
