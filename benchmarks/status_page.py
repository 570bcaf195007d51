"""Measure requests a second for a status page on one core, compared with the same server and a constant body.

Both servers are pinned to one core. wrk (Debian's package ``wrk``) on another core sends requests to them in turns.
Read the ratio first. ``python -m benchmarks.status_page [--runs 3 --seconds 5 --websites 50]``
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, serving
from core import database
from core.schemas.status_page import StatusPageCreate
from core.services import StatusPageCRUD
from tests.e2e.server import Server, free_port

TARGET = 1_000  # requests a second
CONNECTIONS = 32
CORE = 0
FLOOR = """
import sys, uvicorn
body = open(sys.argv[1], "rb").read()
head = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[2]), lifespan="off", log_config=None, access_log=False)
"""


@cleaned_up()
def main() -> int:
    """Print the table; return exit code 1 if wrk is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.status_page", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--websites", type=int, default=50)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("This needs wrk: apt-get install wrk", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        answering() as port,
        serving(Path(folder) / "store", given.websites, port=port, checked=5) as server,
    ):
        make_page(server, given.websites)
        measure(server, Path(folder), given)
    return 0


def make_page(server: Server, websites: int) -> None:
    """Create a status page with all websites in groups of ten."""
    groups = [
        {"name": f"Group {first // 10 + 1}", "website_ids": list(range(first, min(first + 10, websites + 1)))}
        for first in range(1, websites + 1, 10)
    ]
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        StatusPageCRUD.create(db, StatusPageCreate(slug="ours", title="Ours", groups=groups), None)
    engine.dispose()


def measure(server: Server, folder: Path, given: argparse.Namespace) -> None:
    """Measure the floor and the page in turns."""
    url = f"{server.url}/status/ours"
    with urllib.request.urlopen(url) as answer:
        body, etag = answer.read(), answer.headers["ETag"]
    (folder / "body").write_bytes(body)
    assert server.process
    psutil.Process(server.process.pid).cpu_affinity([CORE])
    with floor(folder / "body") as floor_url:
        asked = {
            "a constant body of the same size": (floor_url, []),
            "the page": (url, []),
            "… packed by gzip": (url, ["Accept-Encoding: gzip"]),
            "… that the reader has already (304)": (url, [f"If-None-Match: {etag}"]),
            "its JSON": (f"{url}/status.json", []),
        }
        rates: dict[str, list[float]] = {name: [] for name in asked}
        for _run in range(given.runs):
            for name, (address, headers) in asked.items():
                rates[name].append(rate(address, headers, given.seconds))
    show({name: median(found) for name, found in rates.items()}, given.websites, len(body))


def show(rates: dict[str, float], websites: int, size: int) -> None:
    """Print the table."""
    least = next(iter(rates.values()))
    print(f"| {websites} websites, {size / 1e3:.0f} kB, one core | requests a second | of the floor | target |")
    print("| --- | ---: | ---: | ---: |")
    for name, found in rates.items():
        print(f"| {name} | {found:,.0f} | {found / least:.2f} | {'' if found == least else f'{TARGET:,}'} |")


def rate(url: str, headers: list[str], seconds: int) -> float:
    """Return responses a second.

    Raises:
        RuntimeError: Some responses were not 2xx or 3xx, or were incomplete.
    """
    given = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *given, url]
    others = sorted(set(psutil.Process().cpu_affinity() or []) - {CORE})
    if others:
        command = ["taskset", "-c", ",".join(map(str, others)), *command]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found, told
    return float(found[1])


@contextmanager
def floor(body: Path) -> Iterator[str]:
    """Run the same server (uvicorn) on the same core, returning only *body*, and yield its URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", FLOOR, str(body), str(port)])
    psutil.Process(process.pid).cpu_affinity([CORE])
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    for _attempt in range(100):
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} never answered")


if __name__ == "__main__":
    sys.exit(main())
