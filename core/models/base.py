"""The declarative base, the column types that hold on both databases, and the audit timestamps."""

from collections.abc import Callable
from datetime import UTC, datetime
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, String, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core.clock import utc_now
from core.models.enums import HTTPMethod

CheckId = BigInteger().with_variant(Integer(), "sqlite")
"""Of a check: 10,000 websites every 30 s use up PostgreSQL's INTEGER in 75 days; SQLite's has 64 bits anyway."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: timezone-aware UTC in Python on SQLite and PostgreSQL alike.

    SQLite keeps the digits of a datetime and drops its zone, so another zone's hours would come
    back as UTC's: values are turned into UTC on their way in, and naive ones are refused.
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
        # SQLAlchemy's own three steps take ten times as long, and a check has four instants.
        return _digits if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _instant if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"the time {value.isoformat()} has no time zone; give it one, such as UTC")
    return value.astimezone(UTC)


def _digits(value: datetime | None) -> str | None:
    """As SQLite keeps it, and SQLAlchemy would write it; `isoformat` takes twice as long."""
    if value is None:
        return None
    at = value if value.tzinfo is UTC else _in_utc(value)
    parts = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    return "%04d-%02d-%02d %02d:%02d:%02d.%06d" % parts  # noqa: UP031 - half the time of format


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class MethodName(TypeDecorator[str]):
    """A request's method: an `HTTPMethod` where it is one, else its name as the browser sent it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return HTTPMethod(value) if value is not None and value in HTTPMethod.__members__ else value


class Base(DeclarativeBase):
    """The one registry of tables; constraints are named so that migrations can speak of them."""

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
    """When the row was stored, as opposed to when what it tells of happened."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CreatedAndUpdatedAt(CreatedAt):
    """… and when it was last changed."""

    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class ManagedByFile:
    """Whether a configuration file says how it is; what a page changes meanwhile, its next application undoes."""

    managed_by: Mapped[str | None] = mapped_column(String(64))
    """The name of that configuration; None for what people made."""


@event.listens_for(Engine, "connect")
def _enforce_foreign_keys(connection: Any, _record: Any) -> None:
    # SQLite enforces foreign keys, and so our cascades, only on connections that ask for it.
    if isinstance(connection, SQLiteConnection):
        connection.execute("PRAGMA foreign_keys = ON")
