"""Reads Uptime Kuma's SQLite file (versions 1 and 2, with the history) and its JSON backup."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from core.clock import utc_at
from core.errors import InvalidInput
from core.importers.import_data import History, HistoryCheck, ImportData
from core.importers.kuma_assignments import rules, urls_by_monitor, urls_by_target
from core.importers.kuma_channel import read_channel
from core.importers.kuma_maintenance import read_maintenance
from core.importers.kuma_monitor import read_monitors
from core.importers.kuma_page import read_pages
from core.importers.parsing import Row, each, fields, rows_of
from core.models import MonitorStatus
from core.phrases import counted

DOWN, UP, PENDING, MAINTENANCE = range(4)
STATUSES = {DOWN: MonitorStatus.DOWN, UP: MonitorStatus.UP, PENDING: MonitorStatus.DOWN}
CODE = re.compile(r"(?:Request failed with status code )?([1-5]\d\d)\b")  # the status code at the start of a message
BUCKETS = (("stat_daily", timedelta(days=1)), ("stat_hourly", timedelta(hours=1)))


def read_database(path: Path) -> ImportData:
    """Read a ``kuma.db``.

    Raises:
        InvalidInput: The file is not a database of Uptime Kuma.
    """
    found = ImportData(source="Uptime Kuma's database")
    try:
        with closing(_opened(path)) as kuma:
            kuma.execute("SELECT id, interval FROM monitor LIMIT 1")
            rows = partial(_rows, kuma)
            monitors = rows("monitor")
            urls = read_monitors(monitors, _tags(rows), {row["id"]: row for row in rows("proxy")}, found)
            _channels(rows, monitors, urls, found)
            _maintenance(rows, monitors, urls, found)
            read_pages(rows, urls_by_monitor(monitors, urls), found)
            _unsupported(rows, found)
            for monitor_id, url in reversed(urls.items()):  # the first of several monitors with one URL wins
                known = [span for table, width in BUCKETS for span in _known(kuma, table, width, monitor_id)]
                found.pasts[url] = History(beats=partial(_beats, path, monitor_id), known=known)
    except sqlite3.DatabaseError as error:
        raise InvalidInput(f"{path} is not a readable Uptime Kuma database: {error}.") from error
    return found


def read_backup(content: dict[str, Any]) -> ImportData:
    """Read a JSON backup, which has no history.

    Raises:
        InvalidInput: The content is not a backup of Uptime Kuma.
    """
    found = ImportData(source="Uptime Kuma's backup")
    monitors = rows_of(content, "monitorList", needed="id")
    tags = {row["id"]: [_tag(tag) for tag in rows_of(row, "tags", needed="name")] for row in monitors}
    proxies = {row["id"]: row for row in rows_of(content, "proxyList", needed="id")}
    urls = read_monitors(monitors, tags, proxies, found)
    pairs = [
        {"monitor_id": row["id"], "notification_id": int(key)}
        for row in monitors
        for key, is_on in fields(row.get("notificationIDList") or {}, "notificationIDList").items()
        if is_on and key.isdecimal()
    ]
    tables = {"notification": rows_of(content, "notificationList", needed="id"), "monitor_notification": pairs}
    _channels(lambda table: tables.get(table, []), monitors, urls, found)
    return found


def _opened(path: Path) -> sqlite3.Connection:
    kuma = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    kuma.row_factory = sqlite3.Row
    return kuma


def _rows(kuma: sqlite3.Connection, table: str) -> list[Row]:
    """Return all rows of *table*; [] if this version of Uptime Kuma has no such table."""
    if not kuma.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
        return []
    return [dict(row) for row in kuma.execute(f'SELECT * FROM "{table}"')]  # noqa: S608 - a name of ours


def _tags(rows: Callable[[str], list[Row]]) -> dict[int, list[str]]:
    names = {row["id"]: row["name"] for row in rows("tag")}
    tags: dict[int, list[str]] = defaultdict(list)
    for row in rows("monitor_tag"):
        tags[row["monitor_id"]].append(_tag({"name": names.get(row["tag_id"], ""), "value": row["value"]}))
    return tags


def _tag(tag: Row) -> str:
    return f"{tag['name']}: {tag['value']}" if tag.get("value") else str(tag["name"])


def _channels(rows: Callable[[str], list[Row]], monitors: list[Row], urls: dict[int, str], found: ImportData) -> None:
    concerned = urls_by_target(rows("monitor_notification"), "notification_id", urls_by_monitor(monitors, urls))
    by_url = {urls[row["id"]]: row for row in reversed(monitors) if row["id"] in urls}  # the first of several

    def read(row: Row) -> None:
        name = str(row["name"])
        if read_channel(name, row["config"], is_active=bool(row["active"]), found=found):
            for rule in rules(name, concerned[row["id"]], by_url):
                found.add("rules", rule)

    each("notification", found, rows("notification"), read)


def _maintenance(
    rows: Callable[[str], list[Row]], monitors: list[Row], urls: dict[int, str], found: ImportData
) -> None:
    settings = {row["key"]: row["value"] for row in rows("setting")}
    try:
        zone = str(json.loads(settings.get("serverTimezone") or '"UTC"'))
    except ValueError:
        zone = str(settings["serverTimezone"])
    concerned = urls_by_target(rows("monitor_maintenance"), "maintenance_id", urls_by_monitor(monitors, urls))
    each(
        "maintenance",
        found,
        rows("maintenance"),
        lambda row: read_maintenance(row, concerned[row["id"]], found, zone=zone),
    )


def _unsupported(rows: Callable[[str], list[Row]], found: ImportData) -> None:
    for table, words in (("docker_host", "Docker host"), ("api_key", "API key")):
        for row in rows(table):
            name = row.get("title") or row.get("name") or row["id"]
            found.leave(f"{words} {name}", "It is not imported. Create it again.")
    people = len(rows("user"))
    if people:
        found.leave(counted(people, "account"), "Accounts are not imported. Add them again.")


def _beats(path: Path, monitor_id: int) -> Iterator[HistoryCheck]:
    query = "SELECT status, msg, time, ping FROM heartbeat WHERE monitor_id = ? ORDER BY time, id"
    try:
        with closing(_opened(path)) as kuma:
            yield from (_beat(row) for row in kuma.execute(query, (monitor_id,)))
    except (sqlite3.DatabaseError, ValueError) as error:
        raise InvalidInput(f"The history in {path} cannot be read, so nothing was imported: {error}.") from error


def _beat(row: sqlite3.Row) -> HistoryCheck:
    status = STATUSES.get(row["status"], MonitorStatus.UNKNOWN)
    words = row["msg"] or None
    return HistoryCheck(
        at=_instant(row["time"]),
        status=status,
        response_ms=row["ping"] if status is MonitorStatus.UP else None,
        http_status=int(code[1]) if words and (code := CODE.match(words)) else None,
        error=None if status is MonitorStatus.UP else words or "Uptime Kuma reported it down.",
        is_confirmed=row["status"] == DOWN,
    )


def _known(
    kuma: sqlite3.Connection, table: str, width: timedelta, monitor_id: int
) -> Iterable[tuple[datetime, datetime]]:
    """Yield the periods for which *table* (version 2) has counts; their single checks may be deleted."""
    if not kuma.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
        return
    query = f"SELECT timestamp FROM {table} WHERE monitor_id = ? AND up + down > 0 ORDER BY timestamp"  # noqa: S608
    for row in kuma.execute(query, (monitor_id,)):
        start = utc_at(row["timestamp"])
        yield start, start + width


def _instant(text: str) -> datetime:
    """Parse a time of Uptime Kuma, which is in UTC without a zone."""
    given = datetime.fromisoformat(str(text))
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
