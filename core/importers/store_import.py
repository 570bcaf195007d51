"""Stores imported data: adds what is new and leaves existing objects unchanged."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from core.batches import batched
from core.clock import utc_now
from core.configuration import contents
from core.configuration.difference import Step
from core.configuration.execute import execute
from core.configuration.objects import KINDS, Contents, website_key
from core.configuration.wanted import wanted_objects
from core.importers.downtime_replay import DowntimeReplay
from core.importers.grouping import split_groups
from core.importers.import_data import History, HistoryCheck, ImportData, Skipped
from core.importers.parsing import url_key
from core.phrases import counted
from core.schemas import explain
from core.schemas.configuration import (
    ChannelEntry,
    Configuration,
    MaintenanceEntry,
    RuleEntry,
    StatusPageEntry,
    WebsiteEntry,
)
from core.sealing import Sealer
from core.services import history

SHOWN = 80  # characters of a name that a message shows
BATCH = 10_000  # checks per statement
ENTRIES: dict[str, Any] = {
    "websites": WebsiteEntry,
    "channels": ChannelEntry,
    "maintenance": MaintenanceEntry,
    "rules": RuleEntry,
    "status_pages": StatusPageEntry,
}


@dataclass(slots=True, kw_only=True)
class ImportResult:
    """The result of an import."""

    source: str
    steps: list[Step] = field(default_factory=list)
    done: list[tuple[Step, int]] = field(default_factory=list)
    """Each executed step with the id of its row; empty in a dry run."""
    there: int = 0
    """Entries that exist already and stay unchanged."""
    left: list[Skipped] = field(default_factory=list)
    checks: int = 0
    windows: int = 0


def store_import(db: Session, found: ImportData, sealer: Sealer, *, is_dry_run: bool) -> ImportResult:
    """Store what an importer *found*, in the caller's transaction; importing it twice changes nothing.

    Args:
        db: The session.
        found: What an importer read.
        sealer: Seals the secrets of channels.
        is_dry_run: A dry run: return the steps but change nothing. The history is not counted then.
    """
    present = contents.read(db, sealer)
    taken = ImportResult(source=found.source, left=list(found.left))
    wanted = wanted_objects(_checked(found, present, taken.left), present)
    for kind in KINDS:
        new = [item for item in wanted[kind] if item.key not in present[kind]]
        taken.there += len(wanted[kind]) - len(new)
        taken.steps += [
            Step(action="add", kind=kind, name=item.key, row_id=None, before={}, after=item.fields) for item in new
        ]
    others = present["website"].keys() - {item.key for item in wanted["website"]}
    taken.left += [_too_wide(step.name, len(others)) for step in taken.steps if others and _is_for_all(step)]
    if is_dry_run:
        return taken
    taken.done = execute(db, taken.steps, present, sealer)
    ids = {key: row.row_id for key, row in present["website"].items()}
    ids |= {step.name: row_id for step, row_id in taken.done if step.kind == "website"}
    for url, past in found.pasts.items():
        website_id = ids.get(url_key(url) or "")
        if website_id is not None:
            checks, windows = _store_history(db, website_id, past)
            taken.checks, taken.windows = taken.checks + checks, taken.windows + windows
    return taken


def _is_for_all(step: Step) -> bool:
    return step.kind == "rule" and step.after["website"] is None and step.after["tag"] is None


def _too_wide(name: str, others: int) -> Skipped:
    words = f"It notifies about all websites, including {counted(others, 'website')} outside the file"
    return Skipped(what=f"rule {name}", why=f"{words}. Choose a tag for it to limit it.")


def _checked(found: ImportData, present: Contents, left: list[Skipped]) -> Configuration:
    """Return the valid entries without duplicates; the reasons for the others are added to *left*."""
    kept: dict[str, list[Any]] = {section: [] for section in ENTRIES}
    seen: set[str] = set()
    sections = split_groups(found, _stored_tags(found, present))
    for section, kind in ENTRIES.items():
        for number, raw in enumerate(sections[section]):
            name = str(raw.get("name") or raw.get("title") or raw.get("url"))
            what = f"{found.places.get((section, number)) or section}: {name[:SHOWN]}"
            try:
                entry = kind.model_validate(raw)
            except ValidationError as error:
                left.append(Skipped(what=what, why=explain(error)))
                continue
            key = website_key(entry.url) if section == "websites" else f"channel {name}"
            if section in ("websites", "channels") and key in seen:
                left.append(Skipped(what=what, why="The file contains it twice."))
                continue
            seen.add(key)
            kept[section].append(entry)
    for section in ("maintenance", "rules"):
        kept[section] = [item for item in kept[section] if _has_references(section, item, kept, present, left)]
    kept["status_pages"] = _with_known_websites(kept["status_pages"], _urls(kept, present), present, left)
    return Configuration(**kept)


def _stored_tags(found: ImportData, present: Contents) -> dict[str, list[str]]:
    """Return the tags of the *found* websites that the store has, by the URL in the file."""
    keys = {str(raw["url"]): url_key(str(raw["url"])) for raw in found.sections["websites"]}
    there = present["website"]
    return {url: there[key].fields["tags"] for url, key in keys.items() if key in there}


def _urls(kept: dict[str, list[Any]], present: Contents) -> set[str]:
    return present["website"].keys() | {website_key(website.url) for website in kept["websites"]}


def _with_known_websites(
    pages: list[StatusPageEntry], urls: set[str], present: Contents, left: list[Skipped]
) -> list[StatusPageEntry]:
    """Return the pages with each known website once, and without domains that another page has."""
    domains = {row.fields["domain"]: slug for slug, row in present["status_page"].items()}
    shown = []
    for page in pages:
        there: set[str] = set()
        groups = []
        for group in page.groups:
            keys = {website_key(url): url for url in group.websites}
            groups.append(group.model_copy(update={"websites": [keys[key] for key in keys if key in urls - there]}))
            there |= keys.keys()
        domain = page.domain
        if domain is not None and domains.setdefault(domain, page.slug) != page.slug:
            left.append(
                Skipped(what=f"domain {domain} of status page {page.title}", why="Another status page uses it.")
            )
            domain = None
        shown.append(page.model_copy(update={"groups": groups, "domain": domain}))
    return shown


def _has_references(
    section: str, entry: Any, kept: dict[str, list[Any]], present: Contents, left: list[Skipped]
) -> bool:
    urls = _urls(kept, present)
    names = present["channel"].keys() | {channel.name for channel in kept["channels"]}
    if entry.website is not None and website_key(entry.website) not in urls:
        left.append(Skipped(what=f"{section}: {entry.name}", why=f"{entry.website} is not imported."))
        return False
    if section == "rules" and entry.channel not in names:
        left.append(Skipped(what=f"rules: {entry.name}", why=f"The channel {entry.channel} is not imported."))
        return False
    return True


def _store_history(db: Session, website_id: int, past: History) -> tuple[int, int]:
    """Store the history of a website; returns how many checks and downtime windows were new."""
    there, replay, now = history.instants(db, website_id), DowntimeReplay(), utc_now()
    beats = (beat for beat in replay.replay(past.beats()) if beat.at not in there and beat.at <= now)
    count = 0
    for batch in batched(beats, BATCH):
        history.add_checks(db, website_id, [_row(beat) | {"created_at": now} for beat in batch])
        count += len(batch)
    if not count:
        return 0, 0
    windows = [
        {
            "started_at": window.started_at,
            "ended_at": window.ended_at,
            "affected_checks_count": window.checks,
            "root_cause": window.cause,
        }
        for window in replay.windows
    ]
    added = history.add_windows(db, website_id, windows)
    history.add_known_time(db, website_id, past.known)  # after the windows, which it reads
    return count, added


def _row(beat: HistoryCheck) -> dict[str, Any]:
    return {
        "status": beat.status,
        "checked_at": beat.at,
        "http_status_code": beat.http_status,
        "response_time_ms": beat.response_ms,
        "error_message": beat.error,
    }
