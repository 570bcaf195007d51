"""One field for an address and a button beside it; what is wrong with it stands beneath."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from core.errors import WatchwrightError
from dashboard.components.busy_controls import on_submit
from dashboard.components.control import Control
from dashboard.components.elements import propose, submit_button, text

PROPOSED = 500  # addresses; a browser's list of proposals gets slow beyond


def address_form(
    submit: Callable[[str], Awaitable[None]],
    *,
    label: str,
    action: str,
    kind: str,
    proposed: Sequence[str] = (),
    unavailable: str | None = None,
) -> Element:
    """Ask for an address; returns the field.

    Args:
        submit: Called with what was typed; may raise `WatchwrightError`.
        label: What the address is of, for who does not see the page.
        action: What the button says.
        kind: The form's class.
        proposed: Addresses to choose from.
        unavailable: Why the button cannot be pressed, in one sentence; None when it can.
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
            text("p", unavailable, "ww-why-not")
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
