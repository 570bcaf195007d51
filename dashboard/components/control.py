"""A control that people type into or choose in."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

NOTHING = object()  # unlike anything that can stand in a control


class Control(Element):
    """A native control, or one that emits ``input`` as such do; its property *kept* is what stands in it.

    On a slow line the next letters are typed before the server has heard of the first. So each counts in the browser
    at once, and what the server sends of the control for another reason leaves alone what stands in it, until the
    server itself has something else stand there.
    """

    def __init__(self, tag: str | None = None, *, kept: str = "value") -> None:
        """*tag* is HTML's; None for a component."""
        super().__init__(tag)
        self._kept = kept
        self._from_browser: object = NOTHING
        self._on_typed: list[Callable[[], object]] = []
        self.on("input", self._keep, js_handler=f"(event) => emit(element.props.{kept} = event.target.{kept})")

    def on_typed(self, do: Callable[[], object]) -> None:
        """Have *do* done after each letter, or choice, of a person."""
        self._on_typed.append(do)

    def _keep(self, event: Any) -> None:
        self._from_browser = event.args
        with self.props.suspend_updates():
            self.props[self._kept] = event.args
        for do in self._on_typed:
            do()

    def _to_dict(self) -> dict[str, Any]:
        told = super()._to_dict()
        if self.props.get(self._kept) == self._from_browser:
            told["preserved_props"] = [self._kept]
        else:
            self._from_browser = NOTHING  # it has the server's from here on, be what was typed put there once more
        return told
