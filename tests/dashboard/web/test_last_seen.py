"""The last visit of each account is recorded, and a request never waits for that."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import sqlite
from core.accounts import identify
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.database import in_session
from core.services import ApiTokenCRUD, SignInCRUD
from dashboard.access import COOKIE
from dashboard.auth import Guard
from dashboard.web.last_seen import LastSeen
from tests.accounts import API_TOKEN, COOKIE_TOKEN, HEADERS, let_in

LONG_AGO = utc_now() - timedelta(hours=1)


async def test_a_visit_extends_the_sign_in(stored: Engine) -> None:
    await in_session(let_in)
    before = await in_session(_last_seen_long_ago)

    await LastSeen().note("ada", partial(identify.record_visit, token=COOKIE_TOKEN, address="10.0.0.7"))

    def look(db: Session) -> None:
        (sign_in,) = SignInCRUD.get_by_user(db, 1)[0]
        assert sign_in.last_seen_at > LONG_AGO
        assert sign_in.expires_at > before
        assert sign_in.address == "10.0.0.7"

    await in_session(look)


async def test_a_visit_is_recorded_once_a_minute(stored: Engine) -> None:
    written: list[str] = []
    sightings = LastSeen()

    for whose in ("ada", "ada", "grace"):
        await sightings.note(whose, lambda _db, whose=whose: written.append(whose))  # type: ignore[misc]

    assert written == ["ada", "grace"]


async def test_requests_are_served_while_the_store_is_locked(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    await in_session(_last_seen_long_ago)
    transport = httpx.ASGITransport(Guard(app))
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")

    with closing(sqlite3.connect(tmp_path / "watchwright.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = [
            await client.get("/api/v1/websites", headers=headers)
            for headers in ({"cookie": f"{COOKIE}={COOKIE_TOKEN}"}, HEADERS)
        ]
    await client.aclose()

    assert [answer.status_code for answer in answers] == [200, 200]


def _last_seen_long_ago(db: Session) -> datetime:
    (sign_in,) = SignInCRUD.get_by_user(db, 1)[0]
    sign_in.last_seen_at = LONG_AGO
    token = ApiTokenCRUD.get_valid(db, token_hash(API_TOKEN), utc_now())
    assert token is not None
    token.last_used_at = LONG_AGO
    return sign_in.expires_at
