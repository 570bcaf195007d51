"""Small dialogs: a form with a few fields, a confirmation, and a text that is shown once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from dashboard.components.copy_text import copy_button
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields, on_save

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
    with _opened(title) as dialog:
        if words:
            text("p", words, "ww-secondary")
        if above is not None:
            above()
        with ui.element("form").classes("ww-form").props("novalidate") as form:
            for field in fields:
                inputs.draw(field)
            inputs.fill(dict(filled or {}))
            inputs.draw_rest()
            with ui.element("div").classes("ww-actions"):
                button("Cancel", dialog.close)
                submit_button(action, kind="ww-danger" if is_loss else "ww-primary")
        on_save(form, dialog, inputs, lambda: do(inputs.typed()))


def confirm(title: str, consequence: str, action: str, do: Callable[[], Awaitable[None]]) -> None:
    """Open a dialog that asks before *do*; *consequence* says what will be lost."""
    ask(title, (), action, lambda _nothing: do(), words=consequence, is_loss=True)


def show_once(title: str, words: str, lines: Sequence[str]) -> None:
    """Show *lines* that are stored nowhere, such as recovery codes."""
    with _opened(title) as dialog:
        dialog.props("persistent")
        text("p", words, "ww-secondary")
        text("pre", "\n".join(lines), "ww-once").props('tabindex=0 role=region aria-label="Shown once"')
        with ui.element("div").classes("ww-actions"):
            copy_button("Copy", lambda: "\n".join(lines), title=title, done="Copied.")
            button("I have saved it", dialog.close, kind="ww-primary")


@contextmanager
def _opened(title: str) -> Iterator[ui.dialog]:
    """Open a dialog outside the part of the page that asks, as that part may be redrawn. Delete it once closed."""
    with ui.context.client.content, ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog"):
        dialog.on("hide", dialog.delete)
        dialog.props["aria-label"] = title
        text("h2", title)
        yield dialog
