"""What somebody was typing outlives a restart of the server, and nothing else does."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from core import database
from core.models import DowntimeWindow
from tests.e2e.conftest import Serve
from tests.e2e.server import Server
from tests.factories import make_website, make_window

BACK_MS = 30_000  # until the page has noticed that the server is there again


def start_anew(server: Server) -> None:
    server.kill()
    server.start()


def add_window(server: Server) -> int:
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        window_id = make_window(db, make_website(db, is_active=False)).id
    engine.dispose()
    return window_id


def write_notes(server: Server, window_id: int, notes: str) -> None:
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        db.get_one(DowntimeWindow, window_id).notes = notes
    engine.dispose()


def test_a_dialog_reopens_with_its_input_except_the_password(serve: Serve, page: Page) -> None:
    server = serve()
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").last.click()
    dialog = page.get_by_role("dialog", name="Channel")
    dialog.get_by_label("Name", exact=True).fill("On call")
    dialog.get_by_label("Kind").select_option("EMAIL")
    dialog.get_by_label("To (one address per line)").fill("ada@example.org\neve@example.org")
    dialog.get_by_label("Password").fill("a secret")

    start_anew(server)

    expect(page.get_by_text("Your unsaved text is restored")).to_be_visible(timeout=BACK_MS)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("On call")
    expect(dialog.get_by_label("To (one address per line)")).to_have_value("ada@example.org\neve@example.org")
    expect(dialog.get_by_label("Password")).to_have_value("")
    dialog.get_by_label("From").fill("ww@example.org")
    dialog.get_by_label("SMTP server").fill("127.0.0.1")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ada@example.org, eve@example.org")).to_be_visible()


def test_input_that_did_not_arrive_is_restored(serve: Serve, page: Page) -> None:
    server = serve()
    page.goto(f"{server.url}/downtime/{add_window(server)}")
    notes = page.get_by_label("Notes", exact=True)
    notes.fill("The pool was exhausted.")

    server.kill()
    expect(page.locator("body.ww-offline")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    server.start()

    expect(page.get_by_text("Your unsaved text is restored")).to_be_visible(timeout=BACK_MS)
    expect(notes).to_have_value("The pool was exhausted.")


def test_a_change_by_another_person_is_reported_at_the_restored_input(serve: Serve, page: Page) -> None:
    server = serve()
    window_id = add_window(server)
    page.goto(f"{server.url}/downtime/{window_id}")
    notes = page.get_by_label("Notes", exact=True)
    notes.fill("The pool was exhausted.")

    server.kill()
    write_notes(server, window_id, "The provider is told: 4711.")
    server.start()

    expect(page.get_by_text("Notes: somebody else saved “The provider is told: 4711.”.")).to_be_visible(timeout=BACK_MS)
    expect(notes).to_have_value("The pool was exhausted.")


CUT_AS_FIREFOX_DOES = """
addEventListener("load", () => addEventListener("beforeunload", () => socket.io.engine.close()));
addEventListener("pagehide", () => sessionStorage.setItem("looked", document.body.className));"""


def test_leaving_a_page_does_not_report_a_lost_connection(serve: Serve, page: Page) -> None:
    server = serve()
    page.add_init_script(CUT_AS_FIREFOX_DOES)
    page.goto(f"{server.url}/downtime/{add_window(server)}")
    page.wait_for_function("window.socket?.connected")
    page.get_by_label("Notes", exact=True).fill("What nobody saves")

    page.reload()

    page.wait_for_function("window.socket?.connected")
    assert "ww-offline" not in page.evaluate("sessionStorage.looked")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Notes", exact=True)).to_have_value("")


def test_filters_are_not_restored_as_typed_text(serve: Serve, page: Page) -> None:
    server = serve()
    page.add_init_script(CUT_AS_FIREFOX_DOES)
    page.goto(f"{server.url}/debug-sessions?only=pinned")
    page.wait_for_function("window.socket?.connected")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)

    page.get_by_label("State").select_option("FAILED")
    expect(page).to_have_url(re.compile("state=FAILED"))
    page.wait_for_function("window.socket?.connected")
    page.wait_for_load_state("networkidle")

    assert len(asked) == 1


def test_reloading_a_page_discards_unsaved_input(serve: Serve, page: Page) -> None:
    server = serve()
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").last.click()
    page.get_by_role("dialog").get_by_label("Name", exact=True).fill("On call")

    page.reload()

    expect(page.get_by_role("heading", name="No notification channels yet")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('watchwright-typed')") is None
    expect(page.get_by_role("dialog")).to_have_count(0)
