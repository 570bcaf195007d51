"""Deletes a tag with everything that belongs to it, such as all of a client's websites."""

from contextlib import suppress

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.database import in_session
from core.errors import ChangedMeanwhile, NotFound, require_found
from core.services import tag_contents
from core.services.tag_contents import TagContents
from dashboard.actions import websites
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.status.cache import cache


async def contents(name: str) -> TagContents:
    """Return what `remove` would delete.

    Raises:
        NotFound: There is no such tag.
    """
    return require_found(await in_session(tag_contents.read, name), f"tag {name}")


async def remove(shown: TagContents) -> None:
    """Delete the tag with its websites and all that *shown* lists.

    Each website is deleted in a transaction of its own, as it may have half a million checks.

    Raises:
        NotFound: The tag does not exist.
        ChangedMeanwhile: Something else belongs to the tag now. Nothing was deleted.
    """
    require(Permission.WRITE)
    if await contents(shown.tag[1]) != shown:
        raise ChangedMeanwhile("Something else belongs to the tag now, so nothing was deleted. Look at the list again.")
    for website_id, _name in shown.websites:
        with suppress(NotFound):  # somebody else deleted it
            await websites.remove(website_id)
    await in_session(_remove_rest, shown)
    cache.forget()
    for window_id, _name in shown.maintenance:
        signals.maintenance_changed.send(signals.MaintenanceChanged(window_id=window_id))


def _remove_rest(db: Session, shown: TagContents) -> None:
    tag_contents.delete_rest(db, shown)
    note(
        db,
        "tag.delete",
        f"tag {shown.tag[1]}",
        websites=[name for _id, name in shown.websites],
        rules=[name for _id, name in shown.rules],
        maintenance=[name for _id, name in shown.maintenance],
        reports=[recipients for _id, recipients in shown.reports],
        status_pages=[title for _id, title in shown.pages],
    )
