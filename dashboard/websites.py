"""What people and programs do to websites: check what they gave, store it, tell the monitor and the pages."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from core import signals
from core.database import in_session
from core.errors import InvalidInput, NotFound
from core.models import Website
from core.schemas import TagCreate, WebsiteCreate, WebsiteRead, WebsiteUpdate, explain
from core.services import TagCRUD, WebsiteCRUD


def read_one(db: Session, website: Website) -> WebsiteRead:
    """A website with its tags, for whoever is outside."""
    tags = TagCRUD.names_of(db, website.id)
    return WebsiteRead.model_validate(website).model_copy(update={"tags": tags})


def read_all(
    db: Session, *, skip: int, limit: int, active_only: bool = False, tag: str | None = None
) -> tuple[list[WebsiteRead], int]:
    """Websites with their tags, oldest first; and how many there are."""
    items, total = WebsiteCRUD.get_all(db, skip=skip, limit=limit, active_only=active_only, tag=tag)
    tags = TagCRUD.of_websites(db, [item.id for item in items])
    names = {website_id: [tag.name for tag in borne] for website_id, borne in tags.items()}
    read = [WebsiteRead.model_validate(item).model_copy(update={"tags": names.get(item.id, [])}) for item in items]
    return read, total


async def add(given: dict[str, Any]) -> Website:
    """Watch another website.

    Args:
        given: The fields of `WebsiteCreate`; only ``url`` must be there.

    Raises:
        InvalidInput: A field cannot be used.
        AlreadyExists: The URL is watched already.
    """
    try:
        data = WebsiteCreate.model_validate(given)
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error
    website = await in_session(WebsiteCRUD.create, data)
    _tell(website.id)
    return website


async def change(website_id: int, given: dict[str, Any]) -> Website:
    """Change the fields of `WebsiteUpdate` that are *given*.

    Raises:
        InvalidInput: A field cannot be used, alone or beside the others.
        AlreadyExists: Another website has the new URL.
        NotFound: There is no such website.
    """
    try:
        data = WebsiteUpdate.model_validate(given)
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error
    website = await in_session(WebsiteCRUD.update, website_id, data)
    if website is None:
        raise NotFound(f"There is no website {website_id}.")
    _tell(website_id)
    return website


async def change_tags(website_ids: Sequence[int], tag: str, *, is_added: bool) -> None:
    """Let each of the websites bear *tag*, or not bear it any more.

    Raises:
        InvalidInput: No tag can be called so.
    """
    try:
        name = TagCreate(name=tag).name
    except ValidationError as error:
        raise InvalidInput(explain(error)) from error
    await in_session(TagCRUD.change_for_websites, website_ids, name, is_added=is_added)
    for website_id in website_ids:
        _tell(website_id)


async def remove(website_id: int) -> None:
    """Stop watching a website, and delete all that was recorded of it.

    Raises:
        NotFound: There is no such website.
    """
    if not await in_session(WebsiteCRUD.delete, website_id):
        raise NotFound(f"There is no website {website_id}.")
    _tell(website_id)


def as_tags(text: str) -> list[str]:
    """The tags that a person means who types *text*: separated by commas, each once."""
    return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip().lower())))


def as_typed(text: str) -> str:
    """The URL that a person means who pastes *text*: a bare host is meant to be https."""
    text = text.strip()
    return text if "://" in text or text.lower().startswith(("javascript:", "data:", "mailto:")) else f"https://{text}"


def _tell(website_id: int) -> None:
    signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))
