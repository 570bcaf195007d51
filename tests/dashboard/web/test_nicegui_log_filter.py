"""Messages to a reader who has left are dropped, including from the log."""

import pytest
from nicegui import Client, helpers, ui
from nicegui.page import page as page_of_nicegui

from dashboard.web import nicegui_log_filter


def test_messages_to_readers_who_left_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    nicegui_log_filter.install()
    reader = Client(page_of_nicegui(""))
    with reader:
        reader.delete()

        ui.notify("The session was started.")
        ui.navigate.to("/debug-sessions/1")
    helpers.warn_once("Something else is wrong.")

    assert [record.getMessage() for record in caplog.records] == ["Something else is wrong."]
