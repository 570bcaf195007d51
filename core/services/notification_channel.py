"""All SQL about notification channels."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import AlreadyExists
from core.models import NotificationChannel
from core.schemas.notification_channel import NotificationChannelCreate, NotificationChannelUpdate, address_of
from core.sealing import Sealer
from core.services.rows import apply_changes, delete_row, page_of
from core.services.website_state import CLOCKS_DIFFER


class NotificationChannelCRUD:
    """Create, read, update and delete channels; addresses are sealed on their way in."""

    @staticmethod
    def create(db: Session, data: NotificationChannelCreate, sealer: Sealer) -> NotificationChannel:
        """Store a channel.

        Raises:
            AlreadyExists: There is a channel of this name.
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
        db.add(channel)
        db.flush()
        return channel

    @staticmethod
    def get_by_id(db: Session, channel_id: int) -> NotificationChannel | None:
        return db.get(NotificationChannel, channel_id)

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[NotificationChannel], int]:
        """Channels by name, and how many there are."""
        query = select(NotificationChannel).order_by(NotificationChannel.name, NotificationChannel.id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def update(
        db: Session, channel_id: int, data: NotificationChannelUpdate, sealer: Sealer
    ) -> NotificationChannel | None:
        """Change what *data* gives; None when there is no such channel.

        Raises:
            AlreadyExists: Another channel has the name.
            ValueError: The address cannot be one of its kind.
        """
        channel = db.get(NotificationChannel, channel_id)
        if channel is None:
            return None
        changes = data.changes()
        if changes.get("name", channel.name) != channel.name:
            _refuse_duplicate(db, changes["name"])
        given = changes.pop("address", None)
        if given is not None:
            address = address_of(channel.kind, given)
            channel.sealed_address = sealer.seal(address.model_dump_json())
            channel.summary = address.summary[:255]
            channel.rests_until = None  # another service may be at it
        apply_changes(channel, changes)
        db.flush()
        return channel

    @staticmethod
    def let_rest(db: Session, channel_id: int, until: datetime) -> None:
        """Leave its service alone until then; nobody has changed the channel by that."""
        values = {"rests_until": until, "updated_at": NotificationChannel.updated_at}
        db.execute(update(NotificationChannel).where(NotificationChannel.id == channel_id).values(**values))

    @staticmethod
    def resting(db: Session, now: datetime, longest: timedelta) -> set[int]:
        """Channels whose service is left alone; none for longer than *longest*, as by a clock that was ahead."""
        latest = now + longest + CLOCKS_DIFFER
        rests = (NotificationChannel.rests_until > now, NotificationChannel.rests_until <= latest)
        return set(db.scalars(select(NotificationChannel.id).where(*rests)))

    @staticmethod
    def delete(db: Session, channel_id: int) -> bool:
        """Delete a channel with its rules; False when there is none."""
        return delete_row(db, db.get(NotificationChannel, channel_id))


def _refuse_duplicate(db: Session, name: str) -> None:
    if db.scalar(select(NotificationChannel.id).where(NotificationChannel.name == name)) is not None:
        raise AlreadyExists.of("name", f"There is a channel {name} already.")
