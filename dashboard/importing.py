"""What people do to come from elsewhere: read a file of another program, say what it holds, and take it in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.config import Settings
from core.database import in_session
from core.errors import InvalidInput
from core.importers.found import Found
from core.importers.gatus import read_gatus
from core.importers.kuma import read_backup, read_database
from core.importers.lists import read_sitemap, read_targets, read_urls
from core.importers.take_in import TakenIn
from core.importers.take_in import take_in as take_in_to
from core.sealing import Sealer
from dashboard.acting import require
from dashboard.audit import note
from dashboard.commands.yaml_file import read_yaml

BY_KEY: tuple[tuple[str, Callable[[dict[str, Any]], Found]], ...] = (
    ("monitorList", read_backup),
    ("scrape_configs", read_targets),
    ("endpoints", read_gatus),
    ("services", read_gatus),
)
SQLITE = b"SQLite format 3\0"
UNKNOWN = "is nothing that can be imported: give a HAR file, Uptime Kuma's kuma.db or backup, Gatus' YAML, "
UNKNOWN += "Prometheus' targets, a sitemap or a list of addresses."


def read(path: Path, environment: dict[str, str]) -> Found | None:
    """What the file at *path* holds, by what stands in it; None for a HAR file, which is a debug session.

    Raises:
        InvalidInput: It cannot be read, or is nothing that can be imported.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(64)
        if begins.startswith(SQLITE):
            return read_database(path)
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if begins.startswith(b"<"):
        return read_sitemap(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} {UNKNOWN}") from error
    return _of_text(text, path, environment)


async def take_in(found: Found, settings: Settings, *, is_tried: bool) -> TakenIn:
    """Take in what was *found*, or, *is_tried*, say what would be new.

    Raises:
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    taken = await in_session(_take_in, found, Sealer.of(settings), is_tried=is_tried)
    for step, row_id in taken.done:
        if step.kind == "website":
            signals.website_changed.send(signals.WebsiteChanged(website_id=row_id))
        elif step.kind == "maintenance":
            signals.maintenance_changed.send(signals.MaintenanceChanged(window_id=row_id))
    return taken


def _take_in(db: Session, found: Found, sealer: Sealer, *, is_tried: bool) -> TakenIn:
    taken = take_in_to(db, found, sealer, is_tried=is_tried)
    for step, _row_id in taken.done:
        note(db, f"{step.kind}.add", f"{step.kind} {step.name}", source=found.source)
    return taken


def _of_text(text: str, path: Path, environment: dict[str, str]) -> Found | None:
    value = _value(text, path, environment)
    if isinstance(value, list) and all(isinstance(one, dict) and "targets" in one for one in value):
        return read_targets(value)
    if isinstance(value, dict):
        if "log" in value:
            return None
        reading = next((read_it for key, read_it in BY_KEY if key in value), None)
        if reading is not None:
            return reading(value)
    if value is None and _is_list(text):
        return read_urls(text)
    raise InvalidInput(f"{path} {UNKNOWN}")


def _value(text: str, path: Path, environment: dict[str, str]) -> Any:
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError as error:
            raise InvalidInput(f"{path} is no JSON: {error}.") from error
    if _is_list(text):
        return None
    return read_yaml(text, str(path), environment).value


def _is_list(text: str) -> bool:
    """Whether each line begins with an address."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    firsts = [line.split()[0] for line in lines]
    return bool(firsts) and all("://" in one or ("." in one and not one.endswith(":")) for one in firsts)
