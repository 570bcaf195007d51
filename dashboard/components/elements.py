"""Small building blocks in HTML's own words; all text goes in as text."""

from collections.abc import Iterable
from datetime import datetime

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from dashboard import theme
from dashboard.components.busy_controls import Handler, on_press
from dashboard.current_actor import may
from dashboard.format import utc


def text(tag: str, content: str, classes: str = "") -> Element:
    """An element that holds *content* and nothing else."""
    element = ui.element(tag).classes(classes)
    element.props["textContent"] = content
    return element


def propose(field: Element, values: Iterable[str]) -> None:
    """Let the browser offer *values* in the input *field*, by a list of its own."""
    with ui.element("datalist") as proposed:
        for value in values:
            ui.element("option").props["value"] = value
    field.props["list"] = proposed.html_id
    field.props.pop("autocomplete", None)  # Firefox shows no list where it is off


def button(label: str, on_click: Handler, *, kind: str = "", hint: str = "", says: str = "") -> Element:
    """A button.

    Args:
        label: What stands on it.
        on_click: Called when it is pressed.
        kind: ``ww-primary``, ``ww-danger`` or nothing.
        hint: Its tooltip.
        says: What a screen reader calls it where the label alone does not tell it from others.
    """
    element = text("button", label, f"ww-button {kind}").props("type=button")
    if hint:
        element.props["title"] = hint
    if says:
        element.props["aria-label"] = says
    on_press(element, on_click)
    return element


def submit_button(label: str, *, kind: str = "ww-primary") -> Element:
    """The button that sends the form in which it stands; *kind* as for `button`."""
    return text("button", label, f"ww-button {kind}").props("type=submit")


def badge(status: str, words: str) -> None:
    """A status by shape, colour and *words*."""
    with ui.element("span").classes(f"ww-badge ww-is-{status.lower()}"):
        status_shape(status)
        text("span", words)


def status_shape(status: str) -> None:
    """The shape of a status; say its word beside it."""
    ui.html(theme.shape(status if status in theme.SHAPES else "UNKNOWN"), sanitize=False, tag="span").style(
        "display: inline-flex"
    )


def moment(at: datetime, *, is_long: bool = False, since: datetime | None = None, is_planned: bool = False) -> None:
    """A time of day in the reader's zone, with UTC on hover; the date too when it is not today's or *is_long*.

    Of the end of what began at *since*, the date stands where it is another one than that; of what *is_planned*,
    seconds where there are any.
    """
    element = text("time", utc(at), "ww-nowrap")
    element.props["datetime"] = at.isoformat()
    element.props["title"] = utc(at)
    if is_long:
        element.props["data-form"] = "long"
    if is_planned:
        element.props("data-planned")
    if since is not None:
        element.props["data-since"] = since.isoformat()


def card_head(title: str, note: str = "") -> Element:
    """The head of a card with its `heading`; what else stands there is drawn within."""
    with ui.element("div").classes("ww-card-head") as head:
        heading(title, note)
    return head


def empty(title: str, words: str, *, level: str = "h2") -> Element:
    """What stands where there is nothing yet, and why; what to do about it is drawn within."""
    with ui.element("section").classes("ww-empty") as section:
        ui.html(theme.LOGO.replace("<svg", '<svg class="ww-picture"'), sanitize=False)
        text(level, title)
        text("p", words)
    return section


def heading(title: str, note: str = "") -> None:
    """What a card is called and, muted, what it shows."""
    text("h2", title)
    if note:
        text("span", note, "ww-muted")


def table_head(*names: str) -> None:
    """A table's head; an empty name is that of the column of buttons, which only a screen reader hears."""
    with ui.element("thead"), ui.element("tr"):
        for name in names:
            with ui.element("th"):
                text("span", name or "Actions", "" if name else "ww-hidden")


def only_for(permission: Permission, element: Element) -> Element:
    """*element*, unseen by a reader who may not; what it does looks again whether they may."""
    if not may(permission):
        element.set_visibility(False)
    return element
