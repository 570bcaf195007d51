"""Status pages through the API."""

import httpx

from core.clock import utc_now
from core.database import run_in_session
from core.models import StatusSubscriber
from core.services import AuditEventCRUD

V1 = "/api/v1/status-pages"


async def test_a_subscriber_is_deleted_and_audited_once(client: httpx.AsyncClient) -> None:
    page = (await client.post(V1, json={"slug": "shop", "title": "Shop"})).json()
    subscriber = StatusSubscriber(page_id=page["id"], email="ada@example.org", token="t", asked_at=utc_now())
    run_in_session(lambda db: db.add(subscriber))
    (kept,) = (await client.get(f"{V1}/{page['id']}/subscribers")).json()["items"]

    answers = [await client.delete(f"{V1}/{page['id']}/subscribers/{kept['id']}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    events, _total = run_in_session(AuditEventCRUD.get_all)
    assert [event.action for event in events] == ["status_page.unsubscribe", "status_page.add"]
