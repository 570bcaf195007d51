"""/api/v1/search as the search box uses it."""

import httpx

from core.database import run_in_session
from core.models import MonitorStatus
from tests.factories import make_check, make_website


async def test_hits_are_grouped_by_kind_with_their_context(client: httpx.AsyncClient) -> None:
    def fill(db):  # type: ignore[no-untyped-def]
        website = make_website(db, name="Refused <b>things</b>")
        make_check(db, website, status=MonitorStatus.DOWN, error_message="The host refused the connection.")

    run_in_session(fill)

    found = (await client.get("/api/v1/search", params={"q": "refused"})).json()

    assert found["total"] == 2
    (website,), (check,) = found["websites"], found["checks"]
    assert (website["where"], website["match"], website["after"]) == ("name", "Refused", " <b>things</b>")
    assert (check["before"], check["match"], check["after"]) == ("The host ", "refused", " the connection.")


async def test_empty_and_too_long_queries_are_answered(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/search", params={"q": "x" * 201})).status_code == 422
    assert (await client.get("/api/v1/search", params={"q": " "})).json()["total"] == 0
