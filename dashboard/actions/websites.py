"""Adds, changes, checks and deletes websites; `bulk_edit` changes many at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.database import in_session
from core.debugging.browsers.devices import find_device
from core.errors import BrowserError, NotFound, require_found
from core.models import Website, WebsiteState
from core.schemas import WebsiteCreate, WebsiteListed, WebsiteRead, WebsiteUpdate
from core.services import TagCRUD, WebsiteCRUD, dependency, regions, statistics
from core.services.rows import require_row
from core.workers.monitor_link import MonitorLink
from dashboard.audit import note
from dashboard.current_actor import require

CHECKED_TOGETHER = 20  # websites: enough for a person who waits, without delaying the monitor's own checks


def read_one(db: Session, website: Website) -> WebsiteRead:
    """Return a website as the schema for callers outside, with its tags."""
    tags = TagCRUD.names_of(db, website.id)
    return WebsiteRead.model_validate(website).model_copy(update={"tags": tags})


def read_all(
    db: Session,
    *,
    skip: int,
    limit: int,
    active_only: bool = False,
    tag: str | None = None,
    words: str | None = None,
    url: str | None = None,
) -> tuple[list[WebsiteListed], int]:
    """Return websites with their tags and last status, oldest first, and the number of all."""
    items, total = WebsiteCRUD.get_all(db, skip, limit, active_only, tag, words=words, url=url)
    ids = [item.id for item in items]
    tags, states = TagCRUD.of_websites(db, ids), statistics.current_states(db, ids)
    return [
        WebsiteListed.model_validate(item).model_copy(
            update={"tags": [tag.name for tag in tags.get(item.id, [])]} | last_said(states.get(item.id))
        )
        for item in items
    ], total


def last_said(state: WebsiteState | None) -> dict[str, Any]:
    """Return the fields of `WebsiteListed` that the last check sets; none if the website was never checked."""
    if state is None:
        return {}
    return {
        "current_status": state.status,
        "last_checked_at": state.checked_at,
        "last_response_time_ms": state.response_time_ms,
    }


async def add(fields: dict[str, Any]) -> Website:
    """Add a website.

    Args:
        fields: The fields of `WebsiteCreate`; only ``url`` is required.

    Raises:
        InvalidInput: A field is invalid.
        AlreadyExists: A website with this URL exists.
    """
    require(Permission.WRITE)
    data = WebsiteCreate.checked(fields)
    await _require_device(data.session_defaults)
    website = await in_session(_create, data)
    announce(website.id)
    return website


async def change(website_id: int, fields: dict[str, Any]) -> Website:
    """Change the given fields of `WebsiteUpdate`.

    Raises:
        InvalidInput: A field is invalid, alone or with others.
        AlreadyExists: Another website has the new URL.
        NotFound: The website does not exist.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(fields)
    await _require_device(data.session_defaults)
    website = await in_session(write_changes, website_id, data)
    announce(website_id)
    return website


async def _require_device(options: dict[str, Any] | None) -> None:
    with suppress(BrowserError):  # without a driver nobody knows the devices; a session asks again
        await find_device((options or {}).get("device"))


async def remove(website_id: int) -> None:
    """Delete a website and everything recorded about it.

    Raises:
        NotFound: The website does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove, website_id)
    announce(website_id)


async def check_now(monitor: MonitorLink, website_id: int) -> None:
    """Check a website now, regardless of its schedule.

    Raises:
        NotFound: The website does not exist.
        MonitorUnavailable: No monitor answered.
    """
    require(Permission.WRITE)
    await in_session(_note_check, website_id)
    await monitor.check_now(website_id)


async def check_all_now(monitor: MonitorLink, website_ids: Sequence[int]) -> None:
    """Check each of the websites now, some at a time. Websites that do not exist are skipped.

    Raises:
        MonitorUnavailable: No monitor answered for one of them; the remaining ones were not tried.
    """
    require(Permission.WRITE)
    free = asyncio.Semaphore(CHECKED_TOGETHER)

    async def check(website_id: int) -> None:
        async with free:
            with suppress(NotFound):
                await check_now(monitor, website_id)

    try:
        async with asyncio.TaskGroup() as checks:
            for website_id in website_ids:
                checks.create_task(check(website_id))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed


def as_names(text: str) -> list[str]:
    """Return the tags or regions in *text*: separated by commas, in lower case, without duplicates."""
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip().lower())))


def _create(db: Session, data: WebsiteCreate) -> Website:
    dependency.check(db, None, data.url, data.depends_on)
    regions.require_shared_store(db, data.regions)
    website = WebsiteCRUD.create(db, data)
    note(db, "website.add", _named(website))
    return website


def write_changes(db: Session, website_id: int, data: WebsiteUpdate) -> Website:
    """Store *data* and note it in the audit log. Call `announce` after the transaction.

    Raises:
        AlreadyExists: Another website has the new URL.
        InvalidInput: A field is invalid with the website's other fields.
        NotFound: The website does not exist.
    """
    website = require_found(WebsiteCRUD.update(db, website_id, data), f"website {website_id}")
    regions.require_shared_store(db, data.regions)
    if data.depends_on is not None:
        dependency.check(db, website_id, website.url, data.depends_on)
    note(db, "website.change", _named(website), fields=sorted(data.model_fields_set))
    return website


def _remove(db: Session, website_id: int) -> None:
    website = require_row(db, Website, website_id)
    note(db, "website.delete", _named(website))
    WebsiteCRUD.delete(db, website_id)


def _note_check(db: Session, website_id: int) -> None:
    website = require_row(db, Website, website_id)
    note(db, "website.check_now", _named(website))


def _named(website: Website) -> str:
    return f"website {website.id} {website.name}"


def announce(website_id: int) -> None:
    """Tell open pages and the monitor that a website was added, changed or deleted."""
    signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))
