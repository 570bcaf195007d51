"""Changes many websites at once, and undoes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.batches import batched
from core.database import in_session
from core.errors import InvalidInput
from core.schemas import TagCreate, WebsiteUpdate
from core.schemas.website import check_timeout_fits
from core.services import TagCRUD, WebsiteCRUD
from dashboard.actions.websites import announce, write_changes
from dashboard.audit import note
from dashboard.current_actor import require

BATCH_SIZE = 50  # websites per transaction: pausing them takes about 0.1 s, in which nobody else can write


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEdit:
    """What one edit of many websites changed."""

    before: Mapping[int, Mapping[str, Any]]
    """The former values of the fields that changed, by the website's id."""
    after: Mapping[str, Any]


async def set_active(website_ids: Sequence[int], *, is_active: bool) -> None:
    """Pause or resume each of the websites. Websites that do not exist are skipped."""
    await change_all(website_ids, {"is_active": is_active})


async def change_all(website_ids: Sequence[int], fields: dict[str, Any]) -> BulkEdit:
    """Change the given fields of `WebsiteUpdate` on each of the websites; on none if the values do not fit one of them.

    Websites that do not exist are skipped.

    Raises:
        InvalidInput: A field is invalid, alone or with a website's other fields.
    """
    require(Permission.WRITE)
    data = WebsiteUpdate.checked(fields)
    await in_session(_require_fits, website_ids, data)
    before: dict[int, Mapping[str, Any]] = {}
    for some in batched(website_ids, BATCH_SIZE):
        before |= await in_session(_update_all, some, data)
        for website_id in some:
            announce(website_id)
    return BulkEdit(before=before, after=data.changes())


async def undo(edit: BulkEdit) -> list[str]:
    """Restore the values that *edit* changed. Values that were changed since stay.

    Returns:
        The names of the websites on which a value stays. Deleted websites are skipped.
    """
    require(Permission.WRITE)
    kept: list[str] = []
    for some in batched(edit.before, BATCH_SIZE):
        kept += await in_session(_undo, some, edit)
        for website_id in some:
            announce(website_id)
    return kept


async def change_tags(website_ids: Sequence[int], tag: str, *, is_added: bool) -> None:
    """Add *tag* to each of the websites, or remove it.

    Raises:
        InvalidInput: The name is not a valid tag.
    """
    require(Permission.WRITE)
    name = TagCreate.checked({"name": tag}).name
    await in_session(_change_tags, website_ids, name, is_added=is_added)
    for website_id in website_ids:
        announce(website_id)


def _require_fits(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> None:
    """Refuse a timeout longer than the interval before anything changes. The message names the first such website."""
    for website in WebsiteCRUD.get_by_ids(db, website_ids):
        try:
            check_timeout_fits(data.timeout or website.timeout, data.check_interval or website.check_interval)
        except ValueError as error:
            raise InvalidInput(f"{website.name}: {error}.") from error


def _update_all(db: Session, website_ids: Sequence[int], data: WebsiteUpdate) -> dict[int, Mapping[str, Any]]:
    """Change the websites; return the former values of the fields that changed, by id."""
    before: dict[int, Mapping[str, Any]] = {}
    for website in WebsiteCRUD.get_by_ids(db, website_ids, is_locked=True):
        former = {name: getattr(website, name) for name in data.changes()}
        write_changes(db, website.id, data)
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
                write_changes(db, website.id, WebsiteUpdate.checked(ours))
        except InvalidInput:  # a former timeout no longer fits an interval that somebody else set
            ours = {}
        if len(ours) < len(before):
            kept.append(website.name)
    return kept


def _change_tags(db: Session, website_ids: Sequence[int], name: str, *, is_added: bool) -> None:
    TagCRUD.change_for_websites(db, website_ids, name, is_added=is_added)
    note(db, "website.tag" if is_added else "website.untag", f"tag {name}", websites=list(website_ids))
