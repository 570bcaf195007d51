"""All SQL about tags and the websites that have them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from core.errors import AlreadyExists
from core.models import MaintenanceWindow, NotificationRule, StatusPageTag, Tag, Website, WebsiteTag
from core.schemas.tag import TagCreate
from core.services.rows import add_row, page_of


class TagCRUD:
    """Create and read tags, and assign them to websites. Lists are by name."""

    @staticmethod
    def create(db: Session, data: TagCreate) -> Tag:
        """Store a tag.

        Raises:
            AlreadyExists: There is a tag of this name.
        """
        _refuse_duplicate(db, data.name)
        return add_row(db, Tag(name=data.name))

    @staticmethod
    def get_by_name(db: Session, name: str) -> Tag | None:
        return db.scalar(select(Tag).where(Tag.name == name.strip().lower()))

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[Tag], int]:
        """Return a page of tags, and the total."""
        return page_of(db, select(Tag).order_by(Tag.name), skip=skip, limit=limit)

    @staticmethod
    def get_used(db: Session, limit: int) -> list[Tag]:
        """Return the tags that a website, rule, maintenance or status page uses, for choosing from a list."""
        users = (WebsiteTag, NotificationRule, MaintenanceWindow, StatusPageTag)
        is_used = or_(*(exists().where(user.tag_id == Tag.id) for user in users))
        return list(db.scalars(select(Tag).where(is_used).order_by(Tag.name).limit(limit)))

    @staticmethod
    def set_for_website(db: Session, website_id: int, names: Iterable[str]) -> list[Tag]:
        """Replace the website's tags by these, creating new ones; return them by name."""
        wanted = {TagCreate(name=name).name for name in names}
        there = {tag.name: tag for tag in db.scalars(select(Tag).where(Tag.name.in_(wanted)))}
        for name in wanted - there.keys():
            there[name] = Tag(name=name)
            db.add(there[name])
        db.flush()
        db.execute(delete(WebsiteTag).where(WebsiteTag.website_id == website_id))
        tags = [there[name] for name in sorted(wanted)]
        if tags:
            db.execute(insert(WebsiteTag), [{"website_id": website_id, "tag_id": tag.id} for tag in tags])
        return tags

    @staticmethod
    def change_for_websites(db: Session, website_ids: Sequence[int], name: str, *, is_added: bool) -> None:
        """Add the tag *name* to these websites, creating it if needed, or remove it from them."""
        tag = TagCRUD.get_by_name(db, name)
        if not is_added:
            if tag is not None:
                borne = WebsiteTag.tag_id == tag.id
                db.execute(delete(WebsiteTag).where(borne, WebsiteTag.website_id.in_(website_ids)))
            return
        if tag is None:
            tag = TagCRUD.create(db, TagCreate(name=name))
        there = select(WebsiteTag.website_id).where(WebsiteTag.tag_id == tag.id)
        wanted = select(Website.id).where(Website.id.in_(website_ids), Website.id.not_in(there))
        if rows := [{"website_id": website_id, "tag_id": tag.id} for website_id in db.scalars(wanted)]:
            db.execute(insert(WebsiteTag), rows)

    @staticmethod
    def names_of(db: Session, website_id: int) -> list[str]:
        """Return the names of one website's tags, in order."""
        return [tag.name for tag in TagCRUD.of_websites(db, [website_id]).get(website_id, [])]

    @staticmethod
    def of_websites(db: Session, website_ids: Sequence[int]) -> dict[int, list[Tag]]:
        """Return the tags of each website that has any, by name."""
        query = select(WebsiteTag.website_id, Tag).join(Tag, Tag.id == WebsiteTag.tag_id)
        found: dict[int, list[Tag]] = {}
        for website_id, tag in db.execute(query.where(WebsiteTag.website_id.in_(website_ids)).order_by(Tag.name)):
            found.setdefault(website_id, []).append(tag)
        return found


def _refuse_duplicate(db: Session, name: str) -> None:
    if db.scalar(select(Tag.id).where(Tag.name == name)) is not None:
        raise AlreadyExists(f"A tag {name} already exists.")
