"""A stopped component leaves no task running and no signal connected."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from core.background import Background, until_set
from core.signals import HealthChanged, Signal


async def test_stop_cancels_running_tasks_and_waits_for_them() -> None:
    ended: list[str] = []
    background = Background()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("work")

    background.run(work(), "work")
    await asyncio.sleep(0)
    await background.stop()

    assert ended == ["work"]


async def test_stop_disconnects_from_signals() -> None:
    signal = Signal("health_changed", HealthChanged)
    heard: list[HealthChanged] = []
    background = Background()
    background.subscribe(signal, heard.append)

    signal.send(HealthChanged())
    await background.stop()
    signal.send(HealthChanged())

    assert len(heard) == 1


async def test_a_failed_task_is_logged_and_does_not_affect_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    background = Background()
    done = asyncio.Event()

    async def fail() -> None:
        raise ValueError("of no use")

    async def go_on() -> None:
        done.set()
        await asyncio.Event().wait()

    background.run(fail(), "fails")
    background.run(go_on(), "goes on")
    await asyncio.wait_for(done.wait(), 10)

    await background.stop()
    assert [(record.levelname, record.exc_text and "of no use" in record.exc_text) for record in caplog.records] == [
        ("ERROR", True)
    ]


async def test_a_kept_task_says_without_a_traceback_that_the_store_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.background.RESTART_SECONDS", 0.0)
    background, goes_on = Background(), asyncio.Event()
    failures = [OperationalError("SELECT", None, Exception("no server"))]

    async def work() -> None:
        if failures:
            raise failures.pop()
        goes_on.set()
        await asyncio.Event().wait()

    background.keep_running(work, "what goes on")
    await asyncio.wait_for(goes_on.wait(), 10)
    await background.stop()

    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]


async def test_a_kept_task_restarts_after_an_unexpected_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.background.RESTART_SECONDS", 0.0)
    background = Background()
    rounds: list[int] = []
    goes_on = asyncio.Event()

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) < 3:
            raise LookupError("of no use")
        goes_on.set()
        await asyncio.Event().wait()

    background.keep_running(work, "what goes on")
    await asyncio.wait_for(goes_on.wait(), 10)

    await background.stop()
    assert rounds == [0, 1, 2]
    assert [(record.levelname, vars(record)["task"]) for record in caplog.records] == [("ERROR", "what goes on")] * 2


async def test_a_task_that_returns_is_not_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.background.RESTART_SECONDS", 0.0)
    background = Background()
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))

    background.keep_running(work, "what ends")
    for _ in range(5):
        await asyncio.sleep(0)

    assert rounds == [0]
    await background.stop()


async def test_tasks_can_be_started_after_a_stop() -> None:
    background = Background()
    await background.stop()
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    background.run(work(), "work")
    await asyncio.wait_for(ran.wait(), 10)
    await background.stop()


async def test_until_set_returns_on_the_event_or_the_timeout() -> None:
    event = asyncio.Event()

    await until_set(event, 0.01)
    assert not event.is_set()
    event.set()
    await asyncio.wait_for(until_set(event, None), 10)


@pytest.mark.parametrize("steps", range(4))
async def test_until_set_is_cancelled_even_if_the_event_was_just_set(steps: int) -> None:
    event = asyncio.Event()

    async def work() -> None:
        while True:
            await until_set(event, 60)
            event.clear()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    event.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)

    assert task.cancelled()


async def test_repeated_work_is_called_again_after_it_ended() -> None:
    background = Background()
    calls = 0
    called_twice = asyncio.Event()

    async def work() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            called_twice.set()

    background.repeat(work, 0.0, "work")
    await asyncio.wait_for(called_twice.wait(), 10)

    await background.stop()
