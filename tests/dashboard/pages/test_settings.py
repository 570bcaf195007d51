"""The settings page shows every setting except secrets."""

import re

from playwright.sync_api import Page, expect

from core.config import Settings
from tests.e2e.server import Server


def test_every_setting_is_shown_with_its_environment_variable(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    for name in Settings.model_fields:
        expect(page.get_by_text(f"WATCHWRIGHT_{name.upper()}", exact=True)).to_be_visible()


def test_health_lists_each_diagnosis(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    for name in ("Database", "Migrations", "Browser", "Clock", "Disk"):
        expect(page.get_by_role("term").filter(has_text=name).first).to_be_visible()


def test_the_theme_can_be_chosen_and_is_remembered(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    page.get_by_role("group", name="Theme").get_by_role("button", name="Dark").click()
    assert "watchwright-theme=dark" in page.evaluate("document.cookie")  # within the click
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.get_by_role("button", name="Theme: dark").click()
    assert "watchwright-theme=system" in page.evaluate("document.cookie")
    page.get_by_role("button", name="Theme: system").click()
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    page.get_by_role("button", name="Theme: light").click()
    page.goto(f"{server.url}/downtime")

    expect(page.locator("body")).to_have_class(re.compile("body--dark"))

    page.route("**/*.js", lambda asked: asked.abort())  # the page before its scripts are loaded
    page.goto(f"{server.url}/downtime")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 14, 19)"
    expect(page.get_by_text("does not support")).to_have_css("opacity", "0")


def test_the_header_fits_every_width_and_marks_the_current_page(page: Page, server: Server) -> None:
    for width in (390, 641, 768, 1024, 1220, 1221, 1400, 1401, 1440):
        page.set_viewport_size({"width": width, "height": 400})
        page.goto(f"{server.url}/settings")
        here = page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")
        expect(here).to_be_in_viewport(ratio=1)

        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("document.body.classList.add('ww-offline')")
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_digits_have_equal_widths_and_a_hyphen_is_narrower(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()

    one, zero, hyphen = page.evaluate(
        """() => [...'10-'].map(letter => {
            const line = document.createElement('span');
            line.textContent = letter.repeat(20);
            document.body.append(line);
            return line.getBoundingClientRect().width;
        })"""
    )

    assert one == zero
    assert hyphen < 0.8 * one


def test_storage_and_monitor_figures_are_shown(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")

    for name in ("General", "Sign-in", "Retention and storage", "Redaction", "Browsers", "Appearance", "About"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    health = page.get_by_label("The monitor's health")
    for name in ("Checks", "Lag", "Queue"):
        expect(health.get_by_text(name, exact=True)).to_be_visible()
