"""The declarative base, column types for both databases, and the timestamps of rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, String, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core.clock import utc_now
from core.models.enums import HTTPMethod

CheckId = BigInteger().with_variant(Integer(), "sqlite")
"""The type of a check's id. With 10,000 websites every 30 s, PostgreSQL's INTEGER would overflow in 75 days."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, timezone-aware UTC in Python on both databases.

    SQLite stores a datetime without its zone, so values are converted to UTC before they are stored. Naive values are
    rejected.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        # SQLAlchemy's own conversion takes ten times as long, and a check has four instants.
        return _digits if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _instant if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"the time {value.isoformat()} has no time zone; give it one, such as UTC")
    return value.astimezone(UTC)


def _digits(value: datetime | None) -> str | None:
    """Return *value* in SQLite's format, as SQLAlchemy would write it; `isoformat` takes twice as long."""
    if value is None:
        return None
    at = value if value.tzinfo is UTC else _in_utc(value)
    parts = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    return "%04d-%02d-%02d %02d:%02d:%02d.%06d" % parts  # noqa: UP031 - half the time of format


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class MethodName(TypeDecorator[str]):
    """A request's method: an `HTTPMethod` if known, else the name that the browser sent."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return HTTPMethod(value) if value is not None and value in HTTPMethod.__members__ else value


class Base(DeclarativeBase):
    """The registry of all tables. Constraints have names, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}


class CreatedAt:
    """Adds the time at which the row was created, which may differ from the time of the event that it describes."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)


def _when_updated(context: DefaultExecutionContext) -> datetime:
    return (context.current_parameters or {}).get("updated_at") or utc_now()


class CreatedAndUpdatedAt:
    """Adds the times at which the row was created and last changed; they are equal until it is changed."""

    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    created_at: Mapped[datetime] = mapped_column(default=_when_updated)


class ManagedByFile:
    """Adds the configuration file that manages the row. Applying the file again undoes changes made on pages."""

    managed_by: Mapped[str | None] = mapped_column(String(64))
    """The name of the configuration; None for rows that people created."""


@event.listens_for(Engine, "connect")
def _enforce_foreign_keys(connection: Any, _record: Any) -> None:
    # SQLite enforces foreign keys, and so cascades, only on connections that enable them.
    if isinstance(connection, SQLiteConnection):
        connection.execute("PRAGMA foreign_keys = ON")
