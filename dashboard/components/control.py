"""Form controls that people type or choose in."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

NOTHING = object()  # differs from every value of a control


class Control(Element):
    """A native control, or a component that emits ``input`` events like one. Its property *kept* is its value.

    On a slow connection, people type on before the server knows the first letters. The browser therefore keeps what was
    typed: updates of the control for other reasons do not change its value. Only a new value from the server does.
    """

    def __init__(self, tag: str | None = None, *, kept: str = "value") -> None:
        """*tag* is an HTML tag; None for a component."""
        super().__init__(tag)
        self._kept = kept
        self._from_browser: object = NOTHING
        self._on_typed: list[Callable[[], object]] = []
        self.on("input", self._keep, js_handler=f"(event) => emit(element.props.{kept} = event.target.{kept})")

    def on_typed(self, do: Callable[[], object]) -> None:
        """Call *do* after each keystroke or choice."""
        self._on_typed.append(do)

    def _keep(self, event: Any) -> None:
        self._from_browser = event.args
        with self.props.suspend_updates():
            self.props[self._kept] = event.args
        for do in self._on_typed:
            do()

    def _to_dict(self) -> dict[str, Any]:
        message = super()._to_dict()
        if self.props.get(self._kept) == self._from_browser:
            message["preserved_props"] = [self._kept]
        else:
            # From now on the browser has the server's value, even if the next typed text equals the last one.
            self._from_browser = NOTHING
        return message
