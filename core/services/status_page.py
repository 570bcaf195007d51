"""All SQL about status pages and their updates."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import AlreadyExists, InvalidInput
from core.models import ChannelKind, NotificationChannel, StatusPage, WindowUpdate
from core.schemas.status_page import StatusPageCreate, StatusPageUpdate, WindowUpdateCreate
from core.services import status_groups
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row


class StatusPageCRUD:
    """Create, read, update and delete status pages. The caller hashes passwords."""

    @staticmethod
    def create(db: Session, data: StatusPageCreate, password_hash: str | None) -> StatusPage:
        """Store a page.

        Raises:
            AlreadyExists: Another page has its address or domain.
            InvalidInput: It names a website, tag or channel that is not there, or a channel that sends no e-mail.
        """
        _refuse_duplicate(db, data.slug, data.domain)
        _require_channel(db, data.channel_id)
        fields = data.model_dump(exclude={"groups", "password"})
        page = StatusPage(**fields, password_hash=password_hash)
        db.add(page)
        db.flush()
        status_groups.put(db, page.id, data.groups)
        return page

    @staticmethod
    def get_by_slug(db: Session, slug: str) -> StatusPage | None:
        return db.scalar(select(StatusPage).where(StatusPage.slug == slug))

    @staticmethod
    def domains(db: Session) -> dict[str, str]:
        """Return the slugs of pages with a domain, by domain."""
        query = select(StatusPage.domain, StatusPage.slug).where(StatusPage.domain.is_not(None))
        return {str(domain): slug for domain, slug in db.execute(query)}

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[StatusPage], int]:
        """Return status pages by title, and the total."""
        return page_of(db, select(StatusPage).order_by(StatusPage.title, StatusPage.id), skip=skip, limit=limit)

    @staticmethod
    def update(db: Session, page_id: int, data: StatusPageUpdate, password_hash: str | None = None) -> StatusPage:
        """Apply *data* and return the page. *password_hash* belongs to a given password.

        Raises:
            NotFound: There is no such page.
            AlreadyExists: Another page has the address or the domain.
            InvalidInput: It names a website, tag or channel that is not there, or a channel that sends no e-mail.
        """
        page = require_row(db, StatusPage, page_id)
        changes = data.changes()
        _refuse_duplicate(db, changes.get("slug"), changes.get("domain"), but_for=page_id)
        _require_channel(db, changes.get("channel_id"))
        if "password" in changes:
            page.password_hash = password_hash
        changes.pop("password", None)
        if changes.pop("groups", None) is not None:
            status_groups.put(db, page_id, data.groups or [])
        apply_changes(page, changes)
        db.flush()
        return page

    @staticmethod
    def delete(db: Session, page_id: int) -> bool:
        """Delete a page with its subscribers; returns False if it does not exist."""
        return delete_row(db, db.get(StatusPage, page_id))


class WindowUpdateCRUD:
    """Create and read updates about downtime windows for readers of status pages."""

    @staticmethod
    def create(db: Session, window_id: int, data: WindowUpdateCreate, author: str) -> WindowUpdate:
        return add_row(db, WindowUpdate(window_id=window_id, author=author, **data.model_dump()))

    @staticmethod
    def get_by_windows(db: Session, window_ids: Sequence[int]) -> dict[int, list[WindowUpdate]]:
        """Return the updates of each window that has any, newest first."""
        query = (
            select(WindowUpdate)
            .where(WindowUpdate.window_id.in_(window_ids))
            .order_by(WindowUpdate.created_at.desc(), WindowUpdate.id.desc())
        )
        found: dict[int, list[WindowUpdate]] = {}
        for update in db.scalars(query):
            found.setdefault(update.window_id, []).append(update)
        return found


def _require_channel(db: Session, channel_id: int | None) -> None:
    if channel_id is None:
        return
    channel = db.get(NotificationChannel, channel_id)
    if channel is None:
        raise InvalidInput(f"There is no channel {channel_id}.")
    if channel.kind is not ChannelKind.EMAIL:
        raise InvalidInput(f"{channel.name} is not an e-mail channel. Choose an e-mail channel for subscribers.")


def _refuse_duplicate(db: Session, slug: str | None, domain: str | None, *, but_for: int | None = None) -> None:
    for column, value in ((StatusPage.slug, slug), (StatusPage.domain, domain)):
        if value is not None:
            there = db.scalar(select(StatusPage.id).where(column == value))
            if there is not None and there != but_for:
                raise AlreadyExists.of(column.key, f"A status page at {value} already exists.")
