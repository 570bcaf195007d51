"""Adds, changes, ends and deletes maintenance windows."""

from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.clock import utc_now
from core.database import in_session
from core.errors import InvalidInput
from core.models import MaintenanceWindow, Tag, Website
from core.schemas import MaintenanceWindowCreate, MaintenanceWindowUpdate
from core.services import MaintenanceWindowCRUD
from core.services.rows import require_row
from dashboard.audit import note
from dashboard.current_actor import require


async def add(fields: dict[str, Any]) -> MaintenanceWindow:
    """Add a maintenance window.

    Args:
        fields: The fields of `MaintenanceWindowCreate`.

    Raises:
        InvalidInput: A field is invalid, or the website or tag does not exist.
    """
    require(Permission.WRITE)
    data = MaintenanceWindowCreate.checked(fields)
    window = await in_session(_create, data)
    _announce(window.id)
    return window


async def change(window_id: int, fields: dict[str, Any]) -> MaintenanceWindow:
    """Change the given fields of `MaintenanceWindowUpdate`.

    Raises:
        InvalidInput: A field is invalid, alone or with others.
        NotFound: The window does not exist.
    """
    require(Permission.WRITE)
    data = MaintenanceWindowUpdate.checked(fields)
    window = await in_session(_update, window_id, data)
    _announce(window_id)
    return window


async def end_now(window_id: int) -> MaintenanceWindow:
    """End the running occurrence. Later ones stay.

    Raises:
        InvalidInput: No occurrence is running.
        NotFound: The window does not exist.
    """
    require(Permission.WRITE)
    window = await in_session(_end_now, window_id)
    _announce(window_id)
    return window


async def remove(window_id: int) -> None:
    """Delete a window. Time that was in maintenance because of it counts for uptime again.

    Raises:
        NotFound: The window does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove, window_id)
    _announce(window_id)


def _create(db: Session, data: MaintenanceWindowCreate) -> MaintenanceWindow:
    _require_subject(db, data.website_id, data.tag_id)
    window = MaintenanceWindowCRUD.create(db, data)
    note(db, "maintenance.add", _named(window))
    return window


def _update(db: Session, window_id: int, data: MaintenanceWindowUpdate) -> MaintenanceWindow:
    _require_subject(db, data.website_id, data.tag_id)
    window = MaintenanceWindowCRUD.update(db, window_id, data)
    note(db, "maintenance.change", _named(window), fields=sorted(data.model_fields_set))
    return window


def _end_now(db: Session, window_id: int) -> MaintenanceWindow:
    window = MaintenanceWindowCRUD.end_now(db, window_id, utc_now())
    note(db, "maintenance.end", _named(window))
    return window


def _remove(db: Session, window_id: int) -> None:
    window = require_row(db, MaintenanceWindow, window_id)
    note(db, "maintenance.delete", _named(window))
    MaintenanceWindowCRUD.delete(db, window_id)


def _require_subject(db: Session, website_id: int | None, tag_id: int | None) -> None:
    if website_id is not None and db.get(Website, website_id) is None:
        raise InvalidInput(f"There is no website {website_id}.")
    if tag_id is not None and db.get(Tag, tag_id) is None:
        raise InvalidInput(f"There is no tag {tag_id}.")


def _named(window: MaintenanceWindow) -> str:
    return f"maintenance window {window.id} {window.name}"


def _announce(window_id: int) -> None:
    signals.maintenance_changed.send(signals.MaintenanceChanged(window_id=window_id))
