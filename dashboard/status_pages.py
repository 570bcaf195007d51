"""What people and programs do to status pages: make them, write for their readers, let readers subscribe."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts import passwords
from core.accounts.actor import Permission
from core.accounts.throttle import allowed_at, is_forgotten
from core.clock import utc_now
from core.database import in_session
from core.errors import InvalidInput, NotFound, SignInRefused
from core.models import DowntimeWindow, StatusPage, WindowUpdate
from core.notifications import status_mail
from core.schemas.status_page import (
    StatusPageCreate,
    StatusPageRead,
    StatusPageUpdate,
    Subscription,
    WindowUpdateCreate,
)
from core.services import StatusPageCRUD, StatusSubscriberCRUD, WindowUpdateCRUD
from dashboard.acting import require
from dashboard.audit import note

AGAIN_AFTER = timedelta(minutes=10)  # between two mails that ask the same address to confirm
AN_HOUR = timedelta(hours=1)
MOST_ASKED = 100  # addresses of a page that are asked to confirm within an hour: nobody shall send mail through us

_failures: dict[str, tuple[int, datetime]] = {}


def read_all(db: Session, *, skip: int, limit: int) -> tuple[list[StatusPageRead], int]:
    """Pages with what they show, by title; and how many there are."""
    pages, total = StatusPageCRUD.get_all(db, skip, limit)
    groups = StatusPageCRUD.groups_of(db, [page.id for page in pages])
    return [_read(page, groups[page.id]) for page in pages], total


def read_one(db: Session, page_id: int) -> StatusPageRead:
    """One page with what it shows.

    Raises:
        NotFound: There is no such page.
    """
    page = StatusPageCRUD.get_by_id(db, page_id)
    if page is None:
        raise _missing(page_id)
    return _read(page, StatusPageCRUD.groups_of(db, [page_id])[page_id])


async def add(given: dict[str, Any]) -> StatusPageRead:
    """Add a page.

    Raises:
        InvalidInput: A field cannot be used, or names what is not there.
        AlreadyExists: Another page has its address or domain.
        NotAllowed: Who acts may not change what is told.
    """
    require(Permission.WRITE)
    data = StatusPageCreate.checked(given)
    page_id = await in_session(_create, data, await _hashed(data.password))
    return await in_session(read_one, page_id)


async def change(page_id: int, given: dict[str, Any]) -> StatusPageRead:
    """Change the fields of `StatusPageUpdate` that are *given*.

    Raises:
        InvalidInput: A field cannot be used, or names what is not there.
        AlreadyExists: Another page has its address or domain.
        NotFound: There is no such page.
        NotAllowed: Who acts may not change what is told.
    """
    require(Permission.WRITE)
    data = StatusPageUpdate.checked(given)
    await in_session(_update, page_id, data, await _hashed(data.password))
    return await in_session(read_one, page_id)


async def remove(page_id: int) -> None:
    """Delete a page with its subscribers.

    Raises:
        NotFound: There is no such page.
        NotAllowed: Who acts may not change what is told.
    """
    require(Permission.WRITE)
    await in_session(_remove, page_id)


async def write_update(window_id: int, given: dict[str, Any]) -> WindowUpdate:
    """Write about a downtime window for the readers of status pages; subscribers are told.

    Raises:
        InvalidInput: A field cannot be used.
        NotFound: There is no such window.
        NotAllowed: Who acts may not write.
    """
    actor = require(Permission.WRITE)
    data = WindowUpdateCreate.checked(given)
    website_id, written = await in_session(_write, window_id, data, actor.name)
    signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))
    return written


async def remove_subscriber(page_id: int, subscriber_id: int) -> None:
    """Forget a subscriber.

    Raises:
        NotFound: The page has no such subscriber.
        NotAllowed: Who acts may not change what is told.
    """
    require(Permission.WRITE)
    if not await in_session(_remove_subscriber, page_id, subscriber_id):
        raise NotFound(f"The status page {page_id} has no subscriber {subscriber_id}.")


async def subscribe(slug: str, email: str) -> None:
    """Ask *email* whether it wants to be told of the page at *slug*; anybody may.

    Raises:
        InvalidInput: It is no address, or too many were entered lately.
        NotFound: Nobody can subscribe there.
    """
    data = Subscription.checked({"email": email.strip().lower()})
    await in_session(_subscribe, slug, data.email)


async def confirm(slug: str, token: str) -> bool:
    """The owner of an address wants to be told; False where the token is no subscriber's."""
    return await in_session(_confirm, slug, token)


