"""What is due is sent at least once, and what became of it is kept."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
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
    Notification,
    NotificationChannel,
    NotificationEvent,
    NotificationState,
    Region,
    SessionTrigger,
    Website,
)
from core.notifications.attempts import LEASE, MISTAKE, MOST_ATTEMPTS
from core.notifications.dispatch import IDLE_SECONDS, LOOK_SECONDS, TOGETHER, Dispatcher, pause_seconds
from core.notifications.links import Links
from core.notifications.message import Message
from core.notifications.outbox import Change, announce
from core.notifications.ticket import Ticket, read
from core.notifications.watch import announce_conditions
from core.schemas import DowntimeWindowUpdate, WebsiteUpdate
from core.schemas.notification_channel import NotificationChannelUpdate
from core.sealing import Sealer
from core.services import (
    DowntimeWindowCRUD,
    NotificationChannelCRUD,
    NotificationCRUD,
    NotificationEpisodeCRUD,
    WebsiteCRUD,
)
from core.services.regions import episode_of
from tests.core.notifications.conftest import SEALER, Sent, make_channel, make_rule
from tests.core.notifications.test_watch import seen_down
from tests.core.services.test_failure_picture import picture
from tests.factories import NOON, make_session, make_website, make_window

UNSTEADY = NotificationEvent.UNSTEADY
LINKS = Links(root="https://watch.example")


def goes_down(count: int = 1, *, rule: dict[str, Any] | None = None, channel: str = "On call") -> list[int]:
    """Let *count* websites be down, and announce it; returns the windows' ids."""

    def work(db: Session) -> list[int]:
        make_rule(db, make_channel(db, name=channel), **(rule or {}))
        windows = [
            make_window(db, make_website(db, name=f"Shop {number}"), started_at=utc_now(), root_cause="It burns.")
            for number in range(count)
        ]
        announce(db, [_change(window.website_id, window.id, NotificationEvent.DOWN) for window in windows])
        return [window.id for window in windows]

    return run_in_session(work)


def comes_back(*window_ids: int, is_told: bool = True) -> None:
    """Let the windows end, and announce it."""

    def work(db: Session) -> None:
        for window_id in window_ids:
            window = DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now()))
            assert window is not None
            if is_told:
                announce(db, [_change(window.website_id, window_id, NotificationEvent.UP)])

    run_in_session(work)


def _change(website_id: int, window_id: int, event: NotificationEvent) -> Change:
    return Change(
        event=event, website_id=website_id, window_id=window_id, happened_at=utc_now(), episode=str(window_id)
    )


def outbox() -> list[Notification]:
    return run_in_session(lambda db: NotificationCRUD.get_all(db)[0])


def channel() -> NotificationChannel:
    return run_in_session(lambda db: NotificationChannelCRUD.get_all(db)[0][0])


def dispatcher(sent: Sent, *, looks_again: bool = True) -> Dispatcher:
    return Dispatcher(SEALER, LINKS, sent, looks_again=looks_again)


@pytest.mark.parametrize("steps", range(5))
async def test_a_stop_at_the_moment_of_news_is_a_stop(stored: Engine, sent: Sent, steps: int) -> None:
    """In Python 3.11, `asyncio.wait_for` forgets that it was cancelled where what it waits for has just come."""
    running = dispatcher(sent)
    await running.start()
    await asyncio.sleep(0.05)

    running._wake.set()
    for _step in range(steps):
        await asyncio.sleep(0)
    stopping = asyncio.create_task(running.stop())
    ended, _pending = await asyncio.wait([stopping], timeout=2)

    assert ended


async def test_what_is_due_is_sent_and_its_answer_kept(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()

    await dispatcher(sent).send_due()

    ((key, message),) = sent.messages
    (kept,) = outbox()
    assert (kept.key, kept.state, kept.answer) == (key, NotificationState.SENT, "Taken.")
    assert kept.sent_at is not None
    assert message.title == "Shop 0 is down"
    assert f"https://watch.example/downtime/{window_id}" in message.text


async def test_what_was_sent_is_not_sent_again(stored: Engine, sent: Sent) -> None:
    goes_down()

    for _ in range(3):
        await dispatcher(sent).send_due()

    assert len(sent.messages) == 1


async def test_what_is_refused_is_tried_again_later_with_the_same_key(stored: Engine, sent: Sent) -> None:
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


async def test_a_failure_that_its_channel_refused_is_told_also_once_it_is_over(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    sent.refuses = NotDelivered("503 Service Unavailable")
    await dispatcher(sent).send_due()

    sent.refuses = None
    comes_back(window_id)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=11))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=15))

    assert sent.titles == ["Shop 0 was down", "Shop 0 is back"]


