"""What people and programs do to websites: check what they gave, store it, tell the monitor and the pages."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.database import in_session
from core.errors import InvalidInput, NotFound, there
from core.models import Website, WebsiteState
from core.schemas import TagCreate, WebsiteCreate, WebsiteListed, WebsiteRead, WebsiteUpdate
from core.schemas.website import check_timeout_fits
from core.services import TagCRUD, WebsiteCRUD, dependency, regions, statistics
from core.workers.monitor_link import MonitorLink
from dashboard.audit import note
from dashboard.current_actor import require

AT_ONCE = 200  # websites of a transaction: some 0.1 s, in which nobody else can write
CHECKED_TOGETHER = 20  # websites: a person waits for them, and the monitor's own checks are not to wait


def read_one(db: Session, website: Website) -> WebsiteRead:
    """A website with its tags, for whoever is outside."""
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
    """Websites with their tags and what their last checks said, oldest first; and how many there are."""
    items, total = WebsiteCRUD.get_all(db, skip, limit, active_only, tag, words=words, url=url)
    ids = [item.id for item in items]
    tags, said = TagCRUD.of_websites(db, ids), statistics.current_states(db, ids)
    return [
        WebsiteListed.model_validate(item).model_copy(
            update={"tags": [tag.name for tag in tags.get(item.id, [])]} | last_said(said.get(item.id))
        )
        for item in items
    ], total


def last_said(state: WebsiteState | None) -> dict[str, Any]:
    """The fields of `WebsiteListed` that a website's last check fills; none of one that was never checked."""
    if state is None:
        return {}
    return {
        "current_status": state.status,
        "last_checked_at": state.checked_at,
        "last_response_time_ms": state.response_time_ms,
    }


async def add(given: dict[str, Any]) -> Website:
    """Watch another website.

    Args:
        given: The fields of `WebsiteCreate`; only ``url`` must be there.

    Raises:
        InvalidInput: A field cannot be used.
        AlreadyExists: The URL is watched already.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    data = WebsiteCreate.checked(given)
    website = await in_session(_create, data)
    _tell(website.id)
    return website


async def change(website_id: int, given: dict[str, Any]) -> Website:
    """Change the fields of `WebsiteUpdate` that are *given*.

    Raises:
        InvalidInput: A field cannot be used, alone or beside the others.
        AlreadyExists: Another website has the new URL.
        NotFound: There is no such website.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(given)
    website = await in_session(_update, website_id, data)
    _tell(website_id)
    return website


async def set_active(website_ids: Sequence[int], *, is_active: bool) -> None:
    """Pause each of the websites, or check it again; those that are not there any more are passed over.

    Raises:
        NotAllowed: Who acts may not change what is watched.
    """
    await change_all(website_ids, {"is_active": is_active})


async def change_all(website_ids: Sequence[int], given: dict[str, Any]) -> None:
    """Change the fields of `WebsiteUpdate` that are *given* of each of the websites, or, where one refuses, of none.

    Those that are not there any more are passed over.

    Raises:
        InvalidInput: A field cannot be used, alone or beside the others of a website.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(given)
    await in_session(_require_fits, website_ids, data)
    for start in range(0, len(website_ids), AT_ONCE):
        some = website_ids[start : start + AT_ONCE]
        await in_session(_update_all, some, data)
        for website_id in some:
            _tell(website_id)


async def change_tags(website_ids: Sequence[int], tag: str, *, is_added: bool) -> None:
    """Let each of the websites bear *tag*, or not bear it any more.

    Raises:
        InvalidInput: No tag can be called so.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    name = TagCreate.checked({"name": tag}).name
    await in_session(_change_tags, website_ids, name, is_added=is_added)
    for website_id in website_ids:
        _tell(website_id)


async def remove(website_id: int) -> None:
    """Stop watching a website, and delete all that was recorded of it.

    Raises:
        NotFound: There is no such website.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    await in_session(_remove, website_id)
    _tell(website_id)


async def check_now(monitor: MonitorLink, website_id: int) -> None:
    """Check a website at once, whatever its schedule says.

    Raises:
        NotFound: There is no such website.
        MonitorAway: No monitor took it up.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    await in_session(_note_check, website_id)
    await monitor.check_now(website_id)


async def check_all_now(monitor: MonitorLink, website_ids: Sequence[int]) -> None:
    """As `check_now`, each of the websites, some at a time; those that are not there any more are passed over.

    Raises:
        MonitorAway: No monitor took one of them up; those that were to come were not tried.
        NotAllowed: Who acts may not change what is watched.
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
    """The tags, or the regions, that a person means who types *text*: separated by commas, each once."""
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip().lower())))


def _create(db: Session, data: WebsiteCreate) -> Website:
    dependency.check(db, None, data.url, data.depends_on)
    regions.require_shared_store(db, data.regions)
    website = WebsiteCRUD.create(db, data)
    note(db, "website.add", _named(website))
    return website


def _update(db: Session, website_id: int, data: WebsiteUpdate) -> Website:
    website = there(WebsiteCRUD.update(db, website_id, data), f"website {website_id}")
    regions.require_shared_store(db, data.regions)
    if data.depends_on is not None:
        dependency.check(db, website_id, website.url, data.depends_on)
    note(db, "website.change", _named(website), fields=sorted(data.model_fields_set))
    return website


def _require_fits(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> None:
    """Refuse a timeout beyond the interval before anything is changed; the message names the first such website."""
    for website in WebsiteCRUD.get_by_ids(db, website_ids):
        try:
            check_timeout_fits(data.timeout or website.timeout, data.check_interval or website.check_interval)
        except ValueError as error:
            raise InvalidInput(f"{website.name}: {error}.") from error


def _update_all(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> None:
    for website_id in website_ids:
        with suppress(NotFound):
            _update(db, website_id, data)


def _change_tags(db: Session, website_ids: Sequence[int], name: str, *, is_added: bool) -> None:
    TagCRUD.change_for_websites(db, website_ids, name, is_added=is_added)
    note(db, "website.tag" if is_added else "website.untag", f"tag {name}", websites=list(website_ids))


def _remove(db: Session, website_id: int) -> None:
    website = there(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
    note(db, "website.delete", _named(website))
    WebsiteCRUD.delete(db, website_id)


def _note_check(db: Session, website_id: int) -> None:
    website = there(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
    note(db, "website.check_now", _named(website))


def _named(website: Website) -> str:
    return f"website {website.id} {website.name}"


def _tell(website_id: int) -> None:
    signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))
