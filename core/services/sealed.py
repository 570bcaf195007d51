"""Verifies that the key decrypts the store's secrets. A missing key must not be replaced by a new one."""

import logging
import re

from sqlalchemy import Engine, Text, column, inspect, select, table

from core.config import Settings
from core.errors import StoreError
from core.owned_files import path_exists
from core.sealing import KEY_FILE, PREFIX, Sealer

logger = logging.getLogger(__name__)

SEAL = re.compile(rf"{PREFIX}[0-9a-f]+")
SEALED = (
    ("websites", "session_defaults"),
    ("websites", "check_options"),
    ("notification_channels", "sealed_address"),
    ("users", "totp_secret"),
)
"""Tables and columns by name, because the store may be older than the models."""
MISSING = (
    "The key {file} is missing, but the database holds secrets that were sealed with it. Put the key back (it is not "
    "in backups of the database), copy it from the data folder of another process on this database, or set "
    "WATCHWRIGHT_SECRET_KEY if that was the key. No other key opens the secrets."
)


def sealer_of(settings: Settings, engine: Engine) -> Sealer:
    """Return the sealer of this installation; a new key is created only for a store without sealed values.

    A key that does not decrypt the store's secrets is only logged, because newer secrets may need it.

    Raises:
        StoreError: The store's key is missing, or a new key cannot be saved.
    """
    trouble = key_trouble(settings, engine)
    if trouble and not _has_key(settings):
        raise StoreError(trouble)
    if trouble:
        logger.error(trouble)
    return Sealer.of(settings)


def key_trouble(settings: Settings, engine: Engine) -> str | None:
    """Return what is wrong with the key, in sentences; None if it decrypts the store's secrets."""
    found = _first_sealed(engine)
    if found is None:
        return None
    if not _has_key(settings):
        return MISSING.format(file=settings.data_dir / KEY_FILE)
    try:
        Sealer.of(settings).open(found)
    except StoreError as error:
        return f"{error} Or enter the secrets again: passwords and headers of websites, and addresses of channels."
    return None


def _has_key(settings: Settings) -> bool:
    return bool(settings.secret_key) or path_exists(settings.data_dir / KEY_FILE)


def _first_sealed(engine: Engine) -> str | None:
    with engine.connect() as connection:
        there = inspect(connection)
        tables = set(there.get_table_names())
        for name, sealed in SEALED:
            if name not in tables or sealed not in {column["name"] for column in there.get_columns(name)}:
                continue
            value = column(sealed, Text)
            found = select(value).select_from(table(name)).where(value.is_not(None)).limit(1)
            if match := SEAL.search(str(connection.scalar(found))):
                return match[0]
    return None
