"""Adding several websites at once, some of which cannot be."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Serve


def test_refused_urls_stay_in_the_form_with_a_reason_per_line(page: Page, serve: Serve) -> None:
    page.goto(serve().url)
    page.get_by_role("button", name="Add several").click()
    dialog = page.get_by_role("dialog", name="Add several websites")
    lines = dialog.get_by_label("Addresses (one per line)")
    lines.fill("\n".join(["http://127.0.0.1:9/fit", *(f"ftp://{number}.example" for number in range(22))]))
    dialog.get_by_label("Tags for all of them").fill("a" * 65)

    dialog.get_by_role("button", name="Add websites").click()
    expect(dialog.get_by_label("Tags for all of them")).to_have_accessible_description(
        "A tag has at most 64 characters, and aaaaaaaaaaaaaaaaaaaa… has 65."
    )
    dialog.get_by_label("Tags for all of them").fill("ours")
    dialog.get_by_role("button", name="Add websites").click()

    expect(dialog.get_by_text("1 added, 22 rejected:")).to_be_visible()
    told = dialog.get_by_role("listitem")
    expect(told).to_have_count(21)
    expect(told.first).to_have_text(
        "ftp://0.exampleThe URL must start with http:// or https://, such as https://example.com."
    )
    expect(told.last).to_have_text("and 2 more, listed above")
    expect(lines).to_have_value("\n".join(f"ftp://{number}.example" for number in range(22)))