async def unsubscribe(slug: str, token: str) -> None:
    """Forget an address; nothing happens where the token is no subscriber's."""
    await in_session(_unsubscribe, slug, token)


async def check_password(slug: str, password_hash: str | None, password: str, address: str) -> None:
    """See that *password* is the page's.

    Raises:
        SignInRefused: It is not, or was tried too often from this address.
    """
    now, subject = utc_now(), f"address:{slug}:{address}"
    failures, last = _failures.get(subject, (0, now))
    if is_forgotten(last, now):
        failures = 0
    if failures and now < allowed_at("address:", failures, last):
        raise SignInRefused("That was tried too often; wait a little.")
    if await asyncio.to_thread(passwords.verifies, password[:512], password_hash):
        _failures.pop(subject, None)
        return
    if len(_failures) > 10_000:
        _failures.clear()
    _failures[subject] = (failures + 1, now)
    raise SignInRefused("That is not the password of this page.")


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
    if page is None:
        raise _missing(page_id)
    note(db, "status_page.change", f"status page {page.slug}", fields=sorted(data.model_fields_set))


def _remove(db: Session, page_id: int) -> None:
    page = StatusPageCRUD.get_by_id(db, page_id)
    if page is None:
        raise _missing(page_id)
    note(db, "status_page.delete", f"status page {page.slug}")
    StatusPageCRUD.delete(db, page_id)


def _write(db: Session, window_id: int, data: WindowUpdateCreate, author: str) -> tuple[int, WindowUpdate]:
    window = db.get(DowntimeWindow, window_id)
    if window is None:
        raise NotFound(f"There is no downtime window {window_id}.")
    written = WindowUpdateCRUD.create(db, window_id, data, author)
    status_mail.announce_update(db, window, written, utc_now())
    note(db, "downtime_window.update", f"downtime window {window_id}", stage=data.stage)
    return window.website_id, written


def _remove_subscriber(db: Session, page_id: int, subscriber_id: int) -> bool:
    note(db, "status_page.unsubscribe", f"subscriber {subscriber_id} of status page {page_id}")
    return StatusSubscriberCRUD.delete(db, page_id, subscriber_id)


def _subscribe(db: Session, slug: str, email: str) -> None:
    page = StatusPageCRUD.get_by_slug(db, slug)
    if page is None or page.channel_id is None or not page.is_published:
        raise NotFound("Nobody can subscribe to this page.")
    now = utc_now()
    if StatusSubscriberCRUD.asked_since(db, page.id, now - AN_HOUR) >= MOST_ASKED:
        raise InvalidInput("Too many addresses were entered lately; try again in an hour.")
    subscriber = StatusSubscriberCRUD.ask(db, page.id, email, now, again_after=AGAIN_AFTER)
    if subscriber is not None:
        status_mail.ask(db, subscriber, page, now)


def _confirm(db: Session, slug: str, token: str) -> bool:
    subscriber = StatusSubscriberCRUD.get_by_token(db, token)
    page = StatusPageCRUD.get_by_slug(db, slug)
    if subscriber is None or page is None or subscriber.page_id != page.id:
        return False
    subscriber.confirmed_at = subscriber.confirmed_at or utc_now()
    return True


def _unsubscribe(db: Session, slug: str, token: str) -> None:
    subscriber = StatusSubscriberCRUD.get_by_token(db, token)
    page = StatusPageCRUD.get_by_slug(db, slug)
    if subscriber is not None and page is not None and subscriber.page_id == page.id:
        status_mail.forget(db, [subscriber])


def _missing(page_id: int) -> NotFound:
    return NotFound(f"There is no status page {page_id}.")
