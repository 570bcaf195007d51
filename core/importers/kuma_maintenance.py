"""Converts a maintenance of Uptime Kuma to maintenance windows. Pure."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.importers.import_data import ImportData
from core.importers.kuma_cron import DAYS, read_cron

Row = dict[str, Any]


def read_maintenance(row: Row, urls: Sequence[str], found: ImportData, *, zone: str) -> None:
    """Add the maintenance in *row* for the websites at *urls* to *found*; *zone* is the server's time zone."""
    title = str(row["title"])
    if not row.get("active", True):
        found.leave(f"maintenance {title}", "It is disabled.")
        return
    named = str(row.get("timezone") or "")
    named = zone if named in ("", "SAME_AS_SERVER") else named
    try:
        where = ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError):
        found.leave(f"maintenance {title}", f"Its time zone {named} is unknown.")
        return
    try:
        when = _when(row, where)
    except (KeyError, ValueError, TypeError, AttributeError):
        when = None
    if when is None:
        found.leave(f"maintenance {title}", f"Its schedule ({row.get('strategy')}) cannot be converted.")
        return
    if urls:
        found.add("maintenance", {"name": title, "websites": urls, "timezone": named} | when)
    else:
        found.leave(f"maintenance {title}", "None of its monitors is imported.")


def _when(row: Row, zone: ZoneInfo) -> Row | None:
    strategy = row["strategy"]
    if strategy == "single":
        start, end = _instant(row["start_date"], zone), _instant(row["end_date"], zone)
        return {"starts_at": start.isoformat(), "duration_seconds": _seconds(end - start)}
    cron = read_cron(str(row["cron"])) if strategy == "cron" else None
    rule = cron.rule if cron else _rule(row, strategy)
    if rule is None:
        return None
    begins = cron.at if cron else _clock(row["start_time"])
    first = datetime.fromisoformat(str(row["start_date"])).date() if row.get("start_date") else date(2020, 1, 1)
    start = datetime.combine(first, begins, tzinfo=zone)
    lasts = timedelta(seconds=int(row["duration"])) if cron else _duration(begins, _clock(row["end_time"]))
    if row.get("end_date"):
        until = _instant(row["end_date"], zone)
        rule += f";UNTIL={until.astimezone(zone):%Y%m%dT%H%M%S}"
    return {
        "starts_at": start.astimezone(UTC).isoformat(),
        "duration_seconds": _seconds(lasts),
        "recurrence": rule,
    }


def _rule(row: Row, strategy: str) -> str | None:
    if strategy == "recurring-interval":
        return f"FREQ=DAILY;INTERVAL={int(row['interval_day'])}"
    if strategy == "recurring-weekday":
        days = [DAYS[int(day) % 7] for day in json.loads(row["weekdays"])]
        return f"FREQ=WEEKLY;BYDAY={','.join(days)}" if days else None
    if strategy == "recurring-day-of-month":
        days = [str(day).replace("lastDay", "-") for day in json.loads(row["days_of_month"])]
        return f"FREQ=MONTHLY;BYMONTHDAY={','.join(days)}" if days else None
    return None


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """Parse a time without a zone as one in the maintenance's own *zone*."""
    given = datetime.fromisoformat(str(text))
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)


def _clock(given: Any) -> time:
    if isinstance(given, dict):
        return time(int(given["hours"]), int(given["minutes"]))
    return time.fromisoformat(str(given))


def _duration(begins: time, ends: time) -> timedelta:
    """Return the time from *begins* to the next *ends*, perhaps on the next day."""
    lasts = datetime.combine(date.min, ends) - datetime.combine(date.min, begins)
    return lasts if lasts > timedelta(0) else lasts + timedelta(days=1)


def _seconds(lasts: timedelta) -> int:
    return max(round(lasts.total_seconds()), 60)
