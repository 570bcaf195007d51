"""The notice that a configuration file manages an object."""

from dashboard.components.elements import text


def managed_words(name: str) -> str:
    """Say which configuration file manages the object, and that it will undo changes made here."""
    return f"by the configuration file {name}. The next `watchwright apply` undoes changes made here"


def managed_notice(name: str | None) -> None:
    """Draw the notice as a line; nothing if *name* is None."""
    if name:
        text("div", f"managed {managed_words(name)}", "ww-muted")
