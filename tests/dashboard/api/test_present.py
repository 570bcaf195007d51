"""Preconditions compare what a transaction reads with what a GET answers, and exclude concurrent changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.clock import utc_now
from core.database import in_session, make_engine
from core.models import Website
from core.schemas import WebsiteCreate
from core.services import WebsiteCRUD
from dashboard.access import COOKIE
from dashboard.api.conditional import tag_of, version_of
from dashboard.api.present import NOUNS, is_known, read_locked
from tests.accounts import COOKIE_TOKEN
from tests.factories import make_website, make_window

SIGNED_IN = {"authorization": "", "cookie": f"{COOKIE}={COOKIE_TOKEN}"}
CHANNEL = {"name": "On call", "kind": "WEBHOOK", "address": {"url": "https://hooks.example/"}}
MAILBOX = {
    "name": "Mail",
    "kind": "EMAIL",
    "address": {"host": "mail.example.org", "sender": "w@example.org", "recipients": ["ada@example.org"]},
}
MADE: dict[str, dict[str, Any]] = {
    "websites": {"url": "https://shop.example", "name": "Shop", "tags": ["eu"]},
    "maintenance-windows": {"name": "Deploy", "starts_at": "2026-03-01T12:00:00Z", "duration_seconds": 600},
    "notification-channels": CHANNEL,
    "notification-rules": {"name": "Failures", "channel_id": 1},
    "monthly-reports": {"channel_id": 1, "recipients": ["ada@example.org"]},
    "status-pages": {"slug": "shop", "title": "Shop"},
    "users": {"name": "grace", "password": "a long enough password 1906", "role": "EDITOR"},
}


@pytest.mark.parametrize("noun", sorted(NOUNS))
async def test_read_locked_returns_the_body_of_a_get(client: httpx.AsyncClient, noun: str) -> None:
    if noun == "downtime-windows":
        await in_session(_down)
        at = "/api/v1/downtime-windows/1"
    else:
        if noun == "notification-rules":
            await client.post("/api/v1/notification-channels", json=CHANNEL)
        if noun == "monthly-reports":
            await client.post("/api/v1/notification-channels", json=MAILBOX)
        made = await client.post(f"/api/v1/{noun}", json=MADE[noun], headers=SIGNED_IN if noun == "users" else {})
        assert made.status_code == 201, made.text
        at = made.headers["location"]

    answer = await client.get(at, headers=SIGNED_IN if noun == "users" else {})
    read = await in_session(read_locked, at.removeprefix("/api/v1/"))

    assert answer.status_code == 200
    assert read is not None and orjson.loads(read) == answer.json()
    assert version_of(tag_of(read)) == version_of(answer.headers["etag"])


def _nothing() -> None:
    pass


def _down(db: Session) -> None:
    make_window(db, make_website(db), started_at=utc_now())


@pytest.mark.parametrize(
    ("address", "known"),
    [("websites/7", True), ("websites", False), ("websites/7/checks", False), ("users/99999999999", False)],
)
def test_addresses_of_single_rows_are_known(address: str, known: bool) -> None:
    assert is_known(address) is known


def test_on_postgresql_only_one_of_two_concurrent_changes_succeeds(request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("_postgresql_engine").url
    servers = [make_engine(url.render_as_string(hide_password=False)) for _number in range(2)]
    with sessionmaker(servers[0])() as db, db.begin():
        website_id = WebsiteCRUD.create(db, WebsiteCreate(url="https://both.example", name="Both")).id
    address = f"websites/{website_id}"

    def change(server: Engine, seen: str, meanwhile: Callable[[], None]) -> bool:
        """Change the website as a server does if it still has the ETag *seen*; call *meanwhile* before the commit."""
        with sessionmaker(server)() as db, db.begin():
            body = read_locked(db, address)
            assert body is not None
            if version_of(tag_of(body)) != seen:
                return False
            meanwhile()
            website = db.get(Website, website_id)
            assert website is not None
            website.name += " changed"
            return True

    with sessionmaker(servers[0])() as db:
        seen = version_of(tag_of(read_locked(db, address) or b"{}"))
    with ThreadPoolExecutor(1) as other:
        begun = []
        first = change(servers[0], seen, lambda: begun.append(other.submit(change, servers[1], seen, _nothing)))
        second = begun[0].result(timeout=30)

    try:
        assert (first, second) == (True, False)
    finally:
        with sessionmaker(servers[0])() as db, db.begin():
            WebsiteCRUD.delete(db, website_id)
        for server in servers:
            server.dispose()
