"""Opens dialogs, and forms in them. A dialog is created when it opens, and deleted once it has closed."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from nicegui import ui

from dashboard.components.busy_controls import on_submit
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Fields


@contextmanager
def opened_dialog(title: str, size: str = "") -> Iterator[ui.dialog]:
    """Open a dialog outside the part of the page that asks, as that part may be redrawn. *size* are CSS classes."""
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.element("div").classes(f"ww-card ww-dialog {size}"),
    ):
        dialog.on("hide", dialog.delete)
        dialog.props["aria-label"] = title
        text("h2", title)
        yield dialog


Save = Callable[[], Awaitable[object]]


@contextmanager
def opened_form(
    title: str,
    fields: Fields,
    save: Save,
    *,
    action: str = "Save",
    kind: str = "ww-primary",
    size: str = "",
    beside: Callable[[], object] = lambda: None,
    other: tuple[str, Save] | None = None,
) -> Iterator[None]:
    """Open a dialog with a form, in which the caller draws *fields*.

    Args:
        title: The heading.
        fields: The form's inputs.
        save: Called when the form is submitted; the dialog closes unless it raises `WatchwrightError`.
        action: The submit button's label.
        kind: The submit button's kind, as for `button`.
        size: CSS classes. With ``ww-tall``, the inputs scroll and the buttons stay in view.
        beside: Draws more at the left of the buttons of a tall form.
        other: The label of another button, and what it calls instead of *save*.
    """
    is_tall = "ww-tall" in size

    async def end(work: Save) -> None:
        if await fields.attempt(work):
            dialog.close()

    with opened_dialog(title, size) as dialog:
        with ui.element("form").classes("ww-form ww-scrolls" if is_tall else "ww-form").props("novalidate") as form:
            yield
            if not is_tall:
                fields.draw_rest()
            with ui.element("div").classes("ww-actions ww-foot" if is_tall else "ww-actions"):
                if is_tall:
                    fields.draw_rest()
                    beside()
                    ui.element("div").classes("ww-grow")
                button("Cancel", dialog.close)
                if other is not None:
                    button(other[0], partial(end, other[1]))
                submit_button(action, kind=kind)
        on_submit(form, partial(end, save))
