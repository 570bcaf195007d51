"""All SQL about websites."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import AlreadyExists, InvalidInput
from core.input_messages import sentence
from core.models import Tag, Website, WebsiteTag
from core.schemas.region import check_quorum_fits
from core.schemas.url import display_url, normalise_url, spellings
from core.schemas.website import WebsiteCreate, WebsiteUpdate, check_timeout_fits
from core.services import coverage, dependency, pause, region_state
from core.services.downtime_window import DowntimeWindowCRUD
from core.services.rows import apply_changes, delete_row, page_of
from core.services.tag import TagCRUD
from core.services.website_secrets import with_secrets


class WebsiteName(NamedTuple):
    """A website's id, name and URL, for choosing from a list."""

    id: int
    name: str
    url: str


class WebsiteCRUD:
    """Create, read, update and delete websites. Methods flush and never commit."""

    @staticmethod
    def create(db: Session, data: WebsiteCreate) -> Website:
        """Store a website.

        Raises:
            AlreadyExists: Another website has this URL.
            InvalidInput: A check option is masked.
        """
        fields = with_secrets(data.model_dump(exclude={"tags"}), None)
        website = Website(**fields)
        _refuse_duplicate(db, website.url)
        db.add(website)
        _flush(db, website.url)
        if data.tags:
            TagCRUD.set_for_website(db, website.id, data.tags)
        return website

    @staticmethod
    def get_by_id(db: Session, website_id: int) -> Website | None:
        return db.get(Website, website_id)

    @staticmethod
    def get_by_url(db: Session, url: str) -> Website | None:
        """Return the website with this URL, in any spelling that `normalise_url` considers equal."""
        try:
            url = normalise_url(url)
        except ValueError:
            return None
        return db.scalar(select(Website).where(Website.url.in_(spellings(url))).order_by(Website.id).limit(1))

    @staticmethod
    def get_by_origin(db: Session, scheme: str, netloc: str) -> Website | None:
        """Return the oldest website with this scheme, host and port, whatever its credentials."""
        host = netloc.rpartition("@")[2]
        query = select(Website).where(Website.url.contains(host, autoescape=True)).order_by(Website.id)
        found = (website for website in db.scalars(query) if _origin(website.url) == (scheme, host))
        return next(found, None)

    @staticmethod
    def get_all(
        db: Session,
        skip: int = 0,
        limit: int = 50,
        active_only: bool = False,
        tag: str | None = None,
        *,
        words: str | None = None,
        url: str | None = None,
    ) -> tuple[list[Website], int]:
        """Return websites by id and their total, filtered by *tag*, by *words* in name or URL, or by shown *url*."""
        query = select(Website).order_by(Website.id)
        if active_only:
            query = query.where(Website.is_active)
        if tag is not None:
            query = query.where(_has_tag(tag))
        if words is not None:
            query = query.where(
                or_(*(column.icontains(words, autoescape=True) for column in (Website.name, Website.url)))
            )
        if url is not None:
            named = dependency.named(db, url)
            query = query.where(false() if named is None else Website.id == named.id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def get_names(db: Session, tag: str | None = None) -> list[WebsiteName]:
        """Return the names of all websites, or those with *tag*, by id. Costs a tenth of reading the websites."""
        query = select(Website.id, Website.name, Website.url).order_by(Website.id)
        if tag is not None:
            query = query.where(_has_tag(tag))
        return [WebsiteName(*row) for row in db.execute(query)]

    @staticmethod
    def get_active_websites(db: Session) -> list[Website]:
        """Return all active websites, by URL."""
        return list(db.scalars(select(Website).where(Website.is_active).order_by(Website.url)))

    @staticmethod
    def get_active_versions(db: Session) -> dict[int, datetime]:
        """Return when each active website was last changed, by id. Cheap, because it reads nothing else."""
        return dict(db.execute(select(Website.id, Website.updated_at).where(Website.is_active)).all())

    @staticmethod
    def get_after(db: Session, website_id: int, limit: int) -> list[Website]:
        """Return the next *limit* websites after *website_id*, by id, for reading all websites page by page."""
        return list(db.scalars(select(Website).where(Website.id > website_id).order_by(Website.id).limit(limit)))

    @staticmethod
    def get_by_ids(db: Session, website_ids: Collection[int], *, is_locked: bool = False) -> list[Website]:
        """Return those of these websites that exist, by id; locked, nobody else changes them in this transaction."""
        query = select(Website).where(Website.id.in_(website_ids)).order_by(Website.id)
        return list(db.scalars(query.with_for_update() if is_locked else query))

    @staticmethod
    def update(db: Session, website_id: int, data: WebsiteUpdate) -> Website | None:
        """Apply *data* and return the website; None if it does not exist.

        Raises:
            AlreadyExists: Another website has the new URL.
            InvalidInput: The timeout would exceed the interval, a mask replaces a secret that is not stored, or the
                new URL has an origin to which the stored secrets must not be sent.
        """
        website = db.get(Website, website_id)
        if website is None:
            return None
        changes = with_secrets(_fitting(website, data.changes()), website)
        if changes.get("url", website.url) != website.url:
            _refuse_duplicate(db, changes["url"], but_for=website_id)
            dependency.rename(db, website.url, changes["url"])
        if website.is_active and changes.get("is_active") is False:
            _begin_pause(db, website_id, pause.beginning(db, website_id, utc_now()))
        if not website.is_active and changes.get("is_active"):
            pause.end(db, website_id, utc_now())
        if "regions" in changes:
            region_state.forget(db, website_id, but=changes["regions"])
        tags = changes.pop("tags", None)
        apply_changes(website, changes)
        if tags is not None:
            TagCRUD.set_for_website(db, website_id, tags)
        _flush(db, website.url)
        return website

    @staticmethod
    def delete(db: Session, website_id: int) -> bool:
        """Delete a website with all its data; returns False if it does not exist."""
        website = db.get(Website, website_id)
        if website is not None:
            dependency.rename(db, website.url, None)
        return delete_row(db, website)

    @staticmethod
    def check_key(db: Session) -> None:
        """Decrypt all sealed columns, to verify the key at the start.

        Raises:
            StoreError: Something was sealed with another key.
        """
        columns = (Website.session_defaults, Website.check_options)
        db.execute(select(*columns).where(or_(*(column.is_not(None) for column in columns)))).all()


def _fitting(website: Website, changes: dict[str, Any]) -> dict[str, Any]:
    """Return *changes*, completed and validated together with the unchanged fields of *website*."""
    if "regions" in changes and not changes["regions"]:
        changes = {"quorum": None} | changes
    fields = {
        name: changes.get(name, getattr(website, name)) for name in ("regions", "quorum", "timeout", "check_interval")
    }
    try:
        check_quorum_fits(fields["regions"], fields["quorum"])
        check_timeout_fits(fields["timeout"], fields["check_interval"])
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error
    return changes


def _begin_pause(db: Session, website_id: int, now: datetime) -> None:
    """Pause a website: end its coverage, region states and open downtime window."""
    coverage.end(db, website_id, now)
    region_state.forget(db, website_id, but=None)
    DowntimeWindowCRUD.end_unknown(db, website_id, now)
    pause.begin(db, website_id, now)


def _has_tag(tag: str) -> ColumnElement[bool]:
    return Website.id.in_(select(WebsiteTag.website_id).join(Tag).where(Tag.name == tag.strip().lower()))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2]


def _refuse_duplicate(db: Session, url: str, *, but_for: int | None = None) -> None:
    ids = db.scalars(select(Website.id).where(Website.url.in_(spellings(url))))
    if any(website_id != but_for for website_id in ids):
        raise AlreadyExists.of("url", f"{display_url(url)} already exists.")


def _flush(db: Session, url: str) -> None:
    try:
        db.flush()
    except IntegrityError as error:  # another writer added it after `_refuse_duplicate`
        if "url" in str(error.orig).lower() and "unique" in str(error.orig).lower():
            raise AlreadyExists.of("url", f"{display_url(url)} already exists.") from error
        raise
