"""What people do to come from elsewhere: take in what a file of another program holds."""

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.config import Settings
from core.database import in_session
from core.importers.found import Found
from core.importers.take_in import TakenIn
from core.importers.take_in import take_in as take_in_to
from core.sealing import Sealer
from dashboard.actions.configuration import announce
from dashboard.audit import note
from dashboard.current_actor import require


async def take_in(found: Found, settings: Settings, *, is_tried: bool) -> TakenIn:
    """Take in what was *found*, or, *is_tried*, say what would be new.

    Raises:
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    taken = await in_session(_take_in, found, Sealer.of(settings), is_tried=is_tried)
    announce(taken.done)
    return taken


def _take_in(db: Session, found: Found, sealer: Sealer, *, is_tried: bool) -> TakenIn:
    taken = take_in_to(db, found, sealer, is_tried=is_tried)
    for step, _row_id in taken.done:
        note(db, f"{step.kind}.add", f"{step.kind} {step.name}", source=found.source)
    return taken
