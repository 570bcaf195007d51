"""A row of figures, which are updated in place, so that a selected text stays selected."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from dashboard.components.elements import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The content of one tile."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    hint: str = ""
    """The tooltip."""
    tone: str = ""
    """A CSS class for the colour."""


class Tiles:
    """The tiles. Their number is fixed."""

    def __init__(self, figures: Sequence[Figure], *, label: str) -> None:
        with ui.element("section").classes("ww-stats").props(f'aria-label="{label}"'):
            self._tiles = [_Tile(figure) for figure in figures]

    def show(self, figures: Sequence[Figure]) -> None:
        """Show other figures in the same tiles."""
        for tile, figure in zip(self._tiles, figures, strict=True):
            tile.show(figure)


class _Tile:
    def __init__(self, figure: Figure) -> None:
        self._shown = figure
        with ui.element("div").classes("ww-card ww-stat") as self._card:
            with ui.element("div").classes("ww-stat-label"):
                text("span", figure.label)
            with ui.element("div").classes("ww-stat-value"):
                self._value = text("span", figure.value, figure.tone)
                self._unit = text("small", figure.unit)
            self._note = text("div", figure.note, "ww-stat-note")
        self._set_hint(figure.hint)

    def show(self, figure: Figure) -> None:
        for element, old, new in (
            (self._value, self._shown.value, figure.value),
            (self._unit, self._shown.unit, figure.unit),
            (self._note, self._shown.note, figure.note),
        ):
            _set_text(element, old, new)
        if figure.tone != self._shown.tone:
            self._value.classes(replace=figure.tone)
        if figure.hint != self._shown.hint:
            self._set_hint(figure.hint)
        self._shown = figure

    def _set_hint(self, hint: str) -> None:
        if hint:
            self._card.props["title"] = hint


def _set_text(element: Element, old: str, new: str) -> None:
    if old != new:
        element.props["textContent"] = new
