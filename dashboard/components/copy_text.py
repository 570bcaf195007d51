"""Copying a long text, also where a browser lets no page near its clipboard."""

from nicegui import ui

from dashboard.components.elements import button, text


async def copy_text(content: str, *, title: str, done: str) -> None:
    """Put *content* on the clipboard and say *done*; over plain http, show it to be copied by hand."""
    if await ui.run_javascript("return window.isSecureContext"):
        ui.clipboard.write(content)
        ui.notify(done)
        return
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog ww-wide"):
        text("h2", title)
        text("p", "Over plain http no page may copy by itself: select all of it and copy it.", "ww-secondary")
        area = ui.element("textarea").classes("ww-textarea ww-mono").props("rows=16 readonly")
        area.props["aria-label"] = title
        area.props["value"] = content
        with ui.element("div").classes("ww-actions"):
            button("Close", dialog.close)
