"""All SQL about users' display preferences."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import Preference


class PreferenceCRUD:
    """Read and write one value per user and name."""

    @staticmethod
    def get(db: Session, user_id: int, name: str) -> dict[str, Any] | None:
        """Return the stored value; None if there is none."""
        kept = db.get(Preference, (user_id, name))
        return kept.value if kept else None

    @staticmethod
    def put(db: Session, user_id: int, name: str, value: dict[str, Any]) -> None:
        """Replace the stored value."""
        db.merge(Preference(user_id=user_id, name=name, value=value))
        db.flush()
