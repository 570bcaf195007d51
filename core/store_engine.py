"""The engine of a store: how it is connected to, and what is said where it cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, ExceptionContext, StaticPool, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError

from core import sqlite, store_place
from core.errors import StoreError
from core.store_availability import is_store_unavailable

PATIENCE = {
    "connect_timeout": "5",  # s, for each address of the server
    "tcp_user_timeout": "10000",  # ms, until what was sent has arrived; the kernel waits for a quarter of an hour
    "keepalives_idle": "5",  # s without a word, as while an answer is waited for, until it is asked whether it is there
    "keepalives_interval": "3",
    "keepalives_count": "3",
}
"""Of libpq: without it, whoever asks while the network goes away waits for minutes, and cannot be stopped meanwhile."""
WRITABLE = {"target_session_attrs": "read-write"}
MAY_NOT = "42501"  # SQLSTATE: of who is not the owner; from PostgreSQL 15 on nobody else may make tables in "public"
NO_SCHEMA = "3F000"  # SQLSTATE: its user's search_path names none that is there
READ_ONLY = "25006"  # SQLSTATE: of a standby, a server that was failed over, and a database that is said to be full
WHO_ANSWERS = text("SELECT pg_backend_pid()")
ATTEMPTS_AT_A_POOL = 5  # it may have several connections, and give one after the other
SHARED = (
    "{store} is a pooler that gives each transaction another connection, as PgBouncer does with pool_mode = "
    "transaction; what checks websites would lose its lock there. Name PostgreSQL itself, or a pool of sessions."
)
ANY_THREAD = {"check_same_thread": False}


def make_engine(url: str, *, may_make: bool = True) -> Engine:
    """An engine for *url* with the store's folder made and SQLite set up; connects to nothing yet.

    Whoever comes to a store that must be there says *may_make* is False: none is made in SQLite where it is away.
    What a failed statement was given is in no error of it: it may be a secret, and errors are logged.

    Raises:
        StoreError: The folder of its file cannot be made.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=patience(parsed))
        event.listen(engine, "connect", _require_utf8, insert=True)  # before SQLAlchemy trips over it
        event.listen(engine, "handle_error", _let_go_of_read_only)
        return engine
    file = store_file(parsed)
    if file is None:
        engine = create_engine(parsed, poolclass=StaticPool, hide_parameters=True, connect_args=ANY_THREAD)
    else:
        _make_folder(file.parent)
        # The connection that was used last knows most of the store's pages still; another one would read them anew.
        engine = create_engine(parsed, pool_use_lifo=True, hide_parameters=True, connect_args=ANY_THREAD)
    sqlite.attend(engine, file)
    if file is not None:
        store_place.attend(engine, file, may_make=may_make)
    event.listen(engine, "handle_error", _let_go_of_read_only)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made: {error.strerror}. "
            "Name one in which Watchwright may write by WATCHWRIGHT_DATA_DIR."
        ) from error


def _let_go_of_read_only(context: ExceptionContext) -> None:
    """Keep no connection that was opened while nothing could be written: it never writes, whatever is mended."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0)
    is_file = code & 0xFF == sqlite3.SQLITE_READONLY  # the low byte is the kind of error, the rest says more of it
    if is_file or getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, not is_file


def patience(url: URL) -> dict[str, str]:
    """How long a connection to PostgreSQL waits for a network that has gone: what of `PATIENCE` *url* does not say.

    Of several servers, the one is chosen that can be written to: a standby lets nobody store anything.
    """
    hosts = url.query.get("host", "")
    wanted = PATIENCE | (WRITABLE if isinstance(hosts, tuple) or "," in hosts else {})
    return {name: value for name, value in wanted.items() if name not in url.query}


def libpq_options(url: URL) -> dict[str, Any]:
    """What psycopg is connected with to *url*; of several servers the ports too, which libpq takes apart from them."""
    _positional, named = url.get_dialect()().create_connect_args(url)
    return {**named, **patience(url)}


def store_file(url: URL) -> Path | None:
    """The file of a SQLite store; None of one in memory or on a server."""
    in_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if in_file else None


@contextmanager
def reaching(engine: Engine) -> Iterator[None]:
    """Turn what the block meets when the store is away or cannot be used into a `StoreError` with a sentence."""
    try:
        yield
    except DatabaseError as error:
        refusal = getattr(error.orig, "sqlstate", None)
        # DatabaseError itself: a file that is no database. Before anything is asked: an address with a misspelt option.
        is_refused = refusal in (MAY_NOT, NO_SCHEMA)
        is_of_the_store = (
            is_store_unavailable(error) or is_refused or type(error) is DatabaseError or error.statement is None
        )
        if not is_of_the_store:  # but a mistake of ours
            raise
        reason = str(error.orig).strip().splitlines()[0]
        name, user = engine.url.database, engine.url.username
        remedy = {
            MAY_NOT: f'Make its user the owner: ALTER DATABASE "{name}" OWNER TO "{user}".',
            NO_SCHEMA: "Make the schema that its user's search_path names.",
        }.get(str(refusal), "Check WATCHWRIGHT_DATABASE_URL and that the store is running, writable and has room.")
        raise StoreError(
            f"The store at {engine.url.render_as_string(hide_password=True)} cannot be used: {reason}. {remedy}"
        ) from error


def require_own_connections(engine: Engine) -> None:
    """Refuse a pooler that gives each transaction another connection: neither locks nor notices hold there.

    Raises:
        StoreError: There is one, or the store cannot be reached.
    """
    if engine.dialect.name != "postgresql":
        return
    with reaching(engine), engine.connect() as one:
        raw: Any = one.connection.driver_connection
        if one.scalar(WHO_ANSWERS) == raw.info.backend_pid:
            return  # nobody stands between
        one.rollback()
        for _attempt in range(ATTEMPTS_AT_A_POOL):
            answered = one.scalar(WHO_ANSWERS)
            one.rollback()
            with engine.connect() as other:
                if other.scalar(WHO_ANSWERS) == answered:
                    raise StoreError(SHARED.format(store=engine.url.render_as_string(hide_password=True)))


def _require_utf8(connection: Any, _record: Any) -> None:
    """Refuse a database in which no page's title would be safe; initdb makes such ones where no locale is set."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"The database {connection.info.dbname} is in {encoding}, and Watchwright needs UTF8: "
            "make it anew with createdb --encoding UTF8 --template template0."
        )
