"""A dialog that asks for a few fields and does something with them; what is wrong stands in it."""

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
    """Open the dialog; it closes once *do* has returned without a `WatchwrightError`.

    Args:
        title: The heading.
        fields: What is asked for.
        action: The button's words.
        do: Gets each field's value by its name. What is typed lives here alone and is never sent back.
        filled: What stands in the fields at first.
        words: What it is about, or what will be lost.
        above: Draws more above the fields.
        is_loss: Whether something is lost by it.
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
    """Ask before *do*: what will be lost stands in *consequence*."""
    ask(title, (), action, lambda _nothing: do(), words=consequence, is_loss=True)


def show_once(title: str, words: str, lines: Sequence[str]) -> None:
    """Show *lines* that are kept nowhere; they go with the dialog."""
    with _opened(title) as dialog:
        dialog.props("persistent")
        text("p", words, "ww-secondary")
        text("pre", "\n".join(lines), "ww-once").props('tabindex=0 role=region aria-label="Shown once"')
        with ui.element("div").classes("ww-actions"):
            copy_button("Copy", lambda: "\n".join(lines), title=title, done="Copied.")
            button("I have kept it", dialog.close, kind="ww-primary")


@contextmanager
def _opened(title: str) -> Iterator[ui.dialog]:
    """A dialog that goes once it is closed, and not with the part of the page that asks: that may be drawn anew."""
    with ui.context.client.content, ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog"):
        dialog.on("hide", dialog.delete)
        dialog.props["aria-label"] = title
        text("h2", title)
        yield dialog
