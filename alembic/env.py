"""Runs the migrations: on the connection that `core.database` hands over, else on the settings' store."""

from sqlalchemy import Connection, inspect

from alembic import context
from core.config import Settings
from core.database import make_engine
from core.models import Base
from core.models.search_index import INDEXES


def migrate(connection: Connection) -> None:
    """Run what was asked for on *connection*; who hands it over owns the transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by building it anew
    )
    context.run_migrations()
    if connection.dialect.name == "sqlite":
        _restore_triggers(connection)


def _restore_triggers(connection: Connection) -> None:
    """Make the triggers of search again that went with a table that was built anew."""
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
    with make_engine(Settings.load().store_url).begin() as own:
        migrate(own)
