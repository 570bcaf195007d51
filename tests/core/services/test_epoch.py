"""Seconds since 1970 are the same in SQL as in Python, to the last digit."""

from datetime import UTC, datetime
from random import Random

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from core.models import UtcDateTime
from core.services.epoch import epoch


def test_seconds_match_python(store: Session) -> None:
    chance = Random(1970)
    moments = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2024, 2, 29, 23, 59, 59, 500_000, tzinfo=UTC),
        *(datetime.fromtimestamp(chance.randrange(4 * 10**15) / 1_000_000, UTC) for _ in range(300)),
    ]

    told = store.scalars(union_all(*(select(epoch(literal(moment, UtcDateTime()))) for moment in moments))).all()

    assert told == [moment.timestamp() for moment in moments]


def test_a_missing_time_has_no_seconds(store: Session) -> None:
    assert store.scalar(select(epoch(literal(None, UtcDateTime())))) is None
