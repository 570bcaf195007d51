"""All SQL about the websites on status pages, listed individually or by tag."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, exists, func, insert, select, union
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import StatusPageEntry, StatusPageTag, Tag, Website, WebsiteTag
from core.schemas.status_page import MAX_WEBSITES, StatusGroup
from core.store_session import MAX_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """A group of websites on a page, with its current websites."""

    name: str
    website_ids: list[int]


def stored(db: Session, page_ids: Sequence[int]) -> dict[int, list[StatusGroup]]:
    """Return the stored groups of each page, in order."""
    entries = select(StatusPageEntry).where(StatusPageEntry.page_id.in_(page_ids))
    tags = select(StatusPageTag, Tag.name).join(Tag, Tag.id == StatusPageTag.tag_id)
    rows: list[tuple[StatusPageEntry | StatusPageTag, int | str]]
    rows = [(row, row.website_id) for row in db.scalars(entries)]
    rows += [(row, name) for row, name in db.execute(tags.where(StatusPageTag.page_id.in_(page_ids)))]
    found: dict[int, dict[str, StatusGroup]] = {page_id: {} for page_id in page_ids}
    for row, shown in sorted(rows, key=lambda entry: entry[0].position):
        group = found[row.page_id].setdefault(row.group_name, StatusGroup(name=row.group_name))
        if isinstance(shown, str):
            group.tags.append(shown)
        else:
            group.website_ids.append(shown)
    return {page_id: list(groups.values()) for page_id, groups in found.items()}


def shown(db: Session, page_id: int) -> list[ShownGroup]:
    """Return the current groups of a page, each website once; a tag adds, by name, websites that are not listed.

    Empty groups are omitted, and so are websites beyond a page's limit, which `left_out` counts.
    """
    entries = select(StatusPageEntry.position, StatusPageEntry.group_name, StatusPageEntry.website_id)
    own: list[tuple[int, str, int]] = [(*row,) for row in db.execute(entries.where(StatusPageEntry.page_id == page_id))]
    tagged = (
        select(StatusPageTag.position, StatusPageTag.group_name, Website.id)
        .join(WebsiteTag, WebsiteTag.tag_id == StatusPageTag.tag_id)
        .join(Website, Website.id == WebsiteTag.website_id)
        .where(StatusPageTag.page_id == page_id)
        .order_by(StatusPageTag.position, func.lower(Website.name), Website.id)
    )
    placed = {website_id for _position, _name, website_id in own}
    for position, name, website_id in db.execute(tagged):
        if website_id not in placed:
            placed.add(website_id)
            own.append((position, name, website_id))
    groups: dict[str, ShownGroup] = {}
    for _position, name, website_id in sorted(own, key=lambda entry: entry[0])[:MAX_WEBSITES]:
        groups.setdefault(name, ShownGroup(name=name, website_ids=[])).website_ids.append(website_id)
    return list(groups.values())


def left_out(db: Session, page_id: int) -> int:
    """Return the number of websites beyond the page's limit."""
    tagged = select(WebsiteTag.website_id).join(StatusPageTag, StatusPageTag.tag_id == WebsiteTag.tag_id)
    meant = union(
        select(StatusPageEntry.website_id).where(StatusPageEntry.page_id == page_id),
        tagged.where(StatusPageTag.page_id == page_id),
    ).subquery()
    return max(0, (db.scalar(select(func.count()).select_from(meant)) or 0) - MAX_WEBSITES)


def pages_of(website_id: int) -> Select[tuple[int]]:
    """Return a query for the ids of pages, published or not, that show the website."""
    by_tag = select(StatusPageTag.page_id).join(WebsiteTag, WebsiteTag.tag_id == StatusPageTag.tag_id)
    pages = union(
        select(StatusPageEntry.page_id).where(StatusPageEntry.website_id == website_id),
        by_tag.where(WebsiteTag.website_id == website_id),
    ).subquery()
    return select(pages.c.page_id)


def is_shown(db: Session, website_id: int) -> bool:
    """Return whether any status page, published or not, shows the website."""
    return bool(db.scalar(select(exists(pages_of(website_id)))))


def put(db: Session, page_id: int, groups: Sequence[StatusGroup]) -> None:
    """Replace the groups of a page.

    Raises:
        InvalidInput: A website or a tag does not exist.
    """
    _require_websites(db, {website_id for group in groups for website_id in group.website_ids})
    tags = _tags(db, {name for group in groups for name in group.tags})
    entries: list[dict[str, int | str]] = []
    borne: list[dict[str, int | str]] = []
    for group in groups:
        for website_id in group.website_ids:
            entries.append(_row(page_id, group, len(entries) + len(borne)) | {"website_id": website_id})
        for name in group.tags:
            borne.append(_row(page_id, group, len(entries) + len(borne)) | {"tag_id": tags[name]})
    for table, rows in ((StatusPageEntry, entries), (StatusPageTag, borne)):
        db.execute(delete(table).where(table.page_id == page_id))
        if rows:
            db.execute(insert(table), rows)


def _row(page_id: int, group: StatusGroup, position: int) -> dict[str, int | str]:
    return {"page_id": page_id, "group_name": group.name, "position": position}


def _require_websites(db: Session, wanted: set[int]) -> None:
    possible = [website_id for website_id in wanted if 0 <= website_id <= MAX_ID]
    missing = wanted - set(db.scalars(select(Website.id).where(Website.id.in_(possible))))
    if missing:
        raise InvalidInput(f"There is no website {min(missing)}.")


def _tags(db: Session, wanted: set[str]) -> dict[str, int]:
    there = {name: tag_id for tag_id, name in db.execute(select(Tag.id, Tag.name).where(Tag.name.in_(wanted)))}
    missing = wanted - there.keys()
    if missing:
        raise InvalidInput.of("lines", f"There is no tag {min(missing)}; give it to a website first.")
    return there
