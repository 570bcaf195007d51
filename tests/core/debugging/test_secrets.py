"""No secret that a website sends in a session reaches the database file."""

import base64
from pathlib import Path

import pytest

from core.config import Settings
from core.debugging.redaction.masking import KEY_FILE
from core.debugging.session import DebugSessions
from tests.core.debugging.conftest import add_website
from tests.core.debugging.test_session import ended
from tests.sites import SECRETS, serve_site


@pytest.mark.timeout(120)
async def test_no_planted_secret_reaches_the_database_file(sessions: DebugSessions, settings: Settings) -> None:
    with serve_site() as site:
        session_id = await sessions.start(add_website(site.page("secrets")))
        await ended(session_id)
        for path in (
            "/secret",
            "/secret.html",
            "/secret-redirect",
            "/secret-frame",
            "/secret-events",
            "/secret-socket",
        ):
            assert site.log.of(path), f"the page never came to {path}"

    stored = _files_of(settings.data_dir)
    leaked = [place for place, secret in SECRETS.items() if _is_in(secret, stored)]

    assert b"[redacted:" in stored
    assert leaked == []


def _files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name != KEY_FILE)


def _is_in(secret: str, stored: bytes) -> bool:
    # Unchanged, as in a URL or form, and in base64 at each of three possible offsets.
    in_base64 = (base64.b64encode(b"x" * before + secret.encode())[4:-4] for before in range(3))
    forms = [form.encode() for form in (secret, secret.replace(" ", "+"), secret.replace(" ", "%20"))]
    return any(form in stored for form in (*forms, *in_base64))
