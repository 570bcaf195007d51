"""Finds the earlier message that a notification belongs to, for the threads of mails and the incidents of services."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.models import DowntimeWindow, Notification, NotificationEvent, NotificationState
from core.services import NotificationCRUD, notification_message

FOLLOWING = (NotificationEvent.UP, NotificationEvent.EVIDENCE, NotificationEvent.REMINDER, NotificationEvent.FINDING)
"""Events that follow the failure of a downtime window, and belong to its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The messages that a notification belongs to."""

    failure: Notification | None
    """The notification of the failure by the same rule, whatever its state."""
    follows: str | None
    """The key of the first message of the thread; None if this notification is the first."""
    is_over: bool
    """Whether everything that the first message reported is over."""


def thread_of(db: Session, notification: Notification, window: DowntimeWindow | None) -> Thread:
    """Find the thread of *notification* in its channel; *window* is its downtime window, if any."""
    failure = _failure(db, notification, window)
    earlier = _first_announced(db, failure) if failure is not None else _flapping_message(db, notification, window)
    if earlier is None:
        return Thread(failure=failure, follows=None, is_over=False)
    first = _first(db, earlier)
    is_over = notification.event is not NotificationEvent.UP or all(
        notification_message.is_over(db, sent) for sent in (earlier, first)
    )
    return Thread(failure=failure, follows=notification_message.key_of(db, first), is_over=is_over)


def is_announced_in(db: Session, channel_id: int, key: str, window: DowntimeWindow) -> bool:
    """Whether the messages about *window* in a channel, sent or pending, belong to the thread that *key* started."""
    earlier = notification_message.first_announced(db, channel_id, window.id, is_sent=False)
    return earlier is not None and notification_message.key_of(db, _first(db, earlier)) == key


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


def _first_announced(db: Session, failure: Notification) -> Notification | None:
    """Return the first sent message about *failure*: a reminder if the failure itself was skipped or refused."""
    return failure if failure.state is NotificationState.SENT else notification_message.first_reminder(db, failure)


def _flapping_message(db: Session, notification: Notification, window: DowntimeWindow | None) -> Notification | None:
    """Return the earlier message, by any rule, about the flapping or the failure that *notification* belongs to.

    Flapping belongs to the failure during which it began. The status after flapping belongs to the flapping.
    """
    if notification.event is NotificationEvent.UP:
        begun = notification_message.flapping_before(db, notification)
        return begun if begun is not None and begun.event is NotificationEvent.FLAPPING else None
    if notification.event not in (NotificationEvent.DOWN, NotificationEvent.FLAPPING) or window is None:
        return None
    first = _first(db, notification)
    return first if first.id != notification.id else None


def _first(db: Session, earlier: Notification) -> Notification:
    """Return the first message of the thread of *earlier*, a notification about a window or flapping."""
    if earlier.window_id is None:
        return earlier
    first = notification_message.first_announced(db, earlier.channel_id, earlier.window_id) or earlier
    begun = None if first.event is NotificationEvent.FLAPPING else notification_message.flapping_amid(db, first)
    if begun is None:
        return first
    before = begun.window_id and notification_message.first_announced(db, begun.channel_id, begun.window_id)
    return before or begun
