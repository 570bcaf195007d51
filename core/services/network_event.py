"""All SQL about network events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import NetworkEvent, NetworkEventType
from core.schemas.network_event import NetworkEventCreate, NetworkEventUpdate
from core.services.bulk import insert_in_order
from core.services.rows import add_row, apply_changes, delete_row, page_of


class NetworkEventCRUD:
    """Create, update, read and delete network events. Lists are in order of time."""

    @staticmethod
    def create(db: Session, data: NetworkEventCreate) -> NetworkEvent:
        return add_row(db, NetworkEvent(**data.model_dump()))

    @staticmethod
    def bulk_create(db: Session, events: Sequence[NetworkEventCreate]) -> list[NetworkEvent]:
        """Create many events in few statements; returns them in the given order."""
        return insert_in_order(db, NetworkEvent, [event.model_dump() for event in events])

    @staticmethod
    def get_by_id(db: Session, event_id: int) -> NetworkEvent | None:
        return db.get(NetworkEvent, event_id)

    @staticmethod
    def get_by_session(
        db: Session,
        debug_session_id: int,
        skip: int = 0,
        limit: int = 50,
        event_type: NetworkEventType | None = None,
    ) -> tuple[list[NetworkEvent], int]:
        """Return a page of a session's events, filtered by type if given, and the total."""
        query = _in_order().where(NetworkEvent.debug_session_id == debug_session_id)
        return page_of(db, query, skip=skip, limit=limit, event_type=event_type)

    @staticmethod
    def get_by_exchange(db: Session, debug_session_id: int, exchange_id: str) -> list[NetworkEvent]:
        """Return the events of one exchange."""
        query = _in_order().where(
            NetworkEvent.debug_session_id == debug_session_id, NetworkEvent.exchange_id == exchange_id
        )
        return list(db.scalars(query))

    @staticmethod
    def open_sockets(db: Session, debug_session_id: int) -> list[str]:
        """Return the exchange ids of WebSockets that were still open when their page or the session ended."""
        query = select(NetworkEvent.exchange_id).where(
            NetworkEvent.debug_session_id == debug_session_id,
            NetworkEvent.resource_type == "websocket",
            NetworkEvent.details["is_unfinished"].as_boolean(),
        )
        return [exchange_id for exchange_id in db.scalars(query) if exchange_id]

    @staticmethod
    def blocked_cookies(
        db: Session, debug_session_id: int, exchange_ids: Collection[str]
    ) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return exchange ids with the cookies that the browser rejected, for exchanges that have some."""
        blocked = NetworkEvent.details["blocked_cookies"].as_json()
        query = select(NetworkEvent.exchange_id, blocked).where(
            NetworkEvent.debug_session_id == debug_session_id,
            NetworkEvent.exchange_id.in_(exchange_ids),
            NetworkEvent.details.is_not(None),
        )
        return [(exchange_id, cookies) for exchange_id, cookies in db.execute(query) if exchange_id and cookies]

    @staticmethod
    def get_by_time_range(  # noqa: PLR0917 - the contract names the order
        db: Session,
        debug_session_id: int,
        start_time: datetime,
        end_time: datetime,
        skip: int = 0,
        limit: int = 50,
    ) -> tuple[list[NetworkEvent], int]:
        """Return a page of a session's events from *start_time* to *end_time*, both inclusive, and the total."""
        query = _in_order().where(
            NetworkEvent.debug_session_id == debug_session_id,
            NetworkEvent.timestamp >= as_utc(start_time),
            NetworkEvent.timestamp <= as_utc(end_time),
        )
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def update(db: Session, event_id: int, data: NetworkEventUpdate) -> NetworkEvent | None:
        """Apply *data* and return the event; None if it does not exist."""
        event = db.get(NetworkEvent, event_id)
        if event is None:
            return None
        apply_changes(event, data.model_dump(exclude_unset=True))
        db.flush()
        return event

    @staticmethod
    def delete(db: Session, event_id: int) -> bool:
        """Delete an event; returns False if it does not exist."""
        return delete_row(db, db.get(NetworkEvent, event_id))


def _in_order() -> Select[NetworkEvent]:
    return select(NetworkEvent).order_by(NetworkEvent.timestamp, NetworkEvent.id)
