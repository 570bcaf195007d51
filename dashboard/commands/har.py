"""Imports a HAR file as a debug session, for `watchwright import`."""

import asyncio
from pathlib import Path

from core.config import Settings
from core.database import run_in_session
from core.errors import InvalidInput
from dashboard.actions import sessions
from dashboard.commands.db import open_store
from dashboard.commands.website import named


def import_session(file: Path, website: str) -> None:
    """Store *file* as a debug session of the website *website*, given by URL or id.

    Raises:
        InvalidInput: The file cannot be read, or is not a HAR file.
        NotFound: The website does not exist.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    with open_store(migrated=True):
        website_id = run_in_session(named, website).id
        session_id = asyncio.run(sessions.import_file(content, website_id=website_id, settings=Settings.load()))
    print(f"Imported as debug session {session_id}.")
