"""Drops NiceGUI's warning about messages to a reader who has left.

NiceGUI rightly drops such a message, but logs it as a bug of the page. A reader can leave at any await between the
check whether they are still there and the message, so the page cannot prevent this.
"""

import logging


def install() -> None:
    """Install the filter. Calling it again has no effect."""
    logging.getLogger("nicegui").addFilter(_says_something)


def _says_something(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Client has been deleted but is still being used.")
