"""Skipped and waiting notifications are stored with a reason."""

from dataclasses import replace
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
    SessionTrigger,
)
from core.notifications.outbox import Change, announce
from core.schemas import WebsiteUpdate
from core.services import (
    DowntimeWindowCRUD,
    NotificationEpisodeCRUD,
    WebsiteCRUD,
)
from tests.core.notifications.conftest import Sent, make_channel, make_rule
from tests.core.notifications.scenarios import (
    change_of,
    comes_back,
    dispatcher,
    end,
    falls_silent,
    goes_down,
    look_again,
    outbox,
    tell_of_region,
)
from tests.core.services.test_failure_picture import picture
from tests.factories import make_session, make_website, make_window

UNSTEADY = NotificationEvent.UNSTEADY


async def test_a_refused_failure_is_sent_even_after_it_has_ended(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    sent.refuses = NotDelivered("503 Service Unavailable")
    await dispatcher(sent).send_due()

    sent.refuses = None
    comes_back(window_id)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=11))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=15))

    assert sent.titles == ["Shop 0 was down", "Shop 0 is back"]


@pytest.mark.parametrize(("after_seconds", "titles"), [(0, ["Shop was down", "Shop is back"]), (120, [])])
async def test_a_failure_whose_checks_were_stored_after_its_end_is_sent(
    stored: Engine, sent: Sent, after_seconds: int, titles: list[str]
) -> None:
    def was_down_while_checks_were_held(db: Session) -> None:
        make_rule(db, make_channel(db), after_seconds=after_seconds)
        began_at, ended_at = utc_now() - timedelta(seconds=100), utc_now() - timedelta(seconds=10)
        window = make_window(db, make_website(db, name="Shop"), started_at=began_at, ended_at=ended_at)
        down, up = (change_of(window.website_id, window.id, NotificationEvent(event)) for event in ("DOWN", "UP"))
        announce(db, [replace(down, happened_at=began_at), replace(up, happened_at=ended_at)])

    run_in_session(was_down_while_checks_were_held)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=21))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=42))

    assert sent.titles == titles


async def test_a_short_silence_of_a_region_is_skipped_with_its_end(stored: Engine, sent: Sent) -> None:
    falls_silent(after_seconds=600)

    run_in_session(lambda db: tell_of_region(db, NotificationEvent.HEARD, 2))
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=11))
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=12))

    assert sent.titles == []
    assert {one.answer for one in outbox()} == {
        "It recovered before this was due.",
        "No notification was sent for its failure.",
    }


@pytest.mark.parametrize("is_refused", [False, True], ids=["it was due", "its channel did not take it"])
async def test_a_reminder_after_the_recovery_is_skipped(stored: Engine, sent: Sent, is_refused: bool) -> None:
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
    assert {one.answer for one in outbox()} == {"Taken.", "It recovered before this was due."}


async def test_a_short_failure_is_skipped_with_its_recovery(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule={"after_seconds": 300})

    comes_back(window_id)
    await dispatcher(sent).send_due()
    between = {one.event: one.state for one in outbox()}
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=310))

    assert set(between.values()) == {NotificationState.PENDING}
    assert sent.messages == []
    assert {one.answer for one in outbox()} == {
        "It recovered before this was due.",
        "No notification was sent for its failure.",
    }


@pytest.mark.parametrize("is_down", [False, True], ids=["still", "down meanwhile"])
async def test_unsteadiness_of_a_website_that_went_down_is_skipped(stored: Engine, sent: Sent, is_down: bool) -> None:
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

    assert [message.title for _key, message in sent.messages] == ([] if is_down else ["Shop fails intermittently"])
    if is_down:
        assert [one.answer for one in outbox()] == ["It went down before this was due."]


def shop_behind_a_router(*, rule: dict[str, Any] | None = None) -> tuple[int, int]:
    """Announce the failure of a shop behind a router that is down too; returns both windows' ids."""

    def work(db: Session) -> tuple[int, int]:
        make_rule(db, make_channel(db), **(rule or {}))
        router = make_website(db, name="Router", url="https://router.example/")
        shop = make_website(db, name="Shop", url="https://shop.example/", depends_on="https://router.example/")
        first, second = (make_window(db, one, started_at=utc_now()) for one in (router, shop))
        announce(db, [change_of(shop.id, second.id, NotificationEvent.DOWN)])
        return first.id, second.id

    return run_in_session(work)


async def test_a_failure_waits_for_its_dependency_without_counting_attempts(stored: Engine, sent: Sent) -> None:
    shop_behind_a_router()

    for seconds in range(0, 200, 5):
        await dispatcher(sent).send_due(utc_now() + timedelta(seconds=seconds))

    (kept,) = outbox()
    assert (sent.messages, kept.state, kept.attempts) == ([], NotificationState.PENDING, 0)
    assert kept.answer == "Router, which it depends on, is down."


async def test_a_failure_that_ends_with_its_dependency_is_skipped(stored: Engine, sent: Sent) -> None:
    router, shop = shop_behind_a_router()
    await dispatcher(sent).send_due()

    end(shop)
    end(router)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    (kept,) = outbox()
    assert (sent.messages, kept.state) == ([], NotificationState.SKIPPED)


