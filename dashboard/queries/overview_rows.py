"""Reads the rows of the overview, and what new checks change in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.batches import batched
from core.clock import utc_now
from core.schemas.url import display_url
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, TagCRUD, WebsiteCRUD, flapping, statistics
from dashboard.components.website_list import BEATS, LETTERS, SPARKS, Beat, Row, bucket_letter, run_lengths, share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from core.models import DowntimeWindow, Website, WebsiteState
    from core.services.monitor_check import BriefCheck

SPANS = {
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
DAY, MONTH = SPANS["24h"], SPANS["30d"]
BATCH_SIZE = 100  # websites read per query: the checks of 1,000 take 30 MB, and another query only 1 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChecks:
    """A website's new checks, with the figures that they changed."""

    beats: list[Beat]
    """Oldest first."""
    error: str | None
    """The latest check's error; None if it has none, or if there is no new check."""
    checked_at: int | None
    """When the latest check began, in seconds since 1970; None if there is no new check."""
    day: int | None
    month: int | None
    down_since: int | None
    is_flapping: bool


def load_rows(db: Session, website_ids: Collection[int] | None = None) -> list[Row]:
    """Return the rows of all websites, or of *website_ids*, with a fixed number of queries per `BATCH_SIZE`."""
    ongoing = DowntimeWindowCRUD.get_all_ongoing(db)
    return [row for websites in _in_parts(db, website_ids) for row in _rows(db, websites, ongoing)]


def _in_parts(db: Session, website_ids: Collection[int] | None) -> Iterator[list[Website]]:
    if website_ids is not None:
        yield from (WebsiteCRUD.get_by_ids(db, ids) for ids in batched(sorted(website_ids), BATCH_SIZE))
        return
    after = 0
    while websites := WebsiteCRUD.get_after(db, after, BATCH_SIZE):
        yield websites
        after = websites[-1].id


def _rows(db: Session, websites: Sequence[Website], ongoing: Mapping[int, DowntimeWindow]) -> list[Row]:
    ids = [website.id for website in websites]
    beats = statistics.recent_beats(db, ids, BEATS)
    shares = _shares(db, ids)
    tags = TagCRUD.of_websites(db, ids)
    states = statistics.current_states(db, ids)
    flaps = flapping.flapping(db, ids)
    return [
        _row(
            website,
            beats.get(website.id, []),
            shares[website.id],
            tags=[tag.name for tag in tags.get(website.id, [])],
            window=ongoing.get(website.id),
            state=states.get(website.id),
            is_flapping=website.id in flaps,
        )
        for website in websites
    ]


def load_buckets(db: Session, span: str, website_ids: Sequence[int]) -> tuple[float, dict[int, str]]:
    """Return the heartbeat bars over one of `SPANS`, and the instant where they end; a fixed number of queries."""
    now = utc_now()
    found = statistics.status_buckets(db, website_ids, since=now - SPANS[span], until=now, count=BEATS)
    return now.timestamp(), {key: run_lengths(map(bucket_letter, buckets)) for key, buckets in found.items()}


def load_checks(db: Session, check_ids: dict[int, list[int]]) -> dict[int, NewChecks]:
    """Return these checks by website, oldest first, with the figures they changed; a fixed number of queries."""
    ids = list(check_ids)
    found: dict[int, list[BriefCheck]] = {}
    for check in MonitorCheckCRUD.get_briefs(db, [check_id for some in check_ids.values() for check_id in some]):
        found.setdefault(check.website_id, []).append(check)
    shares = _shares(db, ids)
    ongoing = DowntimeWindowCRUD.get_all_ongoing(db)
    flaps = flapping.flapping(db, ids)
    return {
        website_id: _new_checks(
            found.get(website_id, []),
            shares[website_id],
            window=ongoing.get(website_id),
            is_flapping=website_id in flaps,
        )
        for website_id in ids
    }


def _shares(db: Session, ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    day, month = statistics.uptimes(db, ids, (DAY, MONTH), until=utc_now()).values()
    return {website_id: (share(day[website_id].share), share(month[website_id].share)) for website_id in ids}


def _row(
    website: Website,
    beats: Sequence[statistics.Beat],
    shares: tuple[int | None, int | None],
    *,
    tags: list[str],
    window: DowntimeWindow | None,
    state: WebsiteState | None,
    is_flapping: bool,
) -> Row:
    return Row(
        id=website.id,
        name=website.name,
        url=display_url(website.url),
        tags=tags,
        is_active=website.is_active,
        error=state.error_message if state else None,
        day=shares[0],
        month=shares[1],
        checked_at=_seconds(state.checked_at) if state else None,
        down_since=_seconds(window.started_at) if window else None,
        is_flapping=is_flapping,
        certificate_day=_day(state.certificate_expires_at) if state and state.certificate_expires_at else None,
        beats="".join(LETTERS[status] for status, _ms in beats),
        times=tuple(ms for _status, ms in beats[-SPARKS:]),
    )


def _new_checks(
    checks: Sequence[BriefCheck],
    shares: tuple[int | None, int | None],
    *,
    window: DowntimeWindow | None,
    is_flapping: bool,
) -> NewChecks:
    latest = checks[-1] if checks else None
    return NewChecks(
        beats=list(map(_beat, checks)),
        error=latest.error_message if latest else None,
        checked_at=_seconds(latest.checked_at) if latest else None,
        day=shares[0],
        month=shares[1],
        down_since=_seconds(window.started_at) if window else None,
        is_flapping=is_flapping,
    )


def _beat(check: BriefCheck) -> Beat:
    return Beat(letter=LETTERS[check.status], ms=check.response_time_ms if check.http_status_code is not None else None)


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // 86_400)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
