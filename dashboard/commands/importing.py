"""Implements `watchwright import`: reads another program's file, or a HAR file as a debug session."""

import asyncio
import os
from collections import Counter
from pathlib import Path

from core.config import Settings
from core.database import run_in_session
from core.errors import InvalidInput
from core.importers.store_import import ImportResult
from core.phrases import counted, listed, spelled
from dashboard.actions import file_kind, importing, sessions
from dashboard.commands.db import open_store
from dashboard.commands.terminal import plain
from dashboard.commands.website import named

NOUNS = {"maintenance": "maintenance window", "status_page": "status page"}


def import_file(path: Path, *, website: str | None, is_dry_run: bool) -> None:
    """Import the file at *path*. A HAR file becomes a session of *website*.

    Raises:
        InvalidInput: The file cannot be read, or its format is unknown.
        NotFound: The website does not exist.
    """
    found = file_kind.read(path, dict(os.environ))
    if found is None:
        if website is None:
            raise InvalidInput("A HAR file is a debug session of a website. Name the website with --website URL.")
        _import_session(path, website)
        return
    with open_store(migrated=True):
        taken = asyncio.run(importing.import_data(found, Settings.load(), is_dry_run=is_dry_run))
    _print_result(taken, is_dry_run=is_dry_run)


def _import_session(file: Path, website: str) -> None:
    """Store the HAR file *file* as a debug session of the website *website*, given by URL or id."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    with open_store(migrated=True):
        website_id = run_in_session(named, website).id
        session_id = asyncio.run(sessions.import_file(content, website_id=website_id, settings=Settings.load()))
    print(f"Imported as debug session {session_id}.")


def _print_result(taken: ImportResult, *, is_dry_run: bool) -> None:
    for step in taken.steps:
        print(f"+ {spelled(step.kind)} {plain(step.name)}")
    for left in taken.left:
        print(f"! {plain(left.what)}: {plain(left.why)}")
    words = "Would be added" if is_dry_run else "Added"
    kinds = Counter(NOUNS.get(step.kind, step.kind) for step in taken.steps)
    new = listed([counted(number, noun) for noun, number in kinds.items()]) if kinds else "nothing"
    counts = [f"{new} of {taken.source}"]
    if taken.checks or taken.windows:
        past = f"{counted(taken.checks, 'check')} and {counted(taken.windows, 'downtime window')}"
        counts.append(f"{past} of its history")
    notes = [f"{taken.there} already existed and are unchanged"] if taken.there else []
    notes += [f"{counted(len(taken.left), 'note')} on items that were not imported"] if taken.left else []
    print(f"{words}: {', '.join(counts)}.{''.join(f' {note[:1].upper()}{note[1:]}.' for note in notes)}")
    if is_dry_run:
        print("Nothing was changed.")
