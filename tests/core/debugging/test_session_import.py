"""An imported file is stored like a recording, without its secrets."""

import json
import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import database
from core.config import Settings
from core.debugging.redaction.masking import KEY_FILE
from core.debugging.session_import import import_har
from core.models import DebugSession
from tests.core.debugging.conftest import add_website

ADDRESS = "https://shop.example/?page=2&access_token=PLANTED"
HAR = {
    "log": {
        "creator": {"name": "WebInspector"},
        "pages": [{"id": "page_1", "title": ADDRESS, "startedDateTime": "2026-11-24T03:00:00Z"}],
        "entries": [
            {
                "startedDateTime": "2026-11-24T03:00:00Z",
                "request": {
                    "method": "POST",
                    "url": ADDRESS,
                    "headers": [{"name": "Cookie", "value": "sid=PLANTED"}, {"name": "Referer", "value": ADDRESS}],
                    "postData": {"mimeType": "application/json", "text": json.dumps({"password": "PLANTED"})},
                },
                "response": {
                    "status": 302,
                    "headers": [{"name": "Location", "value": "/?code=PLANTED"}],
                    "content": {"text": json.dumps({"a": [{"apiKey": "PLANTED"}]})},
                },
                "_webSocketMessages": [{"type": "send", "time": 1.0, "opcode": 1, "data": '{"token": "PLANTED"}'}],
            }
        ],
    }
}


async def test_secrets_of_a_file_never_reach_the_store(store: Engine, settings: Settings) -> None:
    session_id = await import_har(json.dumps(HAR), website_id=add_website("https://shop.example/"), settings=settings)

    with database.session_scope() as db:
        session = db.get_one(DebugSession, session_id)
        assert session.title is not None
        assert session.title.startswith("https://shop.example/?page=2&access_token=[redacted:")
        assert session.url == session.title
    stored = b"".join(path.read_bytes() for path in settings.data_dir.iterdir() if path.name != KEY_FILE)
    assert b"[redacted:" in stored
    assert b"PLANTED" not in stored


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel, and glibc")
async def test_memory_of_a_large_file_is_released(store: Engine, settings: Settings) -> None:
    headers = [{"name": f"x-{number}", "value": "v" * 40} for number in range(12)]
    entries = [
        {
            "startedDateTime": "2026-11-24T03:00:00Z",
            "request": {"method": "GET", "url": f"https://shop.example/{number}", "headers": headers},
            "response": {"status": 200, "headers": headers, "content": {"text": f"{number} lamps and desks" * 200}},
        }
        for number in range(2_000)
    ]
    text = json.dumps({"log": {"entries": entries}})
    del entries
    before = resident_bytes()

    await import_har(text, website_id=add_website("https://shop.example/"), settings=settings)

    assert resident_bytes() - before < 4 * len(text)
