"""All SQL about status pages and what is written for their readers."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.errors import AlreadyExists, InvalidInput
from core.models import ChannelKind, NotificationChannel, StatusPage, StatusPageEntry, Website, WindowUpdate
from core.schemas.status_page import StatusGroup, StatusPageCreate, StatusPageUpdate, WindowUpdateCreate
from core.services.paging import apply_changes, page_of
from core.store_session import LARGEST_ID


class StatusPageCRUD:
    """Create, read, update and delete status pages; passwords come in hashed by the caller."""

    @staticmethod
    def create(db: Session, data: StatusPageCreate, password_hash: str | None) -> StatusPage:
        """Store a page.

        Raises:
            AlreadyExists: Another page has its address or domain.
            InvalidInput: It names a website or channel that is not there, or a channel that sends no e-mail.
        """
        _refuse_duplicate(db, data.slug, data.domain)
        _require_channel(db, data.channel_id)
        fields = data.model_dump(exclude={"groups", "password"})
        page = StatusPage(**fields, password_hash=password_hash)
        db.add(page)
        db.flush()
        _set_groups(db, page.id, data.groups)
        return page

    @staticmethod
    def get_by_id(db: Session, page_id: int) -> StatusPage | None:
        return db.get(StatusPage, page_id)

    @staticmethod
    def get_by_slug(db: Session, slug: str) -> StatusPage | None:
        return db.scalar(select(StatusPage).where(StatusPage.slug == slug))

    @staticmethod
    def domains(db: Session) -> dict[str, str]:
        """The slug of each page that has a domain, by it."""
        query = select(StatusPage.domain, StatusPage.slug).where(StatusPage.domain.is_not(None))
        return {str(domain): slug for domain, slug in db.execute(query)}

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[StatusPage], int]:
        """Pages by title, and how many there are."""
        return page_of(db, select(StatusPage).order_by(StatusPage.title, StatusPage.id), skip=skip, limit=limit)

    @staticmethod
    def groups_of(db: Session, page_ids: Sequence[int]) -> dict[int, list[StatusGroup]]:
        """What each page shows, in order."""
        query = (
            select(StatusPageEntry)
            .where(StatusPageEntry.page_id.in_(page_ids))
            .order_by(StatusPageEntry.page_id, StatusPageEntry.position)
        )
        found: dict[int, dict[str, StatusGroup]] = {page_id: {} for page_id in page_ids}
        for entry in db.scalars(query):
            group = found[entry.page_id].setdefault(
                entry.group_name, StatusGroup(name=entry.group_name, website_ids=[])
            )
            group.website_ids.append(entry.website_id)
        return {page_id: list(groups.values()) for page_id, groups in found.items()}

    @staticmethod
    def is_shown(db: Session, website_id: int) -> bool:
        """Whether a status page, published or not, shows the website."""
        entry = select(StatusPageEntry.page_id).where(StatusPageEntry.website_id == website_id)
        return db.scalar(entry.limit(1)) is not None

    @staticmethod
    def update(
        db: Session, page_id: int, data: StatusPageUpdate, password_hash: str | None = None
    ) -> StatusPage | None:
        """Change what *data* gives; *password_hash* is that of the password, where one is given. None without a page.

        Raises:
            AlreadyExists: Another page has the address or the domain.
            InvalidInput: It names a website or channel that is not there, or a channel that sends no e-mail.
        """
        page = db.get(StatusPage, page_id)
        if page is None:
            return None
        changes = data.changes()
        _refuse_duplicate(db, changes.get("slug"), changes.get("domain"), but_for=page_id)
        _require_channel(db, changes.get("channel_id"))
        if "password" in changes:
            page.password_hash = password_hash
        changes.pop("password", None)
        if changes.pop("groups", None) is not None:
            _set_groups(db, page_id, data.groups or [])
        apply_changes(page, changes)
        db.flush()
        return page

    @staticmethod
    def delete(db: Session, page_id: int) -> bool:
        """Delete a page with its subscribers; False when there is none."""
        page = db.get(StatusPage, page_id)
        if page is None:
            return False
        db.delete(page)
        db.flush()
        return True


class WindowUpdateCRUD:
    """What was written about downtime windows for the readers of status pages."""

    @staticmethod
    def create(db: Session, window_id: int, data: WindowUpdateCreate, author: str) -> WindowUpdate:
        update = WindowUpdate(window_id=window_id, author=author, **data.model_dump())
        db.add(update)
        db.flush()
        return update

    @staticmethod
    def get_by_windows(db: Session, window_ids: Sequence[int]) -> dict[int, list[WindowUpdate]]:
        """The updates of each window that has any, the newest first."""
        query = (
            select(WindowUpdate)
            .where(WindowUpdate.window_id.in_(window_ids))
            .order_by(WindowUpdate.created_at.desc(), WindowUpdate.id.desc())
        )
        found: dict[int, list[WindowUpdate]] = {}
        for update in db.scalars(query):
            found.setdefault(update.window_id, []).append(update)
        return found


def _set_groups(db: Session, page_id: int, groups: Sequence[StatusGroup]) -> None:
    ids = [(group.name, website_id) for group in groups for website_id in group.website_ids]
    wanted = {website_id for _name, website_id in ids}
    possible = [website_id for website_id in wanted if website_id <= LARGEST_ID]
    missing = wanted - set(db.scalars(select(Website.id).where(Website.id.in_(possible))))
    if missing:
        raise InvalidInput(f"There is no website {min(missing)}.")
    db.execute(delete(StatusPageEntry).where(StatusPageEntry.page_id == page_id))
    rows = [
        {"page_id": page_id, "website_id": website_id, "group_name": name, "position": position}
        for position, (name, website_id) in enumerate(ids)
    ]
    if rows:
        db.execute(insert(StatusPageEntry), rows)


def _require_channel(db: Session, channel_id: int | None) -> None:
    if channel_id is None:
        return
    channel = db.get(NotificationChannel, channel_id)
    if channel is None:
        raise InvalidInput(f"There is no channel {channel_id}.")
    if channel.kind is not ChannelKind.EMAIL:
        raise InvalidInput(f"Subscribers are told by e-mail, and {channel.name} is none; choose an e-mail channel.")


def _refuse_duplicate(db: Session, slug: str | None, domain: str | None, *, but_for: int | None = None) -> None:
    for column, value in ((StatusPage.slug, slug), (StatusPage.domain, domain)):
        if value is not None:
            there = db.scalar(select(StatusPage.id).where(column == value))
            if there is not None and there != but_for:
                raise AlreadyExists.of(column.key, f"There is a status page at {value} already.")
