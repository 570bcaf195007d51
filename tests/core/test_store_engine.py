"""An unusable store is explained, and unusable connections are discarded."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from core import database
from core.errors import StoreError
from core.schemas import WebsiteCreate
from core.services import WebsiteCRUD
from core.store_availability import is_store_unavailable
from core.store_engine import make_engine, patience, require_own_connections
from tests import postgres, sqlite
from tests.pooler import pooling


def test_an_unreachable_store_is_explained_without_its_password(tmp_path: Path) -> None:
    postgresql = make_engine(f"postgresql+psycopg://me:s3cret@/nothing?host={tmp_path}")

    with pytest.raises(StoreError, match="Check WATCHWRIGHT_DATABASE_URL") as unreachable:
        database.upgrade(postgresql)

    assert "s3cret" not in str(unreachable.value)


def test_a_foreign_database_is_refused_with_advice() -> None:
    with postgres.engine() as owner:
        name = f"stranger_of_{owner.url.database}"
        with owner.begin() as connection:
            connection.execute(text(f"CREATE USER {name}"))
        strangers = make_engine(owner.url.set(username=name).render_as_string(hide_password=False))

        with pytest.raises(StoreError, match=f'OWNER TO "{name}"'):
            database.upgrade(strangers)

        strangers.dispose()
        with owner.begin() as connection:
            connection.execute(text(f"DROP USER {name}"))


def test_a_read_only_database_is_explained() -> None:
    with postgres.engine() as engine:
        with engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = on'))
        engine.dispose()  # a new connection is read-only

        with pytest.raises(StoreError, match="Set WATCHWRIGHT_DATABASE_URL to the writable server"):
            database.upgrade(engine)


def test_a_url_with_a_misspelt_option_is_explained(tmp_path: Path) -> None:
    misspelt = make_engine(f"postgresql+psycopg://me@/nothing?host={tmp_path}&sslmod=require")

    with pytest.raises(StoreError, match="sslmod.*Check WATCHWRIGHT_DATABASE_URL"):
        database.upgrade(misspelt)


def test_a_search_path_without_a_schema_is_explained() -> None:
    with postgres.engine() as engine:
        with engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET search_path = nowhere'))
        engine.dispose()  # a new connection has the new path

        with pytest.raises(StoreError, match="Create the schema that its user's search_path names"):
            database.upgrade(engine)


def test_a_database_in_another_encoding_is_refused_with_advice() -> None:
    url = postgres.new_database(encoding="SQL_ASCII")
    engine = make_engine(url)

    try:
        with pytest.raises(
            StoreError, match="has the encoding SQL_ASCII, but Watchwright needs UTF8. Create it again with createdb"
        ):
            database.upgrade(engine)
    finally:
        engine.dispose()
        postgres.drop_database(url)


def test_a_folder_that_cannot_be_created_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="The folder .*file cannot be created: .*WATCHWRIGHT_DATA_DIR"):
        make_engine(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"this is not a database, and it is longer than a header of SQLite" * 10)

    with pytest.raises(
        StoreError, match=r"is not a database\. The file must be a SQLite database that Watchwright may write to"
    ):
        database.upgrade(make_engine(f"sqlite:///{path}"))


def test_a_connection_opened_while_postgresql_was_read_only_is_discarded(empty_engine: Engine) -> None:
    if empty_engine.dialect.name == "sqlite":
        return  # below
    with empty_engine.connect() as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        connection.commit()

    with pytest.raises(DBAPIError) as raised, empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE marks (id int)"))
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE marks (id int)"))

    assert is_store_unavailable(raised.value)


def test_connections_to_postgresql_have_network_timeouts() -> None:
    url = make_url("postgresql+psycopg://me@db.example/watchwright?connect_timeout=60")

    waits = patience(url)

    assert "connect_timeout" not in waits, "what the address says goes first"
    assert waits["tcp_user_timeout"] == "10000"
    assert waits["keepalives_idle"] == "5"


@pytest.mark.parametrize("hosts", ["host=a.example:5432&host=b.example:5432", "host=a.example,b.example"])
def test_a_writable_one_of_several_servers_is_chosen(hosts: str) -> None:
    named = f"postgresql+psycopg://me@/watchwright?{hosts}"

    assert patience(make_url(named))["target_session_attrs"] == "read-write"
    assert "target_session_attrs" not in patience(make_url(f"{named}&target_session_attrs=any"))
    assert "target_session_attrs" not in patience(make_url("postgresql+psycopg://me@a.example/watchwright"))


def test_a_transaction_pooler_is_refused() -> None:
    with postgres.engine() as behind, pooling(behind.url, "transaction") as url:
        engine = make_engine(url)

        with pytest.raises(StoreError, match="is a pooler that gives each transaction another connection"):
            require_own_connections(engine)
        engine.dispose()


def test_a_session_pooler_is_accepted() -> None:
    with postgres.engine() as behind, pooling(behind.url, "session") as url:
        engine = make_engine(url)

        require_own_connections(engine)
        engine.dispose()


def test_a_direct_connection_is_accepted(empty_engine: Engine) -> None:
    require_own_connections(empty_engine)


async def test_a_connection_opened_while_the_file_was_read_only_is_discarded(tmp_path: Path) -> None:
    sqlite.new_store(tmp_path / "store.sqlite3")
    file_store = make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    database.bind(file_store)
    with file_store.connect() as connection:
        connection.execute(text("PRAGMA query_only = ON"))  # fails like a connection that was opened read-only

    with pytest.raises(DBAPIError, match="readonly"):
        await database.in_session(WebsiteCRUD.create, WebsiteCreate(url="https://a.example"))
    website = await database.in_session(WebsiteCRUD.create, WebsiteCreate(url="https://b.example"))

    assert website.url == "https://b.example"
    file_store.dispose()
