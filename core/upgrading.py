"""Upgrades the store in a short-lived process, because Alembic would keep 14 MB in the server."""

import subprocess
import sys

from sqlalchemy import Engine

from core import database
from core.errors import StoreError
from core.store_engine import require_own_connections

FAILED = 3  # exit code: cannot work here


def upgrade_apart(engine: Engine) -> None:
    """Upgrade the store to the newest revision; starts no process if the store is up to date.

    Raises:
        StoreError: As `core.database.upgrade`, or the store is behind a pooler that shares connections.
    """
    require_own_connections(engine)
    if database.current(engine) == database.latest_revision():
        return
    if engine.dialect.name == "sqlite" and database.store_file(engine.url) is None:
        database.upgrade(engine)  # in memory: no other process can reach it
        return
    engine.dispose()
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__],
        input=engine.url.render_as_string(hide_password=False),  # arguments would be visible to every local user
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreError(done.stdout.strip() or "The database could not be upgraded. See the log.")


def main() -> None:
    """Upgrade the store whose address is read from standard input; print the reason of a failure."""
    engine = database.make_engine(sys.stdin.read())
    try:
        database.upgrade(engine)
    except StoreError as error:
        print(error)
        sys.exit(FAILED)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
