"""A URL with a NUL is not found, and nothing is looked up for it."""

import httpx
import pytest
from fastapi import FastAPI

from dashboard.web.nul_refusal import RefuseNul


@pytest.mark.parametrize(
    ("url", "status"),
    [("/status/a%00b", 400), ("/api/v1/websites?tag=%00", 400), ("/api/v1/websites?tag=%2500", 200), ("/healthz", 200)],
)
async def test_a_url_with_a_nul_is_refused(routes: FastAPI, client: httpx.AsyncClient, url: str, status: int) -> None:
    transport = httpx.ASGITransport(RefuseNul(routes))
    async with httpx.AsyncClient(transport=transport, base_url=client.base_url, headers=client.headers) as asking:
        answer = await asking.get(url)

    assert answer.status_code == status
