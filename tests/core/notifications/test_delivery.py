"""Many notifications through one channel become one message, and their results are stored."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.errors import NotDelivered
from core.models import (
    NotificationEvent,
    NotificationState,
)
from core.notifications.dispatch import GATHER_TIME, Dispatcher
from core.notifications.outbox import announce
from core.notifications.retries import INTERNAL_ERROR, MAX_ATTEMPTS
from core.notifications.ticket import Ticket, read
from core.sealing import Sealer
from core.services import (
    DowntimeWindowCRUD,
    NotificationChannelCRUD,
)
from tests.core.notifications.conftest import SEALER, Sent, make_rule
from tests.core.notifications.scenarios import (
    LINKS,
    also_goes_down,
    change_of,
    channel,
    comes_back,
    dispatcher,
    goes_down,
    outbox,
    remind,
)


async def test_a_service_that_asks_for_a_pause_gets_one(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=300)
    await dispatcher(sent).send_due()

    sent.refuses = None
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=290))
    early = list(sent.messages)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))

    assert (early, len(sent.messages)) == ([], 1)


async def test_a_notification_fails_after_the_last_attempt(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("404 Not Found")

    for hours in range(MAX_ATTEMPTS + 3):
        await dispatcher(sent).send_due(utc_now() + timedelta(hours=2 * hours))

    (kept,) = outbox()
    assert (kept.state, kept.attempts, kept.answer) == (NotificationState.FAILED, MAX_ATTEMPTS, "404 Not Found")


async def test_many_failures_at_once_are_one_message(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(14)

    await dispatcher(sent).send_due()

    assert sent.titles == ["14 websites are down"]
    assert sent.messages[0][1].text.startswith("All report: It burns.")
    ticket = read(SEALER, sent.messages[0][1].payload["acknowledge"].partition("ticket=")[2], utc_now())
    assert ticket == Ticket(window_ids=tuple(sorted(window_ids)), channel="On call")
    assert "Acknowledge all: https://watch.example/acknowledge?ticket=" in sent.messages[0][1].text
    assert {one.state for one in outbox()} == {NotificationState.SENT}


async def test_a_pausing_service_gets_none_of_the_other_messages(stored: Engine, sent: Sent) -> None:
    goes_down(2)
    made_at = channel().updated_at
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=300)
    await dispatcher(sent).send_due()
    attempts = [one.attempts for one in outbox()]
    changed_at = channel().updated_at

    sent.refuses = None
    of_another_dashboard = dispatcher(sent)
    await of_another_dashboard.send_due(utc_now() + timedelta(seconds=290))
    early = list(sent.messages)
    await of_another_dashboard.send_due(utc_now() + timedelta(seconds=301))

    assert sorted(attempts) == [0, 1]
    assert (early, len(sent.messages)) == ([], 2)
    assert changed_at == made_at


def another_rule_for_the_same_channel(**rule: Any) -> None:
    def work(db: Session) -> None:
        (channel,), _count = NotificationChannelCRUD.get_all(db)
        make_rule(db, channel, name="Another", **rule)
        for window in DowntimeWindowCRUD.get_all_ongoing(db).values():
            announce(db, [change_of(window.website_id, window.id, NotificationEvent.DOWN)])

    run_in_session(work)


async def test_equal_notifications_of_two_rules_are_one_message(stored: Engine, sent: Sent) -> None:
    goes_down()
    another_rule_for_the_same_channel()

    await dispatcher(sent).send_due()

    assert sent.titles == ["Shop 0 is down"]
    assert [one.state for one in outbox()] == [NotificationState.SENT] * 2


async def test_a_digest_names_each_website_once_for_several_rules(stored: Engine, sent: Sent) -> None:
    goes_down(3)
    another_rule_for_the_same_channel()
    await dispatcher(sent).send_due()
    few = list(sent.titles)

    goes_down(4, channel="Others")
    await dispatcher(sent).send_due(utc_now() + GATHER_TIME)

    assert sorted(few) == ["Shop 0 is down", "Shop 1 is down", "Shop 2 is down"]
    assert sent.titles[3:] == ["4 websites are down"] * 2


async def test_many_recoveries_at_once_are_one_message(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(14)
    await dispatcher(sent).send_due()

    comes_back(*window_ids)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=10))

    assert sent.titles == ["14 websites are down", "14 websites are back"]
    assert {one.state for one in outbox()} == {NotificationState.SENT}


async def test_messages_after_a_digest_follow_it_and_the_last_one_ends_its_incident(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    window_ids = goes_down(5, rule={"remind_seconds": 600})
    await running.send_due()
    await remind(sent, after_seconds=601)
    soon = utc_now() + timedelta(seconds=60)

    comes_back(window_ids[3])
    await running.send_due(soon)
    comes_back(*(window_id for window_id in window_ids if window_id != window_ids[3]))
    await running.send_due(soon + GATHER_TIME)

    (key, _failure), (_other, reminder), (_up, one), (_ups, others) = sent.messages
    assert [message.follows for message in (reminder, one, others)] == [key] * 3
    assert [message.incidents for message in (reminder, one, others)] == [(key,)] * 3
    assert [message.ends_incidents for message in (one, others)] == [False, True]
    assert one.payload["follows"] == key


async def test_many_reminders_at_once_are_one_message(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    goes_down(rule={"remind_seconds": 600})
    await running.send_due()
    also_goes_down(4)
    await running.send_due(utc_now() + GATHER_TIME)

    await remind(sent, after_seconds=600 + GATHER_TIME.total_seconds())

    assert sent.titles == ["Shop 0 is down", "4 websites are down", "5 websites are still down"]


@pytest.mark.parametrize("count", [1, 5])
async def test_an_unreadable_address_fails_its_channel_only(stored: Engine, sent: Sent, count: int) -> None:
    goes_down(count)

    await Dispatcher(Sealer(b"another key"), LINKS, sent).send_due()

    assert sent.messages == []
    assert all("sealed with another key" in (one.answer or "") for one in outbox())


async def test_an_internal_error_is_retried_like_a_refusal(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = LookupError("nobody thought of it")

    counts = [await dispatcher(sent).send_due(utc_now() + timedelta(hours=2 * n)) for n in range(MAX_ATTEMPTS + 3)]

    (kept,) = outbox()
    assert (sum(counts), kept.state, kept.answer) == (MAX_ATTEMPTS, NotificationState.FAILED, INTERNAL_ERROR)


async def test_a_failures_message_has_an_acknowledge_link(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()

    await dispatcher(sent).send_due()

    ((_key, message),) = sent.messages
    link = str(message.payload["acknowledge"])
    assert link in message.text
    ticket = read(SEALER, link.removeprefix("https://watch.example/acknowledge?ticket="), utc_now())
    assert ticket == Ticket(window_ids=(window_id,), channel="On call")
