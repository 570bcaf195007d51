"""What is said of that which a configuration file manages."""

from dashboard.components.elements import text


def managed_words(name: str) -> str:
    """That a configuration file says how something is, and what comes of changing it here."""
    return f"by the configuration file {name}: what is changed here, its next application undoes"


def managed_notice(name: str | None) -> None:
    """The same as a line beneath it; nothing where no file manages it."""
    if name:
        text("div", f"managed {managed_words(name)}", "ww-muted")
