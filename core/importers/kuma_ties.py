"""Which websites something of Uptime Kuma is for, and what rules a notification becomes. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.importers.kuma_monitor import chain, groups_of, remind_seconds
from core.importers.shape import Row

CERTIFICATES = {"events": ["DOWN", "UP", "CERTIFICATE"], "certificate_days": 21}  # its first warning, unless changed


def within(monitors: Iterable[Row], urls: Mapping[int, str]) -> dict[int, list[str]]:
    """Which of *urls* each monitor stands for, by its id: its own, and a group all that are in it, however deep."""
    rows = list(monitors)
    groups = groups_of(rows)
    holds: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row["id"] in urls:
            for one in chain(row, groups):
                holds[one["id"]].append(urls[row["id"]])
    return holds


def tied(pairs: Iterable[Row], name: str, holds: Mapping[int, list[str]]) -> dict[int, list[str]]:
    """The websites of each thing that *pairs* tie monitors to by *name*; what is tied to a group is to all in it."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for pair in pairs:
        found[pair[name]] |= dict.fromkeys(holds.get(pair["monitor_id"], ()))
    return defaultdict(list, {key: list(urls) for key, urls in found.items()})


def rules(name: str, concerned: Iterable[str], monitors: Mapping[str, Row]) -> list[dict[str, Any]]:
    """The rules by which the notification called *name* tells of the websites *concerned*; *monitors* by their URL."""
    alike: dict[int, list[str]] = defaultdict(list)
    for url in concerned:
        alike[remind_seconds(monitors[url])].append(url)
    return [_rule(name, remind, urls, monitors) for remind, urls in alike.items()]


def _rule(name: str, remind: int, urls: list[str], monitors: Mapping[str, Row]) -> dict[str, Any]:
    rule: dict[str, Any] = {"name": name, "channel": name, "remind_seconds": remind}
    if any(_is_warned(monitors[url]) for url in urls):
        rule |= CERTIFICATES
    return rule | ({"name": f"{name}: all"} if len(urls) == len(monitors) else {"websites": urls})


def _is_warned(row: Row) -> bool:
    return bool(row.get("expiry_notification") or row.get("expiryNotification"))
