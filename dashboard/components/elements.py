"""Small HTML elements. Texts are set as text content, or escaped."""

from collections.abc import Iterable
from datetime import datetime
from html import escape

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from core.phrases import utc_second
from dashboard import theme
from dashboard.components.busy_controls import Handler, on_press
from dashboard.current_actor import may


def text(tag: str, content: str, classes: str = "") -> Element:
    """Return an element with *content* as its only text."""
    element = ui.element(tag).classes(classes)
    element.props["textContent"] = content
    return element


def propose(field: Element, values: Iterable[str]) -> None:
    """Let the browser offer *values* in the input *field*."""
    options = "".join(f'<option value="{escape(value)}"></option>' for value in values)
    # One element, as 600 time zones as elements would take the server half a second.
    field.props["list"] = ui.html(options, sanitize=False, tag="datalist").html_id
    field.props.pop("autocomplete", None)  # Firefox shows no list with autocomplete=off


def button(label: str, on_click: Handler, *, kind: str = "", hint: str = "", says: str = "") -> Element:
    """Return a button.

    Args:
        label: Its text.
        on_click: Called when it is pressed.
        kind: ``ww-primary``, ``ww-danger`` or nothing.
        hint: Its tooltip.
        says: Its name for screen readers, where several buttons have the same label.
    """
    element = text("button", label, f"ww-button {kind}").props("type=button")
    if hint:
        element.props["title"] = hint
    if says:
        element.props["aria-label"] = says
    on_press(element, on_click)
    return element


def submit_button(label: str, *, kind: str = "ww-primary") -> Element:
    """Return the submit button of the current form; *kind* as for `button`."""
    return text("button", label, f"ww-button {kind}").props("type=submit")


def badge(status: str, words: str) -> None:
    """Draw a status as shape and colour with *words*."""
    with ui.element("span").classes(f"ww-badge ww-is-{status.lower()}"):
        status_shape(status)
        text("span", words)


def status_shape(status: str) -> None:
    """Draw the shape of a status. The caller draws its word."""
    ui.html(theme.shape(status if status in theme.SHAPES else "UNKNOWN"), sanitize=False, tag="span").style(
        "display: inline-flex"
    )


def moment(at: datetime, *, is_long: bool = False, since: datetime | None = None, is_planned: bool = False) -> None:
    """Draw a time in the reader's zone, with UTC on hover, and the date unless it is today's.

    *is_long* always shows the date. With *since*, the start of the same period, the date shows only if it differs from
    the start's. *is_planned* omits seconds that are zero.
    """
    element = text("time", utc_second(at), "ww-nowrap")
    element.props["datetime"] = at.isoformat()
    element.props["title"] = utc_second(at)
    if is_long:
        element.props["data-form"] = "long"
    if is_planned:
        element.props("data-planned")
    if since is not None:
        element.props["data-since"] = since.isoformat()


def card_head(title: str, note: str = "") -> Element:
    """Draw a card's head with its `heading`. More can be drawn inside."""
    with ui.element("div").classes("ww-card-head") as head:
        heading(title, note)
    return head


def empty(title: str, words: str, *, level: str = "h2") -> Element:
    """Draw the placeholder of an empty list. What to do about it can be drawn inside."""
    with ui.element("section").classes("ww-empty") as section:
        ui.html(theme.LOGO.replace("<svg", '<svg class="ww-picture"'), sanitize=False)
        text(level, title)
        text("p", words)
    return section


def heading(title: str, note: str = "") -> None:
    """Draw a card's title and, in grey, a note."""
    text("h2", title)
    if note:
        text("span", note, "ww-muted")


def table_head(*names: str) -> None:
    """Draw a table's head. An empty name becomes "Actions" for screen readers."""
    with ui.element("thead"), ui.element("tr"):
        for name in names:
            with ui.element("th"):
                text("span", name or "Actions", "" if name else "ww-hidden")


def only_for(permission: Permission, element: Element) -> Element:
    """Hide *element* from readers without *permission*, and return it. Actions check again."""
    if not may(permission):
        element.set_visibility(False)
    return element
