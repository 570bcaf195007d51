"""Brings the store to this version in a process that ends with it: Alembic would stay in a server with 14 MB."""

import subprocess
import sys

from sqlalchemy import Engine

from core import database
from core.errors import StoreError
from core.store_engine import require_own_connections

FAILED = 3  # the exit code of what cannot work here


def upgrade_apart(engine: Engine) -> None:
    """Bring the store to the newest revision; nothing is started where it is there already.

    Raises:
        StoreError: As `core.database.upgrade`, or the store is behind a pooler with which nothing works for long.
    """
    require_own_connections(engine)
    if database.current(engine) == database.head():
        return
    if engine.dialect.name == "sqlite" and database.store_file(engine.url) is None:
        database.upgrade(engine)  # in memory: no other process has it
        return
    engine.dispose()
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__],
        input=engine.url.render_as_string(hide_password=False),  # not an argument, which everybody here could read
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreError(done.stdout.strip() or "The store could not be upgraded; the log says why.")


def main() -> None:
    """Upgrade the store whose address standard input has; say on standard output why not."""
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
