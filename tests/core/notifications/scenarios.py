"""Scenarios for tests of notifications: websites go down and come back, and messages are sent."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.models import (
    Notification,
    NotificationChannel,
    NotificationEvent,
    Region,
)
from core.notifications.condition_watch import announce_conditions
from core.notifications.dispatch import Dispatcher
from core.notifications.links import Links
from core.notifications.outbox import Change, announce
from core.schemas import DowntimeWindowUpdate
from core.services import (
    DowntimeWindowCRUD,
    NotificationChannelCRUD,
    NotificationCRUD,
)
from core.services.regions import episode_of
from tests.core.notifications.conftest import SEALER, Sent, make_channel, make_rule
from tests.core.notifications.test_condition_watch import seen_down
from tests.factories import NOON, make_website, make_window

LINKS = Links(root="https://watch.example")


def goes_down(count: int = 1, *, rule: dict[str, Any] | None = None, channel: str = "On call") -> list[int]:
    """Open windows for *count* websites and announce them; returns the windows' ids."""

    def work(db: Session) -> list[int]:
        make_rule(db, make_channel(db, name=channel), **(rule or {}))
        windows = [
            make_window(db, make_website(db, name=f"Shop {number}"), started_at=utc_now(), root_cause="It burns.")
            for number in range(count)
        ]
        announce(db, [change_of(window.website_id, window.id, NotificationEvent.DOWN) for window in windows])
        return [window.id for window in windows]

    return run_in_session(work)


def comes_back(*window_ids: int, is_told: bool = True) -> None:
    """End the windows, and announce it."""

    def work(db: Session) -> None:
        for window_id in window_ids:
            window = DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now()))
            assert window is not None
            if is_told:
                announce(db, [change_of(window.website_id, window_id, NotificationEvent.UP)])

    run_in_session(work)


def change_of(website_id: int, window_id: int, event: NotificationEvent) -> Change:
    return Change(
        event=event, website_id=website_id, window_id=window_id, happened_at=utc_now(), episode=str(window_id)
    )


def outbox() -> list[Notification]:
    """All notifications, newest first."""
    return run_in_session(lambda db: NotificationCRUD.get_all(db)[0])


def channel() -> NotificationChannel:
    """The first channel."""
    return run_in_session(lambda db: NotificationChannelCRUD.get_all(db)[0][0])


def dispatcher(sent: Sent, *, confirms_faults: bool = True) -> Dispatcher:
    return Dispatcher(SEALER, LINKS, sent, confirms_faults=confirms_faults)


def also_goes_down(count: int) -> list[int]:
    """Open windows for further websites of the same rule."""

    def work(db: Session) -> list[int]:
        websites = [make_website(db, name=f"Another {number}") for number in range(count)]
        windows = [make_window(db, website, started_at=utc_now(), root_cause="It burns.") for website in websites]
        announce(db, [change_of(window.website_id, window.id, NotificationEvent.DOWN) for window in windows])
        return [window.id for window in windows]

    return run_in_session(work)


def tell_of_region(db: Session, event: NotificationEvent, website_id: int) -> None:
    """Announce that the region has been silent since noon, or is heard again."""
    db.merge(Region(name="eu_1", silent_since=NOON if event is NotificationEvent.SILENT else None))
    episode = episode_of("eu_1", NOON)
    announce(db, [Change(event=event, website_id=website_id, happened_at=utc_now(), episode=episode, detail="It.")])


def falls_silent(**rule: Any) -> None:
    """Announce a silent region at the first of its two websites, with a *rule* for it."""

    def work(db: Session) -> None:
        make_rule(db, make_channel(db), events=["SILENT"], **rule)
        first, _other = make_website(db), make_website(db)
        tell_of_region(db, NotificationEvent.SILENT, first.id)

    run_in_session(work)


async def remind(sent: Sent, *, after_seconds: float) -> None:
    """Announce reminders, and send due notifications."""
    moment = utc_now() + timedelta(seconds=after_seconds)
    look_again(moment)
    before = len(sent.messages)
    await dispatcher(sent).send_due(moment)
    for one in outbox()[: len(sent.messages) - before]:
        run_in_session(_sent_at, one.id, moment)


def look_again(moment: datetime) -> None:
    """Announce lasting conditions, with every open window confirmed by its website's checks."""

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


def end(window_id: int) -> None:
    """End the window without announcing it."""
    run_in_session(lambda db: DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now())))
