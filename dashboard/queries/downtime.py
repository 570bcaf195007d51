"""Reads the downtime windows of all websites for the downtime page: its timeline and one page of its list."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.services import TagCRUD, WebsiteCRUD
from core.services.downtime_list import Outline, WindowFilter, outlines
from core.services.maintenance_window import maintenance
from dashboard.components.downtime_overview import Line
from dashboard.components.uptime_data import Downtime
from dashboard.components.window_list import episodes
from dashboard.url_numbers import read_id
from dashboard.words.website_names import distinct_names

RANGES = {
    "24 h": timedelta(days=1),
    "7 d": timedelta(days=7),
    "30 d": timedelta(days=30),
    "90 d": timedelta(days=90),
    "1 y": timedelta(days=365),
}
LENGTHS = {"60": "1 minute", "300": "5 minutes", "1800": "30 minutes", "7200": "2 hours"}
PAGE_SIZE = 50  # entries of the list
MAX_BARS = 5_000  # windows on the timeline, so that one flapping website does not displace the others
MAX_LINES = 40  # websites on the timeline
MAX_TAGS = 10_000  # in the filter


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeState:
    """Everything the page shows, as of `now`."""

    now: datetime
    span: timedelta
    windows: Sequence[Outline]
    """The windows of the current list page, newest first."""
    total: int
    entries: int
    """The number of list entries on all pages; a folded group of windows is one entry."""
    lines: list[Line]
    untaken: list[int]
    """Ids of open windows that nobody has acknowledged."""
    down: int
    """The number of websites with downtime in the span."""
    names: dict[int, str]
    """The names of all websites by id, in display order."""
    tags: list[str]


def load(db: Session, chosen: dict[str, str], page: int) -> DowntimeState:
    """Return the windows that *chosen*, the URL's parameters, selects."""
    now = utc_now()
    names = distinct_names(WebsiteCRUD.get_names(db))
    tags = [tag.name for tag in TagCRUD.get_used(db, MAX_TAGS)]
    span = RANGES.get(chosen.get("range", ""), RANGES["7 d"])
    wanted = filter_of(chosen, now - span, names, tags)
    bars, total = outlines(db, wanted, now=now, limit=MAX_BARS)
    listed, entries = listed_of(bars, page)
    if total > len(bars):  # older windows are listed without folding
        folded = -(-entries // PAGE_SIZE)
        entries = folded * PAGE_SIZE + total - len(bars)
        if page > folded:
            skip = len(bars) + (page - folded - 1) * PAGE_SIZE
            listed, _all = outlines(db, wanted, now=now, skip=skip, limit=PAGE_SIZE)
    by_website: dict[int, list[Outline]] = {}
    for window in bars:
        by_website.setdefault(window.website_id, []).append(window)
    ids = list(by_website)[:MAX_LINES]
    quiet = maintenance(db, ids, since=now - span, until=now)
    lines = [
        Line(
            name=names.get(key, ""),
            windows=list(map(Downtime.of, by_website[key])),
            maintenance=quiet.get(key, []),
        )
        for key in ids
    ]
    return DowntimeState(
        now=now,
        span=span,
        windows=listed,
        total=total,
        entries=entries,
        lines=lines,
        untaken=[window.id for window in bars if window.ended_at is None and window.acknowledged_at is None],
        down=len(by_website),
        names=names,
        tags=tags,
    )


def listed_of(found: Sequence[Outline], page: int) -> tuple[list[Outline], int]:
    """Return the windows of *found*, newest first, on one page of the list, and the number of entries in all."""
    entries = episodes(found)
    shown = {window.id for episode in entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] for window in episode}
    return [window for window in found if window.id in shown], len(entries)


def filter_of(chosen: dict[str, str], since: datetime, names: Container[int], tags: Container[str]) -> WindowFilter:
    """Return the filter for the URL's parameters; values that are not there, such as a deleted website, are ignored."""
    website, tag = read_id(chosen.get("website", "")), chosen.get("tag")
    least = chosen.get("least", "")
    return WindowFilter(
        since=since,
        website_id=website if website in names else None,
        tag=tag if tag in tags else None,
        is_open={"open": True, "closed": False}.get(chosen.get("state", "")),
        at_least=timedelta(seconds=int(least)) if least in LENGTHS else None,
    )
