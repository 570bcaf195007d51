"""A page over a line that is slow, loses packets and breaks: it says so, comes back by itself, and misses no check."""

import re
import time

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.accounts import sign_in
from tests.e2e.api import Api
from tests.e2e.conftest import Serve
from tests.e2e.line import line
from tests.e2e.site import Site

SOON_MS = 30_000  # a page over a slow line, on a machine that runs other tests
OFFLINE = re.compile("ww-offline")
BUSY = "button[aria-busy=true]"
COUNT_PRESSES = """() => {
  const { emit } = socket;
  window.presses = 0;
  socket.emit = function (name, ...given) {
    window.presses += name === "event";
    return emit.call(this, name, ...given);
  };
}"""
CHECKS = re.compile(r"^(\d+) checks")


def checks_shown(page: Page) -> int:
    """How many checks the website's heartbeat bar tells a screen reader."""
    label = page.get_by_role("img", name=CHECKS).first.get_attribute("aria-label", timeout=SOON_MS)
    told = CHECKS.match(label or "")
    return int(told[1]) if told else 0


def wait_for_checks(api: Api, website: int, count: int) -> None:
    deadline = time.monotonic() + SOON_MS / 1_000
    while api.get(f"websites/{website}/checks")["total"] < count:
        assert time.monotonic() < deadline, "no check was made"
        time.sleep(0.2)


def press_twice(page: Page) -> None:
    """Press a button that nobody answers: the browser alone can say that it was taken."""
    button = page.get_by_role("button", name="+ Add website")
    before = button.bounding_box()
    page.evaluate(COUNT_PRESSES)
    button.click()
    button.click()
    expect(page.locator(BUSY)).to_have_text("+ Add website")
    assert button.bounding_box() == before


def test_a_lost_connection_is_shown_and_no_check_is_missed(serve: Serve, site: Site, page: Page) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(site.url)
    wait_for_checks(api, website, 1)
    with line(server.port) as slow:
        sign_in(page.context)
        page.goto(slow.url)
        expect(page.get_by_role("img", name=CHECKS).first).to_be_visible(timeout=SOON_MS)
        shown, said = checks_shown(page), page.locator("#ww-connection")
        expect(said).to_have_text("")  # else it would be told at each page

        slow.cut()
        expect(page.locator("body")).to_have_class(OFFLINE, timeout=SOON_MS)
        expect(page.locator(".ww-live")).to_be_visible()
        expect(said).to_have_text("Connection lost, reconnecting …")
        window, pill = page.viewport_size, page.locator(".ww-live")
        page.set_viewport_size({"width": 390, "height": 844})
        assert pill.bounding_box()["y"] > 700  # type: ignore[index]  # at the foot of a phone, where no heading is
        page.set_viewport_size(window)  # type: ignore[arg-type]
        press_twice(page)
        wait_for_checks(api, website, shown + 2)
        slow.mend()

        expect(page.locator("body")).not_to_have_class(OFFLINE, timeout=SOON_MS)
        expect(said).to_have_text("Connected again")
        expect(page.get_by_role("heading", name="Add website")).to_have_count(1, timeout=SOON_MS)
        expect(page.locator(BUSY)).to_have_count(0)
        assert page.evaluate("window.presses") == 1
        stored = api.get(f"websites/{website}/checks")["total"]
        expect(page.get_by_role("img", name=re.compile(rf"^({stored}|{stored + 1}) checks")).first).to_be_visible(
            timeout=SOON_MS
        )


def test_input_before_the_connection_arrives_in_order(serve: Serve, page: Page) -> None:
    server = serve()
    sign_in(page.context)
    lines: list[WebSocketRoute] = []
    page.route_web_socket("**", lambda route: lines.append(route))  # noqa: PLW0108  Playwright marks what it is given
    page.goto(server.url)
    page.get_by_role("textbox", name="Website address").press_sequentially("shop.localhost")
    page.keyboard.press("Enter")

    lines[0].connect_to_server()

    expect(page.get_by_role("link", name="shop.localhost")).to_be_visible()


def test_fast_typing_on_a_slow_connection_loses_no_letter(serve: Serve, page: Page) -> None:
    server = serve()
    sign_in(page.context)
    with line(server.port, loss=0) as slow:
        page.goto(slow.url)
        field = page.get_by_role("textbox", name="Website address")

        field.press_sequentially("htp://shop.localhost", delay=50)  # ms
        field.press("Enter")
        alert = page.get_by_role("alert")
        expect(alert.filter(has_text="must start with")).to_be_visible(timeout=SOON_MS)
        field.press_sequentially(" and one more", delay=50)
        field.press("Enter")
        expect(alert.filter(has_text="contains a space")).to_be_visible(timeout=SOON_MS)  # all answers are there

        expect(field).to_have_value("htp://shop.localhost and one more")
