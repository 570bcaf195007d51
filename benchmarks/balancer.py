"""Test two dashboards on one PostgreSQL behind HAProxy and nginx, configured as in deploy/, with TLS.

A user signs in and opens a page. The other dashboard changes the data on it. A debug session starts on one dashboard
and is stopped on the other. Then the page's dashboard is killed, and finally one is ended gracefully under requests.
``python -m benchmarks.balancer [haproxy] [nginx]`` needs both programs; docs/scaling.md contains the results.
"""

import argparse
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import httpx
import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import update
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._postgres import Postgres
from benchmarks._stage import Authority
from benchmarks._waiting import wait_until
from benchmarks.chromium import launch
from core import database
from core.accounts import passwords
from core.models import User
from dashboard.access import COOKIE
from tests.accounts import HEADERS, NAME, let_in_to
from tests.e2e.api import Api
from tests.e2e.server import Server, free_port
from tests.e2e.site import Site

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
HOST = "watch.example.org"
PASSWORD = "four words that nobody guesses"
SOON_MS = 30_000
SOCKET_SECONDS = 2.0  # until a page's socket is connected
NOTICED_SECONDS = 6.0  # until the balancer notices that a dashboard is back
ASKING = 4  # concurrent clients while a dashboard ends
KINDS = ("haproxy", "nginx")


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.balancer", description=__doc__)
    parser.add_argument("kinds", nargs="*", default=KINDS, metavar="KIND", help="haproxy, nginx")
    given = parser.parse_args()
    told = [trial(kind) for kind in given.kinds]
    print("| what |", " | ".join(given.kinds), "|\n| --- |", " | ".join("---" for _ in told), "|")
    for what in told[0]:
        print(f"| {what} |", " | ".join(result[what] for result in told), "|")


def trial(kind: str) -> dict[str, str]:
    """Run all steps behind a balancer of this *kind*, and return the results."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="wwbalance-", dir="/tmp")))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        store = folder / "store"
        store.mkdir()
        postgres = ending.enter_context(Postgres(store))
        url = postgres.url
        give_password(url)
        port = free_port()
        os.environ |= {
            "WATCHWRIGHT_DRAIN_SECONDS": "5",
            "WATCHWRIGHT_SECRET_KEY": "of both dashboards",
            "WATCHWRIGHT_PUBLIC_URL": f"https://{HOST}:{port}",
        }
        servers = [ending.enter_context(Server(data_dir=folder / name, database_url=url)) for name in ("a", "b")]
        ending.enter_context(balanced(kind, folder, port, servers))
        site = Site(path="/endless")
        site.go_up()
        ending.callback(site.close)
        browser = launch(ending.enter_context(sync_playwright()), f"--host-resolver-rules=MAP {HOST} 127.0.0.1")
        ending.callback(browser.close)
        return run_steps(f"https://{HOST}:{port}", servers, browser, site)


def give_password(url: str) -> None:
    """Set a password for the tests' administrator, to sign in with the form."""
    let_in_to(url)
    engine = database.make_engine(url)
    with Session(engine) as db, db.begin():
        db.execute(update(User).values(password_hash=passwords.hashed(PASSWORD)))
    engine.dispose()


@contextmanager
def balanced(kind: str, folder: Path, port: int, servers: list[Server]) -> Iterator[None]:
    """Run the balancer with the configuration of deploy/ except for addresses."""
    chain = folder / "chain.pem"
    certificates = folder / "certificates"
    certificates.mkdir()
    Authority(certificates).context(name=HOST)
    [made] = certificates.glob("[0-9]*.pem")
    chain.write_bytes(made.read_bytes())
    replaced = {
        ":443 ssl": f"127.0.0.1:{port} ssl",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "bind :80\n": f"bind 127.0.0.1:{free_port()}\n",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "/etc/haproxy/watch.example.org.pem": str(chain),
        "/etc/ssl/watch.example.org.pem": str(chain),
        "/etc/ssl/watch.example.org.key": str(chain),
        "10.0.0.11:8080": f"127.0.0.1:{servers[0].port}",
        "10.0.0.12:8080": f"127.0.0.1:{servers[1].port}",
    }
    [shipped] = [path for path in DEPLOY.iterdir() if path.stem == kind]
    text = shipped.read_text()
    for there, here in replaced.items():
        text = text.replace(there, here)
    file = folder / shipped.name
    if kind == "nginx":
        text = f"pid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\nhttp {{\naccess_log off;\n{text}\n}}\n"
    file.write_text(text)
    command = (
        ["haproxy", "-db", "-f", str(file)] if kind == "haproxy" else ["nginx", "-c", str(file), "-g", "daemon off;"]
    )
    with (folder / "balancer.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_until(lambda: asked(port, "/readyz") == 200)
            yield
        finally:
            process.terminate()


def run_steps(address: str, servers: list[Server], browser: Browser, site: Site) -> dict[str, str]:
    """Run all steps, and return their results."""
    page = browser.new_context(ignore_https_errors=True).new_page()
    signed_in(page, address)
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE)
    there = holder(servers)
    [other] = [server for server in servers if server is not there]
    website, seen_after = change_elsewhere(page, other, site)
    stopped_after = debug_elsewhere(page, address, other, website)
    page.goto(f"{address}/account")
    expect(page.get_by_text("127.0.0.1").first).to_be_visible(timeout=SOON_MS)  # the visitor's address in the header
    page.goto(address)
    time.sleep(SOCKET_SECONDS)
    there = holder(servers)
    [other] = [server for server in servers if server is not there]
    live_after = kill_dashboard(page, servers, there, other)
    still = "no" if "/login" in page.url else "yes"
    there.start()
    time.sleep(NOTICED_SECONDS)
    return {
        "the cookie of the sign-in is Secure": "yes" if cookie.get("secure") else "no",
        "a change made on the other dashboard is on the page after": seen_after,
        "a debug session of the other dashboard, live on the page, ends on **Stop** after": stopped_after,
        "its dashboard killed (-9), the page is live on the other one after": live_after,
        "… still signed in": still,
        "requests while a dashboard ends (SIGTERM), failed of all; slowest": drained(address, other),
    }


