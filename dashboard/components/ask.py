"""A dialog that asks for a few fields and does something with them; what is wrong stands in it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.element import Element

from core.errors import WatchwrightError
from dashboard.components.copy_text import copy_text
from dashboard.components.elements import button, text
from dashboard.components.press import on_submit
from dashboard.components.select import Select

Values = dict[str, str]
Submit = Callable[[Values], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the dialog."""

    name: str
    label: str
    kind: str = "text"
    """An input's type, ``select``, or ``checkbox``, whose value is ``on`` or empty."""
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    """Of a select: value and words of each."""
    hint: str = ""
    autocomplete: str = "off"


def ask(
    title: str,
    fields: Sequence[Field],
    action: str,
    do: Submit,
    *,
    words: str = "",
    above: Callable[[], None] | None = None,
    is_loss: bool = False,
) -> None:
    """Open the dialog in the present slot; it closes once *do* has returned without a `WatchwrightError`.

    Args:
        title: The heading.
        fields: What is asked for; none makes it a confirmation.
        action: The button's words.
        do: Gets each field's value by its name. What is typed lives here alone and is never sent back.
        words: What it is about, or what will be lost.
        above: Draws more above the fields.
        is_loss: Whether something is lost by it.
    """
    values = {field.name: field.value for field in fields}
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog"):
        dialog.on("hide", dialog.delete)
        dialog.props["aria-label"] = title
        text("h2", title)
        if words:
            text("p", words, "ww-secondary")
        if above is not None:
            above()
        with ui.element("form").classes("ww-form").props("novalidate") as form:
            wrong = {field.name: _draw(field, values, is_first=field is fields[0]) for field in fields}
            error = text("div", "", "ww-error").props("role=alert")
            with ui.element("div").classes("ww-actions"):
                button("Cancel", dialog.close)
                text("button", action, f"ww-button {'ww-danger' if is_loss else 'ww-primary'}").props("type=submit")

        async def go() -> None:
            try:
                await do(dict(values))
            except WatchwrightError as problem:
                for name, beneath in wrong.items():
                    beneath.props["textContent"] = problem.by_field.get(name, "")
                is_told = any(name in wrong for name in problem.by_field)
                error.props["textContent"] = "" if is_told else str(problem)
            else:
                dialog.close()

        on_submit(form, go)


def tell_once(title: str, words: str, lines: Sequence[str]) -> None:
    """Show *lines* that are kept nowhere; they go with the dialog."""
    with ui.dialog(value=True).props("persistent") as dialog, ui.element("div").classes("ww-card ww-dialog"):
        dialog.on("hide", dialog.delete)
        dialog.props["aria-label"] = title
        text("h2", title)
        text("p", words, "ww-secondary")
        text("pre", "\n".join(lines), "ww-once").props('tabindex=0 role=region aria-label="Shown once"')
        with ui.element("div").classes("ww-actions"):
            button("Copy", lambda: copy_text("\n".join(lines), title=title, done="Copied."))
            button("I have kept it", dialog.close, kind="ww-primary")


def _draw(field: Field, values: Values, *, is_first: bool) -> Element:
    """The field; returns where to say what is wrong with it."""
    with ui.element("div").classes("ww-switch" if field.kind == "checkbox" else "ww-field"):
        text("span", field.label, "ww-secondary").props("aria-hidden=true")  # the field itself carries the name
        element = Select(field.options, field.value) if field.kind == "select" else ui.element("input")
        element.props["aria-label"] = field.label
        if is_first:
            element.props("data-autofocus")  # where the cursor is when a dialog opens
        if field.kind == "checkbox":
            element.props("type=checkbox")
            element.props["checked"] = field.value == "on"
        elif field.kind != "select":
            element.classes("ww-input").props("spellcheck=false")
            element.props.update({"type": field.kind, "value": field.value, "autocomplete": field.autocomplete})
        if field.hint:
            text("span", field.hint, "ww-muted")
        wrong = text("small", "", "ww-wrong").props("role=alert")
        element.props["aria-describedby"] = wrong.html_id
    value = "event.target.checked ? 'on' : ''" if field.kind == "checkbox" else "event.target.value"

    def keep(event: Any) -> None:
        values[field.name] = str(event.args)
        is_box = field.kind == "checkbox"  # what is drawn anew with the page would fall back to what it had at first
        element.props["checked" if is_box else "value"] = values[field.name] == "on" if is_box else values[field.name]

    kind = "input" if field.kind not in ("select", "checkbox") else "change"
    element.on(kind, keep, js_handler=f"(event) => emit({value})")
    return wrong
