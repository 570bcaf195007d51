"""The forms of the first account and of signing in, as a person meets them."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.server import Server

TOO_SHORT = "The password must have at least 10 characters."


def test_a_password_that_is_too_short_is_reported_at_its_field_only(page: Page, tmp_path: Path) -> None:
    with Server(data_dir=tmp_path / "data", has_account=False) as server:
        page.goto(server.url)
        page.get_by_label("Name or e-mail").fill("ada")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Create").click()

        password = page.get_by_label("Password")
        expect(page.get_by_role("alert").filter(has_text=TOO_SHORT)).to_have_count(1)
        expect(password).to_be_focused()
        expect(password).to_have_attribute("aria-invalid", "true")
        name = page.get_by_label("Name or e-mail")
        expect(name).to_have_value("ada")
        expect(name).not_to_have_attribute("aria-invalid", "true")
        password.fill("correct horse battery")
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_role("heading", name="Add your first website")).to_be_visible()

        page.goto(f"{server.url}/users")
        page.get_by_role("button", name="Add account").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Add account").click()
        expect(dialog.get_by_label("Name")).to_have_accessible_description("This is required.")
        dialog.get_by_label("Name").fill("eve")
        dialog.get_by_label("Role").select_option("EDITOR")
        dialog.get_by_label("New password").fill("short")
        dialog.get_by_role("button", name="Add account").click()
        expect(dialog.get_by_label("New password")).to_have_accessible_description(
            re.compile(f"^{re.escape(TOO_SHORT)} ")
        )
        expect(dialog.get_by_label("Name")).to_have_value("eve")
        expect(dialog.get_by_label("Role")).to_have_value("EDITOR")
        expect(dialog.get_by_label("New password")).to_have_value("short")
