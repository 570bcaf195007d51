"""A form with one field for an address, a button, and a line for errors."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from core.errors import WatchwrightError
from dashboard.components.busy_controls import on_submit
from dashboard.components.control import Control
from dashboard.components.elements import propose, submit_button, text

PROPOSED = 500  # addresses; with more, browsers open the list slowly


def address_form(
    submit: Callable[[str], Awaitable[None]],
    *,
    label: str,
    action: str,
    kind: str,
    proposed: Sequence[str] = (),
    unavailable: str | None = None,
) -> Element:
    """Draw the form and return its field.

    Args:
        submit: Called with the typed text; may raise `WatchwrightError`.
        label: The field's name for screen readers.
        action: The button's label.
        kind: The form's CSS class.
        proposed: Addresses that the browser offers.
        unavailable: Why the button is disabled, as a sentence; None if it is enabled.
    """
    with ui.element("form").classes(kind).props("novalidate") as form:
        field = Control("input").classes("ww-input").props("type=text inputmode=url autocomplete=off spellcheck=false")
        field.props["placeholder"] = "https://example.com"
        field.props["aria-label"] = label
        if proposed:
            propose(field, proposed[:PROPOSED])
        press = submit_button(action)
        if unavailable:
            press.props("disabled")
            press.props["title"] = unavailable
            text("p", unavailable, "ww-unavailable")
        error = text("div", "", "ww-error").props("role=alert")

    async def go() -> None:
        try:
            await submit(field.props.get("value", ""))
        except WatchwrightError as problem:
            error.props["textContent"] = str(problem)
            field.props["aria-invalid"] = "true"
        else:
            error.props["textContent"] = ""
            field.props.pop("aria-invalid", None)

    on_submit(form, go)
    return field
