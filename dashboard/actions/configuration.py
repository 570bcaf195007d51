"""Exports the configuration as one document, compares it with the store and applies it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.config import Settings
from core.configuration import contents
from core.configuration.apply import Applied
from core.configuration.apply import apply as apply_in
from core.configuration.difference import Step
from core.configuration.export import document
from core.database import in_session
from core.schemas.configuration import Configuration, ConfigurationResult
from core.sealing import Sealer
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.status.cache import cache

VERBS = {"add": "add", "change": "change", "remove": "delete"}


async def export(settings: Settings, name: str | None = None) -> dict[str, Any]:
    """Return the configuration without secrets; with *name*, only what the configuration of that name manages."""
    require(Permission.READ)
    return document(await in_session(contents.read, Sealer.of(settings)), name)


async def apply(
    configuration: Configuration, settings: Settings, *, is_pruned: bool = False, is_dry_run: bool = False
) -> ConfigurationResult:
    """Apply *configuration*; with *is_dry_run* only return what would change.

    Raises:
        UnusableConfiguration: It refers to something that does not exist, or that another configuration manages.
    """
    require(Permission.READ if is_dry_run else Permission.WRITE)
    applied = await in_session(_apply, configuration, Sealer.of(settings), is_pruned=is_pruned, is_dry_run=is_dry_run)
    announce(applied.done)
    if any(step.kind in ("status_page", "website", "tag") for step, _row_id in applied.done):
        cache.forget()
    steps = [step.shown for step in applied.steps]
    return ConfigurationResult(name=configuration.name, is_applied=not is_dry_run, steps=steps)


def announce(done: Iterable[tuple[Step, int]]) -> None:
    """Send the signals for stored websites and maintenance windows."""
    for step, row_id in done:
        if step.kind == "website":
            signals.website_changed.send(signals.WebsiteChanged(website_id=row_id))
        elif step.kind == "maintenance":
            signals.maintenance_changed.send(signals.MaintenanceChanged(window_id=row_id))


def _apply(db: Session, configuration: Configuration, sealer: Sealer, *, is_pruned: bool, is_dry_run: bool) -> Applied:
    applied = apply_in(db, configuration, sealer, is_pruned=is_pruned, is_dry_run=is_dry_run)
    for step, _row_id in applied.done:
        details = {"fields": sorted(step.after)} if step.action == "change" else {}
        note(db, f"{step.kind}.{VERBS[step.action]}", f"{step.kind} {step.name}", file=configuration.name, **details)
    return applied