async def test_a_service_that_wants_to_be_left_alone_is(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=300)
    await dispatcher(sent).send_due()

    sent.refuses = None
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=290))
    early = list(sent.messages)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))

    assert (early, len(sent.messages)) == ([], 1)


@pytest.mark.parametrize("rule", [{}, {"after_seconds": 300}], ids=["at once", "after a while"])
async def test_what_was_written_by_a_clock_that_was_ahead_is_told_once_that_is_right(
    stored: Engine, sent: Sent, clock_at: Callable[[datetime], None], rule: dict[str, Any]
) -> None:
    now = utc_now()
    clock_at(now + timedelta(days=400))
    goes_down(rule=rule)
    clock_at(now)

    counts = [await dispatcher(sent).send_due(now + timedelta(seconds=after)) for after in (1, 299, 302)]

    assert counts == ([0, 0, 1] if rule else [1, 0, 0])


async def test_what_was_refused_while_the_clock_was_ahead_is_tried_again_once_that_is_right(
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


async def test_after_many_attempts_it_is_given_up_and_said_so(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("404 Not Found")

    for hours in range(MOST_ATTEMPTS + 3):
        await dispatcher(sent).send_due(utc_now() + timedelta(hours=2 * hours))

    (kept,) = outbox()
    assert (kept.state, kept.attempts, kept.answer) == (NotificationState.FAILED, MOST_ATTEMPTS, "404 Not Found")


async def test_a_dispatcher_that_dies_between_lease_and_send_loses_nothing(stored: Engine, sent: Sent) -> None:
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


async def test_two_dispatchers_at_once_send_each_once(stored: Engine) -> None:
    goes_down(3)
    first, second = Sent(), Sent()

    await asyncio.gather(dispatcher(first).send_due(), dispatcher(second).send_due())

    assert sorted(first.titles + second.titles) == ["Shop 0 is down", "Shop 1 is down", "Shop 2 is down"]


async def test_many_that_fail_at_once_are_one_message(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(14)

    await dispatcher(sent).send_due()

    assert sent.titles == ["14 websites are down"]
    assert sent.messages[0][1].text.startswith("All say: It burns.")
    ticket = read(SEALER, sent.messages[0][1].payload["acknowledge"].partition("ticket=")[2], utc_now())
    assert ticket == Ticket(window_ids=tuple(sorted(window_ids)), channel="On call")
    assert "Take them up: https://watch.example/acknowledge?ticket=" in sent.messages[0][1].text
    assert {one.state for one in outbox()} == {NotificationState.SENT}


async def test_what_fails_soon_after_one_failure_was_told_is_gathered_and_told_together(
    stored: Engine, sent: Sent
) -> None:
    running = dispatcher(sent)
    (first,) = goes_down()
    await running.send_due()
    others = [*also_goes_down(3), *also_goes_down(2)]

    comes_back(first, others[0])  # as short an outage as it is, it is told
    await running.send_due()
    soon = list(sent.titles)
    await running.send_due(utc_now() + TOGETHER)

    assert soon == ["Shop 0 is down", "Shop 0 is back"]
    assert sent.titles[2:] == ["5 websites went down, 1 of them is back"]
    await running.send_due(utc_now() + TOGETHER + timedelta(seconds=5))
    assert sent.titles[3:] == ["Another 0 is back"]


async def test_what_one_dispatcher_told_the_other_gathers_after_too(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    also_goes_down(5)
    of_another_dashboard = dispatcher(sent)

    await of_another_dashboard.send_due()
    soon = list(sent.titles)
    await of_another_dashboard.send_due(utc_now() + TOGETHER)

    assert soon == ["Shop 0 is down"]
    assert sent.titles[1:] == ["5 websites are down"]


async def test_a_service_that_wants_to_be_left_alone_gets_no_other_message_either(stored: Engine, sent: Sent) -> None:
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


async def test_a_channel_that_gets_another_address_rests_no_more(stored: Engine, sent: Sent) -> None:
    goes_down(2)
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=300)
    await dispatcher(sent).send_due()
    elsewhere = NotificationChannelUpdate(address={"url": "http://127.0.0.1:10/"})

    sent.refuses = None
    run_in_session(lambda db: NotificationChannelCRUD.update(db, 1, elsewhere, SEALER))
    await dispatcher(sent).send_due()

    assert len(sent.messages) == 1  # the other one is tried again when it said so


def also_goes_down(count: int) -> list[int]:
    """Let other websites be down, of which the same rule tells."""

    def work(db: Session) -> list[int]:
        websites = [make_website(db, name=f"Another {number}") for number in range(count)]
        windows = [make_window(db, website, started_at=utc_now(), root_cause="It burns.") for website in websites]
        announce(db, [_change(window.website_id, window.id, NotificationEvent.DOWN) for window in windows])
        return [window.id for window in windows]

    return run_in_session(work)


def another_rule_for_the_same_channel(**rule: Any) -> None:
    def work(db: Session) -> None:
        (channel,), _count = NotificationChannelCRUD.get_all(db)
        make_rule(db, channel, name="Another", **rule)
        for window in DowntimeWindowCRUD.get_all_ongoing(db).values():
            announce(db, [_change(window.website_id, window.id, NotificationEvent.DOWN)])

    run_in_session(work)


async def test_what_two_rules_tell_at_once_through_one_channel_is_one_message(stored: Engine, sent: Sent) -> None:
    goes_down()
    another_rule_for_the_same_channel()

    await dispatcher(sent).send_due()

    assert sent.titles == ["Shop 0 is down"]
    assert [one.state for one in outbox()] == [NotificationState.SENT] * 2


async def test_a_message_about_many_names_each_website_once_however_many_rules_tell(stored: Engine, sent: Sent) -> None:
    goes_down(3)
    another_rule_for_the_same_channel()
    await dispatcher(sent).send_due()
    few = list(sent.titles)

    goes_down(4, channel="Others")
    await dispatcher(sent).send_due(utc_now() + TOGETHER)

    assert sorted(few) == ["Shop 0 is down", "Shop 1 is down", "Shop 2 is down"]
    assert sent.titles[3:] == ["4 websites are down"] * 2


async def test_many_that_are_back_at_once_are_one_message(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(14)
    await dispatcher(sent).send_due()

    comes_back(*window_ids)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=10))

    assert sent.titles == ["14 websites are down", "14 websites are back"]
    assert {one.state for one in outbox()} == {NotificationState.SENT}


async def test_what_follows_a_message_about_many_names_that_and_ends_its_incident_with_the_last(
    stored: Engine, sent: Sent
) -> None:
    running = dispatcher(sent)
    window_ids = goes_down(5, rule={"remind_seconds": 600})
    await running.send_due()
    await remind(sent, after_seconds=601)
    soon = utc_now() + timedelta(seconds=60)

    comes_back(window_ids[3])
    await running.send_due(soon)
    comes_back(*(window_id for window_id in window_ids if window_id != window_ids[3]))
    await running.send_due(soon + TOGETHER)

    (key, _failure), (_other, reminder), (_up, one), (_ups, others) = sent.messages
    assert [message.follows for message in (reminder, one, others)] == [key] * 3
    assert [message.incidents for message in (reminder, one, others)] == [(key,)] * 3
    assert [message.ends_incidents for message in (one, others)] == [False, True]
    assert one.payload["follows"] == key


def tell_of_region(db: Session, event: NotificationEvent, website_id: int) -> None:
    """Announce that the region is silent since noon, or heard again."""
    db.merge(Region(name="eu_1", silent_since=NOON if event is NotificationEvent.SILENT else None))
    episode = episode_of("eu_1", NOON)
    announce(db, [Change(event=event, website_id=website_id, happened_at=utc_now(), episode=episode, detail="It.")])


def falls_silent(**rule: Any) -> None:
    def work(db: Session) -> None:
        make_rule(db, make_channel(db), events=["SILENT"], **rule)
        first, _other = make_website(db), make_website(db)
        tell_of_region(db, NotificationEvent.SILENT, first.id)

    run_in_session(work)


async def test_a_region_that_is_heard_before_its_silence_was_to_be_x(stored: Engine, sent: Sent) -> None:
    falls_silent(after_seconds=600)

    run_in_session(lambda db: tell_of_region(db, NotificationEvent.HEARD, 2))
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=11))
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=12))

    assert sent.titles == []
    assert {one.answer for one in outbox()} == {"It was fine again before this was due.", "Its failure was not told."}


