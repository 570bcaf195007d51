"""Describes in console messages which dialogs a page opened, and reads them back. Pure."""

_OPENED, _DISMISSED = "The page opened a dialog (", "), which was dismissed: "
MAX_MESSAGE = 500


def dialog_note(kind: str, message: str) -> str:
    """Return the console message about a dialog that was answered automatically."""
    answered = "), which was accepted: " if kind == "beforeunload" else _DISMISSED
    return f"{_OPENED}{kind}{answered}{message[:MAX_MESSAGE]}"


def read_dialog(note: str) -> str | None:
    """Return the dialog's message in one line; None if *note* is about something else."""
    begin, found, message = note.partition(_DISMISSED)
    return " ".join(message.split()) if found and begin.startswith(_OPENED) else None
