"""Readers leave at any moment, also while work that they began goes on: what it then tells them is no matter to log.

NiceGUI drops such a message, as it should, and warns of a bug in the page that sent it. There is none: between any
look whether the reader is still there and the sending lies an await.
"""

import logging


def install() -> None:
    """Let NiceGUI say nothing of messages to readers who have left; any number of times."""
    logging.getLogger("nicegui").addFilter(_says_something)


def _says_something(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Client has been deleted but is still being used.")
