"""The inputs of a form, by name, with their values and errors."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.element import Element

from core.errors import InvalidInput, WatchwrightError
from dashboard.components.control import Control
from dashboard.components.elements import propose, text
from dashboard.components.select import Select


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The definition of one input."""

    name: str
    label: str
    kind: str = "text"
    """text, number, password, area, lines (a list), choice, switch, or another type of HTML's input."""
    hint: str = ""
    """The placeholder."""
    note: str = ""
    """A sentence below the input."""
    choices: tuple[tuple[str, str], ...] = ()
    """Values and labels of a choice."""
    proposed: tuple[str, ...] = ()
    """Some valid values, which the browser offers."""
    autocomplete: str = ""
    """HTML's autocomplete value; if empty, "off", or "new-password" for passwords."""
    unless: str = ""
    """The name of a switch that includes this one: while it is on, this one is hidden."""
    is_wide: bool = False
    rows: int = 2
    """The visible lines of an area or a list."""


class Fields:
    """The inputs of one form. Call `draw` for each where it belongs."""

    def __init__(
        self, on_change: Callable[[], object] = lambda: None, *, named: Mapping[str, str] | None = None
    ) -> None:
        """Args:
        on_change: Called when a person has changed an input and left it.
        named: The input's name of each field whose name differs from it.
        """
        self._on_change = on_change
        self._named = named or {}
        self._fields: dict[str, Field] = {}
        self._inputs: dict[str, Element] = {}
        self._wrong: dict[str, Element] = {}
        self._covered: dict[str, Element] = {}
        self._filled: dict[str, Any] = {}
        self._rest: Element | None = None

    def draw(self, field: Field) -> None:
        """Draw the input of *field* with its label."""
        is_switch = field.kind == "switch"
        with ui.element("label").classes("ww-switch" if is_switch else "ww-field") as holder:
            text("span", field.label, "ww-secondary")
            element = self._input(field)
            if field.proposed:
                propose(element, field.proposed)
            wrong = text("small", "", "ww-wrong").props("role=alert")
            note = text("small", field.note, "ww-muted") if field.note else None
        if not self._fields:
            element.props("data-autofocus")  # gets the focus when a dialog opens
        if field.is_wide:
            holder.classes("ww-across")
        if field.unless:
            self._covered[field.name] = holder
        element.props["aria-label"] = field.label
        element.props["aria-describedby"] = f"{wrong.html_id} {note.html_id}" if note else wrong.html_id
        self._fields[field.name], self._inputs[field.name], self._wrong[field.name] = field, element, wrong
        element.on_typed(lambda: self._clear_error(field.name))
        element.on("change", lambda _event: self._on_change(), js_handler="() => emit()")

    def draw_rest(self) -> None:
        """Draw the line for errors that belong to no single input."""
        self._rest = text("div", "", "ww-error").props("role=alert")

    def fill(self, values: dict[str, Any]) -> None:
        """Set the inputs' values; inputs without a value become empty."""
        for name, field in self._fields.items():
            value, element = values.get(name), self._inputs[name]
            if field.kind == "switch":
                element.props["checked"] = bool(value)
            elif field.kind == "lines":
                element.props["value"] = "\n".join(value or [])
            else:
                is_number = field.kind == "number" and isinstance(value, int | float)
                element.props["value"] = "" if value is None else f"{value:g}" if is_number else str(value)
        self._cover()
        self._filled = self.typed()

    def typed(self) -> dict[str, Any]:
        """Return each input's value: a text, a list of lines, or whether a switch is on."""
        return {name: self._value(field) for name, field in self._fields.items()}

    def as_filled(self, read: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Return what *read* returns for the values of `fill`; an empty dict if it raises `InvalidInput`."""
        try:
            return read(self._filled)
        except InvalidInput:
            return {}

    async def attempt(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Await *work* and return whether it succeeded. A `WatchwrightError` is shown in the form."""
        try:
            await work()
        except WatchwrightError as problem:
            self._refuse(problem)
            return False
        self.show({})
        return True

    def show(self, problems: Mapping[str, str]) -> None:
        """Show the problems beneath their inputs, and the one under ``""`` in the line of `draw_rest`."""
        for name in self._inputs:
            self._set_error(name, problems.get(name, ""))
        rest = problems.get("", "")
        if self._rest is not None and self._rest.props["textContent"] != rest:
            self._rest.props["textContent"] = rest

    def _set_error(self, name: str, sentence: str) -> None:
        if self._wrong[name].props.get("textContent") != sentence:
            self._wrong[name].props["textContent"] = sentence
            self._inputs[name].props["aria-invalid"] = "true" if sentence else "false"

    def _refuse(self, problem: WatchwrightError) -> None:
        """Show *problem*, and focus the first input that it names."""
        by_field = {self._named.get(field, field): words for field, words in problem.by_field.items()}
        wrong = [name for name in self._inputs if name in by_field]
        self.show(by_field if wrong else {"": str(problem)})
        if wrong:
            self.focus(wrong[0])

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Replace the choices of the input *name*. The chosen value stays."""
        select = self._inputs[name]
        assert isinstance(select, Select)
        select.offer(choices)

    def put(self, name: str, value: str) -> None:
        """Set the value of the input *name*."""
        self._inputs[name].props["value"] = value

    def focus(self, name: str) -> None:
        """Focus the input *name*, after unfolding the group around it."""
        ui.run_javascript(
            f"const field = document.getElementById('{self._inputs[name].html_id}');"
            "field.closest('details')?.setAttribute('open', ''); field.focus()"
        )

    def _cover(self) -> None:
        for name, holder in self._covered.items():
            is_covered = bool(self._value(self._fields[self._fields[name].unless]))
            holder.set_visibility(not is_covered)

    def _value(self, field: Field) -> Any:
        props = self._inputs[field.name].props
        if field.kind == "switch":
            return bool(props.get("checked"))
        value = str(props.get("value") or "")
        if field.kind == "lines":
            return [line.strip() for line in value.splitlines() if line.strip()]
        return value

    @staticmethod
    def _input(field: Field) -> Control:
        if field.kind == "choice":
            return Select(field.choices)
        if field.kind in ("lines", "area"):
            element = Control("textarea").classes("ww-textarea ww-mono").props("spellcheck=false")
            element.props["rows"] = field.rows
        else:
            is_switch = field.kind == "switch"
            element = Control("input", kept="checked" if is_switch else "value").classes(
                "" if is_switch else "ww-input"
            )
            element.props["type"] = {"switch": "checkbox", "number": "text"}.get(field.kind, field.kind)
            element.props("spellcheck=false")
            if field.kind == "number":
                element.props("inputmode=decimal")
        usual = "new-password" if field.kind == "password" else "off"
        element.props["autocomplete"] = field.autocomplete or usual
        element.props["placeholder"] = field.hint
        return element

    def _clear_error(self, name: str) -> None:
        """Remove the error on the first keystroke. On leaving the field, a button could move away from the pointer."""
        self._set_error(name, "")
        self._cover()