async def test_that_a_region_is_heard_again_follows_and_ends_that_it_was_silent(stored: Engine, sent: Sent) -> None:
    falls_silent()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: tell_of_region(db, NotificationEvent.HEARD, 2))  # the first is in the region no more
    await dispatcher(sent).send_due()

    (key, _silent), (_key, heard) = sent.messages
    assert (heard.title, heard.follows, heard.incidents, heard.ends_incidents) == (
        "A region is heard again",
        key,
        (key,),
        True,
    )


async def test_what_is_still_down_is_told_again_in_the_thread_of_its_failure(stored: Engine, sent: Sent) -> None:
    goes_down(rule={"remind_seconds": 600})
    await dispatcher(sent).send_due()

    await remind(sent, after_seconds=601)
    await remind(sent, after_seconds=602)
    await remind(sent, after_seconds=1_300)

    assert sent.titles == ["Shop 0 is down", "Shop 0 is still down", "Shop 0 is still down"]
    (first, _failure), (again, reminder), (once_more, _last) = sent.messages
    assert len({first, again, once_more}) == 3 and reminder.follows == first
    assert "It burns." in reminder.text and "Take it up: https://watch.example/acknowledge" in reminder.text


async def test_many_that_are_still_down_are_one_message(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    goes_down(rule={"remind_seconds": 600})
    await running.send_due()
    also_goes_down(4)
    await running.send_due(utc_now() + TOGETHER)

    await remind(sent, after_seconds=600 + TOGETHER.total_seconds())

    assert sent.titles == ["Shop 0 is down", "4 websites are down", "5 websites are still down"]


@pytest.mark.parametrize("is_refused", [False, True], ids=["it was due", "its channel did not take it"])
async def test_no_reminder_comes_after_what_is_back(stored: Engine, sent: Sent, is_refused: bool) -> None:
    (window_id,) = goes_down(rule={"remind_seconds": 600})
    await dispatcher(sent).send_due()
    sent.refuses = NotDelivered("503 Service Unavailable") if is_refused else None
    look_again(utc_now() + timedelta(seconds=601))
    if is_refused:
        await dispatcher(sent).send_due(utc_now() + timedelta(seconds=601))

    sent.refuses = None
    comes_back(window_id)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=700))

    assert sent.titles == ["Shop 0 is down", "Shop 0 is back"]
    assert {one.answer for one in outbox()} == {"Taken.", "It was back before this was due."}


