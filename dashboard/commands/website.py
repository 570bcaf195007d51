"""`watchwright website`: what is watched. A running server notices within seconds."""

import asyncio
import json
from typing import Any

from sqlalchemy.orm import Session

from core.database import run_in_session
from core.errors import NotFound
from core.models import Website
from core.services import WebsiteCRUD
from dashboard import websites
from dashboard.commands.db import store
from dashboard.commands.terminal import plain

MOST = 100_000  # websites


def print_all(*, as_json: bool, tag: str | None = None) -> None:
    """Print every website, or those that bear *tag*, oldest first."""
    with store(migrated=True):
        items, _total = run_in_session(websites.read_all, skip=0, limit=MOST, tag=tag)
    if as_json:
        print(json.dumps([item.model_dump(mode="json") for item in items], indent=2))
        return
    for item in items:
        state = "active" if item.is_active else "paused"
        tags = f"  [{', '.join(item.tags)}]" if item.tags else ""
        print(f"{item.id:>5}  {state}  {item.check_interval:>5} s  {plain(item.name)}  {item.url}{plain(tags)}")
    if not items and tag is not None:
        print(f"No website bears the tag {plain(tag)}.")
    elif not items:
        print("Nothing is watched yet; add one with `watchwright website add https://example.com`.")


def add(url: str, **fields: Any) -> None:
    """Watch *url*; of *fields* those that are None keep their defaults."""
    given = {name: value for name, value in fields.items() if value not in (None, [])}
    with store(migrated=True):
        website = asyncio.run(websites.add({"url": url, **given}))
    print(f"Watching {plain(website.name)} every {website.check_interval} s as website {website.id}.")


def remove(reference: str) -> None:
    """Delete the website that *reference* names."""
    with store(migrated=True):
        website = run_in_session(named, reference)
        asyncio.run(websites.remove(website.id))
    print(f"Deleted {plain(website.name)}.")


def set_active(reference: str, *, is_active: bool) -> None:
    """Pause or resume the website that *reference* names."""
    with store(migrated=True):
        website = run_in_session(named, reference)
        asyncio.run(websites.change(website.id, {"is_active": is_active}))
    print(f"{'Resumed' if is_active else 'Paused'} {plain(website.name)}.")


def named(db: Session, reference: str) -> Website:
    """The website of this URL or number.

    Raises:
        NotFound: There is none.
    """
    website = WebsiteCRUD.get_by_url(db, reference)
    if website is None and reference.isdecimal():
        website = WebsiteCRUD.get_by_id(db, int(reference))
    if website is None:
        raise NotFound(f"No website is {reference}; `watchwright website list` prints them.")
    return website
