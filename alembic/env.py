"""Runs migrations on the connection that `core.database` passes, or else on the store in the settings."""

from sqlalchemy import Connection, inspect

from alembic import context
from core.config import Settings
from core.database import make_engine, migration_lock
from core.models import Base
from core.models.search_index import INDEXES


def migrate(connection: Connection) -> None:
    """Run the requested migrations on *connection*; its owner commits the transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by rebuilding it
    )
    context.run_migrations()
    if connection.dialect.name == "sqlite":
        _restore_triggers(connection)


def _restore_triggers(connection: Connection) -> None:
    """Create the triggers of search again, which SQLite dropped together with rebuilt tables."""
    tables = set(inspect(connection).get_table_names())
    for index in INDEXES:
        if index.name in tables:
            for trigger in index.triggers():
                connection.exec_driver_sql(trigger)


if context.is_offline_mode():
    raise SystemExit("Migrations need the store itself: leave out --sql.")

given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = make_engine(Settings.load().store_url)
    with migration_lock(engine) as own:
        migrate(own)
    engine.dispose()
