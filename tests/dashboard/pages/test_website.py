"""/websites/{id} as a person meets it: what is done there."""

from playwright.sync_api import Page, expect

from tests.e2e.server import Server


def test_why_an_edit_is_refused_is_in_sight(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1024, "height": 600})
    page.goto(f"{server.url}/websites/1")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit website")
    dialog.get_by_label("Depends on").fill("nobody.example")

    dialog.get_by_role("button", name="Save").click()

    refusal = dialog.get_by_text("Nothing is watched at https://nobody.example;")
    expect(refusal).to_be_in_viewport(ratio=1)
