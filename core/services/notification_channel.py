"""All SQL about notification channels."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import CLOCK_TOLERANCE
from core.errors import AlreadyExists
from core.models import NotificationChannel
from core.schemas.notification_channel import NotificationChannelCreate, NotificationChannelUpdate, address_of
from core.sealing import Sealer
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row


class NotificationChannelCRUD:
    """Create, read, update and delete channels. Addresses are stored sealed."""

    @staticmethod
    def create(db: Session, data: NotificationChannelCreate, sealer: Sealer) -> NotificationChannel:
        """Store a channel.

        Raises:
            AlreadyExists: A channel has this name.
        """
        _refuse_duplicate(db, data.name)
        address = address_of(data.kind, data.address)
        channel = NotificationChannel(
            name=data.name,
            kind=data.kind,
            is_enabled=data.is_enabled,
            sealed_address=sealer.seal(address.model_dump_json()),
            summary=address.summary[:255],
        )
        return add_row(db, channel)

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[NotificationChannel], int]:
        """Return a page of channels by name, and the total."""
        query = select(NotificationChannel).order_by(NotificationChannel.name, NotificationChannel.id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def update(db: Session, channel_id: int, data: NotificationChannelUpdate, sealer: Sealer) -> NotificationChannel:
        """Apply *data* and return the channel.

        Raises:
            NotFound: There is no such channel.
            AlreadyExists: Another channel has the name.
            ValueError: The address is invalid for the channel's kind.
        """
        channel = require_row(db, NotificationChannel, channel_id)
        changes = data.changes()
        if changes.get("name", channel.name) != channel.name:
            _refuse_duplicate(db, changes["name"])
        given = changes.pop("address", None)
        if given is not None:
            address = address_of(channel.kind, given)
            channel.sealed_address = sealer.seal(address.model_dump_json())
            channel.summary = address.summary[:255]
            channel.rests_until = None  # the address may be another service's
        apply_changes(channel, changes)
        db.flush()
        return channel

    @staticmethod
    def let_rest(db: Session, channel_id: int, until: datetime) -> None:
        """Send nothing through this channel until *until*; this does not count as a change of the channel."""
        values = {"rests_until": until, "updated_at": NotificationChannel.updated_at}
        db.execute(update(NotificationChannel).where(NotificationChannel.id == channel_id).values(**values))

    @staticmethod
    def resting(db: Session, now: datetime, max_pause: timedelta) -> set[int]:
        """Return the channels that must wait, ignoring waits beyond *max_pause*, which come from a fast clock."""
        latest = now + max_pause + CLOCK_TOLERANCE
        rests = (NotificationChannel.rests_until > now, NotificationChannel.rests_until <= latest)
        return set(db.scalars(select(NotificationChannel.id).where(*rests)))

    @staticmethod
    def delete(db: Session, channel_id: int) -> bool:
        """Delete a channel with its rules; returns False if it does not exist."""
        return delete_row(db, db.get(NotificationChannel, channel_id))


def _refuse_duplicate(db: Session, name: str) -> None:
    if db.scalar(select(NotificationChannel.id).where(NotificationChannel.name == name)) is not None:
        raise AlreadyExists.of("name", f"A channel {name} already exists.")
