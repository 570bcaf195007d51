"""Migrations build exactly the models on both databases, and every step can be downgraded."""

from typing import Any

import pytest
from alembic.config import Config
from alembic.config import main as alembic_command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from core import database
from core.models import Base
from core.services import WebsiteCRUD
from core.store_session import StoreSession
from tests import postgres
from tests.factories import make_session, make_website

CONTRACT = "1a96e5049f0d"
SPLIT = "f4c81b7d2e96"
CORE_TABLES = {"websites", "monitor_checks", "downtime_windows", "debug_sessions", "network_events"}
ROWS = {"websites": 1, "debug_sessions": 1, "network_events": 1, "monitor_checks": 3}  # of `_add_rows`


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", "alembic")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def _postgresql_facts(connection: Connection) -> dict[str, Any]:
    """What SQLAlchemy's inspector and Alembic's comparison omit: enum values, predicates, methods, checks."""
    enums = connection.execute(
        text("SELECT typname, enumlabel FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid ORDER BY 1, enumsortorder")
    )
    indexes = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"))
    # Without NOT NULL, which is a constraint from PostgreSQL 18 on, and is compared with the columns.
    constraints = connection.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1"
        )
    )
    views = connection.execute(text("SELECT matviewname, definition FROM pg_matviews ORDER BY 1"))
    return {
        "enums": [tuple(row) for row in enums],
        "views": [tuple(row) for row in views],
        "indexes": [row[0] for row in indexes if "alembic_version" not in row[0]],
        "constraints": [tuple(row) for row in constraints if "alembic_version" not in row[0]],
    }


def _sqlite_facts(connection: Connection) -> dict[str, Any]:
    indexes = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1")
    )
    triggers = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"))
    never_reused = connection.execute(
        text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY 1")
    )
    return {
        "never reused": [row[0] for row in never_reused],
        "indexes": [" ".join(row[0].replace('"', "").split()) for row in indexes],
        "triggers": [row[0] for row in triggers],
    }


def _facts(engine: Engine) -> dict[str, Any]:
    """The tables of a store, comparable between two stores on one database."""
    inspector = inspect(engine)
    kinds: dict[str, Any] = {
        "primary key": inspector.get_multi_pk_constraint(),
        "foreign keys": inspector.get_multi_foreign_keys(),
        "unique": inspector.get_multi_unique_constraints(),
        "checks": inspector.get_multi_check_constraints(),
    }
    facts: dict[str, Any] = {}
    for key, found in inspector.get_multi_columns().items():
        columns = [
            (column["name"], str(column["type"]), column["nullable"], column["default"], column.get("identity"))
            for column in found
        ]
        facts[key[1]] = {"columns": sorted(columns)}
        facts[key[1]] |= {kind: _in_order(of_tables.get(key)) for kind, of_tables in kinds.items()}
    facts.pop("alembic_version", None)
    with engine.connect() as connection:
        facts |= _postgresql_facts(connection) if engine.dialect.name == "postgresql" else _sqlite_facts(connection)
    return facts


def _in_order(constraints: Any) -> Any:
    return sorted(map(str, constraints)) if isinstance(constraints, list) else constraints


def test_migrations_build_exactly_the_models(empty_engine: Engine) -> None:
    database.upgrade(empty_engine)
    migrated = _facts(empty_engine)
    database.downgrade(empty_engine, "base")

    Base.metadata.create_all(empty_engine)

    created = _facts(empty_engine)
    assert set(migrated) == set(created)
    for part, facts in created.items():
        assert migrated[part] == facts, part


def test_first_revisions_are_those_of_the_contract() -> None:
    assert _revisions()[:2] == ["001", CONTRACT]
    assert database.latest_revision() == _revisions()[-1]


def test_contract_revision_builds_the_five_core_entities(empty_engine: Engine) -> None:
    database.upgrade(empty_engine, CONTRACT)

    assert set(inspect(empty_engine).get_table_names()) == CORE_TABLES | {"alembic_version"}


