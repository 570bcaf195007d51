"""Databases with TimescaleDB on a server that is named; `make test` asks for none, as hardly a machine has it."""

import os
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

SERVER = "TEST_TIMESCALE_URL"
OWNER = "watchwright_test"  # of the databases, and no superuser: as it is where somebody else runs the server
HOW_TO_GET_ONE = (
    f"Tests of TimescaleDB need {SERVER}, the URL of a server that has it, as a user who may make databases: "
    "docs/scaling.md says how to get one."
)


def new_database() -> str:
    """The URL of a new database with the extension; fails the test where no server is named."""
    url = make_url(os.environ.get(SERVER) or pytest.fail(HOW_TO_GET_ONE))
    name = f"t{uuid4().hex}"
    if not _run(url.database, f"SELECT FROM pg_roles WHERE rolname = '{OWNER}'"):
        _run(url.database, f"CREATE ROLE {OWNER}")
    _run(url.database, f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE template0')
    _run(name, "CREATE EXTENSION IF NOT EXISTS timescaledb")
    return url.set(database=name, query={"options": f"-crole={OWNER}"}).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop what `new_database` made, whoever is still connected."""
    _run(make_url(os.environ[SERVER]).database, f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def _run(database: str | None, statement: str) -> bool:
    """Run *statement* there; returns whether it found or did anything."""
    server = make_url(os.environ[SERVER]).set(drivername="postgresql", database=database)
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement).rowcount > 0