def change_elsewhere(page: Page, other: Server, site: Site) -> tuple[int, str]:
    """Add a website on the other dashboard; return its id, and how soon the page shows it."""
    began = time.monotonic()
    website = Api(other).add_website(site.url, check_interval=3_600)
    expect(page.get_by_text(site.url.partition("//")[2]).first).to_be_visible(timeout=SOON_MS)
    return website, since(began)


def debug_elsewhere(page: Page, address: str, other: Server, website: int) -> str:
    """Run a debug session on the other dashboard, stop it from the page, and return how soon it ends."""
    session = Api(other).start_debug_session(website)
    page.goto(f"{address}/debug-sessions/{session}")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("stock.json").first).to_be_visible(timeout=SOON_MS)
    began = time.monotonic()
    stop.click()
    wait_until(lambda: Api(other).get(f"debug-sessions/{session}")["state"] not in ("pending", "running"))
    return since(began)


def kill_dashboard(page: Page, servers: list[Server], there: Server, other: Server) -> str:
    """Kill the page's dashboard, and return how soon the page shows changes from the other one."""
    began = time.monotonic()
    there.kill()
    wait_until(lambda: holder(servers) is other)
    Api(other).post("websites", {"url": "http://127.0.0.1:9/", "name": "Afterwards", "check_interval": 3_600})
    expect(page.get_by_text("Afterwards").first).to_be_visible(timeout=SOON_MS)
    return since(began)


def signed_in(page: Page, address: str) -> None:
    """Sign in with the form."""
    page.goto(address)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible(timeout=SOON_MS)
    time.sleep(SOCKET_SECONDS)


def holder(servers: list[Server]) -> Server:
    """Return the dashboard with the page's socket, the only one with a lasting connection."""
    return max(servers, key=_connections)


def _connections(server: Server) -> int:
    if server.process is None or server.process.poll() is not None:
        return -1
    found = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(
        connection.status == "ESTABLISHED" and bool(connection.laddr) and connection.laddr.port == server.port
        for connection in found
    )


def drained(address: str, ending: Server) -> str:
    """Send requests while *ending* is ended and for 3 s more; return how many failed and the slowest times."""
    stop = threading.Event()
    answers: list[tuple[bool, float]] = []

    def ask() -> None:
        with httpx.Client(verify=False, headers=HEADERS | {"Host": address.partition("//")[2]}) as client:
            while not stop.is_set():
                began = time.monotonic()
                try:
                    answer = client.get(f"{_local(address)}/api/v1/websites", timeout=10)
                    answers.append((answer.is_success, time.monotonic() - began))
                    client.cookies.clear()
                except httpx.HTTPError:
                    answers.append((False, time.monotonic() - began))

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    ending.terminate()  # returns when it has ended
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    failed = sum(not is_well for is_well, _seconds in answers)
    times = sorted(seconds for _is_well, seconds in answers)
    return f"{failed} of {len(answers)}; {times[-1]:.1f} s (half: {median(times) * 1_000:.0f} ms)"


def asked(port: int, path: str) -> int | None:
    """Return the status of the balancer's response."""
    try:
        return httpx.get(f"https://127.0.0.1:{port}{path}", headers={"Host": HOST}, verify=False).status_code
    except httpx.HTTPError:
        return None


def since(began: float) -> str:
    """Return the time since *began* as text."""
    return f"{time.monotonic() - began:.1f} s"


def _local(address: str) -> str:
    return f"https://127.0.0.1:{address.rpartition(':')[2]}"


if __name__ == "__main__":
    main()
