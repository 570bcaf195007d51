"""Creates the SQLAlchemy engine of a store and explains why a store cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, ExceptionContext, StaticPool, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError

from core import sqlite, store_place
from core.errors import StoreError
from core.store_availability import READ_ONLY, is_store_unavailable

PATIENCE = {
    "connect_timeout": "5",  # s, for each address of the server
    "tcp_user_timeout": "10000",  # ms for the peer to acknowledge data; the kernel's default is a quarter of an hour
    "keepalives_idle": "5",  # s of silence, for instance during a query, before the kernel probes the peer
    "keepalives_interval": "3",
    "keepalives_count": "3",
}
"""libpq timeouts: without them, a thread whose network fails waits for minutes and cannot be stopped."""
WRITABLE = {"target_session_attrs": "read-write"}
INSUFFICIENT_PRIVILEGE = "42501"  # SQLSTATE; since PostgreSQL 15 only the owner may create tables in "public"
INVALID_SCHEMA_NAME = "3F000"  # SQLSTATE: the user's search_path names no existing schema
BACKEND_PID = text("SELECT pg_backend_pid()")
POOLER_PROBES = 5  # a pooler may have several connections and hand them out in turn
REMEDIES = {
    "sqlite": (
        "The file must be a SQLite database that Watchwright may write to, in a folder with free space. "
        "No other program may lock it."
    ),
    "postgresql": "Check WATCHWRIGHT_DATABASE_URL. The database must be running, with free space and free connections.",
}
"""What to do about a store that cannot be used, if the error has no remedy of its own."""
SHARED = (
    "{store} is a pooler that gives each transaction another connection, like PgBouncer with pool_mode = transaction. "
    "Locks of the monitor do not work there. Connect to PostgreSQL directly, or use pool_mode = session."
)
ANY_THREAD = {"check_same_thread": False}


def make_engine(url: str, *, may_make: bool = True) -> Engine:
    """Create an engine for *url*, with the store's folder created and SQLite configured; does not connect yet.

    Parameters of failed statements never appear in errors, because they may be secrets and errors are logged.

    Args:
        url: SQLAlchemy's address of the store.
        may_make: Whether a missing SQLite file may be created.

    Raises:
        StoreError: The folder of its file cannot be created.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=patience(parsed))
        event.listen(engine, "connect", _require_utf8, insert=True)  # before SQLAlchemy fails on another encoding
        event.listen(engine, "handle_error", _drop_read_only)
        return engine
    file = store_file(parsed)
    if file is None:
        engine = create_engine(parsed, poolclass=StaticPool, hide_parameters=True, connect_args=ANY_THREAD)
    else:
        _make_folder(file.parent)
        # The most recently used connection has most of the store's pages cached; another one would read them again.
        engine = create_engine(parsed, pool_use_lifo=True, hide_parameters=True, connect_args=ANY_THREAD)
    sqlite.configure(engine, file)
    if file is not None:
        store_place.track_file(engine, file, may_make=may_make)
    event.listen(engine, "handle_error", _drop_read_only)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be created: {error.strerror}. "
            "Set WATCHWRIGHT_DATA_DIR to a folder in which Watchwright may write."
        ) from error


def _drop_read_only(context: ExceptionContext) -> None:
    """Discard connections that were opened while the store was read-only: they would stay read-only."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0)
    is_file = code & 0xFF == sqlite3.SQLITE_READONLY  # the low byte is the primary result code
    if is_file or getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, not is_file


def patience(url: URL) -> dict[str, str]:
    """Return the `PATIENCE` options that *url* does not set itself.

    If *url* lists several servers, libpq chooses one that accepts writes instead of a standby.
    """
    hosts = url.query.get("host", "")
    wanted = PATIENCE | (WRITABLE if isinstance(hosts, tuple) or "," in hosts else {})
    return {name: value for name, value in wanted.items() if name not in url.query}


def libpq_options(url: URL) -> dict[str, Any]:
    """Return the options with which psycopg connects to *url*; libpq needs the ports of several servers apart."""
    _positional, named = url.get_dialect()().create_connect_args(url)
    return {**named, **patience(url)}


def store_file(url: URL) -> Path | None:
    """Return the file of a SQLite store; None for a store in memory or on a server."""
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if in_file else None


@contextmanager
def store_errors(engine: Engine) -> Iterator[None]:
    """Turn errors of an unavailable or unusable store inside the block into a `StoreError` for people."""
    try:
        yield
    except DatabaseError as error:
        refusal = getattr(error.orig, "sqlstate", None)
        # Plain DatabaseError: the file is no database. No statement: the address has a misspelt option.
        is_refused = refusal in (INSUFFICIENT_PRIVILEGE, INVALID_SCHEMA_NAME)
        is_of_the_store = (
            is_store_unavailable(error) or is_refused or type(error) is DatabaseError or error.statement is None
        )
        if not is_of_the_store:  # but a bug of ours
            raise
        reason = str(error.orig).strip().splitlines()[0]
        name, user = engine.url.database, engine.url.username
        remedy = {
            INSUFFICIENT_PRIVILEGE: f'Make its user the owner: ALTER DATABASE "{name}" OWNER TO "{user}".',
            INVALID_SCHEMA_NAME: "Create the schema that its user's search_path names.",
            READ_ONLY: "Set WATCHWRIGHT_DATABASE_URL to the writable server.",
        }.get(str(refusal), REMEDIES[engine.dialect.name])
        raise StoreError(
            f"The database at {engine.url.render_as_string(hide_password=True)} cannot be used: {reason}. {remedy}"
        ) from error


def require_own_connections(engine: Engine) -> None:
    """Refuse a pooler that gives each transaction another connection: locks and notifications do not work there.

    Raises:
        StoreError: The connection goes through such a pooler, or the store cannot be reached.
    """
    if engine.dialect.name != "postgresql":
        return
    with store_errors(engine), engine.connect() as one:
        raw: Any = one.connection.driver_connection
        if one.scalar(BACKEND_PID) == raw.info.backend_pid:
            return  # a direct connection
        one.rollback()
        for _attempt in range(POOLER_PROBES):
            answered = one.scalar(BACKEND_PID)
            one.rollback()
            with engine.connect() as other:
                if other.scalar(BACKEND_PID) == answered:
                    raise StoreError(SHARED.format(store=engine.url.render_as_string(hide_password=True)))


def _require_utf8(connection: Any, _record: Any) -> None:
    """Refuse databases that cannot store all characters, which initdb creates if no locale is set."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"The database {connection.info.dbname} has the encoding {encoding}, but Watchwright needs UTF8. "
            "Create it again with createdb --encoding UTF8 --template template0."
        )