async def test_a_failure_within_the_cool_down_that_lasts_is_told_by_its_reminder_and_so_is_its_end(
    stored: Engine, sent: Sent
) -> None:
    (first,) = goes_down(rule={"remind_seconds": 600, "cooldown_seconds": 3_600})
    await dispatcher(sent).send_due()
    comes_back(first)
    await dispatcher(sent).send_due()
    again = goes_down_again(first)
    await dispatcher(sent).send_due(utc_now() + TOGETHER)

    await remind(sent, after_seconds=700)
    await remind(sent, after_seconds=1_400)
    comes_back(again)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=1_500))

    assert sent.titles == ["Shop 0 is down", "Shop 0 is back", *["Shop 0 is still down"] * 2, "Shop 0 is back"]
    (key, first_told), *later = sent.messages[2:]
    assert first_told.incidents == ()
    assert [message.incidents for _key, message in later] == [(key,)] * 2
    assert later[-1][1].ends_incidents


async def test_flapping_goes_on_with_its_failure_and_ends_with_how_the_website_is_then(
    stored: Engine, sent: Sent
) -> None:
    (first,) = goes_down()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: announce(db, [_change(1, first, NotificationEvent.FLAPPING)]))
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
    """Let the website of a window that is over be down once more; returns the new window's id."""

    def work(db: Session) -> int:
        before = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert before is not None
        window = DowntimeWindow(website_id=before.website_id, started_at=utc_now(), root_cause="It burns again.")
        db.add(window)
        db.flush()
        if is_told:
            announce(db, [_change(window.website_id, window.id, NotificationEvent.DOWN)])
        return window.id

    return run_in_session(work)


