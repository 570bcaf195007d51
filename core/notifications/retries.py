"""How a message is tried: for how long whoever takes it has it, when it is tried again, and what is said of why."""

import logging
from datetime import timedelta
from typing import Any

from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered, StoreError
from core.services import NotificationChannelCRUD

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # twice what any service takes; a dispatcher that dies keeps what it had for so long
FIRST_DELAY_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 3_600.0
MOST_ATTEMPTS = 20  # over some 14 hours
MISTAKE = "Watchwright made a mistake, which its log tells."
MAX_ANSWER = 500  # characters of what a server says


def retry_delay(attempts: int) -> timedelta:
    """How long after the *attempts*th failed attempt the next one is made: doubled each time, up to an hour."""
    return timedelta(seconds=min(FIRST_DELAY_SECONDS * 2 ** min(attempts - 1, 12), LONGEST_DELAY_SECONDS))


def delivery_error(error: Exception, what: str, **facts: Any) -> NotDelivered:
    """Why *what* was not delivered; also written to the log, with *facts*.

    The service may have refused it, or its address cannot be unsealed. Any other error is a mistake of ours, which is
    caught as well: else each lease would make it again, before all that follows.
    """
    if not isinstance(error, NotDelivered | StoreError):
        logger.error("%s cannot be sent", what, extra=facts, exc_info=error)
        return NotDelivered(MISTAKE)
    answer = str(error)[:MAX_ANSWER]
    logger.warning("%s was not taken", what, extra={**facts, "answer": answer})
    return error if isinstance(error, NotDelivered) else NotDelivered(answer)


async def pause_channel(channel_id: int, refused: NotDelivered) -> timedelta:
    """Leave a channel alone for as long as its service asked to be, an hour at most; returns how long, 0 for not."""
    rest = timedelta(seconds=min(refused.retry_after_seconds, LONGEST_DELAY_SECONDS))
    if rest:
        await in_session(NotificationChannelCRUD.let_rest, channel_id, utc_now() + rest)
    return rest
