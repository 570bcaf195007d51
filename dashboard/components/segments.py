"""A choice of one among few, as a row of buttons."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from dashboard.components.elements import text


def segments(label: str, choices: Sequence[str], chosen: str, choose: Callable[[str], Awaitable[None]]) -> None:
    """Draw *choices* with the *chosen* one pressed; *choose* is called with the one that is clicked."""
    with ui.element("div").classes("ww-segments").props(f'role=group aria-label="{label}"'):
        for choice in choices:
            button = text("button", choice).props("type=button")
            button.props["aria-pressed"] = "true" if choice == chosen else "false"
            button.on("click", lambda _event, choice=choice: choose(choice))