async def remind(sent: Sent, *, after_seconds: float) -> None:
    """Look for what is still down, and send what is due."""
    moment = utc_now() + timedelta(seconds=after_seconds)
    look_again(moment)
    before = len(sent.messages)
    await dispatcher(sent).send_due(moment)
    for one in outbox()[: len(sent.messages) - before]:
        run_in_session(_sent_at, one.id, moment)


def look_again(moment: datetime) -> None:
    """Announce what lasts, of websites whose checks say that they are down."""

    def work(db: Session) -> None:
        for window in DowntimeWindowCRUD.get_all_ongoing(db).values():
            db.merge(seen_down(window.website_id))
        db.flush()
        announce_conditions(db, moment)

    run_in_session(work)


def _sent_at(db: Session, notification_id: int, moment: datetime) -> None:
    found = db.get(Notification, notification_id)
    assert found is not None
    found.sent_at = moment


async def test_what_was_over_before_it_was_due_is_not_told_and_neither_is_its_end(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule={"after_seconds": 300})

    comes_back(window_id)
    await dispatcher(sent).send_due()
    between = {one.event: one.state for one in outbox()}
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=310))

    assert set(between.values()) == {NotificationState.PENDING}
    assert sent.messages == []
    assert {one.answer for one in outbox()} == {"It was back before this was due.", "Its failure was not told."}


@pytest.mark.parametrize("is_down", [False, True], ids=["still", "down meanwhile"])
async def test_of_what_is_called_down_meanwhile_it_is_not_said_that_it_fails_now_and_then(
    stored: Engine, sent: Sent, is_down: bool
) -> None:
    def work(db: Session) -> None:
        rule, website, now = (
            make_rule(db, make_channel(db), events=[UNSTEADY]),
            make_website(db, name="Shop"),
            utc_now(),
        )
        NotificationEpisodeCRUD.hold(db, rule.id, UNSTEADY, [website.id], now)
        announce(db, [Change(event=UNSTEADY, website_id=website.id, happened_at=now, episode="1", rule_id=rule.id)])
        if is_down:
            make_window(db, website, started_at=now)

    run_in_session(work)
    await dispatcher(sent).send_due()

    assert [message.title for _key, message in sent.messages] == ([] if is_down else ["Shop fails now and then"])
    if is_down:
        assert [one.answer for one in outbox()] == ["It was called down before this was due."]


async def test_a_loop_that_is_started_sends_what_comes(stored: Engine, sent: Sent) -> None:
    running = dispatcher(sent)
    await running.start()

    goes_down()

    await asyncio.wait_for(sent.entered.wait(), 10)
    await running.stop()


class OneHangs(Sent):
    """The first message hangs, and all that follow are taken."""

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        if not self.entered.is_set():
            self.entered.set()
            await asyncio.Event().wait()
        self.messages.append((key, message))
        self.is_taken.set()
        return "Taken."

    is_taken = asyncio.Event()


async def test_a_channel_that_hangs_keeps_no_other_waiting(stored: Engine) -> None:
    sent = OneHangs()
    running = dispatcher(sent)
    await running.start()
    goes_down()
    await asyncio.wait_for(sent.entered.wait(), 10)

    goes_down(channel="Elsewhere")

    await asyncio.wait_for(sent.is_taken.wait(), 10)
    await running.stop()
    assert sorted(one.state for one in outbox()) == [NotificationState.PENDING] * 2 + [NotificationState.SENT]


@pytest.mark.parametrize("count", [1, 5])
async def test_a_channel_whose_seal_is_broken_says_so_and_keeps_the_rest_going(
    stored: Engine, sent: Sent, count: int
) -> None:
    goes_down(count)

    await Dispatcher(Sealer(b"another key"), LINKS, sent).send_due()

    assert sent.messages == []
    assert all("sealed with another key" in (one.answer or "") for one in outbox())


