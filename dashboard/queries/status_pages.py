"""Reads what the page that lists status pages shows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.models import ChannelKind
from core.schemas.status_page import StatusPageRead
from core.schemas.url import display_url
from core.services import NotificationChannelCRUD, StatusSubscriberCRUD, TagCRUD, WebsiteCRUD, status_groups
from dashboard.actions import status_pages
from dashboard.parsing.status_groups import as_lines, as_tag_line
from dashboard.words.website_names import distinct_names

MAX_LISTED = 500  # pages, and channels


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown:
    """A status page with what its form shows."""

    page: StatusPageRead
    lines: list[str]
    websites: int
    """The number of websites on the page, including those by tag."""
    left_out: int
    """The number of websites beyond the page's limit, which it leaves out."""
    subscribers: int
    """The number of confirmed subscribers."""


def load(db: Session) -> tuple[list[PageShown], list[tuple[str, str]]]:
    """Return the pages, and the ids and names of the e-mail channels for subscribers."""
    pages, _total = status_pages.read_all(db, skip=0, limit=MAX_LISTED)
    channels, _count = NotificationChannelCRUD.get_all(db, limit=MAX_LISTED)
    shown = [
        PageShown(
            page=page,
            lines=as_lines(db, page.groups),
            websites=sum(len(group.website_ids) for group in status_groups.shown(db, page.id)),
            left_out=status_groups.left_out(db, page.id),
            subscribers=StatusSubscriberCRUD.count_confirmed(db, page.id),
        )
        for page in pages
    ]
    mailing = [(str(channel.id), channel.name) for channel in channels if channel.kind is ChannelKind.EMAIL]
    return shown, mailing


def lines_to_show(db: Session) -> list[tuple[str, str]]:
    """Return what a page can show, as form line and label: each tag's websites, then all websites by name."""
    websites = WebsiteCRUD.get_names(db)
    addresses = {website.id: display_url(website.url) for website in websites}
    tags = [(as_tag_line(tag.name), f"all tagged {tag.name}") for tag in TagCRUD.get_used(db, MAX_LISTED)]
    return tags + [(addresses[website_id], name) for website_id, name in distinct_names(websites).items()]
