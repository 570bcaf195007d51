"""A file of another tool is stored like a recording of our own: without its secrets, from the first byte on."""

import json

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
