"""Copying a long text, also where a browser lets no page near its clipboard."""

import json

from nicegui import ui

from dashboard.components.elements import button, text

ANSWER_SECONDS = 10.0  # a browser may ask the reader first


async def copy_text(content: str, *, title: str, done: str) -> None:
    """Put *content* on the clipboard and say *done* once it is there; where that is refused, show it instead."""
    if await _is_on_clipboard(content):
        ui.notify(done)
        return
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog ww-wide"):
        dialog.props["aria-label"] = title
        text("h2", title)
        text(
            "p",
            "The browser did not let this page copy (over plain http, none may): select all of it and copy it.",
            "ww-secondary",
        )
        area = ui.element("textarea").classes("ww-textarea ww-mono").props("rows=16 readonly")
        area.props["aria-label"] = title
        area.props["value"] = content
        with ui.element("div").classes("ww-actions"):
            button("Close", dialog.close)


async def _is_on_clipboard(content: str) -> bool:
    """Ask the browser to take *content*; False over plain http, without leave, or without an answer."""
    write = f"navigator.clipboard.writeText({json.dumps(content)}).then(() => true, () => false)"
    try:
        return bool(await ui.run_javascript(f"return window.isSecureContext && {write}", timeout=ANSWER_SECONDS))
    except TimeoutError:
        return False
