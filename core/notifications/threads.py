"""Which earlier message a notification belongs to: services go on with its incident, and mails with its thread."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from core.models import DowntimeWindow, Notification, NotificationEvent, NotificationState
from core.services import NotificationCRUD, notification_message

FOLLOWING = (NotificationEvent.UP, NotificationEvent.EVIDENCE, NotificationEvent.REMINDER, NotificationEvent.FINDING)
"""Events that are told after the window's failure, and where that was."""


class Thread(NamedTuple):
    """Where a notification belongs."""

    failure: Notification | None
    """What its rule had to tell before it, whatever became of that."""
    follows: str | None
    """The key of the first message that went of it; None where it is the first."""
    is_over: bool
    """Whether all of which that message told is over."""


def thread_of(db: Session, notification: Notification, window: DowntimeWindow | None) -> Thread:
    """What *notification*, which is about *window* if any, goes on with through its channel."""
    failure = _failure(db, notification, window)
    told = _first_told(db, failure) if failure is not None else _told_amid_flapping(db, notification, window)
    if told is None:
        return Thread(failure, None, is_over=False)
    first = _first(db, told)
    is_over = notification.event is not NotificationEvent.UP or all(
        notification_message.is_over(db, one) for one in (told, first)
    )
    return Thread(failure, notification_message.key_of(db, first), is_over)


def is_told_in(db: Session, channel_id: int, key: str, window: DowntimeWindow) -> bool:
    """Whether what is told of *window* through a channel, or is about to be, belongs to the message of that *key*."""
    told = notification_message.first_told(db, channel_id, window.id, is_sent=False)
    return told is not None and notification_message.key_of(db, _first(db, told)) == key


def _failure(db: Session, notification: Notification, window: DowntimeWindow | None) -> Notification | None:
    if notification.rule_id is None:
        return None
    if window is not None and notification.event in FOLLOWING:
        return NotificationCRUD.of_window(db, notification.rule_id, window.id, NotificationEvent.DOWN)
    if notification.fault_id is not None and notification.event is NotificationEvent.MENDED:
        return NotificationCRUD.of_fault(db, notification.rule_id, notification.fault_id)
    if notification.event is NotificationEvent.HEARD:
        return NotificationCRUD.of_silence(db, notification.rule_id, notification.key.partition(":heard:")[2])
    return None


def _first_told(db: Session, failure: Notification) -> Notification | None:
    """What told of *failure* first: a reminder where it was dropped itself, as within a cool-down, or not taken."""
    return failure if failure.state is NotificationState.SENT else notification_message.first_reminder(db, failure)


def _told_amid_flapping(db: Session, notification: Notification, window: DowntimeWindow | None) -> Notification | None:
    """What was told already, by whichever rule, of a failure or of the flapping amid which it is told.

    Flapping goes on with the failure amid which it began, and how the website is at its end with that.
    """
    if notification.event is NotificationEvent.UP:
        begun = notification_message.flapping_before(db, notification)
        return begun if begun is not None and begun.event is NotificationEvent.FLAPPING else None
    if notification.event not in (NotificationEvent.DOWN, NotificationEvent.FLAPPING) or window is None:
        return None
    first = _first(db, notification)
    return first if first.id != notification.id else None


def _first(db: Session, told: Notification) -> Notification:
    """The first of what was told through the channel in which *told*, of a window, has its place."""
    if told.window_id is None:
        return told
    first = notification_message.first_told(db, told.channel_id, told.window_id) or told
    begun = None if first.event is NotificationEvent.FLAPPING else notification_message.flapping_amid(db, first)
    if begun is None:
        return first
    before = begun.window_id and notification_message.first_told(db, begun.channel_id, begun.window_id)
    return before or begun
