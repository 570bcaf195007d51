"""Finds out which websites a notification or maintenance of Uptime Kuma is for, and creates rules. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.importers.kuma_monitor import chain, groups_of, remind_seconds
from core.importers.parsing import Row

CERTIFICATES = {"events": ["DOWN", "UP", "CERTIFICATE"], "certificate_days": 21}  # Uptime Kuma's default first warning


def urls_by_monitor(monitors: Iterable[Row], urls: Mapping[int, str]) -> dict[int, list[str]]:
    """Return the *urls* for each monitor id; a group has those of all its members, at any depth."""
    rows = list(monitors)
    groups = groups_of(rows)
    holds: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row["id"] in urls:
            for monitor in chain(row, groups):
                holds[monitor["id"]].append(urls[row["id"]])
    return holds


def urls_by_target(pairs: Iterable[Row], name: str, holds: Mapping[int, list[str]]) -> dict[int, list[str]]:
    """Return the websites for each id in the column *name* of *pairs*; a group stands for all its members."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for pair in pairs:
        found[pair[name]] |= dict.fromkeys(holds.get(pair["monitor_id"], ()))
    return defaultdict(list, {key: list(urls) for key, urls in found.items()})


def rules(name: str, concerned: Iterable[str], monitors: Mapping[str, Row]) -> list[dict[str, Any]]:
    """Return the rules for the notification called *name* about the websites *concerned*; *monitors* are by URL."""
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
