"""Acknowledging downtime with the link in a message, without signing in."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.config import Settings
from core.database import run_in_session
from core.models import DowntimeWindow
from core.notifications.ticket import LIFETIME, Ticket, issue
from core.sealing import Sealer
from core.services import AuditEventCRUD, DowntimeWindowCRUD
from dashboard.web import acknowledge_link
from tests.dashboard.status.conftest import app  # noqa: F401 - the same application, with one more router
from tests.factories import make_website, make_window


@pytest.fixture
async def anybody(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811
    app.include_router(acknowledge_link.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as client:
        yield client


def goes_down(*, is_over: bool = False, name: str = "<Shop>") -> int:
    def work(db: Session) -> int:
        started_at = utc_now() - timedelta(minutes=5)
        ended_at = utc_now() if is_over else None
        return make_window(db, make_website(db, name=name), started_at=started_at, ended_at=ended_at).id

    return run_in_session(work)


def a_ticket(window_id: int, *, is_old: bool = False) -> str:
    at = utc_now() - (LIFETIME if is_old else timedelta())
    return issue(Sealer.of(Settings()), Ticket(window_ids=(window_id,), channel="On call"), at)


def stored(window_id: int) -> DowntimeWindow:
    window = run_in_session(DowntimeWindowCRUD.get_by_id, window_id)
    assert window
    return window


async def test_following_the_link_acknowledges_nothing(anybody: httpx.AsyncClient) -> None:
    window_id = goes_down()

    answer = await anybody.get("/acknowledge", params={"ticket": a_ticket(window_id)})

    assert answer.status_code == 200 and "&lt;Shop&gt; has been down since" in answer.text
    assert '<form method="post" action="/acknowledge">' in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert stored(window_id).acknowledged_by is None


async def test_the_button_acknowledges_once_in_the_channels_name(anybody: httpx.AsyncClient) -> None:
    window_id = goes_down()
    given = {"token": a_ticket(window_id)}

    first = await anybody.post("/acknowledge", data=given)
    again = await anybody.post("/acknowledge", data=given)

    assert "(On call, by link)" in first.text
    assert "was already acknowledged (On call, by link)" in again.text
    assert stored(window_id).acknowledged_by == "On call, by link"
    ((event, *_rest), _total) = run_in_session(AuditEventCRUD.get_all)
    assert (event.actor, event.action) == ("link of On call", "downtime_window.acknowledge")


async def test_a_right_to_left_name_is_isolated(anybody: httpx.AsyncClient) -> None:
    window_id = goes_down(name="חנות 24")

    answer = await anybody.get("/acknowledge", params={"ticket": a_ticket(window_id)})

    assert "\u2068חנות 24\u2069 has been down since" in answer.text


async def test_an_ended_window_is_not_acknowledged(anybody: httpx.AsyncClient) -> None:
    window_id = goes_down(is_over=True)

    answer = await anybody.post("/acknowledge", data={"token": a_ticket(window_id)})

    assert "there is nothing to acknowledge" in answer.text
    assert stored(window_id).acknowledged_by is None


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_expired_or_forged_ticket_is_refused(anybody: httpx.AsyncClient, method: str) -> None:
    window_id = goes_down()

    for text in (a_ticket(window_id, is_old=True), "made-up", a_ticket(window_id + 1)):
        given = {"params": {"ticket": text}} if method == "GET" else {"data": {"token": text}}
        answer = await anybody.request(method, "/acknowledge", **given)  # type: ignore[arg-type]
        assert answer.status_code == 404 and "<form" not in answer.text

    assert stored(window_id).acknowledged_by is None


async def test_one_button_acknowledges_all_windows_of_a_message(anybody: httpx.AsyncClient) -> None:
    ids = [goes_down() for _ in range(5)]
    over = goes_down(is_over=True)
    token = issue(Sealer.of(Settings()), Ticket(window_ids=(*ids, over, 999), channel="On call"), utc_now())

    asked = await anybody.get("/acknowledge", params={"ticket": token})
    done = await anybody.post("/acknowledge", data={"token": token})
    again = await anybody.post("/acknowledge", data={"token": token})

    assert "5 websites are down: &lt;Shop&gt;, &lt;Shop&gt;, &lt;Shop&gt; and 2 more." in asked.text
    assert "5 websites are being worked on (On call, by link)" in done.text and 'href="/downtime"' in done.text
    assert "was already acknowledged or is back" in again.text
    assert {stored(window_id).acknowledged_by for window_id in ids} == {"On call, by link"}
    assert stored(over).acknowledged_by is None
