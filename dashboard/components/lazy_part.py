"""Creates a part of a page when it is first needed, as a dialog of 200 elements would slow down every visit."""

from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui import ui

Part = TypeVar("Part")


class LazyPart(Generic[Part]):
    """The part that *make* draws at the place where this object was created."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._place = ui.context.slot
        self._part: Part | None = None

    def __call__(self) -> Part:
        """Return the part, created at the first call."""
        if self._part is None:
            with self._place:
                self._part = self._make()
        return self._part
