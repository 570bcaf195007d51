"""Ends incidents at services if no recovery message ends them.

There is no recovery message for a website that is paused, deleted or no longer selected by a rule, nor for several
conditions. Without an end, the service would page whoever is on call for ever.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.background import Background
from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered
from core.models import ChannelKind, OpenIncident
from core.notifications import incident_records
from core.notifications.channels import Send
from core.notifications.incident_state import LASTING_AS_FAILURE, UNKNOWN, end_of_incident, lasts_evidently
from core.notifications.lasting_conditions import lasting
from core.notifications.message import Message
from core.notifications.retries import (
    LEASE,
    MAX_ATTEMPTS,
    MAX_DELAY_SECONDS,
    delivery_error,
    pause_channel,
    retry_delay,
)
from core.sealing import Sealer
from core.services import OpenIncidentCRUD, TagCRUD
from core.services.open_incident import ChannelIncident

logger = logging.getLogger(__name__)

ROUND_SECONDS = 10.0
BATCH_SIZE = 50  # incidents leased per round
ENDED = "ended"
"""The event that webhooks receive; not in `NotificationEvent`, because rules cannot select it."""


class IncidentEnder:
    """Several enders can share a store: each leases incidents that no other holds.

    Its owner calls start() and stop().
    """

    def __init__(self, sealer: Sealer, send: Send) -> None:
        self._sealer, self._send = sealer, send
        self._background = Background()

    async def start(self) -> None:
        """Start in the background; returns at once."""
        self._background.repeat(self.end_due, ROUND_SECONDS, "notifications: ends of incidents")

    async def stop(self) -> None:
        """Stop the background task."""
        await self._background.stop()

    async def end_due(self, now: datetime | None = None) -> None:
        """Find incidents that are over, and send their ends."""
        now = now or utc_now()
        by_channel: dict[int, list[ChannelIncident]] = defaultdict(list)
        for end in await in_session(_due, now):
            by_channel[end.channel.id].append(end)
        await asyncio.gather(*(self._end_all(due, now + LEASE) for due in by_channel.values()))

    async def _end_all(self, due: Sequence[ChannelIncident], leased_until: datetime) -> None:
        """Send the ends of one channel one by one, until its service fails or little time is left."""
        for place, end in enumerate(due):
            if utc_now() > leased_until - LEASE / 2:
                await _release(due[place:], leased_until)
                return
            refused = await self._end(end, leased_until)
            if refused is None:
                continue
            least = await pause_channel(end.channel.id, refused)
            await _fail(end.incident, leased_until, refused, utc_now() + max(retry_delay(end.incident.attempts), least))
            if least:
                await _release(due[place + 1 :], leased_until)
                return
            if refused.concerns_channel:
                for other in due[place + 1 :]:  # due before the failed one, in case it was the reason
                    due_at = utc_now() + retry_delay(other.incident.attempts) / 2
                    await _fail(other.incident, leased_until, refused, due_at)
                return

    async def _end(self, due: ChannelIncident, leased_until: datetime) -> NotDelivered | None:
        """Send the end of one incident; returns why the service did not accept it."""
        incident, channel = due.incident, due.channel
        message, key = end_of(incident), f"{incident.key}:{ENDED}"
        became = f"Resolved: {incident.ends_because}"
        try:
            address: dict[str, Any] = json.loads(self._sealer.open(channel.sealed_address))
            if await asyncio.to_thread(incident_records.incident_keys, channel.kind, address, message, key):
                await self._send(channel.kind, address, message, key[:255])
            else:
                became = "Not resolved in the service: the channel's address has changed."
        except Exception as error:  # noqa: BLE001 - see `delivery_error`
            return delivery_error(error, "the end of an incident", channel_id=channel.id)
        await in_session(OpenIncidentCRUD.finish, incident, leased_until, became)
        return None


async def _fail(incident: OpenIncident, leased_until: datetime, refused: NotDelivered, due_at: datetime) -> None:
    """Schedule another attempt for *due_at*, or give up after `MAX_ATTEMPTS`."""
    if incident.attempts < MAX_ATTEMPTS:
        await in_session(OpenIncidentCRUD.put_off, incident.id, leased_until, due_at)
        return
    logger.warning(
        "an incident stays open at its service, which did not accept its end", extra={"incident": incident.key}
    )
    became = f"It stays open there, because its resolution could not be delivered: {refused}"
    await in_session(OpenIncidentCRUD.finish, incident, leased_until, became)


async def _release(due: Sequence[ChannelIncident], leased_until: datetime) -> None:
    """Leave the ends for the next round, without counting an attempt."""
    await in_session(OpenIncidentCRUD.release, [end.incident.id for end in due], leased_until, utc_now())


def _due(db: Session, now: datetime) -> list[ChannelIncident]:
    """Find and lease incidents whose end is due; costs one short query if no incident is open."""
    if not OpenIncidentCRUD.is_any(db):
        return []
    find_ends(db, now)
    max_pause = timedelta(seconds=MAX_DELAY_SECONDS)
    return OpenIncidentCRUD.lease(db, now, now + LEASE, BATCH_SIZE, max_pause=max_pause)


def find_ends(db: Session, now: datetime) -> None:
    """Store which open incidents are over, and why."""
    openings = OpenIncidentCRUD.notifications_of_lasting(db)
    all_openings = [opening for of_incident in openings.values() for opening in of_incident]
    tags = TagCRUD.of_websites(db, sorted({opening.website.id for opening in all_openings}))
    conditions = lasting(db, [opening.notification for opening in all_openings])
    tag_ids = {website_id: {tag.id for tag in found} for website_id, found in tags.items()}
    for open_one in OpenIncidentCRUD.get_lasting(db):
        incident, channel = open_one.incident, open_one.channel
        if any(
            lasts_evidently(opening, tag_ids.get(opening.website.id, ()), conditions)
            for opening in openings[incident.id]
        ):
            continue
        try:
            found = end_of_incident(db, incident, now)
        except SQLAlchemyError:
            raise
        except Exception:  # a bug that affects one incident must not keep the others open
            logger.exception("cannot find out whether an incident is over", extra={"incident": incident.key})
            continue
        if found is None:
            continue
        if found.is_back and channel.kind is ChannelKind.WEBHOOK and incident.event in LASTING_AS_FAILURE:
            OpenIncidentCRUD.forget(db, channel.id, [incident.key])  # its rules do not notify about recoveries
        else:
            OpenIncidentCRUD.end(db, incident, found.because, now)


def end_of(incident: OpenIncident) -> Message:
    """Compose the message that ends *incident*; its payload is the one of the opening message plus the reason."""
    count = len(incident.about.get("websites", ()))
    because, link = incident.ends_because or "", incident.about.get("link") or ""
    return Message(
        title=f"An incident of {count} websites is over" if count else because.removesuffix(f" {UNKNOWN}").rstrip("."),
        text=f"{because}\n{link}",
        payload=incident.about
        | {"event": ENDED, "cause": because, "until": utc_now().isoformat(), "follows": incident.key},
        follows=incident.key,
        incidents=(incident.key,),
        severity="success",
    )
