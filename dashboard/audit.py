"""Records in the audit log what people and programs did: who, what, when and from where."""

from sqlalchemy.orm import Session

from core.services import AuditEventCRUD
from dashboard.current_actor import current_actor


def note(db: Session, action: str, subject: str | None = None, **details: object) -> None:
    """Add an audit event of the current actor, in the transaction of the action itself.

    Args:
        action: The action's name, such as ``website.add``.
        subject: What the action changed, in words, without secrets.
        details: The changed fields, or other facts that distinguish the action; never a secret's value.
    """
    actor = current_actor()
    AuditEventCRUD.create(
        db, actor=actor.name, action=action, subject=subject, address=actor.address, details=details or None
    )
