"""/notifications in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.axe import serious_findings
from tests.e2e.api import Api
from tests.e2e.server import Server
from tests.receivers import listening, mail_server, mail_to


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without channels."""
    with Server(data_dir=tmp_path_factory.mktemp("notifications") / "data") as server:
        yield server


def test_a_channel_and_a_rule_are_added_and_tried(page: Page, server: Server) -> None:
    with listening() as service:
        clocks = page.context.new_cdp_session(page)
        clocks.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
        page.goto(f"{server.url}/notifications")
        expect(page.get_by_role("heading", name="No notification channels yet")).to_be_visible()
        expect(page.get_by_role("button", name="Add rule")).to_be_hidden()  # a rule needs a channel

        page.get_by_role("button", name="Add channel").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="Name", exact=True).fill("On call")
        dialog.get_by_label("Kind").select_option("WEBHOOK")
        dialog.get_by_label("URL", exact=True).fill("ftp://nowhere")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert").last).to_contain_text("must be http:// or https:// with a host")
        dialog.get_by_label("URL", exact=True).fill(f"http://{service.url}/alarms")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("whsec_")).to_be_visible()
        page.get_by_role("button", name="I have saved it").click()

        page.get_by_role("button", name="Send test to On call").click()
        expect(page.get_by_text("On call accepted the test: 200 OK: noted")).to_be_visible()
        assert [path for path, _headers, _body in service.posted] == ["/alarms"]

        page.get_by_role("button", name="Add rule").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="Name", exact=True).fill("All failures")
        dialog.get_by_role("button", name="Preview").click()
        expect(dialog.get_by_role("status")).to_contain_text("this would have sent 0 messages")
        dialog.get_by_text("Delay, reminders, thresholds, quiet hours and text").click()
        expect(dialog.get_by_label("Time zone")).to_have_value("Europe/Berlin")  # the time zone of the quiet hours
        dialog.get_by_label("It is slow").check()
        dialog.get_by_label("Evidence shows the cause of a failure").check()
        dialog.get_by_label("Slow: 95th percentile above (ms)").fill("1500")
        dialog.get_by_label("Remind every (minutes)").fill("60")
        dialog.get_by_label("Kinds of findings").fill("tls_expired, dns")
        dialog.get_by_role("button", name="Save").click()
        said = page.get_by_text("when it goes down, is back, has a browser recording of the failure")
        expect(said).to_contain_text("95th percentile above 1,500 ms over 10 minutes, of tls expired or dns")
        expect(said).to_contain_text("again every hour until recovery or acknowledgement")
        expect(page.get_by_role("dialog")).to_have_count(0)  # axe finds a fading dialog too pale

        page.get_by_role("button", name="Edit All failures").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Browser recording after a failure")).to_be_checked()  # the default
        expect(dialog.get_by_label("Kinds of findings")).to_have_value("tls_expired, dns")
        dialog.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert serious_findings(page) == []


