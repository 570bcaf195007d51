"""Notes what people and programs did: who, what, when and from where."""

from sqlalchemy.orm import Session

from core.services import AuditEventCRUD
from dashboard.current_actor import current_actor


def note(db: Session, action: str, subject: str | None = None, **details: object) -> None:
    """Add a line about what the present actor does, in the transaction that does it.

    Args:
        action: Such as ``website.add``.
        subject: What it is done to, in words; without secrets.
        details: Which fields changed, or what else tells one such act from another; never a secret's value.
    """
    actor = current_actor()
    AuditEventCRUD.create(
        db, actor=actor.name, action=action, subject=subject, address=actor.address, details=details or None
    )
