"""The Location header of a created resource is the address that the client has to use."""

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts import HEADERS


@pytest.mark.parametrize(("root", "location"), [("", "/api/v1/websites/1"), ("/watch", "/watch/api/v1/websites/1")])
async def test_a_location_includes_the_path_prefix(app: FastAPI, root: str, location: str) -> None:
    transport = httpx.ASGITransport(app, root_path=root)

    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        made = await client.post(f"{root}/api/v1/websites", json={"url": "https://shop.example/"})

    assert (made.status_code, made.headers["location"]) == (201, location)
