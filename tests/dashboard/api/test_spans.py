"""Each permitted API request is a span that is named by its route and continues the caller's trace."""

from collections.abc import Iterator

import httpx
import pytest

from core import tracing
from tests.core.test_tracing import Kept


@pytest.fixture
def kept() -> Iterator[Kept]:
    kept = Kept()
    tracing.use(kept)
    yield kept
    tracing.use(None)


async def test_a_request_is_a_span_of_the_callers_trace(client: httpx.AsyncClient, kept: Kept) -> None:
    await client.get("/api/v1/websites/7?token=secret", headers={"traceparent": "00-a-b-01"})

    (began, status, route, name) = kept.told
    facts = {"http.request.method": "GET", "url.path": "/api/v1/websites/7", "url.scheme": "http"}
    assert began == ("GET", "server", facts, {"traceparent": "00-a-b-01"})
    assert status == {"http.response.status_code": 404}
    assert (route, name) == ({"http.route": "/api/v1/websites/{website_id}"}, "GET /api/v1/websites/{website_id}")


async def test_refused_requests_and_pages_have_no_span(client: httpx.AsyncClient, kept: Kept) -> None:
    await client.get("/api/v1/websites", headers={"authorization": "Bearer ww_wrong"})
    await client.get("/healthz")

    assert kept.told == []
