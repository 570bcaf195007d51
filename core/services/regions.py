"""All SQL about regions: which are named, which are heard, and which have fallen silent."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import InvalidInput

HEAR = text("""
    INSERT INTO regions AS known (name, heard_at) VALUES (:name, now())
    ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at
""")


def hear(db: Session, name: str) -> None:
    """A worker of the region *name* is at work, on PostgreSQL."""
    db.execute(HEAR, {"name": name})


def require_shared_store(db: Session, names: object) -> None:
    """See that a website can name regions in this store.

    Raises:
        InvalidInput: It names some, and the store is SQLite's.
    """
    if names and db.get_bind().dialect.name != "postgresql":
        raise InvalidInput(
            "Regions need a store on PostgreSQL, which workers of several regions share; see docs/scaling.md."
        )
