"""/api/v1/downtime-windows: exports of a window."""

import httpx
import pytest

from core import database
from tests.dashboard.windows import make_outage
from tests.factories import NOON


async def test_the_report_is_a_file_with_its_own_policy(client: httpx.AsyncClient) -> None:
    database.run_in_session(make_outage, NOON)

    answer = await client.get("/api/v1/downtime-windows/1/report")

    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].endswith("img-src data:; sandbox")
    assert answer.headers["content-disposition"] == 'attachment; filename="downtime-1.html"'
    assert "data:image/png;base64," in answer.text
    assert "https://watch.example.org/downtime/1" in answer.text


async def test_the_post_mortem_is_markdown(client: httpx.AsyncClient) -> None:
    database.run_in_session(make_outage, NOON)

    answer = await client.get("/api/v1/downtime-windows/1/postmortem")

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Acme shop: down for 10 min\n")


async def test_missing_objects_are_404(client: httpx.AsyncClient) -> None:
    for what in ("report", "postmortem"):
        assert (await client.get(f"/api/v1/downtime-windows/9/{what}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({}, 1),
        ({"website_id": 1}, 1),
        ({"website_id": 2}, 0),
        ({"tag": "none"}, 0),
        ({"is_open": True}, 0),
        ({"is_open": False, "website_id": 1}, 1),
        ({"until": "2000-01-01T00:00:00Z"}, 0),
    ],
    ids=str,
)
async def test_windows_are_filtered_by_the_query(
    client: httpx.AsyncClient, query: dict[str, str | int], total: int
) -> None:
    database.run_in_session(make_outage, NOON)

    answer = await client.get("/api/v1/downtime-windows", params=query)

    assert (answer.status_code, answer.json()["total"]) == (200, total)


async def test_texts_with_a_nul_are_refused(client: httpx.AsyncClient) -> None:
    database.run_in_session(make_outage, NOON)

    answer = await client.patch("/api/v1/downtime-windows/1", json={"root_cause": "a\0b"})

    assert answer.status_code == 422
    assert "NUL" in answer.json()["detail"]
