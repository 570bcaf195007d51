"""Every page with something on it, in light and in dark, without a serious finding of axe."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import MonitorStatus
from core.sealing import Sealer
from dashboard.demo.cast import CAST
from dashboard.demo.staff import add_staff
from tests.accounts import let_in, sign_in
from tests.conftest import SEALING_KEY
from tests.dashboard.axe import serious_findings
from tests.dashboard.pages.seed import fill
from tests.e2e.server import Server
from tests.factories import make_check, make_website, make_window

PATHS = (
    "/",
    "/?group=tag&span=24h",
    "/websites/2",
    "/websites/2?range=7d&view=phases&status=down",
    "/downtime",
    "/downtime/1",
    "/debug-sessions",
    "/debug-sessions/1",
    "/debug-sessions/2?view=console",
    "/maintenance",
    "/notifications",
    "/status-pages",
    "/search?q=shop",
    "/settings",
    "/account",
    "/users",
    "/audit",
    "/websites/999999",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Watchwright on a store with some of everything."""
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    fill(data_dir)
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        _add_some(db)
    engine.dispose()
    with Server(data_dir=data_dir, settings={"WATCHWRIGHT_SECRET_KEY": SEALING_KEY}) as server:
        yield server


def _add_some(db: Session) -> None:
    now = utc_now()
    statuses = list(MonitorStatus)
    for number, player in enumerate(CAST):
        website = make_website(db, name=player.name, tags=list(player.tags), url=f"http://127.0.0.1:9/{number}")
        website.is_active = False
        for age in range(12):
            status = statuses[(number + age) % len(statuses)] if age < 3 else MonitorStatus.UP
            make_check(db, website, checked_at=now - timedelta(minutes=age), status=status, response_time_ms=90 + age)
        if number < 3:
            ended_at = None if number else now - timedelta(minutes=5)
            make_window(db, website, started_at=now - timedelta(minutes=50), ended_at=ended_at, root_cause="It broke.")
    let_in(db)
    add_staff(db, now=now, port=9, sealer=Sealer(b"key"))


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Page:
    """A page for all of them: its caches are warm after the first."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(page.context)
    return page


@pytest.mark.parametrize("path", PATHS)
def test_every_page_passes_axe(visitor: Page, server: Server, path: str) -> None:
    visitor.emulate_media(color_scheme="light")
    visitor.goto(server.url + path)
    visitor.wait_for_selector("h1")
    assert "/login" not in visitor.url

    light = serious_findings(visitor)
    visitor.emulate_media(color_scheme="dark")
    visitor.wait_for_selector("body.body--dark")

    assert (light, serious_findings(visitor)) == ([], [])


def test_the_main_landmark_is_the_content_below_the_menu(visitor: Page, server: Server) -> None:
    visitor.goto(f"{server.url}/settings")

    expect(visitor.get_by_role("main")).to_have_count(1)
    expect(visitor.get_by_role("main").get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    expect(visitor.get_by_role("main").get_by_role("navigation", name="Main")).to_have_count(0)
    expect(visitor.get_by_role("banner").get_by_role("navigation", name="Main")).to_be_visible()


def test_the_focused_menu_entry_is_visible_on_a_phone(browser: Browser, server: Server) -> None:
    visitor = browser.new_page(viewport={"width": 390, "height": 844})
    sign_in(visitor.context)
    visitor.goto(f"{server.url}/")
    menu = visitor.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Overview").focus()
    expect(visitor.locator(".ww-live")).to_be_attached()

    for name in ("Downtime", "Debug sessions", "Maintenance", "Notifications", "Status pages", "Settings"):
        visitor.keyboard.press("Tab")
        link = menu.get_by_role("link", name=name)
        expect(link).to_be_focused()
        room = menu.evaluate("it => it.getBoundingClientRect().right")
        assert link.evaluate("it => it.getBoundingClientRect().right") <= room, name
    visitor.close()


@pytest.mark.parametrize(
    ("path", "opener", "name"),
    [
        ("/", "+ Add website", "Add website"),
        ("/", "Add several", "Add several websites"),
        ("/websites/2", "Delete", "Delete"),
        ("/websites/2", "Options of a debug session", "Start debug session with options"),
        ("/maintenance", "Plan maintenance", "Plan maintenance"),
        ("/notifications", "Add channel", "Channel"),
    ],
    ids=["website", "several", "question", "options", "maintenance", "channel"],
)
def test_a_dialog_is_announced_with_its_name(visitor: Page, server: Server, path: str, opener: str, name: str) -> None:
    visitor.goto(server.url + path)

    visitor.get_by_role("button", name=opener).first.click()

    expect(visitor.get_by_role("dialog", name=name)).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "opener", "field"),
    [
        ("/", "+ Add website", "URL"),
        ("/", "Add several", "Addresses (one per line)"),
        ("/maintenance", "Plan maintenance", "Name"),
        ("/status-pages", "Add status page", "Title"),
        ("/users", "Add account", "Name or e-mail address"),
    ],
    ids=["website", "several", "maintenance", "status page", "account"],
)
def test_a_dialog_opens_with_the_focus_in_its_first_field(
    visitor: Page, server: Server, path: str, opener: str, field: str
) -> None:
    visitor.goto(server.url + path)

    visitor.get_by_role("button", name=opener).first.click()

    expect(visitor.get_by_role("dialog").get_by_label(field, exact=True)).to_be_focused()
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_selected_rows_are_readable(visitor: Page, server: Server, scheme: Literal["light", "dark"]) -> None:
    visitor.emulate_media(color_scheme=scheme)
    visitor.goto(server.url)

    visitor.get_by_role("checkbox", name="Select all shown").check()
    expect(visitor.get_by_text(" selected", exact=False).first).to_be_visible()

    assert serious_findings(visitor) == []


def test_the_checks_of_a_heartbeat_bar_are_read_out_with_arrow_keys(visitor: Page, server: Server) -> None:
    visitor.goto(f"{server.url}/websites/2")
    bar = visitor.get_by_role("group", name="Last 12 checks")
    expect(bar.get_by_role("status")).to_have_text("")  # nothing that changes with each check

    bar.press("ArrowLeft")

    expect(bar.get_by_role("status")).to_contain_text(" · ")


def test_a_logo_is_uploaded_and_resized(visitor: Page, server: Server) -> None:
    photograph = io.BytesIO()
    Image.effect_noise((1_500, 1_000), 90).save(photograph, "PNG")
    visitor.goto(f"{server.url}/status-pages")
    visitor.get_by_role("button", name="Edit Our shop").click()
    dialog = visitor.get_by_role("dialog")

    dialog.get_by_label("Logo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(dialog.get_by_text("a.png is not an image this browser can read")).to_be_visible()
    dialog.get_by_label("Logo").set_input_files(
        {"name": "b.png", "mimeType": "image/png", "buffer": photograph.getvalue()}
    )
    expect(dialog.get_by_alt_text("Logo preview")).to_be_visible()
    findings = serious_findings(visitor)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    visitor.goto(f"{server.url}/status/shop")

    assert visitor.locator("header img").evaluate("image => [image.naturalWidth, image.naturalHeight]") == [264, 176]
    assert findings == []
