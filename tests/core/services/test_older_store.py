"""The known time of a store of an older version is calculated once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from core import database
from core.database import run_in_session
from core.services import coverage, older_store

CONTRACT = "1a96e5049f0d"
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _fill(engine: Engine) -> None:
    """Two websites, as the first version kept them: one with a check each minute of an hour, one with none."""
    zone = "+00:00" if engine.dialect.name == "postgresql" else ""  # SQLite's rows have none

    def stored(at: datetime) -> dict[str, str]:
        return {"moment": f"{at:%Y-%m-%d %H:%M:%S}{zone}"}

    with engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at) "
                    f"VALUES ({number}, 'https://{number}.example/', 'a', 60, 10, true, :moment, :moment)"
                ),
                stored(BEGAN),
            )
        connection.execute(
            text(
                "INSERT INTO monitor_checks (website_id, status, http_method, checked_at, created_at) "
                "VALUES (1, 'UP', 'GET', :moment, :moment)"
            ),
            [stored(BEGAN + timedelta(minutes=minute)) for minute in range(60)],
        )


def _known() -> timedelta:
    found = run_in_session(coverage.spans, [1], since=BEGAN, until=BEGAN + HOUR)
    return sum((timedelta(seconds=end - start) for start, end in found[1]), timedelta())


def test_known_time_is_calculated_from_checks_of_an_older_version(empty_engine: Engine) -> None:
    database.upgrade(empty_engine, CONTRACT)
    _fill(empty_engine)
    database.upgrade(empty_engine)
    database.bind(empty_engine)
    assert _known() == timedelta()

    older_store.learn_known_time()

    assert _known() == HOUR


def test_calculated_known_time_is_not_calculated_again(empty_engine: Engine) -> None:
    database.upgrade(empty_engine, CONTRACT)
    _fill(empty_engine)
    database.upgrade(empty_engine)
    database.bind(empty_engine)
    older_store.learn_known_time()
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM monitor_checks"))

    older_store.learn_known_time()

    assert _known() == HOUR
