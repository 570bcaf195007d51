"""Exports of a debug session as files."""

import httpx
from sqlalchemy.orm import Session

from core.database import run_in_session
from core.models import ArtifactKind, SessionArtifact
from tests.factories import at, make_event, make_session, make_website

URL = "/api/v1/debug-sessions"
PICTURE = b"\x89PNG and so on"


def with_artifacts(db: Session) -> int:
    session = make_session(db, make_website(db))
    make_event(db, session, exchange_id="1", url="https://website.example/a.js")
    given = {"debug_session_id": session.id, "timestamp": at(1), "data": PICTURE, "size_bytes": len(PICTURE)}
    db.add(SessionArtifact(**given, kind=ArtifactKind.SCREENSHOT, mime_type="image/png", offset_ms=2.0))
    db.add(SessionArtifact(**given, kind=ArtifactKind.TRACE, mime_type="text/html", offset_ms=1.0))
    db.flush()
    return session.id


async def test_artifacts_are_listed_and_fetched(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(with_artifacts)

    listed = (await client.get(f"{URL}/{session_id}/artifacts")).json()
    picture = await client.get(f"{URL}/{session_id}/artifacts/{listed['items'][1]['id']}")

    assert [item["kind"] for item in listed["items"]] == ["TRACE", "SCREENSHOT"]
    assert (listed["total"], "data" in listed["items"][0]) == (2, False)
    assert picture.content == PICTURE
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"].endswith('-screenshot-1.png"')


async def test_an_artifact_of_unknown_type_is_a_download(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(with_artifacts)
    (trace, _) = (await client.get(f"{URL}/{session_id}/artifacts")).json()["items"]

    answer = await client.get(f"{URL}/{session_id}/artifacts/{trace['id']}")

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_rows_are_exported_as_csv_and_html(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(with_artifacts)

    table = await client.get(f"{URL}/{session_id}/csv")
    report = await client.get(f"{URL}/{session_id}/html")

    assert table.text.splitlines()[1].startswith("https://website.example/a.js,GET,pending")
    assert "https://website.example/a.js" in report.text
    assert report.headers["content-disposition"] == f'attachment; filename="debug-session-{session_id}.html"'
    assert "default-src 'none'" in report.headers["content-security-policy"]


async def test_a_missing_session_is_a_404_with_a_reason(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(with_artifacts)

    answers = [
        await client.get(f"{URL}/{path}")
        for path in ("999/csv", "999/html", "999/artifacts", f"{session_id}/artifacts/999", "999/artifacts/1")
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert "has no artifact 999" in answers[3].json()["detail"]
