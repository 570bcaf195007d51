"""Small dialogs: a form with a few fields, a confirmation, and a text that is shown once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from dashboard.components.copy_text import copy_button
from dashboard.components.dialogs import opened_dialog, opened_form
from dashboard.components.elements import button, text
from dashboard.components.fields import Field, Fields

Values = dict[str, Any]
Submit = Callable[[Values], Awaitable[None]]


def ask(
    title: str,
    fields: Sequence[Field],
    action: str,
    do: Submit,
    *,
    filled: Mapping[str, Any] | None = None,
    words: str = "",
    above: Callable[[], None] | None = None,
    is_loss: bool = False,
) -> None:
    """Open a dialog with a form. It closes when *do* returns without a `WatchwrightError`.

    Args:
        title: The heading.
        fields: The form's fields.
        action: The submit button's label.
        do: Called with the fields' values by name. They are never sent back to the browser.
        filled: The fields' initial values.
        words: An explanation, or what will be lost.
        above: Draws more content above the fields.
        is_loss: Whether the action destroys something; makes the button red.
    """
    inputs = Fields()
    kind = "ww-danger" if is_loss else "ww-primary"
    with opened_form(title, inputs, lambda: do(inputs.typed()), action=action, kind=kind):
        if words:
            text("p", words, "ww-secondary")
        if above is not None:
            above()
        for field in fields:
            inputs.draw(field)
        inputs.fill(dict(filled or {}))


def confirm(title: str, consequence: str, action: str, do: Callable[[], Awaitable[None]]) -> None:
    """Open a dialog that asks before *do*; *consequence* says what will be lost."""
    ask(title, (), action, lambda _nothing: do(), words=consequence, is_loss=True)


def show_once(title: str, words: str, lines: Sequence[str]) -> None:
    """Show *lines* that are stored nowhere, such as recovery codes."""
    with opened_dialog(title) as dialog:
        dialog.props("persistent")
        text("p", words, "ww-secondary")
        text("pre", "\n".join(lines), "ww-once").props('tabindex=0 role=region aria-label="Shown once"')
        with ui.element("div").classes("ww-actions"):
            copy_button("Copy", lambda: "\n".join(lines), title=title, done="Copied.")
            button("I have saved it", dialog.close, kind="ww-primary")
