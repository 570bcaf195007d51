"""Whether the store holds what only its own key opens: where that is missing, no other one must take its place."""

from sqlalchemy import Engine, Text, column, inspect, select, table

from core.config import Settings
from core.errors import StoreError
from core.sealing import KEY_FILE, PREFIX, Sealer

SEALED = (
    ("websites", "session_defaults"),
    ("websites", "check_options"),
    ("notification_channels", "sealed_address"),
    ("users", "totp_secret"),
)
"""Tables and columns, by name: the store may be older than the models."""
MISSING = (
    "The key {file} is missing, and the store holds secrets that were sealed with it: put it back (it lies beside your "
    "backups), or set WATCHWRIGHT_SECRET_KEY, which machines that share a store need. No other key opens them."
)


def sealer_of(settings: Settings, engine: Engine) -> Sealer:
    """The sealer of this installation, as `Sealer.of`, of which the key is made only for a store that has no other.

    Raises:
        StoreError: There is no key, and none can be kept, or the store was sealed with one that is missing.
    """
    file = settings.data_dir / KEY_FILE
    if not settings.secret_key and not file.exists() and holds_sealed(engine):
        raise StoreError(MISSING.format(file=file))
    return Sealer.of(settings)


def holds_sealed(engine: Engine) -> bool:
    """Whether anything in the store is sealed."""
    with engine.connect() as connection:
        there = inspect(connection)
        tables = set(there.get_table_names())
        for name, sealed in SEALED:
            if name not in tables or sealed not in {one["name"] for one in there.get_columns(name)}:
                continue
            value = column(sealed, Text)
            found = select(value).select_from(table(name)).where(value.is_not(None)).limit(1)
            if PREFIX in str(connection.scalar(found)):
                return True
    return False
