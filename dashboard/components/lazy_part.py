"""A part of a page that is made when it is first needed: a dialog of 200 elements costs every visit, opened or not."""

from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui import ui

Part = TypeVar("Part")


class LazyPart(Generic[Part]):
    """What *make* draws, where this was created."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._place = ui.context.slot
        self._part: Part | None = None

    def __call__(self) -> Part:
        """The part, made at the first call."""
        if self._part is None:
            with self._place:
                self._part = self._make()
        return self._part