async def test_a_mistake_of_ours_is_tried_again_as_a_refusal_is_and_given_up(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = LookupError("nobody thought of it")

    counts = [await dispatcher(sent).send_due(utc_now() + timedelta(hours=2 * n)) for n in range(MOST_ATTEMPTS + 3)]

    (kept,) = outbox()
    assert (sum(counts), kept.state, kept.answer) == (MOST_ATTEMPTS, NotificationState.FAILED, MISTAKE)


async def test_what_cannot_be_prepared_holds_up_nothing_else(stored: Engine, sent: Sent) -> None:
    goes_down(2)

    def break_one(db: Session) -> None:
        db.execute(update(Website).where(Website.name == "Shop 0").values(url="http://[broken"))

    run_in_session(break_one)

    await dispatcher(sent).send_due()

    states = {one.website_id: (one.state, one.answer) for one in outbox()}
    assert sent.titles == ["Shop 1 is down"]
    assert list(states.values()).count((NotificationState.PENDING, MISTAKE)) == 1


async def test_a_failures_message_has_a_link_by_which_it_is_taken_up(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()

    await dispatcher(sent).send_due()

    ((_key, message),) = sent.messages
    link = str(message.payload["acknowledge"])
    assert link in message.text
    ticket = read(SEALER, link.removeprefix("https://watch.example/acknowledge?ticket="), utc_now())
    assert ticket == Ticket(window_ids=(window_id,), channel="On call")


def shop_behind_a_router(*, rule: dict[str, Any] | None = None) -> tuple[int, int]:
    """A router and a shop behind it are down, and the shop's failure is announced; returns both windows' ids."""

    def work(db: Session) -> tuple[int, int]:
        make_rule(db, make_channel(db), **(rule or {}))
        router = make_website(db, name="Router", url="https://router.example/")
        shop = make_website(db, name="Shop", url="https://shop.example/", depends_on="https://router.example/")
        first, second = (make_window(db, one, started_at=utc_now()) for one in (router, shop))
        announce(db, [_change(shop.id, second.id, NotificationEvent.DOWN)])
        return first.id, second.id

    return run_in_session(work)


def end(window_id: int) -> None:
    run_in_session(lambda db: DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now())))


async def test_what_is_down_with_what_it_depends_on_waits_and_counts_no_attempts(stored: Engine, sent: Sent) -> None:
    shop_behind_a_router()

    for seconds in range(0, 200, 5):
        await dispatcher(sent).send_due(utc_now() + timedelta(seconds=seconds))

    (kept,) = outbox()
    assert (sent.messages, kept.state, kept.attempts) == ([], NotificationState.PENDING, 0)
    assert kept.answer == "Router, which it depends on, is down."


async def test_what_comes_back_with_what_it_depends_on_is_never_told(stored: Engine, sent: Sent) -> None:
    router, shop = shop_behind_a_router()
    await dispatcher(sent).send_due()

    end(shop)
    end(router)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    (kept,) = outbox()
    assert (sent.messages, kept.state) == ([], NotificationState.SKIPPED)


async def test_what_stays_down_once_what_it_depends_on_is_back_is_told(stored: Engine, sent: Sent) -> None:
    router, _shop = shop_behind_a_router()
    await dispatcher(sent).send_due()

    end(router)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert sent.titles == ["Shop is down"]


async def test_of_a_website_that_was_paused_no_failure_is_told(stored: Engine, sent: Sent) -> None:
    goes_down(rule={"after_seconds": 300})

    run_in_session(lambda db: WebsiteCRUD.update(db, outbox()[0].website_id, WebsiteUpdate(is_active=False)))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))

    (kept,) = outbox()
    assert (sent.messages, kept.state, kept.answer) == ([], NotificationState.SKIPPED, "The website is paused.")


def test_nothing_is_looked_for_before_it_is_due_but_now_and_then() -> None:
    now = utc_now()

    assert pause_seconds(now, None) == IDLE_SECONDS
    assert pause_seconds(now, now + timedelta(seconds=3)) == 3
    assert pause_seconds(now, now + timedelta(hours=1)) == IDLE_SECONDS
    assert pause_seconds(now, now - timedelta(minutes=1)) == LOOK_SECONDS  # another dispatcher is at it