def test_every_step_keeps_the_rows_and_can_be_downgraded(empty_engine: Engine) -> None:
    built = {}
    for revision in _revisions():
        database.upgrade(empty_engine, revision)
        if revision == CONTRACT:
            _add_rows(empty_engine)
        if revision == SPLIT and empty_engine.dialect.name == "postgresql":
            assert _parts_of_checks(empty_engine) == [
                (1, "monitor_checks_2024_03"), (2, "monitor_checks_2026_03"), (3, "monitor_checks_default")
            ]  # fmt: skip
        built[revision] = _facts(empty_engine)

    for revision in _revisions()[-2::-1]:
        has_rows = revision != "001"  # the first revision creates no tables
        assert not has_rows or _counts(empty_engine) == ROWS, f"above {revision}"
        database.downgrade(empty_engine, revision)
        assert database.current(empty_engine) == revision
        assert _facts(empty_engine) == built[revision], revision
        assert not has_rows or _counts(empty_engine) == ROWS, revision
    database.downgrade(empty_engine, "base")

    assert database.current(empty_engine) is None
    of_dialect: dict[str, dict[str, Any]] = {
        "postgresql": {"enums": [], "constraints": [], "views": []},
        "sqlite": {"triggers": [], "never reused": []},
    }
    nothing: dict[str, Any] = {"indexes": [], **of_dialect[empty_engine.dialect.name]}
    assert _facts(empty_engine) == nothing


def _add_rows(engine: Engine) -> None:
    """Fill a store at `CONTRACT` with checks of an old, a middle and a far future month."""
    moment = "'2026-03-01 12:00:00+00:00'" if engine.dialect.name == "postgresql" else "'2026-03-01 12:00:00'"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at) "
            f"VALUES (1, 'https://a.example/', 'a', 60, 10, true, {moment}, {moment})"
        )
        connection.exec_driver_sql(
            "INSERT INTO debug_sessions "
            "(id, website_id, session_key, started_at, browser_type, created_at, updated_at) "
            f"VALUES (1, 1, 'k', {moment}, 'chromium', {moment}, {moment})"
        )
        connection.exec_driver_sql(
            "INSERT INTO network_events (id, debug_session_id, event_type, url, timestamp, created_at) "
            f"VALUES (1, 1, 'REQUEST', 'u', {moment}, {moment})"
        )
        for number, year in enumerate((2024, 2026, 2099), start=1):
            connection.exec_driver_sql(
                "INSERT INTO monitor_checks (id, website_id, status, http_method, checked_at, created_at) "
                f"VALUES ({number}, 1, 'UP', 'GET', {moment.replace('2026', str(year))}, {moment})"
            )


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in ROWS}


def _parts_of_checks(engine: Engine) -> list[tuple[int, str]]:
    """The table of each check, by id."""
    with engine.connect() as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(text("SELECT id, tableoid::regclass::text FROM monitor_checks ORDER BY id"))
        ]


def test_a_schema_with_another_name_is_migrated() -> None:
    with postgres.engine() as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA app"))
            connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET search_path = app'))
        engine.dispose()  # a new connection has the new path

        database.upgrade(engine, CONTRACT)
        _add_rows(engine)
        database.upgrade(engine)
        there = inspect(engine)
        made = set(there.get_table_names("app")), there.get_table_names("public")
        counts = _counts(engine)
        database.downgrade(engine, CONTRACT)

        assert made[0] >= set(Base.metadata.tables)
        assert made[1] == []
        assert counts == _counts(engine) == ROWS


def test_credentials_are_sealed_by_the_upgrade_and_opened_by_the_downgrade(empty_engine: Engine) -> None:
    before, sealed = "6f1c8e2ab09d", "d5b20f9c7e18"
    database.upgrade(empty_engine, before)
    options, defaults = '{"bearer_token": "tok-5ecret"}', '{"device": "iPhone 15"}'
    moment = "2026-03-01 12:00:00+00:00" if empty_engine.dialect.name == "postgresql" else "2026-03-01 12:00:00"
    with empty_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at, "
                "check_options, session_defaults) VALUES (1, 'https://a.example/', 'a', 60, 10, true, "
                ":moment, :moment, :options, :defaults), (2, 'https://b.example/', 'b', 60, 10, true, "
                ":moment, :moment, NULL, NULL)"
            ),
            {"moment": moment, "options": options, "defaults": defaults},
        )
    kept = text(
        "SELECT CAST(check_options AS text), CAST(session_defaults AS text), updated_at FROM websites ORDER BY id"
    )
    with empty_engine.connect() as connection:
        plain = [tuple(row) for row in connection.execute(kept)]

    database.upgrade(empty_engine, sealed)
    with empty_engine.connect() as connection:
        closed = [tuple(row) for row in connection.execute(kept)]
    database.downgrade(empty_engine, before)
    with empty_engine.connect() as connection:
        opened = [tuple(row) for row in connection.execute(kept)]

    assert plain == opened == [(options, defaults, plain[0][2]), (None, None, plain[1][2])]
    assert closed[0][0].startswith('"sealed:1:')
    assert "5ecret" not in closed[0][0]
    assert (closed[0][2], closed[1]) == (plain[0][2], plain[1])


