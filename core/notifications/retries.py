"""Defines how often and when a message is retried, and how a failed attempt is reported."""

import logging
from datetime import timedelta
from typing import Any

from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered, StoreError
from core.services import NotificationChannelCRUD

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # twice the longest delivery; notifications of a dead dispatcher stay leased this long
FIRST_DELAY_SECONDS = 10.0
MAX_DELAY_SECONDS = 3_600.0
MAX_ATTEMPTS = 20  # within about 11.5 hours
INTERNAL_ERROR = "Internal error in Watchwright. See the server log."
HOLD_TIME = timedelta(seconds=2)  # before a notification that waits for something is prepared again


def retry_delay(attempts: int) -> timedelta:
    """Return the delay after the *attempts*th failed attempt: doubled each time, up to an hour."""
    return timedelta(seconds=min(FIRST_DELAY_SECONDS * 2 ** min(attempts - 1, 12), MAX_DELAY_SECONDS))


def delivery_error(error: Exception, what: str, **facts: Any) -> NotDelivered:
    """Turn *error* into the reason why *what* was not delivered, and log it with *facts*.

    The service may have refused the message, or the channel's address cannot be unsealed. Any other error is a bug of
    ours. It is caught as well, because otherwise every lease would hit it again before all later notifications.
    """
    if not isinstance(error, NotDelivered | StoreError):
        logger.error("%s cannot be sent", what, extra=facts, exc_info=error)
        return NotDelivered(INTERNAL_ERROR)
    refused = error if isinstance(error, NotDelivered) else NotDelivered(str(error), concerns_channel=True)
    logger.warning("%s was not accepted", what, extra={**facts, "answer": str(refused)})
    return refused


async def pause_channel(channel_id: int, refused: NotDelivered) -> timedelta:
    """Pause a channel for as long as its service asks, up to an hour; returns the pause, which may be zero."""
    rest = timedelta(seconds=min(refused.retry_after_seconds, MAX_DELAY_SECONDS))
    if rest:
        await in_session(NotificationChannelCRUD.let_rest, channel_id, utc_now() + rest)
    return rest