EVENTS = {"events": ["DOWN", "UP", "EVIDENCE"]}


def is_seen(window_id: int) -> None:
    """The session that the failure started ends with a screenshot, and it is announced."""

    def work(db: Session) -> None:
        window = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert window is not None
        website = WebsiteCRUD.get_by_id(db, window.website_id)
        assert website is not None
        usual = {"window_id": window_id, "trigger": SessionTrigger.FAILURE}
        session = make_session(db, website, **usual, started_at=window.started_at)
        picture(db, session.id, b"the page")
        announce(db, [_change(website.id, window_id, NotificationEvent.EVIDENCE)])

    run_in_session(work)


async def test_what_the_browser_saw_follows_the_failures_message_once(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    await dispatcher(sent).send_due()

    for _time in range(2):
        is_seen(window_id)
        await dispatcher(sent).send_due()

    (key, failure), (_key, shown) = sent.messages
    assert (failure.picture, failure.follows, shown.title) == (None, None, "Shop 0: what the browser saw")
    assert shown.picture is not None and shown.picture.data == b"the page"
    assert (shown.follows, shown.payload["follows"], shown.payload["event"]) == (key, key, "evidence")
    assert "Take it up: " in shown.text


async def test_what_the_failures_message_showed_is_not_shown_again(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    is_seen(window_id)

    await dispatcher(sent).send_due()
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert [message.picture is not None for _key, message in sent.messages] == [True]
    assert {one.answer for one in outbox()} == {"Taken.", "It was shown with the failure."}


async def test_of_many_that_fail_at_once_no_picture_follows(stored: Engine, sent: Sent) -> None:
    windows = goes_down(4, rule=EVENTS)
    await dispatcher(sent).send_due()

    is_seen(windows[0])
    await dispatcher(sent).send_due()

    assert sent.titles == ["4 websites are down"]
    assert "Its failure was told together with others." in {one.answer for one in outbox()}


def is_found(window_id: int, sentence: str) -> None:
    """Evidence shows why it fails, and it is announced."""

    def work(db: Session) -> None:
        window = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert window is not None
        change = _change(window.website_id, window_id, NotificationEvent.FINDING)
        announce(db, [replace(change, detail=sentence, episode=f"{window_id}:{sentence}")])

    run_in_session(work)


@pytest.mark.parametrize(
    ("sentence", "count"),
    [("It burns.", 1), ("It burns: there is smoke.", 1), ("The cable is cut.", 2)],
    ids=["the same", "the same and why", "another"],
)
async def test_what_is_found_follows_the_failures_message_where_that_did_not_say_it(
    stored: Engine, sent: Sent, sentence: str, count: int
) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN", "FINDING"]})
    is_found(window_id, sentence)

    await dispatcher(sent).send_due()
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert len(sent.messages) == count
    assert {message.follows for _key, message in sent.messages[1:]} <= {sent.messages[0][0]}


async def test_what_evidence_told_with_its_picture_is_not_told_again_as_a_finding(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN", "EVIDENCE", "FINDING"]})
    await dispatcher(sent).send_due()

    run_in_session(lambda db: DowntimeWindowCRUD.set_found_cause(db, window_id, "The cable is cut."))
    is_seen(window_id)
    await dispatcher(sent).send_due()
    is_found(window_id, "The cable is cut.")
    await dispatcher(sent).send_due()

    assert sent.titles == ["Shop 0 is down", "Shop 0: what the browser saw"]


async def test_of_many_that_fail_at_once_no_findings_follow(stored: Engine, sent: Sent) -> None:
    windows = goes_down(4, rule={"events": ["DOWN", "FINDING"]})
    await dispatcher(sent).send_due()

    is_found(windows[0], "The cable is cut.")
    await dispatcher(sent).send_due()

    assert sent.titles == ["4 websites are down"]


async def test_evidence_that_shows_nothing_does_not_follow(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    await dispatcher(sent).send_due()

    run_in_session(lambda db: announce(db, [_change(outbox()[0].website_id, window_id, NotificationEvent.EVIDENCE)]))
    await dispatcher(sent).send_due()

    assert len(sent.messages) == 1
    assert "There is nothing to show." in {one.answer for one in outbox()}
