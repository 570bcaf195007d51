"""A button that copies a long text, with a fallback for browsers that refuse access to the clipboard."""

import json
from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from dashboard.components.busy_controls import on_press
from dashboard.components.elements import button, text

ANSWER_SECONDS = 10.0  # the browser may ask the reader for permission first

# Safari allows writing to the clipboard only within a click, so the click writes a promise of the server's text.
SCRIPT = """
<script>
const wwCopies = new Map(); // key of the click → function that gives its text, and whether the browser accepted it
function wwPromise(key) {
  if (!window.isSecureContext || wwAtWork.has(`${key} click`)) return;
  let give;
  const made = new Promise((done) => { give = (text) => done(new Blob([text], { type: "text/plain" })); });
  const taken = navigator.clipboard.write([new ClipboardItem({ "text/plain": made })]).then(() => true, () => false);
  wwCopies.set(key, { give, taken });
}
async function wwCopy(key, text) {
  const copy = wwCopies.get(key);
  wwCopies.delete(key);
  copy?.give(text);
  return await copy?.taken ?? false;
}
</script>
"""


def copy_button(label: str, make: Callable[[], str], *, title: str, done: str, hint: str = "") -> Element:
    """Draw a button that copies what *make* returns and notifies *done*. If copying fails, a dialog shows the text."""

    async def copy() -> None:
        content = make()
        if await _is_on_clipboard(element.id, content):
            ui.notify(done)
        else:
            _show(content, title)

    element = text("button", label, "ww-button").props("type=button")
    if hint:
        element.props["title"] = hint
    on_press(element, copy, first=f"wwPromise({element.id}); ")
    return element


def _show(content: str, title: str) -> None:
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog ww-wide"):
        dialog.props["aria-label"] = title
        text("h2", title)
        text(
            "p",
            "The browser blocks copying on plain http pages. Select the text and copy it.",
            "ww-secondary",
        )
        area = ui.element("textarea").classes("ww-textarea ww-mono").props("rows=16 readonly")
        area.props["aria-label"] = title
        area.props["value"] = content
        with ui.element("div").classes("ww-actions"):
            button("Close", dialog.close)


async def _is_on_clipboard(key: int, content: str) -> bool:
    """Send *content* to the clipboard. Return False over plain HTTP, without permission or without an answer."""
    try:
        return bool(await ui.run_javascript(f"return wwCopy({key}, {json.dumps(content)})", timeout=ANSWER_SECONDS))
    except TimeoutError:
        return False
