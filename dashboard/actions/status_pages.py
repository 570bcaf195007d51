"""Adds, changes and deletes status pages and their subscribers."""

import asyncio
from typing import Any

from sqlalchemy.orm import Session

from core.accounts import passwords
from core.accounts.actor import Permission
from core.database import in_session
from core.errors import NotFound
from core.models import StatusPage
from core.schemas.status_page import StatusPageCreate, StatusPageRead, StatusPageUpdate
from core.services import StatusPageCRUD, StatusSubscriberCRUD, status_groups
from core.services.rows import require_row
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.status.cache import cache


def read_all(db: Session, *, skip: int, limit: int) -> tuple[list[StatusPageRead], int]:
    """Return status pages with their groups, by title, and the number of all."""
    pages, total = StatusPageCRUD.get_all(db, skip, limit)
    groups = status_groups.stored(db, [page.id for page in pages])
    return [_read(page, groups[page.id]) for page in pages], total


def read_one(db: Session, page_id: int) -> StatusPageRead:
    """Return one status page with its groups.

    Raises:
        NotFound: The page does not exist.
    """
    page = require_row(db, StatusPage, page_id)
    return _read(page, status_groups.stored(db, [page_id])[page_id])


async def add(fields: dict[str, Any]) -> StatusPageRead:
    """Add a page.

    Raises:
        InvalidInput: A field is invalid, or refers to something that does not exist.
        AlreadyExists: Another page has the same address or domain.
    """
    require(Permission.WRITE)
    data = StatusPageCreate.checked(fields)
    page_id = await in_session(_create, data, await _hashed(data.password))
    cache.forget()
    return await in_session(read_one, page_id)


async def change(page_id: int, fields: dict[str, Any]) -> StatusPageRead:
    """Change the given fields of `StatusPageUpdate`.

    Raises:
        InvalidInput: A field is invalid, or refers to something that does not exist.
        AlreadyExists: Another page has the same address or domain.
        NotFound: The page does not exist.
    """
    require(Permission.WRITE)
    data = StatusPageUpdate.checked(fields)
    await in_session(_update, page_id, data, await _hashed(data.password))
    cache.forget()
    return await in_session(read_one, page_id)


async def remove(page_id: int) -> None:
    """Delete a page with its subscribers.

    Raises:
        NotFound: The page does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove, page_id)
    cache.forget()


async def remove_subscriber(page_id: int, subscriber_id: int) -> None:
    """Delete a subscriber.

    Raises:
        NotFound: The page has no such subscriber.
    """
    require(Permission.WRITE)
    if not await in_session(_remove_subscriber, page_id, subscriber_id):
        raise NotFound(f"The status page {page_id} has no subscriber {subscriber_id}.")


async def _hashed(password: Any) -> str | None:
    return await asyncio.to_thread(passwords.hashed, password.get_secret_value()) if password else None


def _read(page: StatusPage, groups: list[Any]) -> StatusPageRead:
    read = StatusPageRead.model_validate(page)
    return read.model_copy(update={"groups": groups, "has_password": page.password_hash is not None})


def _create(db: Session, data: StatusPageCreate, password_hash: str | None) -> int:
    page = StatusPageCRUD.create(db, data, password_hash)
    note(db, "status_page.add", f"status page {page.slug}")
    return page.id


def _update(db: Session, page_id: int, data: StatusPageUpdate, password_hash: str | None) -> None:
    page = StatusPageCRUD.update(db, page_id, data, password_hash)
    note(db, "status_page.change", f"status page {page.slug}", fields=sorted(data.model_fields_set))


def _remove(db: Session, page_id: int) -> None:
    page = require_row(db, StatusPage, page_id)
    note(db, "status_page.delete", f"status page {page.slug}")
    StatusPageCRUD.delete(db, page_id)


def _remove_subscriber(db: Session, page_id: int, subscriber_id: int) -> bool:
    is_gone = StatusSubscriberCRUD.delete(db, page_id, subscriber_id)
    if is_gone:
        note(db, "status_page.unsubscribe", f"subscriber {subscriber_id} of status page {page_id}")
    return is_gone
