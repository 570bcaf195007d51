"""The reader's choices on a website's page, and their form in the page's URL. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from core.models import MonitorStatus
from core.setting_values import REGION_NAME
from dashboard.url_numbers import read_page

RANGES = {
    "1 h": timedelta(hours=1),
    "24 h": timedelta(days=1),
    "7 d": timedelta(days=7),
    "30 d": timedelta(days=30),
    "90 d": timedelta(days=90),
    "1 y": timedelta(days=365),
}
MIN_SPAN = timedelta(seconds=30)
MAX_SPAN = timedelta(days=3_660)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The reader's choices. As they are in the URL, they can be shared and bookmarked."""

    range_name: str | None = None
    """One of `RANGES`; None for the page's default."""
    zoom: tuple[datetime, datetime] | None = None
    """A part of time, instead of a range that ends now."""
    by_phase: bool = False
    status: MonitorStatus | None = None
    """Filters the table of checks; None for all."""
    region: str | None = None
    """Filters the table of checks; None for all."""
    page: int = 1

    def ranged(self, name: str) -> "View":
        """Return this view with the range *name* and without zoom."""
        return replace(self, range_name=name, zoom=None)

    def zoomed(self, since: datetime, until: datetime) -> "View":
        """Return this view zoomed to a part of time, at least `MIN_SPAN` long."""
        if until < since:
            since, until = until, since
        if until - since < MIN_SPAN:
            middle = since + (until - since) / 2
            since, until = middle - MIN_SPAN / 2, middle + MIN_SPAN / 2
        return replace(self, zoom=(since, min(until, since + MAX_SPAN)))

    def query(self) -> str:
        """Return the URL's query that `read` turns into this view; empty for the defaults."""
        chosen: dict[str, str] = {}
        if self.range_name:
            chosen["range"] = self.range_name.replace(" ", "")
        if self.zoom:
            chosen |= {name: _written(at) for name, at in zip(("since", "until"), self.zoom, strict=True)}
        if self.by_phase:
            chosen["view"] = "phases"
        if self.status:
            chosen["status"] = self.status.lower()
        if self.region:
            chosen["region"] = self.region
        if self.page > 1:
            chosen["page"] = str(self.page)
        return urlencode(chosen, safe=":")


def read(query: Mapping[str, str]) -> View:
    """Return the view of a URL's *query*; invalid values are ignored."""
    names = {name.replace(" ", ""): name for name in RANGES}
    view = View(
        range_name=names.get(query.get("range", "")),
        by_phase=query.get("view") == "phases",
        status=next((status for status in MonitorStatus if status.lower() == query.get("status", "")), None),
        region=region if re.fullmatch(REGION_NAME, region := query.get("region", "")) else None,
        page=read_page(query.get("page", "")),
    )
    since, until = _read_instant(query.get("since", "")), _read_instant(query.get("until", ""))
    return view.zoomed(since, until) if since and until else view


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read_instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1970 <= moment.year <= 9000:  # well within datetime's range in every time zone
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
