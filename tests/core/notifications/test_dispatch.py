"""Due notifications are sent at least once, and their results are stored."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.errors import NotDelivered
from core.models import (
    ChannelKind,
    DowntimeWindow,
    NotificationEvent,
    NotificationState,
    Website,
)
from core.notifications.dispatch import GATHER_TIME, IDLE_SECONDS, POLL_SECONDS, pause_seconds
from core.notifications.message import Message
from core.notifications.outbox import announce
from core.notifications.retries import INTERNAL_ERROR, LEASE
from core.schemas.notification_channel import NotificationChannelUpdate
from core.services import (
    DowntimeWindowCRUD,
    NotificationChannelCRUD,
)
from tests.core.notifications.conftest import SEALER, Sent
from tests.core.notifications.scenarios import (
    also_goes_down,
    change_of,
    comes_back,
    dispatcher,
    falls_silent,
    goes_down,
    outbox,
    remind,
    tell_of_region,
)


@pytest.mark.parametrize("steps", range(5))
async def test_a_stop_works_while_a_signal_arrives(stored: Engine, sent: Sent, steps: int) -> None:
    """In Python 3.11, `asyncio.wait_for` swallows a cancellation if its future has just finished."""
    running = dispatcher(sent)
    await running.start()
    await asyncio.sleep(0.05)

    running._wake.set()
    for _step in range(steps):
        await asyncio.sleep(0)
    stopping = asyncio.create_task(running.stop())
    ended, _pending = await asyncio.wait([stopping], timeout=10)

    assert ended


async def test_a_due_notification_is_sent_and_its_answer_stored(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()

    await dispatcher(sent).send_due()

    ((key, message),) = sent.messages
    (kept,) = outbox()
    assert (kept.key, kept.state, kept.answer) == (key, NotificationState.SENT, "Taken.")
    assert kept.sent_at is not None
    assert message.title == "Shop 0 is down"
    assert f"https://watch.example/downtime/{window_id}" in message.text


async def test_a_sent_notification_is_not_sent_again(stored: Engine, sent: Sent) -> None:
    goes_down()

    for _ in range(3):
        await dispatcher(sent).send_due()

    assert len(sent.messages) == 1


async def test_a_refused_notification_is_retried_with_the_same_key(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("503 Service Unavailable")
    await dispatcher(sent).send_due()
    (waiting,) = outbox()

    sent.refuses = None
    await dispatcher(sent).send_due()
    early = list(sent.messages)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=11))

    assert (waiting.state, waiting.answer) == (NotificationState.PENDING, "503 Service Unavailable")
    assert early == []
    assert [key for key, _message in sent.messages] == [waiting.key]


@pytest.mark.parametrize("rule", [{}, {"after_seconds": 300}], ids=["at once", "after a while"])
async def test_a_notification_written_by_a_clock_that_was_ahead_is_sent_after_its_correction(
    stored: Engine, sent: Sent, clock_at: Callable[[datetime], None], rule: dict[str, Any]
) -> None:
    now = utc_now()
    clock_at(now + timedelta(days=400))
    goes_down(rule=rule)
    clock_at(now)

    counts = [await dispatcher(sent).send_due(now + timedelta(seconds=after)) for after in (1, 299, 302)]

    assert counts == ([0, 0, 1] if rule else [1, 0, 0])


async def test_a_retry_scheduled_by_a_clock_that_was_ahead_is_sent_after_its_correction(
    stored: Engine, sent: Sent, clock_at: Callable[[datetime], None]
) -> None:
    now = utc_now()
    goes_down()
    sent.refuses = NotDelivered("503 Service Unavailable")
    clock_at(now + timedelta(days=400))
    await dispatcher(sent).send_due()
    clock_at(now)

    sent.refuses = None
    assert [await dispatcher(sent).send_due() for _ in range(2)] == [1, 0]


async def test_a_dispatcher_that_dies_after_leasing_loses_nothing(stored: Engine, sent: Sent) -> None:
    goes_down(3)
    died = 0
    for attempt in range(50):
        dying = Sent(hangs=True)
        task = asyncio.create_task(dispatcher(dying).send_due(utc_now() + attempt * LEASE))
        await asyncio.wait_for(dying.entered.wait(), 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        died += 1

    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=1))
    still_leased = len(sent.messages)
    await dispatcher(sent).send_due(utc_now() + 51 * LEASE)

    assert (died, still_leased) == (50, 0)
    assert sorted(sent.titles) == ["Shop 0 is down", "Shop 1 is down", "Shop 2 is down"]


async def test_two_dispatchers_send_each_notification_once(stored: Engine) -> None:
    goes_down(3)
    first, second = Sent(), Sent()

    await asyncio.gather(dispatcher(first).send_due(), dispatcher(second).send_due())

    assert sorted(first.titles + second.titles) == ["Shop 0 is down", "Shop 1 is down", "Shop 2 is down"]


async def test_failures_soon_after_a_message_are_gathered_into_a_digest(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    (first,) = goes_down()
    await running.send_due()
    others = [*also_goes_down(3), *also_goes_down(2)]

    comes_back(first, others[0])  # sent although the outage was short
    await running.send_due()
    soon = list(sent.titles)
    await running.send_due(utc_now() + GATHER_TIME)

    assert soon == ["Shop 0 is down", "Shop 0 is back"]
    assert sent.titles[2:] == ["5 websites went down, 1 is back"]
    await running.send_due(utc_now() + GATHER_TIME + timedelta(seconds=5))
    assert sent.titles[3:] == ["Another 0 is back"]


async def test_a_dispatcher_gathers_after_messages_of_another_dispatcher(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    also_goes_down(5)
    of_another_dashboard = dispatcher(sent)

    await of_another_dashboard.send_due()
    soon = list(sent.titles)
    await of_another_dashboard.send_due(utc_now() + GATHER_TIME)

    assert soon == ["Shop 0 is down"]
    assert sent.titles[1:] == ["5 websites are down"]


async def test_a_new_address_ends_the_channels_pause(stored: Engine, sent: Sent) -> None:
    goes_down(2)
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=300)
    await dispatcher(sent).send_due()
    elsewhere = NotificationChannelUpdate(address={"url": "http://127.0.0.1:10/"})

    sent.refuses = None
    run_in_session(lambda db: NotificationChannelCRUD.update(db, 1, elsewhere, SEALER))
    await dispatcher(sent).send_due()

    assert len(sent.messages) == 1  # the other one is retried after the requested pause


async def test_the_return_of_a_region_follows_and_ends_its_silence(stored: Engine, sent: Sent) -> None:
    falls_silent()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: tell_of_region(db, NotificationEvent.HEARD, 2))  # the first website has left the region
    await dispatcher(sent).send_due()

    (key, _silent), (_key, heard) = sent.messages
    assert (heard.title, heard.follows, heard.incidents, heard.ends_incidents) == (
        "A region reports again",
        key,
        (key,),
        True,
    )


async def test_a_reminder_is_in_the_thread_of_its_failure(stored: Engine, sent: Sent) -> None:
    goes_down(rule={"remind_seconds": 600})
    await dispatcher(sent).send_due()

    await remind(sent, after_seconds=601)
    await remind(sent, after_seconds=602)
    await remind(sent, after_seconds=1_300)

    assert sent.titles == ["Shop 0 is down", "Shop 0 is still down", "Shop 0 is still down"]
    (first, _failure), (again, reminder), (once_more, _last) = sent.messages
    assert len({first, again, once_more}) == 3 and reminder.follows == first
    assert "It burns." in reminder.text and "Acknowledge: https://watch.example/acknowledge" in reminder.text


async def test_a_failure_skipped_by_a_cool_down_is_reminded_of_and_its_recovery_sent(
    stored: Engine, sent: Sent
) -> None:
    (first,) = goes_down(rule={"remind_seconds": 600, "cooldown_seconds": 3_600})
    await dispatcher(sent).send_due()
    comes_back(first)
    await dispatcher(sent).send_due()
    again = goes_down_again(first)
    await dispatcher(sent).send_due(utc_now() + GATHER_TIME)

    await remind(sent, after_seconds=700)
    await remind(sent, after_seconds=1_400)
    comes_back(again)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=1_500))

    assert sent.titles == ["Shop 0 is down", "Shop 0 is back", *["Shop 0 is still down"] * 2, "Shop 0 is back"]
    (key, first_announced), *later = sent.messages[2:]
    assert first_announced.incidents == ()
    assert [message.incidents for _key, message in later] == [(key,)] * 2
    assert later[-1][1].ends_incidents


async def test_flapping_continues_its_failure_and_ends_with_the_final_status(stored: Engine, sent: Sent) -> None:
    (first,) = goes_down()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: announce(db, [change_of(1, first, NotificationEvent.FLAPPING)]))
    await dispatcher(sent).send_due()
    last = goes_down_again(first, is_told=False)
    comes_back(first, is_told=False)
    comes_back(last)
    await dispatcher(sent).send_due()

    assert sent.titles == ["Shop 0 is down", "Shop 0 is flapping", "Shop 0 is back"]
    (key, _down), (_key, flapping), (_other, back) = sent.messages
    assert [flapping.incidents, back.incidents] == [(key,)] * 2
    assert back.ends_incidents


def goes_down_again(window_id: int, *, is_told: bool = True) -> int:
    """Open another window for the website of an ended one; returns the new window's id."""

    def work(db: Session) -> int:
        before = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert before is not None
        window = DowntimeWindow(website_id=before.website_id, started_at=utc_now(), root_cause="It burns again.")
        db.add(window)
        db.flush()
        if is_told:
            announce(db, [change_of(window.website_id, window.id, NotificationEvent.DOWN)])
        return window.id

    return run_in_session(work)


