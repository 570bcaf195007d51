"""Converts a status page's groups to and from text lines: ``# Group``, website URLs or names, and ``tag: …``."""

import re

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Website
from core.schemas.status_page import StatusGroup
from core.schemas.tag import TagCreate
from core.schemas.url import display_url
from core.services import WebsiteCRUD
from core.services.website import WebsiteName

TAG = re.compile(r"tag\s*:\s*(?!//)(\S.*)", re.IGNORECASE)


def as_tag_line(name: str) -> str:
    """Return the line for all websites with a tag."""
    return f"tag: {name}"


def as_lines(db: Session, groups: list[StatusGroup]) -> list[str]:
    """Return *groups* as lines."""
    lines = []
    for group in groups:
        lines += [f"# {group.name}"] if group.name else []
        found = (WebsiteCRUD.get_by_id(db, website_id) for website_id in group.website_ids)
        lines += [display_url(website.url) for website in found if website is not None]
        lines += [as_tag_line(name) for name in group.tags]
    return lines


def as_groups(db: Session, lines: list[str]) -> list[StatusGroup]:
    """Parse *lines* into groups.

    Raises:
        InvalidInput: A line matches no website, or contains an invalid tag.
    """
    websites = WebsiteCRUD.get_names(db)
    names = {website.name.lower(): website for website in reversed(websites)}
    names |= {display_url(website.url): website for website in websites}
    groups = [StatusGroup(website_ids=[])]
    for line in lines:
        if line.startswith("#"):
            groups.append(StatusGroup(name=line.lstrip("# ").strip(), website_ids=[]))
            continue
        if tag := TAG.fullmatch(line):
            groups[-1].tags.append(TagCreate.checked({"name": tag[1]}).name)
            continue
        groups[-1].website_ids.append(_named(db, line, names).id)
    return [group for group in groups if group.website_ids or group.tags]


def _named(db: Session, line: str, names: dict[str, WebsiteName]) -> WebsiteName | Website:
    website = names.get(line) or names.get(line.lower()) or WebsiteCRUD.get_by_url(db, line)
    if website is None:
        words = f"There is no website {line[:100]}. Use its address, or its name from the overview."
        raise InvalidInput.of("lines", words)
    return website
