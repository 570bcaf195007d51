"""`watchwright import`: a HAR file as a debug session."""

import asyncio
from pathlib import Path

from core.config import Settings
from core.database import run_in_session
from core.errors import InvalidInput
from dashboard.actions import sessions
from dashboard.commands.db import store
from dashboard.commands.website import named


def import_session(file: Path, website: str) -> None:
    """Store *file* as a session of the website that *website* names.

    Raises:
        InvalidInput: The file cannot be read, or is no HAR.
        NotFound: There is no such website.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    with store(migrated=True):
        website_id = run_in_session(named, website).id
        session_id = asyncio.run(sessions.import_file(content, website_id=website_id, settings=Settings.load()))
    print(f"Imported as debug session {session_id}.")
