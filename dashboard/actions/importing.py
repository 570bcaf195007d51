"""Imports what a file of another program contains."""

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.config import Settings
from core.database import in_session
from core.importers.import_data import ImportData
from core.importers.store_import import ImportResult, store_import
from core.sealing import Sealer
from dashboard.actions.configuration import announce
from dashboard.audit import note
from dashboard.current_actor import require


async def import_data(found: ImportData, settings: Settings, *, is_dry_run: bool) -> ImportResult:
    """Import what was *found*; with *is_dry_run* only return what would be added."""
    require(Permission.WRITE)
    result = await in_session(_import_data, found, Sealer.of(settings), is_dry_run=is_dry_run)
    announce(result.done)
    return result


def _import_data(db: Session, found: ImportData, sealer: Sealer, *, is_dry_run: bool) -> ImportResult:
    result = store_import(db, found, sealer, is_dry_run=is_dry_run)
    for step, _row_id in result.done:
        note(db, f"{step.kind}.add", f"{step.kind} {step.name}", source=found.source)
    return result
