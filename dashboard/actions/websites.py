"""Adds, changes, checks and deletes websites."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.database import in_session
from core.errors import InvalidInput, NotFound, require_found
from core.models import Website, WebsiteState
from core.schemas import TagCreate, WebsiteCreate, WebsiteListed, WebsiteRead, WebsiteUpdate
from core.schemas.website import check_timeout_fits
from core.services import TagCRUD, WebsiteCRUD, dependency, regions, statistics
from core.workers.monitor_link import MonitorLink
from dashboard.audit import note
from dashboard.current_actor import require

BATCH_SIZE = 200  # websites per transaction: about 0.1 s, in which nobody else can write
CHECKED_TOGETHER = 20  # websites: enough for a person who waits, without delaying the monitor's own checks


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEdit:
    """What one edit of many websites changed."""

    before: Mapping[int, Mapping[str, Any]]
    """The former values of the fields that changed, by the website's id."""
    after: Mapping[str, Any]


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
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    data = WebsiteCreate.checked(fields)
    website = await in_session(_create, data)
    _announce(website.id)
    return website


async def change(website_id: int, fields: dict[str, Any]) -> Website:
    """Change the given fields of `WebsiteUpdate`.

    Raises:
        InvalidInput: A field is invalid, alone or with others.
        AlreadyExists: Another website has the new URL.
        NotFound: The website does not exist.
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(fields)
    website = await in_session(_update, website_id, data)
    _announce(website_id)
    return website


async def set_active(website_ids: Sequence[int], *, is_active: bool) -> None:
    """Pause or resume each of the websites. Websites that do not exist are skipped.

    Raises:
        NotAllowed: The actor lacks the write permission.
    """
    await change_all(website_ids, {"is_active": is_active})


async def change_all(website_ids: Sequence[int], fields: dict[str, Any]) -> BulkEdit:
    """Change the given fields of `WebsiteUpdate` on each of the websites; on none if the values do not fit one of them.

    Websites that do not exist are skipped.

    Raises:
        InvalidInput: A field is invalid, alone or with a website's other fields.
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(fields)
    await in_session(_require_fits, website_ids, data)
    before: dict[int, Mapping[str, Any]] = {}
    for some in _batches(website_ids):
        before |= await in_session(_update_all, some, data)
        for website_id in some:
            _announce(website_id)
    return BulkEdit(before=before, after=data.changes())


async def undo(edit: BulkEdit) -> list[str]:
    """Restore the values that *edit* changed. Values that somebody else has changed since stay.

    Returns:
        The names of the websites on which a value stays. Deleted websites are skipped.

    Raises:
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    kept: list[str] = []
    for some in _batches(list(edit.before)):
        kept += await in_session(_undo, some, edit)
        for website_id in some:
            _announce(website_id)
    return kept


async def change_tags(website_ids: Sequence[int], tag: str, *, is_added: bool) -> None:
    """Add *tag* to each of the websites, or remove it.

    Raises:
        InvalidInput: The name is not a valid tag.
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    name = TagCreate.checked({"name": tag}).name
    await in_session(_change_tags, website_ids, name, is_added=is_added)
    for website_id in website_ids:
        _announce(website_id)


async def remove(website_id: int) -> None:
    """Delete a website and everything recorded about it.

    Raises:
        NotFound: The website does not exist.
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    await in_session(_remove, website_id)
    _announce(website_id)


async def check_now(monitor: MonitorLink, website_id: int) -> None:
    """Check a website now, regardless of its schedule.

    Raises:
        NotFound: The website does not exist.
        MonitorUnavailable: No monitor answered.
        NotAllowed: The actor lacks the write permission.
    """
    require(Permission.WRITE)
    await in_session(_note_check, website_id)
    await monitor.check_now(website_id)


async def check_all_now(monitor: MonitorLink, website_ids: Sequence[int]) -> None:
    """Check each of the websites now, some at a time. Websites that do not exist are skipped.

    Raises:
        MonitorUnavailable: No monitor answered for one of them; the remaining ones were not tried.
        NotAllowed: The actor lacks the write permission.
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


def _update(db: Session, website_id: int, data: WebsiteUpdate) -> Website:
    website = require_found(WebsiteCRUD.update(db, website_id, data), f"website {website_id}")
    regions.require_shared_store(db, data.regions)
    if data.depends_on is not None:
        dependency.check(db, website_id, website.url, data.depends_on)
    note(db, "website.change", _named(website), fields=sorted(data.model_fields_set))
    return website


def _require_fits(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> None:
    """Refuse a timeout longer than the interval before anything changes. The message names the first such website."""
    for website in WebsiteCRUD.get_by_ids(db, website_ids):
        try:
            check_timeout_fits(data.timeout or website.timeout, data.check_interval or website.check_interval)
        except ValueError as error:
            raise InvalidInput(f"{website.name}: {error}.") from error


def _batches(website_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(website_ids), BATCH_SIZE):
        yield website_ids[start : start + BATCH_SIZE]


def _update_all(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> dict[int, Mapping[str, Any]]:
    """Change the websites; return the former values of the fields that changed, by id."""
    before: dict[int, Mapping[str, Any]] = {}
    for website in WebsiteCRUD.get_by_ids(db, website_ids, is_locked=True):
        former = {name: getattr(website, name) for name in data.changes()}
        _update(db, website.id, data)
        before[website.id] = {name: value for name, value in former.items() if value != getattr(website, name)}
    return before


def _undo(db: Session, website_ids: Sequence[int], edit: BulkEdit) -> list[str]:
    """Restore the websites' values that are as *edit* left them; return the names of websites on which others stay."""
    kept = []
    for website in WebsiteCRUD.get_by_ids(db, website_ids, is_locked=True):
        before = edit.before[website.id]
        ours = {name: value for name, value in before.items() if getattr(website, name) == edit.after[name]}
        try:
            if ours:
                _update(db, website.id, WebsiteUpdate.checked(ours))
        except InvalidInput:  # a former timeout no longer fits an interval that somebody else set
            ours = {}
        if len(ours) < len(before):
            kept.append(website.name)
    return kept


def _change_tags(db: Session, website_ids: Sequence[int], name: str, *, is_added: bool) -> None:
    TagCRUD.change_for_websites(db, website_ids, name, is_added=is_added)
    note(db, "website.tag" if is_added else "website.untag", f"tag {name}", websites=list(website_ids))


def _remove(db: Session, website_id: int) -> None:
    website = require_found(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
    note(db, "website.delete", _named(website))
    WebsiteCRUD.delete(db, website_id)


def _note_check(db: Session, website_id: int) -> None:
    website = require_found(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
    note(db, "website.check_now", _named(website))


def _named(website: Website) -> str:
    return f"website {website.id} {website.name}"


def _announce(website_id: int) -> None:
    signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))
