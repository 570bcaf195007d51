"""All SQL about what people chose for their own screens."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import Preference


class PreferenceCRUD:
    """One value for each person and name; the last one written holds."""

    @staticmethod
    def get(db: Session, user_id: int, name: str) -> dict[str, Any] | None:
        """What was chosen; None before anything was."""
        kept = db.get(Preference, (user_id, name))
        return kept.value if kept else None

    @staticmethod
    def put(db: Session, user_id: int, name: str, value: dict[str, Any]) -> None:
        """Keep *value* instead of what was chosen before."""
        db.merge(Preference(user_id=user_id, name=name, value=value))
        db.flush()