async def test_a_failure_that_outlasts_its_dependency_is_sent(stored: Engine, sent: Sent) -> None:
    router, _shop = shop_behind_a_router()
    await dispatcher(sent).send_due()

    end(router)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert sent.titles == ["Shop is down"]


async def test_a_failure_of_a_paused_website_is_skipped(stored: Engine, sent: Sent) -> None:
    goes_down(rule={"after_seconds": 300})

    run_in_session(lambda db: WebsiteCRUD.update(db, outbox()[0].website_id, WebsiteUpdate(is_active=False)))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=301))

    (kept,) = outbox()
    assert (sent.messages, kept.state, kept.answer) == ([], NotificationState.SKIPPED, "The website is paused.")


EVENTS = {"events": ["DOWN", "UP", "EVIDENCE"]}


def is_seen(window_id: int) -> None:
    """End the failure's debug session with a screenshot, and announce it."""

    def work(db: Session) -> None:
        window = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert window is not None
        website = WebsiteCRUD.get_by_id(db, window.website_id)
        assert website is not None
        usual = {"window_id": window_id, "trigger": SessionTrigger.FAILURE}
        session = make_session(db, website, **usual, started_at=window.started_at)
        picture(db, session.id, b"the page")
        announce(db, [change_of(website.id, window_id, NotificationEvent.EVIDENCE)])

    run_in_session(work)


async def test_a_screenshot_follows_the_failures_message_once(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    await dispatcher(sent).send_due()

    for _time in range(2):
        is_seen(window_id)
        await dispatcher(sent).send_due()

    (key, failure), (_key, shown) = sent.messages
    assert (failure.picture, failure.follows, shown.title) == (None, None, "Shop 0: browser recording")
    assert shown.picture is not None and shown.picture.data == b"the page"
    assert (shown.follows, shown.payload["follows"], shown.payload["event"]) == (key, key, "evidence")
    assert "Acknowledge: " in shown.text


async def test_a_screenshot_in_the_failures_message_is_not_repeated(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    is_seen(window_id)

    await dispatcher(sent).send_due()
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert [message.picture is not None for _key, message in sent.messages] == [True]
    assert {one.answer for one in outbox()} == {"Taken.", "The notification of the failure already included it."}


async def test_no_screenshot_follows_a_digest(stored: Engine, sent: Sent) -> None:
    windows = goes_down(4, rule=EVENTS)
    await dispatcher(sent).send_due()

    is_seen(windows[0])
    await dispatcher(sent).send_due()

    assert sent.titles == ["4 websites are down"]
    assert "Its failure was sent in one message with others." in {one.answer for one in outbox()}


def is_found(window_id: int, sentence: str) -> None:
    """Store a finding about the failure, and announce it."""

    def work(db: Session) -> None:
        window = DowntimeWindowCRUD.get_by_id(db, window_id)
        assert window is not None
        change = change_of(window.website_id, window_id, NotificationEvent.FINDING)
        announce(db, [replace(change, detail=sentence, episode=f"{window_id}:{sentence}")])

    run_in_session(work)


@pytest.mark.parametrize(
    ("sentence", "count"),
    [("It burns.", 1), ("It burns: there is smoke.", 1), ("The cable is cut.", 2)],
    ids=["the same", "the same and why", "another"],
)
async def test_a_new_finding_follows_the_failures_message(
    stored: Engine, sent: Sent, sentence: str, count: int
) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN", "FINDING"]})
    is_found(window_id, sentence)

    await dispatcher(sent).send_due()
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=5))

    assert len(sent.messages) == count
    assert {message.follows for _key, message in sent.messages[1:]} <= {sent.messages[0][0]}


async def test_a_finding_in_an_earlier_message_is_not_repeated(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN", "EVIDENCE", "FINDING"]})
    await dispatcher(sent).send_due()

    run_in_session(lambda db: DowntimeWindowCRUD.set_found_cause(db, window_id, "The cable is cut."))
    is_seen(window_id)
    await dispatcher(sent).send_due()
    is_found(window_id, "The cable is cut.")
    await dispatcher(sent).send_due()

    assert sent.titles == ["Shop 0 is down", "Shop 0: browser recording"]


async def test_no_findings_follow_a_digest(stored: Engine, sent: Sent) -> None:
    windows = goes_down(4, rule={"events": ["DOWN", "FINDING"]})
    await dispatcher(sent).send_due()

    is_found(windows[0], "The cable is cut.")
    await dispatcher(sent).send_due()

    assert sent.titles == ["4 websites are down"]


async def test_evidence_without_content_is_skipped(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule=EVENTS)
    await dispatcher(sent).send_due()

    run_in_session(lambda db: announce(db, [change_of(outbox()[0].website_id, window_id, NotificationEvent.EVIDENCE)]))
    await dispatcher(sent).send_due()

    assert len(sent.messages) == 1
    assert "No screenshot and no findings." in {one.answer for one in outbox()}
