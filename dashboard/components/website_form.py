"""Asking for a website: one field for a new one, a dialog for all of it, a confirmation before it goes."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from core.errors import WatchwrightError
from dashboard.components.elements import button, text
from dashboard.websites import as_tags

Submit = Callable[[dict[str, Any]], Awaitable[None]]


def paste_url(submit: Callable[[str], Awaitable[None]], *, label: str = "Watch it") -> None:
    """One field for a URL; what is wrong with it stands beneath."""
    with ui.element("form").classes("ww-paste").props("novalidate") as form:
        field = _input("url", "https://example.com", "Address of the website").props("autofocus inputmode=url")
        text("button", label, "ww-button ww-primary").props("type=submit")
    error = text("div", "", "ww-error").props("role=alert")

    async def go() -> None:
        await _try(lambda: submit(field.props.get("value", "")), error, field)

    _keep_value(field)
    form.on("submit.prevent", go)


class WebsiteDialog:
    """A dialog with every field of a website, for adding one and for changing one."""

    FIELDS = (
        ("url", "URL", "text"),
        ("name", "Name", "text"),
        ("description", "Description", "text"),
        ("check_interval", "Check every (seconds)", "number"),
        ("timeout", "Give up after (seconds)", "number"),
        ("tags", "Tags, separated by commas", "text"),
    )

    def __init__(self, title: str, submit: Submit, *, action: str) -> None:
        """*submit* gets the fields that are filled in, and may raise `WatchwrightError`, which is shown."""
        self._submit = submit
        self._fields: dict[str, Element] = {}
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog"):
            text("h2", title)
            with ui.element("form").classes("ww-form").props("novalidate") as form:
                for name, label, kind in self.FIELDS:
                    self._field(name, label, kind)
                self._error = text("div", "", "ww-error").props("role=alert")
                with ui.element("div").classes("ww-actions"):
                    button("Cancel", self._dialog.close)
                    text("button", action, "ww-button ww-primary").props("type=submit")
            form.on("submit.prevent", self._go)

    def open(self, values: dict[str, Any]) -> None:
        """Show the dialog with *values* filled in."""
        for name, field in self._fields.items():
            value = values.get(name)
            field.props["value"] = "" if value is None else ", ".join(value) if name == "tags" else str(value)
        self._error.props["textContent"] = ""
        self._dialog.open()

    def _field(self, name: str, label: str, kind: str) -> None:
        with ui.element("div").classes("ww-field"):
            text("span", label, "ww-secondary").props("aria-hidden=true")  # the field itself carries the name
            field = _input(kind, "", label)
        _keep_value(field)
        self._fields[name] = field

    async def _go(self) -> None:
        given = {name: field.props.get("value", "").strip() for name, field in self._fields.items()}
        filled: dict[str, Any] = {name: value for name, value in given.items() if value or name == "description"}
        filled["tags"] = as_tags(given["tags"])

        async def submit() -> None:
            await self._submit(filled)
            self._dialog.close()

        await _try(submit, self._error, self._fields["url"])


def confirm(title: str, consequence: str, action: str, do: Callable[[], Awaitable[None]]) -> None:
    """Ask before *do*: what will be lost stands in *consequence*."""
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-dialog"):
        text("h2", title)
        text("p", consequence, "ww-secondary")
        with ui.element("div").classes("ww-actions"):
            button("Cancel", dialog.close)

            async def go() -> None:
                dialog.close()
                await do()

            button(action, go, kind="ww-danger")


def _input(kind: str, placeholder: str, label: str) -> Element:
    field = ui.element("input").classes("ww-input")
    field.props["type"] = "text" if kind == "url" else kind
    field.props["placeholder"] = placeholder
    field.props["aria-label"] = label
    field.props("autocomplete=off spellcheck=false")
    return field


def _keep_value(field: Element) -> None:
    def keep(event: Any) -> None:
        field.props["value"] = str(event.args)  # not sent back: the browser has it already

    field.on("input", keep, js_handler="(event) => emit(event.target.value)")


async def _try(do: Callable[[], Awaitable[None]], error: Element, field: Element) -> None:
    try:
        await do()
    except WatchwrightError as problem:
        error.props["textContent"] = str(problem)
        field.props["aria-invalid"] = "true"
    else:
        error.props["textContent"] = ""
        field.props.pop("aria-invalid", None)