def test_an_included_event_is_hidden(page: Page, server: Server) -> None:
    Api(server).post(
        "notification-channels", {"name": "Pairs", "kind": "APPRISE", "address": {"url": "json://127.0.0.1:9/"}}
    )
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add rule").click()
    dialog = page.get_by_role("dialog")
    flaps, heard = (dialog.get_by_label(words) for words in ("It flaps: it goes", "A region reports again"))
    save = dialog.get_by_role("button", name="Save")
    expect(dialog.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    expect(heard).to_be_visible()
    expect(flaps).to_be_hidden()  # as the default events are failures
    assert flaps.bounding_box() is None  # and takes no space
    place = save.bounding_box()

    dialog.get_by_label("It goes down or flaps").uncheck()
    dialog.get_by_label("A region that checks it stops or resumes reporting").check()

    expect(flaps).to_be_visible()
    expect(heard).to_be_hidden()
    assert save.bounding_box() == place


def test_unfolded_fields_are_not_covered_by_buttons_on_a_phone(page: Page, server: Server) -> None:
    Api(server).post(
        "notification-channels", {"name": "Phone", "kind": "APPRISE", "address": {"url": "json://127.0.0.1:9/"}}
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add rule").click()
    dialog = page.get_by_role("dialog")

    dialog.locator("summary").focus()
    page.keyboard.press("Enter")

    first = dialog.get_by_label("After (minutes)")
    expect(first).to_be_in_viewport(ratio=1)
    field, foot = (one.bounding_box() for one in (first, dialog.locator(".ww-foot")))
    assert field is not None and foot is not None and field["y"] + field["height"] <= foot["y"]


def test_a_refused_channel_keeps_its_buttons_in_view_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").select_option("EMAIL")

    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_label("SMTP server")).to_have_accessible_description("This is required.")
    expect(dialog.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)


def test_tab_leads_from_the_kind_to_its_fields(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # before a server could answer

    expect(dialog.get_by_label("URL", exact=True)).to_be_focused()
    expect(dialog.get_by_label("Apprise URL")).to_be_hidden()


def test_a_channel_is_deleted_after_confirmation(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Pager")
    dialog.get_by_label("Apprise URL").fill("json://127.0.0.1:9/")
    dialog.get_by_role("button", name="Save").click()

    page.get_by_role("button", name="Delete Pager").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    page.get_by_role("button", name="Delete channel").click()

    expect(page.get_by_role("button", name="Delete Pager")).to_have_count(0)


def test_reopening_a_form_shows_the_stored_name(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/notifications")
    page.get_by_role("button", name="Add channel").last.click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    name.fill("Desk")
    dialog.get_by_label("Apprise URL").fill("json://127.0.0.1:9/")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Add channel").last.click()
    expect(name).to_have_value("")
    dialog.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Edit Desk").click()

    expect(dialog.get_by_role("heading", name="Edit Desk")).to_be_visible()
    expect(name).to_have_value("Desk")


def test_a_monthly_report_is_added_sent_and_deleted(page: Page, server: Server) -> None:
    api = Api(server)
    website_id = api.add_website("http://127.0.0.1:9/", check_interval=3_600)
    with mail_server() as (mailbox, port):
        reached = {"name": "Mail", "kind": "EMAIL", "address": mail_to(port, "x@example.org")}
        channel = api.post("notification-channels", reached)
        page.goto(f"{server.url}/notifications")

        page.get_by_role("button", name="Add report").click()
        dialog = page.get_by_role("dialog", name="Monthly report")
        dialog.get_by_label("To (one address per line)").fill("ada")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert").first).to_contain_text("'ada' is not an e-mail address.")
        dialog.get_by_label("To (one address per line)").fill("ada@example.org\nbob@example.org")
        dialog.get_by_label("Time zone").fill("Europe/Berlin")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        card = page.get_by_role("region", name="Monthly reports")
        expect(card).to_contain_text("to ada@example.org, bob@example.org, through Mail")
        expect(card).to_contain_text("The first report covers ")
        assert serious_findings(page) == []

        card.get_by_role("button", name="Send the report of All websites now").click()
        expect(page.get_by_text("The report was sent: Accepted by 127.0.0.1 for 2 recipients.")).to_be_visible()
        assert mailbox.recipients == ["ada@example.org", "bob@example.org"]
        assert [mail["To"] for mail in mailbox.mails] == ["undisclosed-recipients:;"]
        said = card.locator("details", has_text="Sent reports").get_by_text(
            "to ada@example.org, bob@example.org, sent manually. Accepted by 127.0.0.1"
        )
        expect(said).to_have_count(1)
        card.get_by_role("button", name="Send the report of All websites now").click()
        expect(said).to_have_count(2)
        card.get_by_text("Sent reports").click()
        expect(said.first).to_be_visible()
        assert serious_findings(page) == []

    card.get_by_role("button", name="Edit the report of All websites").click()
    expect(dialog.get_by_label("To (one address per line)")).to_have_value("ada@example.org\nbob@example.org")
    dialog.get_by_label("To (one address per line)").fill("bob@example.org")
    dialog.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("to bob@example.org, through Mail")
    card.get_by_role("button", name="Delete the report of All websites").click()
    page.get_by_role("button", name="Delete report").click()
    expect(card).to_contain_text("No monthly reports yet.")
    api.delete(f"notification-channels/{channel['id']}")
    api.delete(f"websites/{website_id}")


def test_an_edit_keeps_concurrent_changes_of_other_fields(page: Page, server: Server) -> None:
    api = Api(server)
    reached = {"name": "Mine", "kind": "APPRISE", "address": {"url": "json://127.0.0.1:9/"}}
    channel = f"notification-channels/{api.post('notification-channels', reached)['id']}"
    hours = {"quiet_from": "22:00", "quiet_until": "07:00"}
    asked = {"name": "Nights", "channel_id": api.get(channel)["id"], "events": ["DOWN", "FLAPPING"]} | hours
    rule = f"notification-rules/{api.post('notification-rules', asked)['id']}"
    page.goto(f"{server.url}/notifications")

    page.get_by_role("button", name="Edit Nights").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Days")
    given = {"events": ["FLAPPING", "UP"], "after_seconds": 90, "template": "$website", "quiet_from": "21:00"}
    api.patch(rule, given)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    now = api.get(rule)
    assert {name: now[name] for name in (*given, "name")} == given | {"name": "Days"}

    page.get_by_role("button", name="Edit Days").click()
    dialog.get_by_text("Delay, reminders, thresholds, quiet hours and text").click()
    dialog.get_by_label("Quiet from").fill("23:00")
    api.patch(rule, {"quiet_from": None, "quiet_until": None})
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    now = api.get(rule)
    assert (now["quiet_from"], now["quiet_until"]) == ("23:00", "07:00")  # either time without the other is refused

    page.get_by_role("button", name="Edit Mine").click()
    dialog.get_by_label("Apprise URL").fill("json://127.0.0.1:10/")
    api.patch(channel, {"name": "Ours"})
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert api.get(channel)["name"] == "Ours"