async def test_a_started_dispatcher_sends_new_notifications(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    await running.start()

    goes_down()

    await asyncio.wait_for(sent.entered.wait(), 10)
    await running.stop()


class OneHangs(Sent):
    """Hangs on the first message and accepts all later ones."""

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        if not self.entered.is_set():
            self.entered.set()
            await asyncio.Event().wait()
        self.messages.append((key, message))
        self.is_taken.set()
        return "Taken."

    is_taken = asyncio.Event()


async def test_a_hanging_channel_does_not_delay_others(stored: Engine) -> None:
    sent = OneHangs()
    running = dispatcher(sent)
    await running.start()
    goes_down()
    await asyncio.wait_for(sent.entered.wait(), 10)

    goes_down(channel="Elsewhere")

    await asyncio.wait_for(sent.is_taken.wait(), 10)
    await running.stop()
    assert sorted(one.state for one in outbox()) == [NotificationState.PENDING] * 2 + [NotificationState.SENT]


async def test_a_notification_that_cannot_be_prepared_delays_no_other(stored: Engine, sent: Sent) -> None:
    goes_down(2)

    def break_one(db: Session) -> None:
        db.execute(update(Website).where(Website.name == "Shop 0").values(url="http://[broken"))

    run_in_session(break_one)

    await dispatcher(sent).send_due()

    states = {one.website_id: (one.state, one.answer) for one in outbox()}
    assert sent.titles == ["Shop 1 is down"]
    assert list(states.values()).count((NotificationState.PENDING, INTERNAL_ERROR)) == 1


def test_the_dispatcher_polls_rarely_while_nothing_is_due() -> None:
    now = utc_now()

    assert pause_seconds(now, None) == IDLE_SECONDS
    assert pause_seconds(now, now + timedelta(seconds=3)) == 3
    assert pause_seconds(now, now + timedelta(hours=1)) == IDLE_SECONDS
    assert pause_seconds(now, now - timedelta(minutes=1)) == POLL_SECONDS  # another dispatcher has leased it
