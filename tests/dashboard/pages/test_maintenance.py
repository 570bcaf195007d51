"""/maintenance in a browser."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.server import Server


def test_choices_survive_a_refresh_of_the_form(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/maintenance")
    page.get_by_role("button", name="Plan maintenance").first.click()
    dialog = page.get_by_role("dialog", name="Plan maintenance")

    dialog.get_by_label("For").select_option("Acme shop")
    dialog.get_by_label("Lasts").fill("2")
    dialog.get_by_label("Unit").select_option("days")
    dialog.get_by_label("Time zone").fill("Europe/Berlin")
    dialog.get_by_label("First start").fill("2027-03-28T02:30")
    expect(dialog.get_by_text("skip 02:30, so 03:30 is used")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_label("Name", exact=True)).to_have_accessible_description("This is required.")
    expect(dialog.get_by_label("For").locator("option:checked")).to_have_text("Acme shop")
    expect(dialog.get_by_label("Unit")).to_have_value("days")
    expect(dialog.get_by_text("Sun 28 Mar 2027, 03:30 to Tue 30 Mar, 03:30 CEST")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("New disks")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Acme shop · Once, 2 d")).to_be_visible()


def test_fields_filled_together_are_kept(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/maintenance")
    page.get_by_role("button", name="Plan maintenance").first.click()
    dialog = page.get_by_role("dialog", name="Plan maintenance")
    starts, often = dialog.get_by_label("First start"), dialog.get_by_label("Repeats")
    expect(often).to_have_value("once")

    starts.evaluate(
        """(starts) => {
          const often = starts.form.querySelector("[aria-label='Repeats']");
          [starts.value, often.value] = ["2027-03-07T02:30", "weekly"];
          for (const kind of ["input", "change"])
            for (const field of [starts, often]) field.dispatchEvent(new Event(kind, { bubbles: true }));
        }"""
    )

    expect(often.locator("option:checked")).to_have_text("Every Sunday")
    expect(dialog.get_by_role("status", name="Next occurrences").get_by_role("listitem")).to_have_count(5)
    expect(often).to_have_value("weekly")


def test_a_confirmation_stays_while_the_list_changes(page: Page, server: Server) -> None:
    api, starts = Api(server), (datetime.now(UTC) + timedelta(days=9)).isoformat()
    api.post("maintenance-windows", {"name": "Asked about", "starts_at": starts, "duration_seconds": 600})
    page.goto(f"{server.url}/maintenance")
    page.get_by_role("button", name="Delete Asked about").click()
    dialog = page.get_by_role("dialog", name="Delete Asked about?")
    expect(dialog).to_be_visible()

    api.post("maintenance-windows", {"name": "Another", "starts_at": starts, "duration_seconds": 600})
    expect(page.get_by_text("Another", exact=True)).to_be_visible()

    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Asked about", exact=True)).to_have_count(0)


def test_an_edit_keeps_concurrent_changes_of_other_fields(page: Page, server: Server) -> None:
    api, starts = Api(server), "2099-03-01T12:00:30Z"
    asked = {"name": "Disks", "starts_at": starts, "duration_seconds": 600, "website_id": 1}
    address = f"maintenance-windows/{api.post('maintenance-windows', asked)['id']}"
    page.goto(f"{server.url}/maintenance")
    page.get_by_role("button", name="Edit Disks").click()
    dialog = page.get_by_role("dialog", name="Edit maintenance")
    dialog.get_by_label("Name", exact=True).fill("Newer disks")

    given = {"duration_seconds": 1_200, "website_id": None, "recurrence": "FREQ=DAILY"}
    api.patch(address, given)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Newer disks", exact=True)).to_be_visible()

    now = api.get(address)
    assert {name: now[name] for name in given} == given
    assert now["starts_at"] == starts  # still to the second, which the form does not show


def test_the_save_button_is_visible_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 560})
    page.goto(f"{server.url}/maintenance")
    page.get_by_role("button", name="Plan maintenance").first.click()
    dialog = page.get_by_role("dialog", name="Plan maintenance")

    dialog.get_by_label("Repeats").select_option("Every day")

    expect(dialog.get_by_role("list").get_by_role("listitem")).to_have_count(5)
    expect(dialog.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
    dialog.locator("form").evaluate("it => it.scrollTo(0, it.scrollHeight)")
    expect(dialog.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_role("listitem").last).to_be_in_viewport(ratio=1)
