"""A part that is told to stop leaves nothing running and hears nothing."""

import asyncio

import pytest

from core.background import Background, until_set
from core.signals import HealthChanged, Signal


async def test_stopping_ends_what_runs_and_waits_for_it() -> None:
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


async def test_after_the_stop_nothing_is_heard() -> None:
    signal = Signal("health_changed", HealthChanged)
    heard: list[HealthChanged] = []
    background = Background()
    background.hear(signal, heard.append)

    signal.send(HealthChanged())
    await background.stop()
    signal.send(HealthChanged())

    assert len(heard) == 1


async def test_a_task_that_fails_is_logged_at_once_and_keeps_the_others_from_nothing(
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
    await asyncio.wait_for(done.wait(), 1)

    await background.stop()
    assert [(record.levelname, record.exc_text and "of no use" in record.exc_text) for record in caplog.records] == [
        ("ERROR", True)
    ]


async def test_what_is_to_go_on_does_so_after_a_mistake_that_nobody_thought_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.background.ANEW_SECONDS", 0.0)
    background = Background()
    rounds: list[int] = []
    goes_on = asyncio.Event()

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) < 3:
            raise LookupError("of no use")
        goes_on.set()
        await asyncio.Event().wait()

    background.keep(work, "what goes on")
    await asyncio.wait_for(goes_on.wait(), 1)

    await background.stop()
    assert rounds == [0, 1, 2]
    assert [(record.levelname, vars(record)["task"]) for record in caplog.records] == [("ERROR", "what goes on")] * 2


async def test_what_ends_by_itself_is_not_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.background.ANEW_SECONDS", 0.0)
    background = Background()
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))

    background.keep(work, "what ends")
    for _ in range(5):
        await asyncio.sleep(0)

    assert rounds == [0]
    await background.stop()


async def test_it_can_be_begun_again() -> None:
    background = Background()
    await background.stop()
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    background.run(work(), "work")
    await asyncio.wait_for(ran.wait(), 1)
    await background.stop()


async def test_what_is_waited_for_may_come_or_not() -> None:
    event = asyncio.Event()

    await until_set(event, 0.01)
    assert not event.is_set()
    event.set()
    await asyncio.wait_for(until_set(event, None), 1)


@pytest.mark.parametrize("steps", range(4))
async def test_a_stop_is_not_forgotten_where_what_is_waited_for_has_just_come(steps: int) -> None:
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
    await asyncio.wait([task], timeout=1)

    assert task.cancelled()
