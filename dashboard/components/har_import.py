"""A dialog to import a HAR file as a debug session of a website."""

from collections.abc import Mapping

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from dashboard.components.elements import button, text
from dashboard.components.select import Select
from dashboard.current_actor import may

NOTE = "From Chrome, Edge, Firefox, Safari or a proxy, up to 256 MB. Secrets are masked before the file is stored."


class HarFile(Element, component="har_import.js"):
    """A file input. After the upload the browser opens the new session."""

    def __init__(self, website: str) -> None:
        """*website* is the id of the session's website."""
        super().__init__()
        self._props["website"] = website

    def set_website(self, website: str) -> None:
        """Set another website's id."""
        self._props["website"] = website


def har_import(websites: Mapping[int, str], chosen: str) -> None:
    """Draw a button that opens the dialog; nothing without the debug permission or without websites.

    Args:
        websites: Names by id.
        chosen: The id of the preselected website; empty for the first one.
    """
    if not websites or not may(Permission.DEBUG):
        return
    with ui.dialog().props("aria-label='Import a HAR file'") as dialog:
        _ask(websites, chosen if chosen.isdecimal() and int(chosen) in websites else str(next(iter(websites))), dialog)
    button("Import HAR", dialog.open, hint="Store a recording from another browser as a debug session")


def _ask(websites: Mapping[int, str], proposed: str, dialog: ui.dialog) -> None:
    with ui.element("div").classes("ww-card ww-dialog ww-form"):
        text("h2", "Import a HAR file")
        text("p", NOTE, "ww-secondary")
        with ui.element("label").classes("ww-field"):
            text("span", "Website", "ww-secondary")
            choice = Select([(str(key), name) for key, name in websites.items()], proposed)
            choice.props["aria-label"] = "Website"
        file = HarFile(proposed)

    choice.on_typed(lambda: file.set_website(choice.props["value"]))
    file.on("cancel", dialog.close)