def test_open_windows_of_paused_websites_end_at_the_last_known_time(empty_engine: Engine) -> None:
    zone = "+00:00" if empty_engine.dialect.name == "postgresql" else ".000000"
    noon, later, last = (f"'2026-03-01 {hour}:00:00{zone}'" for hour in (12, 13, 14))
    database.upgrade(empty_engine, "c93e5f7a1d60")
    with empty_engine.begin() as connection:
        for number, is_active, known_until in ((1, "false", later), (2, "false", "NULL"), (3, "true", later)):
            connection.exec_driver_sql(
                "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, "
                f"created_at, updated_at) VALUES ({number}, 'https://{number}.example/', 'a', 60, 10, {is_active}, "
                f"{noon}, {last})"
            )
            connection.exec_driver_sql(
                "INSERT INTO website_states (website_id, status, checked_at, known_since, known_until) "
                f"VALUES ({number}, 'DOWN', {noon}, {noon}, {known_until})"
            )
            connection.exec_driver_sql(
                "INSERT INTO downtime_windows (website_id, started_at, initial_status, affected_checks_count, "
                f"created_at, updated_at) VALUES ({number}, {noon}, 'DOWN', 3, {last}, {last})"
            )

    database.upgrade(empty_engine)

    with empty_engine.connect() as connection:
        found = connection.execute(
            text("SELECT duration_seconds, recovery_status FROM downtime_windows ORDER BY website_id")
        )
        assert [tuple(row) for row in found] == [(3600.0, "UNKNOWN"), (7200.0, "UNKNOWN"), (None, None)]


def test_interruptions_of_stored_exchanges_are_named_by_their_messages(empty_engine: Engine) -> None:
    zone = "+00:00" if empty_engine.dialect.name == "postgresql" else ".000000"
    noon = f"'2026-03-01 12:00:00{zone}'"
    database.upgrade(empty_engine, "d17f4c86b25a")
    messages = [
        "The answer had begun, and had not ended when the session did.",
        "The response had started but had not finished when the session ended.",
        "The page was left before an answer came (ERR_ABORTED).",
        "The page was left before a response arrived (ERR_ABORTED).",
        "It was aborted by the page or the browser (ERR_ABORTED).",
    ]
    with empty_engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at) "
            f"VALUES (1, 'https://a.example/', 'a', 60, 10, true, {noon}, {noon})"
        )
        connection.exec_driver_sql(
            "INSERT INTO debug_sessions (id, website_id, session_key, started_at, browser_type, created_at, "
            f"updated_at) VALUES (1, 1, 'a', {noon}, 'chromium', {noon}, {noon})"
        )
        for message in messages:
            connection.execute(
                text(
                    "INSERT INTO network_events (debug_session_id, event_type, url, timestamp, error_message, "
                    f"created_at) VALUES (1, 'ERROR', 'https://a.example/', {noon}, :message, {noon})"
                ),
                {"message": message},
            )

    database.upgrade(empty_engine)

    with empty_engine.connect() as connection:
        found = list(connection.scalars(text("SELECT interruption FROM network_events ORDER BY id")))
        assert found == ["session_end", "session_end", "navigation", "navigation", None]


def test_the_upgrade_never_gives_the_id_of_a_deleted_row_to_another(empty_engine: Engine) -> None:
    database.upgrade(empty_engine, CONTRACT)
    _add_rows(empty_engine)
    database.upgrade(empty_engine)

    with StoreSession(empty_engine) as db:
        if empty_engine.dialect.name == "postgresql":  # `_add_rows` gave the first id itself
            db.execute(text("SELECT nextval('websites_id_seq'), nextval('debug_sessions_id_seq')"))
        WebsiteCRUD.delete(db, 1)
        website = make_website(db)

        assert (website.id, make_session(db, website).id) == (2, 2)


def test_alembics_own_command_loses_no_rows(empty_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    database.upgrade(empty_engine, CONTRACT)
    _add_rows(empty_engine)
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", empty_engine.url.render_as_string(hide_password=False))

    alembic_command(["upgrade", "head"])

    assert database.current(empty_engine) == database.latest_revision()
    assert _counts(empty_engine) == ROWS
