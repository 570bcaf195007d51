"""Below a path of a site, behind a reverse proxy that strips it: nothing of ours is asked for anywhere else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from core import database
from core.models import Website
from tests.accounts import HEADERS
from tests.dashboard.pages.seed import STARTED, fill
from tests.e2e.proxy import Proxy, proxying
from tests.e2e.server import Server, free_port
from tests.factories import make_window

PATHS = (
    "/",
    "/websites/1",
    "/downtime",
    "/debug-sessions",
    "/debug-sessions/1",
    "/maintenance",
    "/notifications",
    "/status-pages",
    "/settings",
    "/account",
    "/users",
    "/audit",
    "/search?q=acme",
    "/api/docs",
)


@pytest.fixture
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    proxy = Proxy(port=free_port(), path="/watch", upstream=free_port())
    monkeypatch.setenv("WATCHWRIGHT_PUBLIC_URL", f"{proxy.url}/")
    monkeypatch.setenv("WATCHWRIGHT_MONITOR", "false")
    server = Server(data_dir=tmp_path / "data", port=proxy.upstream)
    server.data_dir.mkdir()
    fill(server.data_dir)
    _add_window(server.data_dir)
    with server, proxying(proxy):
        yield proxy


@pytest.mark.timeout(240)
def test_everything_works_below_a_path(browser: Browser, below: Proxy, subtests: pytest.Subtests) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    _make_account(below)

    with subtests.test("signing in leads to where one wanted to go"):
        page.goto(f"{below.url}/websites/1?range=7d")
        _sign_in(page)
        expect(page).to_have_url(f"{below.url}/websites/1?range=7d")
    for path in PATHS:
        with subtests.test(path=path):
            said.clear()
            page.goto(below.url + path, wait_until="load")
            if path != "/api/docs":
                expect(page.locator("#content")).to_be_visible()
                page.wait_for_function("window.socket?.connected")  # NiceGUI's own
            assert said == []
    with subtests.test("links and downloads stay below it"):
        page.goto(f"{below.url}/debug-sessions/1")
        page.locator(".wf-row").first.wait_for()
        page.get_by_role("button", name="The page's picture").click()
        page.wait_for_function("document.querySelector('.wf-picture img').naturalWidth > 0")
        expect(page.get_by_role("link", name="Export HAR")).to_have_attribute("href", re.compile("^/watch/api/"))
        page.get_by_role("link", name="Overview").or_(page.get_by_role("link", name="Websites")).first.click()
        expect(page).to_have_url(f"{below.url}/")
        page.get_by_role("link", name="Acme shop").first.click()
        expect(page).to_have_url(f"{below.url}/websites/1")
    with subtests.test("what was found is found anew"):
        page.goto(f"{below.url}/search?q=acme")
        page.get_by_role("searchbox", name="Search for").fill("shop")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page).to_have_url(f"{below.url}/search?q=shop")
    with subtests.test("a mark on the axis of a downtime leads to its session"):
        page.goto(f"{below.url}/downtime/1")
        expect(page.locator("a.wa-session").first).to_have_attribute("href", "/watch/debug-sessions/1")
    with subtests.test("signing out leads to the form"):
        page.goto(f"{below.url}/account")
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        expect(page).to_have_url(re.compile(rf"^{below.url}/login\b"))
    assert below.strays == []


def test_programs_and_readers_work_below_a_path(below: Proxy, subtests: pytest.Subtests) -> None:
    with httpx.Client(headers=HEADERS, timeout=30) as program:
        with subtests.test("the API"):
            made = program.post(f"{below.url}/api/v1/websites", json={"url": "https://shop.example/"})
            assert made.status_code == 201
            assert program.get(httpx.URL(below.url).join(made.headers["location"])).status_code == 200
            assert program.get(f"{below.url}/api/v1/debug-sessions/1/har").status_code == 200
            assert program.get(f"{below.url}/metrics").status_code == 200
        page = {"slug": "shop", "title": "Shop", "groups": [{"name": "All", "website_ids": [1]}]}
        made = program.post(f"{below.url}/api/v1/status-pages", json=page)
        assert made.status_code == 201, made.text
    with subtests.test("by a proxy that leaves the path"):
        asked = httpx.get(f"http://127.0.0.1:{below.upstream}{below.path}/", headers={"Accept": "text/html"})
        assert asked.headers["location"] == f"{below.path}/login?next=/"
        assert httpx.get(f"http://127.0.0.1:{below.upstream}{asked.headers['location']}").status_code == 200
    with subtests.test("a status page"):
        shown = httpx.get(f"{below.url}/status/shop")
        assert shown.status_code == 200
        assert (
            'href="/status' not in shown.text and 'src="/static' not in shown.text and 'href="/static' not in shown.text
        )
        feed = httpx.get(f"{below.url}/status/shop/feed.atom")
        assert f"{below.url}/status/shop" in feed.text
    assert below.strays == []


def _add_window(data_dir: Path) -> None:
    """A downtime of the website in which its debug sessions were recorded."""
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        since, until = STARTED - timedelta(minutes=1), STARTED + timedelta(minutes=5)
        make_window(db, db.get_one(Website, 1), started_at=since, ended_at=until)
    engine.dispose()


def _make_account(below: Proxy) -> None:
    """Somebody with a password, as the tests' administrator has none."""
    from dashboard.access import COOKIE
    from tests.accounts import COOKIE_TOKEN

    account = {"name": "grace", "role": "ADMINISTRATOR", "password": "correct horse battery staple"}
    made = httpx.post(
        f"{below.url}/api/v1/users", json=account, headers={"Cookie": f"{COOKIE}={COOKIE_TOKEN}"}, timeout=30
    )
    assert made.status_code == 201, made.text


def _sign_in(page: Page) -> None:
    page.get_by_label("Name or e-mail").fill("grace")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in", exact=True).click()
