"""A row of buttons to choose one of a few values."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from dashboard.components.busy_controls import on_press
from dashboard.components.elements import text


class Segments:
    """The buttons of *choices*; *choose* gets the clicked one."""

    def __init__(
        self, label: str, choices: Sequence[str], chosen: str, choose: Callable[[str], Awaitable[None]]
    ) -> None:
        with ui.element("div").classes("ww-segments").props(f'role=group aria-label="{label}"'):
            self.buttons = {choice: text("button", choice).props("type=button") for choice in choices}
        for choice, button in self.buttons.items():
            on_press(button, partial(choose, choice))
        self.show(chosen)

    def show(self, chosen: str) -> None:
        """Mark another choice as pressed."""
        for choice, button in self.buttons.items():
            pressed = "true" if choice == chosen else "false"
            if button.props.get("aria-pressed") != pressed:
                button.props["aria-pressed"] = pressed
