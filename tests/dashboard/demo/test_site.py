"""The demo's site fails as its cast specifies."""

import asyncio

import httpx
import pytest

from dashboard.demo.cast import CAST
from dashboard.demo.site import make_site


@pytest.fixture
def site() -> httpx.ASGITransport:
    return httpx.ASGITransport(app=make_site())


async def asked(site: httpx.ASGITransport, host: str, path: str = "/") -> httpx.Response:
    async with httpx.AsyncClient(transport=site, base_url=f"http://{host}.localhost") as client:
        return await client.get(path)


@pytest.mark.parametrize(("host", "status"), [("checkout", 200), ("webhooks", 500), ("launch-page", 302)], ids=str)
async def test_each_host_has_its_behaviour(site: httpx.ASGITransport, host: str, status: int) -> None:
    assert (await asked(site, host)).status_code == status


async def test_only_the_checkout_has_a_failing_call(site: httpx.ASGITransport) -> None:
    hosts = [player.host.removesuffix(".localhost") for player in CAST]

    answers = await asyncio.gather(*(asked(site, host, "/api/recommendations") for host in hosts))

    assert [host for host, answer in zip(hosts, answers, strict=True) if answer.status_code == 504] == ["checkout"]


async def test_a_page_with_broken_assets_loads_without_style(site: httpx.ASGITransport) -> None:
    assert (await asked(site, "dashboard")).status_code == 200
    assert (await asked(site, "dashboard", "/style.css")).status_code == 404
